"""The published log: static files that tools which are not ours read."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from provenance.errors import RolledBack, StoreFault
from provenance.exports.publishing import published_files, require_same_log
from provenance.journal.keeping import log_note_key
from provenance.ledger.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from provenance.ledger.keys import Ed25519Signer
from provenance.ledger.merkle import leaf_hash
from provenance.ledger.proof import parse_proof
from provenance.ledger.tilepath import parse_tile_path, unpack_entries
from provenance_store.publish import publish_files
from tests.exports.world import FILE_NAMES, HANDLES, Newsroom, files_in, grow

GO_PATH = os.environ.get("GOPATH", "/usr/share/gocode")
HAS_GO = shutil.which("go") and Path(GO_PATH, "src/golang.org/x/mod/sumdb/tlog").is_dir()


def publish(room: Newsroom, folder: Path) -> list[str]:
    """Publish what is new; returns the paths in the order in which they were handed over."""
    with room.open(None) as desk:
        kept = desk.checkpoint()
        head = desk.parts.checkpoints.at(kept.size) if kept else None
        assert head is not None
        files = list(
            published_files(desk.parts.ledger, head, there=lambda name: (folder / name).is_file())
        )
    folder.mkdir(exist_ok=True)
    publish_files(folder, files)
    return [name for name, _ in files]


@pytest.fixture(scope="module")
def grown(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """A desk whose log has more than one full tile."""
    room = newsroom.copy(tmp_path_factory.mktemp("grown") / "room")
    grow(room, 260)
    return room


def test_published_log_is_the_log(grown: Newsroom, tmp_path: Path) -> None:
    """Every leaf is in its bundle, every leaf hash in its tile; the checkpoint comes last."""
    names = publish(grown, tmp_path / "out")
    assert names[-1] == "checkpoint"
    assert {"tile/0/000", "tile/entries/000", "tile/1/000.p/1"} <= set(names)
    with grown.open(None) as desk:
        leaves = [row.leaf for row in desk.parts.ledger.entries(0, desk.parts.ledger.size())]
    rows = [n for n in names if n.startswith("tile/entries/")]
    bundles = [unpack_entries((tmp_path / "out" / name).read_bytes()) for name in rows]
    assert [leaf for bundle in bundles for leaf in bundle] == leaves
    tiles = b"".join((tmp_path / "out" / n).read_bytes() for n in names if n.startswith("tile/0/"))
    assert tiles == b"".join(leaf_hash(leaf) for leaf in leaves)
    for name in names[:-1]:
        assert parse_tile_path(name).path() == name


def test_published_in_steps(newsroom: Newsroom, tmp_path: Path) -> None:
    """Publishing again writes what is new only, and what was published stays as it was."""
    room, out = newsroom.copy(tmp_path / "room"), tmp_path / "out"
    publish(room, out)
    before = {path: path.read_bytes() for path in files_in(out) if path.name != "checkpoint"}
    assert publish(room, out) == ["checkpoint"]
    grow(room, 3)
    new = publish(room, out)
    assert not {str(path.relative_to(out)) for path in before} & set(new)
    assert all(path.read_bytes() == data for path, data in before.items())


def test_nothing_hidden_is_published(grown: Newsroom, tmp_path: Path) -> None:
    """No disclosure and no secret is in the published files."""
    publish(grown, tmp_path / "out")
    files = {path: path.read_bytes() for path in files_in(tmp_path / "out")}
    data = b"".join(files.values())
    assert not any(b"~" in held for path, held in files.items() if "entries" in path.parts)
    for secret in (*HANDLES, *FILE_NAMES, "Okafor"):
        assert secret.encode() not in data
        assert base64.b64encode(secret.encode()).rstrip(b"=") not in data


def test_never_over_another_log(newsroom: Newsroom) -> None:
    """A folder that holds another log, a fork of this one, or a longer one, is refused."""
    with newsroom.open(None) as desk:
        parts, size = desk.parts, desk.parts.ledger.size()
        key = log_note_key(parts.origin, parts.log_signer)
        newest = parts.checkpoints.newest()
        assert newest is not None
        require_same_log(parts.ledger, key, newest.note, size)
        stranger = Ed25519Signer(hashlib.sha256(b"stranger").digest())
        fork = Checkpoint(origin=parts.origin, size=5, root=bytes(32))
        longer = Checkpoint(origin=parts.origin, size=size + 1, root=bytes(32))
        for head, signer, fault in (
            (fork, parts.log_signer, StoreFault),
            (fork, stranger, StoreFault),
            (longer, parts.log_signer, RolledBack),
        ):
            with pytest.raises(fault):
                require_same_log(parts.ledger, key, sign_checkpoint(head, signer), size)


@pytest.mark.skipif(not HAS_GO, reason="needs go and golang.org/x/mod (Debian packages)")
def test_go_reads_what_is_published(grown: Newsroom, tmp_path: Path) -> None:
    """Go's sumdb packages open the checkpoint, read our tiles and accept our proof files."""
    publish(grown, tmp_path / "out")
    grown.package(tmp_path / "package", "public")
    publish(grown, tmp_path / "out")
    with grown.open(None) as desk:
        vkey = desk.log_vkey()
        key = log_note_key(desk.parts.origin, desk.parts.log_signer)
    note = (tmp_path / "out" / "checkpoint").read_bytes()
    head = read_checkpoint(note, key).checkpoint
    tiles: dict[str, bytes] = {}
    for path in files_in(tmp_path / "out" / "tile"):
        name = parse_tile_path(path.relative_to(tmp_path / "out").as_posix())
        at = f"{name.level}/{name.index}"
        if name.level >= 0 and path.stat().st_size > len(tiles.get(at, b"")):
            tiles[at] = path.read_bytes()
    proofs = []
    for path in (tmp_path / "package/data/entries").glob("*.tlog-proof"):
        found = parse_proof(path.read_bytes())
        assert found.checkpoint == note
        leaf = leaf_hash(path.with_suffix(".sdjwt").read_bytes().partition(b"~")[0])
        proofs.append({"Index": found.index, "Size": head.size, "Leaf": leaf, "Root": head.root,
                       "Proof": found.hashes})  # fmt: skip
    log = {"Vkey": vkey, "Note": note, "Size": head.size, "Root": head.root, "Tiles": tiles,
           "Inclusion": proofs, "Consistency": []}  # fmt: skip
    program = tmp_path / "check"
    source = Path(__file__).resolve().parents[1] / "ledger" / "foreign.go"
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": GO_PATH, "GOFLAGS": "",
                                "GOCACHE": str(tmp_path / "cache")}  # fmt: skip
    subprocess.run(["go", "build", "-o", program, source], check=True, env=environment)
    for changed, answer in ((log, "ok"), (log | {"Root": bytes(32)}, "")):
        text = json.dumps(changed, default=lambda raw: base64.b64encode(raw).decode())
        done = subprocess.run([program], input=text, capture_output=True, text=True, check=False)
        assert (done.stdout.strip() == "ok") is (answer == "ok")
