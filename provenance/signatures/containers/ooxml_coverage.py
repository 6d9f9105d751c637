"""What an Office signature covers: parts, relationships, and what is shown although unsigned.

Office signs a list of parts and a choice of relationships, so a part can be added, and shown,
without a signed byte changing (Rohlmann et al. 2023, "content injection"). The scope is WHOLE only
if
  1. every part is covered, except the signatures themselves and DESCRIBING parts: properties and
     the thumbnail, to which only the package itself leads;
  2. every relationship is covered, except those to these parts and to the signatures;
  3. nothing signed shows content from outside (a link that is followed by a click is none);
  4. no signed text is bound to the unsigned properties (a title that Word fills in on opening).
Else it is PART, and each exception is listed. A signature over no part at all covers METADATA_ONLY.
"""

import re
from collections import Counter
from typing import Final

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import Scope
from provenance.signatures.containers.opc import (
    ROOT,
    OpcPackage,
    fold,
    part_name,
    source_of,
    target_of,
)
from provenance.signatures.containers.steps import (
    Coverage,
    listed,
    matching_members,
    named_members,
)
from provenance.signatures.text import tame
from provenance.signatures.xmldsig.reading import MAX_PART_XML
from provenance.signatures.xmldsig.relationships import EXTERNAL, Relationship, is_selected
from provenance.signatures.xmldsig.structure import Selection
from provenance.signatures.xmldsig.verifying import Verified

_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships/"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
ORIGIN: Final = _PACKAGE + "digital-signature/origin"
SIGNATURE: Final = _PACKAGE + "digital-signature/signature"
CERTIFICATE: Final = _PACKAGE + "digital-signature/certificate"
DESCRIBING: Final = {
    _PACKAGE + "metadata/core-properties": "title, author and dates",
    _OFFICE.lower() + "metadata/core-properties": "title, author and dates",  # as ECMA-376 once had
    _OFFICE + "extended-properties": "program, company and statistics",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/extendedProperties": (
        "program, company and statistics"
    ),
    _PACKAGE + "metadata/thumbnail": "the small preview picture",
}
"""Relationship type to what the part holds; Office leaves these parts unsigned."""

_FOLLOWED_BY_HAND: Final = frozenset(
    {"hyperlink", "attachedTemplate", "externalLinkPath", "oleLink"}
)
_BOUND: Final = re.compile(  # core and extended properties, by name and by their store's number
    rb"dataBinding[^>]{0,2000}(?:coreProperties|core-properties|extended-properties"
    rb"|6C3C8BC8-F283-45AE-878A-BAB7291924A1|6668398D-A668-4E3E-A5EB-62B293D839F1)",
    re.IGNORECASE,
)


def signature_parts(package: OpcPackage) -> tuple[str, ...]:
    """Return the folded names of the signature parts that the package leads to."""
    found = [
        one
        for origin in package.targets(ROOT, ORIGIN)
        for one in package.targets(origin, SIGNATURE)
    ]
    return tuple(dict.fromkeys(found))


def measure(package: OpcPackage, verified: Verified) -> Coverage:
    """Measure one signature by the rules above."""
    whole, named = matching_members(verified), named_members(verified)
    signed = [part_name(member) for member, selection in whole.items() if selection is None]
    own, describing = _signature_parts_and_rels(package), _describing(package)
    apart = own | set(describing)
    missed = [
        f"{part_name(member)} (not signed)"
        for part, member in package.parts.items()
        if member not in named and part not in apart and source_of(part) is None
    ]
    wrong = {member for member in named if member not in whole}
    missed += _missed_relationships(package, whole, own, wrong)
    missed += _from_outside(package, own)
    missed += _bound(package, signed, describing)
    known = [
        f"{part_name(package.parts[part])} ({what})"
        for part, what in describing.items()
        if package.parts[part] not in named
    ]
    scope = Scope.PART if missed or wrong else Scope.WHOLE
    return Coverage(
        scope=scope if signed else Scope.METADATA_ONLY,
        covered=listed(signed),
        uncovered=(*listed(missed), *listed(known)),
        codes=("parts-not-signed",) if missed else (),
    )


def _signature_parts_and_rels(package: OpcPackage) -> set[str]:
    origins = set(package.targets(ROOT, ORIGIN))
    signatures = set(signature_parts(package))
    certificates = {part for one in signatures for part in package.targets(one, CERTIFICATE)}
    return origins | signatures | certificates


def _describing(package: OpcPackage) -> dict[str, str]:
    """Return the folded names of parts that only describe, and what each holds."""
    leads = Counter(
        target_of(source, one)
        for source, relationships in package.relationships.items()
        for one in relationships
        if one.mode != EXTERNAL
    )
    found: dict[str, str] = {}
    for one in package.relationships.get(ROOT, ()):
        target = target_of(ROOT, one) if one.mode != EXTERNAL else ""
        # A part that something else leads to as well may be shown: it describes and more.
        if one.type in DESCRIBING and target in package.parts and leads[target] == 1:
            found[target] = DESCRIBING[one.type]
    return found


def _missed_relationships(
    package: OpcPackage, whole: dict[str, Selection | None], own: set[str], wrong: set[str]
) -> list[str]:
    missed = []
    for part, member in package.parts.items():
        source = source_of(part)
        if source is None or source in own or member in wrong:
            continue
        selection = whole.get(member, _NOTHING)
        for one in package.relationships[source]:
            expected = source == ROOT and (one.type == ORIGIN or one.type in DESCRIBING)
            covered = selection is None or is_selected(one, selection)
            if not covered and not expected:
                missed.append(f"{_told(one)} of {_source_told(source)} (not signed)")
    return missed


_NOTHING: Final = Selection(ids=frozenset(), types=frozenset())


def _told(one: Relationship) -> str:
    kind = one.type.rstrip("/").rpartition("/")[2]
    return f"the relationship {tame(one.id, 60)} ({tame(kind, 60)})"


def _source_told(source: str) -> str:
    return "the package" if source == ROOT else tame(source, 120)


def _from_outside(package: OpcPackage, own: set[str]) -> list[str]:
    return [
        f"content from outside the file, by {_told(one)} of {_source_told(source)}"
        for source, relationships in package.relationships.items()
        if source not in own
        for one in relationships
        if one.mode == EXTERNAL and one.type.rstrip("/").rpartition("/")[2] not in _FOLLOWED_BY_HAND
    ]


def _bound(package: OpcPackage, signed: list[str], describing: dict[str, str]) -> list[str]:
    if not describing:
        return []
    return [
        f"text in {part} that is filled in from the unsigned properties"
        for part in signed
        if "wordprocessingml" in (package.types.of(part) or "") and _is_bound(package, part)
    ]


def _is_bound(package: OpcPackage, part: str) -> bool:
    member = package.parts[fold(part)]
    data = attempt("bindings", lambda: package.read(member, most=MAX_PART_XML))
    if isinstance(data, Fault):
        return True  # not known to be free of it
    return (
        _BOUND.search(data if b"\x00" not in data[:64] else data.replace(b"\x00", b"")) is not None
    )
