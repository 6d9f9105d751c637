"""The commands: exit codes, stable JSON keys, and answers that scripts can rely on."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from provenance.desk import Desk
from provenance.errors import CheckFailed, RolledBack
from provenance.ledger.keyfile import write_key_file
from provenance.outside.witnessing import Asked
from provenance_cli import main
from provenance_cli.commands.witness import tell_asked
from tests.outside.authority import Tsa
from tests.outside.conftest import Clock, cosigner, witness_signer

Run = Callable[..., tuple[int, str, str]]
VKEY = cosigner("partner.example/w1").key.vkey()


@pytest.fixture
def prov(
    desk_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run one command beside the desk; returns exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROV_DESK", str(desk_folder))
    for name in ("PROV_KEY", "PROV_PASSPHRASE_FILE", "PROV_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    key = write_key_file(witness_signer("partner.example/w1"), None)
    (tmp_path / "w1.key").write_bytes(key)

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["prov", "ledger", *words])
        try:
            main.run()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(bool(end.code))
        else:
            code = 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def _keys(text: str) -> set[str]:
    return set(json.loads(text.splitlines()[0]))


def _answer(prov: Run, *more: str) -> tuple[int, str, str]:
    memory = ("--state", "memory", "--key", "w1.key", "--name", "partner.example/w1")
    return prov("witness", "answer", "request", "--out", "answer", *memory, *more)


def test_a_round_by_files(prov: Run, desk: Desk, tmp_path: Path) -> None:
    """Request, answer, accept; a witness that knows no log, and one that holds another size."""
    assert prov("witness", "add", "partner", VKEY)[0] == 0
    assert prov("witness", "request", "partner", "--out", "request")[0] == 0
    assert _answer(prov)[0] == 2
    assert _answer(prov, "--log", desk.log_vkey())[0] == 0
    code, out, _ = prov("witness", "accept", "answer", "--json")
    assert (code, json.loads(out)) == (
        0,
        {"size": 2, "witnesses": ["partner.example/w1"], "added": 1},
    )
    assert _keys(prov("witness", "list", "--json")[1]) == {
        "name",
        "verifier_key",
        "url",
        "cosigned",
    }
    assert prov("witness", "request", "partner", "--old", "0", "--out", "request")[0] == 0
    assert _answer(prov)[0] == 1
    assert (tmp_path / "answer").read_bytes() == b"2\n"
    code, _, err = prov("witness", "accept", "answer")
    assert (code, "--old 2" in err) == (1, True)
    (tmp_path / "answer").write_bytes(b"900\n")
    assert prov("witness", "accept", "answer")[0] == 4
    (tmp_path / "answer").write_bytes(b"rubbish")
    assert prov("witness", "accept", "answer")[0] == 1
    assert prov("witness", "accept", "absent")[0] == 2


def test_a_policy(prov: Run, tmp_path: Path) -> None:
    """No policy: 3; not a policy: 1; set, with nothing cosigned: 3, and the JSON says which."""
    assert prov("policy", "show")[0] == 3
    assert prov("witness", "add", "partner", VKEY)[0] == 0
    code, out, _ = prov("policy", "draft")
    assert code == 0
    (tmp_path / "policy").write_text(out)
    assert prov("policy", "set", "policy")[0] == 0
    code, out, _ = prov("policy", "show", "--json")
    assert (code, _keys(out)) == (3, {"policy", "size"})
    (tmp_path / "policy").write_text("quorum nobody\n")
    assert prov("policy", "set", "policy")[0] == 1
    assert prov("policy", "draft", "--need", "2")[0] == 1


def test_nobody_to_ask(prov: Run) -> None:
    """Without an address there is nobody to ask: exit code 3."""
    assert prov("witness", "run")[0] == 3
    assert prov("timestamp", "run")[0] == 3
    assert prov("timestamp", "verify")[0] == 3


def test_somebody_who_cannot_be_reached(prov: Run) -> None:
    """A closed port: exit code 4, and one line of JSON for it."""
    assert prov("witness", "add", "partner", VKEY, "--url", "http://127.0.0.1:1")[0] == 0
    code, out, _ = prov("witness", "run", "--json")
    assert (code, _keys(out)) == (4, {"name", "size", "error"})
    assert json.loads(out)["error"]["code"] == "surroundings"


def test_a_rollback_is_not_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    """One witness that holds more than the log sets exit code 4, whatever the others say."""
    wrong = Asked(name="a", size=None, error=CheckFailed("no"))
    ahead = Asked(name="b", size=None, error=RolledBack("it holds more"))
    for asked, code in (([wrong], 1), ([wrong, ahead], 4), ([ahead, wrong], 4)):
        with pytest.raises(typer.Exit) as left:
            tell_asked(asked, done="cosigned", nobody="nobody", as_json=True)
        assert left.value.exit_code == code
    assert len(capsys.readouterr().out.splitlines()) == 5


def test_a_stamp_by_files(prov: Run, tmp_path: Path, clock: Clock) -> None:
    """Authority, request, accept, verify, list, export."""
    tsa = Tsa(at=clock.now.replace(year=2026, month=1, day=2))
    (tmp_path / "root.der").write_bytes(tsa.root.der)
    assert prov("timestamp", "authority", "national", "--root", "root.der")[0] == 0
    assert prov("timestamp", "request", "--out", "x.tsq")[0] == 0
    (tmp_path / "x.tsr").write_bytes(tsa.answer((tmp_path / "x.tsq").read_bytes()))
    keys = {"size", "authority", "holds", "at", "accuracy_seconds", "serial", "policy"}
    for words in (("accept", "x.tsr", "--authority", "national"), ("verify",)):
        code, out, _ = prov("timestamp", *words, "--json")
        assert (code, _keys(out)) == (0, keys)
        assert json.loads(out)["accuracy_seconds"] == "1.500000"
    assert _keys(prov("timestamp", "list", "--json")[1]) == {"name", "url", "roots", "policies"}
    assert prov("timestamp", "export", "--out", "stamps")[0] == 0
    assert {path.name for path in (tmp_path / "stamps").iterdir()} == {
        "checkpoint-2",
        "checkpoint-2.tsq",
        "checkpoint-2.national.tsr",
        "national.roots.pem",
        "national.chain.pem",
    }
    (tmp_path / "x.tsr").write_bytes(Tsa(at=tsa.at).answer((tmp_path / "x.tsq").read_bytes()))
    assert prov("timestamp", "accept", "x.tsr", "--authority", "national")[0] == 1
