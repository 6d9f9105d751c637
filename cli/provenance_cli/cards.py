"""Cards: what a person reads about a file, an item, an assessment, a verdict.

Plain sentences come from the core; this module only lays them out. Text from documents is made
visible before it is printed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from provenance_cli import voice

if TYPE_CHECKING:
    from provenance.acts.judging import VerdictCard
    from provenance.acts.showing import ItemCard
    from provenance.examine.examination import Examination
    from provenance.facts.model import Earlier
    from provenance.verdict.assessment import Assessment, Facet
    from provenance.verdict.dossier import Dossier

FULL, EMPTY = "●", "·"
GRADES: Final = 4
TOLD: Final = 0.1  # seconds; a shorter run was over at once
MAX_EARLIER: Final = 5  # earlier states printed
_LOOKS_LIKE: Final = {
    "EMPTY_SLOT": "looks empty, not determined",
    "INK_OBSERVED": "something looks like ink, not determined",
    "TYPED_NAME": "a name seems to be typed there, not determined",
}
_WEIGHTS: Final = {"contradiction": "but", "hidden": "unseen", "risk": "careful", "note": "note"}
_ROLES: Final = {
    "signature": "what may be a signature of it",
    "list": "a list of digests, or a signature of one",
    "signed": "what it may be a signature of",
}
_HOW: Final = {
    "name": "brought together by their names",
    "digest": "brought together by a digest that one of them states",
    "hand": "brought together by hand",
}
GOOD: Final = frozenset({"VERIFIED", "VERIFIED_EXTENDED"})
BAD: Final = frozenset({"BROKEN", "REVOKED", "CHANGED_AFTER_SIGNING", "IDENTITY_MISMATCH"})


def size_text(size: int) -> str:
    """Return a size as people say it."""
    if size < 1000:
        return f"{size} bytes"
    for unit in ("kB", "MB", "GB"):
        size_in_unit = size / {"kB": 1e3, "MB": 1e6, "GB": 1e9}[unit]
        if size_in_unit < 1000:
            return f"{size_in_unit:.1f} {unit}"
    return f"{size / 1e12:.1f} TB"


def duration_text(seconds: float) -> str:
    """Return how long a run took; empty below a tenth of a second, which is nothing to tell."""
    return f"{seconds:.1f} s" if seconds >= TOLD else ""


def print_examination(examination: "Examination", *, name: str, again: str) -> None:
    """Print the card of one examined file; `again` is the command that repeats it."""
    from provenance.examine.endings import say_ending
    from provenance.signatures.text import plain_words

    found = examination.identification
    voice.result(voice.paint(voice.visible(name), "bold"))
    claimed = f", its name says {found.claimed_extension}" if found.mismatch else ""
    _field("kind", f"{found.media_type}{claimed}, {size_text(examination.size)}")
    _field("sha-256", examination.document_sha256)
    for one in examination.beside:
        said = f"{_ROLES[one.role.value]} (sha-256 {one.sha256[:12]}), {_HOW[one.how.value]}"
        _field("with", said)
    headline = str(examination.headline)
    _painted("signature", headline.replace("_", " "), _styles(headline))
    _print_signatures(examination)
    if not examination.outcome.examined:
        outcome = examination.outcome
        words = plain_words(outcome.message)
        _field("outcome", f"{outcome.code}: {say_ending(outcome.code)} ({words})")
    _print_facts(examination)
    for warning in examination.signatures.warnings:
        _field("note", warning)
    for place in examination.signatures.undetermined:
        seen = _LOOKS_LIKE.get(place.headline.value, "not determined")
        _field("open", f"page {place.locator.page}, {place.locator.name}: {seen}")
    for question in examination.signatures.not_determined:
        _field("open", question)
    for failure in examination.signatures.detectors_failed:
        if failure.code != examination.outcome.code:  # told above
            words = plain_words(failure.message)
            _field("not run", f"{failure.detector}: {say_ending(failure.code)} ({words})")
    detectors = ", ".join(examination.detectors_run) or "none exists for this format yet"
    _field("detectors", detectors)
    _field("sandbox", examination.jail_level)
    _field("trust", _trusted(examination))
    _field("again", voice.visible(again))


def _trusted(examination: "Examination") -> str:
    from provenance.instants import format_instant
    from provenance.trust.model import TrustSet

    digest = examination.trust_set_sha256
    said = "nothing was relied on" if digest == TrustSet().sha256 else f"set {digest[:12]}"
    moment = examination.reference_time
    return f"{said}, judged as of {format_instant(moment)}, given by hand" if moment else said


def _print_signatures(examination: "Examination") -> None:
    from provenance.signatures.sentence import explain_signature, say_report

    statuses = examination.signatures.statuses
    if examination.headline not in {status.headline for status in statuses}:
        _sentences([say_report(examination.signatures)])
    for status in statuses:
        if len(statuses) > 1:
            voice.result()
            _field("found", voice.visible(status.headline.replace("_", " ")))
        # The command to repeat it is the same for all; it stands once, at the end.
        told = explain_signature(status)
        _sentences(line for line in told if status.reproduce_command not in line)


def _print_facts(examination: "Examination") -> None:
    from provenance.signatures.text import plain_words

    facts = examination.facts
    if facts is None:
        return
    said = [f"{facts.pages} pages" if facts.pages != 1 else "1 page"] if facts.pages else []
    if facts.revisions and facts.revisions > 1:
        said.append(f"{facts.revisions} revisions can be told apart")
    said += [f"{key}: {value}" for key, value in facts.properties.items()]
    if said:
        _field("says", "; ".join(said))
    for observation in facts.observations:
        where = f" ({observation.where})" if observation.where else ""
        _field(_WEIGHTS[observation.weight.value], f"{observation.text}{where}")
    _print_earlier(facts.earlier)
    for note in facts.notes:
        _field("note", plain_words(note))


def _print_earlier(earlier: "Sequence[Earlier]") -> None:
    """Print the newest earlier states, how many are not printed, and how to see those."""
    shown = earlier[-MAX_EARLIER:]
    for number, one in enumerate(shown, len(earlier) - len(shown) + 1):
        state = f"state {number} of {len(earlier) + 1}"
        _field("earlier", f"{state}: the first {one.end} bytes, SHA-256 {one.sha256}")
    if len(shown) < len(earlier):
        _field(
            "earlier",
            f"{len(earlier) - len(shown)} older states are not printed: --json lists every one"
            " under facts.earlier, and `prov recover` takes out those of an item",
        )


def print_item(card: "ItemCard") -> None:
    """Print everything about one item."""
    voice.result(voice.paint(f"Item {card.accession}", "bold") + f"  {card.item.hex()}")
    for copy in card.exemplars:
        voice.result()
        voice.result(voice.visible(f"{copy.form} copy, {copy.media_type}, {size_text(copy.size)}"))
        _field("sha-256", copy.sha256)
        for arrival in copy.arrivals:
            came = [f"received {arrival.at:%Y-%m-%d %H:%M} by {arrival.by} as “{arrival.name}”"]
            came += [f"from {arrival.source}"] if arrival.source else []
            gone = f"source erased, see entry {arrival.erased}"
            came += [gone] if arrival.erased is not None else []
            came += [f"via {arrival.channel}"] if arrival.channel else []
            came += [f"out of container {arrival.container[:12]}"] if arrival.container else []
            came += [f"manifest: {arrival.claim}"] if arrival.claim else []
            _field("arrival", ", ".join(came))
        if copy.examination is None:
            _field("signature", "not examined (`prov examine`)")
        else:
            from provenance.signatures.sentence import say_report

            headline = str(copy.examination.headline)
            _painted("signature", headline.replace("_", " "), _styles(headline))
            _sentences([say_report(copy.examination.signatures)])
    voice.result()
    _field("held by", card.chain.holder)
    for remark in card.chain.remarks:
        _field("custody", remark)
    for remark in (*card.remarks, *map(str, card.verdict.remarks)):
        _field("remark", remark)
    headline = card.verdict.assessment.headline.text
    _field("suggested", headline if card.verdict.dossier.records else "nothing recorded yet")
    published = card.verdict.standing.published
    _field("signed", published.headline if published else "no verdict published")
    if card.verdict.staleness is not None:
        _field("standing", str(card.verdict.staleness.freshness))


def print_assessment(dossier: "Dossier", assessment: "Assessment", *, why: bool = False) -> None:
    """Print headline and facets, and the reasoning where asked for."""
    print_headline(assessment)
    voice.result()
    for facet in assessment.facets:
        voice.result(facet_line(facet))
    for claim in assessment.attributes:
        values = "; ".join(value for value, _ in claim.values)
        _field(f"{claim.name} ({claim.status})", values)
    if assessment.coverage:
        _field("collection", assessment.coverage)
    if not why:
        return
    from provenance.verdict.explain import explain
    from provenance.verdict.sentences import Audience

    voice.result()
    for sentence in explain(dossier, assessment).text(Audience.INTERNAL):
        voice.wrapped(voice.visible(sentence), first="- ", indent="  ")


def print_headline(assessment: "Assessment") -> None:
    """Print the headline: base and words on one line, modifiers under it."""
    headline = assessment.headline
    voice.result(voice.paint(voice.visible(headline.lead), "bold"))
    for modifier in headline.modifiers:
        voice.wrapped(voice.visible(modifier), first="  - ", indent="    ")


def facet_line(facet: "Facet") -> str:
    """Return one facet as a line: name, both columns as dots, label, lines."""
    support, opposition = _dots(facet.p), _dots(facet.c)
    low, high = facet.support.lines
    interval = f"{low}" if low == high else f"{low}-{high}"
    lines = f"  {interval} independent line{'s' if high != 1 else ''}" if high else ""
    if facet.support.choke:
        lines += voice.visible(f", all through {', '.join(facet.support.choke)}")
    name = voice.visible(facet.name)
    label = f"{facet.label}{', disputed' if facet.disputed else ''}"
    return f"  {name:<28} for {support}  against {opposition}  {label}{lines}"


def print_verdict(card: "VerdictCard", names: Mapping[str, str]) -> None:
    """Print the suggestion, what was signed, and whether it still holds."""
    voice.result(voice.paint("Suggested from the records:", "dim"))
    print_assessment(card.dossier, card.assessment)
    voice.result()
    print_history(card, names)
    for remark in card.remarks:
        voice.wrapped(voice.visible(f"! {remark}"), first="", indent="  ")
    if card.staleness is not None:
        print_staleness(card)


def print_history(card: "VerdictCard", names: Mapping[str, str]) -> None:
    """Print every act on the verdict, oldest first."""
    if not card.history:
        voice.result("Nobody has signed a verdict.")
        return
    for record in card.history:
        who = voice.visible(names.get(record.signer, record.signer))
        when = f"{record.signed_at:%Y-%m-%d %H:%M}"
        voice.result(f"version {record.version}: {record.act.value} by {who}, {when}")
        if record.reason:
            voice.wrapped(voice.visible(record.reason), first="    ", indent="    ")
        if record.decision is not None:
            as_of = f"as of {record.decision.as_of:%Y-%m-%d %H:%M}: "
            voice.wrapped(
                voice.visible(as_of + record.decision.headline), indent="    ", first="    "
            )
    voice.result(f"State: {card.standing.state.value}.")


def print_staleness(card: "VerdictCard") -> None:
    """Print whether the signed verdict still answers the evidence, and why not."""
    if card.staleness is None:
        return
    fresh = str(card.staleness.freshness)
    style = "green" if fresh == "CURRENT" else "yellow"
    voice.result(f"Version {card.staleness.version} is {voice.paint(fresh, style, 'bold')}.")
    for reason in card.staleness.reasons:
        voice.wrapped(voice.visible(reason), first="  - ", indent="    ")


def _dots(grade: int) -> str:
    return FULL * grade + EMPTY * (GRADES - grade)


def _styles(headline: str) -> Sequence[str]:
    if headline in GOOD:
        return ("green", "bold")
    return ("red", "bold") if headline in BAD else ("yellow", "bold")


def _field(name: str, text: str) -> None:
    shown = f"  {voice.visible(name):<10} "
    voice.wrapped(voice.visible(text), first=shown, indent=" " * 13)


def _painted(name: str, text: str, styles: Sequence[str]) -> None:
    voice.wrapped(
        voice.paint(voice.visible(text), *styles), first=f"  {name:<10} ", indent=" " * 13
    )


def _sentences(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        voice.wrapped(voice.visible(sentence), first=" " * 13, indent=" " * 13)
