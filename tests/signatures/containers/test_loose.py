"""Loose XML: a signature in it is named and never followed."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.signatures.axes import Headline, Kind
from provenance.signatures.containers import loose
from provenance.signatures.containers.loose import MAX_NAMED, inspect_xml
from provenance.signatures.detected import report_of
from provenance.signatures.model import SignatureReport
from provenance.trust.model import TrustSet
from tests.signatures.containers.conftest import Parties
from tests.signatures.containers.judge import NOW
from tests.signatures.containers.signing import DSIG, Maker, Ref


def judge(data: bytes) -> SignatureReport:
    """Judge one XML file."""
    digest = hashlib.sha256(data).hexdigest()
    return report_of(digest, [inspect_xml(data, sha256=digest, trust=TrustSet(), at=NOW)])


def test_a_signature_is_named(parties: Parties) -> None:
    """However good it is; its place is told."""
    text = Maker(parties.ann, xades=False).make([Ref(uri="a.txt", data=b"x")])
    report = judge(text.encode())
    (status,) = report.statuses
    assert (status.headline, status.kind) == (Headline.UNSUPPORTED, Kind.XMLDSIG)
    assert status.locator.name == "XML signature sig in the whole file"
    inside = judge(f"<invoice>{text}</invoice>".encode())
    assert inside.statuses[0].locator.name == "XML signature sig in the element invoice"


def test_a_prefix_or_a_character_reference_hides_nothing() -> None:
    """The namespace decides, however it is spelt."""
    spelt = DSIG.replace("#", "&#x23;")
    assert judge(f'<q:Signature xmlns:q="{spelt}"/>'.encode()).headline is Headline.UNSUPPORTED
    assert judge(f'<q:Signature xmlns:q="{DSIG}x"/>'.encode()).headline is Headline.UNSIGNED


def test_unsigned_needs_a_file_that_can_be_read() -> None:
    """Without a strict reading nothing follows."""
    assert judge(b"<a/>").headline is Headline.UNSIGNED
    for data in (b"<a>", b"<!DOCTYPE a><a/>", b"", b"<?xml version='1.1'?><a/>"):
        assert judge(data).headline is Headline.ERROR


def test_many_are_counted() -> None:
    """A file of signatures costs no more than a page."""
    one = f'<Signature xmlns="{DSIG}"/>'
    report = judge(f"<a>{one * (MAX_NAMED + 5)}</a>".encode())
    assert len(report.statuses) == MAX_NAMED
    assert report.warnings == ("and 5 more XML signatures",)


def test_a_step_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception is a failed detector."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(loose, "parse_xml", fail)
    report = judge(b"<a/>")
    assert report.headline is Headline.ERROR
    assert report.detectors_failed[0].code == "engine-failed"


@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    """Total, and never a word of praise."""
    allowed = {Headline.UNSUPPORTED, Headline.UNSIGNED, Headline.ERROR}
    assert judge(data).headline in allowed
