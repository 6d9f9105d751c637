"""Parts of a report that let a stranger check it: entries, tree head, keys, omissions, commands.

Nothing here is verified by this package: a report prints what the desk's ledger holds, and says how
to check it without the desk.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Absence(StrEnum):
    """Why something is not in the report. The words are never mixed."""

    WITHHELD = "withheld"
    """The desk has it and does not hand it to this reader."""
    ERASED = "erased"
    """Its key was destroyed: nobody can read it any more, the desk included."""
    SEALED = "sealed"
    """It is there, closed under a key that was not at hand when the report was made."""
    DELETED = "deleted"
    """It was recorded and is gone, and no record says that it was erased: damage, or worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Omission:
    """One kind of thing that is not in the report."""

    absence: Absence
    what: str
    """Plain words for every reader: they must give away nothing of what is missing."""
    entries: tuple[int, ...] = ()
    """Ledger entries it would stand in; empty = it belongs to no entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One ledger entry of the item."""

    entry: int
    type: str
    leaf_hash: str
    at: datetime
    """Claimed by the signer's clock."""
    kid: str = ""
    signer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeHead:
    """The checkpoint under which the report was made."""

    note: str
    """The signed note, exactly, as text: keep it and compare it with later ones."""
    size: int
    """Entries in the log."""
    log_key: str
    """The log's verification key as text (`<name>+<id>+<base64>`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """An enrolled key that signed something in this report."""

    kid: str
    name: str = ""
    public_key: str = ""
    state: str = "enrolled"
    """enrolled, rotated or revoked."""
    entry: int | None = None
    """Where it was enrolled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """Something that was not established or not checked."""

    text: str
    public_text: str = ""
    """Empty = told to the public only as one of so many further questions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """An exact command line, and what it answers."""

    line: str
    answers: str
