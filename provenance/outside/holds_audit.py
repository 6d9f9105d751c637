"""What an audit learns from outside holds, and what it finds wrong with them.

Each kept cosigned copy is handed to the audit of the log beside the note as first signed: there its
signatures are verified and its head is held against the recounted log. Each kept timestamp is
checked again from its bytes; its time, with the stated accuracy, is one at which the entries before
that checkpoint existed. A timestamp that does not hold is a fault; a policy that is not fulfilled,
or holds that lie far back, are remarks: they weaken what an audit can say, and prove nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provenance.acts.workbench import Workbench
from provenance.errors import CheckFailed, DeskCorrupt
from provenance.outside.block_stamping import check_proofs
from provenance.outside.choosing import holders
from provenance.outside.holders import Holders
from provenance.outside.stamping import check_stamps
from provenance.outside.witnessing import standing
from provenance.ports import StoredCheckpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldsAudit:
    """What is held outside, as far as the desk keeps proof of it."""

    holders: Holders
    cosigned: int
    """Checkpoints with a cosigned copy."""
    timestamps: int
    """Timestamps that hold."""
    newest: int
    """Size of the newest checkpoint with either; what came after it can be undone unseen."""
    times: Mapping[int, int]
    """Checkpoint size -> seconds since 1970 UTC, by which an authority says it existed."""
    faults: tuple[str, ...]
    """One sentence for each thing that does not hold."""
    remarks: tuple[str, ...]
    """One sentence for each thing worth knowing."""


def audit_holds(bench: Workbench) -> HoldsAudit:
    """Check everything that others have attested, except the cosignatures (see `stored_heads`)."""
    there = _holders(bench)
    faults, times = list(there.faults), dict[int, int]()
    stamps = cosigned = newest = 0
    for stamp in check_stamps(bench, there):
        if stamp.finding is None:
            faults.append(
                f"The timestamp of {stamp.authority} on checkpoint {stamp.size} does not hold: "
                f"{stamp.error}."
            )
        else:
            stamps += 1
            newest = max(newest, stamp.size)
            at = stamp.finding.no_later_than
            times[stamp.size] = min(at, times.get(stamp.size, at))
    faults += [
        f"An OpenTimestamps proof on checkpoint {each.size} does not hold: {each.error}."
        for each in check_proofs(bench)
        if isinstance(each.error, CheckFailed)
    ]  # what cannot be read at all is told above
    for held in bench.parts.checkpoints.held():
        if held.cosigned is not None:
            cosigned, newest = cosigned + 1, max(newest, held.size)
    return HoldsAudit(
        holders=there,
        cosigned=cosigned,
        timestamps=stamps,
        newest=newest,
        times=times,
        faults=tuple(faults),
        remarks=tuple(_remarks(bench, there, newest)),
    )


def _holders(bench: Workbench) -> Holders:
    try:
        return holders(bench)
    except DeskCorrupt as error:
        return Holders(faults=(f"Who holds this log cannot be read: {error}.",))


def stored_heads(bench: Workbench) -> Iterator[StoredCheckpoint]:
    """Yield every kept checkpoint as first signed, then every cosigned copy."""
    yield from bench.parts.checkpoints.all()
    for held in bench.parts.checkpoints.held():
        if held.cosigned is not None:
            yield StoredCheckpoint(size=held.size, note=held.cosigned)


def _remarks(bench: Workbench, there: Holders, newest: int) -> Iterator[str]:
    if not newest:
        yield "Nobody outside holds a checkpoint that this desk has proof of."
    else:
        since = bench.parts.ledger.size() - newest
        yield f"The newest checkpoint held outside has {newest} entries; {since} came after it."
    found = standing(bench, there)
    if there.policy is not None and found is None:
        yield "A witness policy is set, and no checkpoint is cosigned yet."
    elif found is not None and not found[1].fulfilled:
        yield f"On the newest cosigned checkpoint ({found[0]} entries): {found[1].sentence}"
