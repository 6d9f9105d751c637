"""Office documents: what a signature covers, what it leaves out, and empty lines."""

import re
from dataclasses import replace

import pytest

from provenance.signatures.axes import (
    Crypto,
    Headline,
    Integrity,
    Kind,
    Presence,
    Scope,
    Signer,
    TimeBasis,
)
from tests.hostile.containers.forge import edited, swapped
from tests.signatures.containers.conftest import Parties
from tests.signatures.containers.judge import judge, only
from tests.signatures.containers.packages import (
    DOCUMENT_TYPE,
    Members,
    content_types,
    office_references,
    part_ref,
    relationships,
    rels_ref,
    sign_office,
    word_document,
    word_text,
    zipped,
)
from tests.signatures.containers.signing import SIGNED_AT, Maker

_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_P = "http://schemas.openxmlformats.org/package/2006/relationships/"
RELS = "word/_rels/document.xml.rels"
LINE = (
    '<w:p><v:shape xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:o="urn:schemas-microsoft-com:office:office"><o:signatureline id="{A-1}"'
    ' o:suggestedsigner="Max Minister" o:suggestedsigner2="Minister" issignatureline="t"/>'
    "</v:shape></w:p>"
)


def test_a_signed_document(parties: Parties) -> None:
    """Every axis is answered; properties that Office never signs are named, and only they."""
    signed = sign_office(word_document(), Maker(parties.ann))
    status = only(judge(zipped(signed), parties.trust))
    assert status.headline is Headline.VERIFIED
    assert status.kind is Kind.XMLDSIG_OOXML
    assert status.locator.name == "/_xmlsignatures/sig1.xml"
    assert (status.scope, status.signer) == (Scope.WHOLE, Signer.TRUSTED)
    assert status.covered == ("/word/document.xml", "/word/styles.xml")
    assert status.uncovered == (
        "/docProps/core.xml (title, author and dates)",
        "/docProps/app.xml (program, company and statistics)",
    )
    assert (status.claimed_time, status.time_basis) == (SIGNED_AT, TimeBasis.CLAIMED)
    assert status.algorithms == ("sha256", "ECDSA", "ec-256")
    assert status.identity.subject == "Common Name: Ann Author"
    assert status.trust_set_sha256 == parties.trust.sha256
    assert not status.warnings
    assert status.error is None


def test_an_unsigned_document() -> None:
    """All detectors ran and none found anything."""
    report = judge(zipped(word_document()))
    assert report.headline is Headline.UNSIGNED
    assert report.detectors_run == (
        "ooxml-signatures",
        "ooxml-signature-lines",
        "odf-signatures",
        "epub-signatures",
        "asic-signatures",
    )


def test_two_signatures_are_two_answers(parties: Parties) -> None:
    """Each signer is judged for himself; neither covers the other."""
    members = sign_office(word_document(), Maker(parties.ann))
    members = sign_office(members, Maker(parties.stranger), number=2)
    first, second = judge(zipped(members), parties.trust).statuses
    assert first.headline is Headline.VERIFIED
    assert second.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert first.id != second.id


def test_an_origin_without_signatures_is_told(parties: Parties) -> None:
    """A signature may have been taken out: unsigned, and worth a word."""
    signed = sign_office(word_document(), Maker(parties.ann))
    gone = {name: data for name, data in signed.items() if not name.endswith("sig1.xml")}
    gone["_xmlsignatures/_rels/origin.sigs.rels"] = relationships()
    types = gone["[Content_Types].xml"].decode()
    gone["[Content_Types].xml"] = re.sub(r'<Override PartName="/_xml.*?/>', "", types).encode()
    report = judge(zipped(gone))
    assert report.headline is Headline.UNSIGNED
    assert any("removed" in one for one in report.warnings)
    leads = {
        **gone,
        "_xmlsignatures/_rels/origin.sigs.rels": signed["_xmlsignatures/_rels/origin.sigs.rels"],
    }
    assert only(judge(zipped(leads))).native_codes == ("signature-missing",)


def test_a_missing_part_breaks_and_is_named(parties: Parties) -> None:
    """[M6.9]: a signature over a part that is gone does not hold."""
    signed = sign_office(word_document(), Maker(parties.ann))
    del signed["word/styles.xml"]
    status = only(judge(zipped(signed)))
    assert status.integrity is Integrity.BROKEN
    assert status.error == "signed-part-missing: /word/styles.xml is missing"


def test_every_changed_part_is_named(parties: Parties) -> None:
    """The manifest is followed to its end."""
    signed = sign_office(word_document(), Maker(parties.ann))
    signed |= {"word/document.xml": word_text("x"), "word/styles.xml": b"<x/>"}
    status = only(judge(zipped(signed)))
    assert status.headline is Headline.BROKEN
    assert status.uncovered[:2] == (
        "word/document.xml is not what was signed",
        "word/styles.xml is not what was signed",
    )
    assert status.etsi == ("TOTAL-FAILED", "HASH_FAILURE")
    assert status.identity.subject == "Common Name: Ann Author"


@pytest.mark.parametrize(
    ("kind", "target", "scope"),
    [
        ("image", "https://evil.example/a.png", Scope.PART),
        ("hyperlink", "https://evil.example/?a=b&c=d", Scope.WHOLE),
        ("attachedTemplate", "file:///C:/Normal.dotm", Scope.WHOLE),
    ],
)
def test_content_from_outside_is_not_covered(
    parties: Parties, kind: str, target: str, scope: Scope
) -> None:
    """A linked picture can be changed by whoever holds the server; a link is only followed."""
    line = ("rId9", _R + kind, target, "External")
    members = {**word_document(), RELS: relationships(line)}
    references = [*office_references(members)[:3], rels_ref(RELS, line)]
    signed = sign_office(members, Maker(parties.ann), references=references)
    status = only(judge(zipped(signed), parties.trust))
    assert status.integrity is Integrity.INTACT
    assert status.scope is scope
    assert any("outside" in one for one in status.uncovered) is (scope is Scope.PART)


def test_text_bound_to_unsigned_properties(parties: Parties) -> None:
    """A title that Word fills in from the properties is shown, and nobody signed it."""
    for bound in ("coreProperties[1]/title", "x", "{6c3c8bc8-f283-45ae-878a-bab7291924a1}"):
        inside = f'<w:sdt><w:dataBinding w:xpath="{bound}"/></w:sdt>'
        members = {**word_document(), "word/document.xml": word_text("x", inside)}
        status = only(judge(zipped(sign_office(members, Maker(parties.ann))), parties.trust))
        assert status.scope is (Scope.WHOLE if bound == "x" else Scope.PART)
        told = "text in /word/document.xml that is filled in from the unsigned properties"
        assert (told in status.uncovered) is (bound != "x")


def test_relationships_chosen_by_type(parties: Parties) -> None:
    """RelationshipsGroupReference: every relationship of the type is signed, later ones too."""
    members = word_document()
    line = ("rId1", _R + "styles", "styles.xml", "Internal")
    by_type = rels_ref(RELS, line)
    text = by_type.transforms.replace("RelationshipReference", "RelationshipsGroupReference")
    text = text.replace('SourceId="rId1"', f'SourceType="{_R}styles"')
    members[RELS] = relationships(("rId1", _R + "styles", "styles.xml"))
    references = [*office_references(members)[:3], replace(by_type, transforms=text)]
    signed = sign_office(members, Maker(parties.ann), references=references)
    assert judge(zipped(signed), parties.trust).headline is Headline.VERIFIED
    more = relationships(
        ("rId1", _R + "styles", "styles.xml"), ("rId2", _R + "styles", "other.xml")
    )
    assert judge(zipped({**signed, RELS: more}), parties.trust).headline is Headline.BROKEN


def test_a_relationships_part_may_be_signed_whole(parties: Parties) -> None:
    """Without a choice, its bytes are what counts."""
    members = word_document()
    kind = "application/vnd.openxmlformats-package.relationships+xml"
    references = [*office_references(members)[:3], part_ref(members, RELS, kind)]
    signed = sign_office(members, Maker(parties.ann), references=references)
    assert judge(zipped(signed), parties.trust).headline is Headline.VERIFIED


def test_a_choice_needs_a_canonical_form(parties: Parties) -> None:
    """[M6.26]: a choice of relationships alone is an error."""
    members = word_document()
    last = office_references(members)[3]
    bare = replace(last, transforms=last.transforms.rpartition("<Transform ")[0])
    signed = sign_office(
        members, Maker(parties.ann), references=[*office_references(members)[:3], bare]
    )
    assert judge(zipped(signed)).headline is Headline.UNSUPPORTED


def test_pretty_printed_relationships_are_the_same(parties: Parties) -> None:
    """Space between relationships is not signed."""
    signed = sign_office(word_document(), Maker(parties.ann))
    spaced = edited(signed, RELS, lambda text: text.replace("/><", "/>\n  <"))
    assert judge(zipped(spaced), parties.trust).headline is Headline.VERIFIED


def test_old_algorithms_are_weak(parties: Parties) -> None:
    """SHA-1, as Office 2007 and 2010 sign, matches and is told as weak."""
    maker = Maker(parties.rsa, digest="sha1", xades=False)
    status = only(judge(zipped(sign_office(word_document(), maker)), parties.trust))
    assert (status.headline, status.crypto) == (Headline.INTACT_WEAK, Crypto.LEGACY)
    assert status.claimed_time == SIGNED_AT


def test_office_details_are_claims(parties: Parties) -> None:
    """The typed name and the reason are told when they are signed."""
    details = {"SignatureText": "Max Minister", "SignatureComments": "I agree\u202e"}
    signed = sign_office(word_document(), Maker(parties.ann), details=details)
    status = only(judge(zipped(signed), parties.trust))
    assert status.claimed_author == "Max Minister"
    assert 'the stated reason "I agree\\u{202e}"' in status.covered


def test_an_empty_signature_line(parties: Parties) -> None:
    """A line that nobody signed is an empty slot with the name of who should sign."""
    members = {**word_document(), "word/document.xml": word_text("x", LINE)}
    slot = only(judge(zipped(members)))
    assert (slot.headline, slot.presence) == (Headline.EMPTY_SLOT, Presence.EMPTY_SLOT)
    assert slot.claimed_author == "Max Minister, Minister"
    assert slot.locator.name == (
        'a signature line for "Max Minister, Minister" in /word/document.xml'
    )
    signed = sign_office(members, Maker(parties.ann), details={"SetupID": "{A-1}"})
    assert len(judge(zipped(signed), parties.trust).statuses) == 1
    other = sign_office(members, Maker(parties.ann), details={"SetupID": "{B-2}"})
    found = judge(zipped(other), parties.trust)
    assert [one.headline for one in found.statuses] == [Headline.VERIFIED, Headline.EMPTY_SLOT]
    assert found.headline is Headline.VERIFIED


def test_lines_of_newer_drawings_and_unreadable_ones() -> None:
    """The newer spelling counts; a part that mentions a line and cannot be read stays open."""
    new = (
        '<a15:signatureLine xmlns:a15="http://schemas.microsoft.com/office/drawing/2012/main"'
        ' id="{C-3}" isSignatureLine="1" suggestedSigner="Ann"/>'
    )
    members = {**word_document(), "word/document.xml": word_text("x", new)}
    assert only(judge(zipped(members))).claimed_author == "Ann"
    broken = {**word_document(), "word/drawing.vml": b"<xml><o:signatureline><br></xml>"}
    report = judge(zipped(broken))
    assert report.headline is Headline.UNSIGNED
    assert report.not_determined == (
        "whether /word/drawing.vml has a place for a signature (it could not be read)",
    )


def test_a_line_that_is_none() -> None:
    """A drawing may say that it is no line any more."""
    line = LINE.replace('issignatureline="t"', 'issignatureline="f"')
    members = {**word_document(), "word/document.xml": word_text("x", line)}
    assert judge(zipped(members)).headline is Headline.UNSIGNED


def test_a_document_without_properties(parties: Parties) -> None:
    """Nothing is left out then, and nothing could be filled in from them."""
    members = word_document()
    members["_rels/.rels"] = relationships(("rId1", _R + "officeDocument", "word/document.xml"))
    for name in ("docProps/core.xml", "docProps/app.xml"):
        del members[name]
    status = only(judge(zipped(sign_office(members, Maker(parties.ann))), parties.trust))
    assert (status.headline, status.uncovered) == (Headline.VERIFIED, ())


def test_a_macro_signature_is_said_and_not_judged(parties: Parties) -> None:
    """It is over the macros alone, and of another kind."""
    members = word_document()
    kind = "application/vnd.ms-office.vbaProjectSignature"
    members["[Content_Types].xml"] = content_types(
        {"/word/document.xml": DOCUMENT_TYPE, "/word/vbaProjectSignature.bin": kind}
    )
    members["word/vbaProjectSignature.bin"] = b"\x00"
    status = only(judge(zipped(members)))
    assert (status.kind, status.headline) == (Kind.CMS, Headline.UNSUPPORTED)
    assert parties


def test_a_signature_over_nothing_is_partial(parties: Parties) -> None:
    """A manifest of relationships alone covers no text."""
    members = word_document()
    only_rels = office_references(members)[2:]
    signed = sign_office(members, Maker(parties.ann), references=only_rels)
    status = only(judge(zipped(signed), parties.trust))
    assert (status.headline, status.scope) == (Headline.INTACT_PARTIAL, Scope.METADATA_ONLY)


def test_a_signature_of_another_declared_type_is_not_taken(parties: Parties) -> None:
    """What is declared as something else is read as something else."""
    signed = sign_office(word_document(), Maker(parties.ann))
    changed = edited(
        signed, "[Content_Types].xml", swapped("digital-signature-xmlsignature", "other")
    )
    assert judge(zipped(changed)).headline is Headline.NOT_CHECKABLE


def test_an_unreadable_skeleton_is_a_failed_detector(parties: Parties) -> None:
    """Nothing is known of the signatures of a package that readers read differently."""
    signed = sign_office(word_document(), Maker(parties.ann))
    spoilt: list[Members] = [
        {**signed, RELS: b"<x/>"},
        {**signed, RELS: relationships(("rId1", "a", "b"), ("rId1", "a", "c"))},
        edited(signed, "[Content_Types].xml", swapped("<Types ", "<Types><x/></Types><Types ")),
        edited(
            signed,
            "[Content_Types].xml",
            swapped("</Types>", '<Default Extension="xml" ContentType="a/b"/></Types>'),
        ),
        {
            **{k: v for k, v in signed.items() if k != "[Content_Types].xml"},
            "[content_types].xml": signed["[Content_Types].xml"],
        },
    ]
    for members in spoilt:
        report = judge(zipped(members))
        assert report.headline is Headline.ERROR
        assert [one.detector for one in report.detectors_failed] == ["ooxml-signatures"]
