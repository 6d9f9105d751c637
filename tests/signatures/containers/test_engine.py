"""The engines in the jail: the same answers inside and outside, and what is read of them."""

from dataclasses import replace
from pathlib import Path

from provenance.examine.engines import ENGINES, rows_for
from provenance.examine.runner import Runner
from provenance.signatures.axes import ChangedAfter, Headline, Kind
from provenance.signatures.sentence import explain_signature
from provenance.trust.model import TrustSet
from tests.hostile.containers.forge import edited, swapped
from tests.signatures.containers.conftest import Parties
from tests.signatures.containers.judge import NOW, judge, only
from tests.signatures.containers.packages import (
    asic_files,
    sign_asic,
    sign_odf,
    sign_office,
    text_document,
    word_document,
    zipped,
)
from tests.signatures.containers.signing import DSIG, Maker
from tests.signatures.containers.test_asic import signed_list
from tests.signatures.inside import answers


def test_the_jail_changes_no_answer(parties: Parties, tmp_path: Path) -> None:
    """Office, OpenDocument, ASiC with XAdES and with CAdES, time stamps, an unsigned archive."""
    maker = Maker(parties.ann, stamps=parties.stamp)
    files = {
        "signed.docx": sign_office(word_document(), maker),
        "signed.odt": sign_odf(text_document(), maker),
        "signed.asice": sign_asic(asic_files(), maker),
        "cades.asice": signed_list(asic_files(), parties.rsa),
        "plain.zip": {"a.txt": b"a"},
        "unsigned.docx": word_document(),
        "broken.docx": {**sign_office(word_document(), maker), "word/styles.xml": b"<x/>"},
    }
    with Runner() as runner:
        for name, members in files.items():
            path = tmp_path / name
            path.write_bytes(zipped(members))
            jailed = runner.examine(path, name=name, at=NOW, trust=parties.trust)
            bare = judge(path.read_bytes(), parties.trust)
            assert jailed.outcome.code == "examined", name
            assert answers(jailed.signatures.statuses) == bare.statuses, name
            assert jailed.signatures.headline is bare.headline, name
            assert "lxml" in jailed.tools


def test_loose_xml_in_the_jail(tmp_path: Path) -> None:
    """A signature is named; a file without one is unsigned."""
    with Runner() as runner:
        for text, headline in (
            (f'<?xml version="1.0"?><Signature xmlns="{DSIG}"/>', Headline.UNSUPPORTED),
            ('<?xml version="1.0"?><invoice/>', Headline.UNSIGNED),
        ):
            path = tmp_path / "file.xml"
            path.write_text(text, "utf-8")
            found = runner.examine(path, name=None, at=NOW, trust=TrustSet())
            assert found.signatures.headline is headline


def test_every_kind_of_package_has_its_row() -> None:
    """Templates and plain archives too."""
    odf = "application/vnd.oasis.opendocument."
    for media_type in (
        "application/zip",
        "application/vnd.etsi.asic-e+zip",
        "application/vnd.etsi.asic-s+zip",
        f"{odf}text",
        f"{odf}spreadsheet-template",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ):
        assert "containers" in ENGINES[media_type]
    assert rows_for("application/xml", beside=[])[0][0] == "loose_xml"


def test_what_a_reader_is_told(parties: Parties) -> None:
    """What is covered, what is not, who, when, and that the rest may have changed since."""
    signed = sign_office(word_document(), Maker(parties.ann))
    lines = explain_signature(only(judge(zipped(signed), parties.trust)))
    text = "\n".join(lines)
    assert "Covered: /word/document.xml; /word/styles.xml." in text
    assert "Not covered: /docProps/core.xml (title, author and dates)" in text
    assert "What it covers was not changed; what it does not cover may have been changed" in text
    assert "Nothing was added after signing." not in text
    whole = only(judge(zipped(sign_odf(text_document(), Maker(parties.ann))), parties.trust))
    assert "Nothing was added after signing." in explain_signature(whole)


def test_what_a_reader_is_told_of_a_broken_one(parties: Parties) -> None:
    """The name in the certificate is told as what it is, and nothing is said about pages."""
    signed = sign_office(word_document(), Maker(parties.ann))
    status = only(judge(zipped(edited(signed, "word/document.xml", swapped("March", "May")))))
    assert status.changed_after is ChangedAfter.NOT_ANALYSED
    text = "\n".join(explain_signature(status))
    assert 'the certificate "Common Name: Ann Author"; whose key that is was not judged' in text
    assert "word/document.xml is not what was signed" in text
    assert "pages" not in text


def test_other_kinds_keep_their_words(parties: Parties) -> None:
    """What is said of packages is said of packages alone."""
    signed = only(judge(zipped(sign_office(word_document(), Maker(parties.ann))), parties.trust))
    other = replace(signed, kind=Kind.PDF_SIG)
    assert "Nothing was added after signing." in explain_signature(other)


def test_kinds_that_are_new() -> None:
    """Their words stand in records and never change."""
    assert Kind("asic_timestamp") is Kind.ASIC_TIMESTAMP
    assert Kind("xmldsig") is Kind.XMLDSIG
