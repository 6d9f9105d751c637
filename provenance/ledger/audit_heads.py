"""The part of an audit that concerns tree heads, and the times that others attest for them.

For each checkpoint, kept here or held outside: its log signature and those of known witnesses,
then, once the log is counted, whether it is a head of this log. A witness's time on a checkpoint of
size s bounds the entries: those from s on were logged after it, those before s at or before it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from provenance.errors import CheckFailed, Malformed
from provenance.ledger.checkpoint import Checkpoint, read_checkpoint
from provenance.ledger.findings import Detector, Findings
from provenance.ledger.note import NoteKey
from provenance.ledger.recount import Recount
from provenance.ports import StoredCheckpoint


class Heads:
    """Checkpoints whose signatures are verified, to be held against the recounted log."""

    def __init__(self, log_key: NoteKey, witnesses: Sequence[NoteKey], findings: Findings) -> None:
        self._keys = (log_key, tuple(witnesses))
        self._findings = findings
        self._heads: list[tuple[Detector, Checkpoint]] = []
        self.times: list[tuple[int, int]] = []
        """(size, seconds since 1970 UTC) that witnesses attest."""

    def take_stored(self, checkpoints: Iterable[StoredCheckpoint]) -> None:
        """Read the desk's own checkpoints."""
        for each in checkpoints:
            found = self._read(each.note, f"checkpoint {each.size}")
            if found is not None and found.size != each.size:
                self._findings.flag(
                    Detector.CHECKPOINT_SIGNATURE,
                    None,
                    f"checkpoint {each.size}",
                    f"It is kept under size {each.size}, and signed for {found.size}.",
                )
            elif found is not None:
                self._heads.append((Detector.CHECKPOINT, found))

    def take_outside(self, notes: Iterable[bytes]) -> None:
        """Read checkpoints that somebody else has held."""
        for note in notes:
            found = self._read(note, "checkpoint held outside")
            if found is not None:
                self._heads.append((Detector.OUTSIDE, found))

    def compare(self, log: Recount) -> None:
        """Hold every head against the log as it was counted."""
        for detector, head in self._heads:
            self._findings.checked[detector] += 1
            affects = f"checkpoint {head.size}"
            if head.size > log.size:
                sentence = f"The log has only {log.size} entries: the end of it is gone."
                self._findings.flag(detector, None, affects, sentence)
            elif log.root_at(head.size) != head.root:
                sentence = "The first entries are not those it was signed for."
                self._findings.flag(detector, None, affects, sentence)

    def _read(self, note: bytes, affects: str) -> Checkpoint | None:
        self._findings.checked[Detector.CHECKPOINT_SIGNATURE] += 1
        try:
            signed = read_checkpoint(note, *self._keys)
        except (Malformed, CheckFailed) as error:
            self._findings.flag(Detector.CHECKPOINT_SIGNATURE, None, affects, f"{error}.")
            return None
        head = signed.checkpoint
        self.times += [
            (head.size, each.time) for each in signed.cosignatures if each.time is not None
        ]
        return head


class TimeBounds:
    """For each position: the latest attested time before it and the earliest after it."""

    def __init__(self, times: Iterable[tuple[int, int]]) -> None:
        """Take (size, seconds since 1970 UTC) pairs in any order."""
        pairs = sorted(times)
        self._sizes = [size for size, _ in pairs]
        self._before = list(accumulate((time for _, time in pairs), max))
        self._after = list(accumulate((time for _, time in reversed(pairs)), min))[::-1]

    def around(self, seq: int) -> tuple[int | None, int | None]:
        """Return the time after which, and that up to which, entry `seq` was logged."""
        at = bisect_right(self._sizes, seq)
        before = self._before[at - 1] if at else None
        return before, self._after[at] if at < len(self._after) else None


def merge_times(
    witnessed: Iterable[tuple[int, int]], timestamps: Mapping[int, int]
) -> Iterable[tuple[int, int]]:
    """Return all attested times: of witnesses, and of timestamp authorities by checkpoint size."""
    return (*witnessed, *timestamps.items())
