"""What every act on a desk stands on: the wired parts, look-ups, and the way in.

Holds no state of its own beside its parts: whatever it answers is read from the ledger at that
moment, so several processes and threads may act on one desk. Acts that sign need a signer; looking
does not. Time and randomness come from outside.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from provenance.acts.erased import ERASED, Erasures, Place, erasures_in, naming_in
from provenance.errors import Ambiguous, DeskCorrupt, KeyUnavailable, NotFound
from provenance.journal.appending import Appender, Batch
from provenance.journal.following import follow
from provenance.journal.heads import HeadKeeper
from provenance.journal.keeping import Keepers, RosterCache, read_keepers
from provenance.journal.projecting import ARRIVALS, holdings_of, require_listed, views_in
from provenance.journal.reading import OpenedEntry, Reader
from provenance.ledger.entry import Entry
from provenance.ledger.keys import Signer
from provenance.ledger.roster import KEY_TYPES, Roster
from provenance.ports import (
    Blobs,
    Checkpoints,
    Derived,
    LatchFile,
    Ledger,
    Publisher,
    StoredEntry,
    SubjectKeys,
    Views,
)
from provenance.records import DESK_ITEM, NewRecord
from provenance.views import ItemView, View

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a desk is wired from; `provenance_store.open_desk` provides it."""

    origin: str
    """Name of the log: a random id, never a case or a person."""
    ledger: Ledger
    checkpoints: Checkpoints
    views: Views
    derived: Derived
    blobs: Blobs
    subject_keys: SubjectKeys
    latch: LatchFile
    publisher: Publisher
    log_signer: Signer
    mark_key: bytes
    """32 bytes: keys the arrival marks of this desk."""
    clock: Callable[[], datetime]
    random: Callable[[int], bytes]
    own_folders: tuple[str, ...] = ()
    """Folders that an intake must not swallow: the desk and its keys."""
    close: Callable[[], None] = lambda: None


class Workbench:
    """An open desk without its acts."""

    def __init__(self, parts: Parts, *, signer: Signer | None = None) -> None:
        self.parts = parts
        self._signer = signer
        self.reader = Reader(parts.subject_keys)
        self.heads = HeadKeeper(
            origin=parts.origin,
            ledger=parts.ledger,
            checkpoints=parts.checkpoints,
            latch=parts.latch,
            publisher=parts.publisher,
            log_signer=parts.log_signer,
        )
        self._appender = Appender(
            origin=parts.origin,
            ledger=parts.ledger,
            subject_keys=parts.subject_keys,
            heads=self.heads,
            roster=RosterCache(self._read_roster).under,
            random=parts.random,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.parts.close()

    # Looking

    def find(self, text: str) -> ItemView:
        """Return the item that an accession number, id or SHA-256 (or a prefix) names.

        Raises:
            NotFound: none.
            Ambiguous: several.
        """
        found = self.parts.views.find(text.strip().lower())
        if not found:
            raise NotFound(f"no item {text!r} on this desk (`prov list` shows what there is)")
        if len(found) > 1:
            raise Ambiguous(
                f"{text!r} names several items: " + ", ".join(view.accession for view in found)
            )
        self._require_named(found[0], text.strip().lower())
        return found[0]

    def items(self) -> Iterator[ItemView]:
        """Yield all items in order of arrival.

        Raises:
            DeskCorrupt: an item has entries and no row in the list.
        """
        for item in self.parts.views.unlisted():
            arrivals = self.entries(item, tuple(ARRIVALS))
            # Somebody may sign records of an item that never arrived: that is no item to list.
            if any(isinstance(view, ItemView) for each in arrivals for view in views_in(each)):
                raise DeskCorrupt(
                    f"item {item.hex()} arrived and is not in the list of items; "
                    "run `prov audit`, then `prov rebuild`"
                )
        return self.parts.views.items()

    def _require_named(self, view: ItemView, text: str) -> None:
        """Raise DeskCorrupt if the item's arrivals do not bear out what it was found by."""
        ledger, seq = self.parts.ledger, view.first_seq
        first = self.reader.opened(ledger.entries(seq, seq + 1, disclosures=True))
        require_listed(view, next(first, None))
        if view.accession.startswith(text) or view.item.hex().startswith(text):
            return
        arrivals = self.entries(view.item, tuple(ARRIVALS))
        digests = [entry.text("document", "sha256") for entry in arrivals]
        if not any(digest and digest.startswith(text) for digest in digests):
            raise DeskCorrupt(
                f"item {view.accession} has no copy of this digest, whatever the index says; "
                "run `prov audit`, then `prov rebuild`"
            )

    def entries(self, item: bytes, types: Sequence[str] | None = None) -> list[OpenedEntry]:
        """Return an item's entries in order, opened as far as keys are left."""
        return list(self.reader.followed(self.signed(item, types)))

    def signed(
        self, item: bytes, types: Sequence[str] | None = None
    ) -> Iterator[tuple[StoredEntry, Entry]]:
        """Yield an item's entries in order, held against what was signed, not opened.

        Raises:
            DeskCorrupt: the index and the entries disagree (`provenance.journal.following`).
        """
        return follow(item, self.parts.ledger.entries_of(item, types=types), types)

    def holdings(self, item: bytes) -> Sequence[View]:
        """Return an item's exemplars and occurrences, in order of arrival.

        Raises:
            DeskCorrupt: they are not those that the item's arrivals give rise to.
        """
        return self.held(item, self.entries(item, tuple(ARRIVALS)))

    def held(self, item: bytes, arrivals: Iterable[OpenedEntry]) -> Sequence[View]:
        """Return an item's exemplars and occurrences, held against its arrivals.

        Raises:
            DeskCorrupt: they are not those that these arrivals give rise to.
        """
        views = self.parts.views.holdings(item)
        if list(views) != holdings_of(arrivals):
            raise DeskCorrupt(
                f"item {item.hex()}: its table of copies is not what its arrivals say; "
                "run `prov audit`, then `prov rebuild`"
            )
        return views

    def erasures(self) -> Erasures:
        """Return which hidden fields were erased, and by which entry."""
        return erasures_in(self.entries(DESK_ITEM, (ERASED,)))

    def named_erased(self) -> frozenset[Place]:
        """Return which texts named a source when it was erased, and are withheld outside."""
        return naming_in(self.entries(DESK_ITEM, (ERASED,)))

    def keepers(self) -> Keepers:
        """Return who may sign here, read from the ledger."""
        return read_keepers(
            self.parts.origin,
            self.entries(DESK_ITEM, tuple(KEY_TYPES)),
            size=self.parts.ledger.size(),
        )

    def _read_roster(self) -> Roster:
        return self.keepers().roster

    # Acting

    @property
    def signer(self) -> Signer:
        """The acting custodian's key.

        Raises:
            KeyUnavailable: the desk was opened for looking only.
        """
        if self._signer is None:
            raise KeyUnavailable("this act is signed: open the desk with a key")
        return self._signer

    def append(self, compose: Callable[[Batch], T]) -> T:
        """Append what `compose` adds, signed by the acting custodian (see `appending`).

        Raises:
            Refused: the key is not enrolled, its time on this desk has ended, or its role does
                not sign such records.
            DeskCorrupt: the log has no first entry, and this is not it.
        """

        def vouched(batch: Batch) -> T:
            answer = compose(batch)
            if not batch.writer.size() and [r.type for r in batch.records[:1]] != ["log.genesis"]:
                raise DeskCorrupt(
                    "this desk has no first entry: its making was cut short; `prov init` again"
                )
            return answer

        return self._appender.append(self.signer, self.parts.clock(), vouched)

    def record(self, *records: NewRecord) -> list[int]:
        """Append records; returns their positions in the log."""
        return self.append(lambda batch: [batch.add(record) for record in records])
