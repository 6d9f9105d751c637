"""The material of a report: copies, arrivals, signatures, re-readings."""

from collections.abc import Iterator, Sequence

from provenance.acts.examining import TOOL
from provenance.acts.showing import ArrivalCard, ExemplarCard, ItemCard
from provenance.acts.workbench import Workbench
from provenance.evidence import BlobState, reread
from provenance.examine.examination import Examination
from provenance.instants import format_instant
from provenance.report.item_parts import (
    Arrival,
    Exemplar,
    IntegrityCheck,
    SignatureCard,
    ToolRun,
)
from provenance.signatures.sentence import explain_signature, say_report, say_signature
from provenance.signatures.text import plain_words


def copies(card: ItemCard) -> tuple[Exemplar, ...]:
    """Return every copy of the item, in order of arrival."""
    return tuple(_copy(number, copy) for number, copy in enumerate(card.exemplars, start=1))


def rereadings(bench: Workbench, card: ItemCard) -> Iterator[IntegrityCheck]:
    """Read every copy again now and yield what came of it."""
    now = bench.parts.clock()
    for number, copy in enumerate(card.exemplars, start=1):
        fixity = reread(bench.parts.blobs, bytes.fromhex(copy.sha256))
        silent = fixity.found is None
        yield IntegrityCheck(
            at=now,
            exemplar=number,
            agree=None if silent else fixity.state is BlobState.SAME,
            tool="SHA-256, read for this report",
            note=f"are {fixity.state.value}" if silent else "",
        )


def _copy(number: int, copy: ExemplarCard) -> Exemplar:
    found = copy.examination
    return Exemplar(
        number=number,
        sha256=copy.sha256,
        size=copy.size,
        sha512=copy.sha512,
        blake3=copy.blake3,
        form=copy.form,
        media_type=copy.media_type,
        arrivals=tuple(_arrival(arrival) for arrival in copy.arrivals),
        signature=_signature(found) if found else None,
        examinations=(_run(found, copy.finding.seq if copy.finding else None),) if found else (),
    )


def _arrival(arrival: ArrivalCard) -> Arrival:
    return Arrival(
        entry=arrival.seq,
        at=arrival.at,
        name=arrival.name,
        source=arrival.source or "",
        channel=arrival.channel or "",
        claim=arrival.claim or "",
    )


def _signature(found: Examination) -> SignatureCard:
    report = found.signatures
    sentences: Sequence[str] = (
        [line for status in report.statuses for line in explain_signature(status)]
        if report.statuses
        else [say_report(report)]
    )
    return SignatureCard(
        headline=str(report.headline),
        sentences=tuple(sentences),
        detectors=report.detectors_run,
        detectors_failed=tuple(
            f"{one.detector}: {plain_words(one.message)}" for one in report.detectors_failed
        ),
        public_sentences=tuple(say_signature(status) for status in report.statuses)
        or (say_report(report),),
    )


def _run(found: Examination, entry: int | None) -> ToolRun:
    versions = ", ".join(f"{name} {version}" for name, version in sorted(found.tools.items()))
    facts = found.facts
    said = [f"outcome {found.outcome.code}", f"at {format_instant(found.at)}"]
    if facts is not None:
        said += [f"{key}: {value}" for key, value in sorted(facts.properties.items())]
        said += [f"{one.weight.value}: {one.text}" for one in facts.observations]
    return ToolRun(
        tool=TOOL,
        version=versions,
        result="; ".join(said),
        jail=found.jail_level,
        entry=entry,
        ran=found.outcome.examined,
        public_result=f"outcome {found.outcome.code}",
    )
