"""Earlier states of a document, recovered from its bytes, become exemplars of the same item.

Rules, for each earlier state that the newest finding of an exemplar lists:
  1. its bytes are the beginning of the exemplar and have the digest that the finding states; if
     they have not, the finding or the blob is wrong, and nothing is recorded;
  2. bytes that an item of this desk holds already are told, and recorded nowhere twice: an earlier
     state that came by itself is a match worth knowing;
  3. all else becomes an exemplar of form `derived`, by a record `item.split` that names what it was
     taken out of and where it ends.
A derived exemplar was never received from anybody: it is what the file says it once was.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from provenance.acts.examining import findings_of, read_result
from provenance.acts.workbench import Workbench
from provenance.digests import BLOCK, Digests, Hasher
from provenance.errors import CheckFailed
from provenance.examine.identify import HEAD, identify_bytes
from provenance.facts.model import Earlier
from provenance.journal.appending import Batch
from provenance.journal.projecting import ARRIVALS
from provenance.ports import Blobs
from provenance.records import HiddenField, Json, NewRecord

FORM: Final = "derived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """One earlier state and what became of it."""

    sha256: str
    size: int
    """Bytes."""
    out_of: str
    """SHA-256 of the exemplar it was taken out of."""
    note: str
    """How the state after it differs, as far as it was compared."""
    seq: int | None
    """The entry that records it; None if an item held these bytes already."""
    held_by: bytes | None = None
    """The item that held them."""
    held_entry: int | None = None
    """The entry by which they came to be there; None where this very run recovered them."""
    held_derived: bool = False
    """They were recovered before, and not received from anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    exemplar: str
    number: int
    count: int
    earlier: Earlier
    digests: Digests
    head: bytes


def recover(bench: Workbench, item: bytes) -> list[Recovered]:
    """Recover every earlier state of an item's copies; returns them, oldest first for each copy.

    Raises:
        CheckFailed: a state's bytes are not those that the finding saw.
        BlobMissing: an exemplar or a finding's result is gone.
    """
    states = list(_states(bench, item))
    bench.parts.blobs.settle()

    def compose(batch: Batch) -> list[Recovered]:
        wanted = list(dict.fromkeys(state.digests.sha256 for state in states))
        holders = dict(batch.writer.holders(wanted))
        found = []
        for state in states:
            held = holders.get(state.digests.sha256)
            seq = batch.add(_record(item, state)) if held is None else None
            holders[state.digests.sha256] = item
            one = _recovered(state, seq, held)
            found.append(_as_held(bench, one) if held is not None else one)
        return found

    return bench.append(compose) if states else []


def _states(bench: Workbench, item: bytes) -> Iterator[_State]:
    for sha256, finding in findings_of(bench.entries(item, ("finding",))).items():
        facts = read_result(bench, finding).facts
        earlier = facts.earlier if facts else ()
        for number, one in enumerate(earlier, 1):
            digests, head = _copy(bench.parts.blobs, bytes.fromhex(sha256), one)
            yield _State(
                exemplar=sha256,
                number=number,
                count=len(earlier) + 1,
                earlier=one,
                digests=digests,
                head=head,
            )


def _copy(blobs: Blobs, exemplar: bytes, earlier: Earlier) -> tuple[Digests, bytes]:
    """Copy the beginning of a blob to one of its own; returns its digests and first bytes."""
    head, left = b"", earlier.end
    staged = blobs.stage()
    try:
        with blobs.open(exemplar) as stream, Hasher() as hasher:
            while left and (block := stream.read(min(BLOCK, left))):
                head = head or block[:HEAD]
                hasher.update(block)
                staged.write(block)
                left -= len(block)
            digests = hasher.finish()
        if digests.sha256.hex() != earlier.sha256:
            raise CheckFailed(
                "an earlier state is not what the finding saw: examine the item again"
            )
        staged.keep(digests.sha256)
    finally:
        staged.discard()  # does nothing once kept; else no half-written file may stay
    return digests, head


def _record(item: bytes, state: _State) -> NewRecord:
    subject = f"item:{item.hex()}"
    digests = state.digests
    name = f"state {state.number} of {state.count}"
    values: dict[str, Json] = {
        "document": {
            "sha256": digests.sha256.hex(),
            "sha512": digests.sha512.hex(),
            "blake3": digests.blake3.hex(),
            "size": digests.size,
        },
        "label": {
            "exemplar": True,
            "form": FORM,
            "media_type": identify_bytes(state.head).media_type,
        },
        "name": {"name": name, "path": name, "members": []},
        "arrival": {},
        "parent": {
            "item": item.hex(),
            "sha256": state.exemplar,
            "member": name,
            "position": state.earlier.end,
            "derived": True,
        },
    }
    fields = tuple(
        HiddenField(name=field, value=value, subject=subject) for field, value in values.items()
    )
    return NewRecord(item=item, type="item.split", fields=fields)


def _as_held(bench: Workbench, one: Recovered) -> Recovered:
    """Say how the bytes came to be on the desk: by an earlier recovery, or by themselves."""
    for entry in bench.entries(one.held_by or b"", tuple(ARRIVALS)):
        if entry.text("document", "sha256") == one.sha256:
            parent = entry.fields.get("parent")
            derived = isinstance(parent, dict) and parent.get("derived") is True
            return replace(one, held_entry=entry.seq, held_derived=derived)
    return replace(one, held_derived=True)  # of this very run: another copy held the same state


def _recovered(state: _State, seq: int | None, held: bytes | None) -> Recovered:
    return Recovered(
        sha256=state.digests.sha256.hex(),
        size=state.digests.size,
        out_of=state.exemplar,
        note=state.earlier.note,
        seq=seq,
        held_by=held,
    )
