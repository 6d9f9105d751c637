"""Actions of a PDF (ISO 32000-2 12.6): their kinds, what they name, and what sets each off.

Read is what the action says of itself: a script, an address, a file with what is handed to the
program that opens it. Kinds that turn pages or show and hide something are left alone. Nothing is
done or followed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin

from provenance.facts.pdf.objects import Objects, Once, is_dictionary
from provenance.signatures.attempt import Fault, attempt

KINDS: Final = frozenset(
    {"JavaScript", "URI", "Launch", "GoToR", "GoToE", "Thread", "SubmitForm", "ImportData"}
    | {"Rendition", "Movie", "Sound", "RichMediaExecute"}
)
"""What may act outside of the page (12.6.4)."""

MAX_ANCESTORS: Final = 20  # fields above one, for its name


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What sets an action off."""

    alone: str = ""
    """What a reader does who touches nothing on the page: `Opening the document`; "" = does."""
    page: int | None = None
    field: str = ""
    """Name of the form field; "" = none, or it has none."""
    known: bool = True
    """False: nothing that was read leads to the action."""

    @property
    def where(self) -> str | None:
        """The place, in plain words."""
        parts = [f"page {self.page}"] if self.page else []
        parts += [f"field {self.field}"] if self.field else []
        return ", ".join(parts) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action."""

    kind: str
    """Its type without the slash, one of `KINDS`."""
    cause: Cause
    target: str
    """Address or file that it names, or the script; "" = it names none."""


def read_action(objects: Objects, action: Any, cause: Cause) -> Iterator[Action]:  # noqa: ANN401
    """Read one action dictionary; a rendition can be two, since it may hold a script."""
    if "/JS" in action:
        script = objects.text(objects.entry(action, "/JS"))
        yield Action(kind="JavaScript", cause=cause, target=script)
    kind = kind_of(objects, action)
    if kind in KINDS and kind != "JavaScript":
        told = _address(objects, action) if kind == "URI" else ""
        yield Action(kind=kind, cause=cause, target=told or _file(objects, action))


def kind_of(objects: Objects, action: Any) -> str:  # noqa: ANN401 - the engine has no types
    """Return the type that an action states, without its slash; empty if it states none."""
    return objects.text(objects.entry(action, "/S")).removeprefix("/")


def _address(objects: Objects, action: Any) -> str:  # noqa: ANN401
    """Return the address that an action names, completed by the document's base (12.6.4.8)."""
    told = objects.text(objects.entry(action, "/URI"))
    base = objects.text(objects.entry(objects.entry(objects.root, "/URI"), "/Base"))
    whole = attempt("address", lambda: urljoin(base, told))
    return told if isinstance(whole, Fault) else whole


def _file(objects: Objects, action: Any) -> str:  # noqa: ANN401
    """Return the file that an action names, with what is handed to the program."""
    named = [name_file(objects, objects.entry(action, "/F"))]
    for system in ("/Win", "/Mac", "/Unix"):
        special = objects.entry(action, system)
        inner = objects.entry(special, "/F")
        named.append(name_file(objects, special if inner is None else inner))
        named.append(objects.text(objects.entry(special, "/P")))
    return " ".join(dict.fromkeys(part for part in named if part))


def name_file(objects: Objects, value: Any) -> str:  # noqa: ANN401
    """Return the name in a file specification (7.11.3); two that differ are both shown."""
    return " ".join(file_names(objects, value))


def file_names(objects: Objects, value: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Return the different names in a file specification."""
    if not is_dictionary(value):
        name = objects.text(value)
        return (name,) if name else ()
    keys = ("/UF", "/F", "/DOS", "/Mac", "/Unix")
    names = [objects.text(objects.entry(value, key)) for key in keys]
    return tuple(dict.fromkeys(name for name in names if name))


def name_field(objects: Objects, holder: Any) -> str:  # noqa: ANN401
    """Return a form field's full name (12.7.4.2); empty for what is no field."""
    parts, met = list[str](), Once()
    for _ in range(MAX_ANCESTORS):
        if not is_dictionary(holder) or not met.add(holder):
            break
        # The T of a mere mark is its author.
        if any(key in holder for key in ("/FT", "/Kids", "/Parent")):
            parts.append(objects.text(objects.entry(holder, "/T")))
        holder = objects.entry(holder, "/Parent")
    return ".".join(part for part in reversed(parts) if part)
