"""Which release of this program made or checks a package, and the script that it ships."""

from functools import cache
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent


@cache
def agent() -> str:
    """Return the program's name and version, for `Bag-Software-Agent`."""
    from importlib.metadata import (  # noqa: PLC0415 - 30 ms, and a check rarely asks
        PackageNotFoundError,
        version,
    )

    try:
        return f"provenance-desk {version('provenance-desk')}"
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "provenance-desk (not installed)"


def verify_script() -> bytes:
    """Return VERIFY.sh as this release ships it."""
    return (_HERE / "verify.sh").read_bytes()


def instructions() -> str:
    """Return the text of VERIFY.txt, with places for the script's digest and the log's key."""
    return (_HERE / "verify.txt").read_text(encoding="utf-8")
