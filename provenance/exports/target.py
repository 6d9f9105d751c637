"""What a package is written to. The store has the implementations (a folder, a zip)."""

from collections.abc import Iterable
from typing import Protocol


class Target(Protocol):
    """Takes a package's files, one after the other."""

    def write(self, name: str, blocks: Iterable[bytes]) -> None:
        """Write one file, whole. Raises DiskFull or StoreFault."""
        ...
