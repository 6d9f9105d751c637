"""Entries as people read them: parsed, matched with their disclosures, opened where a key is left.

A disclosure whose subject's key was destroyed stays closed: the record counts it and reads on. One
that the entry lists and that is not there is named: erased if a record says so, deleted if not. A
disclosure that its entry does not name, or that does not open under a key that is there, is a fault
of the store and raises DeskCorrupt; nothing unauthenticated is ever shown as part of a record.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TypeVar

from provenance.errors import CheckFailed, DeskCorrupt, Malformed
from provenance.ledger.disclosure import match_disclosures
from provenance.ledger.entry import Entry, parse_entry
from provenance.ledger.manifest import MANIFEST, read_manifest
from provenance.ledger.sealing import open_disclosure
from provenance.ports import StoredEntry, SubjectKeys
from provenance.records import Json

T = TypeVar("T")

LAST_SECOND: Final = 253_402_300_799  # seconds since 1970: the end of 9999, and of the calendar
CHUNK: Final = 500  # entries whose subject keys are looked up together; bounds memory


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedEntry:
    """One entry with what of it can still be read."""

    seq: int
    entry: Entry
    """The open fields. `kid` claims to have signed; `prov audit` is what verifies it."""
    fields: Mapping[str, Json]
    closed: int
    """Disclosures that are here but cannot be opened, because their key was destroyed."""
    manifest: Mapping[str, bytes] | None = None
    """Name -> digest of the fields that the entry lists; None if the list is gone or closed."""
    missing: Mapping[str, bytes] = field(default_factory=dict)
    """Those of them that are not here: erased or deleted."""

    @property
    def listed(self) -> bool:
        """Whether the list of its fields is here; else nobody can say what is not."""
        return self.manifest is not None

    @property
    def type(self) -> str:
        """Which kind of record this is (`provenance.records`)."""
        return self.entry.type

    @property
    def kid(self) -> str:
        """Key that claims to have signed."""
        return self.entry.kid

    @property
    def claimed_at(self) -> datetime:
        """UTC, from the signer's own clock; proves nothing alone."""
        return claimed_instant(self.entry)

    @property
    def leaf_hash(self) -> bytes:
        """32 bytes; how other entries cite this one."""
        return self.entry.leaf_hash

    def text(self, name: str, key: str) -> str | None:
        """Return a text inside an object field, None if field or key is absent."""
        value = self.fields.get(name)
        inner = value.get(key) if isinstance(value, dict) else None
        return inner if isinstance(inner, str) else None

    def whole(self, field: str, key: str) -> int | None:
        """Return a whole number inside an object field, None if it is none or is absent."""
        value = self.fields.get(field)
        inner = value.get(key) if isinstance(value, dict) else None
        return inner if type(inner) is int else None


def claimed_instant(entry: Entry) -> datetime:
    """Return the UTC instant an entry claims; a time beyond any calendar is the last there is.

    Whoever signs may claim any number below 2^53: an entry with such a one must stay readable.
    """
    return datetime.fromtimestamp(min(entry.iat, LAST_SECOND), UTC)


class Reader:
    """Opens entries with the desk's subject keys."""

    def __init__(self, subject_keys: SubjectKeys) -> None:
        self._keys = subject_keys

    def opened(self, entries: Iterable[StoredEntry]) -> Iterator[OpenedEntry]:
        """Yield each entry opened, in order.

        Raises:
            DeskCorrupt: an entry or one of its disclosures is not what the ledger signed.
        """
        for entry, keys in self._with_keys(entries):
            yield read_entry(entry, keys)

    def readable(self, entries: Iterable[StoredEntry]) -> Iterator[OpenedEntry]:
        """Yield each entry that can be opened, in order; the audit names those that cannot."""
        for entry, keys in self._with_keys(entries):
            try:
                opened = read_entry(entry, keys)
            except DeskCorrupt:
                continue
            yield opened

    def followed(self, entries: Iterable[tuple[StoredEntry, Entry]]) -> Iterator[OpenedEntry]:
        """Yield each entry opened, in order, where parsing it was done already (`following`).

        Raises:
            DeskCorrupt: a disclosure is not what the ledger signed.
        """
        for chunk in _chunks(entries):
            subjects = {d.subject for stored, _ in chunk for d in stored.disclosures}
            keys = self._keys.get(sorted(subjects))
            for stored, entry in chunk:
                yield read_entry(stored, keys, entry=entry)

    def _with_keys(
        self, entries: Iterable[StoredEntry]
    ) -> Iterator[tuple[StoredEntry, Mapping[str, bytes]]]:
        for chunk in _chunks(entries):
            subjects = {d.subject for entry in chunk for d in entry.disclosures}
            keys = self._keys.get(sorted(subjects))
            for entry in chunk:
                yield entry, keys


def read_entry(
    stored: StoredEntry, keys: Mapping[str, bytes], *, entry: Entry | None = None
) -> OpenedEntry:
    """Parse one stored entry and open what these keys open.

    Args:
        stored: as read.
        keys: subject -> key.
        entry: what `parse_entry` made of this very leaf, if it was parsed already.

    Raises:
        DeskCorrupt: the entry or a disclosure of it is not what the ledger signed.
    """
    try:
        entry = parse_entry(stored.leaf) if entry is None else entry
        opened = [(d, keys[d.subject]) for d in stored.disclosures if d.subject in keys]
        fields = match_disclosures(entry, (open_disclosure(d, key) for d, key in opened))
    except (Malformed, CheckFailed) as error:
        raise DeskCorrupt(f"entry {stored.seq} cannot be read: {error}") from error
    manifest = read_manifest(fields.pop(MANIFEST, None))
    here = {d.digest for d in stored.disclosures}
    return OpenedEntry(
        seq=stored.seq,
        entry=entry,
        fields=fields,
        closed=len(stored.disclosures) - len(opened),
        manifest=manifest,
        missing={name: each for name, each in (manifest or {}).items() if each not in here},
    )


def _chunks(entries: Iterable[T]) -> Iterator[Sequence[T]]:
    chunk: list[T] = []
    for entry in entries:
        chunk.append(entry)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
