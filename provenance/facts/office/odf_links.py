"""Targets that an OpenDocument file names, and programs it starts.

The elements in `_THINGS` are fetched when the document is opened or drawn; every other target
(`text:a`, image maps, actions of slides) waits for a click, and is read for paths only. Event
listeners that call a script are told as macros.
"""

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
_SCRIPT: Final = ("vnd.sun.star.script:", "macro:", "script:")


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
