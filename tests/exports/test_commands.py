"""The commands: what they print, what they write, and their exit codes."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from provenance.ledger.disclosure import match_disclosures, parse_presentation
from provenance.ledger.note import parse_vkey
from provenance.ledger.proof import parse_proof, verify_proof
from provenance_cli.main import run
from tests.exports.world import Newsroom, flip, tampered


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command left."""

    returncode: int
    stdout: str
    stderr: str


def prov(*words: object, desk: Path | None = None) -> Done:
    """Run `prov` in this process, as its entry point does."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr("sys.argv", ["prov", *map(str, words)])
        patch.setenv("PROV_DESK", str(desk or ""))
        try:
            run()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
    return Done(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())


def test_package_and_check(newsroom: Newsroom, tmp_path: Path) -> None:
    """A package made by the command is accepted by the command, with the key it printed."""
    room = newsroom.copy(tmp_path / "room")
    place = tmp_path / "it.zip"
    made = prov("package", "2026-0001", "--audience", "public", "--out", place, "--key", "joan",
                "--json", desk=room.base / "desk")  # fmt: skip
    assert made.returncode == 0, made.stderr
    stated = json.loads(made.stdout)
    checked = prov("check", place, "--log-key", stated["log_key"], "--json")
    assert checked.returncode == 0, checked.stderr
    found = json.loads(checked.stdout)
    assert (found["holds"], found["log_key"]) == (True, stated["log_key"])
    assert found["log_size"] == stated["log_size"]
    again = prov("package", "2026-0001", "--audience", "public", "--out", place, "--key", "joan",
                 desk=room.base / "desk")  # fmt: skip
    assert again.returncode == 2


def test_exit_codes_of_check(packages: dict[str, Path], tmp_path: Path) -> None:
    """0 nothing failed, 1 something failed, 2 a key that is none, 3 nothing to check."""
    forged = tampered(
        packages["public"], tmp_path / "forged", lambda f: flip(f / "data/report.json", 9, 1)
    )
    assert prov("check", packages["public"]).returncode == 0
    assert prov("check", forged).returncode == 1
    assert prov("check", packages["public"], "--log-key", "nonsense").returncode == 2
    assert prov("check", tmp_path / "absent").returncode == 3
    done = prov("check", forged, "--json")
    assert json.loads(done.stdout)["holds"] is False


def test_witness_options(packages: dict[str, Path]) -> None:
    """A witness that must have cosigned and has not is a failure; two ways at once are refused."""
    vkey = "witness.example/w1+b72bab2e+BCVDuS/xCVURR2rcg2nbbdyTNmWhGXjdoUBO4QZsqVWd"
    done = prov("check", packages["public"], "--witness", vkey)
    assert done.returncode == 1
    assert "No witness has cosigned" in " ".join(done.stdout.split())
    assert prov("check", packages["public"], "--witness", vkey, "--policy", "x").returncode == 2


@pytest.mark.parametrize("what", ["3", "2026-0001"])
def test_prove(newsroom: Newsroom, tmp_path: Path, what: str) -> None:
    """A proof file verifies with the log's key alone, and shows no hidden field of an item."""
    done = prov("ledger", "prove", what, "--out", tmp_path / "p", desk=newsroom.base / "desk")
    assert done.returncode == 0, done.stderr
    with newsroom.open(None) as desk:
        key = parse_vkey(desk.log_vkey())
    paths = sorted((tmp_path / "p").glob("*.tlog-proof"))
    assert (len(paths) == 1) is (what == "3")
    for path in paths:
        entry, fields = parse_presentation(path.with_suffix(".sdjwt").read_bytes())
        assert match_disclosures(entry, fields) == {}
        proof = parse_proof(path.read_bytes())
        assert proof.index == int(path.stem)
        verify_proof(proof, entry.leaf_hash, key)
    missing = prov("ledger", "prove", "99999", desk=newsroom.base / "desk")
    assert missing.returncode == 2


def test_publish(newsroom: Newsroom, tmp_path: Path) -> None:
    """Publishing twice writes nothing the second time; a folder of another log is refused."""
    room = newsroom.copy(tmp_path / "room")
    out = tmp_path / "out"
    first = prov("ledger", "publish", "--out", out, "--json", desk=room.base / "desk")
    assert json.loads(first.stdout)["written"] == 3, first.stderr
    second = prov("ledger", "publish", "--out", out, "--json", desk=room.base / "desk")
    assert json.loads(second.stdout)["written"] == 0
    (out / "checkpoint").write_text("another log\n5\nAAAA\n\n— x AAAA\n")
    assert prov("ledger", "publish", "--out", out, desk=room.base / "desk").returncode == 4
