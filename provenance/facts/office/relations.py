"""Follow the relationships of an OPC package (ECMA-376 part 2, 6.5), as the program does.

Which part is the document, its comments, its settings is told by relationships alone, never by a
part's name. A part that no relationship leads to is not shown by any program, and is told. Targets
outside are read as text and sorted: what a program fetches by itself, what it fetches only when
somebody clicks, what is a path on somebody's computer.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from provenance.facts.gathering import Gathered, counted, listed
from provenance.facts.model import Weight
from provenance.facts.office.markup import every
from provenance.facts.office.package import Package
from provenance.facts.places import Kind, read_place, tell_fetched, tell_path

MAX_FILES: Final = 4_000  # relationship parts that are read; one for each sheet, slide, header
MAX_RELATIONS: Final = 40_000  # in all of them together

# A click is needed for these; everything else is fetched when the document is opened or updated.
_CLICKED: Final = frozenset({"hyperlink", "hlink"})
_THING: Final = {
    "image": "a picture",
    "attachedTemplate": "its template",
    "oleObject": "a linked object",
    "frame": "a frame",
    "subDocument": "a part of its text",
    "externalLinkPath": "another workbook",
    "video": "a film",
    "audio": "a sound",
    "media": "a film or sound",
    "mailMergeSource": "a mailing list",
    "stylesheet": "a style sheet",
}
_UNRELATED: Final = ("_rels/", "[content_types].xml")  # parts that need no relationship


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One relationship."""

    source: str
    """Name of the part it starts from; "" = the package itself."""
    kind: str
    """Last word of its type: `comments`, `image`, `officeDocument`."""
    target: str
    """Name of a part, or the target as written when it is outside."""
    outside: bool


class Relations:
    """All relationships of a package."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.all: tuple[Relation, ...] = tuple(_read_all(package))
        self._onward: dict[str, list[Relation]] = {}
        self._by_kind: dict[str, list[str]] = {}
        for one in self.all:
            if not one.outside:
                self._onward.setdefault(one.source.lower(), []).append(one)
                if package.has(one.target):
                    self._by_kind.setdefault(one.kind, []).append(one.target)

    def targets(self, source: str, *kinds: str) -> tuple[str, ...]:
        """Return the parts that a part leads to by relationships of these kinds, once each."""
        found = (
            one.target
            for one in self._onward.get(source.lower(), ())
            if one.kind in kinds and self._package.has(one.target)
        )
        return tuple(dict.fromkeys(found))

    def of_kind(self, *kinds: str) -> tuple[str, ...]:
        """Return the parts that any part leads to by relationships of these kinds, once each."""
        return tuple(dict.fromkeys(one for kind in kinds for one in self._by_kind.get(kind, ())))

    @property
    def document(self) -> str | None:
        """Name of the main part; None if no relationship leads to one."""
        return next(iter(self.targets("", "officeDocument")), None)

    def unreached(self) -> tuple[str, ...]:
        """Return the parts that no chain of relationships reaches from the package."""
        reached, waiting = set[str](), [""]
        while waiting:
            for one in self._onward.get(waiting.pop(), ()):
                target = one.target.lower()
                if target not in reached:
                    reached.add(target)
                    waiting.append(target)
        return tuple(
            name
            for name in self._package.names
            if not name.endswith("/")
            and name.lower() not in reached
            and not name.lower().startswith(_UNRELATED)
            and "/_rels/" not in name.lower()
        )


def _read_all(package: Package) -> Iterator[Relation]:
    count = 0
    for name in package.find("", ".rels")[:MAX_FILES]:
        root = package.markup(name)
        if root is None:
            continue
        source = _source_of(name)
        for element in every(root, "Relationship"):
            count += 1
            if count > MAX_RELATIONS:
                return
            outside = (element.get("TargetMode") or "").lower() == "external"
            target = element.get("Target") or ""
            yield Relation(
                source=source,
                kind=(element.get("Type") or "").rpartition("/")[2],
                target=target if outside else _resolve(source, target),
                outside=outside,
            )


def _source_of(name: str) -> str:
    """Return the part whose relationships these are: `word/_rels/document.xml.rels` -> it."""
    folder, _, last = name.rpartition("/")
    folder = folder[: -len("_rels")].rstrip("/") if folder.lower().endswith("_rels") else folder
    stem = last[: -len(".rels")]
    return posixpath.join(folder, stem) if stem else ""


def _resolve(source: str, target: str) -> str:
    path = unquote(target.partition("#")[0].replace("\\", "/"), errors="replace")
    base = posixpath.dirname(source)
    return posixpath.normpath(posixpath.join("/", base, path)).lstrip("/")


def tell_relations(gathered: Gathered, relations: Relations) -> None:
    """Observe targets outside the package, and parts that nothing leads to."""
    links = 0
    for one in relations.all:
        if not one.outside:
            continue
        if one.kind in _CLICKED:
            links += 1
            tell_path(gathered, one.target, where=one.source)
            continue
        _tell_loaded(gathered, one)
    if links:
        gathered.state("links", links)
    lost = relations.unreached()
    if lost:
        text = (
            f"{counted(len(lost), 'part')} of the file cannot be reached from the document and no"
            f" program shows them: {listed(lost)}."
        )
        gathered.observe("unreachable-part", Weight.HIDDEN, text)


def _tell_loaded(gathered: Gathered, one: Relation) -> None:
    if one.kind == "attachedTemplate":
        gathered.state("template.path", read_place(one.target).text)
        if read_place(one.target).kind in {Kind.LOCAL, Kind.SHARE, Kind.REMOTE}:
            text = f"The document is attached to the template {listed([one.target])}."
            gathered.observe("template-path", Weight.HIDDEN, text, where=one.source)
    tell_fetched(gathered, one.target, _THING.get(one.kind, "something"), where=one.source)
