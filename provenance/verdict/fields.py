"""Read typed fields out of a located mapping; every refusal names line, path and what was wanted.

A `Fields` is one mapping of a dossier. Each reading method takes the field off the list of those
still unread, and `finish` refuses what is left: an unknown field is a misspelt one, and a misspelt
`undercuts` would silently change a verdict.
"""

import difflib
from collections.abc import Iterable
from datetime import datetime

from provenance.errors import DossierInvalid, UsageError
from provenance.instants import parse_instant
from provenance.verdict.dossier import MAX_NAME
from provenance.verdict.located import Complaints, Located


class Fields:
    """The fields of one mapping, read one by one."""

    __slots__ = ("_complaints", "_known", "_left", "_lines", "line", "path")

    def __init__(self, found: Located, path: str, complaints: Complaints) -> None:
        self.path = path
        self.line = found.line
        self._complaints = complaints
        if not isinstance(found.value, dict):
            raise complaints.at(found.line, f"{path or 'the dossier'}: wanted a mapping")
        self._left = dict(found.value)
        self._lines = found.key_lines
        self._known: list[str] = []

    def wrong(self, name: str, wanted: str, *, line: int | None = None) -> DossierInvalid:
        """Return the error for one field."""
        here = line if line is not None else self._lines.get(name, self.line)
        return self._complaints.at(here, f"{self.under(name)}: {wanted}")

    def under(self, name: str) -> str:
        """Return the path of a field of this mapping."""
        return f"{self.path}.{name}" if self.path else name

    def take(self, name: str) -> Located | None:
        """Return the raw field, or None when absent."""
        self._known.append(name)
        return self._left.pop(name, None)

    def require(self, name: str) -> Located:
        """Return the raw field.

        Raises:
            DossierInvalid: the field is absent.
        """
        found = self.take(name)
        if found is None:
            raise self.wrong(name, "this field is missing", line=self.line)
        return found

    def text(self, name: str, *, longest: int = MAX_NAME) -> str:
        """Return a required, non-empty text."""
        return self._text(name, self.require(name), longest)

    def optional_text(self, name: str, *, longest: int = MAX_NAME) -> str | None:
        """Return a text, or None when absent or null."""
        found = self.take(name)
        if found is None or found.value is None:
            return None
        return self._text(name, found, longest)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of distinct texts; absent reads as empty."""
        values: list[str] = []
        for place, item in enumerate(self.items(name)):
            value = self._text(f"{name}[{place}]", item, MAX_NAME)
            if value in values:
                raise self.wrong(f"{name}[{place}]", f"{value!r} stands twice", line=item.line)
            values.append(value)
        return tuple(values)

    def items(self, name: str) -> list[Located]:
        """Return a list of raw values; absent reads as empty."""
        found = self.take(name)
        if found is None:
            return []
        if not isinstance(found.value, list):
            raise self.wrong(name, "wanted a list", line=found.line)
        return found.value

    def number(self, name: str, low: int, high: int) -> int:
        """Return a required whole number between the bounds, both included."""
        return self._number(name, self.require(name), low, high)

    def optional_number(self, name: str, low: int, high: int) -> int | None:
        """Return a whole number between the bounds, or None when absent or null."""
        found = self.take(name)
        if found is None or found.value is None:
            return None
        return self._number(name, found, low, high)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        found = self.take(name)
        if found is None:
            return default
        if not isinstance(found.value, bool):
            raise self.wrong(name, f"wanted true or false, not {found.value!r}", line=found.line)
        return found.value

    def choice(self, name: str, allowed: Iterable[str]) -> str:
        """Return a required text out of a closed list."""
        found = self.require(name)
        options = list(allowed)
        if found.value not in options:
            wanted = f"wanted one of {', '.join(options)}"
            raise self.wrong(name, f"{wanted}; not {_shown(found.value)}", line=found.line)
        return str(found.value)

    def instant(self, name: str) -> datetime:
        """Return a required UTC instant."""
        return self._instant(name, self.require(name))

    def optional_instant(self, name: str) -> datetime | None:
        """Return a UTC instant, or None when absent or null."""
        found = self.take(name)
        return None if found is None or found.value is None else self._instant(name, found)

    def finish(self) -> None:
        """Refuse whatever was not read.

        Raises:
            DossierInvalid: an unknown field, by name.
        """
        for name in self._left:
            close = difflib.get_close_matches(name, self._known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise self.wrong(name, f"unknown field{hint}")

    def _instant(self, name: str, found: Located) -> datetime:
        if not isinstance(found.value, str):
            raise self.wrong(
                name, "wanted an instant such as 2020-01-06T19:04:00Z", line=found.line
            )
        try:
            return parse_instant(found.value)
        except UsageError as error:
            raise self.wrong(name, str(error), line=found.line) from error

    def _text(self, name: str, found: Located, longest: int) -> str:
        value = found.value
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(name, f"wanted text, not {_shown(value)}", line=found.line)
        if len(value) > longest:
            raise self.wrong(name, f"longer than {longest} characters", line=found.line)
        return value

    def _number(self, name: str, found: Located, low: int, high: int) -> int:
        value = found.value
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            wanted = f"wanted a whole number from {low} to {high}"
            raise self.wrong(name, f"{wanted}; not {_shown(value)}", line=found.line)
        return value


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return repr(value if not isinstance(value, str) else value[:60])
