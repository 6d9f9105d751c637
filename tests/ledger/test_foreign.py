"""Tools that are not ours accept what we write: Go's sumdb packages, openssl, ssh-keygen."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provenance.ledger.allowed_signers import allowed_signers
from provenance.ledger.base64text import decode_base64url
from provenance.ledger.checkpoint import Checkpoint, sign_checkpoint
from provenance.ledger.endorsement import NAMESPACE
from provenance.ledger.entry import Draft, Head, parse_entry, seal_entry
from provenance.ledger.keyfile import read_key_file, write_key_file
from provenance.ledger.merkle import EMPTY_ROOT, leaf_hash
from provenance.ledger.note import ED25519, note_key
from provenance.ledger.roster import RosterKey
from provenance.ledger.tiles import append_hashes, prove_consistency, prove_inclusion, root_at
from tests.ledger.worlds import ORIGIN, Counter, signer

GO_PATH = os.environ.get("GOPATH", "/usr/share/gocode")
HAS_GO = shutil.which("go") and Path(GO_PATH, "src/golang.org/x/mod/sumdb/tlog").is_dir()
SIZE = 1000  # leaves: four tiles, the last one partial


def _log() -> dict[str, Any]:
    rows = [leaf_hash(str(at).encode()) for at in range(SIZE)]
    tiles = append_hashes(0, rows, lambda _level, _index: b"")

    def tile(level: int, index: int) -> bytes:
        return tiles.get((level, index), b"")

    key = signer("log")
    head = Checkpoint(origin=ORIGIN, size=SIZE, root=root_at(SIZE, tile))
    sizes = [1, 2, 3, 255, 256, 257, 511, 512, 768, 999, SIZE]
    inclusion = [
        {
            "Index": index, "Size": size, "Leaf": rows[index], "Root": root_at(size, tile),
            "Proof": prove_inclusion(index, size, tile),
        }
        for size in sizes
        for index in {0, size // 2, size - 1}
    ]  # fmt: skip
    consistency = [
        {
            "Size1": one, "Size2": two, "Root1": root_at(one, tile), "Root2": root_at(two, tile),
            "Proof": prove_consistency(one, two, tile),
        }
        for two in sizes
        for one in sizes
        if one <= two
    ]  # fmt: skip
    return {
        "Vkey": note_key(ORIGIN, ED25519, key.public_key).vkey(),
        "Note": sign_checkpoint(head, key),
        "Size": SIZE,
        "Root": head.root,
        "Tiles": {f"{level}/{index}": row for (level, index), row in tiles.items()},
        "Inclusion": inclusion,
        "Consistency": consistency,
    }


@pytest.fixture(scope="module")
def go_check(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, compiled."""
    if not HAS_GO:
        pytest.skip("needs go and golang.org/x/mod (Debian: golang-go, golang-golang-x-mod-dev)")
    folder = tmp_path_factory.mktemp("go")
    source = Path(__file__).with_name("foreign.go")
    program = folder / "check"
    environment = os.environ | {
        "GO111MODULE": "off", "GOPATH": GO_PATH, "GOCACHE": str(folder / "cache"), "GOFLAGS": ""
    }  # fmt: skip
    subprocess.run(["go", "build", "-o", program, source], check=True, env=environment)
    return program


def _run(program: Path, log: dict[str, Any]) -> str:
    text = json.dumps(log, default=lambda raw: base64.b64encode(raw).decode())
    done = subprocess.run([program], input=text, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def test_go_accepts(go_check: Path) -> None:
    """Go opens our note, checks all our proofs, and reads our tiles."""
    assert _run(go_check, _log()) == "ok"


def test_go_is_no_rubber_stamp(go_check: Path) -> None:
    """The same program refuses a note, a proof and a tile that were changed."""
    log = _log()
    assert "ok" not in _run(go_check, log | {"Note": log["Note"].replace(b"1000", b"1001")})
    spoiled = [log["Inclusion"][0] | {"Root": bytes(32)}]
    assert "inclusion" in _run(go_check, log | {"Inclusion": spoiled})
    spoiled = [log["Consistency"][1] | {"Root1": bytes(32)}]
    assert "consistency" in _run(go_check, log | {"Consistency": spoiled})
    tiles = {name: bytes(len(row)) for name, row in log["Tiles"].items()}
    assert _run(go_check, log | {"Tiles": tiles}) not in {"ok", ""}


@pytest.mark.skipif(not shutil.which("openssl"), reason="needs the openssl program")
def test_openssl_verifies_an_entry(tmp_path: Path) -> None:
    """The openssl program verifies an entry's signature, and not over changed bytes."""
    draft = Draft(
        log=ORIGIN, item=bytes(16), n=0, prev=None, seen=Head(size=0, root=EMPTY_ROOT),
        type="note", iat=1,
    )  # fmt: skip
    leaf = seal_entry(draft, [], width=6, signer=signer("Ada"), random=Counter("x"))
    assert parse_entry(leaf).type == "note"
    signed, _, signature = leaf.rpartition(b".")
    public = signer("Ada").public_key._point
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "sig").write_bytes(decode_base64url(signature.decode()))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin"]
    for message, code in ((signed, 0), (signed + b"x", 1)):
        (tmp_path / "message").write_bytes(message)
        done = subprocess.run(
            [*command, "-in", "message", "-sigfile", "sig"],
            cwd=tmp_path, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs the ssh-keygen program")
def test_ssh_keygen_reads_our_key_file(tmp_path: Path) -> None:
    """ssh-keygen opens the key file with its passphrase and derives the same public key."""
    path = tmp_path / "key"
    path.write_bytes(write_key_file(signer("Ada"), b"correct horse"))
    path.chmod(0o600)
    command = ["ssh-keygen", "-y", "-f", str(path), "-P"]
    done = subprocess.run([*command, "correct horse"], capture_output=True, text=True, check=True)
    assert done.stdout.strip().split()[:2] == signer("Ada").public_key.ssh_text().split()
    refused = subprocess.run([*command, "wrong"], capture_output=True, check=False)
    assert refused.returncode != 0


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs the ssh-keygen program")
def test_we_read_ssh_keygens_key_file(tmp_path: Path) -> None:
    """A key that ssh-keygen made is read, with and without a passphrase."""
    for name, passphrase in (("open", ""), ("sealed", "battery staple")):
        path = tmp_path / name
        make = ["ssh-keygen", "-q", "-t", "ed25519", "-a", "1", "-N", passphrase, "-f", str(path)]
        subprocess.run(make, check=True)
        read = read_key_file(path.read_bytes(), passphrase.encode() or None)
        line = path.with_suffix(".pub").read_text()
        assert line.split()[:2] == read.public_key.ssh_text().split()


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs the ssh-keygen program")
def test_ssh_keygen_goes_by_our_allowed_signers(tmp_path: Path) -> None:
    """ssh-keygen verifies an endorsement within a key's time by our file, and not outside it."""
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    public = read_key_file(key.read_bytes(), None).public_key
    entitled = RosterKey(key=public, role="custodian", enrolled=3, ended=9)
    times = {3: 1_600_000_000, 9: 1_700_000_000}
    (tmp_path / "allowed").write_text(allowed_signers([entitled], times))
    (tmp_path / "leaf").write_bytes(b"leaf hash")
    sign = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", NAMESPACE]
    subprocess.run([*sign, str(tmp_path / "leaf")], check=True, capture_output=True)
    verify = ["ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", public.kid, "-n", NAMESPACE]
    for moment, holds in (("20220101000000Z", True), ("20200101000000Z", False),
                          ("20240101000000Z", False)):  # fmt: skip
        done = subprocess.run(
            [*verify, "-s", "leaf.sig", f"-Overify-time={moment}"],
            cwd=tmp_path, input=b"leaf hash", capture_output=True, check=False,
        )  # fmt: skip
        assert (done.returncode == 0) is holds, done.stderr
