"""Read the skeleton of an Office package (ECMA-376 part 2): part names, types, relationships.

Part names are compared without regard to the case of ASCII letters, as the standard has it, so two
members that differ in case alone refuse the package. Every relationships part is read, strictly;
one that cannot be read refuses the package, because what it hides decides what is shown. Types and
relationships are what a signature's coverage is measured by, never what it is trusted for.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from provenance.signatures.containers.archive import Archive
from provenance.signatures.text import tame
from provenance.signatures.xmldsig.reading import MAX_PART_XML, attribute, children, parse_xml
from provenance.signatures.xmldsig.refusal import Found, Refusal, unsupported
from provenance.signatures.xmldsig.relationships import (
    INTERNAL,
    Relationship,
    read_relationships,
)

CONTENT_TYPES: Final = "[Content_Types].xml"
ROOT: Final = "/"
"""The package itself, as the source of relationships."""
_TYPES: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELS: Final = re.compile(r"(.*/)_rels/([^/]*)\.rels", re.IGNORECASE)
_FOLD: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Types:
    """`[Content_Types].xml`."""

    overrides: Mapping[str, str]
    """Folded part name to media type."""
    defaults: Mapping[str, str]
    """Folded extension to media type."""

    def of(self, part: str) -> str | None:
        """Return the media type of a part, lower case; None when none is given."""
        key = fold(part)
        _, dot, extension = key.rpartition("/")[2].rpartition(".")
        found = self.overrides.get(key) or (self.defaults.get(extension) if dot else None)
        return found.lower() if found is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpcPackage:
    """A package whose skeleton has been read; also what its signatures may sign."""

    archive: Archive
    parts: Mapping[str, str]
    """Folded part name to member name; `[Content_Types].xml` is not a part."""
    types: Types
    relationships: Mapping[str, tuple[Relationship, ...]]
    """By folded name of the source part, or `ROOT`."""

    def locate(self, uri: str) -> str:
        """Return the member that a reference means, if it is of the type that was signed.

        Raises:
            Refusal: there is none, or it has become something else.
        """
        path, mark, query = uri.partition("?")
        name, _, stated = query.partition("=")
        if not path.startswith("/") or not mark or name.lower() != "contenttype":
            raise unsupported("reference-refused", f"{tame(uri, 120)} leads out of the package")
        member = self.parts.get(fold(path)) or self.parts.get(fold(unquote(path)))
        if member is None:
            raise Refusal("signed-part-missing", f"{tame(path, 120)} is missing", Found.MISSING)
        if self.types.of(part_name(member)) != unquote(stated).lower():
            # [M6.29] of the standard: a signed part that is read as another type is another part.
            raise Refusal(
                "content-type-changed",
                f"{tame(path, 120)} is declared as another type than was signed",
                Found.DIFFERS,
            )
        return member

    def digest(self, member: str, algorithm: str) -> bytes:
        """Return the digest of a member."""
        return self.archive.digest(member, algorithm)

    def read(self, member: str, *, most: int) -> bytes:
        """Return the bytes of a member."""
        return self.archive.read(member, most=most)

    def targets(self, source: str, kind: str) -> Iterator[str]:
        """Yield the folded names of parts to which relationships of a type lead."""
        for one in self.relationships.get(source, ()):
            if one.type == kind and one.mode == INTERNAL:
                yield target_of(source, one)


def fold(name: str) -> str:
    """Return a part name in lower case, ASCII letters only."""
    return name.translate(_FOLD)


def part_name(member: str) -> str:
    """Return the part name of a member."""
    return f"/{member}"


def is_opc(archive: Archive) -> bool:
    """Say whether an archive claims to be such a package."""
    return any(fold(name) == fold(CONTENT_TYPES) for name in archive.members)


def open_package(archive: Archive) -> OpcPackage:
    """Read the skeleton of a package.

    Raises:
        Refusal: it is broken, or readers might disagree on it.
    """
    parts: dict[str, str] = {}
    for name in archive.members:
        if name != CONTENT_TYPES and parts.setdefault(fold(part_name(name)), name) != name:
            raise Refusal("zip-ambiguous-name", "two parts differ in case alone")
    if CONTENT_TYPES not in archive.members:
        raise Refusal("package-layout", "its list of types is spelt in another way")
    types = _read_types(archive.read(CONTENT_TYPES, most=MAX_PART_XML))
    return OpcPackage(
        archive=archive,
        parts=parts,
        types=types,
        relationships={
            source: read_relationships(archive.read(member, most=MAX_PART_XML))
            for part, member in parts.items()
            if (source := source_of(part)) is not None
        },
    )


def _read_types(data: bytes) -> Types:
    root = parse_xml(data, most=MAX_PART_XML)
    overrides: dict[str, str] = {}
    defaults: dict[str, str] = {}
    for one in children(root):
        kind = attribute(one, "ContentType")
        if one.tag == _TYPES + "Override":
            where, key = overrides, fold(attribute(one, "PartName") or "")
        else:
            where, key = defaults, fold(attribute(one, "Extension") or "")
        known = one.tag in {_TYPES + "Override", _TYPES + "Default"}
        if not known or not key or kind is None or where.setdefault(key, kind) != kind:
            raise Refusal("package-layout", "its list of types is of another shape")
    return Types(overrides=overrides, defaults=defaults)


def source_of(part: str) -> str | None:
    """Return whose relationships a part holds (folded, or ROOT), or None if it holds none."""
    match = _RELS.fullmatch(fold(part))
    if match is None:
        return None
    return match[1] + match[2]


def target_of(source: str, one: Relationship) -> str:
    """Return the folded name of the part that an internal relationship leads to."""
    path = unquote(one.target.partition("#")[0])
    folder = source if source == ROOT else posixpath.dirname(source)
    return fold(posixpath.normpath(posixpath.join(folder, path)))
