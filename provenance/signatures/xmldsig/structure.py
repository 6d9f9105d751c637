"""Read one ds:Signature into values, in exactly the shape that XMLDSig 1.1 section 4.1 gives it.

SignedInfo first, SignatureValue second, at most one KeyInfo, then Objects; nothing else, and no
text between. Each reference names a URI: one without leaves to the reader what was signed. An
element in a place where the schema has none is refused, not skipped: an attacker's second
SignedInfo lives in such a place.
"""

from dataclasses import dataclass, replace
from typing import Final

from provenance.signatures.text import tame
from provenance.signatures.xmldsig.algorithms import (
    C14NS,
    DIGESTS,
    DSIG,
    EXCLUSIVE,
    METHODS,
    MGF1,
    MORE7,
    RELATIONSHIPS,
    RSA_PSS,
    C14n,
    Method,
    Scheme,
)
from provenance.signatures.xmldsig.reading import (
    Element,
    attribute,
    base64_value,
    children,
    descendants,
    local_name,
    text_value,
)
from provenance.signatures.xmldsig.refusal import Refusal, unsupported

MAX_REFERENCES: Final = 20_000  # of one signature; a deck of a thousand slides has some 5,000 parts
MAX_CERTIFICATES: Final = 100  # in one KeyInfo; a chain has three
_PACKAGE: Final = "{http://schemas.openxmlformats.org/package/2006/digital-signature}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which relationships of a part are signed (ECMA-376 part 2, relationships transform)."""

    ids: frozenset[str]
    types: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One thing that is signed."""

    uri: str
    digest: str
    """hashlib's name."""
    value: bytes
    c14n: C14n | None
    """None = the bytes as they are, or the default form for elements."""
    selection: Selection | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One ds:Signature, read and not judged."""

    id: str | None
    signed_info: Element
    c14n: C14n
    method: Method
    references: tuple[Reference, ...]
    value_element: Element
    value: bytes
    key_info: Element | None
    certificates: tuple[bytes, ...]
    """X.509, DER, in the order of KeyInfo."""
    objects: tuple[Element, ...]


def read_signature(element: Element) -> Signature:
    """Read a ds:Signature.

    Raises:
        Refusal: it has another shape, or uses what is not followed here.
    """
    if element.tag != DSIG + "Signature":
        raise Refusal("signature-layout", "an element that is no signature")
    parts = children(element)
    tags = [one.tag for one in parts]
    begin = [DSIG + "SignedInfo", DSIG + "SignatureValue"]
    key_info = parts[2] if tags[2:3] == [DSIG + "KeyInfo"] else None
    objects = parts[3:] if key_info is not None else parts[2:]
    if tags[:2] != begin or any(one.tag != DSIG + "Object" for one in objects):
        raise Refusal("signature-layout", "the parts of the signature are not where they belong")
    c14n, method, references = _read_signed_info(parts[0])
    return Signature(
        id=attribute(element, "Id"),
        signed_info=parts[0],
        c14n=c14n,
        method=method,
        references=references,
        value_element=parts[1],
        value=base64_value(parts[1]),
        key_info=key_info,
        certificates=_certificates(key_info),
        objects=tuple(objects),
    )


def _read_signed_info(element: Element) -> tuple[C14n, Method, tuple[Reference, ...]]:
    parts = children(element)
    tags = [one.tag for one in parts]
    if tags[:2] != [DSIG + "CanonicalizationMethod", DSIG + "SignatureMethod"]:
        raise Refusal("signature-layout", "SignedInfo does not begin with its two methods")
    return read_c14n(parts[0]), _read_method(parts[1]), read_references(parts[2:])


def read_references(elements: list[Element]) -> tuple[Reference, ...]:
    """Read the references of a SignedInfo or of a Manifest.

    Raises:
        Refusal: there is none, there are too many, or one is of another shape.
    """
    if not 0 < len(elements) <= MAX_REFERENCES:
        raise Refusal("signature-layout", "no references, or more than are followed")
    found = tuple(_read_reference(one) for one in elements)
    if len({one.uri for one in found}) != len(found):
        # No known format names a thing twice; each name is one pass over the bytes it names.
        raise unsupported("reference-twice", "one thing is signed twice over")
    return found


def _read_reference(element: Element) -> Reference:
    parts = children(element)
    transforms = children(parts.pop(0)) if parts and parts[0].tag == DSIG + "Transforms" else []
    if element.tag != DSIG + "Reference" or [one.tag for one in parts] != [
        DSIG + "DigestMethod",
        DSIG + "DigestValue",
    ]:
        raise Refusal("signature-layout", "a reference of another shape")
    uri = attribute(element, "URI")
    if uri is None:
        raise unsupported("reference-without-uri", "a reference that does not say what it signs")
    c14n, selection = _read_transforms(transforms)
    return Reference(
        uri=uri,
        digest=read_digest(parts[0]),
        value=base64_value(parts[1]),
        c14n=c14n,
        selection=selection,
    )


def _read_transforms(elements: list[Element]) -> tuple[C14n | None, Selection | None]:
    """At most: choose relationships, then one canonical form ([M6.26]: never without it)."""
    c14n, selection = None, None
    rest = list(elements)
    if any(one.tag != DSIG + "Transform" for one in rest):
        raise Refusal("signature-layout", "something else among the transforms")
    if rest and attribute(rest[0], "Algorithm") == RELATIONSHIPS:
        selection = _read_selection(rest.pop(0))
    if rest:
        c14n = read_c14n(rest.pop(0))
    if rest or (selection is not None and c14n is None):
        raise unsupported("transform-refused", "transforms in a row that are not followed")
    return c14n, selection


def read_c14n(element: Element) -> C14n:
    """Read a CanonicalizationMethod, or a Transform that names one.

    Raises:
        Refusal: it names another algorithm, or holds what does not belong there.
    """
    name = attribute(element, "Algorithm") or ""
    c14n = C14NS.get(name)
    if c14n is None:
        raise unsupported("transform-refused", f"{tame(name, 120)} is not followed")
    parts = children(element)
    if not parts:
        return c14n
    (only, *more) = parts
    if more or not c14n.exclusive or only.tag != EXCLUSIVE + "InclusiveNamespaces":
        raise unsupported("transform-refused", "a canonical form with unknown settings")
    return replace(c14n, prefixes=tuple((attribute(only, "PrefixList") or "").split()))


def _read_selection(element: Element) -> Selection:
    ids, types = set[str](), set[str]()
    for one in children(element):
        source_id, source_type = attribute(one, "SourceId"), attribute(one, "SourceType")
        if one.tag == _PACKAGE + "RelationshipReference" and source_id is not None:
            ids.add(source_id)
        elif one.tag == _PACKAGE + "RelationshipsGroupReference" and source_type is not None:
            types.add(source_type)
        else:
            raise unsupported("transform-refused", "a choice of relationships of another shape")
    return Selection(ids=frozenset(ids), types=frozenset(types))


def read_digest(element: Element) -> str:
    """Return hashlib's name for a DigestMethod.

    Raises:
        Refusal: it names another algorithm, or has parameters.
    """
    name = attribute(element, "Algorithm") or ""
    if name not in DIGESTS or children(element):
        raise unsupported("digest-not-supported", f"digest {tame(name, 120)} is not supported")
    return DIGESTS[name]


def _read_method(element: Element) -> Method:
    name = attribute(element, "Algorithm") or ""
    parts = children(element)
    if name == RSA_PSS:
        return _read_pss(parts)
    if name not in METHODS or parts:  # HMACOutputLength stands here; HMAC is in no table
        raise unsupported("method-not-supported", f"method {tame(name, 120)} is not supported")
    return METHODS[name]


def _read_pss(parts: list[Element]) -> Method:
    """RFC 6931 section 2.3.9: either nothing, which is SHA-256 throughout, or all of it."""
    if not parts:
        return Method(scheme=Scheme.PSS, digest="sha256")
    if len(parts) > 1 or parts[0].tag != f"{{{MORE7}}}RSAPSSParams":
        raise unsupported("method-not-supported", "RSA-PSS with unknown parameters")
    given = {one.tag: one for one in children(parts[0])}
    digest = given.pop(DSIG + "DigestMethod", None)
    mask = given.pop(f"{{{MORE7}}}MaskGenerationFunction", None)
    salt = given.pop(f"{{{MORE7}}}SaltLength", None)
    trailer = given.pop(f"{{{MORE7}}}TrailerField", None)
    if digest is None or mask is None or salt is None or given:
        raise unsupported("method-not-supported", "RSA-PSS with unknown parameters")
    if trailer is not None and _whole(trailer) != 1:
        raise unsupported("method-not-supported", "RSA-PSS with an unknown trailer")
    return Method(
        scheme=Scheme.PSS, digest=read_digest(digest), mask=_read_mask(mask), salt=_whole(salt)
    )


def _read_mask(element: Element) -> str:
    parts = children(element)
    if attribute(element, "Algorithm") != MGF1 or len(parts) != 1:
        raise unsupported("method-not-supported", "RSA-PSS with an unknown mask function")
    return read_digest(parts[0])


def _whole(element: Element) -> int:
    text = text_value(element)
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Refusal("signature-layout", f"{local_name(element)} is not a small number")
    return int(text)


def _certificates(key_info: Element | None) -> tuple[bytes, ...]:
    if key_info is None:
        return ()
    found = [
        base64_value(one)
        for data in key_info
        if data.tag == DSIG + "X509Data"
        for one in descendants(data)
        if one.tag == DSIG + "X509Certificate"
    ]
    if len(found) > MAX_CERTIFICATES:
        raise Refusal("signature-layout", "more certificates than are looked at")
    return tuple(found)
