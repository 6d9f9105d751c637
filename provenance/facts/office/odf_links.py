"""Targets that an OpenDocument file names, and programs it starts.

The elements in `_THINGS` are fetched when the document is opened or drawn; every other target
(`text:a`, image maps, actions of slides) waits for a click, and is read for paths only. Event
listeners that call a script are told as macros. Formulas are searched for functions that ask an
address or another program.
"""

import re
from typing import Final

from provenance.facts.gathering import Gathered, quoted
from provenance.facts.model import Weight
from provenance.facts.office.markup import Element, attribute, every, having, local
from provenance.facts.places import tell_fetched, tell_path

MAX_LINKS: Final = 50_000  # elements with a target in one part

_THINGS: Final = {
    "image": "a picture",
    "fill-image": "a picture",
    "background-image": "a picture",
    "object": "an object",
    "object-ole": "an object",
    "plugin": "a film or sound",
    "sound": "a sound",
    "floating-frame": "a page",
    "section-source": "a part of its text",
    "table-source": "a table",
    "cell-range-source": "a table",
    "applet": "a program",
    "font-face-uri": "a font",
}
_ASKS_ADDRESS: Final = re.compile(r"(?i)\bWEBSERVICE\(")  # OpenFormula has it from Excel
_ASKS_PROGRAM: Final = re.compile(r"(?i)(?<![A-Za-z.])DDE\(")  # ODF 1.3 part 4, 6.11.2
_SCRIPT: Final = ("vnd.sun.star.script:", "macro:", "script:")


def tell_formulas(gathered: Gathered, root: Element, *, where: str) -> None:
    """Observe formulas that ask an address, or another program, for data."""
    formulas = [attribute(one, "formula") for one in having(root, "formula")[:MAX_LINKS]]
    if any(_ASKS_ADDRESS.search(one) for one in formulas):
        text = "A formula asks an address on the net for data (WEBSERVICE)."
        gathered.observe("web-formula", Weight.RISK, text, where=where)
    asking = next((one for one in formulas if _ASKS_PROGRAM.search(one)), None)
    if asking is not None:
        text = f"A formula asks another program for data: {quoted(asking)}."
        gathered.observe("dde-field", Weight.RISK, text, where=where)


def tell_links(gathered: Gathered, root: Element, *, where: str) -> None:
    """Observe what one part fetches, links to, or starts."""
    for element in having(root, "href")[:MAX_LINKS]:
        target, thing = attribute(element, "href"), _THINGS.get(local(element))
        if target.lower().startswith(_SCRIPT):
            text = f"It starts a program at an event: {quoted(target)}."
            gathered.observe("macros", Weight.RISK, text, where=where)
        elif thing is None:
            tell_path(gathered, target, where=where)
        else:
            tell_fetched(gathered, target, thing, where=where)
    for element in every(root, "dde-connection-decl", "dde-source"):
        program, topic = attribute(element, "dde-application"), attribute(element, "dde-topic")
        text = f"It asks another program for data: {quoted(program, 80)}, {quoted(topic)}."
        gathered.observe("dde-field", Weight.RISK, text, where=where)
    for element in every(root, "script"):
        if len(element) or (element.text or "").strip():
            text = "Macros are in it: a program that runs if whoever opens it allows it."
            gathered.observe("macros", Weight.RISK, text, where=where)
