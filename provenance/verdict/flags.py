"""What an editor must see although no level shows it. Each flag names the records it is about."""

from collections.abc import Iterator

from provenance.verdict.assessment import Flag, FlagKind, Side
from provenance.verdict.dossier import Kind, Record
from provenance.verdict.liveness import Survey
from provenance.verdict.weighing import Scales


def flags_for(scales: Scales, sides: dict[str, tuple[Side, Side]]) -> tuple[Flag, ...]:
    """Return all flags, in a fixed order of kind, facet and record."""
    survey = scales.survey
    found = [*_acts(survey), *_loops(survey)]
    for key in survey.live:
        found.extend(_of_record(scales, survey.records[key]))
    for facet, pair in sides.items():
        paths = tuple(sorted({key for side in pair if not side.exact for key in side.best}))
        if paths:
            found.append(Flag(kind=FlagKind.BOUNDED, facet=facet, records=paths))
    order = list(FlagKind)
    return tuple(sorted(found, key=lambda f: (order.index(f.kind), f.facet or "", f.records)))


def _acts(survey: Survey) -> Iterator[Flag]:
    """Retractions, reversals and undercuts that took effect."""
    for key, record in sorted(survey.records.items()):
        if key not in survey.on_file or key in survey.retracted:
            continue
        for target in record.retracts:
            if target in survey.retracted and key not in survey.act_loops:
                yield Flag(kind=FlagKind.RETRACTED, records=(target, key))
                if survey.records[target].voice != record.voice:
                    yield Flag(kind=FlagKind.FOREIGN_RETRACTION, records=(target, key))
        for target in record.reverses:
            if target in survey.reversed_:
                yield Flag(kind=FlagKind.REVERSED, records=(target, key))
        for target in record.undercuts:
            if target in survey.caps and key not in survey.act_loops:
                yield Flag(kind=FlagKind.UNDERCUT, records=(target, key))


def _loops(survey: Survey) -> Iterator[Flag]:
    for loop in (survey.act_loops, survey.relay_loops):
        members = tuple(sorted(loop & survey.records.keys()))
        if members:
            yield Flag(kind=FlagKind.CIRCULAR, records=members)


def _of_record(scales: Scales, record: Record) -> Iterator[Flag]:
    survey = scales.survey
    sources = survey.sources(record)
    if record.id not in survey.on_file:
        yield Flag(kind=FlagKind.NOT_ON_FILE, records=(record.id,))
    if record.kind is Kind.RELAY and not sources and record.asserts:
        yield Flag(kind=FlagKind.UNSOURCED, records=(record.id,))
    for assertion in record.asserts:
        if assertion.sign == 0:
            yield Flag(kind=FlagKind.DECLINED, facet=assertion.facet, records=(record.id,))
        elif sources and all(source in survey.records for source in sources):
            makers = scales.assertions[assertion.facet, assertion.sign]
            if not any(source in makers for source in sources):
                yield Flag(
                    kind=FlagKind.OVERREACH,
                    facet=assertion.facet,
                    records=(record.id, *sources),
                )
