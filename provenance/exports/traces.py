"""Tell a package that was harmed from what never was one.

A folder or an archive in which not one file has a name that packages use is no package: there is
nothing to check, and to call it a forgery would be untrue. One such name at any depth is enough to
call it a package, so that nobody turns "not whole" into "nothing to check" by taking a file out. An
archive whose directory cannot be read, and an empty folder, may have been a package.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from provenance.errors import Malformed
from provenance.exports.layout import is_package_name
from provenance.intake.failures import Untaken
from provenance.intake.limits import Limits
from provenance.intake.zip_directory import find_directory, read_entries

_LOOKED_AT: Final = 10_000  # names; behind them lies no package that somebody made by mistake
_LIMITS: Final = Limits(members=_LOOKED_AT)


def has_traces(place: Path) -> bool:
    """Tell whether a folder or zip archive holds any name that only packages use.

    Raises:
        OSError: it cannot be read.
    """
    names = _in_folder(place) if place.is_dir() else _in_archive(place)
    try:
        seen = False
        for name in names:
            if _is_trace(name):
                return True
            seen = True
    except Malformed:
        return True
    return not seen


def _is_trace(name: str) -> bool:
    parts = name.strip("/").split("/")
    return any(is_package_name("/".join(parts[start:])) for start in range(len(parts)))


def _in_folder(folder: Path) -> Iterator[str]:
    """Yield what lies in a folder, and one folder below it: where `data` has its own."""
    for count, one in enumerate(sorted(folder.iterdir())):
        if count == _LOOKED_AT:
            return
        yield one.name
        if one.name == "data" and one.is_dir() and not one.is_symlink():
            yield from (f"data/{path.relative_to(one).as_posix()}" for path in one.glob("*"))
            yield from (f"data/{path.relative_to(one).as_posix()}" for path in one.glob("*/*"))


def _in_archive(place: Path) -> Iterator[str]:
    with place.open("rb") as stream:
        try:
            directory = find_directory(stream)
            for entry in read_entries(stream, directory, _LIMITS):
                yield entry.name.decode("latin-1")
        except Untaken as fault:
            raise Malformed("the archive is damaged") from fault
