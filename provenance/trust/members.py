"""Each entry of a trust set as one line that a person can read, name and compare.

A member's id is stable: it is derived from what the member IS (the certificate, the key), never
from its place. The same id in two sets with other particulars is a change: one gone and one come.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from provenance.instants import format_instant
from provenance.signatures.text import tame
from provenance.signatures.unread_pins import key_pin_fault, pgp_pin_fault
from provenance.trust.model import TrustSet

ID_LENGTH = 12  # hexadecimal digits of a digest shown; a prefix will do where it is unique


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One entry of the set."""

    id: str
    """`anchor:3f9ac1…`, `dkim:s1._domainkey.example.org:…`, `pgp:FINGERPRINT`, `crl:…` ..."""
    what: str
    """In plain words; names in it come from the certificate or from whoever added it."""
    particulars: str
    """Purposes, window, source: what was said when it was added."""
    fault: str | None = None
    """Why it cannot be read, in plain words: then it is relied on for nothing."""


def members(trust: TrustSet) -> Iterator[Member]:
    """Yield every entry, in the order of the set."""
    for anchor in trust.anchors:
        said = [", ".join(anchor.purposes), _window(anchor.valid_from, anchor.valid_to)]
        yield _member("anchor", anchor.der, _subject(anchor.der), *said, anchor.source)
    for key in trust.dkim_keys:
        name = f"{key.selector}._domainkey.{key.domain}"
        published = key.private_key_published_at
        yield Member(
            id=f"dkim:{name}:{_short(key.record.encode())}",
            what=f"mail key {name}",
            particulars=_joined(
                key.source.value,
                _window(key.first_seen, key.last_seen, "seen"),
                f"private key public since {format_instant(published)}" if published else "",
                key.evidence,
            ),
        )
    for pin in trust.pgp:
        yield Member(
            id=f"pgp:{pin.fingerprint}",
            what=f"OpenPGP key of {tame(pin.person, 200)}",
            particulars=_joined(pin.how, _window(pin.valid_from, pin.valid_to)),
            fault=pgp_pin_fault(pin),
        )
    for plain in trust.keys:
        spaces = f"namespaces {', '.join(plain.namespaces)}" if plain.namespaces else ""
        pinned = _member(
            plain.kind.value,
            plain.key.encode(),
            f"{plain.kind.value} key of {tame(plain.person, 200)}",
            plain.how,
            spaces,
            _window(plain.valid_from, plain.valid_to),
        )
        yield replace(pinned, fault=key_pin_fault(plain))
    yield from _lists(trust)


def _lists(trust: TrustSet) -> Iterator[Member]:
    for der in trust.crls:
        yield _member("crl", der, _issuer(der), "revocation list, snapshot")
    for der in trust.ocsp:
        yield _member("ocsp", der, "revocation response", "snapshot")
    for spki in trust.compromised_spki:
        yield Member(id=f"compromised:{spki}", what="public key known to be out", particulars="")
    for der in trust.c2pa_allowed:
        yield _member("c2pa", der, _subject(der), "accepted by itself for Content Credentials")
    for eku in trust.c2pa_ekus:
        yield Member(id=f"eku:{eku}", what="key usage accepted for C2PA", particulars=eku)


def difference(old: TrustSet, new: TrustSet) -> tuple[tuple[Member, ...], tuple[Member, ...]]:
    """Return (what came, what went) from one set to another."""
    before, after = tuple(members(old)), tuple(members(new))
    return (
        tuple(one for one in after if one not in before),
        tuple(one for one in before if one not in after),
    )


def _member(kind: str, data: bytes, what: str, *particulars: str) -> Member:
    return Member(id=f"{kind}:{_short(data)}", what=what, particulars=_joined(*particulars))


def _short(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:ID_LENGTH]


def _joined(*parts: str) -> str:
    return "; ".join(tame(part, 300) for part in parts if part)


def _window(begin: datetime | None, end: datetime | None, word: str = "valid") -> str:
    if begin is None and end is None:
        return ""
    first = format_instant(begin) if begin else "ever"
    return f"{word} {first} to {format_instant(end) if end else 'open'}"


def _subject(der: bytes) -> str:
    from cryptography import x509  # noqa: PLC0415 slow to load, and few runs list a set

    try:
        return tame(x509.load_der_x509_certificate(der).subject.rfc4514_string(), 300)
    except ValueError:
        return "certificate that cannot be read"


def _issuer(der: bytes) -> str:
    from cryptography import x509  # noqa: PLC0415 as above

    try:
        return tame(x509.load_der_x509_crl(der).issuer.rfc4514_string(), 300)
    except ValueError:
        return "revocation list that cannot be read"
