"""Say that a file carries other files, and that nothing looked into them.

A zip archive, an ASiC package and a mail are each examined as one file. What they carry may be
signed, forged or anything else, so "unsigned" is said of the outer file only. Counted are files,
never folders, and never a signature that belongs to the mail itself. Of an archive whose directory
cannot be read nothing is counted; its detector has failed then. Nothing is unpacked here.
"""

import io
from collections.abc import Iterable
from typing import Final

from provenance.facts.gathering import counted
from provenance.facts.model import Facts, Observation, Weight
from provenance.intake.failures import Untaken
from provenance.intake.limits import Limits
from provenance.intake.zip_directory import find_directory, read_entries

CODE: Final = "members-not-examined"
QUESTION: Final = "whether any of the files inside is signed"
_LIMITS: Final = Limits(members=20_000)


def members_not_examined(number: int, *, kind: str = "file", intake: bool = True) -> Observation:
    """Return the observation on a file that carries `number` others, one or more.

    Args:
        number: files that were not looked into.
        kind: what one of them is called: `file`, `attachment`.
        intake: whether `prov ingest` takes them out.
    """
    one = number == 1
    how = (
        f"`prov ingest` takes {'it' if one else 'them'} out and examines {'it' if one else 'each'}"
        if intake
        else f"unpack {'it' if one else 'them'} and look at {'it' if one else 'each'}"
    )
    return Observation(
        code="members-not-examined",
        weight=Weight.NOTE,
        text=f"{counted(number, kind)} inside {'was' if one else 'were'} not looked into, so"
        f" nothing here is said of {'it' if one else 'them'}: {how}.",
    )


def read_zip_members(data: bytes, *, intake: bool) -> Facts:
    """Count the files of a zip archive.

    Args:
        data: the whole file.
        intake: whether `prov ingest` takes them out.
    """
    stream = io.BytesIO(data)
    try:
        entries = list(read_entries(stream, find_directory(stream), _LIMITS))
    except Untaken as fault:
        return Facts(notes=(f"the files inside could not be counted: {fault}",))
    number = sum(not one.name.endswith(b"/") for one in entries)
    return Facts(observations=(members_not_examined(number, intake=intake),) if number else ())


def says_members(facts: Iterable[Observation]) -> bool:
    """Tell whether one of the observations says that there is something inside."""
    return any(one.code == CODE for one in facts)
