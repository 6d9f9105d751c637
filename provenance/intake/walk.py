"""Find the files below what was named, in an order that is the same on every run.

Rules, in order:
  1. a root is followed if it is a link, because a person named it; links found inside a folder are
     reported and never followed, so a hostile folder cannot lead out of itself;
  2. a root that equals, or lies inside, another root is walked once, with the outermost;
  3. the desk's own folder (`exclude`), and whatever lies inside it, is refused;
  4. a folder's names come in the order of their bytes, a subfolder at the place of its name;
  5. devices, pipes, sockets, unreadable folders and folders that contain themselves are failures.
Only metadata is read. Between listing and opening anything may change: `receive` looks again.
Memory: the names of one folder and of the folders above it, about 80 bytes each. The names are
listed, not scanned, because scanned entries cost four times the memory while they wait to be
sorted.
"""

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from provenance.intake.failures import Failure, FailureCode, Place
from provenance.intake.names import name_text

_CODES: Final = {
    errno.ENOENT: FailureCode.VANISHED,
    errno.ENOTDIR: FailureCode.VANISHED,
    errno.EACCES: FailureCode.UNREADABLE,
    errno.EPERM: FailureCode.UNREADABLE,
    errno.ELOOP: FailureCode.LINK_LOOP,
    errno.ENAMETOOLONG: FailureCode.PATH_TOO_LONG,
    errno.ENXIO: FailureCode.SOCKET,  # open(2): the file is a socket
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A file or folder to walk, together with the name under which it was known before."""

    path: bytes
    relative: bytes
    """What `Candidate.relative` starts with: empty for a folder named for the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A regular file as the folder listing showed it; nothing of it has been read."""

    path: bytes
    """Absolute, links in the root resolved."""
    relative: bytes
    """Seen from the folder that was named, `/` between names; what a manifest speaks of."""
    size: int
    """Bytes."""
    mtime_ns: int
    """Nanoseconds since 1970 as the file system states them; anyone can set them."""
    inode: int
    device: int

    @property
    def place(self) -> Place:
        """Where the file lies, in text form."""
        return Place(path=name_text(self.path), relative=name_text(self.relative))


def failure_code(fault: OSError) -> FailureCode:
    """Return the code that stands for an error of the file system."""
    return _CODES.get(fault.errno or 0, FailureCode.READ_ERROR)


def file_kind(mode: int) -> FailureCode | None:
    """Return why a file of this mode is no regular file; None if it is one."""
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISFIFO(mode):
        return FailureCode.FIFO
    return FailureCode.SOCKET if stat.S_ISSOCK(mode) else FailureCode.DEVICE


def walk(
    roots: "Iterable[str | bytes | os.PathLike[str] | Root]",
    *,
    exclude: "Iterable[str | bytes | os.PathLike[str]]" = (),
) -> Iterator[Candidate | Failure]:
    """Yield every regular file at or below the roots, and a failure for whatever else is there.

    Args:
        roots: Files and folders; a plain path is its own root.
        exclude: Folders of the desk itself.
    """
    excluded = frozenset(_identities(exclude))
    for root in _outermost([_root(each) for each in roots]):
        yield from _from_root(root, excluded)


def _root(given: "str | bytes | os.PathLike[str] | Root") -> Root:
    return given if isinstance(given, Root) else Root(path=os.fsencode(given), relative=b"")


def _identities(
    folders: "Iterable[str | bytes | os.PathLike[str]]",
) -> Iterator[tuple[int, int]]:
    for folder in folders:
        try:
            status = os.stat(folder)  # noqa: PTH116 - paths here are bytes, which Path refuses
        except FileNotFoundError:
            continue  # a desk that is not there yet cannot be walked into
        yield status.st_dev, status.st_ino


def _above(path: bytes) -> Iterator[bytes]:
    while (parent := os.path.dirname(path)) != path:  # noqa: PTH120 - bytes
        yield parent
        path = parent


def _outermost(roots: list[Root]) -> Iterator[Root]:
    real = [os.path.realpath(root.path) for root in roots]
    every, seen = frozenset(real), set[bytes]()
    for root, path in zip(roots, real, strict=True):
        if path not in seen and every.isdisjoint(_above(path)):
            seen.add(path)
            yield root


def _from_root(root: Root, excluded: frozenset[tuple[int, int]]) -> Iterator[Candidate | Failure]:
    path = os.path.realpath(root.path)
    name = root.relative or os.path.basename(os.path.abspath(root.path))  # noqa: PTH100, PTH119 - bytes
    try:
        status = os.stat(root.path)  # noqa: PTH116 - bytes; follows the link a person named
    except OSError as fault:
        given = os.path.abspath(root.path)  # noqa: PTH100 - bytes
        yield _failure(_missing(root.path, fault), given, name)
        return
    if not excluded.isdisjoint(_identities((path, *_above(path)))):
        yield _failure(FailureCode.OWN_DESK, path, name)
    elif stat.S_ISDIR(status.st_mode):
        yield from _descend(path, root.relative, excluded)
    elif (code := file_kind(status.st_mode)) is not None:
        yield _failure(code, path, name)
    else:
        yield _candidate(path, name, status)


def _missing(path: bytes, fault: OSError) -> FailureCode:
    code = failure_code(fault)
    if code is not FailureCode.VANISHED:
        return code
    return FailureCode.LINK_DANGLING if os.path.islink(path) else FailureCode.NOT_FOUND  # noqa: PTH114 - bytes


def _failure(code: FailureCode, path: bytes, relative: bytes) -> Failure:
    return Failure(
        code=code, place=Place(path=name_text(path), relative=name_text(relative or b"."))
    )


def _candidate(path: bytes, relative: bytes, status: os.stat_result) -> Candidate:
    return Candidate(
        path=path,
        relative=relative,
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        inode=status.st_ino,
        device=status.st_dev,
    )


@dataclass(slots=True, kw_only=True)
class _Folder:
    """A folder being walked; a stack of them stands in for recursion, so depth costs no frames."""

    path: bytes
    relative: bytes
    identity: tuple[int, int]
    names: Iterator[bytes]


def _listed(path: bytes, relative: bytes) -> _Folder:
    status = os.stat(path)  # noqa: PTH116 - bytes
    names = sorted(os.listdir(path))  # noqa: PTH208 - bytes, and sorted
    return _Folder(
        path=path.rstrip(b"/") + b"/",
        relative=relative + b"/" if relative else b"",
        identity=(status.st_dev, status.st_ino),
        names=iter(names),
    )


def _descend(
    top: bytes, relative: bytes, excluded: frozenset[tuple[int, int]]
) -> Iterator[Candidate | Failure]:
    stack: list[_Folder] = []
    pending: tuple[bytes, bytes] | None = (top, relative)
    while pending or stack:
        if pending is not None:
            try:
                stack.append(_listed(*pending))
            except OSError as fault:
                yield _failure(failure_code(fault), *pending)
            pending = None
            continue
        folder = stack[-1]
        for name in folder.names:
            path, inside = folder.path + name, folder.relative + name
            try:
                status = os.lstat(path)
            except OSError as fault:
                yield _failure(failure_code(fault), path, inside)
                continue
            if stat.S_ISREG(status.st_mode):
                yield _candidate(path, inside, status)
                continue
            code = _judge_entry(path, status, excluded, stack)
            if code is None:
                pending = (path, inside)
                break
            yield _failure(code, path, inside)
        else:
            stack.pop()


def _judge_entry(
    path: bytes,
    status: os.stat_result,
    excluded: frozenset[tuple[int, int]],
    stack: list[_Folder],
) -> FailureCode | None:
    """Return why an entry that is no regular file is refused; None for a folder to walk into."""
    if stat.S_ISLNK(status.st_mode):
        return _judge_link(path)
    if not stat.S_ISDIR(status.st_mode):
        return file_kind(status.st_mode)
    identity = (status.st_dev, status.st_ino)
    if identity in excluded:
        return FailureCode.OWN_DESK
    # A bind mount can put a folder inside itself without any link.
    return FailureCode.FOLDER_LOOP if any(identity == at.identity for at in stack) else None


def _judge_link(path: bytes) -> FailureCode:
    try:
        os.stat(path)  # noqa: PTH116 - bytes
    except OSError as fault:
        code = failure_code(fault)
        return FailureCode.LINK_DANGLING if code is FailureCode.VANISHED else code
    return FailureCode.LINK_NOT_FOLLOWED
