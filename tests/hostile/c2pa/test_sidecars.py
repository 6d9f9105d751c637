"""Content credentials beside a document: none that are not of it may make it read well."""

import dataclasses
import hashlib
import io
import random
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.signatures.c2pa.extra import require_c2pa

require_c2pa()

from provenance.examine.examination import Examination  # noqa: E402 - only where the extra is there
from provenance.examine.runner import Companion, Runner  # noqa: E402
from provenance.signatures.axes import Headline, Integrity, Kind, Scope  # noqa: E402
from provenance.signatures.c2pa.jumbf import MARKER  # noqa: E402
from provenance.signatures.pairing import How, Relation  # noqa: E402
from provenance.trust.model import TrustSet  # noqa: E402
from tests.hostile.c2pa.forge import web_identity  # noqa: E402
from tests.signatures.c2pa.maker import Recipe, make_manifest, make_store, sign_jpeg  # noqa: E402
from tests.signatures.c2pa.parties import NOW, World, make_world, trusting  # noqa: E402
from tests.signatures.c2pa.world import bare_files, picture, sign_beside  # noqa: E402
from tests.signatures.good import is_good  # noqa: E402
from tests.signatures.party import Party  # noqa: E402

PICTURE = picture()
OTHER = picture(colour=(0, 0, 0))


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One sandbox for all files."""
    with Runner() as one:
        yield one


@pytest.fixture(scope="module")
def world() -> World:
    """An authority, a camera, a stranger."""
    return make_world()


@pytest.fixture(scope="module")
def trust(world: World) -> TrustSet:
    """The desk relies on the authority."""
    return trusting(world.authority)


@dataclasses.dataclass
class Table:
    """A folder with two files, and the sandbox that looks at them."""

    folder: Path
    runner: Runner
    trust: TrustSet

    def document(self, data: bytes, *sidecars: bytes, by_hand: bool = False) -> Examination:
        """Examine a document with credentials beside it."""
        return self._examine(data, sidecars, Relation.SIGNATURE, by_hand=by_hand)

    def sidecar(self, data: bytes, *documents: bytes, by_hand: bool = False) -> Examination:
        """Examine a file of credentials with documents beside it."""
        return self._examine(data, documents, Relation.SIGNED, by_hand=by_hand)

    def _examine(
        self, data: bytes, others: tuple[bytes, ...], role: Relation, *, by_hand: bool
    ) -> Examination:
        how = How.HAND if by_hand else How.NAME
        beside = [
            Companion(document=self._write(one), role=role, name="x", how=how) for one in others
        ]
        path = self._write(data)
        found = self.runner.examine(path, name=None, at=NOW, trust=self.trust, beside=beside)
        assert found.outcome.code == "examined"
        return found

    def _write(self, data: bytes) -> Path:
        path = self.folder / hashlib.sha256(data).hexdigest()
        path.write_bytes(data)
        return path


@pytest.fixture
def table(tmp_path: Path, runner: Runner, trust: TrustSet) -> Table:
    """A table to lay files on."""
    return Table(tmp_path, runner, trust)


@pytest.fixture(scope="module")
def good(world: World) -> bytes:
    """Credentials of PICTURE, by the format's own tool."""
    return sign_beside(PICTURE, "image/jpeg", world.camera, world.authority)


def by_hand(world: World, data: bytes, binding: dict[str, Any] | None = None, **more: Any) -> bytes:  # noqa: ANN401 - fields of Recipe
    """Return credentials of a file in which everything can be chosen."""
    found = {"name": "manifest", "alg": "sha256", "hash": hashlib.sha256(data).digest(), "pad": b""}
    recipe = Recipe(signer=world.camera, chain=(world.authority,))
    return make_store(dataclasses.replace(recipe, **more), found | (binding or {}))


def flipped(data: bytes, at: int, bit: int = 1) -> bytes:
    """Return the bytes with one bit changed."""
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


@pytest.mark.parametrize("media_type", sorted({*bare_files()} - {"application/epub+zip"}))
def test_credentials_beside_a_file_of_any_format(
    table: Table, world: World, media_type: str
) -> None:
    """The tool's own credentials hold for their file, and for no other, in every format."""
    data = bare_files()[media_type]
    beside = sign_beside(data, media_type, world.camera, world.authority)
    found = table.document(data, beside)
    (status,) = found.signatures.statuses
    assert (found.headline, status.scope) == (Headline.VERIFIED, Scope.WHOLE)
    assert hashlib.sha256(beside).hexdigest() in status.locator.name
    assert found.facts is not None
    assert any(one.code == "c2pa-generated" for one in found.facts.observations)
    spoiled = table.document(flipped(data, len(data) - 5), beside)
    assert not is_good(spoiled.headline)
    assert spoiled.headline is not Headline.BROKEN


def test_credentials_beside_a_text(table: Table, world: World) -> None:
    """A format that can carry no credentials can have some beside it."""
    text = b"A letter.\n"
    found = table.document(text, by_hand(world, text))
    kinds = [one.headline for one in found.signatures.statuses if one.kind is Kind.C2PA]
    assert kinds == [Headline.VERIFIED]


def test_a_swapped_picture(table: Table, good: bytes) -> None:
    """Under a fitting name they may be another's: not good, not broken, and nothing is repeated."""
    found = table.document(OTHER, good)
    (status,) = found.signatures.statuses
    assert status.headline is Headline.NOT_CHECKABLE
    assert "paired-by-name" in status.native_codes
    assert found.facts is not None
    assert not found.facts.properties.get("c2pa.program")
    assert not any(one.code.startswith("c2pa-") for one in found.facts.observations)


def test_a_swapped_picture_that_somebody_named(table: Table, good: bytes) -> None:
    """Named by hand, credentials that do not match are broken."""
    found = table.document(OTHER, good, by_hand=True)
    assert found.headline is Headline.BROKEN


def test_an_edited_picture_is_never_good(table: Table, good: bytes) -> None:
    """One bit anywhere in the picture, its header and its end included."""
    chance = random.Random(3)  # noqa: S311 - a sample, and the same one every time
    for at in (0, 1, 2, 5, len(PICTURE) - 1, *chance.sample(range(len(PICTURE)), 20)):
        found = table.document(flipped(PICTURE, at, 1 << chance.randrange(8)), good)
        assert not is_good(found.headline), at
    for longer in (PICTURE + b"\0", b"\0" + PICTURE, PICTURE[:-1], b""):
        assert not is_good(table.document(longer, good).headline)


def test_altered_credentials_are_never_good(table: Table, world: World) -> None:
    """A statement, the claim, its signature or the certificate changed: not of this document."""
    honest = by_hand(world, PICTURE)
    places = [honest.index(one) for one in (b"dc:titlegp", b"digitalCapture", b"instanceID")]
    for at in (*places, honest.rindex(b"\xf6\x58\x40") + 20):
        assert not is_good(table.document(PICTURE, flipped(honest, at)).headline), at
    for cut in (0, 1, 40, len(honest) // 2, len(honest) - 1):
        assert not is_good(table.document(PICTURE, honest[:cut]).headline), cut


@pytest.mark.slow
def test_a_flipped_bit_in_the_credentials(table: Table, world: World) -> None:
    """No single bit makes an answer better, and none of those in what is signed leaves it good."""
    honest = by_hand(world, PICTURE)
    pad = honest.index(bytes(200))  # from here on padding, which says nothing
    chance = random.Random(5)  # noqa: S311 - a sample, and the same one every time
    for at in chance.sample(range(32, pad), 120):
        found = table.document(PICTURE, flipped(honest, at, 1 << chance.randrange(8)))
        (status,) = found.signatures.statuses
        if is_good(status.headline):  # framing only: the same statements by the same key
            assert status.scope is Scope.WHOLE
            assert "Camera One" in (status.identity.subject or ""), at


def test_a_range_left_out(table: Table, world: World) -> None:
    """Credentials that lie elsewhere need no gap: whatever is left out could hold anything."""
    for start, length in ((20, 600), (0, 1), (len(PICTURE) - 40, 40), (0, len(PICTURE))):
        rest = PICTURE[:start] + PICTURE[start + length :]
        gap = {"exclusions": [{"start": start, "length": length}]}
        digest = {"hash": hashlib.sha256(rest).digest()}
        found = table.document(PICTURE, by_hand(world, PICTURE, gap | digest))
        assert not is_good(found.headline), (start, length)
    assert found.headline in {Headline.INTACT_PARTIAL, Headline.NOT_CHECKABLE}


def test_a_file_of_a_package_left_out(table: Table, world: World) -> None:
    """The library calls a package whole of which only some files are in the list of hashes."""
    book = bare_files()["application/epub+zip"]
    first, second = zipfile.ZipFile(io.BytesIO(book)).infolist()
    directory = book.rindex(b"PK\x05\x06")
    (at,) = struct.unpack_from("<I", book, directory + 16)
    held = {
        first.filename: book[: second.header_offset],
        second.filename: book[second.header_offset : at],
    }
    for names in (tuple(held), (first.filename,), (second.filename,), ()):
        uris = {
            name: {"hash": hashlib.sha256(held[name]).digest(), "size": len(held[name])}
            for name in names
        }
        hashed = {
            "uris": uris,
            "alg": "sha256",
            "zip_central_directory_hash": hashlib.sha256(book[at:]).digest(),
        }
        recipe = Recipe(signer=world.camera, chain=(world.authority,))
        recipe = dataclasses.replace(recipe, more={"c2pa.hash.collection.data": hashed})
        found = table.document(book, make_store(recipe, None))
        claims = [one for one in found.signatures.statuses if one.kind is Kind.C2PA]
        whole = len(names) == len(held)
        assert (claims[0].headline is Headline.VERIFIED) == whole, names
        left = {f"{name} (not in the hash)" for name in held if name not in names}
        assert left <= set(claims[0].uncovered) or claims[0].integrity is not Integrity.INTACT


def test_credentials_without_a_hash(table: Table, world: World) -> None:
    """What is bound to no bytes is of no document."""
    recipe = Recipe(signer=world.camera, chain=(world.authority,))
    assert not is_good(table.document(PICTURE, make_store(recipe, None)).headline)


def test_credentials_taken_out_of_another_picture(table: Table, world: World) -> None:
    """A manifest that is good inside its own picture says nothing beside another."""
    whole = sign_jpeg(OTHER, Recipe(signer=world.camera, chain=(world.authority,)))
    begin = whole.index(MARKER) - 12
    store = whole[begin : begin + int.from_bytes(whole[begin : begin + 4], "big")]
    for document in (PICTURE, OTHER, whole):
        found = table.document(document, store)
        beside = [one for one in found.signatures.statuses if "SHA-256" in one.locator.name]
        assert len(beside) == 1
        part = Headline.INTACT_PARTIAL  # their own picture has a gap for them: that is said
        assert beside[0].headline is (part if document == whole else Headline.NOT_CHECKABLE)


def test_a_picture_with_credentials_of_its_own(table: Table, world: World, good: bytes) -> None:
    """Both are told, and the worse counts; the ones inside are not taken for those beside."""
    recipe = Recipe(signer=world.camera, chain=(world.authority,))
    inside = sign_jpeg(PICTURE, recipe)
    found = table.document(inside, good)
    assert [one.headline for one in found.signatures.statuses] == [
        Headline.VERIFIED,
        Headline.NOT_CHECKABLE,
    ]
    assert not is_good(found.headline)
    spoiled = flipped(inside, len(inside) - 40)
    both = table.document(spoiled, by_hand(world, spoiled))
    assert [one.headline for one in both.signatures.statuses] == [
        Headline.BROKEN,
        Headline.VERIFIED,
    ]
    assert both.headline is Headline.BROKEN


def with_broken_ingredient(world: World, data: bytes, signer: Party) -> bytes:
    """Return credentials that hold for a file, and name an earlier one that does not."""
    zero = {"alg": "sha256", "hash": bytes(32), "pad": b""}
    below = Recipe(signer=signer, label="urn:c2pa:00000000-2222-4333-8444-555555555555")
    manifest = {"url": f"self#jumbf=/c2pa/{below.label}", "alg": "sha256", "hash": bytes(32)}
    earlier = {
        "dc:title": "earlier",
        "dc:format": "image/jpeg",
        "relationship": "parentOf",
        "activeManifest": manifest,
    }
    return by_hand(
        world, data, signer=signer, ingredients=(earlier,), below=make_manifest(below, zero)
    )


def test_a_picture_is_not_broken_by_what_is_said_beside_it(table: Table, world: World) -> None:
    """Whoever signs credentials of a good picture can name a broken ingredient: no more than told.

    Named by hand, and examined itself, such a file is what it is.
    """
    inside = sign_jpeg(PICTURE, Recipe(signer=world.camera, chain=(world.authority,)))
    for signer in (world.stranger, world.camera):
        beside = with_broken_ingredient(world, inside, signer)
        found = table.document(inside, beside)
        assert found.headline is Headline.NOT_CHECKABLE
        assert Headline.BROKEN not in [one.headline for one in found.signatures.statuses]
        ingredient = found.signatures.statuses[2]
        assert ingredient.locator.name.startswith("earlier, in the file with SHA-256 ")
        assert any("ingredient" in code for code in ingredient.native_codes)
        assert table.document(inside, beside, by_hand=True).headline is Headline.BROKEN
        assert table.sidecar(beside).headline is Headline.BROKEN


def test_nobody_speaks_for_the_credentials_inside(table: Table, world: World) -> None:
    """What a stranger's credentials beside a picture say stands under names of its own."""
    inside = sign_jpeg(PICTURE, Recipe(signer=world.camera, chain=(world.authority,)))
    beside = [by_hand(world, inside, signer=world.stranger, title=one) for one in ("x", "y")]
    found = table.document(inside, *beside)
    assert found.facts is not None
    keys = ("c2pa.title", "c2pa-beside-1.title", "c2pa-beside-2.title")
    assert [found.facts.properties.get(one) for one in keys] == ["picture", "x", "y"]
    alone = table.document(PICTURE, by_hand(world, PICTURE, signer=world.stranger))
    assert alone.facts is not None
    assert "c2pa.title" not in alone.facts.properties


def test_who_signed(table: Table, world: World) -> None:
    """A stranger stays a stranger, and a certificate that did not sign is not taken for one."""
    stranger = by_hand(world, PICTURE, signer=world.stranger)
    assert table.document(PICTURE, stranger).headline is Headline.INTACT_UNKNOWN_SIGNER
    swapped = by_hand(world, PICTURE, signer=world.stranger, shown=world.camera)
    assert not is_good(table.document(PICTURE, swapped).headline)


def test_a_picture_that_is_called_credentials(table: Table, world: World) -> None:
    """What the bytes are decides: a picture beside a picture is no manifest store."""
    other = sign_jpeg(PICTURE, Recipe(signer=world.camera, chain=(world.authority,)))
    found = table.document(PICTURE, other)
    assert found.headline is Headline.UNSIGNED
    assert any("holds no signature" in one for one in found.signatures.warnings)


def test_alone(table: Table, good: bytes, world: World) -> None:
    """A file of credentials alone says whose it is, and that its document is not there."""
    for data in (good, by_hand(world, PICTURE)):
        found = table.sidecar(data)
        (status,) = found.signatures.statuses
        assert status.headline is Headline.NOT_CHECKABLE
        assert "document-not-here" in status.native_codes
        assert "Camera" in (status.identity.subject or "")
    assert found.identification.media_type == "application/c2pa"
    assert found.facts is not None
    assert found.facts.properties["c2pa.title"] == "picture"


def test_alone_and_altered(table: Table, world: World) -> None:
    """Credentials whose own parts do not match are broken, with their document or without."""
    honest = by_hand(world, PICTURE)
    for part in (b"digitalCapture", b"dc:titlegpicture"):
        altered = flipped(honest, honest.index(part) + len(part) - 1)
        (status,) = table.sidecar(altered).signatures.statuses
        assert status.headline is Headline.BROKEN
        assert status.identity.subject is None or b"dc:title" not in part


def test_beside_its_document(table: Table, good: bytes) -> None:
    """It finds the one of several documents that it is of; of none, none is called broken."""
    found = table.sidecar(good, OTHER, PICTURE)
    (status,) = found.signatures.statuses
    assert status.headline is Headline.VERIFIED
    assert hashlib.sha256(PICTURE).hexdigest() in status.covered[0]
    (status,) = table.sidecar(good, OTHER, OTHER + b"x").signatures.statuses
    assert "several-candidates" in status.native_codes
    assert status.headline is Headline.NOT_CHECKABLE
    (status,) = table.sidecar(good, OTHER).signatures.statuses
    assert status.headline is Headline.NOT_CHECKABLE
    (status,) = table.sidecar(good, OTHER, by_hand=True).signatures.statuses
    assert status.headline is Headline.BROKEN


def test_an_identity_from_the_web_beside(table: Table, world: World) -> None:
    """An identity that must be fetched is not, and the worker outlives it."""
    more = web_identity('{"issuer": "did:web:desk.test"}')
    found = table.document(PICTURE, by_hand(world, PICTURE, more=more))
    assert not is_good(found.headline)
