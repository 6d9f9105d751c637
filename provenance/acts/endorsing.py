"""Endorsing an entry on an open desk with an SSH key, and listing what a key has signed.

Rules, in order; the first that fails refuses an endorsement:
  1. the entry is in the log;
  2. the SSH signature verifies over its position and leaf hash, in our namespace;
  3. a security key was touched;
  4. a key of this desk counts now; any other SSH key may endorse, and is shown as not enrolled;
  5. a key endorses an entry once.
The record is signed by whoever enters it: it may be somebody else than who endorses.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile

from provenance.acts.workbench import Workbench
from provenance.errors import DeskCorrupt, Malformed, NotFound, Refused
from provenance.journal.appending import Batch
from provenance.journal.reading import OpenedEntry
from provenance.ledger.allowed_signers import allowed_signers
from provenance.ledger.endorsement import (
    ENDORSED,
    Endorsement,
    endorsement_message,
    endorsement_record,
    read_endorsement,
    roster_fault,
)
from provenance.ledger.entry import Entry, parse_entry
from provenance.ledger.roster import KEY_TYPES
from provenance.ledger.sshsig import SshKey, parse_sshsig
from provenance.ports import StoredEntry
from provenance.records import DESK_ITEM


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One entry that a key signed."""

    seq: int
    entry: Entry
    accession: str
    """Of the item; `desk` for acts of the desk, empty if the item has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsingKey:
    """An SSH key that has endorsed and is not on the roster."""

    key: SshKey
    first: int
    """Position of its first endorsement that holds."""
    recorded_by: str
    """Id of the enrolled key that signed that record."""


def request(bench: Workbench, seq: int) -> bytes:
    """Return the exact bytes that an endorser of the entry at `seq` signs.

    Raises:
        NotFound: the log has no such entry.
    """
    return endorsement_message(bench.parts.origin, seq, _entry(bench, seq).leaf_hash)


def endorse(bench: Workbench, seq: int, armored: str) -> int:
    """Record an SSH signature under the entry at `seq`; returns the record's position.

    Raises:
        NotFound: the log has no such entry.
        Malformed: not an SSH signature that is read here.
        Refused: it does not hold, or this key has endorsed the entry before.
    """
    entry = _entry(bench, seq)
    made = Endorsement(seq=seq, leaf_hash=entry.leaf_hash, signature=parse_sshsig(armored))
    if fault := made.fault(bench.parts.origin):
        raise Refused(_lower(fault))

    def compose(batch: Batch) -> int:
        if fault := roster_fault(made, bench.keepers().roster, batch.writer.size()):
            raise Refused(_lower(fault))
        for _, before in _endorsements(bench, entry.item):
            if (before.seq, before.signature.key) == (seq, made.signature.key):
                raise Refused(f"this key has endorsed entry {seq} already")
        return batch.add(endorsement_record(entry.item, made))

    return bench.append(compose)


def endorsing_keys(bench: Workbench) -> Iterator[EndorsingKey]:
    """Yield the SSH keys off the roster that have endorsed anything, in order of first use."""
    roster, known = bench.keepers().roster, set[SshKey]()
    ledger = bench.parts.ledger
    for row in ledger.entries(0, ledger.size()):
        if parse_entry(row.leaf).type != ENDORSED:
            continue
        # Hidden fields are fetched for these few only.
        stored = next(iter(ledger.entries(row.seq, row.seq + 1, disclosures=True)))
        for opened, made in _readable(bench, [stored]):
            key, kid = made.signature.key, made.kid()
            if key in known or made.fault(bench.parts.origin) or (kid and roster.find(kid)):
                continue
            known.add(key)
            yield EndorsingKey(key=key, first=opened.seq, recorded_by=opened.kid)


def signed_by(
    bench: Workbench, kids: Collection[str], *, since: int | datetime
) -> Iterator[Signed]:
    """Yield what these keys signed, in the order of the ledger.

    Args:
        bench: the desk.
        kids: key ids.
        since: a position; or an instant, and then everything from the first entry on that anybody
            claims to have signed at that time or later, whatever time the entries after it claim:
            a thief may claim any.
    """
    ledger = bench.parts.ledger
    start = since if isinstance(since, int) else 0
    instant = since.timestamp() if isinstance(since, datetime) else 0
    rows = ((row.seq, parse_entry(row.leaf)) for row in ledger.entries(start, ledger.size()))
    accessions = {view.item: view.accession for view in bench.items()} | {DESK_ITEM: "desk"}
    for seq, entry in dropwhile(lambda row: row[1].iat < instant, rows):
        if entry.kid in kids:
            yield Signed(seq=seq, entry=entry, accession=accessions.get(entry.item, ""))


def signers_file(bench: Workbench) -> str:
    """Return the roster as OpenSSH's `allowed_signers` file."""
    times = {row.seq: row.entry.iat for row in bench.entries(DESK_ITEM, tuple(KEY_TYPES))}
    return allowed_signers(bench.keepers().roster, times)


def _entry(bench: Workbench, seq: int) -> Entry:
    size = bench.parts.ledger.size()
    if not 0 <= seq < size:
        raise NotFound(f"this log has no entry {seq}; it has {size}, from 0 on")
    try:
        return parse_entry(next(iter(bench.parts.ledger.entries(seq, seq + 1))).leaf)
    except Malformed as error:
        raise DeskCorrupt(f"entry {seq} cannot be read: {error}") from error


def _endorsements(bench: Workbench, item: bytes) -> Iterator[tuple[OpenedEntry, Endorsement]]:
    return _readable(bench, (row for row, _ in bench.signed(item, (ENDORSED,))))


def _readable(
    bench: Workbench, stored: Iterable[StoredEntry]
) -> Iterator[tuple[OpenedEntry, Endorsement]]:
    for opened in bench.reader.opened(stored):
        try:
            yield opened, read_endorsement(opened.fields)
        except Malformed:
            continue  # erased, or not one: the audit says which, a listing passes it over


def _lower(sentence: str) -> str:
    return "the endorsement does not hold: " + sentence[0].lower() + sentence[1:].rstrip(".")
