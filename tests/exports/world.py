"""A desk to export from, and what a forger does to a package."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provenance.acts.receiving import IngestOptions
from provenance.custody import access_record, note_record, offer_record
from provenance.desk import Desk
from provenance.evidence import exemplars
from provenance.exports.bag import manifest_text
from provenance.exports.packing import Made, make_package
from provenance.ledger.keyacts import revocation_fields, rotation_fields
from provenance.ledger.keyfile import read_key_file
from provenance.ledger.keys import Ed25519Signer, PublicKey, p256_key
from provenance.records import DESK_ITEM, NewRecord
from provenance.verdict.dossier import Dossier
from provenance.verdict.parse_dossier import parse_dossier
from provenance_store.key_files import make_custodian_key
from provenance_store.opening import create_desk, open_desk
from provenance_store.package_target import package_target

ROOT: Final = Path(__file__).resolve().parents[2]
DEMO: Final = ROOT / "cli" / "provenance_cli" / "demo"
SCRIPT: Final = ROOT / "provenance" / "exports" / "verify.sh"
AUDIENCES: Final = ("internal", "auditor", "public")
NOW: Final = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)

HANDLES: Final = ("zebra-9000", "okapi-17")
FILE_NAMES: Final = ("memo-of-the-third-floor.pdf", "snapshot-by-night.jpg")
SOURCED_WORDS: Final = "seen on the desk of the deputy, brought by"
UNNAMED: Final = "Person in the corridor"


class Chance:
    """Bytes that look random and are the same every time."""

    def __init__(self, name: str) -> None:
        self._name, self._count = name, 0

    def __call__(self, size: int) -> bytes:
        """The next bytes."""
        self._count += 1
        return hashlib.shake_256(f"{self._name} {self._count}".encode()).digest(size)


class CardSigner:
    """A P-256 key, as a smart card has it."""

    def __init__(self, secret: int) -> None:
        self._private = ec.derive_private_key(secret, ec.SECP256R1())

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        point = self._private.public_key()
        return p256_key(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def sign(self, message: bytes) -> bytes:
        """R || S."""
        r, s = decode_dss_signature(self._private.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """A desk folder with its keys beside it."""

    base: Path

    def signer(self, who: str) -> Ed25519Signer:
        """The key of a person."""
        return read_key_file((self.base / "keys" / "custodians" / f"{who}.key").read_bytes(), None)

    def open(self, who: str | None, *, chance: str = "") -> Desk:
        """Open the desk as somebody; with `chance`, everything random is foreseeable."""
        signer = self.signer(who) if who else None
        random = {"random": Chance(chance)} if chance else {}
        return open_desk(self.base / "desk", signer=signer, clock=lambda: NOW, **random)  # type: ignore[arg-type] # one optional argument

    def copy(self, target: Path) -> "Newsroom":
        """Copy everything to another place."""
        shutil.copytree(self.base, target)
        stated = target / "desk" / "desk.toml"
        text = stated.read_text(encoding="utf-8")
        stated.write_text(text.replace(str(self.base), str(target)), encoding="utf-8")
        return Newsroom(base=target)

    def letter(self) -> bytes:
        """Id of the item that is exported."""
        with self.open(None) as desk:
            return next(desk.items()).item

    def package(self, place: Path, audience: str, *, who: str = "joan", chance: str = "") -> Made:
        """Make a package of the letter."""
        with self.open(who, chance=chance) as desk, package_target(place, top="x") as target:
            return make_package(desk, next(desk.items()), audience=audience, target=target)


def make_newsroom(base: Path) -> Newsroom:
    """A desk with an item that has one of everything, and secrets where people put them."""
    create_desk(
        base / "desk", admin="Amal Haddad", passphrase=None, keys=base / "keys", clock=lambda: NOW
    )
    room, inbox = Newsroom(base=base), base / "inbox"
    inbox.mkdir()
    joan = make_custodian_key(base / "keys", "joan", None, Chance("joan"))
    for name, asset in zip(FILE_NAMES, ("letter.pdf", "letter-photo.jpg"), strict=True):
        shutil.copyfile(DEMO / asset, inbox / name)
    with room.open("amal-haddad") as desk:
        desk.enrol(joan, role="editor", name="Joan Okafor")
        first = IngestOptions(source=HANDLES[0], channel="signal", note="came by courier")
        desk.ingest([inbox / FILE_NAMES[0]], first)
        item = next(desk.items()).item
        desk.ingest(
            [inbox / FILE_NAMES[1]], IngestOptions(item=item, form="photo", source=HANDLES[1])
        )
        desk.ingest([DEMO / "letter.dossier.yaml"], IngestOptions(source="heron-5"))
        desk.examine(item)
        _write_past(desk, item, joan.public_key.kid)
    with room.open("joan") as desk:
        desk.accept(item)
        # The desk refuses such a text at the door; what is there all the same must not leave.
        desk.record(note_record(item, text=f"{SOURCED_WORDS} {HANDLES[0]}"))
        desk.note(item, text="the paper is older than the ink")
        desk.import_dossier(item, _dossier())
        desk.sign_verdict(item)
    with room.open("amal-haddad") as desk:
        desk.countersign_verdict(item, version=1)
    return room


def _write_past(desk: Desk, item: bytes, to: str) -> None:
    """Offer the item in words that the desk would refuse: they name a source."""
    digests = [view.sha256.hex() for view in exemplars(desk.holdings(item))]
    purpose = f"asked for by {HANDLES[0]}"
    desk.record(offer_record(item, to=to, purpose=purpose, means="in person", digests=digests))


def _dossier() -> Dossier:
    """The beginning of the demonstration's dossier, and one more voice, a protected source."""
    text = (DEMO / "letter.dossier.yaml").read_text(encoding="utf-8")
    text += (
        "  - id: x1.corridor\n"
        "    voice: unnamed official\n"
        f"    speaker: {UNNAMED}\n"
        "    kind: statement\n"
        "    recorded_at: 2020-01-06T19:50:00Z\n"
        f"    source: {HANDLES[1]}\n"
        "    note: said in passing\n"
        "    basis: {access: 2, identification: 2, words: 2, reliability: C}\n"
        "    asserts: [{facet: origin, sign: 1}]\n"
    )
    found = parse_dossier(text, name="letter.dossier.yaml")
    return replace(found, records=(*found.records[:4], found.records[-1]))


def grow(room: Newsroom, count: int) -> None:
    """Add entries to another item, so that the log has more than one tile."""
    with room.open("joan") as desk:
        other = list(desk.items())[1].item
        desk.record(*[access_record(other, purpose="counting") for _ in range(count)])


def change_keys(room: Newsroom) -> None:
    """A key on a card signs, joan's key is replaced, and the card's key ends."""
    card, new = CardSigner(7), Ed25519Signer(hashlib.sha256(b"joan again").digest())
    item = room.letter()
    with room.open("amal-haddad") as desk:
        desk.enrol(card, role="custodian", name="Kim Vance")
    with open_desk(room.base / "desk", signer=card, clock=lambda: NOW) as desk:
        desk.note(item, text="signed with a card")
    with room.open("joan") as desk:
        kid, origin = desk.signer.public_key.kid, desk.parts.origin
        fields = rotation_fields(new, origin=origin, role="editor", replaces=kid)
        desk.record(NewRecord(item=DESK_ITEM, type="key.rotated", fields=fields))
    with open_desk(room.base / "desk", signer=new, clock=lambda: NOW) as desk:
        desk.note(item, text="signed with the new key")
    with open_desk(room.base / "desk", signer=card, clock=lambda: NOW) as desk:
        fields = revocation_fields(
            card.public_key.kid, reason="card lost", compromised_since=None, second=None
        )
        desk.record(NewRecord(item=DESK_ITEM, type="key.revoked", fields=fields))


# What a forger does


def reseal(folder: Path) -> None:
    """Make all manifests again, as anybody can who changes a package."""
    names = sorted(path.relative_to(folder).as_posix() for path in files_in(folder))
    payload = [name for name in names if name.startswith("data/")]
    info = (folder / "bag-info.txt").read_text()
    octets = sum((folder / name).stat().st_size for name in payload)
    lines = [line for line in info.splitlines() if not line.startswith("Payload-Oxum")]
    lines.append(f"Payload-Oxum: {octets}.{len(payload)}")
    (folder / "bag-info.txt").write_text("".join(f"{line}\n" for line in sorted(lines)))
    for algorithm in ("sha256", "sha512"):
        sums = {n: _digest(folder / n, algorithm) for n in payload}
        (folder / f"manifest-{algorithm}.txt").write_text(manifest_text(sums))
    tags = [n for n in names if not n.startswith(("data/", "tagmanifest"))]
    sums = {n: _digest(folder / n, "sha256") for n in tags}
    (folder / "tagmanifest-sha256.txt").write_text(manifest_text(sums))


def files_in(folder: Path) -> Iterator[Path]:
    """Every file of a package, in order."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def flip(path: Path, at: int, bit: int) -> None:
    """Flip one bit of a file."""
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 1 << bit
    path.write_bytes(data)


def tampered(folder: Path, place: Path, change: Callable[[Path], None]) -> Path:
    """A copy of a package with a change in it."""
    shutil.copytree(folder, place)
    change(place)
    return place


def run_script(
    folder: Path, *words: str, by: tuple[str, ...] = ("sh",), **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run VERIFY.sh (ours, not the package's) over a package."""
    return subprocess.run(
        [*by, str(SCRIPT), str(folder), *words],
        capture_output=True, text=True, check=False, timeout=120,
        env={"PATH": os.environ["PATH"], **environment},
    )  # fmt: skip


def _digest(path: Path, algorithm: str) -> str:
    return hashlib.new(algorithm, path.read_bytes()).hexdigest()
