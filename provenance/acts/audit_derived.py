"""The part of an audit that holds what the desk looks up against what the ledger says.

Index columns, item heads and views are derived: they prove nothing, and whoever edits one can make
the desk look the other way. Compared: every index column with its entry's leaf, every item head
with the item's newest entry, every view with the view its entry gives rise to, the length that the
head row states, and hidden fields that belong to no entry. A difference names the row.
Views are compared by a sum of marks, whatever the order, in little memory; only where the sums
differ is every view looked at again to name the first that differ.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from provenance.acts.audit_stretch import StretchAnswer, exemplar_key, view_mark
from provenance.acts.workbench import Workbench
from provenance.journal.projecting import views_in
from provenance.ledger.audit import CheckedEntry
from provenance.ports import EntryRow
from provenance.views import ExemplarView, ItemView, View

MAX_NAMED: Final = 20  # differences told; the rest are counted
REBUILD: Final = "views differ from the ledger: run `prov rebuild`"
_MODULUS: Final = 1 << 128


class DerivedViews:
    """Sums up the views that entries give rise to."""

    def __init__(self) -> None:
        self._sum = 0
        self._seen: set[bytes] = set()

    def take(self, answer: StretchAnswer) -> None:
        """Add those of a stretch; stretches come in log order."""
        self._sum += answer.views
        for key, mark in answer.exemplars:
            if key not in self._seen:
                self._seen.add(key)
                self._sum += mark

    def compare(self, bench: Workbench, size: int) -> Iterator[str]:
        """Yield a sentence for each stored view that differs, and one on what to do."""
        stored = sum(view_mark(pos, view) for pos, view in _stored(bench, size))
        if (stored - self._sum) % _MODULUS == 0:
            return
        different = _differences(bench, size)
        yield from islice(different, MAX_NAMED)
        yield REBUILD


def index_faults(checked: Iterable[tuple[CheckedEntry, EntryRow | None]]) -> Iterator[str]:
    """Yield a sentence for each entry whose index columns are not those of its leaf."""
    for each, row in checked:
        entry = each.entry
        if entry is None or row is None:
            continue  # told by other detectors: no entry, or no row
        stated = (row.item, row.n, row.type, row.leaf_hash)
        derived = (entry.item, entry.n, entry.type, each.leaf_hash)
        names = ("item", "n", "type", "leaf_hash")
        wrong = [n for n, was, is_ in zip(names, stated, derived, strict=True) if was != is_]
        if wrong:
            yield f"entry {each.seq}: its index says another {', '.join(wrong)} than its leaf"


def table_faults(bench: Workbench) -> Iterator[str]:
    """Yield a sentence for each row that contradicts the entries beside it."""
    for item in bench.parts.derived.odd_item_heads(MAX_NAMED):
        yield f"item {item.hex()}: its head is not its newest entry"
    yield from bench.parts.derived.strays(MAX_NAMED)


def _stored(bench: Workbench, size: int) -> Iterator[tuple[int, View]]:
    """Yield stored views, without those of entries that came in while the audit runs."""
    now = bench.parts.ledger.size()
    for pos, view in bench.parts.derived.views():
        if not size <= _seq(view) < now:
            yield pos, view


def _differences(bench: Workbench, size: int) -> Iterator[str]:
    due: dict[int, tuple[int, View]] = {}
    seen: set[bytes] = set()
    stored_entries = bench.parts.ledger.entries(0, size, disclosures=True)
    for entry in bench.reader.readable(stored_entries):
        for pos, view in enumerate(views_in(entry)):
            if isinstance(view, ExemplarView):
                if exemplar_key(view) in seen:
                    continue
                seen.add(exemplar_key(view))
            due[view_mark(pos, view)] = (pos, view)
    for pos, view in _stored(bench, size):
        if due.pop(view_mark(pos, view), None) is None:
            yield f"a {_kind(view)} of entry {_seq(view)} that no entry gives rise to"
    for _, view in due.values():
        yield f"the {_kind(view)} of entry {_seq(view)} is missing or was changed"


def _kind(view: View) -> str:
    return {"ItemView": "item row", "ExemplarView": "exemplar row"}.get(
        type(view).__name__, "occurrence row"
    )


def _seq(view: View) -> int:
    return view.first_seq if isinstance(view, ItemView) else view.seq
