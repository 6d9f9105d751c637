"""Properties of an OOXML package: core (ECMA-376 part 2), extended and custom (part 1, 22.2, 22.3).

They are copied as stated; nothing is believed. Dates that carry no zone are kept and flagged.
Custom properties may hold what a document system or a rights policy wrote there: the organisation,
the account that set a label, and when.
"""

import re
from typing import Final

from provenance.facts.gathering import Gathered, listed, quoted
from provenance.facts.model import Weight
from provenance.facts.office.markup import Element, every, local, text_of
from provenance.facts.office.package import Package
from provenance.facts.office.relations import Relations
from provenance.facts.stated_dates import Stated, read_w3c
from provenance.facts.timeline import Story

MAX_CUSTOM: Final = 100  # custom properties that are copied

_CORE_DATES: Final = frozenset({"created", "modified", "lastPrinted"})
_EXTENDED: Final = frozenset({
    "Application", "AppVersion", "Company", "Manager", "Template", "TotalTime", "Pages", "Words",
    "Characters", "Slides", "Notes", "HiddenSlides", "DocSecurity", "HyperlinkBase", "SharedDoc",
    "PresentationFormat",
})  # fmt: skip
_LABEL: Final = re.compile(r"MSIP_Label_[0-9A-Fa-f-]{36}_(\w+)")


def read_properties(gathered: Gathered, package: Package, relations: Relations) -> Story:
    """State all properties and return the story they tell."""
    core = _read_core(gathered, package, relations)
    extended = _read_extended(gathered, package, relations)
    _read_custom(gathered, package, relations)
    _read_labels(gathered, package, relations)
    dates = {name: _date(gathered, name, core.get(name, "")) for name in sorted(_CORE_DATES)}
    return Story(
        program=extended.get("Application", ""),
        version=extended.get("AppVersion", ""),
        author=core.get("creator", "").strip(),
        last_author=core.get("lastModifiedBy", "").strip(),
        created=dates["created"],
        modified=dates["modified"],
        printed=dates["lastPrinted"],
        template=extended.get("Template", ""),
        revision=read_count(core.get("revision", "")),
        minutes=read_count(extended.get("TotalTime", "")),
    )


def _read_core(gathered: Gathered, package: Package, relations: Relations) -> dict[str, str]:
    found: dict[str, str] = {}
    parts = relations.targets("", "core-properties", "coreProperties")
    if len(parts) > 1:  # ECMA-376 part 2, 8.3.4: more than one is an error
        text = f"It has several parts for its properties ({listed(parts)}); the first was read."
        gathered.observe("several-property-parts", Weight.CONTRADICTION, text)
    for name in parts[:1]:
        for element in _children(package.markup(name)):
            found.setdefault(local(element), text_of(element))
    for key, value in found.items():
        if key not in _CORE_DATES:
            gathered.state(f"core.{key}", value)
    return found


def _read_extended(gathered: Gathered, package: Package, relations: Relations) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in relations.targets("", "extended-properties", "extendedProperties")[:1]:
        for element in _children(package.markup(name)):
            if local(element) in _EXTENDED:
                found.setdefault(local(element), text_of(element).strip())
    for key, value in found.items():
        gathered.state(f"app.{key}", value)
    return found


def _read_custom(gathered: Gathered, package: Package, relations: Relations) -> None:
    for name in relations.targets("", "custom-properties", "customProperties")[:1]:
        root = package.markup(name)
        if root is None:
            continue
        properties = [element for element in _children(root) if local(element) == "property"]
        for element in gathered.upto(properties, MAX_CUSTOM, "custom properties"):
            key, value = element.get("name") or "", text_of(element)
            gathered.state(f"custom.{key}", value)
            _tell_label(gathered, key, value)


def _tell_label(gathered: Gathered, key: str, value: str) -> None:
    match = _LABEL.fullmatch(key)
    if match is not None and match[1] in {"Owner", "Name", "SiteId", "SetDate"} and value.strip():
        what = {
            "Owner": "the account that set it",
            "Name": "its name",
            "SiteId": "the organisation's number",
            "SetDate": "when it was set",
        }[match[1]]
        text = f"A confidentiality label of an organisation is in it; {what}: {quoted(value)}."
        gathered.observe("sensitivity-label", Weight.HIDDEN, text)


def _read_labels(gathered: Gathered, package: Package, relations: Relations) -> None:
    """Read docMetadata/LabelInfo.xml (MS-OFFCRYPTO 2.6), the newer home of labels."""
    for name in relations.of_kind("classificationlabels")[:1]:
        root = package.markup(name)
        for element in gathered.upto(every(root, "label"), MAX_CUSTOM, "labels"):
            text = (
                "A confidentiality label of an organisation is in it; the organisation's number:"
                f" {quoted(element.get('siteId') or '')}."
            )
            gathered.observe("sensitivity-label", Weight.HIDDEN, text, where=name)


def _children(root: Element | None) -> list[Element]:
    return [] if root is None else list(root)


def _date(gathered: Gathered, name: str, text: str) -> Stated | None:
    stated = read_w3c(text)
    gathered.state(f"core.{name}", stated.shown if stated else text)
    if stated is None and text.strip():
        gathered.note(f"core.{name} is not a date")
    return stated


def read_count(text: str) -> int | None:
    """Return a whole number of at most nine digits, or None."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
