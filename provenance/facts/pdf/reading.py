"""Read the facts of a PDF; each reader is guarded on its own, what it could not read is noted.

Order: properties and what contradicts itself in them; earlier states; text that the pages do not
show and boxes that hide nothing; fonts; what could act or is attached. Imports the renderer: only
a worker imports this module.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

import pypdfium2

from provenance.facts.gathering import counted
from provenance.facts.model import Earlier, Facts
from provenance.facts.pdf.active import find_active
from provenance.facts.pdf.fonts import judge_fonts, list_fonts, written_year
from provenance.facts.pdf.properties import Properties, judge_properties, read_properties
from provenance.facts.pdf.revisions import NOT_COMPARED, find_earlier, judge_earlier
from provenance.facts.pdf.unseen import find_unseen
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.pdf.raw import RawSurvey, survey_pdf
from provenance.signatures.text import tame, with_detail

T = TypeVar("T")


def read_pdf_facts(data: bytes, *, at: datetime) -> Facts:
    """Read the facts of a PDF; total on any bytes.

    Args:
        data: the whole file.
        at: now, UTC; what lies after it lies in the future.
    """
    survey = survey_pdf(data)
    notes: list[str] = []
    document = None
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        notes.append(with_detail("pages and properties could not be read", tame(error, 200)))
    try:
        return _read(data, document, survey, notes, at)
    finally:
        if document is not None:
            document.close()


def _read(
    data: bytes,
    document: Any,  # noqa: ANN401 - the renderer has no types
    survey: RawSurvey,
    notes: list[str],
    at: datetime,
) -> Facts:
    stated = attempt("properties", lambda: read_properties(data, document))
    if isinstance(stated, Fault):
        notes.append(stated.text)
        stated = Properties(info={}, xmp={})
    observed = judge_properties(stated, at)
    earlier: tuple[Earlier, ...] = ()
    fonts: Sequence[str] = ()
    if document is not None:
        earlier = _read_earlier(data, survey, document, notes)
        observed += judge_earlier(earlier)
        observed += _or_none(attempt("unseen text", lambda: find_unseen(document)), notes)
        fonts = _or_none(attempt("fonts", lambda: list_fonts(document)), notes)
        young = attempt(
            "fonts", lambda: judge_fonts(tuple(fonts), stated.claimed, written_year(document))
        )
        observed += _or_none(young, notes)
    active = attempt("active content", lambda: find_active(data, document, at))
    if isinstance(active, Facts):
        notes += active.notes
        observed += active.observations
    else:
        notes.append(active.text)
    if not survey.has_header:
        notes.append("the file does not begin like a PDF")
    return Facts(
        pages=len(document) if document is not None else None,
        revisions=max(len(survey.revision_ends), 1),
        properties=stated.named | ({"fonts": "; ".join(fonts)} if fonts else {}),
        observations=tuple(observed),
        earlier=earlier,
        notes=tuple(notes),
    )


def _read_earlier(
    data: bytes,
    survey: RawSurvey,
    document: Any,  # noqa: ANN401
    notes: list[str],
) -> tuple[Earlier, ...]:
    states = attempt("earlier states", lambda: find_earlier(data, survey, document))
    if isinstance(states, Fault):
        notes.append(states.text)
        return ()
    if states.unread:
        count = counted(states.unread, "still earlier state")
        notes.append(f"{count} may be in the file and could not be looked at within bounds")
    unlike = sum(one.note == NOT_COMPARED for one in states.earlier)
    if unlike:
        notes.append(f"{counted(unlike, 'earlier state was', 'earlier states were')} not compared")
    return states.earlier


def _or_none(found: Sequence[T] | Fault, notes: list[str]) -> Sequence[T]:
    """Return what a reader found; nothing, and a note, if it came to no end."""
    if isinstance(found, Fault):
        notes.append(found.text)
        return ()
    return found
