"""A step that fails is told and never makes an answer good; rare shapes are told too."""

import re

import pytest

from provenance.signatures.axes import Crypto, Headline, Integrity, Signer
from provenance.signatures.containers import asic as asic_module
from provenance.signatures.containers import ooxml, ooxml_coverage, steps
from provenance.signatures.xmldsig import xades
from tests.hostile.containers.forge import edited, swapped
from tests.signatures.containers.conftest import Parties
from tests.signatures.containers.judge import judge, only
from tests.signatures.containers.packages import (
    asic_files,
    office_object,
    office_references,
    package_object,
    sign_asic,
    sign_odf,
    sign_office,
    text_document,
    word_document,
    word_text,
    zipped,
)
from tests.signatures.containers.signing import C14N, Maker, Ref, object_ref, transform
from tests.signatures.containers.test_asic import MANIFEST, signed_list


def _fail(*_: object, **__: object) -> None:
    raise RuntimeError("out of order")


@pytest.mark.parametrize(
    ("where", "name", "headline"),
    [
        (steps, "verify_signature", Headline.ERROR),
        (steps, "listed", Headline.VERIFIED),
        (steps, "choose_claimed_time", Headline.ERROR),
        (steps, "judge_signer", Headline.INTACT_UNKNOWN_SIGNER),
        (steps, "judge_strength", Headline.INTACT_WEAK),
        (steps, "read_identity", Headline.VERIFIED),
        (ooxml, "find_signature_lines", Headline.ERROR),
        (ooxml, "signature_parts", Headline.ERROR),
    ],
)
def test_a_step_that_fails(
    parties: Parties,
    monkeypatch: pytest.MonkeyPatch,
    where: object,
    name: str,
    headline: Headline,
) -> None:
    """ERROR, or an answer no better than what the other steps found."""
    data = zipped(sign_office(word_document(), Maker(parties.ann)))
    if name != "listed":
        monkeypatch.setattr(where, name, _fail)
    report = judge(data, parties.trust)
    assert report.headline is headline
    if name == "judge_strength":
        assert only(report).crypto is Crypto.LEGACY
    if name == "judge_signer":
        assert only(report).signer is Signer.UNKNOWN
        assert only(report).integrity is Integrity.INTACT


def test_text_that_cannot_be_read_may_be_bound(
    parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part too large to be searched is not taken for free of bindings."""
    data = zipped(sign_office(word_document(), Maker(parties.ann)))
    monkeypatch.setattr(ooxml_coverage, "MAX_PART_XML", 10)
    assert judge(data, parties.trust).headline is Headline.INTACT_PARTIAL


def test_bound_text_in_a_wide_encoding(parties: Parties) -> None:
    """UTF-16 hides no binding."""
    inside = '<w:sdt><w:dataBinding w:xpath="coreProperties"/></w:sdt>'
    wide = word_text("x", inside).decode().replace("UTF-8", "UTF-16").encode("utf-16")
    members = {**word_document(), "word/document.xml": wide}
    status = only(judge(zipped(sign_office(members, Maker(parties.ann))), parties.trust))
    assert status.headline is Headline.INTACT_PARTIAL


def test_only_so_many_signatures(parties: Parties, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the limit are counted and told, not judged."""
    members = sign_office(word_document(), Maker(parties.ann))
    members = sign_office(members, Maker(parties.ann), number=2)
    monkeypatch.setattr(ooxml, "MAX_SIGNATURES", 1)
    report = judge(zipped(members), parties.trust)
    assert "only the first 1 signatures were judged" in report.warnings
    container = sign_asic(asic_files(), Maker(parties.ann))
    container = sign_asic(container, Maker(parties.ann), file="META-INF/signatures002.xml")
    monkeypatch.setattr(asic_module, "MAX_FILES", 1)
    report = judge(zipped(container), parties.trust)
    assert "only the first 1 signature files were judged" in report.warnings


def test_properties_that_are_too_many(parties: Parties, monkeypatch: pytest.MonkeyPatch) -> None:
    """Validation data is bounded; what stands twice is refused."""
    data = zipped(sign_office(word_document(), Maker(parties.ann, stamps=parties.stamp)))
    monkeypatch.setattr(xades, "MAX_STAMPS", 0)
    status = only(judge(data, parties.trust))
    assert (status.headline, status.proven_not_after) == (Headline.VERIFIED, None)
    monkeypatch.undo()
    value = "<xd:EncapsulatedCRLValue>AAAA</xd:EncapsulatedCRLValue>"
    later = f"<xd:RevocationValues><xd:CRLValues>{value}</xd:CRLValues></xd:RevocationValues>"
    monkeypatch.setattr(xades, "MAX_DATA", 0)
    many = zipped(sign_office(word_document(), Maker(parties.ann, unsigned=later)))
    assert "unsigned-properties-left-out" in only(judge(many, parties.trust)).native_codes


def test_other_things_in_a_time_stamp_are_passed_over(parties: Parties) -> None:
    """An Include element names what the form is made of; the token decides."""
    data = sign_office(word_document(), Maker(parties.ann, stamps=parties.stamp))
    name = "_xmlsignatures/sig1.xml"
    more = edited(data, name, swapped("<xd:SignatureTimeStamp>", "<xd:SignatureTimeStamp><xd:I/>"))
    status = only(judge(zipped(more), parties.trust))
    assert status.proven_not_after == parties.tsa.at
    unnamed = edited(
        data,
        name,
        lambda text: re.sub(
            r"(<xd:SignatureTimeStamp>)<CanonicalizationMethod.*?</CanonicalizationMethod>",
            r"\1",
            text,
        ),
    )
    status = only(judge(zipped(unnamed), parties.trust))
    assert status.proven_not_after == parties.tsa.at


def test_signed_properties_of_another_shape(parties: Parties) -> None:
    """They were signed, and cannot be read: nothing is said."""
    for old, new in (
        ("<xd:CertDigest>", "<xd:CertDigest><xd:Other></xd:Other>"),
        (
            "<xd:SigningTime>",
            "<xd:SigningTime>2026-01-01T00:00:00Z</xd:SigningTime><xd:SigningTime>",
        ),
    ):
        maker = Maker(parties.ann, spoil=(old, new))
        status = only(judge(zipped(sign_office(word_document(), maker)), parties.trust))
        assert status.headline is Headline.NOT_CHECKABLE
        assert status.native_codes == ("signature-layout",)


def test_manifests_that_lead_elsewhere(parties: Parties) -> None:
    """A manifest leads to parts alone, and must hold references."""
    members = word_document()
    inside = [Ref(uri="#idOther", data=b""), *office_references(members)]
    signed = sign_office(members, Maker(parties.ann), references=inside)
    assert judge(zipped(signed)).headline is Headline.UNSUPPORTED
    empty = sign_office(members, Maker(parties.ann), references=[])
    assert judge(zipped(empty)).headline is Headline.NOT_CHECKABLE


def test_relationships_of_no_part_and_with_comments(parties: Parties) -> None:
    """A choice of relationships is for relationships parts, without comments."""
    members = word_document()
    last = office_references(members)[3]
    spoilt = Ref(
        uri=last.uri,
        data=last.data,
        transforms=last.transforms.replace(C14N, C14N + "#WithComments"),
    )
    references = [*office_references(members)[:3], spoilt]
    signed = sign_office(members, Maker(parties.ann), references=references)
    assert judge(zipped(signed)).headline is Headline.UNSUPPORTED
    text = package_object(office_references(members))
    held = object_ref(text, "idPackageObject")
    chosen = last.transforms.partition("</Transform>")[0] + "</Transform>" + transform(C14N)
    maker = Maker(parties.ann, objects=[text])
    made = maker.make([Ref(uri=held.uri, data=held.data, transforms=chosen)])
    base = sign_office(members, Maker(parties.ann))
    whole = {**base, "_xmlsignatures/sig1.xml": f'<?xml version="1.0"?>{made}'.encode()}
    assert judge(zipped(whole)).headline is Headline.UNSUPPORTED


def test_claims_in_other_places_are_not_read(parties: Parties) -> None:
    """A time without a value, details of another signature, other things in an Object."""
    members = word_document()
    other = office_object("another", SignatureText="Max Minister")
    other = other.replace("<SignatureProperties>", "<x xmlns='urn:x'></x><SignatureProperties>")
    other = other.replace("'", '"')
    package = package_object(office_references(members)).replace("mdssi:Value>", "mdssi:Other>")
    package = package.replace("<mdssi:SignatureTime ", '<x xmlns="urn:x"></x><mdssi:SignatureTime ')
    maker = Maker(parties.ann, objects=[package, other], xades=False)
    made = maker.make([object_ref(package, "idPackageObject"), object_ref(other, "idOfficeObject")])
    base = sign_office(members, Maker(parties.ann))
    whole = {**base, "_xmlsignatures/sig1.xml": f'<?xml version="1.0"?>{made}'.encode()}
    status = only(judge(zipped(whole), parties.trust))
    assert status.headline is Headline.VERIFIED
    assert (status.claimed_author, status.claimed_time) == (None, None)


def test_lists_of_files_of_another_shape(parties: Parties) -> None:
    """No files, a file without a digest, a list that names no member."""
    signed = signed_list(asic_files(), parties.rsa)
    for change, headline in (
        (swapped("<DigestMethod", "<Other"), Headline.ERROR),
        (swapped("<DigestMethod ", "<Other/><DigestMethod "), Headline.NOT_CHECKABLE),
        (lambda text: text.replace("DataObjectReference", "Other"), Headline.NOT_CHECKABLE),
        (swapped("signature001.p7s", "gone.p7s"), Headline.NOT_CHECKABLE),
    ):
        changed = edited(signed, MANIFEST, change)
        found = judge(zipped(changed), parties.trust).headline
        assert found in {headline, Headline.BROKEN, Headline.NOT_CHECKABLE}


def test_a_time_stamp_that_is_none(parties: Parties) -> None:
    """Bytes that are CMS and no time stamp prove no time."""
    members = asic_files("a.txt")
    token = signed_list(members, parties.rsa)["META-INF/signature001.p7s"]
    status = only(judge(zipped({**members, "META-INF/t.tst": token}), parties.trust))
    assert status.integrity is not Integrity.INTACT
    assert status.proven_not_after is None


def test_an_unreadable_manifest_is_not_taken_for_plain(parties: Parties) -> None:
    """Whether a text is encrypted is not told when its manifest cannot be read."""
    members = {**text_document(), "META-INF/manifest.xml": b"<x"}
    references = [Ref(uri="content.xml", data=members["content.xml"])]
    report = judge(zipped(sign_odf(members, Maker(parties.ann), references=references)))
    assert report.headline is Headline.INTACT_PARTIAL
    assert report.warnings == ()
    del members["META-INF/manifest.xml"]
    report = judge(zipped(sign_odf(members, Maker(parties.ann), references=references)))
    assert report.headline is Headline.INTACT_PARTIAL
