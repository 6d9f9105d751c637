"""OpenDocument files: every file must be covered, and three places hold signatures."""

from dataclasses import replace
from datetime import UTC, datetime

from provenance.signatures.axes import Headline, Integrity, Kind, Presence, Scope, Signer
from tests.hostile.containers.forge import edited, swapped
from tests.signatures.containers.conftest import Parties
from tests.signatures.containers.judge import judge, only
from tests.signatures.containers.packages import (
    ODF_SIGNATURES,
    dated_object,
    file_references,
    sign_odf,
    text_document,
    zipped,
)
from tests.signatures.containers.signing import C14N, C14N11, DSIG, Maker, Ref, transform

SIGNATURES = "META-INF/documentsignatures.xml"


def test_a_signed_text(parties: Parties) -> None:
    """Nothing is left out: the manifest, the type and a picture with a space in its name."""
    status = only(judge(zipped(sign_odf(text_document(), Maker(parties.ann))), parties.trust))
    assert status.headline is Headline.VERIFIED
    assert status.kind is Kind.XMLDSIG_ODF
    assert status.locator.name == SIGNATURES
    assert status.scope is Scope.WHOLE
    assert set(status.covered) == set(text_document())
    assert status.uncovered == ()


def test_an_unsigned_text() -> None:
    """No signature file."""
    assert judge(zipped(text_document())).headline is Headline.UNSIGNED


def test_a_file_that_is_not_covered_makes_it_partial(parties: Parties) -> None:
    """Older programs left out the manifest; a file added later is left out too."""
    some = [one for one in file_references(text_document()) if "manifest" not in one.uri]
    signed = sign_odf(text_document(), Maker(parties.ann), references=some)
    status = only(judge(zipped(signed), parties.trust))
    assert (status.headline, status.scope) == (Headline.INTACT_PARTIAL, Scope.PART)
    assert status.uncovered == ("META-INF/manifest.xml (not signed)",)


def test_white_space_in_tags_is_not_signed(parties: Parties) -> None:
    """Canonical form: the same document written in another way is the same document."""
    signed = sign_odf(text_document(), Maker(parties.ann))
    same = edited(signed, "styles.xml", swapped("></o:document-styles>", " />"))
    assert judge(zipped(same), parties.trust).headline is Headline.VERIFIED
    other = edited(signed, "styles.xml", swapped("></o:document-styles>", "> </o:document-styles>"))
    assert judge(zipped(other), parties.trust).headline is Headline.BROKEN


def test_canonical_form_1_1_is_followed(parties: Parties) -> None:
    """The newer version differs in nothing that stands in a package."""
    references = [
        replace(one, transforms=one.transforms.replace(C14N, C14N11))
        for one in file_references(text_document())
    ]
    signed = sign_odf(text_document(), Maker(parties.ann), references=references)
    assert judge(zipped(signed), parties.trust).headline is Headline.VERIFIED


def test_comments_count_when_they_were_signed(parties: Parties) -> None:
    """#WithComments: a comment in a file is part of what was signed."""
    members = text_document()
    members["styles.xml"] = members["styles.xml"].replace(b"></o:", b"><!-- one --></o:")
    references = [
        replace(one, transforms=transform(C14N + "#WithComments"))
        if one.uri == "styles.xml"
        else one
        for one in file_references(members)
    ]
    signed = sign_odf(members, Maker(parties.ann), references=references)
    assert judge(zipped(signed), parties.trust).headline is Headline.VERIFIED
    changed = edited(signed, "styles.xml", swapped("one", "two"))
    assert judge(zipped(changed), parties.trust).headline is Headline.BROKEN


def test_two_signers(parties: Parties) -> None:
    """Both cover the document; the worse answer is the document's."""
    makers = (Maker(parties.ann, identifier="a"), Maker(parties.stranger, identifier="b"))
    report = judge(zipped(sign_odf(text_document(), *makers)), parties.trust)
    assert [one.headline for one in report.statuses] == [
        Headline.VERIFIED,
        Headline.INTACT_UNKNOWN_SIGNER,
    ]
    assert report.statuses[1].signer is Signer.SELF_SIGNED
    assert report.statuses[1].locator.name == f"{SIGNATURES}, signature 2"


def test_the_date_beside_xades(parties: Parties) -> None:
    """LibreOffice writes nine digits and no zone; it counts only when it is signed."""
    text = dated_object()
    inside = text.removeprefix("<Object><SignatureProperties>")
    inside = inside.removesuffix("</SignatureProperties></Object>")
    canonical = inside.replace("<SignatureProperty ", f'<SignatureProperty xmlns="{DSIG}" ', 1)
    date = Ref(uri="#idDate", data=canonical.encode())
    maker = Maker(parties.ann, xades=False, objects=[text])
    references = file_references(text_document())
    signed = sign_odf(text_document(), maker, references=[*references, date])
    status = only(judge(zipped(signed), parties.trust))
    assert status.headline is Headline.VERIFIED
    assert status.claimed_time == datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)
    assert "time-without-zone" in status.native_codes
    loose = only(judge(zipped(sign_odf(text_document(), maker)), parties.trust))
    assert loose.claimed_time is None
    assert "object-not-signed" in loose.native_codes


def test_macro_signatures_are_partial(parties: Parties) -> None:
    """They are made for the macros alone, whatever they cover."""
    file = "META-INF/macrosignatures.xml"
    status = only(
        judge(zipped(sign_odf(text_document(), Maker(parties.ann), file=file)), parties.trust)
    )
    assert (status.headline, status.locator.name) == (Headline.INTACT_PARTIAL, file)


def test_signature_files_of_another_shape(parties: Parties) -> None:
    """An unknown root, no signature, a stray element: nothing is judged."""
    for wrap in (
        lambda text: text.replace("digitalsignature", "other"),
        lambda text: f"<x>{text}</x>",
        lambda text: text.replace("<Signature ", "<x/><Signature ", 1),
    ):
        signed = sign_odf(text_document(), Maker(parties.ann), wrap=wrap)
        assert judge(zipped(signed)).headline is Headline.NOT_CHECKABLE
    for data in (
        b"",
        b"<x/>",
        f'<document-signatures xmlns="{ODF_SIGNATURES}"/>'.encode(),
    ):
        status = only(judge(zipped({**text_document(), SIGNATURES: data})))
        assert (status.presence, status.integrity) == (Presence.PRESENT, Integrity.NOT_CHECKABLE)


def test_an_encrypted_text_is_told(parties: Parties) -> None:
    """What was signed is the encrypted form."""
    members = text_document()
    mark = b'<m:file-entry m:full-path="x"><m:encryption-data></m:encryption-data></m:file-entry>'
    members["META-INF/manifest.xml"] = members["META-INF/manifest.xml"].replace(
        b"</m:manifest>", mark + b"</m:manifest>"
    )
    report = judge(zipped(sign_odf(members, Maker(parties.ann))), parties.trust)
    assert report.headline is Headline.VERIFIED
    assert any("encrypted" in one for one in report.warnings)
