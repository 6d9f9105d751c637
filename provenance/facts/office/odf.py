"""Facts of an OpenDocument file: text, spreadsheet, presentation, drawing (OpenDocument 1.3).

In order: open the package; how it was packed, what its list of contents leaves out; whether it is
encrypted (then no more can be read); properties; content and styles; settings; embedded files,
macros, earlier versions. A flat file is one XML document with the same parts. Never raises on any
document.
"""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from provenance.facts.gathering import Gathered, counted, listed, quoted
from provenance.facts.model import Facts, Weight
from provenance.facts.office.authorship import Marks
from provenance.facts.office.embedded import tell_file, tell_macros, tell_printers, tell_thumbnail
from provenance.facts.office.markup import Element, attribute, every, local, text_of
from provenance.facts.office.odf_content import read_content
from provenance.facts.office.odf_meta import read_meta
from provenance.facts.office.package import Package, tell_packing
from provenance.facts.places import tell_path
from provenance.facts.stated_dates import read_w3c
from provenance.facts.timeline import Story, judge_story
from provenance.intake.failures import Untaken

MAX_EMBEDDED: Final = 200  # embedded files that are digested one by one
MAX_VERSIONS: Final = 200  # earlier versions that are told one by one
MAX_SETTINGS: Final = 20_000  # settings that are read; LibreOffice writes some two hundred
_MACROS: Final = ("basic/", "scripts/", "dialogs/")
_OWN: Final = ("mimetype", "meta-inf/")  # 3.2: need not stand in the list of contents


def read_odf_facts(data: bytes, *, at: datetime) -> Facts:
    """Read the facts of a packaged OpenDocument file.

    Args:
        data: the file.
        at: now, UTC.
    """
    gathered = Gathered(at)
    try:
        package = Package(data, gathered)
    except Untaken as fault:
        gathered.observe("package-unreadable", Weight.NOTE, f"No part of it was read: {fault}")
        return gathered.facts()
    gathered.step("document", lambda: _read(gathered, package))
    return gathered.facts()


def read_flat_facts(root: Element, *, at: datetime) -> Facts:
    """Read the facts of an OpenDocument file that is one XML document, from its root element."""
    gathered, marks = Gathered(at), Marks()
    story = read_meta(gathered, root)
    judge_story(gathered, story)
    read_content(gathered, root, marks, where="document")
    gathered.step("settings", lambda: _read_settings(gathered, root))
    marks.tell(gathered, story)
    return gathered.facts()


def _read(gathered: Gathered, package: Package) -> None:
    newest = tell_packing(gathered, package)
    listed_parts, encrypted = _read_manifest(package)
    _tell_unlisted(gathered, package, listed_parts)
    if encrypted:
        text = "It is encrypted: a password is needed to read its content."
        gathered.observe("password-needed", Weight.NOTE, text)
    story = Story()
    meta = package.markup("meta.xml") if "meta.xml" not in encrypted else None
    if meta is not None:
        story = replace(read_meta(gathered, meta), packed=newest)
        gathered.step("contradictions", lambda: judge_story(gathered, story))
    marks = Marks()
    for name in ("content.xml", "styles.xml"):
        root = package.markup(name) if name not in encrypted else None
        if root is not None:
            gathered.step(name, partial(read_content, gathered, root, marks, where=name))
    if "settings.xml" not in encrypted:
        settings = package.markup("settings.xml")
        gathered.step("settings", lambda: _read_settings(gathered, settings))
    gathered.step("embedded files", lambda: _tell_embedded(gathered, package))
    gathered.step("versions", lambda: _tell_versions(gathered, package))
    marks.tell(gathered, story)


def _read_manifest(package: Package) -> tuple[frozenset[str] | None, frozenset[str]]:
    """Return the parts that the list of contents names (None: no list) and the encrypted ones."""
    root = package.markup("META-INF/manifest.xml")
    if root is None:
        return None, frozenset()
    entries = list(every(root, "file-entry"))
    named = frozenset(attribute(one, "full-path").lower() for one in entries)
    sealed = frozenset(
        attribute(one.getparent(), "full-path").lower()
        for one in every(root, "encryption-data", "encrypted-key")
        if one.getparent() is not None
    )
    return named, frozenset(name for name in sealed if name) | (
        frozenset({"content.xml", "meta.xml", "styles.xml", "settings.xml"})
        if "encrypted-package" in named  # ODF 1.3 3.4.1: the whole package is one encrypted part
        else frozenset()
    )


def _tell_unlisted(gathered: Gathered, package: Package, named: frozenset[str] | None) -> None:
    if named is None:
        gathered.note("the list of contents is missing or was not read")
        return
    lost = [
        name
        for name in package.names
        if not name.endswith("/")
        and name.lower() not in named
        and not name.lower().startswith(_OWN)
    ]
    if lost:
        text = (
            f"{counted(len(lost), 'part')} of the file is not in its list of contents and no"
            f" program shows it: {listed(lost)}."
        )
        gathered.observe("unreachable-part", Weight.HIDDEN, text)


def _read_settings(gathered: Gathered, root: Element | None) -> None:
    for item in gathered.upto(every(root, "config-item"), MAX_SETTINGS, "settings"):
        name, value = attribute(item, "name"), text_of(item, 2_000).strip()
        if not value:
            continue
        if name == "PrinterName":
            tell_printers(gathered, [value])
        elif name == "RsidRoot":
            gathered.state("rsids.root", value)
        elif name == "CurrentDatabaseDataSource":
            text = f"It is tied to a data source of its author's computer: {quoted(value)}."
            gathered.observe("data-source", Weight.HIDDEN, text)
        elif name in {"TemplateURL", "ColorTableURL", "DashTableURL", "GradientTableURL"}:
            tell_path(gathered, value, where="settings.xml")


def _tell_embedded(gathered: Gathered, package: Package) -> None:
    programs = [name for name in package.names if name.lower().startswith(_MACROS)]
    code = [name for name in programs if not name.lower().endswith(("-lc.xml", "-lb.xml", "/"))]
    if code:
        tell_macros(gathered, where=code[0])
    fonts = package.find("Fonts/")
    if fonts:
        text = f"{counted(len(fonts), 'font')} embedded: {listed(fonts)}."
        gathered.observe("embedded-fonts", Weight.NOTE, text)
    tell_thumbnail(gathered, package, package.find("Thumbnails/"))
    objects = [
        name
        for name in package.find("Object ")
        if "/" not in name or name.lower().endswith("/content.xml")
    ]
    for name in gathered.upto(objects, MAX_EMBEDDED, "embedded objects"):
        tell_file(gathered, package, name)


def _tell_versions(gathered: Gathered, package: Package) -> None:
    """Observe earlier versions that LibreOffice keeps inside the file when asked to."""
    root = package.markup("VersionList.xml")
    for entry in gathered.upto(every(root, "version-entry"), MAX_VERSIONS, "earlier versions"):
        title, comment = attribute(entry, "title"), attribute(entry, "comment")
        stated = read_w3c(attribute(entry, "date-time"))
        when = stated.shown if stated else "without a date"
        name = next(iter(package.find(f"Versions/{title}")), "")
        digest = package.digest(name) if name else None
        size = f", {digest.size} bytes, SHA-256 {digest.sha256}" if digest else ""
        text = (
            f"An earlier version is kept in the file: {quoted(title, 80)}, {when}, by"
            f" {quoted(attribute(entry, 'creator'), 80)}, {quoted(comment)}{size}."
        )
        gathered.observe("earlier-version", Weight.HIDDEN, text, where=name or None)


def is_flat(root: Element) -> bool:
    """Tell whether a root element is that of a flat OpenDocument file."""
    return local(root) == "document" and ":opendocument:" in str(root.tag)
