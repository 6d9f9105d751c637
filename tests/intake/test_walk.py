"""Walking: what is found, in which order, and what is refused."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import UsageError
from provenance.intake.failures import Failure, FailureCode
from provenance.intake.names import foreign_text, name_bytes, name_text
from provenance.intake.walk import Candidate, Root, walk


def _found(*roots: Path | Root, exclude: tuple[Path, ...] = ()) -> list[tuple[str, str]]:
    return [
        (each.place.relative, each.code.value if isinstance(each, Failure) else "file")
        for each in walk(roots, exclude=exclude)
    ]


def test_stable_order(tmp_path: Path) -> None:
    """Names come in the order of their bytes, a subfolder at the place of its name."""
    for name in ("b/z", "b/a", "B", "a.txt", "c/d/e", "ä"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    expected = ["B", "a.txt", "b/a", "b/z", "c/d/e", "ä"]
    assert [name for name, _ in _found(tmp_path)] == expected


def test_metadata(tmp_path: Path) -> None:
    """A candidate carries size, times and identity as the file system states them."""
    file = tmp_path / "a"
    file.write_bytes(b"12345")
    (found,) = walk([file])
    assert isinstance(found, Candidate)
    status = file.stat()
    assert (found.size, found.mtime_ns) == (5, status.st_mtime_ns)
    assert (found.inode, found.device) == (status.st_ino, status.st_dev)
    assert (found.path, found.relative) == (os.fsencode(file.resolve()), b"a")


def test_special_files(tmp_path: Path) -> None:
    """Pipes, sockets and every sort of link in a folder are failures, each with its own code."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "target").write_bytes(b"x")
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "up").symlink_to(tmp_path)
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(tmp_path)  # the path of a socket may have at most 107 bytes
        try:
            listener.bind("socket")
        finally:
            os.chdir(here)
        found = dict(_found(tmp_path))
    assert found == {
        "fifo": "fifo",
        "target": "file",
        "link": "link-not-followed",
        "dangling": "link-dangling",
        "loop": "link-loop",
        "up": "link-not-followed",
        "socket": "socket",
    }


def test_device() -> None:
    """A device named by hand is refused by its kind."""
    assert _found(Path("/dev/null")) == [("null", "device")]


def test_named_links(tmp_path: Path) -> None:
    """A link that a person names is followed; one that leads nowhere is a clear failure."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a").write_bytes(b"x")
    for name, target in (("f", "folder/a"), ("d", "folder"), ("gone", "nowhere"), ("o", "o")):
        (tmp_path / name).symlink_to(target)
    assert _found(tmp_path / "f") == [("f", "file")]
    assert _found(tmp_path / "d") == [("a", "file")]
    assert _found(tmp_path / "gone") == [("gone", "link-dangling")]
    assert _found(tmp_path / "o") == [("o", "link-loop")]
    assert _found(tmp_path / "missing") == [("missing", "not-found")]


def test_rest_goes_on(tmp_path: Path) -> None:
    """A root that is missing does not stop the next one."""
    (tmp_path / "a").write_bytes(b"x")
    found = _found(tmp_path / "missing", tmp_path / "a")
    assert found == [("missing", "not-found"), ("a", "file")]


def test_overlapping_roots(tmp_path: Path) -> None:
    """What is named twice, or lies inside another root, is walked once."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a").write_bytes(b"x")
    roots = (tmp_path / "in/a", tmp_path, tmp_path / "in", tmp_path)
    assert _found(*roots) == [("in/a", "file")]


def test_own_desk(tmp_path: Path) -> None:
    """The desk's folder is refused from outside, from inside, and through a link."""
    (tmp_path / "desk/blobs").mkdir(parents=True)
    (tmp_path / "desk/blobs/x").write_bytes(b"x")
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "way").symlink_to("desk/blobs")
    desk = (tmp_path / "desk",)
    outside = [("a", "file"), ("desk", "own-desk"), ("way", "link-not-followed")]
    assert _found(tmp_path, exclude=desk) == outside
    assert _found(tmp_path / "desk/blobs/x", exclude=desk) == [("x", "own-desk")]
    assert _found(tmp_path / "way", exclude=desk) == [("way", "own-desk")]
    assert _found(tmp_path / "a", exclude=(tmp_path / "no desk yet",)) == [("a", "file")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_folder(tmp_path: Path) -> None:
    """A folder that may not be listed is one failure, and the rest goes on."""
    (tmp_path / "closed").mkdir()
    (tmp_path / "open").write_bytes(b"x")
    (tmp_path / "closed").chmod(0)
    try:
        assert _found(tmp_path) == [("closed", "unreadable"), ("open", "file")]
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_unreadable_folder_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system refuses to list or to look at is a failure of its own; also under root."""
    for name in ("closed", "gone", "open"):
        (tmp_path / name).mkdir()
    (tmp_path / "open/b").write_bytes(b"x")
    (tmp_path / "open/v").write_bytes(b"x")
    real_list, real_look = os.listdir, os.lstat

    def listdir(path: bytes) -> list[bytes]:
        if path.endswith(b"closed"):
            raise PermissionError(13, "refused")
        return real_list(path)

    def lstat(path: bytes) -> os.stat_result:
        if path.endswith((b"/gone", b"/v")):
            raise FileNotFoundError(2, "gone")
        return real_look(path)

    monkeypatch.setattr(os, "listdir", listdir)
    monkeypatch.setattr("provenance.intake.walk.os.lstat", lstat)
    assert _found(Root(path=os.fsencode(tmp_path), relative=b"")) == [
        ("closed", "unreadable"),
        ("gone", "vanished"),
        ("open/b", "file"),
        ("open/v", "vanished"),
    ]


def test_folder_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is mounted inside itself is left, not walked for ever."""
    (tmp_path / "a/b").mkdir(parents=True)
    real = os.lstat
    top = tmp_path.stat()
    # A bind mount needs root; its one visible effect is that the inner folder is the outer one.
    monkeypatch.setattr(
        "provenance.intake.walk.os.lstat", lambda path: top if path.endswith(b"/b") else real(path)
    )
    assert _found(tmp_path) == [("a/b", "folder-loop")]


def test_deep_folders(tmp_path: Path) -> None:
    """Depth costs no recursion; a path that the system cannot open any more is a failure."""
    here = os.open(tmp_path, os.O_RDONLY)
    top = here
    for _ in range(60):
        os.mkdir("d" * 100, dir_fd=here)
        below = os.open("d" * 100, os.O_RDONLY, dir_fd=here)
        if here != top:
            os.close(here)
        here = below
    os.close(here)
    ((_, code),) = _found(tmp_path)
    assert code == "path-too-long"
    # The system's own tools remove it by descriptor, which the test runner's clean-up cannot.
    _remove_chain(top, "d" * 100)
    os.close(top)


def _remove_chain(top: int, name: str) -> None:
    chain = [os.dup(top)]
    while name in os.listdir(chain[-1]):  # noqa: PTH208 - a descriptor
        chain.append(os.open(name, os.O_RDONLY, dir_fd=chain[-1]))
    for below in reversed(chain[:-1]):
        os.close(chain.pop())
        os.rmdir(name, dir_fd=below)
    os.close(chain.pop())


def test_strange_names(tmp_path: Path) -> None:
    """Names that are no UTF-8, hold line feeds or backslashes come back byte for byte."""
    raw = [b"\xff\xfe", b"new\nline", b"back\\slash", b"x\\x41", "ü".encode("latin-1")]
    for name in raw:
        with open(os.path.join(os.fsencode(tmp_path), name), "wb"):  # noqa: PTH118, PTH123 - bytes
            pass
    found = list(walk([tmp_path]))
    assert sorted(name_bytes(each.place.relative) for each in found) == sorted(raw)
    assert {each.place.relative for each in found} >= {"\\xff\\xfe", "back\\\\slash", "\\xfc"}


def test_root_keeps_its_name(tmp_path: Path) -> None:
    """A root with an old relative name passes it on: a repeated run speaks of the same file."""
    (tmp_path / "a").write_bytes(b"x")
    root = Root(path=os.fsencode(tmp_path / "a"), relative=b"deep/a")
    assert _found(root) == [("deep/a", "file")]
    folder = Root(path=os.fsencode(tmp_path), relative=b"deep")
    assert _found(folder) == [("deep/a", "file")]


@given(st.binary(max_size=64))
def test_names_round_trip(raw: bytes) -> None:
    """Any bytes have one text form, JSON can carry it, and it leads back to them."""
    text = name_text(raw)
    text.encode("utf-8")
    assert name_bytes(text) == raw


@given(st.text(st.characters(exclude_categories=()), max_size=32))
def test_text_forms_are_unique(text: str) -> None:
    """A text is either the one text form of its bytes or refused as none."""
    try:
        raw = name_bytes(text)
    except UsageError:
        return
    assert name_text(raw) == text


@given(st.text(st.characters(exclude_categories=()), max_size=32))
def test_foreign_text_is_total(text: str) -> None:
    """Whatever a library decoded a name to, its text form is sound."""
    name_bytes(foreign_text(text))


def test_every_code_has_a_sentence(tmp_path: Path) -> None:
    """Each failure code says what happened in one plain sentence."""
    (place,) = (each.place for each in walk([tmp_path / "missing"]))
    for code in FailureCode:
        assert Failure(code=code, place=place).sentence.endswith(".")


@pytest.mark.parametrize("text", ["\\", "\\x4", "\\x41", "\\xC3", "\\xc3\\xa9", "\ud800", "\\n"])
def test_other_texts_are_refused(text: str) -> None:
    """A stray backslash, half a character, or an escape of what is text is no text form."""
    with pytest.raises(UsageError):
        name_bytes(text)
