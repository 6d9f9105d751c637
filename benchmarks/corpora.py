"""The files that are measured on: made from a fixed seed, so that every machine has the same ones.

Small files: 72 kB mean with a long tail (most are far smaller), in 50 folders, random contents that
nothing can compress or deduplicate. One large file of random bytes.
"""

import random
from pathlib import Path
from typing import Final

SEED: Final = 20200106
FOLDERS: Final = 50
MEAN: Final = 72_000  # bytes
LARGEST: Final = 2_000_000  # bytes
_SIGMA: Final = 1.0  # of the logarithm of a size: leaks have many small files and few large ones
_MU: Final = 10.70  # exp(_MU + _SIGMA**2 / 2) is MEAN, less what LARGEST cuts off
_BLOCK: Final = 1 << 20


def make_small_files(folder: Path, count: int) -> Path:
    """Make `count` small files unless they are there; returns the folder."""
    if folder.is_dir():
        return folder
    dice = random.Random(SEED)  # noqa: S311  # repeatable contents, nothing secret
    for number in range(count):
        path = folder / f"{number % FOLDERS:02d}" / f"document-{number:06d}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        size = min(int(dice.lognormvariate(_MU, _SIGMA)), LARGEST)
        path.write_bytes(b"%PDF-1.7\n" + dice.randbytes(size))
    return folder


def make_large_file(folder: Path, size: int) -> Path:
    """Make one file of `size` bytes unless it is there; returns its path."""
    path = folder / "large.bin"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        dice = random.Random(SEED)  # noqa: S311  # repeatable contents, nothing secret
        with path.open("wb") as out:
            for _ in range(size // _BLOCK):
                out.write(dice.randbytes(_BLOCK))
    return path


def link_copy(source: Path, target: Path) -> Path:
    """Make the same tree of hard links elsewhere: for a peer that moves the files it is given."""
    for path in source.rglob("*"):
        if path.is_file():
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.hardlink_to(path)
    return target
