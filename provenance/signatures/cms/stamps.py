"""Does a time-stamp token (RFC 3161) inside or beside a signature prove when something existed?

Rules, in order; the first that fails ends the check and the stamp counts for nothing:
  1. token, or response that holds one, in DER, one signer, TSTInfo to the byte: the strict code of
     the desk's own stamps (`provenance.outside`), which also limits the algorithms;
  2. the imprint is the digest of exactly the bytes it is said to be over (SHA-2 only);
  3. its signature holds, and its certificate is critically for time stamping and nothing else;
  4. that certificate chains to an anchor of the desk for time stamps, NOW: an authority whose key
     is out of use could have been made to stamp any time, and one on the compromised list has been;
  5. the stamped time, with its stated accuracy, has come already.
A stamp that fails leaves a code behind and never makes a signature worse than one without a stamp.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from asn1crypto import x509

from provenance.errors import CheckFailed, DeskError, Malformed
from provenance.outside.timestamp_chain import require_stamping
from provenance.outside.timestamp_response import Token, parse_response, parse_token
from provenance.outside.timestamp_signature import certificate_der, require_signed
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import CertAtTime, Integrity, Kind, Presence, Signer
from provenance.signatures.model import Locator, SignatureStatus
from provenance.signatures.text import tame
from provenance.signatures.vouching import Presented, Stamp, TrustContext, judge_signer
from provenance.trust.model import Purpose

_IMPRINTS: Final = frozenset({"sha256", "sha384", "sha512"})
_SKEW: Final = timedelta(minutes=5)  # how far the clocks of desk and authority may lie apart


@dataclass(frozen=True, slots=True, kw_only=True)
class NoStamp:
    """A time stamp that proves nothing here, and why."""

    code: str
    """`timestamp-unreadable`, `timestamp-weak`, `timestamp-other-data`, `timestamp-broken`,
    `timestamp-authority-unknown` or `timestamp-in-the-future`."""
    why: str
    """Plain words, tamed."""


def judge_timestamp_token(
    der: bytes, *, imprint_of: bytes, context: TrustContext
) -> Stamp | NoStamp:
    """Judge a token, or a response that holds one; total on any bytes.

    Args:
        der: TimeStampToken or TimeStampResp.
        imprint_of: what it must be over, before hashing.
        context: the desk's trust and the time.
    """
    token = attempt("timestamp", lambda: _token(der))
    if isinstance(token, Fault):
        return NoStamp(code="timestamp-unreadable", why=f"it cannot be read{token.because}")
    refused = _other_data(token, imprint_of)
    if refused is not None:
        return refused
    signer = attempt("timestamp-signature", lambda: _signer(token))
    if isinstance(signer, Fault):
        return NoStamp(code="timestamp-broken", why=f"its signature does not hold{signer.because}")
    if token.info.at > context.at + _SKEW + (token.info.accuracy or timedelta()):
        return _none("timestamp-in-the-future", "it states a time that has not come yet")
    if attempt("timestamp-chain", lambda: _vouched(token, signer, context)) is not True:
        return _none("timestamp-authority-unknown", "no anchor of this desk vouches for its key")
    return Stamp(moment=token.info.at, authority=tame(signer.subject.human_friendly, 500))


def _other_data(token: Token, imprint_of: bytes) -> NoStamp | None:
    """Rule 2."""
    name = token.info.imprint_algorithm
    if name not in _IMPRINTS:
        return _none("timestamp-weak", f"its digest, {tame(name, 40)}, is not accepted")
    if hashlib.new(name, imprint_of).digest() != token.info.imprint:
        return _none("timestamp-other-data", "it was made for other bytes")
    return None


def _none(code: str, why: str) -> NoStamp:
    return NoStamp(code=code, why=why)


def _token(der: bytes) -> Token:
    """Read a token; a response is told by its first part, a status instead of an identifier."""
    try:
        return parse_token(der)
    except Malformed as error:
        try:
            answer = parse_response(der)
        except Malformed:
            raise error from None
    if answer.token is None:
        raise Malformed("a response that refuses to stamp")
    return parse_token(answer.token)


def _signer(token: Token) -> x509.Certificate:
    """Return the authority's certificate once the signature holds (rule 3).

    Raises:
        DeskError: it does not.
    """
    try:
        certificate = require_signed(token)
        require_stamping(certificate)
    except DeskError as error:
        raise CheckFailed(str(error)) from error
    return x509.Certificate.load(certificate_der(certificate))


def _vouched(token: Token, signer: x509.Certificate, context: TrustContext) -> bool:
    """Rule 4, by the same judgement as every other certificate."""
    others = tuple(x509.Certificate.load(der) for der in token.certificates)
    bare = SignatureStatus(
        id="timestamp",
        document_sha256="",
        kind=Kind.CMS,
        locator=Locator(name="time stamp"),
        presence=Presence.PRESENT,
        integrity=Integrity.INTACT,
    )
    found = judge_signer(
        bare,
        Presented(certificate=signer, others=others),
        TrustContext(trust=context.trust, at=context.at, reference_time=context.now),
        purpose=Purpose.TSA,
        claimed=None,
    )
    return found.signer is Signer.TRUSTED and found.cert_at_time is CertAtTime.VALID
