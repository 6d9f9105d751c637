"""No attack on a signed package comes out as a good signature of what it was not made for."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.signatures.axes import Headline, Scope
from provenance.trust.model import Anchor, TrustSet
from tests.hostile.containers import zipforge
from tests.hostile.containers.forge import (
    DOCUMENT,
    EVIL,
    SIGNATURE,
    Attack,
    Victims,
    every_attack,
    make_victims,
)
from tests.signatures.containers.judge import judge, only
from tests.signatures.containers.packages import word_text, zipped
from tests.signatures.good import HOLDS

ASSETS = Path(__file__).parent / "assets"
_MUTATED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def staged() -> tuple[TrustSet, Victims]:
    """Who is attacked, and the desk that trusts their authority."""
    authority, victims = make_victims()
    return TrustSet(anchors=(Anchor(der=authority.der),)), victims


def test_the_victims_are_verified(staged: tuple[TrustSet, Victims]) -> None:
    """Without an attack each package is VERIFIED, so that the other tests can fail."""
    trust, victims = staged
    for members in (victims.office, victims.text, victims.container):
        assert judge(zipped(members), trust).headline is Headline.VERIFIED


def test_every_attack_gets_its_answer(staged: tuple[TrustSet, Victims]) -> None:
    """Each is told for what it is, and none makes a signed package look unsigned or verified."""
    trust, victims = staged
    attacks = list(every_attack(victims))
    assert len(attacks) > 80
    assert len({one.name for one in attacks}) == len(attacks)
    told = {one.name: judge(one.data, trust).headline for one in attacks}
    assert told == {one.name: one.answer for one in attacks}
    assert not {Headline.VERIFIED, Headline.UNSIGNED, Headline.EMPTY_SLOT} & set(told.values())


def test_what_was_added_is_listed(staged: tuple[TrustSet, Victims]) -> None:
    """A partial answer names the part, or the relationship, that nobody signed."""
    trust, victims = staged
    attacks = {one.name: one for one in every_attack(victims)}

    def uncovered(name: str) -> str:
        return "; ".join(only(judge(attacks[name].data, trust)).uncovered)

    assert "/word/comments.xml (not signed)" in uncovered("injected-part")
    assert "rId9 (comments) of /word/document.xml" in uncovered("injected-part")
    assert "rId9 (officeDocument) of the package" in uncovered("second-main-document")
    assert "/docProps/core.xml (not signed)" in uncovered("properties-as-header")
    assert "Pictures/other.png (not signed)" in uncovered("odf-added-file")
    assert "META-INF/manifest.xml (not signed)" in uncovered("odf-manifest-not-signed")
    assert "more.txt (not signed)" in uncovered("asic-added-file")


def test_who_really_signed_is_told(staged: tuple[TrustSet, Victims]) -> None:
    """Of two certificates, the one whose key made the signature is named."""
    trust, victims = staged
    attacks = {one.name: one for one in every_attack(victims)}
    for name in ("two-certificates", "asic-signature-in-signature"):
        subject = only(judge(attacks[name].data, trust)).identity.subject
        assert subject is not None
        assert "Eve Else" in subject


def test_bytes_between_members_are_told(staged: tuple[TrustSet, Victims]) -> None:
    """Bytes that look like nothing break no signature, and none of them covers the file whole."""
    trust, victims = staged
    report = judge(zipforge.loose(zipped(victims.office)), trust)
    assert report.headline is Headline.INTACT_PARTIAL
    (status,) = report.statuses
    assert status.scope is Scope.PART
    assert "bytes between the members" in status.uncovered
    assert report.warnings == ("21 bytes in the archive belong to none of its files",)


def test_kept_files_get_the_answers_written_down() -> None:
    """Files made by an earlier run of the generator are judged as they were then."""
    trust = TrustSet(anchors=(Anchor(der=(ASSETS / "authority.der").read_bytes()),))
    expected = json.loads((ASSETS / "expected.json").read_text("utf-8"))
    kept = {path.name: path for path in ASSETS.iterdir() if path.suffix not in {".json", ".der"}}
    assert set(kept) == set(expected)
    for name, path in kept.items():
        assert judge(path.read_bytes(), trust).headline.value == expected[name], name


def _content(data: bytes) -> dict[str, bytes | None]:
    """What another reader of archives sees, without the signature's own files."""
    found: dict[str, bytes | None] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for one in archive.infolist():
            if "ignatures" not in one.filename:
                try:
                    found[one.filename] = archive.read(one)
                except zipfile.BadZipFile:
                    found[one.filename] = None
    return found


@pytest.mark.parametrize("kind", ["office", "text", "container"])
@given(at=st.integers(0, 1 << 20), bit=st.integers(0, 7))
@_MUTATED
def test_no_flipped_bit_goes_unnoticed(
    staged: tuple[TrustSet, Victims], kind: str, at: int, bit: int
) -> None:
    """After any flip the answer is no good one, or another reader sees the same or refuses."""
    trust, victims = staged
    whole = bytearray(zipped(getattr(victims, kind), stored=True))
    before = _content(bytes(whole))
    whole[at % len(whole)] ^= 1 << bit
    report = judge(bytes(whole), trust)
    if report.headline in HOLDS:
        try:
            after = _content(bytes(whole))
        except NotImplementedError as refusal:
            if "zip file version" not in str(refusal):  # the version that a reader must have
                raise
            return
        covered = {name for name in before if before[name] != after.get(name)}
        assert covered <= {"docProps/core.xml", "docProps/app.xml", "mimetype"} | (
            {"META-INF/manifest.xml"} if kind == "container" else set()
        )


@given(
    start=st.integers(0, 1 << 16),
    length=st.integers(0, 300),
    target=st.integers(0, 1 << 16),
    fill=st.sampled_from(["", "<", "</Object>", 'Id="x"', "&#0;", "<!---->", "￾", "\n", "9"]),
)
@_MUTATED
def test_no_edited_signature_file_covers_a_changed_document(
    staged: tuple[TrustSet, Victims], start: int, length: int, target: int, fill: str
) -> None:
    """However a signature file is cut, pasted and spoilt, it never fits another document."""
    trust, victims = staged
    signed = victims.office
    text = signed[SIGNATURE].decode()
    start, target = start % len(text), target % len(text)
    piece = text[start : start + length]
    edited = text[:target] + fill + piece + text[target:]
    members = {**signed, DOCUMENT: word_text(EVIL), SIGNATURE: edited.encode()}
    report = judge(zipped(members), trust)
    assert report.headline not in HOLDS | {Headline.UNSIGNED}


@given(st.binary(max_size=400))
@_MUTATED
def test_any_bytes_get_an_answer(data: bytes) -> None:
    """The way in is total: what is no archive is a failed detector, never "unsigned"."""
    for bytes_ in (data, b"PK\x03\x04" + data, zipped({"[Content_Types].xml": data})):
        assert judge(bytes_).headline is Headline.ERROR


def test_names_of_attacks_are_file_names() -> None:
    """Kept files are named for the attack."""
    _, victims = make_victims()
    names = {one.name for one in every_attack(victims) if isinstance(one, Attack)}
    assert all(name == name.lower() and " " not in name for name in names)
