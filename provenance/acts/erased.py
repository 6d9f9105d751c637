"""What was erased, as the ledger itself names it: never read from what is merely missing.

A `disclosure.erased` record names each field that was destroyed by entry and digest, and each text
elsewhere that named the source. The digest stands in the signed entry too, so "erased, see entry N"
is a statement that anybody can check, and differs from "withheld" (the desk has it) and from "gone"
(damage: nothing names it). Only fields called `source` are ever erased: a record that names another
as erased covers up a deletion.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from provenance.errors import DeskCorrupt, Malformed
from provenance.journal.reading import OpenedEntry
from provenance.ledger.base64text import decode_base64url, encode_base64url
from provenance.ledger.entry import Entry
from provenance.records import DESK_ITEM, HiddenField, Json, NewRecord

ERASED: Final = "disclosure.erased"
REASONS: Final = ("source-asked", "safety", "law", "mistake", "retention")
"""Why, as a class: a free text would stay for ever and might say what was to be forgotten."""
MAX_NAMED: Final = 2_000  # fields in one record: some 120 kB of text, half of what a field may have

ERASABLE: Final = frozenset({"source"})
"""Names of the fields that an erasure can destroy."""
Place = tuple[int, str, int]
"""(entry, field, which of the field's texts: `provenance.acts.handles.texts_of`)."""
Erasures = Mapping[bytes, int]
"""Digest of a destroyed field -> position of the entry that names it."""
NOTHING: Final[Erasures] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One record of an erasure."""

    seq: int
    reason: str
    """One of REASONS."""
    approvers: tuple[str, ...]
    """Key ids; one on a desk of one person."""
    fields: tuple[tuple[int, bytes], ...]
    """(position of the entry, digest of its field)."""
    naming: tuple[Place, ...] = ()
    """Texts that named the source when it was erased, and stay: withheld from everybody outside."""


def erasure_records(
    fields: Sequence[tuple[int, bytes]],
    *,
    reason: str,
    approvers: Sequence[str],
    naming: Sequence[Place] = (),
) -> list[NewRecord]:
    """Compose the records that name these fields as erased; one at least.

    Args:
        fields: (entry, digest) of what is destroyed.
        reason: one of REASONS.
        approvers: key ids.
        naming: texts elsewhere that name the source and are not destroyed with it.
    """
    act: dict[str, Json] = {"reason": reason, "approvers": [*approvers]}
    count = max(-(-len(fields) // MAX_NAMED), -(-len(naming) // MAX_NAMED), 1)
    cuts = [slice(at * MAX_NAMED, (at + 1) * MAX_NAMED) for at in range(count)]
    return [
        NewRecord(
            item=DESK_ITEM,
            type=ERASED,
            fields=(
                HiddenField(name="erasure", value=act, subject="desk"),
                HiddenField(
                    name="fields",
                    value=[[seq, encode_base64url(digest)] for seq, digest in fields[cut]],
                    subject="desk",
                ),
                HiddenField(
                    name="naming", value=[[*place] for place in naming[cut]], subject="desk"
                ),
            ),
        )
        for cut in cuts
    ]


def read_erasure(entry: OpenedEntry) -> Erasure:
    """Return what a `disclosure.erased` entry says.

    Raises:
        DeskCorrupt: it says something else.
    """
    match entry.fields.get("erasure"), entry.fields.get("fields"):
        case {"reason": str(reason), "approvers": list(approvers)}, list(named):
            try:
                return Erasure(
                    seq=entry.seq,
                    reason=reason,
                    approvers=tuple(kid for kid in approvers if isinstance(kid, str)),
                    fields=tuple(_named(each) for each in named),
                    naming=tuple(_places(entry.fields.get("naming"))),
                )
            except Malformed as error:
                raise DeskCorrupt(f"entry {entry.seq} names no erased field: {error}") from error
    raise DeskCorrupt(f"entry {entry.seq} is no record of an erasure")


def erasures_in(entries: Iterable[OpenedEntry]) -> Erasures:
    """Return every destroyed field that the desk's own entries name.

    A record of this type that is no record of an erasure names nothing: the audit says so.
    """
    found: dict[bytes, int] = {}
    for entry in entries:
        if entry.type == ERASED and (erasure := _readable(entry)):
            # The first naming stays: a later one can only be the completion of the same act.
            for _, digest in erasure.fields:
                found.setdefault(digest, entry.seq)
    return found


def is_erasure(entry: OpenedEntry) -> bool:
    """Tell whether a `disclosure.erased` entry can be read as one."""
    return _readable(entry) is not None


def _readable(entry: OpenedEntry) -> Erasure | None:
    try:
        return read_erasure(entry)
    except DeskCorrupt:
        return None


def naming_in(entries: Iterable[OpenedEntry]) -> frozenset[Place]:
    """Return every text that named a source when it was erased, as the desk's entries say."""
    read = (_readable(entry) for entry in entries if entry.type == ERASED)
    return frozenset(place for erasure in read if erasure for place in erasure.naming)


def erased_by(entry: Entry, erasures: Erasures) -> int | None:
    """Return the position of the record that erased a field of this entry; None if none did."""
    if not erasures:
        return None
    return min((erasures[d] for d in entry.digests if d in erasures), default=None)


def deleted_fields(entry: OpenedEntry, erasures: Erasures) -> tuple[str, ...]:
    """Return the fields that an entry lists, that are not there, and that no record erased."""
    return tuple(
        name
        for name, digest in entry.missing.items()
        if digest not in erasures or name not in ERASABLE
    )


def _places(value: Json) -> Iterator[Place]:
    for each in value if isinstance(value, list) else ():
        match each:
            case [int(seq), str(name), int(number)]:
                yield seq, name, number


def _named(value: Json) -> tuple[int, bytes]:
    match value:
        case [int(seq), str(digest)]:
            return seq, decode_base64url(digest, length=32)
    raise Malformed("not an entry and a digest")
