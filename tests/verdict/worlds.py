"""Worlds for the laws: random dossiers by seed (for benchmarks too) and a shrinking strategy."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from provenance.verdict.dossier import Assertion, Basis, Dossier, Kind, Record, Stake
from provenance.verdict.evaluate import evaluate

START = datetime(2000, 1, 1, 12, tzinfo=UTC)
STRONG = Basis(access=4, identification=4, words=4, reliability="B")
FACETS = ("origin", "integrity", "execution", "mandate", "reading:c", "content:c")
VOICES = ("A", "B", "C", "D")
CHECK = "materials"


def day(number: int) -> datetime:
    """Return noon of the n-th day."""
    return START + timedelta(days=number)


def basis(grade: int = 3, *, identification: int = 4) -> Basis:
    """Return a basis whose weakest part has the grade."""
    letter = "EDCBA"[grade]
    return Basis(access=4, identification=identification, words=4, reliability=letter)


def says(key: str, voice: str, *facets: str, grade: int = 3, **more: Any) -> Record:  # noqa: ANN401  # any field
    """Return a statement; a facet with a leading minus is denied."""
    made = tuple(
        Assertion(facet=f.removeprefix("-"), sign=-1 if f[0] == "-" else 1) for f in facets
    )
    more.setdefault("asserts", made)
    more.setdefault("recorded_at", START)
    more.setdefault("basis", basis(grade))
    return Record(id=key, kind=Kind.STATEMENT, voice=voice, **more)


def relays(key: str, voice: str, sources: Iterable[str], *facets: str, **more: Any) -> Record:  # noqa: ANN401  # any field
    """Return a relay of some records."""
    made = says(key, voice, *facets, **{"grade": 4, **more})
    return replace(made, kind=Kind.RELAY, relays=tuple(sources))


def dossier(*records: Record, **header: Any) -> Dossier:  # noqa: ANN401  # any field
    """Return a dossier of these records."""
    return Dossier(title="t", records=records, **header)


def plus(world: Dossier, *records: Record) -> Dossier:
    """Return the dossier with more records."""
    return replace(world, records=(*world.records, *records))


def swap(world: Dossier, record: Record) -> Dossier:
    """Return the dossier with the record of that id replaced."""
    return replace(world, records=tuple(record if r.id == record.id else r for r in world.records))


def levels(world: Dossier, as_of: datetime | None = None) -> dict[tuple[str, int], int]:
    """Return (facet, sign) to strength for every side that is not empty."""
    found: dict[tuple[str, int], int] = {}
    for facet in evaluate(world, as_of=as_of).facets:
        if not facet.parts:
            found[facet.name, 1], found[facet.name, -1] = facet.p, facet.c
    return {key: value for key, value in found.items() if value}


def lower_lines(world: Dossier) -> dict[tuple[str, int], int]:
    """Return (facet, sign) to the lower bound of independent lines."""
    found: dict[tuple[str, int], int] = {}
    for facet in evaluate(world).facets:
        found[facet.name, 1] = facet.support.lines[0]
        found[facet.name, -1] = facet.opposition.lines[0]
    return {key: value for key, value in found.items() if value}


grades = st.integers(0, 4)
# Drawing from pools keeps a world cheap to draw: two choices a record instead of twenty.
_DICE = random.Random(20200106)  # noqa: S311  # repeatable worlds, nothing secret


def _basis_from(dice: random.Random) -> Basis:
    marks = [dice.choice((0, 1, 2, 3, 3, 4, 4)) for _ in range(3)]
    letter = dice.choice("AABBCDEF")
    return Basis(access=marks[0], identification=marks[1], words=marks[2], reliability=letter)


def _asserted_from(dice: random.Random, *, graded: bool) -> tuple[Assertion, ...]:
    return tuple(
        Assertion(
            facet=facet,
            sign=dice.choice((1, 1, -1, -1, 0)),
            implied=dice.random() < 0.25,
            interest=None if graded else dice.choice((None, None, -1, 0, 1)),
            grade=dice.randint(0, 4) if graded else None,
        )
        for facet in dice.sample(FACETS, dice.randint(1, 3))
    )


bases = st.sampled_from([STRONG, *(_basis_from(_DICE) for _ in range(40))])
asserted = st.sampled_from([_asserted_from(_DICE, graded=False) for _ in range(150)])
found = st.sampled_from([_asserted_from(_DICE, graded=True) for _ in range(80)])


@st.composite
def plain_records(draw: st.DrawFn, key: str, when: int = 0) -> Record:
    """A statement or finding without acts."""
    graded = draw(st.booleans())
    return Record(
        id=key,
        kind=Kind.FINDING if graded else Kind.STATEMENT,
        recorded_at=day(when),
        voice=draw(st.sampled_from(VOICES)),
        speaker=draw(st.sampled_from((None, "x", "y"))),
        basis=draw(bases),
        held=draw(st.sampled_from((True, True, False))),
        asserts=draw(found if graded else asserted),
        premises=draw(st.sampled_from(((), (), ("P",), ("Q",)))),
    )


@st.composite
def dossiers(draw: st.DrawFn, *, acts: bool = True) -> Dossier:
    """A small dossier with statements, findings, relays (loops included) and acts."""
    count = draw(st.integers(1, 9))
    keys = [f"r{n}" for n in range(count)]
    records: list[Record] = []
    for place, key in enumerate(keys):
        record = draw(plain_records(key, draw(st.integers(0, 4))))
        others = [other for other in keys if other != key]
        kind = draw(st.sampled_from(("root", "root", "relay", "act" if acts else "relay")))
        if kind == "relay" and others:
            sources = draw(st.lists(st.sampled_from(others), max_size=2, unique=True))
            record = replace(record, kind=Kind.RELAY, relays=tuple(sources), asserts=draw(asserted))
        elif kind == "act" and place:
            act = draw(st.sampled_from(("retracts", "reverses", "undercuts")))
            target = draw(st.sampled_from(others))
            more: dict[str, Any] = {act: (target,)}
            if act == "undercuts":
                more["undercut_grade"] = draw(grades)
            record = replace(record, kind=Kind.STATEMENT, **more)
            plain = [replace(a, grade=None) for a in record.asserts]
            record = replace(record, asserts=tuple(plain))
        records.append(record)
    stakes = draw(
        st.lists(
            st.builds(
                Stake,
                principal=st.sampled_from(VOICES),
                facet=st.sampled_from(("*", "content:*", *FACETS)),
                wants=st.sampled_from((1, -1)),
            ),
            max_size=3,
            unique_by=lambda stake: (stake.principal, stake.facet),
        )
    )
    issuer = draw(st.sampled_from((None, *VOICES)))
    return dossier(*records, stakes=tuple(stakes), issuer=issuer)


def random_dossier(seed: int, records: int) -> Dossier:
    """Return the same random dossier for the same seed: half relays, a tenth acts, 40 voices."""
    dice = random.Random(seed)  # noqa: S311  # repeatable worlds, nothing secret
    made: list[Record] = []
    for number in range(records):
        facets = dice.sample((*FACETS, "dating", "custody", "delivery", "content:d"), 3)
        asserts = tuple(
            Assertion(facet=f, sign=dice.choice((1, 1, 1, -1)), implied=dice.random() < 0.2)
            for f in facets
        )
        record = Record(
            id=f"r{number}",
            kind=Kind.STATEMENT,
            recorded_at=day(number % 30),
            voice=f"voice {dice.randrange(40)}",
            speaker=f"speaker {dice.randrange(120)}",
            basis=Basis(
                access=dice.randint(1, 4),
                identification=dice.randint(1, 4),
                words=dice.randint(1, 4),
                reliability=dice.choice("ABBCCDF"),
            ),
            held=dice.random() < 0.6,
            asserts=asserts,
            premises=(f"premise {dice.randrange(6)}",) if dice.random() < 0.15 else (),
        )
        earlier = [one.id for one in made]
        draw = dice.random()
        if earlier and draw < 0.5:
            sources = tuple(dict.fromkeys(dice.choice(earlier) for _ in range(dice.randint(1, 3))))
            shared = tuple(a for s in sources[:1] for a in made[int(s[1:])].asserts)
            record = replace(record, kind=Kind.RELAY, relays=sources, asserts=shared, held=True)
        elif earlier and draw < 0.6:
            act = dice.choice(("retracts", "reverses", "undercuts"))
            more: dict[str, Any] = {act: (dice.choice(earlier),)}
            if act == "undercuts":
                more["undercut_grade"] = dice.randint(1, 4)
            record = replace(record, asserts=(), held=True, **more)
        made.append(record)
    return dossier(*made, issuer="voice 0")
