"""The report as one HTML file: read it offline, print it, keep it.

Rules: one file; no script, no form, no frame, no resource from anywhere; a security policy that
allows one stylesheet, named by its digest, and nothing else; headings in order, tables with headed
rows and columns, both figures in words too; the same model gives the same bytes. Every text of the
model is escaped by `markup`. Render only what `audience.for_audience` returned.
"""

from base64 import b64encode
from hashlib import sha256
from typing import Final

from provenance.report.checking_sections import (
    certification,
    ledger,
    omissions,
    verification,
    words,
)
from provenance.report.cover import FOR_WHOM, cover
from provenance.report.evidence_sections import history, open_questions, reasons, statements
from provenance.report.markup import Markup, element, join, said, stylesheet
from provenance.report.material_sections import copies, custody
from provenance.report.model import Audience, ReportModel
from provenance.report.saying import instant
from provenance.report.stylesheet import CSS

_HASH: Final = b64encode(sha256(CSS.encode()).digest()).decode()
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"
)
"""CSP3: what is not named here is refused by the browser, even if some text slipped through."""

_CONTENTS: Final = (
    ("open", "1", "What was not established"),
    ("why", "2", "The reasons, facet by facet"),
    ("custody", "3", "Chain of custody"),
    ("copies", "4", "The copies and their integrity"),
    ("said", "5", "Statements and findings"),
    ("history", "6", "What people signed"),
    ("missing", "7", "What is not in this report"),
    ("verify", "8", "How to check this without us"),
    ("ledger", "A", "Ledger entries"),
    ("template", "B", "Template of a certification"),
    ("words", "C", "Words"),
)
_NO_CLAIM: Final = (
    ". Structured after ISO/IEC 27037 and 27042; no conformity is claimed. Hidden characters in"
    " documents and names are shown as ⟦U+…⟧."
)


def render_html(model: ReportModel) -> str:
    """Return the report as the text of one HTML file (write it as UTF-8)."""
    page = element("html", _head(model), _body(model), lang="en", dir="ltr")
    return f"<!DOCTYPE html>\n{page.text}\n"


def _head(model: ReportModel) -> Markup:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="robots", content="noindex"),
        element("title", f"Custody report {model.number}: item {model.accession}"),
        stylesheet(CSS),
    )


def _body(model: ReportModel) -> Markup:
    template = certification(model)
    return element(
        "body",
        cover(model),
        element(
            "main",
            _contents(with_template=template is not None),
            open_questions(model),
            reasons(model),
            custody(model),
            copies(model),
            statements(model),
            history(model),
            omissions(model),
            verification(model),
            ledger(model),
            template,
            words(),
        ),
        _foot(model),
    )


def _contents(*, with_template: bool) -> Markup:
    items = [
        element("li", element("span", number, class_="n"), element("a", title, href=f"#{key}"))
        for key, number, title in _CONTENTS
        if with_template or key != "template"
    ]
    return element("nav", element("ol", *items), aria_label="Contents")


def _foot(model: ReportModel) -> Markup:
    whose = "" if model.audience is Audience.PUBLIC else f" {FOR_WHOM[model.audience]}."
    return element(
        "footer",
        join(
            [
                "Report ",
                said(model.number),
                " on item ",
                said(model.accession),
                ", made ",
                instant(model.made_at),
                _NO_CLAIM,
                whose,
            ]
        ),
    )
