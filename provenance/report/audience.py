"""What each audience may read: one table, and nothing leaves that is not in it.

Rules of `for_audience`, in order:
  1. an audience is only ever narrowed; a public report never becomes an internal one again;
  2. a version that waits for its second signature is not public, and neither is the machine's
     suggestion while no published verdict stands beside it;
  3. the public reads statements under numbers, for an id may be a name;
  4. of every part, the fields listed here are kept; a field with a `public_` twin gives its place
     to the twin; every other field falls back to "absent". A field added later is withheld until
     somebody lists it here;
  5. of statements that are not on record, and of copies that the desk has not published, fewer
     fields are kept;
  6. as a last net, source handles (for the public also unnamed speakers and file names) that a
     person typed into a kept text are blotted out;
  7. everything that was taken out is listed as withheld, by kind and entry.
Never removes a result, a disagreement or an entry: a narrower report says less, not better.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Final

from provenance.errors import Refused
from provenance.report.item_parts import (
    Arrival,
    Custody,
    CustodyLine,
    Exemplar,
    Gap,
    IntegrityCheck,
    SignatureCard,
    ToolRun,
)
from provenance.report.ledger_parts import (
    Command,
    EntryLine,
    KeyLine,
    Omission,
    OpenQuestion,
    TreeHead,
)
from provenance.report.model import Audience, ReportModel, standing_verdict
from provenance.report.narrowing import Allowed, Narrowing, numbered, sweep
from provenance.report.verdict_parts import (
    Column,
    FacetPart,
    SignedVerdict,
    Stance,
    Statement,
    Suggestion,
)

PUBLIC: Final[Allowed] = {
    ReportModel: "desk number made_at accession item audience one_person_desk exemplars custody"
    " integrity statements suggestion verdicts open_questions omissions entries tree_head keys",
    Arrival: "entry at claim",
    ToolRun: "tool version jail entry ran",
    SignatureCard: "headline detectors detectors_failed",
    Exemplar: "number form media_type arrivals signature examinations published",
    IntegrityCheck: "at exemplar agree tool entry",
    CustodyLine: "entry type at agree without_source",
    Gap: "after_entry before_entry seconds",
    Custody: "lines gaps",
    Stance: "facet sign grade",
    Statement: "id recorded_at kind on_record stances relays flags entry",
    Column: "strength lines_from lines_to best",
    FacetPart: "name label support opposition proposition signed_label",
    Suggestion: "base words modifiers rules_version as_of input_digest facets missing_checks",
    SignedVerdict: "version state headline signed_at author author_kid countersigners"
    " countersigned_at public_wording as_of input_digest superseded_by reason_class freshness"
    " entries",
    Omission: "absence what entries",
    EntryLine: "entry type leaf_hash at kid",
    TreeHead: "note size log_key",
    KeyLine: "kid public_key state entry",
    OpenQuestion: "",
    Command: "",
}
"""Fields that everybody may read."""

PUBLIC_IF: Final[Mapping[type, tuple[str, str]]] = {
    Statement: ("on_record", "voice said_at speaker quote"),
    Exemplar: ("published", "sha256 sha512 blake3 size"),
}
"""Further public fields of parts that are marked so."""

AUDITOR_IF: Final[Mapping[type, tuple[str, str]]] = {CustodyLine: ("without_source", "sentence")}
"""Further fields for an auditor, of parts that are marked so."""

AUDITOR_TOO: Final[Allowed] = {
    ReportModel: "title public_title case question authority in_charge prepared_by commands",
    Arrival: "name channel",
    ToolRun: "result public_result",
    SignatureCard: "sentences public_sentences",
    Exemplar: "sha256 sha512 blake3 size",
    IntegrityCheck: "note",
    CustodyLine: "who public_who public_sentence",
    Gap: "explanation",
    Custody: "holder open_offer remarks public_remarks",
    Statement: "voice said_at speaker quote note archive_sha256",
    Column: "choke",
    FacetPart: "public_why",
    Suggestion: "lead public_lead public_why",
    SignedVerdict: "reason staleness overrides",
    EntryLine: "signer",
    KeyLine: "name",
    OpenQuestion: "text public_text",
    Command: "line answers",
}
"""What an auditor reads besides. Sentences that the desk's program makes for internal use name
source handles; of those an auditor, too, gets the public twin."""

WORDS: Final = {
    (Arrival, "name"): "file names and paths",
    (Arrival, "source"): "source handles",
    (Arrival, "channel"): "channels by which material arrived",
    (ReportModel, "title"): "the working title",
    (ReportModel, "case"): "the name of the case",
    (ReportModel, "question"): "the question the desk was asked",
    (ReportModel, "authority"): "the ground on which the desk holds the item",
    (ReportModel, "in_charge"): "names of staff who signed no verdict",
    (ReportModel, "prepared_by"): "names of staff who signed no verdict",
    (ReportModel, "commands"): "commands with the desk's own paths",
    (ToolRun, "result"): "results of examinations in the desk's words",
    (SignatureCard, "sentences"): "the wording of signature findings",
    (Exemplar, "sha256"): "digests and sizes of copies that the desk has not published",
    (Exemplar, "sha512"): "digests and sizes of copies that the desk has not published",
    (Exemplar, "blake3"): "digests and sizes of copies that the desk has not published",
    (Exemplar, "size"): "digests and sizes of copies that the desk has not published",
    (IntegrityCheck, "note"): "the desk's own notes",
    (CustodyLine, "who"): "names of custodians",
    (CustodyLine, "sentence"): "particulars of custody events",
    (Gap, "explanation"): "explanations of gaps",
    (Custody, "holder"): "names of custodians",
    (Custody, "open_offer"): "names of custodians",
    (Custody, "remarks"): "remarks on custody in the desk's words",
    (Statement, "voice"): "voices of statements that are not on record",
    (Statement, "said_at"): "times of statements that are not on record",
    (Statement, "speaker"): "speakers who are not named",
    (Statement, "quote"): "words of statements that are not on record",
    (Statement, "note"): "the desk's own notes",
    (Statement, "source"): "source handles",
    (Statement, "archive_sha256"): "digests of kept copies of statements",
    (Column, "choke"): "what lines of evidence have in common",
    (FacetPart, "why"): "reasons in the desk's words",
    (Suggestion, "lead"): "reasons in the desk's words",
    (Suggestion, "why"): "reasons in the desk's words",
    (SignedVerdict, "reason"): "reasons of corrections, in their authors' words",
    (SignedVerdict, "staleness"): "reasons for reviewing a verdict",
    (SignedVerdict, "overrides"): "reasons for departing from the suggestion",
    (EntryLine, "signer"): "names of custodians",
    (KeyLine, "name"): "names of custodians",
    (OpenQuestion, "text"): "further open questions",
}
"""How a report names what it leaves out."""

_WIDTH: Final = {Audience.INTERNAL: 0, Audience.AUDITOR: 1, Audience.PUBLIC: 2}
_STANDS: Final = ("published", "corrected")


def for_audience(
    model: ReportModel, audience: Audience, *, secrets: Collection[str] = ()
) -> ReportModel:
    """Return the report that this audience may read.

    Args:
        model: the full report, or one narrowed less.
        audience: who reads it.
        secrets: further texts that must not leave, besides those that stand in the report.

    Raises:
        Refused: the report was already narrowed for a narrower audience.
    """
    if _WIDTH[audience] < _WIDTH[model.audience]:
        raise Refused(f"a report for the {model.audience} cannot become one for the {audience}")
    if audience is model.audience:
        return model
    swept = sorted({*_secrets(model, audience), *secrets})
    work = Narrowing(
        allowed=_allowed(audience),
        conditional=PUBLIC_IF if audience is Audience.PUBLIC else AUDITOR_IF,
        words=WORDS,
    )
    if audience is Audience.PUBLIC:
        model = numbered(_published_only(model, work))
    kept = _tidied(work.narrow(replace(model, audience=audience)))
    return sweep(replace(kept, omissions=(*kept.omissions, *work.omissions())), swept)


def _allowed(audience: Audience) -> dict[type, frozenset[str]]:
    more = AUDITOR_TOO if audience is Audience.AUDITOR else {}
    return {
        kind: frozenset(names.split()) | frozenset(more.get(kind, "").split())
        for kind, names in PUBLIC.items()
    }


def _published_only(model: ReportModel, work: Narrowing) -> ReportModel:
    versions = tuple(one for one in model.verdicts if one.state != "provisional")
    if len(versions) < len(model.verdicts):
        waiting = [n for one in model.verdicts if one not in versions for n in one.entries]
        work.note("verdicts that wait for their second signature", waiting)
    standing = standing_verdict(model)
    suggestion = model.suggestion
    if suggestion is not None and (standing is None or standing.state not in _STANDS):
        work.note("the machine's suggestion, for no published verdict stands beside it")
        suggestion = None
    return replace(model, verdicts=versions, suggestion=suggestion)


def _tidied(model: ReportModel) -> ReportModel:
    """Leave out open questions without words; the list of omissions counts them in."""
    return replace(model, open_questions=tuple(q for q in model.open_questions if q.text))


def _secrets(model: ReportModel, audience: Audience) -> Iterator[str]:
    """Yield what may not occur in any kept text, not even inside somebody's sentence."""
    arrivals = [arrival for copy in model.exemplars for arrival in copy.arrivals]
    yield from (arrival.source for arrival in arrivals)
    yield from (statement.source for statement in model.statements)
    if audience is not Audience.PUBLIC:
        return
    yield from (arrival.name for arrival in arrivals)
    named = {s.speaker for s in model.statements if s.on_record}
    # "Iraqi military" is a principal, not a person: somebody else speaks for it, or by name.
    named |= {s.voice for s in model.statements if s.on_record or s.speaker != s.voice}
    yield from (s.speaker for s in model.statements if s.speaker not in named)
