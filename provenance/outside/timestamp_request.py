"""The question to a timestamp authority: RFC 3161 section 2.4.1, in exactly one encoding.

Version 1, SHA-256 imprint of the checkpoint as first signed, a random nonce of 8 bytes, certReq
true so that the token carries its signer's certificates, no policy, no extensions. A request is
made once for a checkpoint and kept: every authority is asked the same, and an answer is held
against it whenever it is read again. What parses re-encodes to the same bytes; other hash
functions, missing nonces and certReq false are refused, for this desk never writes them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from asn1crypto import tsp

from provenance.errors import Malformed
from provenance.outside.der import parsed, require_der

NONCE_SIZE: Final = 8  # bytes, the first bit set so that every nonce has the same length
QUERY_TYPE: Final = "application/timestamp-query"  # RFC 3161 section 3.4
REPLY_TYPE: Final = "application/timestamp-reply"
IMPRINT_SIZE: Final = 32  # bytes: SHA-256


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampRequest:
    """What an authority is asked."""

    imprint: bytes
    """SHA-256 of the checkpoint as first signed, 32 bytes: all that the authority learns."""
    nonce: int
    """Comes back unchanged in the answer; 64 bits."""

    def encode(self) -> bytes:
        """Return the DER of TimeStampReq."""
        request = tsp.TimeStampReq(
            {
                "version": 1,
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "hashed_message": self.imprint,
                },
                "nonce": self.nonce,
                "cert_req": True,
            }
        )
        return bytes(request.dump())


def new_request(signed: bytes, random: Callable[[int], bytes]) -> TimestampRequest:
    """Return a new request over bytes: `as_first_signed` of a checkpoint."""
    nonce = int.from_bytes(random(NONCE_SIZE)) | 1 << (8 * NONCE_SIZE - 1)
    return TimestampRequest(imprint=sha256(signed).digest(), nonce=nonce)


def parse_timestamp_request(data: bytes) -> TimestampRequest:
    """Return the request of its DER.

    Raises:
        Malformed: not a request as this desk writes it.
    """
    require_der(data)
    request = parsed("a timestamp request", lambda: _read(data))
    if len(request.imprint) != IMPRINT_SIZE or request.encode() != data:
        raise Malformed("not a timestamp request as this desk writes it")
    return request


def _read(data: bytes) -> TimestampRequest:
    value = tsp.TimeStampReq.load(data, strict=True)
    imprint = bytes(value["message_imprint"]["hashed_message"].native)
    nonce = value["nonce"].native
    if not isinstance(nonce, int) or nonce.bit_length() != 8 * NONCE_SIZE or nonce < 0:
        raise Malformed("a timestamp request without a nonce of 64 bits")
    return TimestampRequest(imprint=imprint, nonce=nonce)
