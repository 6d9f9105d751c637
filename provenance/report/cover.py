"""The first page: what the desk says, who signed it, and how it stands to the evidence today.

The headline is the newest version with two signatures. Without one the cover says so first, and
shows a waiting version or the machine's suggestion only as what it is.
"""

from collections.abc import Iterable
from itertools import zip_longest
from typing import Final

from provenance.report.json_form import json_digest
from provenance.report.markup import Markup, Node, element, join, said
from provenance.report.model import Audience, ReportModel, standing_verdict
from provenance.report.saying import count, instant
from provenance.report.tables import facts, hexadecimal, notice
from provenance.report.verdict_parts import SignedVerdict

FOR_WHOM: Final = {
    Audience.INTERNAL: "Internal: names sources. Must not leave the desk",
    Audience.AUDITOR: "Auditor's copy: no source handles",
    Audience.PUBLIC: "Public",
}
ONE_PERSON: Final = (
    "One-person desk: one person holds every role. No second pair of eyes stands behind the"
    " signatures in this report."
)
_CURRENT: Final = "CURRENT"


def cover(model: ReportModel) -> Markup:
    """Return the head of the page."""
    verdict = standing_verdict(model)
    return element(
        "header",
        element(
            "div",
            element("strong", "Custody report"),
            element("span", said(model.desk)),
            element("span", FOR_WHOM[model.audience], class_="for-whom"),
            class_="kicker",
        ),
        element("p", *_subject(model), class_="eyebrow"),
        *(_unsigned(model) if verdict is None else _signed(verdict)),
        notice(ONE_PERSON) if model.one_person_desk else None,
        _meta(model),
        class_="cover",
    )


def _subject(model: ReportModel) -> Iterable[Node]:
    yield f"Item {model.accession}"
    if model.title:
        yield join([": ", said(model.title)])


def _headline(text: str) -> Iterable[Node]:
    lead, _, rest = text.partition(" - ")
    yield element("h1", said(lead))
    if rest:
        turns = (element("li", said(each)) for each in rest.split("; "))
        yield element("ul", *turns, class_="turns")


def _signed(verdict: SignedVerdict) -> Iterable[Node]:
    if verdict.state == "withdrawn":
        yield element("h1", "Verdict withdrawn")
        yield notice(
            "The desk no longer stands by “",
            said(verdict.headline),
            "”. That is not the same as saying it is false.",
            f" Reason: {verdict.reason_class}." if verdict.reason_class else None,
            loud=True,
        )
    else:
        yield from _headline(verdict.headline)
        if verdict.public_wording:
            yield element("p", said(verdict.public_wording), class_="wording")
    yield element("p", *signatures(verdict), class_="signed")
    if verdict.freshness not in {"", _CURRENT}:
        yield notice(
            element("strong", verdict.freshness),
            ". Since this was signed the evidence on file has moved; section 6 says how.",
            loud=verdict.freshness.startswith("NEEDS"),
        )


def signatures(verdict: SignedVerdict) -> Iterable[Node]:
    """Yield who signed a version, when, and on what evidence."""
    yield f"Version {verdict.version}, {verdict.state}. Signed by "
    yield join([said(verdict.author), " on ", instant(verdict.signed_at)])
    for other, at in zip_longest(verdict.countersigners, verdict.countersigned_at):
        yield join([", countersigned by ", said(other), " on ", instant(at)])
    if not verdict.countersigners:
        yield ", not countersigned"
    if verdict.as_of is not None:
        yield join(["; evidence weighed up to ", instant(verdict.as_of)])
    yield "."


def _unsigned(model: ReportModel) -> Iterable[Node]:
    yield element("h1", "No verdict has been published")
    for waiting in model.verdicts[-1:]:
        yield notice(
            "Waiting for its second signature, for internal use only: “",
            said(waiting.headline),
            "” (",
            said(waiting.author),
            ").",
        )
    if model.suggestion is not None:
        yield element(
            "p",
            "From the records, the desk's rules suggest the following. ",
            element("strong", "Nobody has signed it."),
        )
        text = "; ".join(model.suggestion.modifiers)
        lead = model.suggestion.lead or model.suggestion.base
        yield element("p", said(f"{lead}: {text}" if text else lead), class_="wording")


def _meta(model: ReportModel) -> Markup:
    log = None if model.tree_head is None else count(model.tree_head.size, "entry")
    return facts(
        [
            ("Report", model.number),
            ("Made", instant(model.made_at)),
            ("Prepared by", said(model.prepared_by) if model.prepared_by else None),
            ("In charge", said(model.in_charge) if model.in_charge else None),
            ("Item id", element("code", model.item)),
            ("Log at that time", log),
            ("Case", said(model.case) if model.case else None),
            ("Question asked", said(model.question) if model.question else None),
            ("Held on the ground of", said(model.authority) if model.authority else None),
            ("SHA-256 of this report's JSON form", hexadecimal(json_digest(model))),
        ],
        style="meta",
    )
