"""Properties of an OpenDocument file: meta.xml (OpenDocument 1.3 part 3, clause 4.3).

Dates there carry no zone as a rule: LibreOffice and OpenOffice write the local time of the author's
computer. The template is the one thing that brings its own date.
"""

import re
from typing import Final

from provenance.facts.gathering import Gathered, quoted
from provenance.facts.model import Weight
from provenance.facts.office.markup import Element, attribute, every, first, local, text_of
from provenance.facts.office.properties import read_count
from provenance.facts.places import Kind, read_place, tell_fetched, tell_path
from provenance.facts.stated_dates import Stated, read_w3c
from provenance.facts.timeline import Story

MAX_USER: Final = 100  # user-defined properties that are copied
_DATES: Final = {"creation-date": "created", "date": "modified", "print-date": "printed"}
_COPIED: Final = frozenset({
    "initial-creator", "creator", "printed-by", "title", "subject", "description", "keyword",
    "language", "generator", "editing-cycles", "editing-duration",
})  # fmt: skip
_DURATION: Final = re.compile(
    r"P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})D)?"
    r"(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})(?:[.,]\d{1,12})?S)?)?"
)


def read_meta(gathered: Gathered, root: Element | None) -> Story:
    """State the properties and return the story they tell."""
    meta = first(root, "meta")
    if meta is None:
        return Story()
    found: dict[str, str] = {}
    for element in meta:
        found.setdefault(local(element), text_of(element).strip())
    for key in sorted(_COPIED & found.keys()):
        gathered.state(f"meta.{key}", found[key])
    dates = {name: _date(gathered, key, found.get(key, "")) for key, name in sorted(_DATES.items())}
    _tell_user_defined(gathered, meta)
    template = first(meta, "template")
    return Story(
        program=found.get("generator", ""),
        author=found.get("initial-creator", ""),
        last_author=found.get("creator", ""),
        created=dates["created"],
        modified=dates["modified"],
        printed=dates["printed"],
        template=_tell_template(gathered, meta),
        template_date=None if template is None else read_w3c(attribute(template, "date")),
        revision=read_count(found.get("editing-cycles", "")),
        minutes=read_minutes(found.get("editing-duration", "")),
    )


def read_minutes(text: str) -> int | None:
    """Return an XML Schema duration in whole minutes; None if it is none or has months."""
    match = _DURATION.fullmatch(text.strip()) if len(text) < 80 else None
    if match is None or match[1] or match[2]:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[2:])
    return days * 1440 + hours * 60 + minutes + seconds // 60


def _date(gathered: Gathered, key: str, text: str) -> Stated | None:
    stated = read_w3c(text)
    gathered.state(f"meta.{key}", stated.shown if stated else text)
    return stated


def _tell_user_defined(gathered: Gathered, meta: Element) -> None:
    for number, element in enumerate(every(meta, "user-defined")):
        if number >= MAX_USER:
            return
        gathered.state(f"user.{attribute(element, 'name')}", text_of(element))
    statistic = first(meta, "document-statistic")
    if statistic is not None:
        for key in ("page-count", "word-count", "table-count", "image-count"):
            gathered.state(f"meta.{key}", attribute(statistic, key))


def _tell_template(gathered: Gathered, meta: Element) -> str:
    reload = first(meta, "auto-reload")
    if reload is not None:
        tell_fetched(gathered, attribute(reload, "href"), "another document", where="meta.xml")
    template = first(meta, "template")
    if template is None:
        return ""
    target, title = attribute(template, "href"), attribute(template, "title")
    gathered.state("template.path", read_place(target).text)
    gathered.state("template.title", title)
    if read_place(target).kind is not Kind.OTHER:
        text = f"The document was made from the template {quoted(target)}."
        gathered.observe("template-path", Weight.HIDDEN, text, where="meta.xml")
        tell_path(gathered, target, where="meta.xml")
    return title or target
