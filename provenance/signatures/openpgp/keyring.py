"""The keys that a signature may have been made with: the desk's pins, and what came along.

Rules, in order: a signature is looked for under the fingerprint that it names, else under its key
ID, which several keys can share; a pin goes before a key that came along, also when both are the
same key. A pin whose certificate cannot be read, or has another fingerprint than the pin says, is
left out: it must not vouch for anybody. `unread_pins` tells it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from provenance.errors import Malformed
from provenance.signatures.openpgp.certificate import (
    Certificate,
    KeyPacket,
    read_certificate,
)
from provenance.signatures.openpgp.signature import SignaturePacket
from provenance.signatures.openpgp.state import may_sign
from provenance.trust.model import PgpPin, TrustSet

MAX_CANDIDATES: Final = 8  # keys that share a key ID; more than two is an attack


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A key that a signature names."""

    certificate: Certificate
    key: KeyPacket
    pin: PgpPin | None
    """None: it came along with the document."""

    @property
    def may_sign(self) -> bool:
        """Whether its certificate lets it sign documents."""
        return may_sign(self.certificate, self.key)

    def made_by(self, certificate: str, key: str) -> bool:
        """Tell whether an engine means this one."""
        return (self.certificate.primary.fingerprint, self.key.fingerprint) == (certificate, key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """Every certificate at hand."""

    held: tuple[tuple[Certificate, PgpPin | None], ...]

    def candidates(self, signature: SignaturePacket) -> tuple[Candidate, ...]:
        """Return the keys that the signature may have been made with, pins first."""
        found: dict[str, Candidate] = {}
        for one in self._matching(signature):
            found.setdefault(one.key.fingerprint, one)
        return tuple(found.values())[:MAX_CANDIDATES]

    def _matching(self, signature: SignaturePacket) -> Iterator[Candidate]:
        for certificate, pin in self.held:
            for key in certificate.keys:
                if _named(signature, key):
                    yield Candidate(certificate=certificate, key=key, pin=pin)


def _named(signature: SignaturePacket, key: KeyPacket) -> bool:
    if signature.issuer_fingerprint is not None:
        return key.fingerprint == signature.issuer_fingerprint
    return key.key_id == signature.issuer_key_id


def keyring_of(trust: TrustSet, along: Iterable[Certificate]) -> Keyring:
    """Return the desk's pins, then the certificates that came along."""
    held: list[tuple[Certificate, PgpPin | None]] = []
    for pin in trust.pgp:
        try:
            certificate = read_certificate(pin.certificate)
        except Malformed:
            continue
        if certificate.primary.fingerprint == pin.fingerprint.upper():
            held.append((certificate, pin))
    held += [(one, None) for one in along]
    return Keyring(held=tuple(held))
