"""Two small files that travel between machines: a request for enrolment, and an admin's consent.

Both are one line of canonical JSON and hold nothing secret: a public key or its id, and a
signature that serves one purpose on one log. So a newcomer never hands over a private key, and a
second admin never lends one.

    request   {"claim":{kid,possession,public_key},"log":…,"role":…,"v":"…/key-request@v1"}
    consent   {"compromised_since":…,"kid":…,"log":…,"second":{kid,signature},"v":"…/revocation@v1"}

Refused: any other spelling, a file for another log, a claim that its key did not sign. Whether the
key is the person's who says so is not in the file: compare `kid` by telephone or on paper.
"""

from dataclasses import dataclass
from typing import Final

from provenance.errors import Malformed
from provenance.ledger.base64text import decode_base64url, encode_base64url
from provenance.ledger.canonical import canonical_text, parse_canonical
from provenance.ledger.keyacts import ROLES, Second, cosign_revocation, key_claim, read_claim
from provenance.ledger.keys import PublicKey, Signer
from provenance.records import Json

REQUEST: Final = "provenance-desk/key-request@v1"
CONSENT: Final = "provenance-desk/revocation@v1"
MAX_FILE: Final = 4096  # bytes; a request has about 450


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRequest:
    """A new key that asks to be enrolled; its possession is proved."""

    key: PublicKey
    role: str
    """The role that the newcomer signed for; no other can be given with this request."""
    claim: Json
    """As it goes into the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A second admin's part of a revocation. Its signature is NOT verified yet."""

    kid: str
    """The key that is to end."""
    compromised_since: int | None
    second: Second


def write_key_request(new: Signer, *, origin: str, role: str) -> bytes:
    """Return the file of a request, signed by the new key.

    Raises:
        UsageError: no such role.
    """
    claim = key_claim(new, origin=origin, role=role)
    return _file({"v": REQUEST, "log": origin, "role": role, "claim": claim})


def read_key_request(data: bytes, *, origin: str) -> KeyRequest:
    """Return what a request asks of this log.

    Raises:
        Malformed: see the module.
    """
    match _parsed(data):
        case {"v": v, "log": str(log), "role": str(role), "claim": claim, **rest} if (
            v == REQUEST and not rest and role in ROLES
        ):
            _require_log(log, origin)
            return KeyRequest(
                key=read_claim(claim, origin=origin, role=role), role=role, claim=claim
            )
    raise Malformed("not a request as `prov key request` writes it")


def write_consent(admin: Signer, kid: str, *, origin: str, compromised_since: int | None) -> bytes:
    """Return the file by which a second admin consents to a revocation."""
    second = cosign_revocation(admin, kid, origin=origin, compromised_since=compromised_since)
    part: Json = {"kid": second[0], "signature": encode_base64url(second[1])}
    return _file(
        {
            "v": CONSENT,
            "log": origin,
            "kid": kid,
            "compromised_since": compromised_since,
            "second": part,
        }
    )


def read_consent(data: bytes, *, origin: str) -> Consent:
    """Return what a second admin consents to.

    Raises:
        Malformed: see the module.
    """
    match _parsed(data):
        case {
            "v": v,
            "log": str(log),
            "kid": str(kid),
            "compromised_since": int() | None as since,
            "second": {"kid": str(by), "signature": str(signature), **more},
            **rest,
        } if v == CONSENT and not rest and not more and not isinstance(since, bool):
            _require_log(log, origin)
            second = (by, decode_base64url(signature, length=64))
            return Consent(kid=kid, compromised_since=since, second=second)
    raise Malformed("not a consent as `prov key cosign-revocation` writes it")


def _parsed(data: bytes) -> Json:
    return parse_canonical(data.removesuffix(b"\n"), limit=MAX_FILE)


def _file(value: Json) -> bytes:
    return canonical_text(value).encode() + b"\n"


def _require_log(log: str, origin: str) -> None:
    if log != origin:
        raise Malformed("this file was made for another desk")
