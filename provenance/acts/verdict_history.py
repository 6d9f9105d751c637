"""The acts on one item's verdict: which of them count, and what is to be said of the others.

Whoever holds an enrolled key can write a record past the acts of this desk. So each act is judged
again by whoever reads, and by every audit. It counts if, in this order:
  1. its field reads as an act on a verdict, of the kind that its entry's type says, on this item;
  2. it names the key that signed its entry: one key never signs for two people;
  3. it is no second signature of one person, whatever key it is made with: two keys enrolled under
     one name are one person;
  4. it may follow the acts before it (`provenance.verdict.lifecycle`): versions in order, reasons
     given, nothing signed twice.
What does not count is a remark that names its entry; the acts before and after it stay readable.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from provenance.errors import Malformed
from provenance.journal.reading import OpenedEntry
from provenance.statements import VERDICT_TYPES
from provenance.verdict.lifecycle import Lifecycle, Standing
from provenance.verdict.verdict_json import verdict_from_json
from provenance.verdict.verdict_record import Act, VerdictRecord

_ACT_OF: Final = {
    "verdict.signed": Act.SIGNED,
    "verdict.countersigned": Act.COUNTERSIGNED,
    "verdict.corrected": Act.CORRECTED,
    "verdict.withdrawn": Act.WITHDRAWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What is to be said of one entry."""

    seq: int
    sentence: str
    """Holds no text that somebody typed."""

    def __str__(self) -> str:
        """Say it with its place."""
        return f"entry {self.seq}: {self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAct:
    """An act that reads as one."""

    seq: int
    record: VerdictRecord
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictHistory:
    """The acts on one item's verdict, in ledger order."""

    acts: tuple[SignedAct, ...]
    standing: Standing
    """What those that count amount to."""
    broken: tuple[Remark, ...]
    """Acts that break a rule: they say one thing and do not count."""
    unreadable: tuple[Remark, ...]
    """Records of an act's type that are none."""

    @property
    def counting(self) -> tuple[VerdictRecord, ...]:
        """The acts that count."""
        return tuple(act.record for act in self.acts if act.counts)


def read_history(entries: Iterable[OpenedEntry], names: Mapping[str, str]) -> VerdictHistory:
    """Return the acts among an item's entries.

    Args:
        entries: the item's entries in order; those of other types are passed over.
        names: key id -> name as enrolled.
    """
    walk = Lifecycle()
    acts: list[SignedAct] = []
    broken: list[Remark] = []
    unreadable: list[Remark] = []
    people: dict[tuple[int, bool], set[str]] = {}
    for entry in entries:
        if entry.type not in VERDICT_TYPES:
            continue
        record = _read(entry)
        if record is None:
            sentence = f"it cannot be read as {entry.type} and does not count"
            unreadable.append(Remark(seq=entry.seq, sentence=sentence))
            continue
        fault = _fault(entry, record, people, names) or walk.problem(record)
        if fault is None:
            walk.take(record)
            people.setdefault(_side(record), set()).add(names.get(record.signer, record.signer))
        else:
            sentence = f"this act ({entry.type}) does not count: {fault}"
            broken.append(Remark(seq=entry.seq, sentence=sentence))
        acts.append(SignedAct(seq=entry.seq, record=record, counts=fault is None))
    return VerdictHistory(
        acts=tuple(acts),
        standing=walk.standing(),
        broken=tuple(broken),
        unreadable=tuple(unreadable),
    )


def is_act(entry: OpenedEntry) -> bool:
    """Tell whether an entry of `VERDICT_TYPES` can be read as an act."""
    return _read(entry) is not None


def _read(entry: OpenedEntry) -> VerdictRecord | None:
    try:
        record = verdict_from_json(entry.fields.get("verdict"))
    except Malformed:
        return None
    return record if record.act is _ACT_OF[entry.type] else None


def _fault(
    entry: OpenedEntry,
    record: VerdictRecord,
    people: Mapping[tuple[int, bool], set[str]],
    names: Mapping[str, str],
) -> str | None:
    if record.item != entry.entry.item.hex():
        return "it speaks of another item"
    if record.signer != entry.kid:
        return "it names another signer than its own key"
    beside, person = people.get(_side(record), set()), names.get(record.signer, record.signer)
    if record.act in {Act.COUNTERSIGNED, Act.WITHDRAWN} and person in beside:
        return "its signer has signed this already, with this key or another"
    return None


def _side(record: VerdictRecord) -> tuple[int, bool]:
    """Return what a signature stands under: a version, or the withdrawal of one."""
    return record.version, record.act is Act.WITHDRAWN
