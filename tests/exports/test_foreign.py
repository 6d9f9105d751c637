"""Tools that are not ours accept a package: ssh-keygen, openssl by hand, bagit, sha256sum."""

import hashlib
import re
import shutil
import subprocess
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from provenance.exports.check_log import Trust
from provenance.exports.checking import check_package
from provenance.exports.checklist import State
from provenance.ledger.checkpoint import cosign_checkpoint
from provenance.ledger.endorsement import NAMESPACE
from provenance.ledger.keys import Ed25519Signer
from provenance.ledger.note import COSIGNATURE, note_key
from provenance.outside.policy import parse_policy
from provenance.ports import HeldCheckpoint
from tests.exports.world import Newsroom, flip, reseal, run_script, tampered

WITNESS = Ed25519Signer(hashlib.sha256(b"witness").digest())
KEY = note_key("witness.example/w1", COSIGNATURE, WITNESS.public_key)


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs the ssh-keygen program")
def test_ssh_keygen_goes_by_allowed_signers(
    packages: dict[str, Path], newsroom: Newsroom, tmp_path: Path
) -> None:
    """ssh-keygen verifies a custodian's endorsement with the package's file, and no stranger's."""
    signers = packages["public"] / "data/allowed_signers"
    key = tmp_path / "joan.key"
    shutil.copyfile(newsroom.base / "keys/custodians/joan.key", key)
    key.chmod(0o600)
    (tmp_path / "leaf").write_bytes(b"a leaf hash")
    sign: list[str | Path] = [
        "ssh-keygen",
        "-q",
        "-Y",
        "sign",
        "-f",
        key,
        "-n",
        NAMESPACE,
        tmp_path / "leaf",
    ]
    subprocess.run(sign, check=True, capture_output=True)
    kid = newsroom.signer("joan").public_key.kid
    for who, holds in ((kid, True), ("somebody", False)):
        done = subprocess.run(
            ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", who, "-n", NAMESPACE,
             "-s", tmp_path / "leaf.sig", "-Overify-time=20300101000000Z"],
            input=b"a leaf hash", capture_output=True, check=False,
        )  # fmt: skip
        assert (done.returncode == 0) is holds, done.stderr


def test_commands_of_the_instructions(packages: dict[str, Path], tmp_path: Path) -> None:
    """The commands that VERIFY.txt prints run as they stand, and find a changed checkpoint."""
    folder = tampered(packages["public"], tmp_path / "package", lambda _: None)
    text = (folder / "VERIFY.txt").read_text()
    lines = re.findall(r"^      (.*)$", text, re.MULTILINE)
    manifests = [line for line in lines if line.startswith("sha")][:3]
    start = next(at for at, line in enumerate(lines) if line.startswith("sed 3q"))
    commands = "\n".join([*manifests, *lines[start : start + 5]])
    done = subprocess.run(
        ["sh", "-e", "-c", commands], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Verified" in done.stdout
    flip(folder / "data/log/checkpoint", -20, 1)
    done = subprocess.run(
        ["sh", "-e", "-c", "\n".join(lines[start : start + 5])],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0


@pytest.mark.skipif(find_spec("bagit") is None, reason="needs the bagit package")
@pytest.mark.parametrize("audience", ["auditor", "public"])
def test_bagit_validates(packages: dict[str, Path], tmp_path: Path, audience: str) -> None:
    """The Library of Congress's bagit accepts the bag, and not a changed one."""
    bagit = import_module("bagit")

    folder = tampered(packages[audience], tmp_path / "bag", lambda _: None)
    assert bagit.Bag(str(folder)).is_valid()
    flip(folder / "data/report.json", 50, 1)
    assert not bagit.Bag(str(folder)).is_valid()


def _attested(room: Newsroom) -> int:
    """Have the newest checkpoint cosigned; returns its size."""
    with room.open(None) as desk:
        newest = desk.checkpoint()
        assert newest is not None
        was = desk.parts.checkpoints.at(newest.size)
        assert was is not None
        cosigned = cosign_checkpoint(was.note, KEY.name, WITNESS, time=1_795_000_000)
        new = HeldCheckpoint(size=was.size, note=was.note, cosigned=cosigned, timestamps=None)
        assert desk.parts.checkpoints.attach(was, new)
    return newest.size


def test_witnesses(newsroom: Newsroom, tmp_path: Path) -> None:
    """A cosigned earlier head travels along, and is judged by the reader's policy alone."""
    room = newsroom.copy(tmp_path / "room")
    size = _attested(room)
    room.package(tmp_path / "package", "public")
    folder = tmp_path / "package"
    assert (folder / f"data/log/{size}.cosigned").is_file()
    policy = parse_policy(f"witness w1 {KEY.vkey()}\nquorum w1\n".encode())
    other = note_key(KEY.name, COSIGNATURE, Ed25519Signer(bytes(32)).public_key)
    wanting = parse_policy(f"witness w1 {other.vkey()}\nquorum w1\n".encode())
    states = {
        name: [one.state for one in check_package(folder, trust).lines if one.check == "witnesses"]
        for name, trust in (
            ("none", Trust()), ("right", Trust(policy=policy)), ("wrong", Trust(policy=wanting)),
        )
    }  # fmt: skip
    assert states == {
        "none": [State.UNCHECKED], "right": [State.HOLDS], "wrong": [State.FAILS],
    }  # fmt: skip
    assert run_script(folder).returncode == 0
    flip(folder / f"data/log/{size}.cosigned", -10, 2)
    reseal(folder)
    assert not check_package(folder, Trust(policy=policy)).holds


def test_attested_head_must_be_of_this_log(newsroom: Newsroom, tmp_path: Path) -> None:
    """A head that others attest counts only if the package proves it to be one of this log."""
    room = newsroom.copy(tmp_path / "room")
    size = _attested(room)
    room.package(tmp_path / "package", "public")

    def unproved(folder: Path) -> None:
        heads = (folder / "data/log/heads").read_text().splitlines(keepends=True)
        kept = [line for line in heads if not line.startswith(f"{size} ")]
        assert len(kept) == len(heads) - 1
        (folder / "data/log/heads").write_text("".join(kept))
        reseal(folder)

    found = check_package(tampered(tmp_path / "package", tmp_path / "forged", unproved))
    assert "held" in {line.check for line in found.lines if line.state is State.FAILS}
