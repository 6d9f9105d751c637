"""Turn the custody chain into the report's lines, each with the words a public reader gets.

The public words come from one table, by the type of the event and whether bytes were compared.
They never hold a text that a person typed, a name, a handle or a channel.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from provenance.custody_chain import Chain, CustodyEvent
from provenance.custody_words import RECOVERED
from provenance.report.item_parts import Custody, CustodyLine, Gap

PUBLIC_WORDS: Final = {
    "item.received": "received by the desk",
    "item.split": "taken out of its container by the desk",
    "transfer.offered": "offered to another custodian",
    "transfer.accepted": "accepted by another custodian; bytes re-read",
    "transfer.refused": "the hand-over was refused",
    "accessed": "looked at by a custodian",
    "copied": "a working copy was made",
    "redacted": "a redacted copy was made",
    "fixity.checked": "bytes re-read",
    "exported": "a report or package was made",
    "disposed": "disposed of",
    "note": "a note was added",
}
_AGREE: Final = {True: ": same bytes", False: ": DIFFERENT BYTES", None: ""}
OTHER: Final = "another custody event"
A_CUSTODIAN: Final = "a custodian of the desk"
_NAME_SOURCES: Final = ("item.received", "item.split")  # whose sentences say "from S-7"
_LOUD: Final = ("transfer.refused",)  # told to the public as a remark of its own


def custody_part(
    chain: Chain, *, names: Mapping[str, str], gaps: Sequence[Gap] | None = None
) -> Custody:
    """Return the custody section of a report.

    Args:
        chain: as `provenance.custody_chain.chain_of` tells it.
        names: key id -> enrolled name.
        gaps: stretches without a signature; None = nobody looked for them.
    """
    to = None if chain.open_offer is None else chain.open_offer.to
    return Custody(
        lines=tuple(_line(event) for event in chain.events),
        holder=chain.holder,
        open_offer="" if to is None else names.get(to, to.replace("desk:", "desk ", 1)),
        remarks=chain.remarks,
        gaps=None if gaps is None else tuple(gaps),
        public_remarks=tuple(_public_remarks(chain)),
    )


def _line(event: CustodyEvent) -> CustodyLine:
    words = PUBLIC_WORDS.get(event.type, OTHER)
    if event.type == "item.split" and event.sentence.startswith(RECOVERED):
        words = f"{RECOVERED} by the desk"
    return CustodyLine(
        entry=event.seq,
        type=event.type,
        at=event.claimed_at,
        who=event.who,
        sentence=event.sentence,
        agree=event.digests_agree,
        without_source=event.type not in _NAME_SOURCES,
        public_who=A_CUSTODIAN,
        public_sentence=words + _AGREE[event.digests_agree],
    )


def _public_remarks(chain: Chain) -> list[str]:
    remarks = [
        f"entry {event.seq}: {PUBLIC_WORDS[event.type]}"
        for event in chain.events
        if event.type in _LOUD
    ]
    remarks += [
        f"entry {event.seq}: the bytes were not those that were offered or received"
        for event in chain.events
        if event.digests_agree is False
    ]
    if chain.open_offer is not None:
        remarks.append(f"entry {chain.open_offer.record.seq}: offered, not answered yet")
    return remarks
