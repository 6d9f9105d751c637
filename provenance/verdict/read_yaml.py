"""Read a plain subset of YAML into `Located`, with line numbers.

A dossier needs mappings, lists, text, whole numbers, true, false and null: nothing else is taken.
Refuses anchors, aliases (a few lines of them can unfold to gigabytes), tags (they can name code),
several documents, keys that are not text, and duplicate keys. Dates stay text, so YAML and JSON
forms of one dossier are equal; `yes`, `no`, `on`, `off` are text as in YAML 1.2.
"""

import re
from typing import TYPE_CHECKING, Any, Final

from provenance.verdict.located import MAX_DEPTH, MAX_NODES, Complaints, Located, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z")
_WORDS: Final[dict[str, Scalar]] = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
}
_MERGE: Final = "<<"  # the merge key of YAML 1.1: a second way to say the same thing


def read_yaml(text: str, *, name: str) -> Located:
    """Return the tree of one YAML document.

    Raises:
        DossierInvalid: not YAML, or outside the plain subset; names the line.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415  # 40 ms, needed for YAML dossiers only
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415  # same

    complaints = Complaints(name)
    try:
        return _Reader(YAML(typ="safe", pure=True).parse(text), complaints).document()
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = mark.line + 1 if mark is not None else 0
        problem = getattr(error, "problem", None) or type(error).__name__
        raise complaints.at(line, f"not YAML: {problem}") from error


class _Reader:
    """Turns the parser's events into a tree; each event is looked at once."""

    __slots__ = ("complaints", "events", "nodes")

    def __init__(self, events: "Iterator[Any]", complaints: Complaints) -> None:
        self.events = events
        self.complaints = complaints
        self.nodes = 0

    def document(self) -> Located:
        """Read the only document of the stream."""
        tree: Located | None = None
        for event in self.events:
            match type(event).__name__:
                case "DocumentStartEvent" if tree is not None:
                    raise self._wrong(event, "a second document; a dossier is one")
                case "DocumentStartEvent":
                    tree = self._node(next(self.events), 0)
                case _:
                    continue
        if tree is None:
            raise self.complaints.at(1, "the dossier is empty")
        return tree

    def _wrong(self, event: Any, message: str) -> Exception:  # noqa: ANN401  # untyped library
        return self.complaints.at(event.start_mark.line + 1, message)

    def _node(self, event: Any, depth: int) -> Located:  # noqa: ANN401  # untyped library
        kind = type(event).__name__
        self.nodes += 1
        if kind == "AliasEvent" or getattr(event, "anchor", None) is not None:
            raise self._wrong(event, "anchors and aliases (& and *) are not taken; write it out")
        if getattr(event, "tag", None) is not None:
            raise self._wrong(event, "tags (!) are not taken")
        if depth > MAX_DEPTH:
            raise self._wrong(event, f"nested deeper than {MAX_DEPTH} levels")
        if self.nodes > MAX_NODES:
            raise self._wrong(event, f"more than {MAX_NODES} values")
        line: int = event.start_mark.line + 1
        if kind == "MappingStartEvent":
            return self._mapping(depth, line)
        if kind == "SequenceStartEvent":
            return Located(value=self._sequence(depth), line=line)
        return Located(value=_scalar(event), line=line)

    def _sequence(self, depth: int) -> list[Located]:
        items: list[Located] = []
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            items.append(self._node(event, depth + 1))
        return items

    def _mapping(self, depth: int, line: int) -> Located:
        items: dict[str, Located] = {}
        lines: dict[str, int] = {}
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            key = self._node(event, depth + 1).value
            if not isinstance(key, str) or key == _MERGE:
                raise self._wrong(event, "a key must be plain text")
            if key in items:
                raise self._wrong(event, f"{key}: this key stands twice in one mapping")
            lines[key] = event.start_mark.line + 1
            items[key] = self._node(next(self.events), depth + 1)
        return Located(value=items, line=line, key_lines=lines)


def _scalar(event: Any) -> Scalar:  # noqa: ANN401  # untyped library
    text = str(event.value)
    if event.style is not None and event.style not in {"", "plain"}:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _INTEGER.match(text) else text
