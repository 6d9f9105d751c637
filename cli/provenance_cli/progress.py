"""A progress line on stderr: files/s, MB/s, errors, time left. Silent where stderr is no terminal.

Redrawn at most ten times a second; one line, rewritten in place, erased at the end so that only the
closing summary stays.
"""

import sys
import time
from types import TracebackType
from typing import Final, Self

from provenance_cli.voice import columns

EVERY: Final = 0.1  # seconds between two drawings
BAR: Final = 20  # characters
SHORT: Final = 0.5  # seconds; less is over before it is read


class Progress:
    """Counts work and draws it."""

    def __init__(self, what: str, *, total: int | None = None) -> None:
        self.what = what
        self.total = total
        self.done = self.bytes = self.errors = 0
        self._began = time.monotonic()
        self._drawn = 0.0
        self._live = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    @property
    def seconds(self) -> float:
        """Seconds since the work began."""
        return max(time.monotonic() - self._began, 1e-6)

    def tick(self, _kind: str, count: int) -> None:
        """Count work done (the callback of an audit)."""
        self.add(count)

    def add(self, count: int = 1, *, size: int = 0, errors: int = 0) -> None:
        """Count work done: things, bytes, errors."""
        self.done += count
        self.bytes += size
        self.errors += errors
        now = time.monotonic()
        if self._live and now - self._drawn >= EVERY:
            self._drawn = now
            sys.stderr.write("\r" + self.line()[: columns() - 1] + "\x1b[K")
            sys.stderr.flush()

    def line(self) -> str:
        """Return the progress as one line."""
        parts = [self.what]
        if self.total:
            share = min(self.done / self.total, 1.0)
            filled = round(share * BAR)
            parts.append(f"[{'#' * filled}{'-' * (BAR - filled)}] {self.done}/{self.total}")
        else:
            parts.append(f"{self.done}")
        parts.append(f"{self.done / self.seconds:.0f}/s")
        if self.bytes:
            parts.append(f"{self.bytes / self.seconds / 1e6:.1f} MB/s")
        if self.errors:
            parts.append(f"{self.errors} failed")
        if self.total and self.done:
            left = self.seconds / self.done * max(self.total - self.done, 0)
            parts += [f"{left:.0f} s left"] if left >= SHORT else []
        return "  ".join(parts)
