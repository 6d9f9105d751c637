"""Custody acts on an open desk: offer, accept, refuse, access, note.

Each re-reads the ledger under the write lock before it decides: two people answering one offer at
once cannot both succeed. The rules are in `provenance.custody`.
"""

from provenance import custody
from provenance.acts.handles import require_no_handle
from provenance.acts.workbench import Workbench
from provenance.custody import CUSTODY_TYPES
from provenance.custody_chain import Chain, chain_of
from provenance.errors import CheckFailed, Refused
from provenance.evidence import BlobState, found_digests, reread_all
from provenance.journal.appending import Batch


def chain(bench: Workbench, item: bytes) -> Chain:
    """Tell an item's custody."""
    names = bench.keepers().names
    return chain_of(bench.entries(item, CUSTODY_TYPES), names=names, erasures=bench.erasures())


def offer(bench: Workbench, item: bytes, *, to: str, purpose: str, means: str) -> int:
    """Offer an item to an enrolled person; returns the entry's position.

    Raises:
        NotFound: nobody of that name is enrolled.
        Refused: an offer is open already, the receiver is the giver, or a text names a source.
        CheckFailed: the bytes are not those that were received.
    """
    require_no_handle(bench, [purpose, means])
    receiver = bench.keepers().by_name(to).key.kid
    if receiver == bench.signer.public_key.kid:
        raise Refused("a hand-over needs two people: the receiver is the key that offers")
    fixities = list(reread_all(bench.parts.blobs, bench.holdings(item)))
    if any(fixity.state is not BlobState.SAME for fixity in fixities):
        raise CheckFailed("the bytes are no longer those that were received; run `prov audit`")
    record = custody.offer_record(
        item, to=receiver, purpose=purpose, means=means, digests=found_digests(fixities)
    )

    def compose(batch: Batch) -> int:
        if open_offer(bench, item) is not None:
            raise Refused("an offer of this item is open already; it must be answered first")
        return batch.add(record)

    return bench.append(compose)


def open_offer(bench: Workbench, item: bytes) -> custody.Offer | None:
    """Return the item's open offer, if anybody can still answer it.

    One to a key that has ended since binds nobody: its holder can neither accept nor refuse.
    """
    pending = custody.open_offer(bench.entries(item, CUSTODY_TYPES))
    receiver = bench.keepers().roster.find(pending.to) if pending else None
    return None if receiver and receiver.ended is not None else pending


def accept(bench: Workbench, item: bytes) -> tuple[int, bool]:
    """Accept the open offer; returns the entry's position and whether the bytes agreed.

    Raises:
        Refused: no open offer, or it names somebody else.
    """
    digests = found_digests(reread_all(bench.parts.blobs, bench.holdings(item)))

    def compose(batch: Batch) -> tuple[int, bool]:
        pending = _answerable(bench, item)
        record = custody.answer_record(item, pending, accept=True, digests=digests)
        return batch.add(record), tuple(sorted(digests)) == pending.digests

    return bench.append(compose)


def refuse(bench: Workbench, item: bytes, *, reason: str) -> int:
    """Refuse the open offer; returns the entry's position.

    Raises:
        Refused: no open offer, it names somebody else, or the reason names a source.
    """
    require_no_handle(bench, [reason])

    def compose(batch: Batch) -> int:
        pending = _answerable(bench, item)
        record = custody.answer_record(item, pending, accept=False, digests=(), reason=reason)
        return batch.add(record)

    return bench.append(compose)


def access(bench: Workbench, item: bytes, *, purpose: str) -> int:
    """Record that the acting custodian looked at an item; returns the entry's position.

    Raises:
        Refused: the purpose names a source.
    """
    require_no_handle(bench, [purpose])
    return bench.record(custody.access_record(item, purpose=purpose))[0]


def note(bench: Workbench, item: bytes, *, text: str) -> int:
    """Write a note into an item's custody; returns the entry's position.

    Raises:
        Refused: the note names a source.
    """
    require_no_handle(bench, [text])
    return bench.record(custody.note_record(item, text=text))[0]


def _answerable(bench: Workbench, item: bytes) -> custody.Offer:
    pending = custody.open_offer(bench.entries(item, CUSTODY_TYPES))
    return custody.require_answerable(pending, kid=bench.signer.public_key.kid)
