"""The list of failures of a run: JSON Lines, one failure each, so that a run can repeat only those.

It is a local working file. It holds paths and member names in the clear: keep it inside the desk,
readable by its owner only, and never send it along with a report. The sentence is written for
people and ignored on reading. A line:

    {"code": "changed", "path": "/in/a", "relative": "a", "members": [], "sentence": "..."}

Reading is strict: a line that this module would not have written, save its sentence, is refused.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from provenance.errors import UsageError
from provenance.intake.failures import Failure, FailureCode, Place
from provenance.intake.names import name_bytes
from provenance.intake.walk import Root

MAX_LINE: Final = 1 << 20  # bytes; a path and some member names are far below
_KEYS: Final = frozenset({"code", "path", "relative", "members", "sentence"})


def failure_line(failure: Failure) -> bytes:
    """Return a failure as one line of UTF-8 JSON, line feed included."""
    place = failure.place
    fields = {
        "code": failure.code.value,
        "path": place.path,
        "relative": place.relative,
        "members": list(place.members),
        "sentence": failure.sentence,
    }
    return json.dumps(fields, ensure_ascii=False).encode("utf-8") + b"\n"


def read_failures(lines: Iterable[bytes]) -> Iterator[Failure]:
    """Yield the failures of a list, for instance of a file opened for reading bytes.

    Raises:
        UsageError: a line is no failure; the message names the line.
    """
    for number, line in enumerate(lines, start=1):
        try:
            yield _failure(line)
        except (ValueError, RecursionError, UsageError) as fault:
            raise UsageError(f"line {number} of the failure list is no failure") from fault


def retry_roots(failures: Iterable[Failure]) -> tuple[Root, ...]:
    """Return the files and folders to walk again, each once, in the order of the list.

    A member's failure repeats the file it lies in: members have no life of their own on disk. That
    file itself has arrived and is known by its mark: unless it has changed it is passed over, and
    the failure stands (`Standing`).
    """
    roots: dict[bytes, Root] = {}
    for failure in failures:
        path = name_bytes(failure.place.path)
        relative = b"" if failure.place.relative == "." else name_bytes(failure.place.relative)
        roots.setdefault(path, Root(path=path, relative=relative))
    return tuple(roots.values())


class Standing:
    """What a list says of files that have arrived: it stands while they are passed over."""

    def __init__(self, failures: Iterable[Failure]) -> None:
        """Take the failures of a list, in any order."""
        self._of: dict[str, list[Failure]] = {}
        for failure in failures:
            if not failure.remark_only:
                self._of.setdefault(failure.place.path, []).append(failure)

    def of(self, place: Place) -> Sequence[Failure]:
        """Return what stands of a file that was passed over; once."""
        return self._of.pop(place.path, [])


def _failure(line: bytes) -> Failure:
    if len(line) > MAX_LINE:
        raise ValueError("too long")
    found = json.loads(line.decode("utf-8"))
    if not isinstance(found, dict) or found.keys() != _KEYS:
        raise ValueError("other keys")
    members = found["members"]
    if not isinstance(members, list):
        raise ValueError("members")  # noqa: TRY004 - one kind of fault, turned into UsageError above
    names = [found["path"], found["relative"], *members]
    if not all(isinstance(name, str) for name in names):
        raise ValueError("a name that is no text")
    for name in names:
        name_bytes(name)
    return Failure(
        code=FailureCode(found["code"]),
        place=Place(path=names[0], relative=names[1], members=tuple(members)),
    )
