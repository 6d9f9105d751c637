"""Which records count at an instant, and what earlier acts did to them.

Rules, in order:
  1. only records with `recorded_at` at or before the instant exist;
  2. a record is on file if it is held, or a record on file that is not retracted passes it on; acts
     by a record that is not on file have no effect;
  3. a retraction by a record that is itself not retracted strikes its target; a retraction in a
     loop of retractions has no effect;
  4. links of unstruck records add parents; a relay dies when all its sources are dead;
  5. a reversal takes one grade from its target, however often it is repeated;
  6. an undercut caps its target at 4 minus its own strength, which others may cap in turn.
Never looks at facets. A source that is named but not yet recorded gives no weight and takes none.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from provenance.errors import DossierInvalid
from provenance.verdict.dossier import Dossier, Kind, Record
from provenance.verdict.loops import in_order, looped
from provenance.verdict.rules import MAX_GRADE


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The records of one instant and their standing."""

    records: Mapping[str, Record]
    parents: Mapping[str, tuple[str, ...]]
    """Declared and linked sources of each record that has any; some may not be recorded yet."""
    on_file: frozenset[str]
    retracted: frozenset[str]
    dead: frozenset[str]
    """Retracted, or a relay whose sources are all dead."""
    reversed_: frozenset[str]
    caps: Mapping[str, int]
    """Highest grade left to an undercut record."""
    act_loops: frozenset[str]
    """Acts without effect because they stand in a loop of acts."""
    relay_loops: frozenset[str]
    """Records in a derivation loop."""

    @property
    def live(self) -> tuple[str, ...]:
        """Ids of the records that are not dead, sorted."""
        return tuple(sorted(self.records.keys() - self.dead))

    def sources(self, record: Record) -> tuple[str, ...] | None:
        """Return the parents of a record that passes something on; None for a root."""
        found = self.parents.get(record.id)
        if found is None and record.kind is Kind.RELAY:
            return ()
        return found


def survey(
    dossier: Dossier, *, as_of: datetime | None = None, without: frozenset[str] = frozenset()
) -> Survey:
    """Return the standing of every record at `as_of` (None = all), as if `without` never were.

    Raises:
        DossierInvalid: two records share an id.
    """
    records = _recorded(dossier, as_of, without)
    on_file, retracted, loops = _struck(records)
    acting = [records[key] for key in sorted(on_file - retracted)]
    parents = _parents(records, acting)
    caps, more_loops = _caps(records, acting)
    return Survey(
        records=records,
        parents=parents,
        on_file=on_file,
        retracted=retracted,
        dead=_dead(records, parents, retracted),
        reversed_=frozenset(t for r in acting for t in r.reverses if t in records and t != r.id),
        caps=caps,
        act_loops=loops | more_loops,
        relay_loops=looped(parents),
    )


def _recorded(
    dossier: Dossier, as_of: datetime | None, without: frozenset[str]
) -> dict[str, Record]:
    records: dict[str, Record] = {}
    for record in dossier.records:
        if record.id in records:
            raise DossierInvalid(f"two records share the id {record.id!r}")
        records[record.id] = record
    return {
        key: record
        for key, record in records.items()
        if key not in without and (as_of is None or record.recorded_at <= as_of)
    }


def _struck(
    records: Mapping[str, Record],
) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return what is on file, what is retracted, and the acts without effect (in a loop).

    Whether an act counts depends on who carries it to us, and a carrier can itself be retracted:
    both are settled in one walk, each record after its retractors and its carriers.
    """
    strikers = _targets((record, record.retracts) for record in records.values())
    carriers = _targets((record, record.relays) for record in records.values())
    needs = {
        key: strikers.get(key, set()) | (set() if record.held else carriers.get(key, set()))
        for key, record in records.items()
    }
    loops = looped(needs)
    on_file: set[str] = set()
    struck: set[str] = set()
    for key in in_order(needs, without=loops):
        sound = {by for by in needs[key] if by in on_file and by not in struck and by not in loops}
        if records[key].held or sound & carriers.get(key, set()):
            on_file.add(key)
        if sound & strikers.get(key, set()):
            struck.add(key)
    return frozenset(on_file), frozenset(struck), loops & _acting(records)


def _acting(records: Mapping[str, Record]) -> set[str]:
    return {key for key, record in records.items() if record.retracts}


def _caps(
    records: Mapping[str, Record], acting: Iterable[Record]
) -> tuple[dict[str, int], frozenset[str]]:
    """Return the cap of each undercut record and the undercuts without effect."""
    undercutters = _targets((record, record.undercuts) for record in acting)
    loops = looped(undercutters)
    caps: dict[str, int] = {}
    for target in in_order(undercutters, without=loops):
        by = [records[u] for u in undercutters.get(target, ()) if u not in loops]
        strengths = [min(u.undercut_grade or 0, caps.get(u.id, MAX_GRADE)) for u in by]
        if target in records and any(strengths):
            caps[target] = MAX_GRADE - max(strengths)
    return caps, loops


def _targets(acts: Iterable[tuple[Record, tuple[str, ...]]]) -> dict[str, set[str]]:
    """Return, per target, the records that act on it. A record cannot act on itself."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for record, targets in acts:
        for target in targets:
            if target != record.id:
                found[target].add(record.id)
    return dict(found)


def _parents(records: Mapping[str, Record], acting: Iterable[Record]) -> dict[str, tuple[str, ...]]:
    found = {key: set(record.relays) for key, record in records.items() if record.relays}
    for record in acting:
        for link in record.links:
            if link.child in records:
                found.setdefault(link.child, set()).add(link.parent)
    return {key: tuple(sorted(sources)) for key, sources in found.items()}


def _dead(
    records: Mapping[str, Record],
    parents: Mapping[str, tuple[str, ...]],
    retracted: frozenset[str],
) -> frozenset[str]:
    dead = set(retracted)
    children = _targets((records[child], sources) for child, sources in parents.items())
    stack = list(dead)
    while stack:
        for child in children.get(stack.pop(), ()):
            if child not in dead and all(parent in dead for parent in parents[child]):
                dead.add(child)
                stack.append(child)
    return frozenset(dead)
