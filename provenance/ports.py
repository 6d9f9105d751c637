"""What the core needs from a store: small ports whose docstrings are the contract.

An implementation must keep every MUST below; the suite in `tests/store` runs each port's contract
on every implementation (folder with SQLite, PostgreSQL). Nothing here names a database.

Order of a write, which only the core's one append path performs (design: write order):
  1. blobs and subject keys that the batch names are durable (`Blobs.settle`, `SubjectKeys.put`);
  2. `Ledger.writing()` commits entries, disclosures, tiles, head and views in one transaction;
  3. the log key signs the new head; 4. the latch moves; 5. the checkpoint is kept and published.
A process killed between any two of these leaves a desk that the next command completes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from provenance.views import ItemView, View


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDisclosure:
    """A disclosure as it lies in the store: unreadable without its subject's key."""

    digest: bytes
    """32 bytes: SHA-256 of the disclosure's ASCII text; stands in the entry's `_sd`."""
    subject: str
    sealed: bytes
    """nonce || AES-256-GCM ciphertext (see `provenance.ledger.sealing`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry ready to be appended, with what the store indexes about it."""

    leaf: bytes
    """ASCII of the compact JWS; what the Merkle tree hashes."""
    leaf_hash: bytes
    item: bytes
    n: int
    type: str
    disclosures: tuple[SealedDisclosure, ...]
    views: tuple[View, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """An entry as read back."""

    seq: int
    """Position in the log, from 0."""
    leaf: bytes
    disclosures: tuple[SealedDisclosure, ...]
    """In no particular order; empty where they were erased or not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemHead:
    """The newest entry of one item."""

    n: int
    leaf_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedEntry:
    """An entry, and what the index says of it: to be compared, not to be believed."""

    stored: StoredEntry
    n: int
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """Some of an item's entries in the order of the index, and the item's head row."""

    rows: Sequence[IndexedEntry]
    head: ItemHead | None
    """As it stood when these rows were read; None if the item has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCheckpoint:
    """A signed tree head as kept by the store."""

    size: int
    note: bytes
    """The signed note exactly as first signed, UTF-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCheckpoint:
    """A signed tree head with what others have attested of it."""

    size: int
    note: bytes
    """The signed note exactly as first signed; never changes."""
    cosigned: bytes | None
    """The same note with witnesses' cosignatures; None while there are none."""
    timestamps: bytes | None
    """What timestamp authorities were asked and answered (`provenance.outside.timestamp_file`)."""


class LedgerWriter(Protocol):
    """One write transaction. Nobody else writes between entering and leaving it."""

    def size(self) -> int:
        """Return the number of entries, this transaction's own included."""
        ...

    def tile(self, level: int, index: int) -> bytes:
        """Return the hashes of a tile (32 bytes each, 1 to 256 of them); b"" if it has none."""
        ...

    def item_heads(self, items: Sequence[bytes]) -> Mapping[bytes, ItemHead]:
        """Return the newest entry of each of these items that has one."""
        ...

    def holders(self, digests: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return SHA-256 -> item for those of these digests that some item already holds."""
        ...

    def accessions(self, year: int) -> int:
        """Return the highest accession number given out in `year`, 0 if none."""
        ...

    def append(self, entries: Sequence[NewEntry], tiles: Mapping[tuple[int, int], bytes]) -> None:
        """Add entries at the end, with the new contents of every tile they touch."""
        ...

    def sealed_under(self, subject: str) -> Sequence[tuple[int, bytes]]:
        """Return (entry, digest) of every sealed field stored under this subject, in log order."""
        ...

    def erase(self, subject: str) -> int:
        """Delete a subject's sealed fields and return how many; overwritten where that is possible.

        They may stay in the database's journal until `Ledger.truncate_journal`.
        """
        ...


LeafReader = Callable[[int, int], Iterator[Sequence[tuple[int, bytes]]]]
"""(start, stop) -> (seq, leaf) of these entries, as `Ledger.leaves` yields them; can be pickled."""


class Ledger(Protocol):
    """The append-only log and the views derived from it.

    MUST: `writing()` commits everything or nothing, durably, before it returns; a second writer
    waits, then raises DeskLocked; entries are numbered without gaps; a disk fault raises DiskFull
    or StoreFault and leaves the log as it was; an unreadable database raises DeskCorrupt.
    """

    def writing(self) -> AbstractContextManager[LedgerWriter]:
        """Open a write transaction: it commits when left normally, else rolls back."""
        ...

    def size(self) -> int:
        """Return the number of committed entries."""
        ...

    def tile(self, level: int, index: int) -> bytes:
        """Return the committed hashes of a tile; b"" if it has none."""
        ...

    def tiles(self) -> AbstractContextManager[Callable[[int, int], bytes]]:
        """Open the tiles for several reads in one transaction: (level, index) -> hashes."""
        ...

    def leaves(self, start: int, stop: int) -> Iterator[Sequence[tuple[int, bytes]]]:
        """Yield (seq, leaf) of entries start <= seq < stop in order, a bounded page at a time.

        No page is empty. For whoever reads the whole log and needs nothing but its bytes.
        """
        ...

    def leaf_reader(self) -> LeafReader:
        """Return what reads `leaves` in another process, which opens the store for itself."""
        ...

    def entries(self, start: int, stop: int, *, disclosures: bool = False) -> Iterator[StoredEntry]:
        """Yield entries start <= seq < stop in order, in bounded memory."""
        ...

    def entries_of(self, item: bytes, *, types: Sequence[str] | None = None) -> Iterator[ItemPage]:
        """Yield ALL of an item's entries in order of `n`, a bounded page at a time.

        Disclosures come with those that the index says are of these types; with all if None. At
        least one page comes, and each page is of one moment: whoever reads holds the rows against
        their leaves and the last page's head (`provenance.journal.following`).
        """
        ...

    def sealed_under(self, subject: str) -> Sequence[tuple[int, bytes]]:
        """Return (entry, digest) of every sealed field stored under this subject, in log order."""
        ...

    def subjects(self, beginning: str) -> Sequence[str]:
        """Return the subjects with this beginning that any sealed field is stored under."""
        ...

    def truncate_journal(self) -> None:
        """Empty the database's journal where it is ours to empty; raises DeskLocked if in use."""
        ...


class Checkpoints(Protocol):
    """Signed tree heads, by size. MUST be durable before `keep` returns."""

    def keep(self, checkpoint: StoredCheckpoint) -> None:
        """Store a checkpoint; the same one twice is no error.

        Raises:
            StoreFault: a second, different note for one size.
        """
        ...

    def newest(self) -> StoredCheckpoint | None:
        """Return the checkpoint of the largest size."""
        ...

    def all(self) -> Iterator[StoredCheckpoint]:
        """Yield every checkpoint in order of size."""
        ...

    def at(self, size: int) -> HeldCheckpoint | None:
        """Return the checkpoint of this size with what is attached to it, None if none is kept."""
        ...

    def held(self) -> Iterator[HeldCheckpoint]:
        """Yield the checkpoints that have anything attached, in order of size."""
        ...

    def attach(self, was: HeldCheckpoint, new: HeldCheckpoint) -> bool:
        """Put `new`'s cosigned copy and timestamps in the place of `was`'s, if they still stand.

        MUST be durable before it returns True; returns False, and changes nothing, where the store
        no longer holds exactly `was`: two who attach at once both keep what they brought, because
        whoever comes second reads again. Size and note are the same in both and never change.
        """
        ...


class Views(Protocol):
    """Questions the views answer. All of it can be dropped and rebuilt from the ledger."""

    def items(self) -> Iterator[ItemView]:
        """Yield all items in order of arrival."""
        ...

    def unlisted(self) -> Sequence[bytes]:
        """Return items that have entries and that `items` does not yield; never `DESK_ITEM`."""
        ...

    def find(self, text: str) -> Sequence[ItemView]:
        """Return items whose accession number, hex id or an exemplar's SHA-256 hex starts so.

        An accession number that matches in full is the only answer. At most 20 rows.
        """
        ...

    def holdings(self, item: bytes) -> Sequence[View]:
        """Return exemplars and occurrences of an item, in order of arrival."""
        ...

    def known_marks(self, marks: Sequence[bytes]) -> frozenset[bytes]:
        """Return those of these arrival marks that some occurrence already carries."""
        ...

    def latest(self, types: Sequence[str]) -> Mapping[bytes, int]:
        """Return item -> seq of its newest entry of one of these types."""
        ...

    def rebuild(self, views: Iterator[tuple[int, View]]) -> None:
        """Replace all views by these (each with its entry's seq), in one transaction."""
        ...

    def dump(self) -> Iterator[str]:
        """Yield every row of every view as one line of text, in a fixed order: for comparison."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """What the store indexes about an entry: derived from its leaf, and proving nothing."""

    seq: int
    item: bytes
    n: int
    type: str
    leaf_hash: bytes


class Derived(Protocol):
    """Derived rows as they lie in the store, for an audit to compare. Nothing here is the truth."""

    def entry_rows(self, start: int, stop: int) -> Sequence[EntryRow]:
        """Return the index columns of entries start <= seq < stop, in order."""
        ...

    def odd_item_heads(self, limit: int) -> Sequence[bytes]:
        """Return items whose head is not their newest entry by the index, or that have no head."""
        ...

    def strays(self, limit: int) -> Sequence[str]:
        """Return a sentence for each row outside the log whose length the store states."""
        ...

    def views(self) -> Iterator[tuple[int, View]]:
        """Yield every stored view with its place among its entry's views, in no stated order."""
        ...


class StagedBlob(Protocol):
    """Bytes on their way into the blob store."""

    def write(self, block: bytes) -> None:
        """Take the next block. Raises DiskFull or StoreFault."""
        ...

    def keep(self, sha256: bytes) -> None:
        """Give the bytes their name. They are there for readers now, durable after `settle`.

        The caller vouches for the digest. Keeping bytes that are already there is no error.
        """
        ...

    def discard(self) -> None:
        """Forget the bytes; nothing of them stays. After `keep` it does nothing."""
        ...


class Blobs(Protocol):
    """Content-addressed bytes: put once, read-only, never overwritten.

    MUST: after `settle` returns, every blob kept before it survives a power cut; a reader never
    sees half a blob under its name; what a killed process staged is never taken for a blob.
    """

    def stage(self) -> StagedBlob:
        """Open a place for new bytes."""
        ...

    def settle(self) -> None:
        """Make all blobs kept so far durable, together."""
        ...

    def open(self, sha256: bytes) -> BinaryIO:
        """Open a blob for reading; raises BlobMissing."""
        ...

    def list(self) -> Iterator[bytes]:
        """Yield the SHA-256 of every blob that is there, in no particular order."""
        ...


class SubjectKeys(Protocol):
    """One 32-byte key per data subject, kept apart from the ledger and its backups."""

    def get(self, subjects: Sequence[str]) -> Mapping[str, bytes]:
        """Return the keys of those of these subjects that have one."""
        ...

    def put(self, keys: Mapping[str, bytes]) -> None:
        """Store new keys, durable before it returns. A subject that has a key keeps the old one."""
        ...

    def destroy(self, *subjects: str) -> None:
        """Destroy keys for good, all or none: overwritten on disk, gone from every journal file."""
        ...


class LatchFile(Protocol):
    """The last head this desk's key signed, kept beside the key and outside the desk folder."""

    def holding(self) -> AbstractContextManager[None]:
        """Hold the latch against every other process; raises DeskLocked after a while."""
        ...

    def read(self) -> str | None:
        """Return the latch's text, None before the first checkpoint."""
        ...

    def replace(self, text: str) -> None:
        """Put a new text in its place, durable before it returns. Only while held."""
        ...


class Publisher(Protocol):
    """A folder of static files that outsiders read."""

    def publish(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write (relative path, bytes) pairs, each whole or not at all, `checkpoint` last."""
        ...

    def published(self, name: str) -> bytes | None:
        """Return what outsiders are shown under this name, None if nothing."""
        ...
