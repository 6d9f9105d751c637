"""Find the actions of a PDF by what sets them off (ISO 32000-2 12.6.2 and 12.6.3).

In order: what opening the document does (`OpenAction`, the list of scripts); its other events; the
pages with their annotations; the fields of the form; the outline. Each action is taken with those
that follow it (`Next`), once, at the first place that leads to it. Then every object is looked at
that anything leads to: an action that none of those places leads to has no known cause, and files
that lie elsewhere or inside are noted. The structure tree, values of fields and signatures, which
hold no actions, are left out.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from provenance.facts.pdf.actions import (
    KINDS,
    Action,
    Cause,
    file_names,
    kind_of,
    name_field,
    name_file,
    read_action,
)
from provenance.facts.pdf.objects import Objects, Once, is_dictionary, is_list, is_stream

MAX_CHAIN: Final = 500  # actions that follow one
MAX_ACTIONS: Final = 5_000  # of one document

# Tables 197 to 200. Events that are not here wait for a pointer or a key.
_OF_DOCUMENT: Final = {
    "/WC": "Closing the document",
    "/WS": "Saving the document",
    "/DS": "Saving the document",
    "/WP": "Printing the document",
    "/DP": "Printing the document",
}
_SHOWN: Final = frozenset({"/O", "/PO", "/PV"})
_OF_PAGE: Final = frozenset({"/O", "/C"})
_BY_PAGE: Final = frozenset({"/PO", "/PV", "/PC", "/PI"})
_MEDIA: Final = frozenset({"/RichMedia", "/3D", "/Screen", "/Movie", "/Sound"})
_LAST: Final = frozenset({"/Resources", "/Contents", "/AP"})  # many, and no place for an action
# The structure tree may be most of the objects; values and signatures may be long.
_NEVER_ACTS: Final = frozenset({"/StructTreeRoot", "/ParentTree", "/V", "/DV", "/Perms", "/DSS"})


@dataclass(slots=True, kw_only=True)
class Found:
    """What was found in one document."""

    actions: list[Action] = field(default_factory=list)
    scripts: int = 0
    """Entries in the document's list of scripts."""
    media: list[tuple[str, int]] = field(default_factory=list)
    """Subtypes of annotations that hold a film, a sound or a space, and their pages."""
    elsewhere: list[str] = field(default_factory=list)
    """Addresses at which objects of the document lie (7.11.5)."""
    inside: list[tuple[str, ...]] = field(default_factory=list)
    """Names of each file inside (7.11.4), listed as an attachment or not."""

    def add(self, other: "Found") -> None:
        """Add what a second reading found beyond this one."""
        self.actions += (Counter(other.actions) - Counter(self.actions)).elements()
        self.media += (Counter(other.media) - Counter(self.media)).elements()
        self.elsewhere += (Counter(other.elsewhere) - Counter(self.elsewhere)).elements()
        self.inside += (Counter(other.inside) - Counter(self.inside)).elements()
        self.scripts = max(self.scripts, other.scripts)


def find_actions(objects: Objects, found: Found) -> None:
    """Add to `found` every action that the newest state of a document holds."""
    _Walk(objects, found).run()


class _Walk:
    def __init__(self, objects: Objects, found: Found) -> None:
        self._objects = objects
        self._found = found
        self._met = Once()
        self._inside = Once()

    def run(self) -> None:
        root, entry = self._objects.root, self._objects.entry
        opening = Cause(alone="Opening the document")
        self._take(entry(root, "/OpenAction"), opening)
        for script in self._objects.leaves(entry(entry(root, "/Names"), "/JavaScript")):
            self._found.scripts += 1
            self._take(script, opening)
        for key, action in self._events(root):
            self._take(action, Cause(alone=_OF_DOCUMENT.get(key, "")))
        self._take_pages(entry(root, "/Pages"))
        for top in self._objects.items(entry(entry(root, "/AcroForm"), "/Fields")):
            for one in self._objects.nodes(top):
                self._take_holder(one, Cause(field=name_field(self._objects, one)))
        self._take_outline(entry(entry(root, "/Outlines"), "/First"))
        self._sweep(root)

    def _events(self, holder: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - the engine has no types
        return self._objects.entries(self._objects.entry(holder, "/AA"))

    def _take_pages(self, top: Any) -> None:  # noqa: ANN401
        leaves = (node for node in self._objects.nodes(top) if "/Kids" not in node)
        for number, node in enumerate(leaves, 1):
            for key, action in self._events(node):
                alone = _on_page(key, number) if key in _OF_PAGE else ""
                self._take(action, Cause(alone=alone, page=number))
            for one in self._objects.items(self._objects.entry(node, "/Annots")):
                self._take_annotation(one, number)

    def _take_annotation(self, one: Any, page: int) -> None:  # noqa: ANN401
        kind = self._objects.text(self._objects.entry(one, "/Subtype"))
        if kind in _MEDIA:
            self._found.media.append((kind.removeprefix("/"), page))
        self._take_holder(one, Cause(page=page, field=name_field(self._objects, one)))

    def _take_holder(self, holder: Any, cause: Cause) -> None:  # noqa: ANN401
        """Take the actions of an annotation, a field or an entry of the outline."""
        self._take(self._objects.entry(holder, "/A"), cause)
        self._take(self._objects.entry(holder, "/PA"), cause)  # table 176, left by a web capture
        for key, action in self._events(holder):
            alone = _on_page(key, cause.page) if cause.page and key in _BY_PAGE else ""
            self._take(action, Cause(alone=alone, page=cause.page, field=cause.field))

    def _take_outline(self, first: Any) -> None:  # noqa: ANN401
        waiting, met = [first], Once()
        while waiting:
            node = waiting.pop()
            if is_dictionary(node) and met.add(node):
                self._take_holder(node, Cause())
                waiting += [self._objects.entry(node, key) for key in ("/Next", "/First")]

    def _take(self, action: Any, cause: Cause) -> None:  # noqa: ANN401
        """Take an action and those that follow it."""
        waiting, taken = [action], 0
        while waiting:
            one = waiting.pop(0)
            if not is_dictionary(one) or not self._met.add(one):
                continue
            taken += 1
            if taken > MAX_CHAIN or len(self._found.actions) >= MAX_ACTIONS:
                self._objects.cut = True
                return
            self._found.actions += read_action(self._objects, one, cause)
            after = self._objects.entry(one, "/Next")
            waiting += self._objects.items(after) if is_list(after) else [after]

    def _sweep(self, root: Any) -> None:  # noqa: ANN401
        met, waiting = Once(), deque([root])
        while waiting:
            one = waiting.pop()
            if not (is_dictionary(one) or is_list(one)) or not met.add(one):
                continue
            if is_list(one):
                waiting += self._objects.items(one)
                continue
            self._look_at(one)
            for key, value in self._objects.entries(one):
                if key in _LAST:
                    waiting.appendleft(value)
                elif key not in _NEVER_ACTS:
                    waiting.append(value)

    def _look_at(self, one: Any) -> None:  # noqa: ANN401
        entry, text = self._objects.entry, self._objects.text
        if one not in self._met and kind_of(self._objects, one) in KINDS:
            self._take(one, Cause(known=False))
        if text(entry(one, "/FS")) == "/URL":
            self._found.elsewhere.append(name_file(self._objects, one))
        # What a stream holds (7.3.8.2), or a page that is shown (8.10.4), in another file.
        outer = entry(one, "/F") if is_stream(one) else entry(entry(one, "/Ref"), "/F")
        if outer is not None and text(entry(outer, "/FS")) != "/URL":
            self._found.elsewhere.append(name_file(self._objects, outer))
        files = entry(one, "/EF")
        file = entry(files, "/UF") or entry(files, "/F")
        if is_dictionary(file) and self._inside.add(file):
            self._found.inside.append(file_names(self._objects, one))


def _on_page(event: str, page: int) -> str:
    """Say what a reader does who sets off an event of a page."""
    if event in _SHOWN:
        return "Opening the document at page 1" if page == 1 else f"Showing page {page}"
    return f"Leaving page {page}"
