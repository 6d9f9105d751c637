"""Signed books: whatever is not what was signed is told, and no trick makes it read as signed."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from provenance.signatures.axes import Headline, Integrity, Kind, Scope
from provenance.signatures.containers.epub import REMOTE, WRITING
from provenance.trust.model import Anchor, Purpose, TrustSet
from tests.hostile.containers import zipforge
from tests.hostile.containers.forge import edited, swapped
from tests.signatures.containers.conftest import Parties
from tests.signatures.containers.judge import judge, only
from tests.signatures.containers.packages import (
    OCF,
    Members,
    asic_files,
    book,
    book_references,
    sign_asic,
    sign_book,
    zipped,
)
from tests.signatures.containers.signing import C14N, DSIG, Maker, Ref, transform
from tests.signatures.good import is_good

FILE = "META-INF/signatures.xml"
CHAPTER = "EPUB/chapter one.xhtml"


@pytest.fixture(scope="module")
def trust(parties: Parties) -> TrustSet:
    """An anchor for packages of OpenDocument's kind, and nothing else."""
    return TrustSet(anchors=(Anchor(der=parties.authority.der, purposes=(Purpose.ODF,)),))


@pytest.fixture(scope="module")
def honest(parties: Parties) -> Members:
    """A book that Ann signed, all of it."""
    return sign_book(book(), Maker(parties.ann))


def test_a_signed_book(honest: Members, parties: Parties, trust: TrustSet) -> None:
    """By a manifest or file by file, one signer or two: all of it, and `mimetype` is told."""
    for members in (
        honest,
        sign_book(book(), Maker(parties.ann), direct=True),
        sign_book(book(), Maker(parties.ann, xades=False)),
    ):
        status = only(judge(zipped(members), trust))
        assert (status.headline, status.scope) == (Headline.VERIFIED, Scope.WHOLE)
        assert status.kind is Kind.XMLDSIG_EPUB
        assert status.uncovered == ("mimetype (not signed)", WRITING, REMOTE)
        assert CHAPTER in status.covered
    two = sign_book(book(), Maker(parties.ann), Maker(parties.ann, identifier="second"))
    assert judge(zipped(two), trust).headline is not Headline.VERIFIED  # one Id for two manifests
    two = sign_book(
        book(), Maker(parties.ann), Maker(parties.ann, identifier="second"), direct=True
    )
    assert judge(zipped(two), trust).headline is Headline.VERIFIED


@pytest.mark.parametrize("name", [one for one in book() if one != "mimetype"])
def test_an_edited_file(honest: Members, trust: TrustSet, name: str) -> None:
    """A changed, a swapped and a missing file are BROKEN, and the file is named."""
    for data in (honest[name] + b" ", honest[name].replace(b"o", b"0"), honest["EPUB/two.xhtml"]):
        if data in (honest[name], honest[name] + b" " * name.endswith("ml")):
            continue  # a space behind the root element is in no canonical form
        status = only(judge(zipped({**honest, name: data}), trust))
        assert status.integrity in {Integrity.BROKEN, Integrity.NOT_CHECKABLE}
        assert any(name in one for one in status.uncovered)
    gone = only(judge(zipped({key: honest[key] for key in honest if key != name}), trust))
    assert gone.integrity is Integrity.BROKEN


@pytest.mark.parametrize(
    "name",
    [
        "EPUB/three.xhtml",
        "META-INF/encryption.xml",
        "META-INF/rights.xml",
        "META-INF/signatures2.xml",
        "META-INF/com.apple.ibooks.display-options.xml",
        "EPUB/META-INF/signatures.xml",
    ],
)
def test_an_added_file(honest: Members, trust: TrustSet, name: str) -> None:
    """Whatever was added, in META-INF too, is listed and makes the answer partial, or worse."""
    report = judge(zipped({**honest, name: b"<x></x>"}), trust)
    assert report.headline not in {Headline.VERIFIED, Headline.UNSIGNED}
    status = next(one for one in report.statuses if one.kind is Kind.XMLDSIG_EPUB)
    assert status.headline is Headline.INTACT_PARTIAL
    assert f"{name} (not signed)" in status.uncovered


def test_a_comment_in_a_signed_page(honest: Members, trust: TrustSet) -> None:
    """A comment and a marked section are in no canonical form: that they may be new is told."""
    for other in (b"n<!-- x -->oon", b"<![CDATA[noon]]>"):
        page = honest[CHAPTER].replace(b"noon", other)
        assert WRITING in only(judge(zipped({**honest, CHAPTER: page}), trust)).uncovered


def test_a_path_that_is_none(parties: Parties, trust: TrustSet) -> None:
    """Why a reference is not followed is said as it is: a fragment leads out of nothing."""
    wanted = [replace(one, uri=f"{one.uri}#x") for one in book_references(book())]
    status = only(judge(zipped(sign_book(book(), Maker(parties.ann), references=wanted)), trust))
    assert "book.opf#x is no plain path to a file in the package" in " ".join(status.uncovered)
    assert status.headline is Headline.UNSUPPORTED


def test_a_file_that_was_left_out(parties: Parties, trust: TrustSet) -> None:
    """A signature over all but one file covers a part; over none, nothing."""
    for name in book():
        wanted = [one for one in book_references(book()) if one.uri.replace("%20", " ") != name]
        status = only(
            judge(zipped(sign_book(book(), Maker(parties.ann), references=wanted)), trust)
        )
        left_out = name != "mimetype"
        assert (status.headline is Headline.INTACT_PARTIAL) == left_out
        assert f"{name} (not signed)" in status.uncovered
    status = only(judge(zipped(sign_book(book(), Maker(parties.ann), references=[])), trust))
    assert not is_good(status.headline) or status.headline is Headline.INTACT_PARTIAL


def test_another_type(honest: Members, trust: TrustSet) -> None:
    """A `mimetype` that is not what the format prescribes is one more file that nobody signed."""
    for other in (b"application/epub+zip\n", b"application/zip", b""):
        status = only(judge(zipped({**honest, "mimetype": other}), trust))
        assert status.headline is Headline.INTACT_PARTIAL


def _moved(text: str) -> str:
    """Put the signed manifest where no layout has one, and another in its place."""
    begin, end = text.index("<Object><Manifest"), text.index("</Object>") + len("</Object>")
    signed = text[begin:end]
    other = signed.replace("EPUB/two.xhtml", "EPUB/cover.png")
    return text[:begin] + other + text[end:].replace("</signatures>", f"{signed}</signatures>")


WRAPPED: dict[str, Callable[[str], str]] = {
    "manifest moved out of the signature": _moved,
    "another manifest before it": lambda text: text.replace(
        "<Object><Manifest", '<Object><Manifest Id="files"></Manifest></Object><Object><Manifest'
    ),
    "another manifest behind it": lambda text: text.replace(
        "</Signature>", '<Object><Manifest Id="files"></Manifest></Object></Signature>'
    ),
    "manifest below something": lambda text: text.replace(
        "<Object><Manifest", "<Object><x><Manifest"
    ).replace("</Manifest></Object>", "</Manifest></x></Object>"),
    "a reference less": lambda text: text.replace(
        text[text.index('<Reference URI="EPUB/cover.png"') : text.index("</Manifest>")], ""
    ),
    "another file under the signed digest": swapped("EPUB/two.xhtml", "EPUB/cover.png"),
    "leads out of the package": swapped("EPUB/two.xhtml", "../EPUB/two.xhtml"),
    "leads to the web": swapped("EPUB/two.xhtml", "https://desk.test/two.xhtml"),
    "root of another name": lambda text: (
        text.replace("signatures xmlns", "signature xmlns", 1)[: -len("</signatures>")]
        + "</signature>"
    ),
    "root of another namespace": swapped(OCF, OCF + ":x"),
    "nothing in it": lambda text: text[: text.index(">") + 1] + "</signatures>",
    "a document type": lambda text: "<!DOCTYPE signatures>" + text,
    "signature below another": lambda text: text.replace("<Signature ", "<x><Signature ").replace(
        "</Signature>", "</Signature></x>"
    ),
    "value spoiled": swapped("<SignatureValue>", "<SignatureValue>AAAA"),
    "not XML": lambda _: "signed by Ann",
}


@pytest.mark.parametrize("name", sorted(WRAPPED))
def test_a_signature_file_that_was_changed(parties: Parties, trust: TrustSet, name: str) -> None:
    """Wrapped, moved, shortened or re-rooted: never good, and never "unsigned"."""
    members = sign_book(book(), Maker(parties.ann), wrap=WRAPPED[name])
    report = judge(zipped(members), trust)
    assert report.statuses or report.detectors_failed
    assert not is_good(report.headline), report.headline
    assert report.headline not in {Headline.UNSIGNED, Headline.EMPTY_SLOT}


def test_a_signature_of_another_book(honest: Members, parties: Parties, trust: TrustSet) -> None:
    """Taken over from another book it does not hold for this one."""
    other = {**book(), CHAPTER: book()[CHAPTER].replace(b"noon", b"nine")}
    status = only(judge(zipped({**other, FILE: honest[FILE]}), trust))
    assert status.headline is Headline.BROKEN


def test_who_signed(parties: Parties, trust: TrustSet) -> None:
    """A stranger is unknown, a bare key nobody, and an anchor for other packages vouches not."""
    stranger = sign_book(book(), Maker(parties.stranger))
    assert judge(zipped(stranger), trust).headline is Headline.INTACT_UNKNOWN_SIGNER
    bare = sign_book(book(), Maker(parties.ann, certificates=()))
    assert judge(zipped(bare), trust).headline is Headline.NOT_CHECKABLE
    swapped_key = sign_book(book(), Maker(parties.ann, key=parties.stranger.key))
    assert not is_good(judge(zipped(swapped_key), trust).headline)
    for purpose in set(Purpose) - {Purpose.ODF}:
        other = TrustSet(anchors=(Anchor(der=parties.authority.der, purposes=(purpose,)),))
        mine = judge(zipped(sign_book(book(), Maker(parties.ann))), other)
        assert mine.headline is Headline.INTACT_UNKNOWN_SIGNER


def test_a_signature_over_the_signature_file(parties: Parties, trust: TrustSet) -> None:
    """An enveloped signature over its own file is a transform that is not taken."""
    own = Ref(uri=FILE, data=b"", transforms=transform(DSIG + "enveloped-signature"))
    members = sign_book(book(), Maker(parties.ann), references=[*book_references(book()), own])
    status = only(judge(zipped(members), trust))
    assert not is_good(status.headline)


def test_an_encrypted_book(parties: Parties, trust: TrustSet) -> None:
    """Signed in its encrypted form; what is encrypted is counted, signed or not."""
    namespace = 'xmlns:enc="http://www.w3.org/2001/04/xmlenc#"'
    listed = f'<encryption xmlns="{OCF}" {namespace}><enc:EncryptedData/></encryption>'
    members = {**book(), "META-INF/encryption.xml": listed.encode()}
    report = judge(zipped(members), trust)
    assert report.headline is Headline.UNSIGNED
    assert any("encryption.xml names 1 of its files" in one for one in report.warnings)
    canonical = f'<encryption xmlns="{OCF}" {namespace}><enc:EncryptedData></enc:EncryptedData>'
    wanted = [
        replace(one, data=f"{canonical}</encryption>".encode())
        if one.uri.endswith("encryption.xml")
        else one
        for one in book_references(members)
    ]
    signed = judge(zipped(sign_book(members, Maker(parties.ann), references=wanted)), trust)
    assert signed.headline is Headline.VERIFIED
    assert signed.warnings == report.warnings
    broken = {**book(), "META-INF/encryption.xml": b"<encryption"}
    assert any("cannot be read" in one for one in judge(zipped(broken), trust).warnings)


def test_a_book_signed_as_a_container(parties: Parties, trust: TrustSet) -> None:
    """An ASiC signature in a book must cover what decides how the book is opened."""
    both = TrustSet(anchors=(Anchor(der=parties.authority.der),))
    members = sign_asic(book(), Maker(parties.ann))
    status = only(judge(zipped(members), both))
    assert (status.kind, status.headline) == (Kind.ASIC, Headline.INTACT_PARTIAL)
    assert "META-INF/container.xml (not signed)" in status.uncovered
    plain = only(judge(zipped(sign_asic(asic_files(), Maker(parties.ann), file=FILE)), both))
    assert (plain.kind, plain.headline) == (Kind.ASIC, Headline.VERIFIED)
    assert trust.anchors != both.anchors


def test_an_archive_with_two_readings(honest: Members, trust: TrustSet) -> None:
    """Two members of one name, hidden and overlapping ones: an error, never a signed book."""
    evil = book()[CHAPTER].replace(b"noon", b"nine")
    for name, data in zipforge.ambiguous(zipped(honest), CHAPTER, evil):
        assert judge(data, trust).headline is Headline.ERROR, name


def test_a_flipped_bit(honest: Members, trust: TrustSet) -> None:
    """One bit in what a reader sees is never VERIFIED."""
    chance = random.Random(11)  # noqa: S311 - a sample, and the same one every time
    for name in (CHAPTER, "EPUB/cover.png", "META-INF/container.xml"):
        for _ in range(25):
            at = chance.randrange(len(honest[name]))
            if name != "EPUB/cover.png":  # the declaration of XML is in no canonical form
                at = chance.randrange(honest[name].index(b"\n") + 1, len(honest[name]))
            data = bytearray(honest[name])
            data[at] ^= 1 << chance.randrange(8)
            found = judge(zipped({**honest, name: bytes(data)}), trust).headline
            assert not is_good(found), (name, at)


def test_edits_inside_the_signature_file(honest: Members, trust: TrustSet) -> None:
    """Nothing in the signature file that matters can be changed either."""
    for old, new in ((C14N, C14N + "#WithComments"), ("sha256", "sha1"), ("#files", "#sig")):
        members = edited(honest, FILE, swapped(old, new))
        assert not is_good(judge(zipped(members), trust).headline), old
