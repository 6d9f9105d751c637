"""What the desk looks up fast: rows derived from entries, never the truth themselves.

A view holds no name of a person, source or file: only ids, digests, sizes, numbers. Names are
opened from their sealed disclosures when a person asks. `prov rebuild` drops every view and derives
it again from the ledger; a test holds the two equal.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """An item's first appearance in the ledger."""

    item: bytes
    """16 bytes, random."""
    year: int
    number: int
    """Accession number within the year; shown as 2026-0001."""
    first_seq: int

    @property
    def accession(self) -> str:
        """The number a person uses, for instance 2026-0001."""
        return f"{self.year}-{self.number:04d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemplarView:
    """One particular byte string that an item holds."""

    sha256: bytes
    item: bytes
    size: int
    """Length in bytes."""
    seq: int
    """The entry that first received it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceView:
    """One arrival of an exemplar's bytes."""

    seq: int
    item: bytes
    sha256: bytes
    mark: bytes | None
    """16 bytes: keyed digest of path, size and times, by which a re-run knows a file it has taken.

    Only on the last arrival that came out of a file: a run killed inside a mailbox takes the whole
    mailbox again, never half of it for all of it."""


View = ItemView | ExemplarView | OccurrenceView
