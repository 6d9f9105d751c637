"""Statements and verdicts of one item, between ledger entries and the rules that weigh them.

A record of a right type and a wrong shape, or one that repeats an id, was written past this desk's
own acts: it is left out and said to be so, and the rest of its item stays readable.

Rules of an import: a dossier's header and each of its records become one entry each, in the
dossier's order. A record already there under its id, word for word, is left alone; the same id with
other words is refused, for an edit is a new record. The time at which the desk learned something
(`recorded_at`) is the dossier's claim; the entry's own time and place in the log stand beside it.

A record that came from a protected source is stored in two fields: the handle under the source's
own key, the rest under the item's. Once the source is forgotten the record still says that it had
one.

Weighing is a pure function of the records: `dossier_of` puts them back together and the package
`provenance.verdict` does the rest.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast

from provenance.errors import DossierInvalid, Refused
from provenance.journal.reading import OpenedEntry
from provenance.records import HiddenField, Json, NewRecord
from provenance.verdict.dossier import Dossier, Kind, Record
from provenance.verdict.located import Complaints, locate
from provenance.verdict.parse_dossier import read_dossier
from provenance.verdict.parse_record import record_from_json
from provenance.verdict.write_dossier import header_to_json, record_to_json

STATEMENT_TYPES: Final = (
    "dossier",
    "statement",
    "relay",
    "link",
    "retract",
    "reverse",
    "undercut",
)
VERDICT_TYPES: Final = (
    "verdict.signed",
    "verdict.countersigned",
    "verdict.corrected",
    "verdict.withdrawn",
)
SOURCE_ERASED: Final = "source-erased"
"""Stands for a handle that was erased: a record that had a protected source must never read as one
without."""
SOURCED: Final = "sourced"
"""Key in a stored record that says its source's handle is sealed apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What an import adds and what it found already there."""

    records: tuple[NewRecord, ...]
    added: tuple[str, ...]
    """Ids of the dossier's records that become entries now."""
    known: int
    """Records that were there already, word for word."""
    later: int
    """Records left for a later import, because they lie after `until`."""
    ahead: tuple[str, ...] = ()
    """Ids of those added by which the desk learned it at a time that is still to come: a slip, or a
    clock that is wrong. No act is refused because of a clock."""


def plan_import(
    item: bytes,
    dossier: Dossier,
    *,
    present: Sequence[OpenedEntry],
    until: datetime | None = None,
    latest: datetime | None = None,
) -> Import:
    """Compare a dossier with what the item already has, and say what to append.

    Args:
        item: 16 bytes.
        dossier: as parsed.
        present: the item's entries of `STATEMENT_TYPES`.
        until: leave out records that the desk learned later than this UTC instant.
        latest: name those of a later UTC instant than this.

    Raises:
        Refused: a record's id is there already with other words.
    """
    held = {record.id: record_to_json(record) for record in _records(present, [])}
    header = header_to_json(dossier)
    records: list[NewRecord] = []
    if header not in [entry.fields.get("dossier") for entry in present]:
        records.append(_entry(item, "dossier", "dossier", header))
    added: list[str] = []
    known = later = 0
    for record in dossier.records:
        text = record_to_json(record)
        if until is not None and record.recorded_at > until:
            later += 1
        elif record.id not in held:
            records.append(_statement(item, record, text))
            added.append(record.id)
        elif held[record.id] in (text, _without_handle(text)):
            known += 1
        else:
            raise Refused(
                f"record {record.id!r} is on file with other words; give the edit a new id"
            )
    new = frozenset(added)
    ahead = [r.id for r in dossier.records if latest and r.id in new and r.recorded_at > latest]
    return Import(
        records=tuple(records),
        added=tuple(added),
        known=known,
        later=later,
        ahead=tuple(ahead),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """What an item's records say, and which of them say nothing that can be read."""

    dossier: Dossier
    unreadable: tuple[tuple[int, str], ...]
    """(position, type) of records that are left out."""


def read_statements(entries: Sequence[OpenedEntry], *, title: str) -> Statements:
    """Put an item's statements back together; an item without any is an empty dossier.

    The newest header counts; but what an earlier one required stays required, and a stake that was
    named stays named: importing again adds, it never takes away.
    """
    header: Dossier | None = None
    unreadable: list[tuple[int, str]] = []
    for entry in entries:
        if entry.type == "dossier":
            found = _header(entry)
            header = header if found is None else _after(header, found)
            if found is None:
                unreadable.append((entry.seq, entry.type))
    records = tuple(_records(entries, unreadable))
    return Statements(
        dossier=replace(header or Dossier(title=title, records=()), records=records),
        unreadable=tuple(sorted(unreadable)),
    )


def is_statement(entry: OpenedEntry) -> bool:
    """Tell whether an entry of `STATEMENT_TYPES` can be read as one."""
    return (_header(entry) if entry.type == "dossier" else _record(entry)) is not None


def dossier_of(entries: Sequence[OpenedEntry], *, title: str) -> Dossier:
    """Return what an item's records say; see `read_statements`."""
    return read_statements(entries, title=title).dossier


def _after(earlier: Dossier | None, newer: Dossier) -> Dossier:
    if earlier is None:
        return newer
    named = {(stake.principal, stake.facet) for stake in newer.stakes}
    kept = tuple(s for s in earlier.stakes if (s.principal, s.facet) not in named)
    return replace(
        newer,
        required_checks=tuple(dict.fromkeys((*earlier.required_checks, *newer.required_checks))),
        stakes=(*kept, *newer.stakes),
    )


def verdict_record(item: bytes, kind: str, body: object) -> NewRecord:
    """Compose the entry of one act on a verdict (`VERDICT_TYPES`)."""
    return _entry(item, kind, "verdict", body)


def _header(entry: OpenedEntry) -> Dossier | None:
    value = entry.fields.get("dossier")
    if not isinstance(value, dict):
        return None
    try:
        return read_dossier(locate({**value, "records": []}), Complaints(f"entry {entry.seq}"))
    except DossierInvalid:
        return None


def _records(entries: Iterable[OpenedEntry], unreadable: list[tuple[int, str]]) -> Iterator[Record]:
    seen: set[str] = set()
    for entry in entries:
        if entry.type not in STATEMENT_TYPES or entry.type == "dossier":
            continue
        record = _record(entry)
        if record is None or record.id in seen:
            unreadable.append((entry.seq, entry.type))
        else:
            seen.add(record.id)
            yield record


def _record(entry: OpenedEntry) -> Record | None:
    try:
        return record_from_json(_whole(entry))
    except DossierInvalid:
        return None


def _statement(item: bytes, record: Record, text: Mapping[str, object]) -> NewRecord:
    """Compose a record's entry; a source's handle is sealed apart, so that it can be forgotten."""
    if record.source is None:
        return _entry(item, _type_of(record), "record", text)
    open_part = {name: value for name, value in text.items() if name != "source"}
    rest = _entry(item, _type_of(record), "record", {**open_part, SOURCED: True})
    handle = HiddenField(
        name="source", value={"handle": record.source}, subject=f"source:{record.source}"
    )
    return replace(rest, fields=(*rest.fields, handle))


def _whole(entry: OpenedEntry) -> object:
    """Put a record and its source's handle together again."""
    value = entry.fields.get("record")
    if not isinstance(value, dict) or SOURCED not in value:
        return value
    handle = entry.text("source", "handle") or SOURCE_ERASED
    return {**{k: v for k, v in value.items() if k != SOURCED}, "source": handle}


def _without_handle(text: Mapping[str, object]) -> Mapping[str, object]:
    return {**text, "source": SOURCE_ERASED} if "source" in text else text


def _type_of(record: Record) -> str:
    """Name the entry after the act, where the record is nothing but that act."""
    if record.kind is Kind.RELAY:
        return "relay"
    if record.asserts:
        return "statement"
    acts = {
        "retract": record.retracts,
        "reverse": record.reverses,
        "undercut": record.undercuts,
        "link": record.links,
    }
    return next((name for name, targets in acts.items() if targets), "statement")


def _entry(item: bytes, kind: str, field: str, value: object) -> NewRecord:
    subject = f"item:{item.hex()}"
    return NewRecord(
        item=item,
        type=kind,
        fields=(HiddenField(name=field, value=cast("Json", value), subject=subject),),
    )
