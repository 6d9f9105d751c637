"""`prov key` as people type it: each command once, its files, its one-line refusals."""

import contextlib
import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from provenance.ledger.endorsement import NAMESPACE
from provenance_cli import main
from tests.desk.scene import AMAL, JOAN, KIM, PEOPLE, Scene
from tests.ledger.ssh_vectors import KINDS, armor, signature_blob


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Prov = Callable[..., Ended]


@pytest.fixture
def prov(scene: Scene, quick_keys: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prov:
    """Run `prov` on the scene's desk, in this process."""
    for name in [name for name in os.environ if name.startswith("PROV_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PROV_DESK", str(scene.desk))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["prov", *map(str, words)])
        out, err, code = io.StringIO(), io.StringIO(), 0
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main.run()
            except SystemExit as leaving:
                code = leaving.code if isinstance(leaving.code, int) else int(bool(leaving.code))
        return Ended(code=code, out=out.getvalue(), err=err.getvalue())

    return run


def test_a_key_comes_from_another_machine(prov: Prov, tmp_path: Path) -> None:
    """Request, enrolment by file, and the list; a file is never written over."""
    assert prov("key", "new", "nora", "--no-passphrase").code == 0
    assert prov("key", "request", "nora", "--role", "editor", "--out", "nora.request").code == 0
    again = prov("key", "request", "nora", "--out", "nora.request")
    assert (again.code, "cannot be written" in again.err) == (2, True)
    enrol = ("key", "enrol", "--person", "Nora Lind", "--key", AMAL)
    refused = prov(*enrol, "--request", "nora.request", "--role", "admin")
    assert (refused.code, "signed for the role editor" in refused.err) == (2, True)
    assert prov(*enrol).code == 2
    assert prov(*enrol, "nora", "--request", "nora.request").code == 2
    assert prov(*enrol, "--request", "nothing").code == 2
    done = prov(*enrol, "--request", "nora.request")
    assert (done.code, "enrolled as editor" in done.err) == (0, True)
    lines = [json.loads(line) for line in prov("key", "list", "--json").out.splitlines()]
    nora = lines[-1]
    assert (nora["person"], nora["role"], nora["ended"], nora["endorses"]) == (
        "Nora Lind", "editor", None, True,
    )  # fmt: skip


def test_a_request_is_made_without_the_desk(
    prov: Prov, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the newcomer's machine there is no desk: a key file and the log's name are enough."""
    key = tmp_path / "mine.key"
    assert prov("key", "new", "mine", "--no-passphrase").code == 0
    (scene.keys / "custodians" / "mine.key").rename(key)
    with scene.open() as desk:
        origin = desk.parts.origin
    monkeypatch.delenv("PROV_DESK")
    done = prov("key", "request", key, "--origin", origin, "--out", "r")
    assert done.code == 0, done.err
    monkeypatch.setenv("PROV_DESK", str(scene.desk))
    assert prov("key", "enrol", "--request", "r", "--person", "M", "--key", AMAL).code == 0


def test_rotate_and_revoke(prov: Prov, scene: Scene) -> None:
    """A key is replaced, another revoked with two admins, and the list says both."""
    assert prov("key", "new", "joan2", "--no-passphrase").code == 0
    assert prov("key", "rotate", "joan2", "--key", JOAN).code == 0
    assert prov("key", "new", "second", "--no-passphrase").code == 0
    enrol = ("key", "enrol", "second", "--person", "Sam", "--role", "admin", "--key", AMAL)
    assert prov(*enrol).code == 0
    revoke = ("key", "revoke", PEOPLE[KIM], "--reason", "lost", "--compromised-since", 3)
    alone = prov(*revoke, "--key", AMAL)
    assert (alone.code, "cosign-revocation" in alone.err) == (2, True)
    cosign = ("key", "cosign-revocation", PEOPLE[KIM], "--out", "consent", "--key", "second")
    assert prov(*cosign, "--compromised-since", 3).code == 0
    done = prov(*revoke, "--second-request", "consent", "--key", AMAL)
    assert done.code == 0, done.err
    listed = prov("key", "list").out
    assert "in doubt from 3" in listed
    assert listed.count("ended at entry") == 2
    refused = prov("custody", "note", "2", "x", "--key", KIM)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert prov("audit").code == 0


def test_endorse_by_request_and_signature(prov: Prov, scene: Scene) -> None:
    """The request prints the exact bytes; the signature over them is taken and listed."""
    asked = prov("key", "endorse", 3, "--request")
    with scene.open() as desk:
        message = desk.endorsement_request(3)
    assert asked.out.encode() == message
    assert f"ssh-keygen -Y sign -n {NAMESPACE}" in asked.err
    armored = armor(signature_blob(KINDS[2], message, namespace=NAMESPACE.encode()))
    Path("sig").write_bytes(armored.replace("\n", "\r\n").encode())
    assert prov("key", "endorse", 3).code == 2
    done = prov("key", "endorse", 3, "--signature", "sig", "--key", KIM)
    assert (done.code, "entry 3 is endorsed" in done.err) == (0, True)
    lines = prov("key", "list", "--endorsing", "--json").out.splitlines()
    last = json.loads(lines[-1])
    assert (last["role"], last["endorses"], last["kid"][:7]) == (None, True, "SHA256:")
    assert set(last) == set(json.loads(lines[0]))
    assert "(not enrolled)" in prov("key", "list", "--endorsing").out
    Path("sig").write_bytes(b"\xff" * 10)
    assert prov("key", "endorse", 2, "--signature", "sig", "--key", KIM).code == 1
    Path("sig").write_bytes(bytes(70_000))
    assert prov("key", "endorse", 2, "--signature", "sig", "--key", KIM).code == 2


def test_signed_lists_what_was_signed_as_you(prov: Prov, scene: Scene) -> None:
    """By name, id and key file, without the passphrase; nothing signed is no fault."""
    kid = scene.signer(AMAL).public_key.kid
    for name in (PEOPLE[AMAL], kid[:20], AMAL):
        done = prov("key", "signed", "--since", 0, "--key", name, "--json")
        lines = [json.loads(line) for line in done.out.splitlines()]
        assert (done.code, [line["seq"] for line in lines]) == (0, [0, 1, 2, 3])
    assert set(lines[0]) == {"seq", "type", "item", "claimed_at", "seen", "kid"}
    none = prov("key", "signed", "--since", "2101-01-01T00:00:00Z", "--key", KIM)
    assert (none.code, "0 entries" in none.err) == (0, True)
    assert prov("key", "signed", "--since", "yesterday", "--key", KIM).code != 0


def test_allowed_signers_is_printed_and_written(prov: Prov) -> None:
    """Both forms are the same file; names do not stand in it."""
    printed = prov("key", "allowed-signers").out
    assert prov("key", "allowed-signers", "--out", "allowed").code == 0
    assert Path("allowed").read_text() == printed
    assert len(printed.splitlines()) == 3
    assert not any(person in printed for person in PEOPLE.values())


def test_a_passphrase_is_changed_and_stands_nowhere(prov: Prov, scene: Scene) -> None:
    """From files only; the new one opens; neither is in what is printed or in the desk."""
    Path("old").write_bytes(b"correct horse\n")
    Path("new").write_bytes(b"battery staple\n")
    change = ("key", "passphrase", KIM)
    first = prov(*change, "--new-passphrase-file", "old")
    second = prov(*change, "--passphrase-file", "old", "--new-passphrase-file", "new")
    wrong = prov(*change, "--passphrase-file", "old", "--new-passphrase-file", "new")
    assert [each.code for each in (first, second, wrong)] == [0, 0, 4]
    for said in (first, second, wrong):
        assert "horse" not in said.out + said.err
        assert "staple" not in said.out + said.err
    note = ("custody", "note", "2", "x", "--key", KIM)
    assert prov(*note, "--passphrase-file", "new").code == 0
    assert prov(*note, "--passphrase-file", "old").code == 4
    written = b"".join(path.read_bytes() for path in scene.base.rglob("*") if path.is_file())
    assert b"battery staple" not in written
