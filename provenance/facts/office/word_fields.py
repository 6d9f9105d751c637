"""Fields of a word-processing document that fetch or run something (ECMA-376 part 1, 17.16).

A field's code may be cut into many runs, and fields stand within fields; the pieces of each are put
together before they are read. Nothing is computed: a code that is assembled by other fields at
opening time is shown as it stands.
"""

import re
from collections.abc import Iterator
from typing import Final

from provenance.facts.gathering import Gathered, quoted
from provenance.facts.model import Weight
from provenance.facts.office.markup import Element, attribute, every, local
from provenance.facts.places import tell_fetched

MAX_CODE: Final = 4_000  # characters of one field code
MAX_FIELDS: Final = 20_000  # of one part
MAX_DEEP: Final = 50  # fields within fields that are told apart

_DDE: Final = re.compile(r"^\s*DDE(?:AUTO)?\b", re.IGNORECASE)
_FETCH: Final = re.compile(
    r"^\s*(INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|LINK|RD|DATABASE)\b(.*)",
    re.IGNORECASE | re.DOTALL,
)
_ARGUMENT: Final = re.compile(r'"([^"]{1,2000})"|(\S{1,2000})')
_THINGS: Final = {"INCLUDEPICTURE": "a picture", "IMPORT": "a picture", "INCLUDETEXT": "a text"}


def tell_fields(gathered: Gathered, root: Element, *, where: str) -> None:
    """Observe fields that talk to other programs or fetch something."""
    for code in gathered.upto(_codes(root), MAX_FIELDS, f"fields in {where}"):
        tell_code(gathered, code, where=where)


def tell_code(gathered: Gathered, instruction: str, *, where: str | None = None) -> None:
    """Observe one field code."""
    if _DDE.match(instruction):
        shown = quoted(instruction)
        text = f"A field starts another program, or asks it for data, when updated: {shown}."
        gathered.observe("dde-field", Weight.RISK, text, where=where)
        return
    fetch = _FETCH.match(instruction)
    if fetch is None:
        return
    thing = _THINGS.get(fetch[1].upper(), "other content")
    for argument in list(_ARGUMENT.finditer(fetch[2]))[:6]:
        # Backslashes are doubled inside a field code.
        target = (argument[1] or argument[2] or "").replace("\\\\", "\\")
        tell_fetched(gathered, target, thing, where=where)


def _codes(root: Element) -> Iterator[str]:
    stack: list[list[str]] = []
    for element in every(root, "fldChar", "instrText", "delInstrText", "fldSimple"):
        name = local(element)
        if name == "fldSimple":
            yield attribute(element, "instr")[:MAX_CODE]
        elif name != "fldChar":
            if stack:
                stack[-1].append((element.text or "")[:MAX_CODE])
            else:
                yield (element.text or "")[:MAX_CODE]
        else:
            kind = attribute(element, "fldCharType")
            if kind == "begin" and len(stack) < MAX_DEEP:
                stack.append([])
            elif kind in {"separate", "end"} and stack and stack[-1]:
                yield "".join(stack[-1])[:MAX_CODE]
                stack[-1].clear()
            if kind == "end" and stack:
                stack.pop()
    yield from ("".join(left)[:MAX_CODE] for left in stack if left)
