"""Does a timestamp hold? RFC 3161 section 2.2, offline, against the roots the desk has chosen.

Rules, in order; the first that fails ends the check:
  1. the authority granted it;
  2. the imprint is SHA-256 of exactly these bytes (the checkpoint as first signed);
  3. the nonce is the one that was sent;
  4. the policy is one of the authority's, where the desk has named any;
  5. the signature holds (`timestamp_signature`);
  6. the certificate is one for time stamping, with a path to a root, at the stamped time
     (`timestamp_chain`);
  7. the stamped time does not lie ahead of ours by more than the skew and the stated accuracy.
What holds then: the bytes existed at that time, says this authority. Not who made them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from cryptography import x509

from provenance.errors import CheckFailed, Malformed
from provenance.ledger.audit import MAX_CLOCK_SKEW
from provenance.outside.timestamp_chain import parse_certificate, require_chain, require_stamping
from provenance.outside.timestamp_request import TimestampRequest
from provenance.outside.timestamp_response import GRANTED, Token, parse_response, parse_token
from provenance.outside.timestamp_signature import certificate_der, require_signed

_SKEW: Final = timedelta(seconds=MAX_CLOCK_SKEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A timestamp authority that the desk has chosen to rely on."""

    name: str
    """The desk's own name for it."""
    roots: tuple[bytes, ...]
    """X.509 certificates, DER: where its chains must end. Nothing else is trusted."""
    links: tuple[bytes, ...] = ()
    """Further certificates of its chain, DER, for tokens that do not carry them."""
    policies: frozenset[str] = frozenset()
    """Object identifiers it may stamp under; empty = any."""
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampFinding:
    """A timestamp that holds."""

    at: datetime
    """UTC instant the authority vouches for. Says the bytes existed THEN, not who made them."""
    accuracy: timedelta | None
    """Half-width the authority states; None = not stated, which is not zero."""
    serial: int
    policy: str
    path: tuple[bytes, ...]
    """Certificates from the signer's to the root, DER."""

    @property
    def no_later_than(self) -> int:
        """Seconds since 1970 UTC, rounded up, by which the bytes surely existed."""
        latest = self.at + (self.accuracy or timedelta())
        return int(latest.timestamp()) + (latest.microsecond > 0)


def check_timestamp(
    response: bytes,
    *,
    signed: bytes,
    request: TimestampRequest,
    authority: Authority,
    now: datetime,
) -> TimestampFinding:
    """Return what a timestamp shows.

    Args:
        response: TimeStampResp, DER, as it came.
        signed: The bytes it must be over.
        request: What was asked.
        authority: Whose it must be.
        now: Aware instant.

    Raises:
        Malformed: the response or a certificate cannot be read.
        CheckFailed: a rule does not hold.
    """
    answer = parse_response(response)
    if answer.status not in GRANTED or answer.token is None:
        words = f": {answer.text}" if answer.text else ""
        raise CheckFailed(f"{authority.name} refused to stamp (status {answer.status}){words}")
    token = parse_token(answer.token)
    _require_asked(token, signed, request, authority)
    signer = require_signed(token, (*authority.links, *authority.roots))
    require_stamping(signer)
    roots = [parse_certificate(der) for der in authority.roots]
    links = _readable((*token.certificates, *authority.links))
    path = require_chain(signer, links, roots, token.info.at)
    if token.info.at > now + _SKEW + (token.info.accuracy or timedelta()):
        raise CheckFailed(f"{authority.name} states a time that has not come yet")
    return TimestampFinding(
        at=token.info.at,
        accuracy=token.info.accuracy,
        serial=token.info.serial,
        policy=token.info.policy,
        path=tuple(certificate_der(each) for each in path),
    )


def _require_asked(
    token: Token, signed: bytes, request: TimestampRequest, authority: Authority
) -> None:
    info = token.info
    if info.imprint_algorithm != "sha256" or info.imprint != sha256(signed).digest():
        raise CheckFailed("the timestamp is over other bytes than this checkpoint")
    if request.imprint != info.imprint:
        raise CheckFailed("the request that was kept is about other bytes than this checkpoint")
    if info.nonce != request.nonce:
        raise CheckFailed("the timestamp answers another request: its nonce is not the one sent")
    if authority.policies and info.policy not in authority.policies:
        raise CheckFailed(f"{authority.name} stamped under {info.policy}, not an accepted policy")


def _readable(certificates: Sequence[bytes]) -> list[x509.Certificate]:
    found = []
    for der in dict.fromkeys(certificates):
        try:
            found.append(parse_certificate(der))
        except Malformed:
            continue  # a link that cannot be read links nothing; the path is judged without it
    return found
