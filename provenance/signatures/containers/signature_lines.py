"""Find signature lines in an Office document: places where somebody is asked to sign.

A line is an element of the drawing markup, old (VML, ISO/IEC 29500-4 section 14.2.2.30) or new
([MS-ODRAWXML] 2.12.1.4). It names who should sign and has a number that a signature for it repeats.
A line is no signature; a document with an empty line is a draft that somebody meant to have signed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from provenance.signatures.containers.opc import OpcPackage, part_name
from provenance.signatures.text import tame
from provenance.signatures.xmldsig.reading import MAX_PART_XML, descendants, parse_xml
from provenance.signatures.xmldsig.refusal import Refusal

MAX_LINES: Final = 200  # of one document; a form for a whole board has a dozen
_TAGS: Final = frozenset(
    {
        "{urn:schemas-microsoft-com:office:office}signatureline",
        "{http://schemas.microsoft.com/office/drawing/2012/main}signatureLine",
    }
)
_MARKS: Final = tuple(
    word.encode(name)
    for word in ("signatureline", "signatureLine")
    for name in ("ascii", "utf-16-le", "utf-16-be")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLine:
    """One place to sign."""

    part: str
    """Name of the part it stands in, tamed."""
    number: str
    """Its own; a signature repeats it as SetupID."""
    suggested: str | None
    """Who should sign: name and title as the document has them, tamed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """All lines found."""

    found: tuple[SignatureLine, ...]
    unread: tuple[str, ...]
    """Names of parts, tamed, that mention one and could not be read."""
    more: int = 0
    """Lines beyond those in `found`."""


def find_signature_lines(package: OpcPackage) -> Lines:
    """Search every XML part that mentions the word."""
    found: list[SignatureLine] = []
    unread: list[str] = []
    for member in package.archive.members:
        if not member.lower().endswith((".xml", ".vml")):
            continue
        try:
            data = package.read(member, most=MAX_PART_XML)
            if any(mark in data for mark in _MARKS):
                found += _lines(data, tame(part_name(member), 120))
        except Refusal:
            unread.append(tame(part_name(member), 120))
    more = max(len(found) - MAX_LINES, 0)
    return Lines(found=tuple(found[:MAX_LINES]), unread=tuple(unread), more=more)


def _lines(data: bytes, part: str) -> Iterator[SignatureLine]:
    for one in descendants(parse_xml(data, most=MAX_PART_XML)):
        if one.tag not in _TAGS:
            continue
        # The two spellings differ in case and namespace of their attributes, not in their names.
        said = {str(key).rpartition("}")[2].lower(): str(value) for key, value in one.items()}
        names = (said.get(f"suggestedsigner{which}") for which in ("", "2", "email"))
        suggested = ", ".join(tame(name, 120) for name in names if name)
        if said.get("issignatureline") not in {"f", "false", "0"}:
            yield SignatureLine(
                part=part, number=tame(said.get("id", ""), 60), suggested=suggested or None
            )
