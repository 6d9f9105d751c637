"""ASiC containers: XAdES, CAdES with and without a list of files, time stamps, evidence records."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from provenance.signatures.axes import Headline, Integrity, Kind, Presence, Scope, TimeBasis
from provenance.signatures.sentence import say_signature
from tests.hostile.containers.forge import edited, swapped
from tests.signatures.containers.conftest import Parties
from tests.signatures.containers.judge import judge, only
from tests.signatures.containers.packages import (
    ASIC,
    Members,
    asic_files,
    content_references,
    sign_asic,
    zipped,
)
from tests.signatures.containers.signing import DIGESTS, DSIG, Maker, Ref, b64
from tests.signatures.party import Party

MANIFEST = "META-INF/ASiCManifest001.xml"


def cades(data: bytes, party: Party) -> bytes:
    """A detached CMS signature."""
    assert isinstance(party.key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(data)
    signed = builder.add_signer(party.certificate, party.key, hashes.SHA256())
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    return signed.sign(Encoding.DER, options)


def listing(members: Members, signature: str, *names: str) -> bytes:
    """A list of files with their digests."""
    lines = "".join(
        f'<a:DataObjectReference URI="{one.uri}"><DigestMethod xmlns="{DSIG}"'
        f' Algorithm="{DIGESTS["sha256"]}"/><DigestValue xmlns="{DSIG}">{_value(one)}'
        "</DigestValue></a:DataObjectReference>"
        for one in content_references(members)
        if not names or one.uri in names
    )
    reference = f'<a:SigReference URI="{signature}"/>'
    return f'<a:ASiCManifest xmlns:a="{ASIC}">{reference}{lines}</a:ASiCManifest>'.encode()


def _value(one: Ref) -> str:
    return one.text.partition("<DigestValue>")[2].partition("<")[0]


def signed_list(members: Members, party: Party, *names: str) -> Members:
    """A container with a list of files and its CAdES signature."""
    name = "META-INF/signature001.p7s"
    text = listing(members, name, *names)
    return {**members, MANIFEST: text, name: cades(text, party)}


def test_a_signed_container(parties: Parties) -> None:
    """Every file outside META-INF is covered; the type and the manifest never are."""
    for exclusive in (False, True):
        maker = Maker(parties.ann, exclusive=exclusive)
        status = only(judge(zipped(sign_asic(asic_files(), maker)), parties.trust))
        assert status.headline is Headline.VERIFIED
        assert (status.kind, status.scope) == (Kind.ASIC, Scope.WHOLE)
        assert status.covered == ("contract.txt", "annex one.pdf")
        assert status.uncovered == ("mimetype (not signed)", "META-INF/manifest.xml (not signed)")


def test_an_unsigned_container() -> None:
    """No signature file at all."""
    assert judge(zipped(asic_files())).headline is Headline.UNSIGNED


def test_a_simple_container_with_a_bare_signature(parties: Parties) -> None:
    """The one signature may be the root of its file."""
    maker = Maker(parties.ann)
    signed = sign_asic(asic_files("a.txt"), maker, bare=True, file="META-INF/signatures.xml")
    assert judge(zipped(signed), parties.trust).headline is Headline.VERIFIED


def test_each_signature_has_its_own_scope(parties: Parties) -> None:
    """Two people sign two files: each covers a part."""
    members = asic_files()
    first, second = content_references(members)
    signed = sign_asic(members, Maker(parties.ann), references=[first])
    signed = sign_asic(
        signed, Maker(parties.ann), references=[second], file="META-INF/signatures002.xml"
    )
    report = judge(zipped(signed), parties.trust)
    assert [one.headline for one in report.statuses] == [Headline.INTACT_PARTIAL] * 2
    assert report.statuses[0].uncovered[0] == "annex one.pdf (not signed)"


def test_signatures_in_one_file_may_number_references_alike(parties: Parties) -> None:
    """Only identifiers that a reference uses must be unique."""
    makers = [Maker(parties.ann, identifier=one) for one in ("a", "b")]
    signed = sign_asic(asic_files(), *makers)
    text = signed["META-INF/signatures001.xml"].decode()
    twice = text.replace("<X509Data>", '<X509Data Id="r-1">')
    assert twice != text
    members = {**signed, "META-INF/signatures001.xml": twice.encode()}
    report = judge(zipped(members), parties.trust)
    assert [one.headline for one in report.statuses] == [Headline.VERIFIED] * 2


def test_a_list_signed_with_cades(parties: Parties) -> None:
    """The list is what was signed; the files are compared with it."""
    status = only(judge(zipped(signed_list(asic_files(), parties.rsa)), parties.trust))
    assert status.headline is Headline.VERIFIED
    assert status.covered == ("contract.txt", "annex one.pdf")
    assert status.kind is Kind.ASIC


def test_one_file_signed_with_cades(parties: Parties) -> None:
    """A simple container: no list, one file."""
    members = asic_files("a.txt")
    members["META-INF/signature.p7s"] = cades(members["a.txt"], parties.rsa)
    status = only(judge(zipped(members), parties.trust))
    assert (status.headline, status.covered) == (Headline.VERIFIED, ("a.txt",))
    changed = {**members, "a.txt": b"other"}
    assert judge(zipped(changed), parties.trust).headline is Headline.BROKEN
    two = {**members, "b.txt": b"second"}
    assert only(judge(zipped(two))).native_codes == ("asic-manifest",)


_SPOILT: dict[str, tuple[Callable[[Members], Members], Headline]] = {
    "a file changed": (
        lambda one: {**one, "contract.txt": b"other"},
        Headline.BROKEN,
    ),
    "a file and its digest changed": (
        lambda one: edited(
            {**one, "contract.txt": b"other"}, MANIFEST, swapped(_digest_of(one), b64(b"x" * 32))
        ),
        Headline.BROKEN,
    ),
    "a file gone": (
        lambda one: {key: data for key, data in one.items() if key != "contract.txt"},
        Headline.NOT_CHECKABLE,
    ),
    "a file added": (lambda one: {**one, "more.txt": b"more"}, Headline.INTACT_PARTIAL),
    "the list gone": (
        lambda one: {key: data for key, data in one.items() if key != MANIFEST},
        Headline.NOT_CHECKABLE,
    ),
    "two lists": (
        lambda one: {**one, "META-INF/ASiCManifest002.xml": one[MANIFEST]},
        Headline.NOT_CHECKABLE,
    ),
    "a list of another shape": (
        lambda one: {**one, MANIFEST: b"<x/>"},
        Headline.NOT_CHECKABLE,
    ),
    "no signature named": (
        lambda one: {
            **one,
            "META-INF/ASiCManifest002.xml": b'<a:ASiCManifest xmlns:a="' + ASIC.encode() + b'"/>',
        },
        Headline.NOT_CHECKABLE,
    ),
    "not CMS": (lambda one: {**one, "META-INF/signature001.p7s": b"junk"}, Headline.ERROR),
}


def _digest_of(members: Members) -> str:
    return members[MANIFEST].decode().partition("<DigestValue")[2].partition(">")[2][:44]


@pytest.mark.parametrize("name", _SPOILT)
def test_what_spoils_a_list(parties: Parties, name: str) -> None:
    """Each change is told for what it is."""
    change, headline = _SPOILT[name]
    signed = signed_list(asic_files(), parties.rsa)
    assert judge(zipped(change(signed)), parties.trust).headline is headline


def test_a_list_that_leaves_files_out(parties: Parties) -> None:
    """The signature holds, for the files of the list."""
    signed = signed_list(asic_files(), parties.rsa, "contract.txt")
    status = only(judge(zipped(signed), parties.trust))
    assert (status.headline, status.covered) == (Headline.INTACT_PARTIAL, ("contract.txt",))


def test_a_time_stamp_over_a_list(parties: Parties) -> None:
    """It says when, and by which authority; it is no author's signature."""
    members = asic_files()
    name = "META-INF/timestamp001.tst"
    text = listing(members, name)
    (token,) = parties.stamp(text)
    signed = {**members, MANIFEST: text, name: token}
    status = only(judge(zipped(signed), parties.trust))
    assert (status.kind, status.headline) == (Kind.ASIC_TIMESTAMP, Headline.TIME_STAMPED)
    assert status.time_basis is TimeBasis.TRUSTED_TIMESTAMP
    assert status.proven_not_after == parties.tsa.at
    assert say_signature(status).startswith('The time stamp "META-INF/timestamp001.tst"')
    unknown = only(judge(zipped(signed)))
    assert unknown.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert unknown.proven_not_after is None
    changed = {**signed, MANIFEST: text + b" "}
    assert judge(zipped(changed), parties.trust).headline is Headline.BROKEN
    file = {**signed, "contract.txt": b"other"}
    assert judge(zipped(file), parties.trust).headline is Headline.BROKEN
    spoilt = {**signed, name: token[:-1] + bytes([token[-1] ^ 1])}
    assert judge(zipped(spoilt), parties.trust).headline not in {
        Headline.VERIFIED,
        Headline.INTACT_UNKNOWN_SIGNER,
    }


def test_a_time_stamp_of_a_time_to_come(parties: Parties) -> None:
    """An authority that states the day after tomorrow proves nothing today."""
    members = asic_files("a.txt")
    (token,) = parties.stamp(members["a.txt"])
    signed = zipped({**members, "META-INF/timestamp.tst": token})
    assert judge(signed, parties.trust).headline is Headline.TIME_STAMPED
    early = parties.tsa.at - timedelta(days=2)
    status = only(judge(signed, parties.trust, at=early))
    assert status.headline is Headline.NOT_CHECKABLE
    assert status.proven_not_after is None


def test_a_container_for_signatures_that_holds_none() -> None:
    """CMS without a signer is an empty slot."""
    empty = {
        "version": "v1",
        "digest_algorithms": [],
        "encap_content_info": {"content_type": "data"},
        "signer_infos": [],
    }
    outer = {"content_type": "signed_data", "content": cms.SignedData(empty)}
    token = cms.ContentInfo(outer).dump()
    members = {**asic_files("a.txt"), "META-INF/signature.p7s": token}
    assert judge(zipped(members)).headline is Headline.EMPTY_SLOT


def test_evidence_records_are_said_and_not_judged() -> None:
    """They are signatures of a kind, so the container is not unsigned."""
    for name in ("META-INF/evidencerecord001.xml", "META-INF/evidencerecord.ers"):
        status = only(judge(zipped({**asic_files(), name: b"<x/>"})))
        assert (status.presence, status.headline) == (Presence.UNSUPPORTED, Headline.UNSUPPORTED)
    listed = {**asic_files(), "META-INF/ASiCEvidenceRecordManifest001.xml": b"<x/>"}
    report = judge(zipped(listed))
    assert report.headline is Headline.UNSIGNED
    assert any("removed" in one for one in report.warnings)


def test_a_missing_file_may_lie_elsewhere(parties: Parties) -> None:
    """Not checkable, with the file's name: nobody says that anything was altered."""
    signed = sign_asic(asic_files(), Maker(parties.ann))
    del signed["contract.txt"]
    status = only(judge(zipped(signed), parties.trust))
    assert status.integrity is Integrity.NOT_CHECKABLE
    assert status.error == "signed-part-missing: contract.txt is missing"
    assert status.etsi == ("INDETERMINATE", "SIGNED_DATA_NOT_FOUND")
