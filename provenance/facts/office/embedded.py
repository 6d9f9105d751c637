"""Files and programs inside an office file: embedded files, macros, controls, fonts, thumbnails.

Each embedded file is named with size and SHA-256, so that it can be looked up and compared; it is
not opened, save for the label that the Windows packager puts around it, which names the file and
the path it came from on the author's computer. Presence of a macro is told, nothing is run.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from provenance.facts.gathering import Gathered, counted, listed, quoted
from provenance.facts.model import Weight
from provenance.facts.office.compound import open_compound
from provenance.facts.office.package import Package
from provenance.facts.office.packager import tell_packaged
from provenance.facts.office.relations import Relations

MAX_EMBEDDED: Final = 200  # embedded files that are digested one by one
MAX_LOOKED: Final = 16 << 20  # bytes of an embedded object whose label is read
MAX_PRINTERS: Final = 20  # printer settings that are read
LEAST_NAME: Final = 3  # characters; less is no name but a stray byte

_OBJECTS: Final = frozenset({"package", "oleObject", "aFChunk", "subDocument"})
_MACROS: Final = frozenset({"vbaProject", "wordVbaData"})
_SHEETS: Final = frozenset({"xlMacrosheet", "xlIntlMacrosheet", "dialogsheet"})


def tell_embedded(gathered: Gathered, package: Package, relations: Relations) -> None:
    """Observe what is inside a package beside its text."""
    kinds = {one.target.lower(): one.kind for one in relations.all if not one.outside}
    names = [
        name
        for name in package.names
        if not name.endswith("/")
        and (kinds.get(name.lower()) in _OBJECTS or "/embeddings/" in name.lower())
    ]
    for name in names[:MAX_EMBEDDED]:
        merged = kinds.get(name.lower()) == "aFChunk"
        how = "merged into the text when it is opened" if merged else "embedded"
        tell_file(gathered, package, name, how=how)
    if len(names) > MAX_EMBEDDED:
        gathered.note(f"{len(names) - MAX_EMBEDDED} more embedded files were not digested")
    _tell_programs(gathered, relations)
    _tell_rest(gathered, package, relations)
    settings = relations.of_kind("printerSettings")
    parts = gathered.upto(settings, MAX_PRINTERS, "printer settings")
    tell_printers(gathered, [printer_of(package.read(name, MAX_LOOKED) or b"") for name in parts])


def _tell_programs(gathered: Gathered, relations: Relations) -> None:
    kinds = {one.kind: one.target for one in relations.all if not one.outside}
    for kind in sorted(_MACROS & kinds.keys())[-1:]:
        tell_macros(gathered, where=kinds[kind])
    for kind in sorted(_SHEETS & kinds.keys()):
        text = "A macro sheet of the old kind (Excel 4) is in it: cells that run as a program."
        gathered.observe("macro-sheet", Weight.RISK, text, where=kinds[kind])
    for kind in ("control", "activeXControlBinary"):
        if kind in kinds:
            text = "ActiveX controls are in it: programs of the reader's computer that it starts."
            gathered.observe("active-x", Weight.RISK, text, where=kinds[kind])
            break
    for kind in ("webextension", "webextensiontaskpanes"):
        if kind in kinds:
            text = "A web add-in belongs to it: opening it may load a page from the net."
            gathered.observe("web-add-in", Weight.RISK, text, where=kinds[kind])
            break


def _tell_rest(gathered: Gathered, package: Package, relations: Relations) -> None:
    tell_thumbnail(gathered, package, relations.of_kind("thumbnail"))
    data = [name for name in relations.of_kind("customXml") if package.size(name)]
    if data:
        sizes = sum(package.size(name) for name in data)
        text = f"{counted(len(data), 'part')} of data for other programs, {sizes} bytes:"
        gathered.observe("custom-data", Weight.NOTE, f"{text} {listed(data)}.")


def tell_macros(gathered: Gathered, *, where: str) -> None:
    """Observe that macros are there."""
    text = "Macros are in it: a program that runs if whoever opens it allows it. Not run here."
    gathered.observe("macros", Weight.RISK, text, where=where)


def tell_thumbnail(gathered: Gathered, package: Package, names: Sequence[str]) -> None:
    """Observe a small picture of the first page, by the first of these parts."""
    for name in names[:1]:
        digest = package.digest(name)
        if digest is not None:
            text = (
                "A small picture of its first page is stored; it can show an earlier state"
                f" ({digest.size} bytes, SHA-256 {digest.sha256})."
            )
            gathered.observe("thumbnail", Weight.HIDDEN, text, where=name)


def tell_file(gathered: Gathered, package: Package, name: str, *, how: str = "embedded") -> None:
    """Observe one embedded file, and what the Windows packager wrote around it."""
    digest = package.digest(name)
    if digest is None:
        return
    text = f"A file is {how}: {quoted(name)}, {digest.size} bytes, SHA-256 {digest.sha256}."
    gathered.observe("embedded-file", Weight.HIDDEN, text, where=name)
    if digest.size > MAX_LOOKED:
        return
    data = package.read(name, MAX_LOOKED)
    compound = open_compound(data) if data else None
    if compound is not None:
        tell_packaged(gathered, compound, where=name)


def printer_of(settings: bytes) -> str:
    """Return the name of a printer in a Windows DEVMODE (32 UTF-16 characters), or ""."""
    name = settings[:64].decode("utf-16-le", "replace").partition("\0")[0].strip()
    return "" if len(name) < LEAST_NAME or "\ufffd" in name else name


def tell_printers(gathered: Gathered, names: Iterable[str]) -> None:
    """Observe names of printers; names of servers and offices are often in them."""
    shown = listed(names)
    if shown:
        text = f"Printers it was set up for, as its author's computer names them: {shown}."
        gathered.observe("printer-name", Weight.HIDDEN, text)
