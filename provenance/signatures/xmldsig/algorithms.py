"""The algorithms that are followed (XMLDSig 1.1, RFC 6931, RFC 9231), and nothing beside them.

Left out on purpose: HMAC in every form (whoever can check it can make it, and a shortened HMAC was
once accepted with no bits at all, CVE-2009-0217), MD5 and RIPEMD, and XPath, XPath filter, XSLT,
base64 and enveloped-signature transforms (each decides by a program or by place what is signed).
An identifier that stands in none of these tables is refused as unsupported, never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, unique
from types import MappingProxyType
from typing import Final

DSIG: Final = "{http://www.w3.org/2000/09/xmldsig#}"
_DSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
MORE7: Final = "http://www.w3.org/2007/05/xmldsig-more#"
_MORE21: Final = "http://www.w3.org/2021/04/xmldsig-more#"
_XMLENC: Final = "http://www.w3.org/2001/04/xmlenc#"
RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform"
EXCLUSIVE: Final = "{http://www.w3.org/2001/10/xml-exc-c14n#}"
RSA_PSS: Final = MORE7 + "rsa-pss"
MGF1: Final = MORE7 + "MGF1"


@unique
class Scheme(Enum):
    """How a signature value is computed from a digest."""

    PKCS1 = "RSA PKCS#1 v1.5"
    PSS = "RSA-PSS"
    ECDSA = "ECDSA"
    DSA = "DSA"
    EDDSA = "EdDSA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A signature method."""

    scheme: Scheme
    digest: str | None
    """hashlib's name; None where the scheme has its own."""
    salt: int | None = None
    """RSA-PSS: bytes of salt; None = as many as the digest has."""
    mask: str | None = None
    """RSA-PSS: digest of the mask function; None = the same digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class C14n:
    """A canonical form."""

    exclusive: bool
    comments: bool
    prefixes: tuple[str, ...] = ()
    """Exclusive only: prefixes that are treated as inclusive (InclusiveNamespaces)."""


INCLUSIVE: Final = C14n(exclusive=False, comments=False)
"""What XMLDSig 4.4.3.2 prescribes where a node set meets a digest and nothing else is said."""

DIGESTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        _DSIG + "sha1": "sha1",
        _MORE + "sha224": "sha224",
        _XMLENC + "sha256": "sha256",
        _MORE + "sha384": "sha384",
        _XMLENC + "sha512": "sha512",
        MORE7 + "sha3-224": "sha3_224",
        MORE7 + "sha3-256": "sha3_256",
        MORE7 + "sha3-384": "sha3_384",
        MORE7 + "sha3-512": "sha3_512",
    }
)
"""Identifier to hashlib's name."""

C14NS: Final[Mapping[str, C14n]] = MappingProxyType(
    {
        identifier + suffix: C14n(exclusive=exclusive, comments=bool(suffix))
        for identifier, exclusive, comment in (
            ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", False, "#WithComments"),
            ("http://www.w3.org/2006/12/xml-c14n11", False, "#WithComments"),
            ("http://www.w3.org/2001/10/xml-exc-c14n#", True, "WithComments"),
        )
        for suffix in ("", comment)
    }
)

_PLAIN: Final = ("sha224", "sha256", "sha384", "sha512")
_SHA3: Final = ("sha3-224", "sha3-256", "sha3-384", "sha3-512")


def _hashlib(word: str) -> str:
    return word.replace("-", "_")


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        _DSIG + "rsa-sha1": Method(scheme=Scheme.PKCS1, digest="sha1"),
        _DSIG + "dsa-sha1": Method(scheme=Scheme.DSA, digest="sha1"),
        "http://www.w3.org/2009/xmldsig11#dsa-sha256": Method(scheme=Scheme.DSA, digest="sha256"),
        _MORE + "ecdsa-sha1": Method(scheme=Scheme.ECDSA, digest="sha1"),
        MORE7 + "sha1-rsa-MGF1": Method(scheme=Scheme.PSS, digest="sha1"),
        _MORE21 + "eddsa-ed25519": Method(scheme=Scheme.EDDSA, digest=None),
        _MORE21 + "eddsa-ed448": Method(scheme=Scheme.EDDSA, digest=None),
    }
    | {f"{_MORE}rsa-{one}": Method(scheme=Scheme.PKCS1, digest=one) for one in _PLAIN}
    | {f"{_MORE}ecdsa-{one}": Method(scheme=Scheme.ECDSA, digest=one) for one in _PLAIN}
    | {
        f"{MORE7}{one}-rsa-MGF1": Method(scheme=Scheme.PSS, digest=_hashlib(one))
        for one in (*_PLAIN, *_SHA3)
    }
    | {f"{_MORE21}ecdsa-{one}": Method(scheme=Scheme.ECDSA, digest=_hashlib(one)) for one in _SHA3}
)
"""Identifier to method; `RSA_PSS` is not among them: it comes with parameters."""
