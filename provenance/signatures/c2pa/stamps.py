"""When a claim was signed: the time stamp in it (C2PA 10.3.2.5), checked by our own rules alone.

The library trusts any authority for claims of version 1, and one list for signers and authorities
alike; a desk's anchors for time stamps are large ones that issue mail certificates to anybody. So
its word on time is not taken. Rules, in order; the first that fails leaves the time a claim:
  1. exactly one token, and its imprint is over this claim (`sigTst`) or this signature (`sigTst2`);
  2. it is signed, by a certificate for time stamping and nothing else (`outside.timestamp_*`);
  3. that certificate chains, at the stamped time, to an anchor of the desk for time stamps.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from cryptography import x509

from provenance.errors import CheckFailed, Malformed
from provenance.outside.timestamp_chain import parse_certificate, require_chain, require_stamping
from provenance.outside.timestamp_response import Token, parse_response, parse_token
from provenance.outside.timestamp_signature import require_signed
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.c2pa.cose import ClaimSignature, countersigned
from provenance.signatures.text import tame
from provenance.signatures.vouching import Stamp, anchors_at
from provenance.trust.model import Purpose, TrustSet

_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """What is known about the moment of signing."""

    stamp: Stamp | None = None
    """By an authority that the desk relies on."""
    claimed: datetime | None = None
    """By any other."""
    warnings: tuple[str, ...] = ()


def judge_stamp(
    signature: ClaimSignature, claim: bytes, trust: TrustSet, *, said: datetime | None
) -> Timed:
    """Say when a claim was signed, and on whose word.

    Args:
        signature: of the claim, with the tokens in it.
        claim: the bytes that it is over.
        trust: the desk's anchors.
        said: the time as the library reads it, where it finds that the token holds.
    """
    if not signature.stamps:
        return Timed()
    read = attempt("time-stamp", lambda: _token(signature, claim))
    if isinstance(read, Fault):
        unread = read.kind == Malformed.__name__
        words = "could not be read here" if unread else "does not hold"
        return Timed(
            claimed=said if unread else None,
            warnings=(f"the time stamp {words} and proves nothing{read.because}",),
        )
    token, signer = read
    stamp = attempt("time-stamp", lambda: _stamp(token, signer, trust))
    if isinstance(stamp, Fault):
        return Timed(
            claimed=token.info.at,
            warnings=(f"the time stamp is by an authority unknown to this desk{stamp.because}",),
        )
    return Timed(stamp=stamp)


def _token(signature: ClaimSignature, claim: bytes) -> tuple[Token, x509.Certificate]:
    """Rule 1, and the first half of rule 2: a token that anybody may have signed."""
    if len(signature.stamps) != 1:
        raise CheckFailed(f"{len(signature.stamps)} time stamps where one may be")
    ((version, value),) = signature.stamps
    try:
        token = parse_token(value)
    except Malformed:  # version 1 keeps the authority's whole answer
        token = parse_token(parse_response(value).token or b"")
    over = countersigned(signature, claim if version == 1 else None)
    info = token.info
    if info.imprint_algorithm not in _HASHES:
        raise CheckFailed(f"imprint by {info.imprint_algorithm}")
    if hashlib.new(info.imprint_algorithm, over).digest() != info.imprint:
        raise CheckFailed("it is over something else")
    return token, require_signed(token)


def _stamp(token: Token, signer: x509.Certificate, trust: TrustSet) -> Stamp:
    """Rules 2 and 3."""
    require_stamping(signer)
    roots = [parse_certificate(one.der) for one in anchors_at(trust, Purpose.TSA, token.info.at)]
    links = [attempt("link", partial(parse_certificate, der)) for der in token.certificates]
    usable = [one for one in links if not isinstance(one, Fault)]
    require_chain(signer, usable, roots, token.info.at)
    return Stamp(moment=token.info.at, authority=tame(signer.subject.rfc4514_string(), 300))
