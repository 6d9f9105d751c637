"""`prov ingest` as people use it: folders, manifests, failures, Ctrl-C, progress on a terminal."""

import hashlib
import io
import json
import os
import pty
import signal
import socket
import subprocess
import time
import warnings
import zipfile
from pathlib import Path

import pytest

from provenance_cli.cards import duration_text
from provenance_cli.progress import Progress
from tests.cli.conftest import Prov
from tests.desk.scene import (
    AMAL,
    Scene,
    environment,
    json_lines,
    mail_bytes,
    mbox_bytes,
    prov_command,
    zip_bytes,
)
from tests.signatures.detached.maker import Numbered


def test_a_folder_and_a_second_run(prov: Prov, scene: Scene) -> None:
    """A folder is taken with its subfolders; the summary counts; a second run skips all of it."""
    scene.write("a.txt", b"a")
    scene.write("deep/deeper/b.txt", b"b")
    scene.write("deep/again.txt", b"a")
    first = prov("ingest", scene.inbox, "--no-examine", desk=scene, key=AMAL)
    assert first.code == 0
    assert first.err.startswith("prov: 2 received, 1 again; ")
    again = prov("ingest", scene.inbox, "--no-examine", desk=scene, key=AMAL)
    assert again.code == 0
    assert again.err.startswith("prov: 0 received, 3 known already; ")


def test_a_run_too_short_to_tell_has_no_duration() -> None:
    """Below a tenth of a second no time is told, nor "0 s left" of a run that is all but over."""
    assert [duration_text(one) for one in (0.0, 0.04, 0.099)] == ["", "", ""]
    assert [duration_text(one) for one in (0.1, 1.25, 61.0)] == ["0.1 s", "1.2 s", "61.0 s"]
    progress = Progress("taking", total=4)
    progress.add(4)
    assert "s left" not in progress.line()


def test_an_empty_folder_is_nothing_to_take(prov: Prov, scene: Scene) -> None:
    """Where there is nothing to take the exit code is 3, not 0."""
    assert prov("ingest", scene.inbox, desk=scene, key=AMAL).code == 3


def test_manifests(prov: Prov, scene: Scene, tmp_path: Path) -> None:
    """Matches are 0; a mismatch or an absent file is 1, taken and named all the same."""
    scene.write("a.txt", b"a")
    scene.write("b.txt", b"b")
    good = {name: hashlib.sha256(name[:1].encode()).hexdigest() for name in ("a.txt", "b.txt")}
    manifest = tmp_path / "claims"

    def claim(**claims: str) -> None:
        lines = [f"{digest}  {name.replace('_', '.')}\n" for name, digest in claims.items()]
        manifest.write_text("".join(lines), encoding="utf-8")

    words = ("ingest", scene.inbox, "--no-examine", "--manifest", manifest)
    claim(a_txt=good["a.txt"], b_txt="0" * 64, c_txt="1" * 64)
    ran = prov(*words, desk=scene, key=AMAL)
    assert ran.code == 1
    assert "2 received, 1 NOT as claimed, 1 claimed but absent" in ran.err
    assert "claimed but absent: c.txt" in ran.err
    shown = prov("list", "--json", desk=scene).lines
    outcomes = {}
    for line in shown:
        card = json.loads(prov("show", line["accession"], "--json", desk=scene).out)
        outcomes[line["name"]] = card["exemplars"][0]["arrivals"][0]["claim"]
    assert outcomes == {"a.txt": "match", "b.txt": "mismatch"}
    claim(a_txt=good["a.txt"], b_txt=good["b.txt"])
    os.utime(scene.inbox / "a.txt", (1, 1))
    os.utime(scene.inbox / "b.txt", (1, 1))
    assert prov(*words, desk=scene, key=AMAL).code == 0
    manifest.write_text("nonsense\n", encoding="utf-8")
    assert prov(*words, desk=scene, key=AMAL).code == 2


def test_members_show_their_container(prov: Prov, scene: Scene) -> None:
    """`prov show` of a member of an archive, a message and a mailbox names the container."""
    containers = {
        "bundle.zip": zip_bytes({"inside.txt": b"inside"}),
        "one.eml": mail_bytes("one", attached=b"attached"),
        "box.mbox": mbox_bytes(scene.base / "scratch", "first", "second"),
    }
    for name, data in containers.items():
        scene.write(name, data)
    assert prov("ingest", scene.inbox, "--no-examine", desk=scene, key=AMAL).code == 0
    parents: dict[str, int] = {}
    for line in prov("list", "--json", desk=scene).lines:
        card = json.loads(prov("show", line["accession"], "--json", desk=scene).out)
        arrival = card["exemplars"][0]["arrivals"][0]
        if arrival["container"]:
            parents[arrival["container"]] = parents.get(arrival["container"], 0) + 1
            assert arrival["member"]
            plain = prov("show", line["accession"], desk=scene).out
            assert f"out of container {arrival['container'][:12]}" in " ".join(plain.split())
    expected = {hashlib.sha256(data).hexdigest() for data in containers.values()}
    assert expected <= parents.keys()
    assert parents[hashlib.sha256(containers["box.mbox"]).hexdigest()] == 2


def test_what_cannot_be_taken(prov: Prov, scene: Scene, tmp_path: Path) -> None:
    """Pipes, sockets, dangling links are failures, the rest goes on; `--retry` takes only those."""
    scene.write("good.txt", b"good")
    os.mkfifo(scene.inbox / "pipe")
    (scene.inbox / "link").symlink_to("nowhere")
    with socket.socket(socket.AF_UNIX) as open_socket:
        here = Path.cwd()
        os.chdir(scene.inbox)  # a socket's path must be short
        open_socket.bind("socket")
        os.chdir(here)
    listed = tmp_path / "failures.jsonl"
    words = ("ingest", "--no-examine", "--failures", listed)
    ran = prov(*words, scene.inbox, desk=scene, key=AMAL)
    assert ran.code == 1
    assert "1 received, 3 failed" in ran.err
    assert f"prov ingest --retry {listed}" in ran.err
    failed = json_lines(listed.read_text("utf-8"))
    assert {str(line["relative"]) for line in failed} == {"pipe", "link", "socket"}
    (scene.inbox / "pipe").unlink()
    (scene.inbox / "pipe").write_bytes(b"a file now")
    (scene.inbox / "other.txt").write_bytes(b"not on the list")
    ran = prov("ingest", "--no-examine", "--retry", listed, desk=scene, key=AMAL)
    assert ran.code == 1
    assert "1 received, 2 failed" in ran.err
    both = prov("ingest", scene.inbox, "--retry", listed, desk=scene, key=AMAL)
    assert both.code == 2


def test_what_is_in_an_archive_is_told_apart_from_it(
    prov: Prov, scene: Scene, tmp_path: Path
) -> None:
    """An archive that was taken is never called not taken; a member's failure stands on a retry."""
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("twice.txt", b"one")
        archive.writestr("twice.txt", b"two")
        archive.writestr("zip.lzma", b"x" * 999, compress_type=zipfile.ZIP_LZMA)
    whole = box.getvalue()
    cut = scene.write("cut.zip", whole[:-30])
    scene.write("box.zip", whole)
    listed, again = tmp_path / "failures.jsonl", tmp_path / "again.jsonl"
    words = ("ingest", "--no-examine", "--failures")
    ran = prov(*words, listed, scene.inbox, desk=scene, key=AMAL)
    said = " ".join(ran.err.split())
    assert ran.code == 1
    assert "4 received, 2 failed" in said
    assert "taken, not wholly unpacked: cut.zip: " in said
    assert "not taken: box.zip > zip.lzma: " in said
    assert "taken: box.zip > twice.txt: " in said
    assert "not taken: box.zip > twice.txt" not in said
    ran = prov(*words, again, "--retry", listed, desk=scene, key=AMAL)
    said = " ".join(ran.err.split())
    assert ran.code == 1
    assert "0 received, 2 known already, 2 failed as before" in said
    assert "as before: box.zip > zip.lzma: " in said
    assert again.read_bytes() == listed.read_bytes()
    cut.write_bytes(whole)
    (scene.inbox / "box.zip").write_bytes(b"mended")
    ran = prov("ingest", "--no-examine", "--retry", again, desk=scene, key=AMAL)
    assert "as before" not in ran.err


def test_a_further_copy(prov: Prov, scene: Scene) -> None:
    """`--item` adds a copy of an item; the same bytes for another item are refused."""
    one, two = scene.write("1.txt", b"one"), scene.write("2.txt", b"two")
    for path in (one, two):
        assert prov("ingest", path, "--no-examine", desk=scene, key=AMAL).code == 0
    first, second = (str(line["accession"]) for line in prov("list", "--json", desk=scene).lines)
    scan = scene.write("scan.txt", b"scan")
    words = ("ingest", "--no-examine", "--form", "scan", "--item")
    assert prov(*words, first, scan, desk=scene, key=AMAL).code == 0
    assert len(json.loads(prov("show", first, "--json", desk=scene).out)["exemplars"]) == 2
    copy = scene.write("copy.txt", b"scan")
    refused = prov(*words, second, copy, desk=scene, key=AMAL)
    assert refused.code == 2
    assert "another item" in refused.err


def test_a_source_is_never_named(prov: Prov, scene: Scene) -> None:
    """What is no handle is refused without being repeated; a handle is in no line of talk."""
    path = scene.write("a.txt", b"a")
    ran = prov("ingest", path, "--source", "Jane Doe", desk=scene, key=AMAL)
    assert ran.code == 2
    assert "Jane" not in ran.err + ran.out
    ran = prov("ingest", path, "--source", "QZ-4711", "--json", desk=scene, key=AMAL)
    assert ran.code == 0
    assert "QZ-4711" not in ran.err + ran.out
    again = prov("ingest", path, "--source", "QZ-4711", "--item", "zz", desk=scene, key=AMAL)
    assert again.code == 2
    assert "QZ-4711" not in again.err


def test_a_later_run_examines_what_was_left(prov: Prov, scene: Scene) -> None:
    """What a run took and did not examine is examined by the next one, though it reads no file."""
    path = scene.write("a.txt", b"a")
    prov("ingest", path, "--no-examine", desk=scene, key=AMAL)
    ran = prov("ingest", path, desk=scene, key=AMAL)
    assert "1 known already, 1 examined (1 left by earlier runs)" in ran.err
    assert "examined" not in prov("ingest", path, desk=scene, key=AMAL).err


@pytest.mark.slow
def test_ctrl_c(scene: Scene, tmp_path: Path) -> None:
    """Ctrl-C ends a run with one line and exit code 130; the same command goes on from there."""
    for number in range(800):
        scene.write(f"{number}.txt", os.urandom(40))
    words = ("ingest", scene.inbox, "--no-examine", "--json", "--desk", scene.desk, "--key", AMAL)
    child = subprocess.Popen(
        prov_command(*words), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    assert child.stdout is not None
    first = child.stdout.readline()
    os.killpg(child.pid, signal.SIGINT)
    rest = child.stdout.read()
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert err == (
        "prov: stopped; everything acknowledged so far is safe. Run it again to go on.\n"
    )
    taken = len(json_lines(first + rest))
    assert 0 < taken < 800
    again = subprocess.run(
        prov_command(*words), env=environment(), capture_output=True, text=True, check=True
    )
    with scene.open() as desk:
        assert len(list(desk.items())) == 800
        assert desk.audit().log_holds
    assert len(json_lines(again.stdout)) <= 800 - taken


def test_ctrl_c_while_examining(scene: Scene) -> None:
    """Ctrl-C while files are examined is one line too; the next run examines the rest."""
    for number in range(40):
        scene.write(f"{number}.txt", os.urandom(40).hex().encode())
    words = ("ingest", scene.inbox, "--json", "--desk", scene.desk, "--key", AMAL)
    child = subprocess.Popen(
        prov_command(*words), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    assert child.stdout is not None
    for _ in range(40):
        child.stdout.readline()
    time.sleep(0.05)  # whatever it does by then: examining, or done
    os.killpg(child.pid, signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode in {0, 130}, err
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1, err


@pytest.mark.slow
@pytest.mark.parametrize("columns", [80, 40])
def test_progress_on_a_terminal(scene: Scene, columns: int) -> None:
    """On a terminal stderr shows files/s on one line of its width, and ends with the summary."""
    for number in range(400):
        scene.write(f"{number}.txt", os.urandom(40))
    ours, theirs = pty.openpty()
    words = ("ingest", scene.inbox, "--no-examine", "--desk", scene.desk, "--key", AMAL)
    child = subprocess.Popen(
        prov_command(*words), env=environment(TERM="xterm", COLUMNS=str(columns)),
        stdout=subprocess.DEVNULL, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:  # Linux says so when the other side has closed
            break
        if not block:
            break
        seen += block
    os.close(ours)
    assert child.wait(60) == 0
    text = seen.decode()
    drawn = [line for line in text.split("\r") if line.startswith("taking")]
    assert drawn
    if columns == 80:  # a narrower one has no room for all of it
        assert any("/400" in line and "/s" in line for line in drawn)
    assert all(len(line.split("\x1b")[0]) < columns for line in drawn)
    assert "\x1b[K" in text
    assert "prov: 400 received; " in text


def test_a_signature_that_comes_later_is_told_with_its_document(prov: Prov, scene: Scene) -> None:
    """The document that was UNSIGNED is examined again and named; its card is not left behind."""
    letter = scene.write("letter.txt", b"Dear Sir\n")
    assert prov("ingest", letter, desk=scene, key=AMAL).code == 0
    seal = scene.write("letter.txt.minisig", Numbered().minisign(b"Dear Sir\n"))
    ran = prov("ingest", seal, desk=scene, key=AMAL)
    assert ran.code == 0
    assert "examined again, with what came now: 2026-0001" in ran.err
    lines = prov("list", "--json", desk=scene).lines
    assert [line["signature"] for line in lines] == ["NOT_CHECKABLE"] * 2  # no key is pinned


def test_each_new_item_has_a_line(prov: Prov, scene: Scene) -> None:
    """Number, name and status are told of the first twenty; of the rest, how many there are."""
    one = prov("ingest", scene.write("letter.txt", b"Dear Sir"), desk=scene, key=AMAL)
    assert one.out == "2026-0001  letter.txt  UNSIGNED\n"
    for number in range(22):
        scene.write(f"leak/{number:02}.txt", b"%d" % number)
    scene.write("leak/23.txt", b"Dear Sir")
    ran = prov("ingest", scene.inbox / "leak", "--no-examine", desk=scene, key=AMAL)
    told = ran.out.splitlines()
    assert told[0] == "2026-0002  00.txt  not examined"
    assert len(told) == 21
    assert told[-1] == "and 3 more (`prov list`)"
    other = prov("ingest", scene.write("b.txt", b"Dear Sir"), desk=scene, key=AMAL)
    assert other.out == "2026-0001  b.txt  UNSIGNED  (these bytes were here already)\n"
