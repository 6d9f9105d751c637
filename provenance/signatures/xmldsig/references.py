"""Compare each thing that a signature signs with what is there now.

A reference leads to one of two places and nowhere else:
  * `#name`: an element of this very signature, in a place where the known formats have one: its
    KeyInfo, an Object, and in an Object a Manifest, SignatureProperties, SignatureProperty or
    SignedProperties. An element anywhere else is refused, whatever its Id says: moving what was
    signed out of the way and putting something else in its place is how wrapping works;
  * anything else is handed to the package, which finds a member or refuses. No address is opened.
An Object's Manifest counts as signed only after the reference to it matched, and then each of its
references is compared too: XMLDSig leaves that to the application, and an application that forgets
accepts a document whose every word was replaced.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from provenance.signatures.text import tame
from provenance.signatures.xmldsig.algorithms import DSIG, INCLUSIVE, C14n
from provenance.signatures.xmldsig.reading import (
    MAX_PART_XML,
    Element,
    attribute,
    canonical,
    canonical_document,
    children,
    parse_xml,
)
from provenance.signatures.xmldsig.refusal import Found, Refusal, unsupported
from provenance.signatures.xmldsig.relationships import select_relationships
from provenance.signatures.xmldsig.structure import (
    Reference,
    Selection,
    Signature,
    read_references,
)

XADES: Final = "{http://uri.etsi.org/01903/v1.3.2#}"


class Package(Protocol):
    """What a signature may sign besides itself. Implementers open nothing but the document."""

    def locate(self, uri: str) -> str:
        """Return the member that a reference means.

        Raises:
            Refusal: there is none, more than one, or it is not as the reference says.
        """
        ...

    def digest(self, member: str, algorithm: str) -> bytes:
        """Return the digest of a member's bytes; `algorithm` is hashlib's name.

        Raises:
            Refusal: it cannot be unpacked.
        """
        ...

    def read(self, member: str, *, most: int) -> bytes:
        """Return the bytes of a member.

        Raises:
            Refusal: it cannot be unpacked, or has more bytes than `most`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One reference, compared."""

    reference: Reference
    found: Found
    reason: str = ""
    """Code of what is wrong; empty when it matches."""
    text: str = ""
    """The same in plain words."""
    member: str | None = None
    """Of the package, when it leads there."""
    element: Element | None = None
    """Of the signature, when it leads there."""

    @property
    def name(self) -> str:
        """What a person may call it: member or fragment, tamed."""
        return tame(self.member if self.member is not None else self.reference.uri, 200)


def compare_all(signature: Signature, package: Package) -> tuple[Compared, ...]:
    """Compare the references of a signature and of every manifest that it signs."""
    places = _places(signature)
    direct = [
        _compare(one, package, lambda uri: _inside(places, uri)) for one in signature.references
    ]
    nested: list[Compared] = []
    for one in direct:
        if one.found is Found.MATCHES and one.element is not None:
            nested += _compare_manifests(one.element, one.reference, package)
    return (*direct, *nested)


def _compare_manifests(element: Element, covering: Reference, package: Package) -> list[Compared]:
    inside = element if element.tag == DSIG + "Object" else [element]
    found: list[Compared] = []
    for manifest in inside:
        if manifest.tag != DSIG + "Manifest":
            continue
        try:
            references = read_references(children(manifest))
        except Refusal as refusal:
            found.append(_refused(covering, refusal))
            continue
        found += [_compare(one, package, _no_fragments) for one in references]
    return found


def _no_fragments(uri: str) -> Element:
    raise unsupported("reference-refused", f"a manifest that leads to {tame(uri, 80)}")


def _places(signature: Signature) -> dict[str, Element]:
    """Return the elements that a reference may mean, by Id."""
    found = [signature.key_info] if signature.key_info is not None else []
    for one in signature.objects:
        found.append(one)
        for inner in one:
            if inner.tag in {DSIG + "Manifest", DSIG + "SignatureProperties"}:
                found.append(inner)
            if inner.tag == DSIG + "SignatureProperties":
                found += [each for each in inner if each.tag == DSIG + "SignatureProperty"]
            if inner.tag == XADES + "QualifyingProperties":
                found += [each for each in inner if each.tag == XADES + "SignedProperties"]
    named = ((attribute(one, "Id"), one) for one in found)
    return {name: one for name, one in named if name is not None}


def _inside(places: dict[str, Element], uri: str) -> Element:
    element = places.get(uri.removeprefix("#"))
    if element is None:
        raise unsupported(
            "reference-outside-layout", f"{tame(uri, 80)} leads to no place known to be signed"
        )
    return element


def _compare(reference: Reference, package: Package, inside: Callable[[str], Element]) -> Compared:
    bare = Compared(reference=reference, found=Found.NOT_CHECKABLE)
    try:
        if reference.uri.startswith("#"):
            return _judged(replace(bare, element=inside(reference.uri)), package)
        if not reference.uri:
            raise unsupported("reference-refused", "a signature over the file that it stands in")
        return _judged(replace(bare, member=package.locate(reference.uri)), package)
    except Refusal as refusal:
        return _refused(reference, refusal)


def _refused(reference: Reference, refusal: Refusal) -> Compared:
    return Compared(
        reference=reference, found=refusal.found, reason=refusal.reason, text=refusal.text
    )


def _judged(one: Compared, package: Package) -> Compared:
    if hmac.compare_digest(_digest(one, package), one.reference.value):
        return replace(one, found=Found.MATCHES)
    return replace(
        one,
        found=Found.DIFFERS,
        reason="hash-failure",
        text=f"{one.name} is not what was signed",
    )


def _digest(one: Compared, package: Package) -> bytes:
    reference = one.reference
    if one.member is not None and reference.c14n is None and reference.selection is None:
        return package.digest(one.member, reference.digest)
    if one.member is None:
        data = _element_bytes(one.element, reference)
    else:
        data = package.read(one.member, most=MAX_PART_XML)
        data = _part_bytes(data, reference.c14n or INCLUSIVE, reference.selection)
    return hashlib.new(reference.digest, data, usedforsecurity=False).digest()


def _element_bytes(element: Element, reference: Reference) -> bytes:
    if reference.selection is not None:
        raise unsupported("transform-refused", "a choice of relationships of no part")
    c14n = reference.c14n or INCLUSIVE
    # XMLDSig 4.4.3.3: a fragment leaves comments out, whatever the canonical form would do.
    return canonical(element, exclusive=c14n.exclusive, comments=False, prefixes=c14n.prefixes)


def _part_bytes(data: bytes, c14n: C14n, selection: Selection | None) -> bytes:
    if selection is None:
        root = parse_xml(data, most=MAX_PART_XML)
    elif c14n.comments:
        raise unsupported("transform-refused", "relationships with comments")
    else:
        root = select_relationships(data, selection)
    return canonical_document(
        root, exclusive=c14n.exclusive, comments=c14n.comments, prefixes=c14n.prefixes
    )
