"""Text with line numbers: the one tree that both JSON and YAML dossiers are read into.

Holds plain values (text, integer, boolean, null, list, mapping) and the line each began on, so
that every complaint about a dossier can say where. Numbers with a fraction stay text: the model
counts in integers and a fraction is always a mistake there. Never interprets a field.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from provenance.errors import DossierInvalid

MAX_BYTES: Final = 4 << 20  # bytes of one dossier: far above 5,000 records, small in memory
MAX_DEPTH: Final = 12  # nesting: the schema needs 6; a deeper text is an attack on the stack
MAX_NODES: Final = 400_000  # values in one text: bounds memory whatever the text looks like

Scalar: TypeAlias = str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """One value of a text and the line it began on."""

    value: "Scalar | list[Located] | dict[str, Located]"
    line: int
    """1-based line in the text; 0 when the value did not come from a text."""
    key_lines: Mapping[str, int] = field(default_factory=dict)
    """For a mapping: the line of each key, which may differ from the line of its value."""


class Complaints:
    """Raises `DossierInvalid` with the name of the text and the line in front."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def at(self, line: int, message: str) -> DossierInvalid:
        """Return the error for this line; the caller raises it."""
        where = f"{self.name}:{line}" if line else self.name
        return DossierInvalid(f"{where}: {message}")


def locate(value: object, *, depth: int = 0) -> Located:
    """Wrap an already decoded JSON value; its lines are unknown and read 0.

    Raises:
        DossierInvalid: not a JSON value, a fraction, or nested beyond MAX_DEPTH.
    """
    if depth > MAX_DEPTH:
        raise DossierInvalid(f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise DossierInvalid("every key of a mapping is text")
        inner = {key: locate(item, depth=depth + 1) for key, item in value.items()}
        return Located(value=inner, line=0)
    if isinstance(value, list | tuple):
        return Located(value=[locate(item, depth=depth + 1) for item in value], line=0)
    if value is None or isinstance(value, str | int):
        return Located(value=value, line=0)
    raise DossierInvalid(f"neither text, integer, boolean, list nor mapping: {value!r}")
