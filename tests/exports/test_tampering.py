"""Every way to change a package is found: by the manifests, or, with those remade, by the log."""

import base64
import hashlib
import json
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.exports.check_log import Trust
from provenance.exports.checking import check_package
from provenance.exports.checklist import State
from provenance.ledger.base64text import decode_base64url, encode_base64url
from provenance.ledger.checkpoint import Checkpoint, sign_checkpoint
from provenance.ledger.disclosure import make_disclosure
from provenance.ledger.keys import Ed25519Signer
from provenance.ledger.note import ED25519, note_key, parse_vkey
from provenance.ledger.proof import TlogProof, parse_proof
from provenance.report.html import render_html
from provenance.report.json_form import parse_report_json, report_json
from provenance.report.model import Audience
from tests.exports.world import (
    SCRIPT,
    Chance,
    Newsroom,
    files_in,
    flip,
    reseal,
    run_script,
    tampered,
)

MALLORY = Ed25519Signer(hashlib.sha256(b"mallory").digest())
UNBOUND = {"VERIFY.txt", "VERIFY.sh", "bag-info.txt"}
"""Files that nothing but the manifests binds: VERIFY.txt says to compare the script elsewhere."""


def _checks(folder: Path) -> set[str]:
    return {line.check for line in check_package(folder).lines if line.state is State.FAILS}


def _refused(folder: Path) -> bool:
    done = run_script(folder)
    last = done.stdout.splitlines()[-1]
    assert (done.returncode, last[:8]) in {(0, "OK: " + last[4:8]), (1, "FAILED: ")}, done
    return done.returncode == 1


def _last_seq(folder: Path) -> int:
    return max(int(path.stem) for path in (folder / "data/entries").glob("*.sdjwt"))


def _remove_entry(folder: Path) -> None:
    for suffix in ("sdjwt", "tlog-proof"):
        (folder / f"data/entries/8.{suffix}").unlink()


def _remove_tail(folder: Path) -> None:
    last = _last_seq(folder)
    for suffix in ("sdjwt", "tlog-proof"):
        (folder / f"data/entries/{last}.{suffix}").unlink()


def _remove_key_entry(folder: Path) -> None:
    for suffix in ("sdjwt", "tlog-proof"):
        (folder / f"data/entries/1.{suffix}").unlink()


def _swap_entries(folder: Path) -> None:
    one, two = folder / "data/entries/8.sdjwt", folder / "data/entries/9.sdjwt"
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


def _swap_with_proofs(folder: Path) -> None:
    _swap_entries(folder)
    one, two = folder / "data/entries/8.tlog-proof", folder / "data/entries/9.tlog-proof"
    first, second = parse_proof(one.read_bytes()), parse_proof(two.read_bytes())
    for path, found, index in ((one, second, 8), (two, first, 9)):
        made = TlogProof(index=index, hashes=found.hashes, checkpoint=found.checkpoint)
        path.write_bytes(made.encode())


def _other_proof(folder: Path) -> None:
    shutil.copyfile(folder / "data/entries/9.tlog-proof", folder / "data/entries/8.tlog-proof")


def _cut_proof(folder: Path) -> None:
    path = folder / "data/entries/8.tlog-proof"
    found = parse_proof(path.read_bytes())
    made = TlogProof(index=8, hashes=found.hashes[:-1], checkpoint=found.checkpoint)
    path.write_bytes(made.encode())


def _change_document(folder: Path) -> None:
    flip(next((folder / "data/documents").iterdir()), 100, 3)


def _other_document(folder: Path) -> None:
    path = next((folder / "data/documents").iterdir())
    data = path.read_bytes() + b"x"
    path.unlink()
    (path.parent / hashlib.sha256(data).hexdigest()).write_bytes(data)


def _no_document(folder: Path) -> None:
    next((folder / "data/documents").iterdir()).unlink()


def _forge_field(folder: Path) -> None:
    path = folder / "data/entries/8.sdjwt"
    forged = make_disclosure("note", {"text": "never said"}, Chance("forger"))
    path.write_bytes(path.read_bytes() + forged.text.encode() + b"~")


def _double_field(folder: Path) -> None:
    path = folder / f"data/entries/{_last_seq(folder)}.sdjwt"
    field = path.read_bytes().split(b"~")[1]
    path.write_bytes(path.read_bytes() + field + b"~")


def _change_field(folder: Path) -> None:
    path = folder / f"data/entries/{_last_seq(folder)}.sdjwt"
    leaf, field, *_ = path.read_bytes().split(b"~")
    salt, name, value = json.loads(decode_base64url(field.decode()))
    value["entries"] -= 1
    text = json.dumps([salt, name, value], separators=(",", ":"), sort_keys=True)
    path.write_bytes(leaf + b"~" + encode_base64url(text.encode()).encode() + b"~")


def _forge_signature(folder: Path) -> None:
    path = folder / "data/entries/8.sdjwt"
    leaf, _, fields = path.read_bytes().partition(b"~")
    signed, _, _ = leaf.rpartition(b".")
    signature = encode_base64url(MALLORY.sign(signed)).encode()
    path.write_bytes(signed + b"." + signature + b"~" + fields)


def _other_log(folder: Path) -> None:
    """Mallory's own log key over the same tree, wherever it is named outside the entries."""
    origin = (folder / "data/log/vkey").read_text().partition("+")[0]
    key = note_key(origin, ED25519, MALLORY.public_key)
    old = (folder / "data/log/checkpoint").read_bytes()
    _, size, root = old.decode().split("\n")[:3]
    head = Checkpoint(origin=origin, size=int(size), root=base64.b64decode(root))
    note = sign_checkpoint(head, MALLORY)
    (folder / "data/log/checkpoint").write_bytes(note)
    (folder / "data/log/vkey").write_text(f"{key.vkey()}\n")
    for path in (folder / "data/entries").glob("*.tlog-proof"):
        path.write_bytes(path.read_bytes().replace(old, note))


def _other_checkpoint(folder: Path) -> None:
    """A checkpoint of another log, with its key."""
    key = note_key("elsewhere.example/log", ED25519, MALLORY.public_key)
    head = Checkpoint(origin=key.name, size=40, root=bytes(32))
    (folder / "data/log/checkpoint").write_bytes(sign_checkpoint(head, MALLORY))
    (folder / "data/log/vkey").write_text(f"{key.vkey()}\n")


def _other_vkey(folder: Path) -> None:
    path = folder / "data/log/vkey"
    origin = path.read_text().partition("+")[0]
    path.write_text(f"{note_key(origin, ED25519, MALLORY.public_key).vkey()}\n")


def _other_signer(folder: Path) -> None:
    path = folder / "data/allowed_signers"
    text = path.read_text()
    keys = re.findall(r"ssh-ed25519 \S+", text)
    path.write_text(text.replace(keys[-1], MALLORY.public_key.ssh_text()))


def _more_signers(folder: Path) -> None:
    path = folder / "data/allowed_signers"
    line = path.read_text().splitlines()[0].replace("ssh-ed25519", "ssh-ed25519", 1)
    path.write_text(path.read_text() + line + "\n")


def _add_file(folder: Path) -> None:
    (folder / "data/documents/README").write_text("trust me\n")


def _add_link(folder: Path) -> None:
    (folder / "data/entries/99999.sdjwt").symlink_to("/etc/hostname")


ATTACKS: list[tuple[Callable[[Path], None], str]] = [
    (_remove_entry, "complete"), (_remove_tail, "complete"), (_remove_key_entry, "signatures"),
    (_swap_entries, "entries"), (_swap_with_proofs, "entries"), (_other_proof, "entries"),
    (_cut_proof, "entries"), (_change_document, "documents"), (_other_document, "documents"),
    (_no_document, "documents"), (_forge_field, "entries"), (_double_field, "entries"),
    (_change_field, "entries"), (_forge_signature, "entries"), (_other_log, "signatures"),
    (_other_checkpoint, "entries"), (_other_vkey, "checkpoint"),
    (_other_signer, "allowed-signers"), (_more_signers, "allowed-signers"),
    (_add_file, "form"), (_add_link, "form"),
]  # fmt: skip


@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "resealed"])
@pytest.mark.parametrize(("attack", "detector"), ATTACKS, ids=[a.__name__ for a, _ in ATTACKS])
def test_attack_is_found(
    packages: dict[str, Path],
    tmp_path: Path,
    attack: Callable[[Path], None],
    detector: str,
    *,
    sealed: bool,
) -> None:
    """Both checks refuse it, with the old manifests and with new ones made for it."""
    folder = tampered(packages["auditor"], tmp_path / "forged", attack)
    if sealed:
        reseal(folder)
    found = _checks(folder)
    assert detector in found
    assert sealed or found & {"bag", "form"}
    assert _refused(folder)


def test_reseal_alone_changes_nothing(packages: dict[str, Path], tmp_path: Path) -> None:
    """Remaking the manifests of an honest package gives the same package: we forge rightly."""
    folder = tampered(packages["auditor"], tmp_path / "same", reseal)
    assert [p.read_bytes() for p in files_in(folder)] == [
        p.read_bytes() for p in files_in(packages["auditor"])
    ]


def test_flipped_bit_in_any_file(packages: dict[str, Path], tmp_path: Path) -> None:
    """One flipped bit in any file is found by both checks."""
    folder = tampered(packages["auditor"], tmp_path / "flipped", lambda _: None)
    chance = random.Random(1)  # noqa: S311 - a test that repeats
    for number, path in enumerate(files_in(folder)):
        original = path.read_bytes()
        flip(path, chance.randrange(len(original)), chance.randrange(8))
        name = path.relative_to(folder)
        assert not check_package(folder).holds, name
        # Of the many entries, every third for the slower script.
        if path.parent.name != "entries" or number % 3 == 0:
            assert _refused(folder), name
        path.write_bytes(original)
    assert check_package(folder).holds


def test_flipped_bit_behind_new_manifests(packages: dict[str, Path], tmp_path: Path) -> None:
    """One flipped bit in whatever the log binds is found though all manifests were remade."""
    folder = tampered(packages["auditor"], tmp_path / "flipped", lambda _: None)
    names = {path.relative_to(folder).as_posix() for path in files_in(folder)}
    bound = sorted(n for n in names - UNBOUND if not n.startswith(("manifest", "tagmanifest")))
    chance = random.Random(2)  # noqa: S311 - a test that repeats
    few = {n for n in bound if not n.startswith("data/entries/")} | set(chance.sample(bound, 25))
    for name in sorted(few):
        path = folder / name
        original = path.read_bytes()
        flip(path, chance.randrange(len(original)), chance.randrange(8))
        reseal(folder)
        assert not check_package(folder).holds, name
        path.write_bytes(original)
    reseal(folder)
    assert check_package(folder).holds


@pytest.mark.parametrize("kind", ["sdjwt", "tlog-proof"])
def test_script_needs_no_manifest(packages: dict[str, Path], tmp_path: Path, kind: str) -> None:
    """VERIFY.sh, too, finds flipped bits in entries and proofs behind new manifests."""
    folder = tampered(packages["public"], tmp_path / "flipped", lambda _: None)
    chance = random.Random(3)  # noqa: S311 - a test that repeats
    for path in chance.sample(sorted((folder / "data/entries").glob(f"*.{kind}")), 4):
        original = path.read_bytes()
        flip(path, chance.randrange(len(original) - 1), chance.randrange(8))
        reseal(folder)
        assert _refused(folder), path.name
        path.write_bytes(original)


@pytest.mark.parametrize("what", ["headline", "audience", "digest", "entry"])
def test_report_must_agree(packages: dict[str, Path], tmp_path: Path, what: str) -> None:
    """A report that quotes headline, audience, digests or entries wrongly is found."""

    def change(folder: Path) -> None:
        path = folder / "data/report.json"
        model = parse_report_json(path.read_text())
        forged = {
            "headline": lambda: replace(
                model, verdicts=(replace(model.verdicts[0], headline="FORGERY"),)
            ),
            "audience": lambda: replace(model, audience=Audience.PUBLIC),
            "digest": lambda: replace(
                model, exemplars=(replace(model.exemplars[0], sha512="0" * 128),)
            ),
            "entry": lambda: replace(model, entries=model.entries[1:]),
        }[what]()
        path.write_text(report_json(forged))
        (folder / "data/report.html").write_text(render_html(forged))
        reseal(folder)

    folder = tampered(packages["auditor"], tmp_path / "forged", change)
    assert _checks(folder) == {"headlines" if what == "headline" else "report"}


def test_page_must_be_that_of_the_json(packages: dict[str, Path], tmp_path: Path) -> None:
    """A page that says something else than the JSON is found."""

    def change(folder: Path) -> None:
        path = folder / "data/report.html"
        path.write_text(path.read_text().replace("2026-0001", "2026-0002"))
        reseal(folder)

    assert _checks(tampered(packages["auditor"], tmp_path / "forged", change)) == {"page"}


def test_whole_forgery_needs_the_key_from_elsewhere(
    packages: dict[str, Path], newsroom: Newsroom
) -> None:
    """Somebody else's consistent package passes until the reader brings the right log key."""
    folder = packages["public"]
    with newsroom.open(None) as desk:
        right = desk.log_vkey()
    wrong = note_key(right.partition("+")[0], ED25519, MALLORY.public_key)
    assert check_package(folder, Trust(log_key=parse_vkey(right))).holds
    assert not check_package(folder, Trust(log_key=wrong)).holds
    assert run_script(folder, right).returncode == 0
    assert run_script(folder, wrong.vkey()).returncode == 1


def test_script_says_when_it_cannot(packages: dict[str, Path], tmp_path: Path) -> None:
    """Without openssl, or without a package, VERIFY.sh ends with 3, not with OK or FAILED."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("awk", "sed", "sort", "cmp", "find", "xargs", "mktemp", "sha256sum", "sha512sum"):
        found = shutil.which(tool)
        assert found, tool
        (tools / tool).symlink_to(found)
    shell = shutil.which("dash") or "/bin/sh"
    done = run_script(packages["public"], by=(shell,), PATH=str(tools))
    assert (done.returncode, done.stdout) == (3, "CANNOT CHECK: the tool openssl is missing\n")
    (tools / "openssl").symlink_to("/bin/false")
    done = run_script(packages["public"], by=(shell,), PATH=str(tools))
    assert (done.returncode, done.stdout[:12]) == (3, "CANNOT CHECK")
    assert run_script(tmp_path / "nowhere").returncode == 3
    assert run_script(tools).returncode == 3


def test_script_runs_nothing_of_the_package(packages: dict[str, Path], tmp_path: Path) -> None:
    """Shell words in files and names are refused as data and never run."""
    mark = tmp_path / "ran"
    lines = [f"$(touch {mark})", f"`touch {mark}`", f"; touch {mark} #", f"'; touch {mark}; '"]

    def words_in(name: str, text: str) -> Callable[[Path], None]:
        def change(folder: Path) -> None:
            (folder / name).write_text(text)

        return change

    names = ("data/log/vkey", "data/log/checkpoint", "data/entries/8.sdjwt",
             "data/entries/8.tlog-proof", "data/allowed_signers")  # fmt: skip
    for name in names:
        text = "\n".join(lines) + "\n"
        folder = tampered(packages["public"], tmp_path / "words", words_in(name, text))
        reseal(folder)
        assert _refused(folder)
        shutil.rmtree(folder)
    folder = tampered(packages["public"], tmp_path / "named", lambda _: None)
    (folder / "data" / "entries" / "$(touch ran).sdjwt").write_text("x")
    (folder / "data" / "entries" / "8.sdjwt\n9.sdjwt").write_text("x")
    assert _refused(folder)
    assert not mark.exists()


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="needs shellcheck")
def test_script_is_linted() -> None:
    """Shellcheck finds nothing in VERIFY.sh."""
    subprocess.run(["shellcheck", SCRIPT], check=True)


@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_script_parses(shell: str) -> None:
    """Each shell reads the script."""
    if not shutil.which(shell):
        pytest.skip(f"needs {shell}")
    subprocess.run([shell, "-n", SCRIPT], check=True)
