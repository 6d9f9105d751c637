"""Audit a log: two passes that can run apart, and one report.

`check_entries` does the work that concerns one entry alone (grammar, signature, hidden fields, leaf
hash). It needs nothing but the rows and a ring of keys, so a caller may cut the log into ranges and
hand each to another process: `CheckedEntry` and `PublicKey` travel. A kid is the hash of its key,
so a wrong ring can only cost time, never a wrong answer.
`audit_log` takes the checked entries in order and judges what depends on the rest: in this order
numbering, form, hidden fields, roster, signature and role, endorsement, item chain and hand-over,
`seen`, time, then tiles and every checkpoint. A bad log is a report, never an exception.
The quick one, by hash alone, is `provenance.ledger.hash_audit`.
Memory: one small record an item, one a checkpoint, 0.13 bytes an entry.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from provenance.errors import CheckFailed, Malformed
from provenance.journal.roles import may_sign
from provenance.ledger.audit_heads import Heads, TimeBounds, merge_times
from provenance.ledger.audit_items import HANDOVER_TYPES, Items
from provenance.ledger.base64text import encode_base64url
from provenance.ledger.endorsement import ENDORSED, Endorsements
from provenance.ledger.entry import Entry, parse_entry, verify_entry
from provenance.ledger.findings import AuditReport, Detector, Findings
from provenance.ledger.keyacts import Fields
from provenance.ledger.keys import PublicKey
from provenance.ledger.merkle import leaf_hash
from provenance.ledger.note import NoteKey
from provenance.ledger.recount import Recount
from provenance.ledger.roster import KEY_TYPES, Roster, Standing
from provenance.ledger.tiles import TileReader
from provenance.ports import SealedDisclosure, StoredCheckpoint, StoredEntry
from provenance.records import RECORD_TYPES

MAX_CLOCK_SKEW: Final = 120  # seconds two honest desk clocks may differ
BLOCK: Final = 512  # entries hashed at a time
OPENED_TYPES: Final = KEY_TYPES | HANDOVER_TYPES | {ENDORSED}
"""Types whose hidden fields the audit must read; `CheckedEntry` carries theirs along."""

_EVERY_ENTRY: Final = (
    Detector.DISCLOSURE,
    Detector.SIGNATURE,
    Detector.ROLE,
    Detector.ITEM_CHAIN,
    Detector.SEEN,
    Detector.TIME,
)
_STANDING: Final = {
    Standing.UNKNOWN_KEY: "It is signed by a key that was not enrolled before it.",
    Standing.REVOKED_KEY: "It is signed by a key that had ended before it.",
    Standing.WRONG_SIGNATURE: "Its signature is wrong: these are not the bytes that were signed.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedEntry:
    """A stored entry, with what can be said of it alone."""

    seq: int
    leaf_hash: bytes
    entry: Entry | None
    """None if the leaf is no entry; `fault` then says why."""
    fault: str
    signature: bool | None
    """Whether the key of its kid signed it; None if the ring does not hold that key."""
    strangers: int
    """Stored hidden fields that the entry does not vouch for."""
    disclosures: tuple[SealedDisclosure, ...]
    """Of OPENED_TYPES only; empty for all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTerms:
    """What an audit goes by: keys, heads and times that do not come from the entries."""

    log_key: NoteKey
    """Its name is the log's origin."""
    checkpoints: Iterable[StoredCheckpoint] = ()
    outside: Iterable[bytes] = ()
    """Signed notes that somebody else has held."""
    witnesses: Sequence[NoteKey] = ()
    timestamps: Mapping[int, int] = field(default_factory=dict)
    """Checkpoint size -> seconds since 1970 UTC that a timestamp authority attests."""


def check_entries(
    rows: Iterable[StoredEntry], ring: Iterable[PublicKey] = ()
) -> Iterator[CheckedEntry]:
    """Yield each row with what can be said of it alone.

    Args:
        rows: Any stretch of the log.
        ring: Keys to verify with, in any order, from any source.
    """
    keys = {key.kid: key for key in ring}
    for row in rows:
        entry, fault = _parse(row.leaf)
        key = keys.get(entry.kid) if entry else None
        opened = entry is not None and entry.type in OPENED_TYPES
        yield CheckedEntry(
            seq=row.seq,
            leaf_hash=leaf_hash(row.leaf),
            entry=entry,
            fault=fault,
            signature=verify_entry(entry, key) if entry and key else None,
            strangers=_strangers(entry, row.disclosures) if entry and row.disclosures else 0,
            disclosures=row.disclosures if opened else (),
        )


def audit_log(
    checked: Iterable[CheckedEntry],
    terms: AuditTerms,
    *,
    tile: TileReader,
    open_fields: Callable[[Entry, tuple[SealedDisclosure, ...]], Fields | None],
    judge_rest: Callable[[Findings], None] = lambda _findings: None,
) -> AuditReport:
    """Return everything that does not hold in a log.

    Args:
        checked: All entries in order, as `check_entries` gives them.
        terms: Keys, heads and times to go by.
        tile: Reads the stored tiles.
        open_fields: Opens the hidden fields of an entry of OPENED_TYPES; None if they are gone.
        judge_rest: Called once all entries are read, to judge what their hidden fields say.
    """
    findings = Findings()
    heads = read_heads(terms, findings)
    times = TimeBounds(merge_times(heads.times, terms.timestamps))
    endorsements = Endorsements(terms.log_key.name, tile, findings)
    log = Recount(tile, findings)
    auditor = _Auditor(terms.log_key, log, times, findings, endorsements, open_fields)
    rows = iter(checked)
    while block := list(islice(rows, BLOCK)):
        auditor.take(block)
    judge_rest(findings)
    return auditor.finish(heads)


class _Auditor:
    """Judges checked entries against the log before them."""

    def __init__(
        self,
        log_key: NoteKey,
        log: Recount,
        times: TimeBounds,
        findings: Findings,
        endorsements: Endorsements,
        open_fields: Callable[[Entry, tuple[SealedDisclosure, ...]], Fields | None],
    ) -> None:
        self._log_key = log_key
        self._log = log
        self._times = times
        self._findings = findings
        self._endorsements = endorsements
        self._open = open_fields
        self._numbering = Numbering(findings)
        self._roster = Roster(log_key.name)
        self._items = Items(findings)
        self._last_iat = 0

    def take(self, block: Sequence[CheckedEntry]) -> None:
        first = self._log.size
        self._numbering.take([each.seq for each in block])
        self._log.feed([each.leaf_hash for each in block])
        # Positions are counted here: what the store calls an entry is not evidence.
        entries = sum(each.entry is not None for each in block)
        self._findings.checked[Detector.FORM] += len(block)
        for detector in _EVERY_ENTRY:
            self._findings.checked[detector] += entries
        for seq, each in enumerate(block, first):
            if each.entry is None:
                sentence = f"It cannot be read: {each.fault}."
                self._findings.flag(Detector.FORM, seq, "entry", sentence)
            else:
                self._judge(seq, each, each.entry)

    def finish(self, heads: Heads) -> AuditReport:
        root = self._log.finish()
        heads.compare(self._log)
        self._items.finish()
        for each in self._roster:
            if each.compromised_since is not None:
                self._findings.note(
                    Detector.ROSTER,
                    each.ended,
                    f"key {each.key.kid}",
                    f"It may have been in other hands from entry {each.compromised_since} on: "
                    "review what it signed from there.",
                )
        return self._findings.report(self._log.size, root)

    def _judge(self, seq: int, each: CheckedEntry, entry: Entry) -> None:
        self._check_form(seq, each, entry)
        fields = self._opened(seq, each, entry) if entry.type in OPENED_TYPES else None
        self._check_key_record_and_signature(seq, each, entry, fields)
        if entry.type == ENDORSED:
            self._endorsements.check(seq, entry.item, fields, self._roster)
        self._items.follow(seq, entry, each.leaf_hash)
        if entry.type in HANDOVER_TYPES:
            self._items.hand_over(seq, entry, each.leaf_hash, fields)
        self._check_seen(seq, entry)
        self._check_time(seq, entry)

    def _opened(self, seq: int, each: CheckedEntry, entry: Entry) -> Fields | None:
        try:
            return self._open(entry, each.disclosures)
        except (CheckFailed, Malformed) as error:
            self._findings.flag(Detector.DISCLOSURE, seq, "entry", f"{error}.")
            return None

    def _check_form(self, seq: int, each: CheckedEntry, entry: Entry) -> None:
        kind = RECORD_TYPES.get(entry.type)
        if entry.log != self._log_key.name:
            self._findings.flag(Detector.FORM, seq, "entry", f"It belongs to {entry.log}.")
        if kind is None or kind.width != len(entry.digest_texts):
            sentence = f"No record of type {entry.type} has {len(entry.digest_texts)} digests."
            self._findings.flag(Detector.FORM, seq, "entry", sentence)
        if each.strangers:
            sentence = f"{each.strangers} stored hidden fields are not this entry's."
            self._findings.flag(Detector.DISCLOSURE, seq, "entry", sentence)

    def _check_key_record_and_signature(
        self, seq: int, each: CheckedEntry, entry: Entry, fields: Fields | None
    ) -> None:
        if seq == 0:  # the genesis is judged by the roster that it lays down
            self._feed(seq, entry, fields)
        standing = self._roster.judge(seq, entry, signature=each.signature)
        if standing is not Standing.VALID:
            sentence = _STANDING[standing]
            self._findings.flag(Detector.SIGNATURE, seq, f"key {entry.kid}", sentence)
            return
        key = self._roster.find(entry.kid)
        if key is not None and not may_sign(key.role, entry.type):
            sentence = f"Its key's role, {key.role}, may not sign a record of type {entry.type}."
            self._findings.flag(Detector.ROLE, seq, f"key {entry.kid}", sentence)
        if seq > 0:
            self._feed(seq, entry, fields)

    def _feed(self, seq: int, entry: Entry, fields: Fields | None) -> None:
        if seq == 0 and entry.type != "log.genesis":
            self._findings.flag(
                Detector.ROSTER, seq, "entry", "The log does not begin with its genesis."
            )
        if entry.type not in KEY_TYPES:
            return
        self._findings.checked[Detector.ROSTER] += 1
        if fault := self._roster.feed(seq, entry, fields or {}):
            self._findings.flag(Detector.ROSTER, seq, "entry", fault)
        genesis = self._roster.genesis
        if seq == 0 and genesis and genesis.log_key != self._log_key:
            sentence = "The genesis names another log key than the one this audit goes by."
            self._findings.flag(Detector.ROSTER, seq, "entry", sentence)

    def _check_seen(self, seq: int, entry: Entry) -> None:
        seen = entry.seen
        if seen.size > seq or self._log.root_at(seen.size) != seen.root:
            sentence = f"Its signer saw a head of {seen.size} entries that this log never had."
            self._findings.flag(Detector.SEEN, seq, f"checkpoint {seen.size}", sentence)

    def _check_time(self, seq: int, entry: Entry) -> None:
        before, after = self._times.around(seq)
        if entry.iat < self._last_iat - MAX_CLOCK_SKEW:
            sentence = "It claims a time before that of the entry logged just before it."
            self._findings.flag(Detector.TIME, seq, "entry", sentence)
        if after is not None and entry.iat > after + MAX_CLOCK_SKEW:
            sentence = "It claims a time after one at which others already saw it logged."
            self._findings.flag(Detector.TIME, seq, "entry", sentence)
        if before is not None and entry.iat < before - MAX_CLOCK_SKEW:
            sentence = "It was logged late: others saw a shorter log after the time it claims."
            self._findings.note(Detector.TIME, seq, "entry", sentence)
        self._last_iat = entry.iat


def read_heads(terms: AuditTerms, findings: Findings) -> Heads:
    """Return the heads to hold the log against, their signatures verified."""
    heads = Heads(terms.log_key, terms.witnesses, findings)
    heads.take_stored(terms.checkpoints)
    heads.take_outside(terms.outside)
    return heads


class Numbering:
    """Holds the store's numbers against 0, 1, 2 ...; each gap or step back is told once."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._next = 0

    def take(self, seqs: Sequence[int]) -> None:
        """Take the numbers of the next entries."""
        self._findings.checked[Detector.NUMBERING] += len(seqs)
        counted = range(self._next, self._next + len(seqs))
        if tuple(seqs) == tuple(counted):
            self._next = counted.stop
            return
        for seq in seqs:
            if seq != self._next:
                at = self._next
                sentence = (
                    f"The store calls entry {at} something else: entries were removed or inserted."
                )
                self._findings.flag(Detector.NUMBERING, at, "entry", sentence)
            self._next = seq + 1


def _parse(leaf: bytes) -> tuple[Entry | None, str]:
    try:
        return parse_entry(leaf), ""
    except Malformed as error:
        return None, str(error)


def _strangers(entry: Entry, disclosures: Sequence[SealedDisclosure]) -> int:
    vouched = entry.digest_texts
    return sum(encode_base64url(each.digest) not in vouched for each in disclosures)
