"""The part of an audit that judges verdicts: who signed, who countersigned, in which order.

Each item's acts are read from its own entries and judged by the rules that decide everywhere which
acts count (`provenance.acts.verdict_history`). An act that breaks one is flagged by its entry: it
says that a second person stands behind a verdict, and nobody does. Records of an act's type that
cannot be read say nothing, and are remarked on elsewhere. An item whose index does not lead to its
entries is passed over: other parts of the audit name the row.
"""

from collections.abc import Iterable

from provenance.acts.verdict_history import read_history
from provenance.acts.workbench import Workbench
from provenance.errors import DeskCorrupt, KeyUnavailable
from provenance.ledger.findings import Detector, Findings
from provenance.statements import VERDICT_TYPES


def judge_verdicts(bench: Workbench, items: Iterable[bytes], size: int, findings: Findings) -> None:
    """Flag every act on these items' verdicts that does not count.

    Args:
        bench: the open desk.
        items: 16 bytes each.
        size: entries that the audit looks at; what came in later is left alone.
        findings: where to flag it.
    """
    try:
        names = bench.keepers().names
    except (DeskCorrupt, KeyUnavailable):
        names = {}  # told already: without the roster a person cannot be told from a key
    for item in sorted(items):
        try:
            entries = [e for e in bench.entries(item, VERDICT_TYPES) if e.seq < size]
        except (DeskCorrupt, KeyUnavailable):
            continue
        findings.checked[Detector.VERDICT] += len(entries)
        for remark in read_history(entries, names).broken:
            sentence = remark.sentence[0].upper() + remark.sentence[1:] + "."
            findings.flag(Detector.VERDICT, remark.seq, f"item {item.hex()}", sentence)
