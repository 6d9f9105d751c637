"""The part of an audit that looks at a stretch of entries alone, wherever it runs.

A task holds rows, the keys that open their hidden fields, and the ring of keys that sign; its
answer holds what later steps need and nothing they do not. Both travel to another process. For each
entry: grammar and signature (`check_entries`), whether its hidden fields open, whether those that
it lists are there and make its record what it is, the blobs it names, the views it gives rise to.
Below `since` signatures and hidden fields are left alone: a checkpoint held outside vouches for
those entries. The caller MUST have found that the log continues that checkpoint.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from provenance.acts.legible import legible
from provenance.errors import DeskCorrupt
from provenance.journal.projecting import ARRIVALS, views_in
from provenance.journal.reading import OpenedEntry, read_entry
from provenance.ledger.audit import OPENED_TYPES, CheckedEntry, check_entries
from provenance.ledger.entry import Entry
from provenance.ledger.keys import PublicKey
from provenance.ports import StoredEntry
from provenance.views import ExemplarView, View

_ANSWER: Final = ("digests",)
_RECORD: Final = ("record",)
_VERDICT: Final = ("verdict",)
ESSENTIAL: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    dict.fromkeys(ARRIVALS, ("document", "label", "name", "arrival"))
    | {"finding": ("finding",), "dossier": ("dossier",), "accessed": ("access",)}
    | {"log.genesis": ("charter", "admins", "person_1"), "key.enrolled": ("key", "role", "person")}
    | {"key.rotated": ("key", "replaces"), "key.revoked": ("revoked", "reason")}
    | {"trust.changed": ("trust",)}
    | {"note": ("note",), "fixity.checked": ("digests", "result")}
    | {"transfer.offered": ("transfer", "digests"), "transfer.closed": ("offer", "foreign")}
    | dict.fromkeys(("transfer.accepted", "transfer.refused"), _ANSWER)
    | {"disclosure.erased": ("erasure", "fields"), "erasure.requested": ("request",)}
    | dict.fromkeys(("statement", "relay", "link", "retract", "reverse", "undercut"), _RECORD)
    | dict.fromkeys(("verdict.signed", "verdict.countersigned"), _VERDICT)
    | dict.fromkeys(("verdict.corrected", "verdict.withdrawn"), _VERDICT)
)
"""Hidden fields, sealed under the item's or the desk's key, without which a record says nothing.

A row that somebody deleted shows by the entry's own list of its fields; here shows as well a record
that was signed without them."""
_ONE_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    dict.fromkeys(("transfer.accepted", "transfer.refused"), ("offer", "foreign"))
)
"""Hidden fields of which a record has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Entries to look at, with everything it takes."""

    rows: Sequence[StoredEntry]
    keys: Mapping[str, bytes]
    """Subject -> key, as far as keys are left."""
    ring: Sequence[PublicKey]
    since: int = 0
    """Entries below this position are vouched for from outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchAnswer:
    """What was seen."""

    checked: Sequence[CheckedEntry]
    blobs: Sequence[tuple[bytes, str]]
    """SHA-256 and what it belongs to, in log order."""
    faults: Sequence[str]
    """One sentence each."""
    remarks: Sequence[str]
    """Records that cannot be read as what they are called, one sentence each."""
    closed: Sequence[tuple[int, str, bytes]]
    """(position, type, digest) of hidden fields that are here and whose key is not."""
    missing: Sequence[tuple[int, str, str, bytes]]
    """(position, type, name, digest) of hidden fields that an entry lists and that are not here."""
    present: frozenset[bytes]
    """Digests of the source's fields among the rows: none that was erased may be there."""
    views: int
    """Sum of the marks of item and occurrence views, modulo 2^128."""
    exemplars: Sequence[tuple[bytes, int]]
    """(key, mark) of exemplar views: the first of a key counts."""


def read_stretch(task: Stretch) -> StretchAnswer:
    """Look at a stretch of entries."""
    old = [row for row in task.rows if row.seq < task.since]
    new = [row for row in task.rows if row.seq >= task.since]
    checked = [replace(_slim(e), signature=True) if _vouched(e) else e for e in check_entries(old)]
    looked = _Looked(task.keys)
    for row, each in zip(new, check_entries(new, task.ring), strict=True):
        looked.at(row, each.entry)
        checked.append(_slim(each) if each.signature is not None else each)
    return StretchAnswer(
        checked=checked,
        blobs=looked.blobs,
        faults=looked.faults,
        remarks=looked.remarks,
        closed=looked.closed,
        missing=looked.missing,
        present=frozenset(looked.present),
        views=looked.views,
        exemplars=looked.exemplars,
    )


def view_mark(pos: int, view: View) -> int:
    """Return a number that stands for a view and its place among its entry's views."""
    return int.from_bytes(sha256(repr((pos, view)).encode()).digest()[:16])


def exemplar_key(view: ExemplarView) -> bytes:
    """Return what two exemplar views have in common of which the first counts."""
    return sha256(view.sha256 + view.item).digest()[:16]


def _vouched(each: CheckedEntry) -> bool:
    # Records of keys are judged in full: the roster stands on them.
    return each.entry is not None and each.entry.type not in OPENED_TYPES


def _slim(each: CheckedEntry) -> CheckedEntry:
    """Leave out the leaf where nobody needs it any more: half of what travels back."""
    if each.entry is None or each.entry.type in OPENED_TYPES:
        return each
    return replace(each, entry=replace(each.entry, leaf=b""))


class _Looked:
    """Collects what the hidden fields of entries show."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = keys
        self.blobs: list[tuple[bytes, str]] = []
        self.faults: list[str] = []
        self.remarks: list[str] = []
        self.closed: list[tuple[int, str, bytes]] = []
        self.missing: list[tuple[int, str, str, bytes]] = []
        self.present: set[bytes] = set()
        self.views = 0
        self.exemplars: list[tuple[bytes, int]] = []

    def at(self, row: StoredEntry, entry: Entry | None) -> None:
        """Look at one row; `entry` is what its leaf says, if it says anything."""
        try:
            opened = read_entry(row, self._keys, entry=entry)
        except DeskCorrupt as error:
            self.faults.append(str(error))
            return
        if not legible(opened):
            self.remarks.append(f"entry {row.seq} cannot be read as a record of type {opened.type}")
        for hidden in row.disclosures:
            if hidden.subject not in self._keys:
                self.closed.append((row.seq, opened.type, hidden.digest))
            elif hidden.subject.startswith("source-label:"):
                self.present.add(hidden.digest)
        self.missing.extend(
            (row.seq, opened.type, name, digest) for name, digest in opened.missing.items()
        )
        self._take_lacking(opened)
        try:
            self.blobs.extend(_blobs_of(opened))
        except ValueError:
            self.remarks.append(f"entry {row.seq} names a digest that is none")
        views = views_in(opened)
        for pos, view in enumerate(views):
            if isinstance(view, ExemplarView):
                self.exemplars.append((exemplar_key(view), view_mark(pos, view)))
            else:
                self.views += view_mark(pos, view)

    def _take_lacking(self, opened: OpenedEntry) -> None:
        here = opened.fields.keys() | (opened.manifest or {}).keys()
        lacking = [name for name in ESSENTIAL.get(opened.type, ()) if name not in here]
        choice = _ONE_OF.get(opened.type, ())
        if choice and not here & set(choice):
            lacking.append(" or ".join(choice))
        place, what = f"entry {opened.seq} ({opened.type})", ", ".join(lacking)
        if opened.manifest is None:
            # These are never sealed under a source, and only sources can be erased.
            gone = f", and {what}" if what else ""
            self.faults.append(f"{place}: the list of its fields{gone} gone, though not erased")
        elif lacking:
            self.remarks.append(f"{place} was signed without {what}")


def _sha256(text: str) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != 32:
        raise ValueError("a digest of another length")
    return found


def _blobs_of(opened: OpenedEntry) -> Iterator[tuple[bytes, str]]:
    if opened.type in ARRIVALS and (digest := opened.text("document", "sha256")) is not None:
        yield _sha256(digest), f"entry {opened.seq}, a document"
    if opened.type == "finding" and "finding" in opened.fields:
        result = opened.text("finding", "result") or ""
        yield _sha256(result), f"entry {opened.seq}, the full result of an examination"
    if opened.type == "trust.changed" and (blob := opened.text("trust", "blob")):
        yield bytes.fromhex(blob), f"entry {opened.seq}, what the desk relied on"
