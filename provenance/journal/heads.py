"""The head of the log: signed, latched, kept and published, in that order.

Rules:
  1. the latch beside the log key must be a prefix of the store: a store that is shorter than, or
     forks from, what the key has signed takes nothing and signs nothing (RolledBack);
  2. one process at a time signs; whoever comes second finds its work done;
  3. the latch moves before the checkpoint is kept, so a kill between the two is repaired by signing
     the same head again: Ed25519 is deterministic, it is the same note.
"""

from dataclasses import dataclass
from hashlib import sha256

from provenance.errors import DeskCorrupt, Malformed
from provenance.ledger.checkpoint import Checkpoint, parse_checkpoint_text, sign_checkpoint
from provenance.ledger.entry import Head
from provenance.ledger.keys import Signer
from provenance.ledger.latch import Latch, parse_latch, require_latch
from provenance.ledger.merkle import EMPTY_ROOT
from provenance.ledger.note import parse_note
from provenance.ledger.tiles import TileReader, prove_consistency, root_at
from provenance.ports import Checkpoints, LatchFile, Ledger, Publisher, StoredCheckpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadKeeper:
    """Everything that signing a head needs; holds no state of its own."""

    origin: str
    ledger: Ledger
    checkpoints: Checkpoints
    latch: LatchFile
    publisher: Publisher
    log_signer: Signer

    def checkpoint(self) -> StoredCheckpoint | None:
        """Sign, latch, keep and publish the head; None while the log is empty.

        Raises:
            RolledBack: the store is older than, or forks from, what the log key has signed.
        """
        with self.latch.holding():
            size = self.ledger.size()
            if size == 0:
                return None
            newest, latched = self.checkpoints.newest(), self._latch()
            if newest and latched and _is_signed_head(newest, latched, size):
                # A process killed after keeping it may not have published it.
                self.publisher.publish([("checkpoint", newest.note)])
                return newest
            with self.ledger.tiles() as tile:
                head = self._head(size, tile)
                self._require_latch(head, tile)
            note = sign_checkpoint(head, self.log_signer)
            latch = Latch(
                origin=self.origin,
                size=size,
                root=head.root,
                note_sha256=sha256(note).digest(),
            )
            self.latch.replace(latch.text())
            kept = StoredCheckpoint(size=size, note=note)
            self.checkpoints.keep(kept)
            self.publisher.publish([("checkpoint", note)])
            return kept

    def seen(self) -> Head:
        """Return the newest kept head: what an entry signed now has seen."""
        newest = self.checkpoints.newest()
        if newest is None:
            return Head(size=0, root=EMPTY_ROOT)
        head = parse_checkpoint_text(parse_note(newest.note).text)
        return Head(size=head.size, root=head.root)

    def _head(self, size: int, tile: TileReader) -> Checkpoint:
        return Checkpoint(origin=self.origin, size=size, root=root_at(size, tile))

    def require_not_rolled_back(self, size: int, tile: TileReader) -> None:
        """Return if a store of this size continues what the log key has signed.

        Raises:
            RolledBack: it does not.
        """
        if self.latch.read() is not None:
            self._require_latch(self._head(size, tile), tile)

    def _latch(self) -> Latch | None:
        text = self.latch.read()
        if text is None:
            return None
        try:
            return parse_latch(text)
        except Malformed as error:
            raise DeskCorrupt("the latch beside the log key cannot be read") from error

    def _require_latch(self, head: Checkpoint, tile: TileReader) -> None:
        latch = self._latch()
        if latch is None:
            return
        longer = latch.size <= head.size
        proof = prove_consistency(latch.size, head.size, tile) if longer else []
        require_latch(latch, head, proof)


def _is_signed_head(newest: StoredCheckpoint, latched: Latch, size: int) -> bool:
    """Tell whether this is the very note that was signed last, and nothing came after it."""
    same = sha256(newest.note).digest() == latched.note_sha256
    return same and newest.size == size == latched.size
