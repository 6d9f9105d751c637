"""Open a compound file (MS-CFB) and give out its streams, bounded; a broken one is None.

The library that opens it follows sector chains with a bound of its own and keeps what it read. Two
of its habits are kept away: it takes short byte strings for file names (hence the stream object),
and its reader of property sets never ends on some files (its issues 162, 168, 170), hence
`property_set`. This is the one module that imports it.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import olefile

from provenance.facts.stated_dates import Stated, from_filetime
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.text import tame

MAX_STREAM: Final = 64 << 20  # bytes of one stream that are read
MAX_READ: Final = 1 << 30  # bytes of all streams together: hostile ones share their sectors
MAX_STREAMS: Final = 20_000  # entries of one directory
MAX_TIMES: Final = 500  # storages whose times are read
MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
VERSION: Final = str(olefile.__version__)

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """An opened compound file."""

    handle: Any
    """Of the library, which has no types."""
    streams: tuple[Path, ...]
    """Paths of all streams, as written."""
    storages: tuple[Path, ...]
    size: int
    """Bytes of the file."""
    index: dict[Path, Path]
    """Lower-case path to path as written."""
    spent: list[int]
    """Bytes of each stream that was read so far."""
    cut: bool = False
    """There are more streams or storages than are listed here."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Rules of the format that it breaks, as found so far: the library mends them."""
        return tuple(tame(message, 100) for _, message in self.handle.parsing_issues)

    def find(self, *path: str) -> Path | None:
        """Return the path of a stream as written, whatever its case (MS-CFB 2.6.1), or None."""
        return self.index.get(tuple(part.lower() for part in path))

    def named(self, last: str) -> Iterator[Path]:
        """Yield the paths of all streams of this name, at any depth."""
        low = last.lower()
        return (one for one in self.streams if one[-1].lower() == low)

    def read(self, *path: str, limit: int = MAX_STREAM) -> bytes | None:
        """Return a stream's bytes; None if there is none, or it is broken or too large."""
        found = self.find(*path)
        if found is None:
            return None
        data = attempt("stream", lambda: self._read(found, limit))
        return data if isinstance(data, bytes) else None

    def _read(self, path: Path, limit: int) -> bytes | None:
        # The directory's claim may be anything; no stream is longer than the file.
        size = self.handle.get_size(list(path))
        if size > min(limit, self.size) or sum(self.spent) + size > MAX_READ:
            return None
        self.spent.append(size)
        return bytes(self.handle.openstream(list(path)).read())

    def length(self, path: Path) -> int:
        """Return what the directory claims for a stream, in bytes."""
        size = attempt("size", lambda: int(self.handle.get_size(list(path))))
        return 0 if isinstance(size, Fault) else size

    def times(self) -> tuple[Stated, ...]:
        """Return the times of change of all storages, the root's first, as the directory has them.

        Windows sets them when a storage is written, in UTC (MS-CFB 2.6.1); many programs leave 0.
        """
        found = []
        for path in ((), *self.storages[:MAX_TIMES]):
            ticks = attempt("time", partial(self._modified, path))
            stated = from_filetime(ticks) if isinstance(ticks, int) else None
            if stated is not None:
                found.append(stated)
        return tuple(found)

    def _modified(self, path: Path) -> int:
        entry = self.handle.root
        if path:
            entry = self.handle.direntries[self.handle._find(list(path))]  # noqa: SLF001 - no other way
        return int(entry.modifyTime)


def open_compound(data: bytes) -> Compound | None:
    """Open a compound file; None if it is none, or is broken."""
    opened = attempt("compound file", lambda: _open(data))
    return opened if isinstance(opened, Compound) else None


def _open(data: bytes) -> Compound | None:
    if not data.startswith(MAGIC):
        return None
    # A stream, never bytes: short bytes would be taken for the name of a file to open.
    handle = olefile.OleFileIO(io.BytesIO(data))
    streams = tuple(tuple(path) for path in handle.listdir(streams=True, storages=False))
    storages = tuple(tuple(path) for path in handle.listdir(streams=False, storages=True))
    cut = max(len(streams), len(storages)) > MAX_STREAMS
    streams = streams[:MAX_STREAMS]
    return Compound(
        handle=handle,
        streams=streams,
        storages=storages[:MAX_STREAMS],
        size=len(data),
        index={tuple(part.lower() for part in path): path for path in streams},
        spent=[],
        cut=cut,
    )
