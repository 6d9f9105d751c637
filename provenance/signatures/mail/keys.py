"""Find a domain's mail keys in the desk's archive and read their records (RFC 6376 3.6.1).

The archive (`TrustSet.dkim_keys`) takes the place of the DNS: nothing else is ever asked. It may
hold several records of a selector over the years; all of them are returned. Rules for one record: a
tag list; v=, when present, comes first and is DKIM1; an empty p= means that the domain withdrew the
key; s= must admit e-mail; k= is rsa or ed25519; the key itself must parse. A record that breaks a
rule is kept with the reason, so that "no key" and "a key that cannot be used" stay apart.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import dkim
from asn1crypto import keys as asn1_keys

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.mail.tags import parse_tags
from provenance.trust.model import DkimKey, DkimSource, TrustSet

MAX_CANDIDATES: Final = 50  # records of one selector that are tried; a yearly rotation fills 20
MAX_BITS: Final = 16_384  # of an RSA modulus; RFC 8301 asks for 4096, and time grows with the cube
LEAST_BITS: Final = 496  # a SHA-256 signature (RFC 8017 9.2: 62 bytes) needs that much room
MIN_BITS: Final = 1024  # RFC 8301 3.2: a signature by a shorter key is not to be called valid

_ED25519_SPKI: Final = bytes.fromhex("302a300506032b6570032100")  # RFC 8410 section 4
SOURCES: Final = {
    DkimSource.DNSSEC: "DNS, with a DNSSEC chain",
    DkimSource.DNS: "DNS, captured without DNSSEC",
    DkimSource.ARCHIVE: "an archive of DNS keys",
    DkimSource.MANUAL: "a person who supplied it (user-supplied key)",
}
_RANK: Final = (DkimSource.DNSSEC, DkimSource.DNS, DkimSource.ARCHIVE, DkimSource.MANUAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedKey:
    """A record of the archive, read."""

    entry: DkimKey
    kind: str = ""
    """`rsa` or `ed25519`."""
    engine_key: Any = None
    """The key as the engine wants it."""
    bits: int = 0
    spki_sha256: str | None = None
    digests: frozenset[str] | None = None
    """h=: digests the domain permits; None = any."""
    exact_identity: bool = False
    """t=s: i= must name the very domain of d=, no subdomain (RFC 6376 3.6.1)."""
    testing: bool = False
    """t=y: the domain says that it is trying DKIM out."""
    withdrawn: bool = False
    """p= is empty."""
    problem: str | None = None
    """Why this record cannot be used; None = it can."""

    @property
    def rank(self) -> int:
        """The better the source, the smaller."""
        return _RANK.index(self.entry.source)

    def spans(self, moment: datetime | None) -> bool:
        """Say whether the key was seen both before and after a moment; None = any moment."""
        first, last = self.entry.first_seen, self.entry.last_seen
        if first is None or last is None:
            return False
        return moment is None or first <= moment <= last

    def excludes(self, moment: datetime | None) -> bool:
        """Say whether the moment lies outside what is known of the time the key was in use."""
        first, last = self.entry.first_seen, self.entry.last_seen
        if moment is None:
            return False
        return (first is not None and moment < first) or (last is not None and moment > last)


def find_keys(trust: TrustSet, domain: str, selector: str) -> tuple[ArchivedKey, ...]:
    """Return what the archive holds for a selector (both in lower case), best source first."""
    entries = [
        entry
        for entry in trust.dkim_keys
        if entry.domain == domain and entry.selector.lower() == selector
    ]
    found = [read_key(entry) for entry in entries[:MAX_CANDIDATES]]
    return tuple(sorted(found, key=lambda one: one.rank))


def read_key(entry: DkimKey) -> ArchivedKey:  # noqa: PLR0911 - one return a rule
    """Read one record of the archive; total on any text."""
    tags = parse_tags(entry.record.strip().strip('"').encode("utf-8", "surrogatepass"))
    if isinstance(tags, str):
        return ArchivedKey(entry=entry, problem=tags)
    version = tags.get("v")
    if version is not None and (version != b"DKIM1" or next(iter(tags.values)) != "v"):
        return ArchivedKey(entry=entry, problem="the record is of another version")
    if "p" not in tags.values:
        return ArchivedKey(entry=entry, problem="the record holds no key")
    if not tags.squeezed("p"):
        return ArchivedKey(entry=entry, withdrawn=True, problem="the domain has withdrawn the key")
    services = _listed(tags.get("s"), b"*")
    if not services & {"*", "email"}:
        return ArchivedKey(entry=entry, problem="the key is not meant for e-mail")
    kind = tags.values.get("k", b"rsa").decode("ascii", "replace")
    loaded = attempt("key", lambda: _load(kind, tags.squeezed("p")))
    if isinstance(loaded, Fault):
        return ArchivedKey(entry=entry, problem=f"the key cannot be read ({loaded.kind})")
    key, bits, spki = loaded
    flags = _listed(tags.get("t"), b"")
    digests = tags.get("h")
    return ArchivedKey(
        entry=entry,
        kind=kind,
        engine_key=key,
        bits=bits,
        spki_sha256=spki,
        digests=None if digests is None else frozenset(_listed(digests, b"")),
        exact_identity="s" in flags,
        testing="y" in flags,
    )


def _listed(value: bytes | None, absent: bytes) -> set[str]:
    text = absent if value is None else value
    return {one.strip().decode("ascii", "replace") for one in text.split(b":") if one.strip()}


def _load(kind: str, material: bytes) -> tuple[Any, int, str]:
    """Return the engine's key, its size in bits, and the digest of the key structure."""
    raw = base64.b64decode(material, validate=True)
    if kind not in {"rsa", "ed25519"}:
        raise binascii.Error("unknown kind of key")
    if len(raw) * 8 > 2 * MAX_BITS:
        raise binascii.Error("the key is absurdly large")
    record = b"k=" + kind.encode("ascii") + b"; p=" + material
    key, bits, _, _ = dkim.evaluate_pk(b"archive", record)
    if kind == "ed25519":
        return key, 0, hashlib.sha256(_ED25519_SPKI + raw).hexdigest()
    if not LEAST_BITS <= bits <= MAX_BITS or not 3 <= key["publicExponent"] < 1 << 64:
        raise binascii.Error("no usable RSA key")
    public = asn1_keys.RSAPublicKey(
        {"modulus": key["modulus"], "public_exponent": key["publicExponent"]}
    )
    spki = asn1_keys.PublicKeyInfo.wrap(public, "rsa").dump()
    return key, bits, hashlib.sha256(spki).hexdigest()
