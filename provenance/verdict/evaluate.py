"""Weigh a dossier: records in, a suggestion out.

In order: survey the records at the instant; weigh every asserted facet; derive attribution; list
attribute claims, missing checks and flags; look up the headline; digest the inputs. A pure
function of the dossier, the instant and the rules; the order of the records never matters.
"""

from datetime import UTC, datetime

from provenance.errors import UsageError
from provenance.verdict.assessment import Assessment, AttributeClaim, Facet
from provenance.verdict.dossier import Collection, Dossier
from provenance.verdict.facets import attribute_of
from provenance.verdict.flags import flags_for
from provenance.verdict.grading import inheritance_cap
from provenance.verdict.headline import HeadlineInput, headline_for
from provenance.verdict.input_digest import input_digest
from provenance.verdict.liveness import Survey, survey
from provenance.verdict.rules import RULES_VERSION
from provenance.verdict.weighing import Scales, attribute_to_issuer, is_reading, scales_for
from provenance.verdict.wording import COVERAGE


def evaluate(dossier: Dossier, *, as_of: datetime | None = None) -> Assessment:
    """Return what follows from the records known at `as_of` (None = all of them).

    Raises:
        UsageError: `as_of` has no time zone.
        DossierInvalid: two records share an id.
    """
    if as_of is not None and as_of.tzinfo is None:
        raise UsageError("as_of needs its time zone; a replay to a guessed hour is a wrong replay")
    scales = scales_for(dossier, survey(dossier, as_of=as_of))
    facets = _facets(scales)
    missing = missing_checks(dossier, scales.survey)
    given = HeadlineInput(
        dossier=dossier, survey=scales.survey, facets=facets, missing_checks=missing
    )
    return Assessment(
        title=dossier.title,
        as_of=None if as_of is None else as_of.astimezone(UTC),
        rules_version=RULES_VERSION,
        facets=tuple(facets.values()),
        headline=headline_for(given),
        live_records=scales.survey.live,
        attributes=_attributes(scales, facets),
        flags=flags_for(scales, {n: (f.support, f.opposition) for n, f in facets.items()}),
        missing_checks=missing,
        coverage=coverage_of(dossier.collection),
        input_digest=input_digest(
            dossier,
            rules_version=RULES_VERSION,
            live_records=scales.survey.live,
            levels={name: (facet.p, facet.c) for name, facet in facets.items()},
        ),
    )


def missing_checks(dossier: Dossier, standing: Survey) -> tuple[str, ...]:
    """Return the required examinations that no live record on file shows to be done."""
    done = {
        check
        for key in standing.live
        if key in standing.on_file
        for check in standing.records[key].checks
    }
    return tuple(check for check in dossier.required_checks if check not in done)


def coverage_of(collection: Collection | None) -> str | None:
    """Return how much of a collection is verified; a collection gets coverage, not a verdict."""
    if collection is None:
        return None
    why = " (custody broken)" if collection.custody_broken else ""
    if collection.member_altered:
        why = " (a member is altered)" if not why else " (custody broken, a member is altered)"
    cap = inheritance_cap(collection)
    return COVERAGE.format(
        verified=collection.verified, members=collection.members, cap=cap, why=why
    )


def _facets(scales: Scales) -> dict[str, Facet]:
    facets = {name: scales.weigh(name) for name in scales.names()}
    for name in [name for name in facets if is_reading(name)]:
        derived = attribute_to_issuer(facets[name], facets)
        facets[derived.name] = derived
    return facets


def _attributes(scales: Scales, facets: dict[str, Facet]) -> tuple[AttributeClaim, ...]:
    """Collect the values given for each attribute; a value is shown once its words are on file."""
    values: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for name in facets:
        split = attribute_of(name)
        if split is None:
            continue
        given = scales.assertions.get((name, 1), {}).keys() & scales.survey.on_file
        records = tuple(sorted(given - scales.survey.dead))
        found = values.setdefault(split[0], [])
        if records:
            found.append((split[1], records))
    return tuple(AttributeClaim(name=n, values=tuple(v)) for n, v in sorted(values.items()))
