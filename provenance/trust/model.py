"""Everything a desk has decided to rely on when it judges signatures, as one value.

Empty by default: no list of the operating system or of a vendor is ever used, so an intact
signature of an unknown signer reads "unknown signer", never "untrusted". The digest of the whole
set is stored in every record: the same bytes judged under another set is another answer. A set is
normal: sorted and without duplicates, so that the order of files never changes the digest.
Windows are half open in neither direction: both ends belong to them; None is an open end. Times
are aware UTC, digests lower-case hexadecimal.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from functools import lru_cache
from typing import Final

from provenance.errors import Malformed
from provenance.signatures.codec import to_jsonable

MAX_ANCHORS: Final = 2000  # certificates; the largest national trust lists hold a few hundred
MAX_PINS: Final = 2000  # of each kind; a desk pins people it knows
MAX_LISTS: Final = 500  # revocation snapshots
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
MAX_DKIM_KEYS: Final = 10_000  # an archive of one provider's selectors over years


@unique
class Purpose(StrEnum):
    """What an anchor vouches for; one without purposes vouches for nothing."""

    PDF = "pdf"
    SMIME = "smime"
    CMS = "cms"
    C2PA = "c2pa"
    TSA = "tsa"
    OOXML = "ooxml"
    ODF = "odf"
    ASIC = "asic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A certificate; a chain that ends in it is vouched for by the desk."""

    der: bytes
    """X.509 certificate, DER."""
    purposes: tuple[Purpose, ...] = tuple(Purpose)
    valid_from: datetime | None = None
    """The desk relies on it for signatures made from then on; beside the certificate's own."""
    valid_to: datetime | None = None
    source: str = ""
    """Where the desk has it from, in plain words."""

    @property
    def sha256(self) -> str:
        """Digest of the certificate, the name under which findings refer to it."""
        return hashlib.sha256(self.der).hexdigest()


@unique
class DkimSource(StrEnum):
    """How a mail key came to the desk."""

    DNSSEC = "dnssec"
    """Captured from DNS together with a DNSSEC chain."""
    DNS = "dns"
    ARCHIVE = "archive"
    MANUAL = "manual"
    """Somebody typed it in or was handed it: a "user-supplied key", and it must be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimKey:
    """One DNS key record of a mail domain (RFC 6376 section 3.6), with when it was seen."""

    domain: str
    """Lower case, A-labels, no trailing dot."""
    selector: str
    record: str
    """The TXT record as it stood in DNS, strings joined; an empty p= means revoked."""
    source: DkimSource
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    """first_seen to last_seen bounds the time of signing; with an open end nothing is proven."""
    private_key_published_at: datetime | None = None
    """From then on anybody can sign with it."""
    evidence: str = ""
    """What backs the record up: an archive's name, a capture's digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PgpPin:
    """An OpenPGP certificate of which the desk has found out whose it is."""

    certificate: bytes
    """Transferable public key, binary (RFC 9580 section 10.1)."""
    fingerprint: str
    """Of the primary key; upper-case hexadecimal, as its tools print it."""
    person: str
    how: str = ""
    """How the desk made sure, in plain words."""
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@unique
class PinKind(StrEnum):
    """Formats whose keys are plain public keys."""

    SSH = "ssh"
    MINISIGN = "minisign"
    SIGNIFY = "signify"
    SIGSTORE = "sigstore"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPin:
    """A plain public key of which the desk has found out whose it is."""

    kind: PinKind
    key: str
    """ssh: `type base64`; minisign and signify: the base64 line of the public key file; sigstore:
    `issuer subject`, the identity that a certificate must carry."""
    person: str
    how: str = ""
    namespaces: tuple[str, ...] = ()
    """ssh only: namespaces it may sign in; empty = `file` alone."""
    valid_from: datetime | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSet:
    """All of it."""

    anchors: tuple[Anchor, ...] = ()
    dkim_keys: tuple[DkimKey, ...] = ()
    pgp: tuple[PgpPin, ...] = ()
    keys: tuple[KeyPin, ...] = ()
    crls: tuple[bytes, ...] = ()
    """Certificate revocation lists, DER. Absence means "not checked", never "good"."""
    ocsp: tuple[bytes, ...] = ()
    """OCSP responses, DER."""
    compromised_spki: tuple[str, ...] = ()
    """SHA-256 of public key structures whose private halves are known to be out."""
    c2pa_allowed: tuple[bytes, ...] = ()
    """C2PA end-entity certificates accepted by themselves, DER."""
    c2pa_ekus: tuple[str, ...] = ()
    """Extended key usages accepted for C2PA, dotted."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant; sort, so that order never changes the digest."""
        keys = tuple(one.lower() for one in self.compromised_spki)
        object.__setattr__(self, "compromised_spki", keys)
        # An entry that equals no digest would mark no key, and nobody would notice.
        if not all(_SHA256.fullmatch(one) for one in keys):
            raise Malformed(
                "a compromised key is named by the SHA-256 of its public key, 64 hexadecimal digits"
            )
        for name, limit in _LIMITS.items():
            value = getattr(self, name)
            if len(value) > limit:
                raise Malformed(f"trust: more than {limit} entries in {name.replace('_', ' ')}")
            object.__setattr__(self, name, _normal(value))
        if any(not anchor.der.startswith(b"\x30") for anchor in self.anchors):
            raise Malformed(
                "an anchor is not a DER certificate (it does not begin with a SEQUENCE)"
            )

    @property
    def sha256(self) -> str:
        """Hexadecimal digest over the canonical JSON of the whole set."""
        return _digest_of(_Same(self))

    def anchors_for(self, purpose: Purpose) -> tuple[Anchor, ...]:
        """Return the anchors that vouch for a purpose."""
        return tuple(anchor for anchor in self.anchors if purpose in anchor.purposes)


_LIMITS: Final = {
    "anchors": MAX_ANCHORS,
    "dkim_keys": MAX_DKIM_KEYS,
    "pgp": MAX_PINS,
    "keys": MAX_PINS,
    "crls": MAX_LISTS,
    "ocsp": MAX_LISTS,
    "compromised_spki": MAX_DKIM_KEYS,
    "c2pa_allowed": MAX_ANCHORS,
    "c2pa_ekus": 64,
}


class _Same:
    """Stands for one set object: the set never changes, and hashing it costs as much as reading."""

    __slots__ = ("trust",)

    def __init__(self, trust: TrustSet) -> None:
        self.trust = trust

    def __hash__(self) -> int:
        return id(self.trust)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.trust is self.trust


@lru_cache(maxsize=8)
def _digest_of(same: _Same) -> str:
    """Every record stores the digest; an archive of 10,000 mail keys takes 200 ms to write out."""
    text = json.dumps(to_jsonable(same.trust), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _normal(values: Iterable[object]) -> tuple[object, ...]:
    """Sort by canonical JSON: values with open windows have no order of their own."""
    return tuple(sorted(dict.fromkeys(values), key=lambda one: json.dumps(to_jsonable(one))))
