"""The reasoning of a report: statements, the suggestion with its why, what people signed."""

from collections.abc import Iterator, Mapping, Sequence

from provenance.acts.judging import VerdictCard
from provenance.journal.reading import OpenedEntry
from provenance.report.verdict_parts import (
    Column,
    FacetPart,
    SignedVerdict,
    Stance,
    Statement,
    Suggestion,
)
from provenance.verdict.assessment import Facet, Side
from provenance.verdict.dossier import Kind, Record
from provenance.verdict.explain import Explanation, explain
from provenance.verdict.facets import FAMILIES, PROPOSITIONS, claim_of, family_of
from provenance.verdict.flag_words import flag_sentence
from provenance.verdict.rules import NAMED
from provenance.verdict.sentences import Audience, Sentence, render
from provenance.verdict.verdict_record import Act, VerdictRecord

_OPENING = frozenset({Act.SIGNED, Act.CORRECTED})


def statements(card: VerdictCard, entries: Sequence[OpenedEntry]) -> tuple[Statement, ...]:
    """Return every statement in the order in which it was recorded."""
    places = {entry.text("record", "id"): entry.seq for entry in entries}
    records = {record.id: record for record in card.dossier.records}
    flags: dict[str, list[str]] = {}
    for flag in card.assessment.flags:
        said = render(flag_sentence(flag), records, Audience.INTERNAL)
        flags.setdefault(flag.records[0], []).append(said)
    return tuple(
        _statement(record, places.get(record.id), tuple(flags.get(record.id, ())))
        for record in card.dossier.records
    )


def suggestion(card: VerdictCard) -> Suggestion | None:
    """Return what the rules suggest, with every sentence behind it; None if nothing was weighed."""
    if not card.dossier.records:
        return None
    found, headline = card.assessment, card.assessment.headline
    why = explain(card.dossier, found)
    rest = [one for one in why.sentences if one.facet is None]
    return Suggestion(
        base=headline.base,
        words=headline.words,
        modifiers=headline.modifiers,
        lead=headline.lead,
        rules_version=found.rules_version,
        as_of=found.as_of,
        input_digest=found.input_digest,
        facets=tuple(_facet(facet, why, card) for facet in found.facets),
        missing_checks=found.missing_checks,
        why=_told(rest, why, Audience.INTERNAL),
        public_lead=headline.public_lead,
        public_why=_told(rest, why, Audience.PUBLIC),
    )


def versions(card: VerdictCard, names: Mapping[str, str]) -> tuple[SignedVerdict, ...]:
    """Return every version that was signed, oldest first, with the acts that count."""
    pairs = [(act.record, act.seq) for act in card.acts if act.counts]
    numbers = sorted({record.version for record, _ in pairs})
    return tuple(
        _version(card, [pair for pair in pairs if pair[0].version == number], names, number)
        for number in numbers
    )


def _version(
    card: VerdictCard,
    pairs: Sequence[tuple[VerdictRecord, int]],
    names: Mapping[str, str],
    number: int,
) -> SignedVerdict:
    opening = next(record for record, _ in pairs if record.act in _OPENING)
    seconds = [record for record, _ in pairs if record.act is Act.COUNTERSIGNED]
    decision = opening.decision
    if decision is None:  # `lifecycle` refuses such a history; said here for the reader and mypy
        raise AssertionError("an opening entry carries its decision")
    newest = card.standing.version == number
    fresh = card.staleness if newest else None
    later = card.standing.version or number
    state = str(card.standing.state) if newest else "superseded"
    return SignedVerdict(
        version=number,
        state=state,
        headline=decision.headline,
        signed_at=opening.signed_at,
        author=names.get(opening.signer, opening.signer),
        author_kid=opening.signer,
        countersigners=tuple(names.get(record.signer, record.signer) for record in seconds),
        countersigned_at=tuple(record.signed_at for record in seconds),
        public_wording=decision.public_wording,
        as_of=decision.as_of,
        input_digest=decision.input_digest,
        superseded_by=number + 1 if number < later else None,
        reason_class=str(opening.reason_class or ""),
        reason=opening.reason or "",
        freshness=str(fresh.freshness) if fresh else "",
        staleness=fresh.reasons if fresh else (),
        overrides=tuple(f"{f}: {why}" for f, why in sorted(decision.override_reasons.items())),
        entries=tuple(seq for _, seq in pairs),
    )


def _statement(record: Record, entry: int | None, flags: tuple[str, ...]) -> Statement:
    named = record.basis is not None and record.basis.identification == NAMED
    technical = record.kind in {Kind.FINDING, Kind.READING, Kind.OWN_WORDS}
    return Statement(
        id=record.id,
        recorded_at=record.recorded_at,
        voice=record.voice,
        kind=str(record.kind),
        said_at=record.said_at,
        speaker=record.speaker or "",
        on_record=(named or technical) and record.source is None,
        stances=tuple(
            Stance(facet=one.facet, sign=one.sign, grade=one.grade) for one in record.asserts
        ),
        quote=record.quote or "",
        note=record.note or "",
        source=record.source or "",
        archive_sha256=record.archive or "",
        relays=record.relays,
        flags=flags,
        entry=entry,
    )


def _facet(facet: Facet, why: Explanation, card: VerdictCard) -> FacetPart:
    family = family_of(facet.name)
    about = PROPOSITIONS.get(family.partition("@")[0]) or FAMILIES.get(family, "")
    claim = claim_of(facet.name)
    signed = card.standing.decision.labels.get(facet.name, "") if card.standing.decision else ""
    return FacetPart(
        name=facet.name,
        label=facet.label,
        support=_column(facet.support),
        opposition=_column(facet.opposition),
        proposition=f"{about}: {claim}" if claim and about else about,
        signed_label=signed if signed != facet.label else "",
        why=_told(why.of(facet.name), why, Audience.INTERNAL),
        public_why=_told(why.of(facet.name), why, Audience.PUBLIC),
    )


def _column(side: Side) -> Column:
    low, high = side.lines
    return Column(
        strength=side.strength, lines_from=low, lines_to=high, best=side.best, choke=side.choke
    )


def _told(sentences: Sequence[Sentence], why: Explanation, audience: Audience) -> tuple[str, ...]:
    return tuple(_each(sentences, why, audience))


def _each(sentences: Sequence[Sentence], why: Explanation, audience: Audience) -> Iterator[str]:
    for sentence in sentences:
        yield render(sentence, why.records, audience)
