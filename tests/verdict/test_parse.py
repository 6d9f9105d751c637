"""A dossier that does not follow its form is refused, with the right line, field and wish."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import DossierInvalid
from provenance.verdict import parse_dossier as module
from provenance.verdict.dossier import MAX_NAME
from provenance.verdict.located import MAX_BYTES
from provenance.verdict.parse_dossier import parse_dossier
from provenance.verdict.parse_record import record_from_json
from provenance.verdict.write_dossier import dossier_to_json, record_to_json
from tests.verdict.worlds import random_dossier

JSON = """{
 "dossier": 1,
 "title": "t",
 "stakes": [
  {"principal": "A", "facet": "origin", "wants": 1}
 ],
 "records": [
  {
   "id": "s1",
   "kind": "statement",
   "recorded_at": "2000-01-01T12:00:00Z",
   "voice": "A",
   "basis": {"access": 3, "identification": 4, "words": 4, "reliability": "B"},
   "asserts": [
    {"facet": "origin", "sign": 1}
   ]
  },
  {
   "id": "f1",
   "kind": "finding",
   "recorded_at": "2000-01-01T12:00:00Z",
   "voice": "lab",
   "asserts": [
    {"facet": "origin", "sign": 1, "grade": 2}
   ],
   "undercuts": ["s1"],
   "undercut_grade": 2
  }
 ]
}
"""
YAML = """# a comment
dossier: 1
title: t
stakes:
  - principal: A
    facet: origin
    wants: 1
records:
  - id: s1
    kind: statement
    recorded_at: 2000-01-01T12:00:00Z
    voice: A
    basis: {access: 3, identification: 4, words: 4, reliability: B}
    asserts:
      - facet: origin
        sign: 1
  - id: f1
    kind: finding
    recorded_at: 2000-01-01T12:00:00Z
    voice: lab
    asserts:
      - {facet: origin, sign: 1, grade: 2}
    undercuts: [s1]
    undercut_grade: 2
"""

# (what to replace, with what, line, words of the message)
BAD_JSON = [
    ('"dossier": 1', '"dossier": 2', 2, "dossier: wanted 1"),
    ('"dossier": 1,\n', "", 1, "dossier: this field is missing"),
    ('"title": "t"', '"title": ""', 3, "title: wanted text"),
    ('"title": "t"', '"title": "t", "titel": "u"', 3, "titel: unknown field; did you mean 'title'"),
    ('"title": "t"', '"title": "t",\n "title": "u"', 4, "title: this key stands twice"),
    ('"wants": 1', '"wants": 0', 5, "stakes[0].wants: wanted 1 or -1"),
    ('"wants": 1', '"wants": 2', 5, "from -1 to 1"),
    ('"facet": "origin", "wants"', '"facet": "orign", "wants"', 5, "did you mean 'origin'"),
    ('"wants": 1}', '"wants": 1},\n{"principal": "A", "facet": "origin", "wants": -1}', 6, "stake"),
    ('"kind": "statement"', '"kind": "rumour"', 10, "records[0].kind: wanted one of statement"),
    ("00Z", "00", 11, "records[0].recorded_at: an instant needs its offset"),
    ('"2000-01-01T12:00:00Z"', '"yesterday"', 11, "not an instant"),
    (
        '"access": 3',
        '"access": 5',
        13,
        "records[0].basis.access: wanted a whole number from 0 to 4",
    ),
    ('"access": 3', '"access": true', 13, "not True"),
    ('"access": 3', '"access": 3.5', 13, "not JSON"),
    ('"reliability": "B"', '"reliability": "G"', 13, "records[0].basis.reliability: wanted one"),
    ('"basis": {', '"bases": {', 8, "needs its basis"),
    ('"sign": 1}\n', '"sign": 1, "grade": 3}\n', 15, "records[0].asserts[0].grade: a statement is"),
    ('"facet": "origin", "sign": 1}\n', '"facet": "veracity", "sign": 1}\n', 15, "wanted one of"),
    ('"facet": "origin", "sign": 1}\n', '"facet": "attribution:x", "sign": 1}\n', 15, "is derived"),
    ('"facet": "origin", "sign": 1}\n', '"facet": "contnt:x", "sign": 1}\n', 15, "'content'"),
    ('"sign": 1}\n', '"sign": 1},\n{"facet": "origin", "sign": 1}\n', 16, "stands twice"),
    ('"voice": "A"', '"voice": "A", "relays": ["f1"]', 12, "only a relay passes on others"),
    ('"voice": "A"', '"voice": "A", "retracts": ["s1"]', 12, "cannot act on itself"),
    ('"voice": "A"', '"voice": "A",\n"retracts": ["zz"]', 13, "records[0].retracts[0]: no record"),
    (
        '"voice": "A"',
        '"voice": "A", "links": [{"child": "s1",\n"parent": "z"}]',
        13,
        "no record has",
    ),
    (
        '"voice": "A"',
        '"voice": "A", "source": "JohnSmith"',
        12,
        "source: wanted a handle such as S-7",
    ),
    ('"id": "s1"', '"id": "S-77.call", "source": "S-77"', 9, "contains the source's handle"),
    ('"id": "f1"', '"id": "s3"},\n{"id": "s3"', 18, "field is missing"),
    ('"id": "s1"', '"id": "f1"', 19, "records[1].id: id 'f1' stands already in records[0]"),
    (', "grade": 2', "", 24, "records[1].asserts[0].grade: a finding needs its grade"),
    ('"grade": 2', '"catalogue": "dkim"', 24, "no such entry"),
    ('"grade": 2', '"catalogue": "no-ink-copy"', 24, "does not assert this facet"),
    ('"grade": 2', '"catalogue": "handwriting-copy", "grade": 3', 24, "gives 2 at most"),
    ('"undercuts": ["s1"]', '"undercuts": ["s2"]', 26, "records[1].undercuts[0]: no record has"),
    (',\n   "undercut_grade": 2', "", 26, "undercuts: undercuts and undercut_grade come"),
    ('"undercut_grade": 2', '"undercut_grade": 9', 27, "from 0 to 4"),
    ('"title": "t",', '"title": "t"', 4, "wanted a comma or }"),
    ('"title": "t"', '"title": "t\n"', 3, "does not end"),
    ('"title": "t"', '"title": NaN', 3, "not JSON"),
    ('"title": "t"', '"title": "\\ud800"', 3, "surrogate"),
    ('"title": "t"', '"title": [[[[[[[[[[[[[[1]]]]]]]]]]]]]]', 3, "nested deeper"),
    (
        '"title": "t"',
        '"title": "t", "collection": {"members": 1, "verified": 2}',
        3,
        "more members",
    ),
]
BAD_YAML = [
    ("dossier: 1", "dossier: '1'", 2, "dossier: wanted 1"),
    ("title: t", "title: t\ntitle: u", 4, "title: this key stands twice"),
    ("title: t", "title: &a t", 3, "anchors and aliases"),
    ("title: t", "title: *a", 3, "anchors and aliases"),
    ("title: t", "title: !!python/name:os.system t", 3, "tags"),
    ("title: t", "<<: {title: t}", 3, "a key must be plain text"),
    ("title: t", "1: t", 3, "a key must be plain text"),
    ("title: t", "title: 'a\nb: c", 0, "not YAML"),
    ("title: t", "title: t\n---\ntitle: u", 4, "second document"),
    ("title: t", "title: yes\n bad: x", 0, "not YAML"),
    ("facet: origin\n    wants", "facet: origin\n    want", 5, "stakes[0].wants"),
    ("kind: statement", "kind: rumour", 10, "records[0].kind"),
    ("12:00:00Z\n    voice: A", "12:00:00\n    voice: A", 11, "needs its offset"),
    ("access: 3", "access: 3.5", 13, "not '3.5'"),
    ("sign: 1\n  - id", "sign: 2\n  - id", 16, "records[0].asserts[0].sign"),
    (
        "undercuts: [s1]",
        "undercuts: [s9]",
        23,
        "records[1].undercuts[0]: no record has the id 's9'",
    ),
    ("undercut_grade: 2", "undercut_grad: 2", 24, "unknown field; did you mean 'undercut_grade'"),
]


def test_both_forms_are_one_dossier() -> None:
    """The JSON and the YAML text read into equal values."""
    assert parse_dossier(JSON, name="a.json") == parse_dossier(YAML, name="a.yaml")
    assert parse_dossier(YAML, name="stdin") == parse_dossier("\ufeff" + JSON, name="stdin")


@pytest.mark.parametrize(("old", "new", "line", "words"), BAD_JSON)
def test_bad_json(old: str, new: str, line: int, words: str) -> None:
    """Each malformed JSON dossier is refused at its line, in words that say what was wanted."""
    assert old in JSON
    with pytest.raises(DossierInvalid) as caught:
        parse_dossier(JSON.replace(old, new, 1), name="a.json")
    assert str(caught.value).startswith(f"a.json:{line}: "), str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(("old", "new", "line", "words"), BAD_YAML)
def test_bad_yaml(old: str, new: str, line: int, words: str) -> None:
    """Each malformed YAML dossier is refused at its line (0: the library picks the line)."""
    assert old in YAML
    with pytest.raises(DossierInvalid) as caught:
        parse_dossier(YAML.replace(old, new, 1), name="a.yaml")
    assert str(caught.value).startswith(f"a.yaml:{line or ''}"), str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "[]", "1", "null", "{", '{"a": 1} x', "\x00", "- a\n- b", "{}{}"]
)
@pytest.mark.parametrize("name", ["a.json", "a.yaml", "stdin"])
def test_not_a_dossier(text: str, name: str) -> None:
    """Anything else is refused too, with the same error."""
    with pytest.raises(DossierInvalid, match=name):
        parse_dossier(text, name=name)


def test_bomb_is_refused_at_once() -> None:
    """A few lines of aliases that unfold to gigabytes are refused at the first anchor."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(DossierInvalid, match=r"bomb.yaml:1: anchors"):
        parse_dossier("\n".join(lines), name="bomb.yaml")


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many bytes, records or characters of a name are refused by the name of the limit."""
    with pytest.raises(DossierInvalid, match="larger than"):
        parse_dossier(" " * (MAX_BYTES + 1), name="a.json")
    with pytest.raises(DossierInvalid, match=f"longer than {MAX_NAME}"):
        parse_dossier(JSON.replace('"t"', f'"{"t" * (MAX_NAME + 1)}"'), name="a.json")
    monkeypatch.setattr(module, "MAX_RECORDS", 1)
    with pytest.raises(DossierInvalid, match="more than 1 records"):
        parse_dossier(JSON, name="a.json")


def test_another_records_handle_in_an_id() -> None:
    """No record's id may give away the handle of another record's source."""
    text = JSON.replace('"voice": "A"', '"voice": "A", "source": "S-12"').replace('"f1"', '"S-123"')
    with pytest.raises(DossierInvalid, match=r"a.json:19: records\[1\].id"):
        parse_dossier(text, name="a.json")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 12))
def test_round_trip(seed: int, size: int) -> None:
    """Any dossier reads back equal from JSON, as a whole and record by record."""
    dossier = random_dossier(seed, size)
    assert parse_dossier(json.dumps(dossier_to_json(dossier)), name="x") == dossier
    for record in dossier.records:
        assert record_from_json(record_to_json(record)) == record


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutilated_text_never_escapes(data: st.DataObject) -> None:
    """Whatever is cut out of or put into a dossier, the answer is a dossier or DossierInvalid."""
    text, name = data.draw(st.sampled_from(((JSON, "a.json"), (YAML, "a.yaml"))))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    put = data.draw(st.text(max_size=4))
    said = name
    try:
        parse_dossier(text[:start] + put + text[end:], name=name)
    except DossierInvalid as error:
        said = str(error)
    assert said.startswith(name)


@pytest.mark.parametrize("value", [None, 3, [], {"id": "x"}, {1: 2}, {"id": 1.5}, {"id": object()}])
def test_bad_record(value: object) -> None:
    """A ledger entry that is no record is refused with the project's own error."""
    with pytest.raises(DossierInvalid):
        record_from_json(value)


def test_yaml_is_not_imported_for_json() -> None:
    """Reading JSON never pays for the YAML library."""
    import subprocess  # noqa: PLC0415  # this test only
    import sys  # noqa: PLC0415  # this test only

    root = Path(__file__).resolve().parents[2]
    code = (
        "import sys, provenance.verdict.parse_dossier as p; sys.exit('ruamel.yaml' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
