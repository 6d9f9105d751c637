"""Which copies on a desk belong together: a document, its signatures, signed lists of digests.

Rules, in order:
  1. by name, among the copies of the same item, and among what arrived in the same place: the same
     folder of the same container, with the same source handle. Looked at are REACH entries of the
     log before and after the arrival: what belongs together mostly arrives together, and whoever
     has a signature from elsewhere adds it to the item (`prov ingest --item`);
  2. a name that several different documents have in one place says nothing about any of them;
  3. by digest: what a signature states that it is of, wherever on the desk that lies, and the other
     way round for signatures within REACH; both only within the same item, with the same source
     handle, or out of the same container. Anybody can write the digest of another source's document
     into a file: what one source sends changes no answer about what another sent. No handle is no
     source: two arrivals without one have nothing in common.
A name is opened for the comparison and forgotten; what was erased takes part in none.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from provenance.acts.workbench import Workbench
from provenance.journal.projecting import ARRIVALS
from provenance.journal.reading import OpenedEntry
from provenance.ledger.entry import parse_entry
from provenance.ports import StoredEntry
from provenance.signatures.pairing import (
    How,
    Known,
    Relation,
    bucket_of,
    pair_by_digest,
    pair_by_name,
)

REACH: Final = 10_000  # entries; a leak's folder, and it is read in a few seconds
STATING: Final = frozenset({"application/pkcs7-mime", "application/vnd.dev.sigstore.bundle+json"})
"""Media types of signatures that state the digest of what they are of."""

Stated = Callable[[bytes, bytes], frozenset[str] | None]
"""(item, SHA-256) of a copy to the digests that it states, each as `sha256:` and hex; None = it has
not been examined yet, or nothing was read in it."""

_Place: TypeAlias = tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A copy that is looked at together with another."""

    sha256: bytes
    role: Relation
    name: str
    how: How


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrived:
    """One arrival, as far as it matters here."""

    item: bytes
    sha256: bytes
    digests: frozenset[str]
    name: str
    place: _Place
    origins: frozenset[tuple[str, str]]
    """The source handle and the container that it came with, where it has them."""
    media_type: str


class Companions:
    """Finds companions; remembers a stretch of the log, so use one for a whole run.

    Args:
        bench: the open desk.
        stated: looks up what a copy's newest examination says it is a signature of.
    """

    def __init__(self, bench: Workbench, *, stated: Stated) -> None:
        self._bench = bench
        self._stated = stated
        self._span = range(0)
        self._near: dict[tuple[_Place, str], list[_Arrived]] = {}
        self._stating: list[_Arrived] = []
        self._known: dict[tuple[bytes, bytes], frozenset[str]] = {}
        self._lock = threading.Lock()

    def of(self, item: bytes, sha256: bytes) -> list[Held]:
        """Return what may belong to a copy of an item, the nearest first: there may be many."""
        with self._lock:
            own = list(_arrivals(self._bench.entries(item, tuple(ARRIVALS))))
            mine = [one for one, _ in own if one.sha256 == sha256]
            if not mine:
                return []
            self._reach(next(seq for one, seq in own if one.sha256 == sha256))
            family = [one for one, _ in own]
            found: dict[bytes, Held] = {}
            for held in (*self._by_name(mine, family), *self._by_digest(mine[0], family)):
                if held.sha256 != sha256:
                    found.setdefault(held.sha256, held)
            return list(found.values())

    def _by_name(self, mine: list[_Arrived], family: list[_Arrived]) -> Iterator[Held]:
        for one in mine:
            buckets = {bucket_of(one.name), ""}
            near = [other for each in buckets for other in self._near.get((one.place, each), ())]
            others = list({(o.name, o.sha256): o for o in (*family, *near)}.values())
            others = [other for other in others if other.sha256 != one.sha256]
            pairs = pair_by_name(one.name, [o.name for o in others], most=len(others))
            namesakes = {other.sha256 for other in near if other.name == one.name}
            for pair in pairs:
                # Of several documents with one name, a signature may be of any (rule 2).
                if pair.relation is Relation.SIGNED or namesakes <= {one.sha256}:
                    yield _held(others[pair.index], pair.relation, How.NAME)

    def _by_digest(self, one: _Arrived, family: list[_Arrived]) -> Iterator[Held]:
        own = Known(digests=one.digests, stated=self._stated_by(one))
        for digest in sorted(own.stated):
            yield from self._elsewhere(digest, one)
        near = (other for other in self._stating if one.origins & other.origins)
        others = list({other.sha256: other for other in (*family, *near)}.values())
        known = [Known(digests=o.digests, stated=self._stated_by(o)) for o in others]
        for pair in pair_by_digest(own, known):
            yield _held(others[pair.index], pair.relation, How.DIGEST)

    def _stated_by(self, one: _Arrived) -> frozenset[str]:
        if one.media_type not in STATING:
            return frozenset()
        key = (one.item, one.sha256)
        if key not in self._known:
            told = self._stated(*key)
            if told is None:  # it may be examined later in this run: it is asked again
                return frozenset()
            self._known[key] = told
        return self._known[key]

    def _elsewhere(self, digest: str, one: _Arrived) -> Iterator[Held]:
        """Find a document of the same origin anywhere on the desk, by the SHA-256 it states."""
        kind, _, hexadecimal = digest.partition(":")
        if kind != "sha256":
            return
        for view in self._bench.parts.views.find(hexadecimal):
            for other, _ in _arrivals(self._bench.entries(view.item, tuple(ARRIVALS))):
                kin = other.item == one.item or one.origins & other.origins
                if other.sha256.hex() == hexadecimal and kin:
                    yield _held(other, Relation.SIGNED, How.DIGEST)

    def _reach(self, seq: int) -> None:
        """Read the arrivals around an entry, unless most of them were read for another."""
        ledger = self._bench.parts.ledger
        size = ledger.size()
        low, high = max(seq - REACH // 10, 0), min(seq + REACH // 10, size)
        if self._span.start <= low and high <= self._span.stop and self._span:
            return
        self._span = range(max(seq - REACH, 0), min(seq + REACH, size))
        stored = ledger.entries(self._span.start, self._span.stop, disclosures=True)
        arrivals = (one for one in stored if _is_arrival(one))
        opened = self._bench.reader.opened(arrivals)
        self._near, self._stating = {}, []
        for one, _ in _arrivals(opened):
            self._near.setdefault((one.place, bucket_of(one.name)), []).append(one)
            if one.media_type in STATING:
                self._stating.append(one)


def _is_arrival(stored: StoredEntry) -> bool:
    return parse_entry(stored.leaf).type in ARRIVALS


def _held(other: _Arrived, relation: Relation, how: How) -> Held:
    return Held(sha256=other.sha256, role=relation, name=other.name, how=how)


def _arrivals(
    entries: Sequence[OpenedEntry] | Iterator[OpenedEntry],
) -> Iterator[tuple[_Arrived, int]]:
    """Yield the arrivals whose name and digest can still be read, with their places in the log."""
    for entry in entries:
        sha256, name = entry.text("document", "sha256"), entry.text("name", "name")
        if sha256 is None or name is None:
            continue
        sha512 = entry.text("document", "sha512")
        digests = {f"sha256:{sha256}"} | ({f"sha512:{sha512}"} if sha512 else set())
        arrived = _Arrived(
            item=entry.entry.item,
            sha256=bytes.fromhex(sha256),
            digests=frozenset(digests),
            name=name,
            place=_place(entry),
            origins=_origins(entry),
            media_type=entry.text("label", "media_type") or "",
        )
        yield arrived, entry.seq


def _place(entry: OpenedEntry) -> _Place:
    """Folder, container and source: two files belong to one place when all three agree."""
    names = entry.fields.get("name")
    members = names.get("members") if isinstance(names, dict) else None
    inner = str(members[-1]) if isinstance(members, list) and members else None
    path = entry.text("name", "path") or ""
    folder = (inner if inner is not None else path).rpartition("/")[0]
    container = entry.text("parent", "sha256")
    return (folder, container, entry.text("source", "handle"))


def _origins(entry: OpenedEntry) -> frozenset[tuple[str, str]]:
    """Return who sent it and in what: two files are kin by digest when they share one of these."""
    told = {
        "source": entry.text("source", "handle"),
        "container": entry.text("parent", "sha256"),
    }
    return frozenset((kind, one) for kind, one in told.items() if one)
