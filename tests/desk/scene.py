"""A desk to act on: made once a run, copied for each test, with three people and their keys."""

import io
import json
import mailbox
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from provenance.acts.receiving import IngestOptions
from provenance.desk import Desk
from provenance.ledger.keyfile import read_key_file
from provenance.ledger.keys import Ed25519Signer
from provenance.verdict.dossier import Dossier
from provenance.verdict.parse_dossier import parse_dossier
from provenance_store.key_files import make_custodian_key
from provenance_store.opening import create_desk, open_desk

AMAL: Final = "amal-haddad"
JOAN: Final = "joan"
KIM: Final = "kim"
PEOPLE: Final = {AMAL: "Amal Haddad", JOAN: "Joan Okafor", KIM: "Kim Vance"}
ROOT: Final = Path(__file__).resolve().parents[2]
CASES: Final = ROOT / "tests" / "golden" / "cases"
LETTER: Final = ROOT / "cli" / "provenance_cli" / "demo" / "letter.pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A desk folder, its keys beside it, and a folder for what arrives."""

    base: Path

    @property
    def desk(self) -> Path:
        """The desk's folder."""
        return self.base / "desk"

    @property
    def keys(self) -> Path:
        """The key folder."""
        return self.base / "desk-keys"

    @property
    def inbox(self) -> Path:
        """What arrives."""
        return self.base / "inbox"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.desk / "desk.db"

    def signer(self, who: str) -> Ed25519Signer:
        """The key of a person."""
        return read_key_file((self.keys / "custodians" / f"{who}.key").read_bytes(), None)

    def open(self, who: str | None = None, *, lock_timeout: float = 30.0) -> Desk:
        """Open the desk as somebody, or to look only."""
        signer = self.signer(who) if who else None
        return open_desk(self.desk, signer=signer, lock_timeout=lock_timeout)

    def write(self, name: str, data: bytes) -> Path:
        """Put a file into the inbox."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def copy(self, target: Path) -> "Scene":
        """Copy everything to another place."""
        shutil.copytree(self.base, target, dirs_exist_ok=True)
        return Scene(base=target)

    def blob(self, sha256: str) -> Path:
        """Where the bytes of this SHA-256 (hex) lie."""
        return self.desk / "blobs" / sha256[:2] / sha256[2:]


def make_scene(base: Path) -> Scene:
    """Make a desk of three people; the key folder is named relative, so that copies hold."""
    scene = Scene(base=base)
    create_desk(scene.desk, admin=PEOPLE[AMAL], passphrase=None)
    for who, role in ((JOAN, "editor"), (KIM, "custodian")):
        key = make_custodian_key(scene.keys, who, None, os.urandom)
        with scene.open(AMAL) as desk:
            desk.enrol(key, role=role, name=PEOPLE[who])
    stated = scene.desk / "desk.toml"
    text = stated.read_text(encoding="utf-8")
    stated.write_text(text.replace(f'"{scene.keys}"', '"../desk-keys"'), encoding="utf-8")
    scene.inbox.mkdir()
    return scene


def fill(scene: Scene) -> None:
    """Take in one of everything: copies, containers, duplicates, findings, words, a verdict."""
    scene.write("a.txt", b"a plain text\n")
    scene.write("again/a copy.txt", b"a plain text\n")
    scene.write("letter.pdf", LETTER.read_bytes())
    scene.write("bundle.zip", zip_bytes({"inside.txt": b"inside\n", "a.txt": b"a plain text\n"}))
    scene.write("one.eml", mail_bytes("one", attached=b"attached\n"))
    scene.write("box.mbox", mbox_bytes(scene.base / "scratch", "first", "second"))
    with scene.open(AMAL) as desk:
        options = IngestOptions(source="S-7", channel="signal")
        done = desk.ingest([scene.inbox], options, keep_receipts=True)
        letter = next(r.item for r in done.receipts if r.name == "letter.pdf")
        photo = scene.write("photo.txt", b"stands for a photograph\n")
        desk.ingest([photo], IngestOptions(item=letter, form="photo"))
        desk.examine(letter)
        desk.offer(letter, to=PEOPLE[JOAN], purpose="second reading")
    with scene.open(JOAN) as desk:
        desk.accept(letter)
        desk.note(letter, text="paper is older than the ink")
        desk.import_dossier(letter, dossier("soleimani-letter"))
        desk.sign_verdict(letter)
    with scene.open(AMAL) as desk:
        desk.countersign_verdict(letter, version=1)


def dossier(name: str) -> Dossier:
    """A case of the golden set; the letter's, which the demonstration has too, as YAML."""
    path = CASES / f"{name}.dossier.json"
    if not path.exists():
        path = ROOT / "cli" / "provenance_cli" / "demo" / "letter.dossier.yaml"
    return parse_dossier(path.read_text(encoding="utf-8"), name=path.name)


def zip_bytes(members: Mapping[str, bytes]) -> bytes:
    """A ZIP archive; members without dates of today."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 6, 12, 0, 0)), data)
    return out.getvalue()


def mail_bytes(subject: str, *, attached: bytes | None = None) -> bytes:
    """A message, with an attachment if asked for."""
    message = EmailMessage()
    message["From"], message["To"] = "a@example.org", "b@example.org"
    message["Subject"], message["Date"] = subject, "Mon, 06 Jan 2020 19:05:00 +0000"
    message["Message-ID"] = f"<{subject}@example.org>"
    message.set_content(f"body of {subject}\n")
    if attached is not None:
        message.add_attachment(attached, "application", "octet-stream", filename="annex.bin")
    return message.as_bytes()


def mbox_bytes(scratch: Path, *subjects: str) -> bytes:
    """A mailbox of messages."""
    box = mailbox.mbox(scratch)
    for subject in subjects:
        box.add(mail_bytes(subject))
    box.flush()
    box.close()
    data = scratch.read_bytes()
    scratch.unlink()
    return data


def environment(**extra: str) -> dict[str, str]:
    """The surroundings of a `prov` that runs as its own process."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PROV_")}
    path = os.pathsep.join(str(ROOT / part) for part in (".", "store", "cli"))
    return {**kept, "PYTHONPATH": path, **extra}


def prov_command(*words: object) -> list[str]:
    """The command line of a `prov` that runs as its own process."""
    return [sys.executable, "-m", "provenance_cli.main", *map(str, words)]


def prov_process(
    *words: object, timeout: float = 60, **extra: str
) -> "subprocess.CompletedProcess[str]":
    """Run `prov` as its own process."""
    return subprocess.run(
        prov_command(*words),
        env=environment(**extra),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def json_lines(text: str) -> list[dict[str, object]]:
    """Parse JSON Lines; a last line that was cut off by a kill is left out."""
    whole = text[: text.rfind("\n") + 1]
    return [json.loads(line) for line in whole.splitlines()]
