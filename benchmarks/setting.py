"""What one run of the benchmark goes by."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from table import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Sizes, rounds and places of one run."""

    work: Path
    """Folder for corpora and desks, on the disk that is to be measured."""
    peers: Path | None
    """Interpreter of the peers' environment; None leaves them out."""
    rounds: int
    small_files: int
    large_bytes: int
    mixed_files: int
    """Documents of many formats on a desk that is examined."""
    log_entries: int
    """Length of the long log."""
    add: Callable[[Row], None]
    """Takes a row as soon as it is measured."""
    draw: Callable[[str, str], None]
    """Takes a drawing: name of the file, and its SVG."""

    def fresh(self, name: str, number: int) -> Path:
        """Return a folder for one round that does not exist yet."""
        return self.work / f"{name}-{number}"
