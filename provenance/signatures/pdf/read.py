"""Open a PDF for signature checking and list its signature fields, hidden and empty ones too.

Strict first; when the strict reader refuses, a forgiving one, and the mode is recorded. Every call
into the engine is guarded: whatever it raises becomes a `Fault` with a code, because an exception
proves nothing about the document. Imports the PDF engine: only a worker imports this module.
"""

import io
import logging
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from provenance.errors import Malformed
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.model import Box
from provenance.signatures.text import tame

MAX_FIELDS: Final = 500  # signature fields judged in one document; the largest seen has 25
MAX_PAGE_NODES: Final = 20_000  # page-tree nodes walked to place fields on pages
PERMISSIONS: Final = "list-permissions"
"""Step of a fault that concerns signatures outside the form, and no field."""

T = TypeVar("T")

# The engine logs what it also raises; a worker has nowhere to write to.
logging.getLogger("pyhanko").addHandler(logging.NullHandler())
logging.getLogger("pyhanko_certvalidator").addHandler(logging.NullHandler())
logging.getLogger("pyhanko").propagate = False
logging.getLogger("pyhanko_certvalidator").propagate = False


@dataclass(slots=True, kw_only=True)
class Field:
    """One signature field, or a signature reached by another way (`via`)."""

    name: str
    value: Any
    """The /V entry: a reference or a dictionary of the engine; None for an empty field."""
    dictionary: Any
    page: int | None = None
    box: Box | None = None
    via: str = "form"


@dataclass(slots=True, kw_only=True)
class Opened:
    """A readable PDF and its signature fields."""

    data: bytes
    reader: Any
    mode: str
    """`strict` or `lax`."""
    fields: list[Field] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def open_pdf(data: bytes) -> Opened | Fault:
    """Open strictly, else forgivingly, and list the signature fields."""
    last: Opened | Fault | None = None
    for mode in ("strict", "lax"):
        opened = attempt(f"open-{mode}", lambda mode=mode: _open(data, mode))  # type: ignore[misc] # bound now
        if isinstance(opened, Opened) and not opened.faults:
            return opened
        last = opened if isinstance(opened, Opened) or last is None else last
        if isinstance(opened, Opened) and mode == "lax":
            return opened
    if last is None:
        raise AssertionError("two modes were tried")
    return last


def reopen_lax(opened: Opened) -> Opened | Fault:
    """Open the same bytes forgivingly."""
    return attempt("open-lax", lambda: _open(opened.data, "lax"))


def _open(data: bytes, mode: str) -> Opened:
    reader = PdfFileReader(io.BytesIO(data), strict=mode == "strict")
    # The empty user password opens most "protected" PDFs for reading; behind a real one every text
    # is noise, and a form that seems to be empty proves nothing.
    if reader.encrypted and reader.decrypt("").status is AuthStatus.FAILED:
        raise Malformed("a password is needed to read it")
    opened = Opened(data=data, reader=reader, mode=mode)
    fault = attempt("list-fields", lambda: _list_fields(opened))
    if isinstance(fault, Fault):
        opened.faults.append(fault)
    fault = attempt(PERMISSIONS, lambda: _list_permissions(opened))
    if isinstance(fault, Fault):
        opened.faults.append(fault)
    if mode == "strict":
        for one in opened.fields:  # a field that only the forgiving reader can read sends all there
            touched = attempt("read-field", lambda one=one: one.value and one.value.get_object())  # type: ignore[misc] # bound now
            if isinstance(touched, Fault):
                opened.faults.append(touched)
    attempt("place-fields", lambda: _place_fields(opened))
    return opened


def _list_fields(opened: Opened) -> None:
    for name, value, dictionary in enumerate_sig_fields(opened.reader):
        if len(opened.fields) >= MAX_FIELDS:
            raise OverflowError(f"more than {MAX_FIELDS} signature fields")
        opened.fields.append(Field(name=tame(name, 200), value=value, dictionary=dictionary))


def _list_permissions(opened: Opened) -> None:
    """Add signatures that hang on /Perms: usage rights, and a certification outside any field."""
    root = opened.reader.root
    if "/Perms" not in root:
        return
    permissions = root["/Perms"]
    known = {_reference(one.value) for one in opened.fields} - {None}
    for key, via in (("/UR3", "usage-rights"), ("/UR", "usage-rights"), ("/DocMDP", "docmdp")):
        if key in permissions:
            value = permissions.raw_get(key)
            if via == "usage-rights" or _reference(value) not in known:
                holder = generic.DictionaryObject(  # type: ignore[no-untyped-call] # engine
                    {generic.NameObject("/V"): value}
                )
                opened.fields.append(
                    Field(name=f"/Perms {key}", value=value, dictionary=holder, via=via)
                )


def _reference(value: Any) -> tuple[int, int] | None:  # noqa: ANN401 - engine object
    if isinstance(value, generic.IndirectObject):
        return value.reference.idnum, value.reference.generation
    return None


def _place_fields(opened: Opened) -> None:
    pages = _widget_pages(opened.reader)
    for one in opened.fields:
        dictionary = one.dictionary.get_object()
        widget = dictionary
        if "/Rect" not in dictionary and "/Kids" in dictionary:
            widget = dictionary["/Kids"][0].get_object()
        if "/Rect" not in widget:
            continue
        left, bottom, right, top = (float(number) for number in widget["/Rect"])
        one.box = Box(
            left=min(left, right),
            bottom=min(bottom, top),
            right=max(left, right),
            top=max(bottom, top),
        )
        container = getattr(widget, "container_ref", None)
        key = (getattr(container, "idnum", None), getattr(container, "generation", None))
        one.page = pages.get(key)


def _widget_pages(reader: Any) -> dict[tuple[object, object], int]:  # noqa: ANN401 - engine object
    """Map the object number of each annotation to its page (the first page is 1)."""
    found: dict[tuple[object, object], int] = {}
    pages = 0
    stack = [reader.root["/Pages"]]
    for _ in range(MAX_PAGE_NODES):
        if not stack:
            break
        node = stack.pop().get_object()
        if "/Kids" in node:
            stack.extend(reversed(node["/Kids"]))
            continue
        pages += 1
        # Not `get`: the engine resolves a reference only on item access.
        for annotation in node["/Annots"] if "/Annots" in node else ():  # noqa: SIM401 - see above
            if isinstance(annotation, generic.IndirectObject):
                found[(annotation.idnum, annotation.generation)] = pages
    return found
