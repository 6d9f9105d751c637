"""Text of a word-processing document that is there and is not seen.

Three kinds, each by its own rule: formatted as hidden (ECMA-376 part 1, 17.3.2.41), in the run or
through a style; white, where nothing behind it is coloured; smaller than can be read. White text
in a table with a style, in a text frame, on shading or on a coloured page is left alone: it is most
likely meant to be read. So a silence here proves nothing.
"""

from itertools import islice
from typing import Final

from provenance.facts.gathering import Gathered, counted, quoted
from provenance.facts.model import Weight
from provenance.facts.office.markup import Element, attribute, every, is_on, local

TINY: Final = 4  # half points; two points cannot be read on paper or screen
NEARLY_WHITE: Final = 0xF8  # of each colour; no reader tells it from white
MAX_RUNS: Final = 50_000  # runs of one part that are looked at

_PLAIN: Final = frozenset({"", "auto", "FFFFFF", "none"})


def hidden_styles(root: Element | None) -> frozenset[str]:
    """Return the ids of styles that make text hidden."""
    if root is None:
        return frozenset()
    found = set()
    for style in every(root, "style"):
        for mark in every(style, "vanish"):
            if local(mark.getparent()) == "rPr" and is_on(attribute(mark, "val")):
                found.add(attribute(style, "styleId"))
    return frozenset(found)


def tell_hidden_text(
    gathered: Gathered, root: Element, styles: frozenset[str], *, where: str
) -> None:
    """Observe hidden, white and tiny text of one part."""
    hidden = [_run_of(mark) for mark in every(root, "vanish") if is_on(attribute(mark, "val"))]
    if styles:
        hidden += [
            run
            for mark in every(root, "rStyle", "pStyle")
            if attribute(mark, "val") in styles
            for run in _runs_of(mark)
        ]
    _tell(gathered, "hidden-text", "formatted as hidden", hidden, where)
    white = (_run_of(mark) for mark in every(root, "color") if _is_white(mark))
    runs = islice((run for run in white if run is not None), MAX_RUNS)
    bare: list[Element | None] = [run for run in runs if not _is_on_colour(run, root)]
    _tell(gathered, "white-text", "white on white", bare, where)
    tiny = [_run_of(mark) for mark in every(root, "sz") if _is_tiny(mark)]
    _tell(gathered, "tiny-text", "too small to be read", tiny, where)


def _tell(gathered: Gathered, code: str, how: str, runs: list[Element | None], where: str) -> None:
    texts, seen = [], set[int]()
    for run in runs[:MAX_RUNS]:
        if run is not None and id(run) not in seen:
            seen.add(id(run))
            texts.append(_text(run))
    whole = "".join(texts)
    if whole.strip():
        text = f"{counted(len(whole), 'character')} {how}: {quoted(whole)}."
        gathered.observe(code, Weight.HIDDEN, text, where=where)


def _run_of(mark: Element) -> Element | None:
    """Return the run that a character property formats; None for a paragraph mark or a style."""
    properties = mark.getparent()
    run = properties.getparent() if properties is not None else None
    return run if run is not None and local(properties) == "rPr" and local(run) == "r" else None


def _runs_of(mark: Element) -> list[Element]:
    """Return the runs that a style formats: its own, or all of its paragraph."""
    owner = mark.getparent().getparent()
    if owner is None:
        return []
    return [owner] if local(owner) == "r" else list(islice(every(owner, "r"), MAX_RUNS))


def _text(run: Element) -> str:
    return "".join(one.text or "" for one in every(run, "t", "delText"))


def _is_white(mark: Element) -> bool:
    value = attribute(mark, "val")
    try:
        parts = bytes.fromhex(value)
    except ValueError:
        return False
    return len(parts) == 3 and min(parts) >= NEARLY_WHITE


def _is_tiny(mark: Element) -> bool:
    value = attribute(mark, "val")
    return value.isascii() and value.isdigit() and len(value) <= 4 and int(value) <= TINY


def _is_on_colour(run: Element, root: Element) -> bool:
    """Whether anything around a run may colour what is behind it."""
    page = root.find("{*}background")
    if page is not None and attribute(page, "color").upper() not in _PLAIN:
        return True
    for around in (run, *run.iterancestors()):
        name = local(around)
        if name in {"txbxContent", "textbox"}:
            return True
        for properties in around:
            if local(properties) not in {"rPr", "pPr", "tcPr", "trPr", "tblPr"}:
                continue
            for mark in properties:
                what = local(mark)
                if what in {"highlight", "tblStyle"}:
                    return True
                if what == "shd" and attribute(mark, "fill") not in _PLAIN:
                    return True
            break  # properties come first (17.3.1.26, 17.3.2.28, 17.4.60)
    return False
