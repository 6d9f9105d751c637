"""Whatever is wrong: one clear line on stderr, the right exit code, nothing lost, no traceback."""

import contextlib
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Prov, Ran
from tests.desk.scene import (
    AMAL,
    JOAN,
    Scene,
    environment,
    prov_command,
    prov_process,
)

AS_ROOT = os.geteuid() == 0


def assert_one_line(ran: "Ran | subprocess.CompletedProcess[str]", code: int, *words: str) -> None:
    """One line of talk, hints indented under it, the exit code, nothing on stdout."""
    err = ran.err if isinstance(ran, Ran) else ran.stderr
    out = ran.out if isinstance(ran, Ran) else ran.stdout
    assert (ran.code if isinstance(ran, Ran) else ran.returncode) == code, err
    assert out == ""
    talk = [line for line in err.splitlines() if line.startswith("prov: ")]
    rest = [line for line in err.splitlines() if not line.startswith("prov: ")]
    assert len(talk) == 1, err
    assert len(rest) <= 1, err
    assert all(line.startswith("      ") for line in rest), err
    assert "Traceback" not in err
    assert "a fault in this program" not in err
    for word in words:
        assert re.search(word, talk[0]), err


def sizes(scene: Scene) -> int:
    """How many entries the log has."""
    with scene.open() as desk:
        return desk.parts.ledger.size()


@pytest.mark.parametrize(
    "words", [("--at", "2020-01-06T00:00:00Z"), ("--ocr", "eng"), ("--claims", "2020-01-06")]
)
def test_stale_takes_no_wish_for_one_item(prov: Prov, words: tuple[str, str]) -> None:
    """What would not be heeded is refused."""
    assert_one_line(prov("examine", "--stale", *words), 2, "not with --stale")


def test_no_desk(prov: Prov, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is no desk, and no desk anywhere upward, are usage errors."""
    assert_one_line(prov("list", "--desk", tmp_path / "absent"), 2, "no desk")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert_one_line(prov("list", "--desk", tmp_path / "file"), 2, "no desk")
    monkeypatch.chdir(tmp_path)
    assert_one_line(prov("list"), 2, "no desk here")


def test_the_nearest_desk_upward_is_taken(
    prov: Prov, full: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without an option the desk is the one around the present folder, or PROV_DESK's."""
    monkeypatch.chdir(full.desk / "published")
    assert prov("list").code == 0
    monkeypatch.chdir("/")
    monkeypatch.setenv("PROV_DESK", str(full.desk))
    assert prov("list").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("ingest",),
        ("ingest", "--form", "fax", "."),
        ("custody", "offer"),
        ("verdict", "sign", "x", "--no-such-option"),
        ("show",),
        ("inspect",),
        ("report", "x", "--format", "pdf"),
    ],
)
def test_usage_errors_are_exit_code_2(prov: Prov, scene: Scene, words: tuple[str, ...]) -> None:
    """A command line that makes no sense is exit code 2, told on stderr only."""
    takes_desk = words[0] not in {"nonsense", "inspect"} and len(words) > 1
    key = {"key": AMAL} if words[0] == "ingest" else {}
    ran = prov(*words, **({"desk": scene} | key if takes_desk else {}))
    assert ran.code == 2, ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err


def test_nothing_named_prints_help_and_is_usage(prov: Prov) -> None:
    """`prov` alone shows what there is and is no success."""
    ran = prov()
    assert ran.code == 2
    assert "ingest" in ran.out + ran.err


def test_wrong_paths(prov: Prov, scene: Scene, tmp_path: Path) -> None:
    """A path, manifest, failure list or dossier that is not there is a usage error, named."""
    absent = tmp_path / "absent.txt"
    here = scene.write("a.txt", b"a")
    assert_one_line(prov("ingest", absent, desk=scene, key=AMAL), 2, "absent.txt")
    for option in ("--manifest",):
        assert_one_line(prov("ingest", here, option, absent, desk=scene, key=AMAL), 2, "absent")
    assert_one_line(prov("ingest", "--retry", absent, desk=scene, key=AMAL), 2, "absent")
    assert_one_line(prov("inspect", absent), 2, "absent")
    assert_one_line(prov("statement", "evaluate", absent), 2, "absent")
    words = ("statement", "import", absent, "--item", "x")
    assert_one_line(prov(*words, desk=scene, key=AMAL), 2, "absent")
    assert sizes(scene) == 3


def test_items_that_are_not_there(prov: Prov, full: Scene) -> None:
    """An unknown item is not found; a beginning of several is ambiguous, with a hint."""
    assert_one_line(prov("show", "1999-0001", desk=full), 2, "no item")
    year = prov("list", "--json", desk=full).lines[0]["accession"]
    assert_one_line(prov("show", str(year)[:4], desk=full), 2, "several")


@pytest.mark.slow
def test_a_locked_desk(scene: Scene) -> None:
    """A writer waits for another as long as PROV_LOCK_TIMEOUT says, then is 4; reading goes on."""
    path = scene.write("a.txt", b"a")
    holder = sqlite3.connect(scene.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    words = ("ingest", path, "--no-examine", "--desk", scene.desk, "--key", AMAL)
    ran = prov_process(*words, PROV_LOCK_TIMEOUT="0.2")
    assert_one_line(ran, 4, "another process")
    assert prov_process("key", "list", "--desk", scene.desk).returncode == 0
    holder.close()
    assert prov_process(*words).returncode == 0


@pytest.mark.parametrize("stated", ["soon", "-1", "nan", "inf", ""])
def test_a_lock_timeout_is_a_number(
    prov: Prov, scene: Scene, monkeypatch: pytest.MonkeyPatch, stated: str
) -> None:
    """PROV_LOCK_TIMEOUT that is no number of seconds is a usage error."""
    monkeypatch.setenv("PROV_LOCK_TIMEOUT", stated)
    assert_one_line(prov("list", desk=scene), 2, "PROV_LOCK_TIMEOUT")


def spoil_toml(scene: Scene) -> None:
    (scene.desk / "desk.toml").write_bytes(b"origin = \xff")


def empty_toml(scene: Scene) -> None:
    (scene.desk / "desk.toml").write_bytes(b"")


def newer_format(scene: Scene) -> None:
    path = scene.desk / "desk.toml"
    path.write_text(path.read_text("utf-8").replace("format = 1", "format = 9"), encoding="utf-8")


def newer_revision(scene: Scene) -> None:
    database = sqlite3.connect(scene.database)
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    database.close()


def no_database(scene: Scene) -> None:
    scene.database.unlink()


def empty_database(scene: Scene) -> None:
    scene.database.write_bytes(b"")


def not_a_database(scene: Scene) -> None:
    scene.database.write_bytes(b"this is a letter, not a database\n" * 500)


def truncated_database(scene: Scene) -> None:
    os.truncate(scene.database, scene.database.stat().st_size // 2)


def no_blobs(scene: Scene) -> None:
    shutil.rmtree(scene.desk / "blobs")


def no_keys(scene: Scene) -> None:
    scene.keys.rename(scene.keys.with_name("elsewhere"))


def no_log_key(scene: Scene) -> None:
    (scene.keys / "log.key").unlink()


def no_mark_key(scene: Scene) -> None:
    (scene.keys / "mark.key").unlink()


def no_kek(scene: Scene) -> None:
    (scene.keys / "subject-keys.kek").unlink()


def no_subject_keys(scene: Scene) -> None:
    (scene.keys / "subject-keys.db").unlink()


def spoilt_subject_keys(scene: Scene) -> None:
    (scene.keys / "subject-keys.db").write_bytes(b"nothing of the kind\n" * 300)


def kek_for_everybody(scene: Scene) -> None:
    (scene.keys / "subject-keys.kek").chmod(0o644)


def spoilt_log_key(scene: Scene) -> None:
    (scene.keys / "log.key").write_bytes(b"not a key\n")


@pytest.mark.parametrize(
    "damage",
    [
        spoil_toml, empty_toml, newer_format, newer_revision, no_database, empty_database,
        not_a_database, truncated_database, no_blobs, no_keys, no_log_key, no_mark_key, no_kek,
        no_subject_keys, spoilt_subject_keys, kek_for_everybody, spoilt_log_key,
    ],
    ids=lambda damage: damage.__name__,
)  # fmt: skip
def test_broken_surroundings(prov: Prov, full: Scene, damage: object) -> None:
    """Each kind of damage is one line and exit code 4, for looking, auditing and writing alike."""
    damage(full)  # type: ignore[operator] # one of the functions above
    path = full.write("new.txt", b"new")
    assert_one_line(prov("list", desk=full), 4)
    assert_one_line(prov("audit", desk=full), 4)
    assert_one_line(prov("ingest", path, desk=full, key=AMAL), 4)


def test_keys_of_custodians(prov: Prov, scene: Scene, tmp_path: Path) -> None:
    """No key named among several, an unknown one, a damaged one: each says which."""
    path = scene.write("a.txt", b"a")
    assert_one_line(prov("ingest", path, desk=scene), 2, "--key")
    assert_one_line(prov("ingest", path, desk=scene, key="nobody"), 4, f"nobody.*{AMAL}.*{JOAN}")
    (scene.keys / "custodians" / "joan.key").write_bytes(b"x")
    assert_one_line(prov("ingest", path, desk=scene, key=JOAN), 4, r"joan\.key")
    for key in (scene.keys / "custodians").iterdir():
        key.unlink()
    assert_one_line(prov("ingest", path, desk=scene), 4, "no custodian's key")
    assert_one_line(prov("ingest", path, desk=scene, key=tmp_path / "absent.key"), 4, "absent")
    assert sizes(scene) == 3


@pytest.mark.skipif(AS_ROOT, reason="root reads every file")
def test_an_unreadable_key(prov: Prov, scene: Scene) -> None:
    """A key that this user may not read is one line and exit code 4."""
    (scene.keys / "custodians" / "joan.key").chmod(0)
    ran = prov("ingest", scene.write("a.txt", b"a"), desk=scene, key=JOAN)
    assert_one_line(ran, 4, r"joan\.key", "ermission")


def test_a_key_that_is_a_folder(prov: Prov, scene: Scene) -> None:
    """What stands in a key's place and is no file is an unavailable key."""
    (scene.keys / "log.key").unlink()
    (scene.keys / "log.key").mkdir()
    assert_one_line(prov("list", desk=scene), 4, r"log\.key")


@pytest.mark.slow
def test_passphrases(prov: Prov, scene: Scene, tmp_path: Path) -> None:
    """A wrong passphrase, none to be had, and no file for it: exit code 4, and never repeated."""
    secret, wrong = tmp_path / "secret", tmp_path / "wrong"
    secret.write_text("open sesame\n", encoding="utf-8")
    wrong.write_text("guessed-word\n", encoding="utf-8")
    assert prov("key", "new", "sealed", "--passphrase-file", secret, desk=scene).code == 0
    enrol = ("key", "enrol", "sealed", "--person", "Sue Sealed", "--role", "editor")
    ran = prov(*enrol, "--new-passphrase-file", secret, desk=scene, key=AMAL)
    assert ran.code == 0, ran.err
    path = scene.write("a.txt", b"a")
    words = ("ingest", path, "--no-examine")
    ran = prov(*words, "--passphrase-file", wrong, desk=scene, key="sealed")
    assert_one_line(ran, 4, "passphrase")
    assert "guessed-word" not in ran.err
    ran = prov(*words, "--passphrase-file", tmp_path / "absent", desk=scene, key="sealed")
    assert_one_line(ran, 4, "passphrase file")
    prov_ran = prov_process(*words, "--desk", scene.desk, "--key", "sealed")
    assert_one_line(prov_ran, 4, "no terminal")
    assert prov(*words, "--passphrase-file", secret, desk=scene, key="sealed").code == 0


def test_an_unenrolled_key_is_refused(prov: Prov, scene: Scene) -> None:
    """A key that was made and not enrolled signs nothing; the line says what to do."""
    prov("key", "new", "newcomer", "--no-passphrase", desk=scene)
    ran = prov("ingest", scene.write("a.txt", b"a"), desk=scene, key="newcomer")
    assert_one_line(ran, 2, "key enrol")
    assert sizes(scene) == 3
    assert prov("audit", desk=scene).code == 0


def test_init_refuses_what_is_there(prov: Prov, scene: Scene, tmp_path: Path) -> None:
    """A desk is not made over a desk, over other files, or with its keys inside it."""
    new = ("--name", "Ann", "--no-passphrase")
    assert_one_line(prov("init", scene.desk, *new), 2, "already")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x").write_bytes(b"x")
    assert_one_line(prov("init", tmp_path / "other", *new), 2, "other files")
    inside = ("--keys", tmp_path / "d" / "keys")
    assert_one_line(prov("init", tmp_path / "d", *new, *inside), 2, "key folder")


def first_item(scene: Scene) -> str:
    """The accession number of the first item."""
    with scene.open() as desk:
        return next(iter(desk.items())).accession


@pytest.mark.parametrize("seed", range(8))
def test_random_damage_to_the_database(prov: Prov, full: Scene, seed: int) -> None:
    """Random bytes over random pages are told in one line or found, never a program's fault."""
    chance = random.Random(seed)  # noqa: S311 repeatable damage, not a secret
    note = ("custody", "note", first_item(full), "x")
    data = bytearray(full.database.read_bytes())
    pages = len(data) // 4096
    for page in chance.sample(range(pages), 1 + seed % 3):
        start = page * 4096 + chance.randrange(0, 3000)
        data[start : start + 200] = chance.randbytes(200)
    full.database.write_bytes(data)
    for words in (("audit",), ("list",), note, ("rebuild",), ("ledger", "checkpoint")):
        key = {"key": AMAL} if words is note else {}
        ran = prov(*words, desk=full, **key)
        assert "a fault in this program" not in ran.err, (words, ran.err)
        assert ran.code in {0, 1, 2, 3, 4}
        if words != ("audit",) and ran.code:
            assert_one_line(ran, ran.code)


@contextlib.contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A file system of `size` bytes; root only."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.slow
@pytest.mark.skipif(not AS_ROOT, reason="only root mounts a small file system")
def test_a_full_disk(scene: Scene, tmp_path: Path) -> None:
    """A full disk is 4 in one line; the audit holds, and with room the same command completes."""
    with small_disk(tmp_path / "disk", 3 << 20) as disk:
        there = scene.copy(disk / "s")
        inbox = tmp_path / "in"
        inbox.mkdir()
        for number in range(40):
            (inbox / f"{number:02}.bin").write_bytes(os.urandom(100_000))
        words = ("ingest", inbox, "--no-examine", "--desk", there.desk, "--key", AMAL)
        ran = prov_process(*words)
        assert_one_line(ran, 4, "no space")
        subprocess.run(["mount", "-o", "remount,size=30m", str(disk)], check=True)
        audit = prov_process("audit", "--desk", there.desk)
        assert audit.returncode == 0, audit.stdout + audit.stderr
        assert prov_process(*words).returncode == 0
        assert "40 known" in prov_process(*words).stderr


@pytest.mark.slow
def test_a_file_size_limit(scene: Scene, tmp_path: Path) -> None:
    """Where files may not grow, the run ends in one line with exit code 4 and loses nothing."""
    (tmp_path / "big.bin").write_bytes(os.urandom(3 << 20))
    command = prov_command("ingest", tmp_path / "big.bin", "--desk", scene.desk, "--key", AMAL)
    limited = (
        "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20));"
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", limited, *command],
        env=environment(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert_one_line(ran, 4, "could not be written|disk failed")
    assert sizes(scene) == 3
    assert prov_process("audit", "--desk", scene.desk).returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_an_output_that_cannot_be_written(full: Scene) -> None:
    """Where stdout takes nothing, the exit code says so and there is no traceback."""
    with Path("/dev/full").open("w") as nowhere:
        ran = subprocess.run(
            prov_command("list", "--desk", full.desk),
            env=environment(), stdout=nowhere, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert ran.returncode == 4
    assert ran.stderr == "prov: the output cannot be written: no space left\n"


def test_a_reader_that_goes_away(full: Scene) -> None:
    """`prov list | head -0` is quiet and no failure."""
    ours, theirs = os.pipe()
    os.close(ours)
    ran = subprocess.run(
        prov_command("list", "--desk", full.desk),
        env=environment(), stdout=theirs, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(theirs)
    assert (ran.returncode, ran.stderr) == (0, "")
