"""Content of an OpenDocument file: changes, comments, what is hidden, what is fetched.

What hides text in OpenDocument is mostly a style: the styles of a part are read first, then the
elements that use them. Works on `content.xml`, on `styles.xml` (headers, footers, masters) and on
the one root of a flat file alike, since names are compared without namespace.
"""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from provenance.facts.characters import tell_odd_characters
from provenance.facts.gathering import Gathered, counted, quoted
from provenance.facts.model import Weight
from provenance.facts.office.authorship import MAX_MARKS, Mark, Marks
from provenance.facts.office.markup import Element, attribute, every, first, having, local, text_of
from provenance.facts.office.odf_links import tell_formulas, tell_links
from provenance.facts.office.word_settings import tell_sessions
from provenance.facts.places import tell_path
from provenance.facts.stated_dates import read_w3c

MAX_PIECES: Final = 50_000  # spans and paragraphs of one part that are looked at
TINY: Final = 2.0  # points
EMPTY_REST: Final = 10_000  # repeated rows or columns: the unused rest of a sheet, not hidden data

_CHANGES: Final = {
    "insertion": "insertion",
    "deletion": "deletion",
    "format-change": "change of format",
    "cell-content-change": "change of a cell",
    "movement": "move",
}
_WHITE: Final = re.compile(r"#[fF][89a-fA-F][fF][89a-fA-F][fF][89a-fA-F]")
_SIZE: Final = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)pt")
_CLIP: Final = re.compile(r"-?\d+(?:\.\d+)?")
_RSID: Final = re.compile(r"[0-9A-Fa-f]{1,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Styles:
    """Names of styles, by how they hide what uses them."""

    hidden: frozenset[str]
    white: frozenset[str]
    tiny: frozenset[str]
    no_sheet: frozenset[str]
    no_slide: frozenset[str]


def read_content(gathered: Gathered, root: Element, marks: Marks, *, where: str) -> None:
    """Observe what one part of an OpenDocument file holds beside its visible text."""
    styles = _read_styles(gathered, root)
    gathered.step("changes", lambda: _read_changes(gathered, root, marks))
    gathered.step("hidden text", lambda: _tell_hidden(gathered, root, styles, where))
    gathered.step("sheets and slides", lambda: _tell_sheets(gathered, root, styles, where))
    gathered.step("links", lambda: tell_links(gathered, root, where=where))
    gathered.step("formulas", lambda: tell_formulas(gathered, root, where=where))
    gathered.step("pictures", lambda: _tell_cropped(gathered, root, where))
    gathered.step("sessions", lambda: _tell_sessions(gathered, root))
    for body in islice(every(root, "body"), 1):
        text = "\n".join(
            text_of(one)
            for one in gathered.upto(
                every(body, "p", "h"), MAX_PIECES, f"pieces of text in {where}"
            )
        )
        tell_odd_characters(gathered, text, where=where)


def _read_styles(gathered: Gathered, root: Element) -> _Styles:
    found: dict[str, set[str]] = {
        "hidden": set(),
        "white": set(),
        "tiny": set(),
        "no_sheet": set(),
        "no_slide": set(),
    }
    for style in gathered.upto(every(root, "style"), MAX_PIECES, "styles"):
        name = attribute(style, "name")
        for properties in style:
            for kind in _hides(properties):
                found[kind].add(name)
    return _Styles(**{kind: frozenset(names) for kind, names in found.items()})


def _hides(properties: Element) -> list[str]:
    what, found = local(properties), []
    if what == "text-properties":
        if attribute(properties, "display") == "none":
            found.append("hidden")
        if _WHITE.fullmatch(attribute(properties, "color")) and _is_bare(properties):
            found.append("white")
        size = _SIZE.fullmatch(attribute(properties, "font-size"))
        if size is not None and float(size[1]) <= TINY:
            found.append("tiny")
    elif what == "table-properties" and attribute(properties, "display") == "false":
        found.append("no_sheet")
    elif what == "drawing-page-properties" and attribute(properties, "visibility") == "hidden":
        found.append("no_slide")
    return found


def _is_bare(properties: Element) -> bool:
    """Whether a style colours nothing behind its text, in any of its property elements."""
    around = properties.getparent()
    return all(
        attribute(one, "background-color") in {"", "transparent", "#ffffff"}
        and attribute(one, "fill-color") == ""
        for one in (around if around is not None else ())
    )


def _read_changes(gathered: Gathered, root: Element, marks: Marks) -> None:
    for info in gathered.upto(every(root, "change-info"), MAX_MARKS, "changes"):
        change = info.getparent()
        kind = _CHANGES.get(local(change))
        if kind is None:
            continue
        before = first(change, "previous") if kind == "change of a cell" else change
        lost = "" if kind in {"insertion", "change of format"} or before is None else before
        marks.add(
            Mark(
                kind=kind,
                author=text_of(first(info, "creator")).strip(),
                made=read_w3c(text_of(first(info, "date"))),
                text="" if isinstance(lost, str) else _text_but(lost, info),
            )
        )
    for note in gathered.upto(every(root, "annotation"), MAX_MARKS, "comments"):
        marks.add(
            Mark(
                kind="comment",
                author=text_of(first(note, "creator")).strip(),
                made=read_w3c(text_of(first(note, "date"))),
                text="\n".join(text_of(one) for one in islice(every(note, "p"), 100)),
            )
        )


def _text_but(change: Element, info: Element) -> str:
    return " ".join(text_of(one) for one in islice(change, 500) if one is not info)


def _tell_hidden(gathered: Gathered, root: Element, styles: _Styles, where: str) -> None:
    for names, code, how in (
        (styles.hidden, "hidden-text", "formatted as hidden"),
        (styles.white, "white-text", "white on white"),
        (styles.tiny, "tiny-text", "too small to be read"),
    ):
        pieces = [
            text_of(one)
            for one in gathered.upto(
                every(root, "span", "p", "h"), MAX_PIECES, f"pieces of text in {where}"
            )
            if names and attribute(one, "style-name") in names and not _is_boxed(one)
        ]
        _tell_text(gathered, code, how, "".join(pieces), where)
    for section in every(root, "section"):
        if attribute(section, "display") in {"none", "condition"}:
            _tell_text(gathered, "hidden-text", "in a hidden section", text_of(section), where)
    for field in every(root, "hidden-text", "hidden-paragraph"):
        said = attribute(field, "string-value") or text_of(field.getparent())
        _tell_text(gathered, "hidden-text", "in a field that hides it", said, where)


def _tell_text(gathered: Gathered, code: str, how: str, text: str, where: str) -> None:
    if text.strip():
        said = f"{counted(len(text), 'character')} {how}: {quoted(text)}."
        gathered.observe(code, Weight.HIDDEN, said, where=where)


def _is_boxed(element: Element) -> bool:
    """Whether text stands in a shape or a table, whose colour is told elsewhere."""
    return any(
        local(one) in {"text-box", "custom-shape", "table-cell", "rect", "ellipse"}
        for one in element.iterancestors()
    )


def _tell_sheets(gathered: Gathered, root: Element, styles: _Styles, where: str) -> None:
    for table in every(root, "table"):
        if attribute(table, "name").startswith("'file:"):
            # LibreOffice keeps cells of other workbooks in hidden sheets named by their address.
            text = f"Cells of another workbook are kept in it: {quoted(attribute(table, 'name'))}."
            gathered.observe("external-cache", Weight.HIDDEN, text)
            tell_path(gathered, attribute(table, "name").strip("'").partition("'#")[0])
        elif attribute(table, "style-name") in styles.no_sheet:
            text = f"The sheet {quoted(attribute(table, 'name'), 80)} is hidden."
            gathered.observe("hidden-sheet", Weight.HIDDEN, text)
        if attribute(table, "protected") == "true":
            gathered.observe("document-protection", Weight.NOTE, "A sheet is protected.")
    folded = having(root, "visibility")
    rows = sum(_hidden(one, "rows") for one in folded if local(one) == "table-row")
    columns = sum(_hidden(one, "columns") for one in folded if local(one) == "table-column")
    if rows:
        text = f"{counted(rows, 'row is', 'rows are')} hidden (a filter hides rows too)."
        gathered.observe("hidden-rows", Weight.HIDDEN, text, where=where)
    if columns:
        text = f"{counted(columns, 'column is', 'columns are')} hidden."
        gathered.observe("hidden-columns", Weight.HIDDEN, text, where=where)
    for page in every(root, "page"):
        notes = first(page, "notes")
        if attribute(page, "style-name") in styles.no_slide:
            text = f"A slide is hidden: {quoted(text_of(page))}."
            gathered.observe("hidden-slide", Weight.HIDDEN, text, where=attribute(page, "name"))
        said = "" if notes is None else " ".join(text_of(one) for one in every(notes, "text-box"))
        if said.strip():
            text = f"Notes for the speaker: {quoted(said)}."
            gathered.observe("speaker-notes", Weight.HIDDEN, text, where=attribute(page, "name"))


def _hidden(element: Element, what: str) -> int:
    """Return how many rows or columns an element hides."""
    if attribute(element, "visibility") not in {"collapse", "filter"}:
        return 0
    times = attribute(element, f"number-{what}-repeated") or "1"
    if not times.isascii() or not times.isdigit() or len(times) > 9:
        return 1
    return int(times) if int(times) < EMPTY_REST else 0


def _tell_cropped(gathered: Gathered, root: Element, where: str) -> None:
    cropped = 0
    for properties in every(root, "graphic-properties"):
        clip = attribute(properties, "clip")
        cropped += any(abs(float(part)) > 0.01 for part in _CLIP.findall(clip[:200]))
    if cropped:
        text = (
            f"{counted(cropped, 'style of picture cuts', 'styles of pictures cut')} away a part;"
            " the whole of it is in the file."
        )
        gathered.observe("cropped-picture", Weight.HIDDEN, text, where=where)


def _tell_sessions(gathered: Gathered, root: Element) -> None:
    """LibreOffice Writer keeps the number of the editing session in automatic styles."""
    found = set()
    every_style = every(root, "text-properties", "paragraph-properties")
    for properties in gathered.upto(every_style, MAX_PIECES, "automatic styles"):
        for name in ("rsid", "paragraph-rsid"):
            value = attribute(properties, name)
            if _RSID.fullmatch(value):
                found.add(value.upper().zfill(8))
    tell_sessions(gathered, sorted(found))
