"""Sections on what is known: in short, why per facet, the statements, what people signed."""

from collections.abc import Iterable
from typing import Final

from provenance.report.cover import signatures
from provenance.report.figures import facet_bars
from provenance.report.markup import Markup, Node, element, join, said
from provenance.report.model import ReportModel
from provenance.report.saying import count, entry_link, entry_links, instant
from provenance.report.tables import (
    bullets,
    chip,
    facts,
    hexadecimal,
    lines,
    notice,
    section,
    table,
)
from provenance.report.verdict_parts import (
    Column,
    FacetPart,
    SignedVerdict,
    Stance,
    Statement,
    Suggestion,
)

STANCES: Final = {1: ("supports", "for"), -1: ("opposes", "against"), 0: ("declines", "flag")}
NEVER_NETTED: Final = (
    "Each facet has two columns, opposition and support, from 0 to 4. They are never offset"
    " against each other. A line is one independent way by which the desk knows; what many outlets"
    " take from one voice is one line."
)


def open_questions(model: ReportModel) -> Markup:
    """Return what was not established: it stands before everything that was."""
    suggestion = model.suggestion
    missing = suggestion.missing_checks if suggestion is not None else ()
    found = [*(f"not yet examined: {check}" for check in missing)]
    found += [question.text for question in model.open_questions]
    none = element("p", "The desk lists no open question. That is not a promise that none exists.")
    return section("open", "1", "What was not established", bullets(found) or none)


def reasons(model: ReportModel) -> Markup:
    """Return the facets with both columns and the reasons for them."""
    suggestion = model.suggestion
    if suggestion is None:
        nothing = "No weighing is part of this report."
        return section("why", "2", "The reasons, facet by facet", element("p", nothing))
    key = enumerate(suggestion.facets, start=1)
    return section(
        "why",
        "2",
        "The reasons, facet by facet",
        element("p", NEVER_NETTED),
        *(_facet(facet, f"facet-{n}") for n, facet in key),
        _headline_reasons(suggestion),
    )


def _facet(facet: FacetPart, key: str) -> Markup:
    left = element(
        "div",
        element("h3", said(facet.name), id=key),
        element("p", said(facet.proposition), class_="small soft") if facet.proposition else None,
        element("p", *_label(facet), class_="label sans"),
        facet_bars(facet, f"{key}-bars"),
        element(
            "div",
            _column("l", "Opposition", facet.opposition),
            _column("r", "Support", facet.support),
            class_="cols",
        ),
    )
    silent = element("p", "No reason is given here.", class_="absent")
    right = element("div", bullets(facet.why, style="why") or silent, _chokes(facet))
    return element("article", left, right, class_="facet", aria_labelledby=key)


def _label(facet: FacetPart) -> Iterable[Node]:
    yield facet.label
    if facet.signed_label and facet.signed_label != facet.label:
        yield f" (people signed: {facet.signed_label})"


def _column(side: str, name: str, column: Column) -> Markup:
    if column.lines_from == column.lines_to:
        how_many = count(column.lines_to, "line")
    else:
        how_many = f"{column.lines_from} to {count(column.lines_to, 'line')}"
    return element(
        "div",
        element("strong", f"{name} {column.strength} of 4"),
        element("div", how_many),
        class_=side,
    )


def _chokes(facet: FacetPart) -> Markup | None:
    found = [
        f"every line {word} passes through: {', '.join(column.choke)}"
        for word, column in (("of support", facet.support), ("of opposition", facet.opposition))
        if column.choke
    ]
    return element("p", said("; ".join(found)), class_="small soft") if found else None


def _headline_reasons(suggestion: Suggestion) -> Markup:
    text = "; ".join(suggestion.modifiers)
    lead = suggestion.lead or ", ".join([suggestion.base, *suggestion.words])
    return element(
        "div",
        element("h3", "What the rules suggest"),
        element("p", said(f"{lead} - {text}" if text else lead), class_="word"),
        element(
            "p",
            "Computed from the records; a suggestion that nobody signs by itself.",
            class_="small soft",
        ),
        bullets(suggestion.why),
        facts(
            [
                ("Rules", suggestion.rules_version),
                ("Records weighed up to", instant(suggestion.as_of, "all that are on file")),
                ("Digest of the inputs", hexadecimal(suggestion.input_digest)),
            ]
        ),
        class_="card",
    )


def statements(model: ReportModel) -> Markup:
    """Return everything that was said, passed on or found."""
    if not model.statements:
        body = element("p", "No statement is on file.")
    else:
        body = table(
            f"{count(len(model.statements), 'statement')}, in the order of learning them",
            ["Id", "Learned", "Who answers for it", "What it says", "Words and notes"],
            (_statement_row(one) for one in model.statements),
        )
    return section("said", "5", "Statements and findings", body)


def _statement_row(one: Statement) -> list[Node]:
    learned = [instant(one.recorded_at)]
    if one.said_at is not None:
        learned.append(join(["said ", instant(one.said_at)]))
    return [
        join(
            [
                element("span", said(one.id)),
                element("div", one.kind.replace("_", " "), class_="small soft"),
            ]
        ),
        lines([*learned, None if one.entry is None else join(["entry ", entry_link(one.entry)])]),
        lines(_who(one)),
        lines(_stance(stance) for stance in one.stances),
        lines(_words(one)),
    ]


def _who(one: Statement) -> Iterable[Node]:
    yield said(one.voice) if one.voice else element("span", "not named here", class_="absent")
    if one.speaker and one.speaker != one.voice:
        yield element("span", said(one.speaker), class_="soft")
    if one.voice and not one.on_record:
        yield element("span", "not named on record", class_="small soft")
    if one.source:
        yield join([element("span", "source ", class_="soft"), said(one.source)])


def _stance(stance: Stance) -> Markup:
    word, style = STANCES[stance.sign]
    grade = "" if stance.grade is None else f" {stance.grade} of 4"
    return join([chip(f"{word}{grade}", style), said(stance.facet)])


def _words(one: Statement) -> Iterable[Node]:
    if one.quote:
        yield element("span", "“", said(one.quote), "”", class_="quote pre")
    if one.note:
        yield element("span", said(one.note), class_="pre")
    if one.relays:
        yield join(["passes on ", said(", ".join(one.relays))])
    if one.archive_sha256:
        yield join(["kept copy ", hexadecimal(one.archive_sha256)])
    if one.flags:
        yield join([chip(flag, "flag") for flag in one.flags])


def history(model: ReportModel) -> Markup:
    """Return every version of the verdict, newest first."""
    cards = [_version(one) for one in reversed(model.verdicts)]
    none = element("p", "No verdict is part of this report.")
    return section("history", "6", "What people signed", *(cards or [none]))


def _version(one: SignedVerdict) -> Markup:
    replaced = f"Superseded by version {one.superseded_by}." if one.superseded_by else None
    why = f"{one.reason_class}: {one.reason}" if one.reason else one.reason_class
    reason = f"Reason: {why.rstrip('.')}." if why else None
    return element(
        "div",
        element("h3", f"Version {one.version}: {one.state}"),
        element("p", said(one.headline), class_="word"),
        element("p", said(one.public_wording), class_="wording") if one.public_wording else None,
        element("p", *signatures(one)),
        notice(said(" ".join(filter(None, [replaced, reason])))) if replaced or reason else None,
        bullets(one.overrides),
        join(
            [
                element(
                    "p", "How it stands to the evidence now: ", element("strong", one.freshness)
                ),
                bullets(one.staleness),
            ]
        )
        if one.freshness
        else None,
        facts(
            [
                ("Author's key", element("code", one.author_kid) if one.author_kid else None),
                ("Entries", entry_links(one.entries) if one.entries else None),
                ("Digest of the inputs", hexadecimal(one.input_digest)),
            ]
        ),
        class_="card",
    )
