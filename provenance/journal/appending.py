"""The one way into the ledger.

Every record of every kind passes here, in this order; a failure at any step leaves what was there:

  1. the latch beside the log key must be a prefix of the store: a rolled-back store takes nothing;
  2. the key that acts must count at this position, by the roster as it stands under the write lock,
     and its role must allow each type of record (`roles`); `compose` names the records inside the
     write transaction: what it looked up still holds;
  3. subject keys for the records' hidden fields are durable;
  4. each record gets `n`, `prev`, `seen`, the list of its fields and decoys, is signed, and its
     disclosures are sealed;
  5. entries, disclosures, tiles and views are committed together;
  6. the log key signs the new head, the latch moves, the checkpoint is kept and published.

A process killed after 5 has lost nothing: the next append or checkpoint performs 6 for it. Where 6
fails, the error says that the records stand: whoever read "no space left" would record them twice.
Publishing before committing left 18 of 40 killed processes with a checkpoint that no log contains;
this order left none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from provenance.acts.source_labels import HANDLE, stored_subject
from provenance.errors import (
    DeskLocked,
    DiskFull,
    KeyUnavailable,
    Refused,
    StoreFault,
    SurroundingsError,
    UsageError,
)
from provenance.journal.heads import HeadKeeper
from provenance.journal.keeping import require_counting
from provenance.journal.projecting import views_of
from provenance.journal.roles import may_sign, who_signs
from provenance.ledger.disclosure import make_disclosure
from provenance.ledger.entry import Draft, Head, seal_entry
from provenance.ledger.keys import Signer
from provenance.ledger.manifest import MANIFEST, make_manifest, manifest_subject
from provenance.ledger.merkle import leaf_hash
from provenance.ledger.roster import Roster
from provenance.ledger.sealing import new_subject_key, seal_disclosure
from provenance.ledger.tiles import append_hashes
from provenance.ports import ItemHead, Ledger, LedgerWriter, NewEntry, SubjectKeys
from provenance.records import RECORD_TYPES, NewRecord

T = TypeVar("T")
Random = Callable[[int], bytes]
_ENDS_A_KEY = frozenset({"key.rotated", "key.revoked"})


class Batch:
    """Records on their way in, and what the ledger says while they are composed."""

    def __init__(self, writer: LedgerWriter, role: str | None) -> None:
        self.writer = writer
        """Look-ups that stay true until the commit."""
        self._role = role
        self.records: list[NewRecord] = []
        self._base = writer.size()
        self._ended = False

    def add(self, record: NewRecord) -> int:
        """Put a record at the end; returns the position it will have in the log.

        Raises:
            Refused: no record of this type exists, the acting key's role does not sign it, it
                brings a list of its own fields, or it would follow one that may end the acting key.
        """
        if record.type not in RECORD_TYPES:
            raise Refused(f"no such record type: {record.type}")
        if any(field.name == MANIFEST for field in record.fields):
            raise Refused(f"no record brings its own {MANIFEST}: the ledger makes it")
        if self._role is not None and not may_sign(self._role, record.type):
            needed = who_signs(record.type)
            raise Refused(
                f"your key's role is {self._role}; a record of type {record.type} takes {needed}"
            )
        if self._ended:
            raise Refused("a record that ends a key is the last of its batch")
        self._ended = record.type in _ENDS_A_KEY
        self.records.append(record)
        return self._base + len(self.records) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Appender:
    """Everything an append needs; holds no state of its own."""

    origin: str
    ledger: Ledger
    subject_keys: SubjectKeys
    heads: HeadKeeper
    roster: Callable[[LedgerWriter], Roster | None]
    """Reads the roster under the write lock; None while the log is empty."""
    random: Random

    def append(self, signer: Signer, now: datetime, compose: Callable[[Batch], T]) -> T:
        """Append what `compose` adds to the batch it is given, and return what it returns.

        Args:
            signer: the acting custodian's key.
            now: aware instant, claimed in every entry.
            compose: runs inside the write transaction; raising leaves the ledger as it was.

        Raises:
            UsageError: the clock stands before 1970, where no entry's time begins.
            RolledBack: the store is older than what the log key has signed.
            Refused: `compose` refused, a record's type is unknown, or the key may not sign it.
            SurroundingsError: disk, database or key failed; nothing was acknowledged. One of this
                very class, and no narrower one: the records stand, their head is not signed.
        """
        iat = _claimed_by(now)
        with self.ledger.writing() as writer:
            self.heads.require_not_rolled_back(writer.size(), writer.tile)
            # A record by a stranger's key could never be taken back; every audit would flag it.
            roster, kid = self.roster(writer), signer.public_key.kid
            role = require_counting(roster, kid, writer.size()).role if roster is not None else None
            batch = Batch(writer, role)
            answer = compose(batch)
            if batch.records:
                self._commit(batch, signer, iat)
        self._sign_head(recorded=bool(batch.records))
        return answer

    def _sign_head(self, *, recorded: bool) -> None:
        try:
            self.heads.checkpoint()
        except (DeskLocked, DiskFull, StoreFault, KeyUnavailable) as error:
            if not recorded:
                raise
            raise SurroundingsError(
                "this is on record, do not record it again; but the head of the log could not be"
                f" signed: {error}. When that is mended, run `prov ledger checkpoint`"
            ) from error

    def _commit(self, batch: Batch, signer: Signer, iat: int) -> None:
        writer, records = batch.writer, batch.records
        size = writer.size()
        seen = self.heads.seen()
        keys = self._keys_for(records)
        heads = dict(writer.item_heads(list({record.item for record in records})))
        entries = []
        for seq, record in enumerate(records, start=size):
            entry = self._seal(record, heads.get(record.item), seen, signer, iat, keys, seq)
            heads[record.item] = ItemHead(n=entry.n, leaf_hash=entry.leaf_hash)
            entries.append(entry)
        tiles = append_hashes(size, [entry.leaf_hash for entry in entries], writer.tile)
        writer.append(entries, tiles)

    def _seal(
        self,
        record: NewRecord,
        previous: ItemHead | None,
        seen: Head,
        signer: Signer,
        iat: int,
        keys: Mapping[str, bytes],
        seq: int,
    ) -> NewEntry:
        made = [make_disclosure(f.name, f.value, self.random) for f in record.fields]
        made.append(make_manifest(made, self.random))
        subjects = [*(f.subject for f in record.fields), manifest_subject(record.item)]
        draft = Draft(
            log=self.origin,
            item=record.item,
            n=previous.n + 1 if previous else 0,
            prev=previous.leaf_hash if previous else None,
            seen=seen,
            type=record.type,
            iat=iat,
        )
        leaf = seal_entry(
            draft,
            [disclosure.digest for disclosure in made],
            width=RECORD_TYPES[record.type].width,
            signer=signer,
            random=self.random,
        )
        sealed = tuple(
            seal_disclosure(
                d,
                subject=stored_subject(subject, keys[subject]),
                key=keys[subject],
                random=self.random,
            )
            for d, subject in zip(made, subjects, strict=True)
        )
        fields = {f.name: f.value for f in record.fields}
        return NewEntry(
            leaf=leaf,
            leaf_hash=leaf_hash(leaf),
            item=record.item,
            n=draft.n,
            type=record.type,
            disclosures=sealed,
            views=views_of(seq, record.item, record.type, fields),
        )

    def _keys_for(self, records: Sequence[NewRecord]) -> Mapping[str, bytes]:
        # Under the write lock and never from a cache: an erasure destroys keys under the same lock.
        of_fields = {field.subject for record in records for field in record.fields}
        subjects = sorted(of_fields | {manifest_subject(record.item) for record in records})
        keys = dict(self.subject_keys.get(subjects))
        missing = [subject for subject in subjects if subject not in keys]
        if missing:
            self.subject_keys.put({subject: new_subject_key(self.random) for subject in missing})
            # Read back: another process may have put a key for the same subject first.
            keys.update(self.subject_keys.get(missing))
        self._put_labels(keys)
        return keys

    def _put_labels(self, keys: Mapping[str, bytes]) -> None:
        """Keep the key of each source under its label too: rows are opened by label."""
        labels = {
            stored_subject(subject, key): key
            for subject, key in keys.items()
            if subject.startswith(HANDLE)
        }
        if labels and len(self.subject_keys.get(sorted(labels))) < len(labels):
            self.subject_keys.put(labels)


def _claimed_by(now: datetime) -> int:
    if now.timestamp() < 0:
        raise UsageError(f"the clock says {now.year:04d}-{now:%m-%d}, before 1970: set it right")
    return int(now.timestamp())
