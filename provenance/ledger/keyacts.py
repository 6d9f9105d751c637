"""What the four key records hold: their hidden fields, written and read in one place.

| record | fields |
|---|---|
| log.genesis | `charter` {origin, log_key, policy}; `admins` [key claim]; `person_1`, `person_2` |
| key.enrolled | `key` key claim; `role`; `person` |
| key.rotated | `key` key claim; `replaces` kid |
| key.revoked | `revoked` {kid, compromised_since}; `reason`; `second` {kid, signature} or absent |

A key claim is {kid, public_key, possession}; possession is the new key's own signature over what is
claimed for it, so nobody enrols a key that is not his. Names are sealed each under its person, so
that one can be erased without the keys. Reading refuses missing fields, wrong shapes, a kid that is
not the key's thumbprint, and a possession that the key did not sign.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from provenance.errors import Malformed, UsageError
from provenance.ledger.base64text import decode_base64url, encode_base64url
from provenance.ledger.keys import PublicKey, Signer, parse_public_key
from provenance.ledger.note import ED25519, NoteKey, parse_vkey
from provenance.records import HiddenField, Json

Fields: TypeAlias = Mapping[str, Json]
Second: TypeAlias = tuple[str, bytes]
"""A second admin's kid, and its signature over `revocation_message`."""

ROLES: Final = frozenset({"custodian", "editor", "admin", "auditor"})
MAX_FIRST_ADMINS: Final = 2  # genesis has five digests: the list, charter, admins and one name each
_DESK: Final = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Genesis:
    """What the first entry lays down."""

    log_key: NoteKey
    policy: Json
    """Which witnesses the desk asks for; opaque here."""
    admins: tuple[PublicKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """That a key is to count no longer."""

    kid: str
    compromised_since: int | None
    """Log size from which on the key may have been in other hands; None = not stated."""
    second: Second | None


def genesis_fields(
    log_key: NoteKey, policy: Json, admins: Sequence[tuple[Signer, str]]
) -> tuple[HiddenField, ...]:
    """Return the fields of `log.genesis`; `admins` are one or two keys with their persons' names.

    Raises:
        UsageError: no admin, or more than two.
    """
    if not 1 <= len(admins) <= MAX_FIRST_ADMINS:
        raise UsageError("a log begins with one admin or two; enrol others afterwards")
    charter: Json = {"origin": log_key.name, "log_key": log_key.vkey(), "policy": policy}
    claims: list[Json] = [_claim(signer, log_key.name, "admin", "-") for signer, _ in admins]
    names = [
        HiddenField(name=f"person_{at}", value=name, subject=f"person:{signer.public_key.kid}")
        for at, (signer, name) in enumerate(admins, 1)
    ]
    return (
        HiddenField(name="charter", value=charter, subject=_DESK),
        HiddenField(name="admins", value=claims, subject=_DESK),
        *names,
    )


def claimed_fields(claim: Json, kid: str, *, role: str, person: str) -> tuple[HiddenField, ...]:
    """Return the fields of `key.enrolled` for a claim that the new key signed elsewhere."""
    return (
        HiddenField(name="key", value=claim, subject=_DESK),
        HiddenField(name="role", value=role, subject=_DESK),
        HiddenField(name="person", value=person, subject=f"person:{kid}"),
    )


def key_claim(signer: Signer, *, origin: str, role: str) -> Json:
    """Return what a new key says of itself, with its signature: public, and for one log only.

    Raises:
        UsageError: no such role.
    """
    if role not in ROLES:
        raise UsageError(f"no such role: {role}")
    return _claim(signer, origin, role, "-")


def read_claim(claim: Json, *, origin: str, role: str) -> PublicKey:
    """Return the key of a claim for enrolment.

    Raises:
        Malformed: see the module.
    """
    return _read_claim(claim, origin, role, "-")


def rotation_fields(
    new: Signer, *, origin: str, role: str, replaces: str
) -> tuple[HiddenField, ...]:
    """Return the fields of `key.rotated`, an entry that the key to be replaced signs."""
    return (
        HiddenField(name="key", value=_claim(new, origin, role, replaces), subject=_DESK),
        HiddenField(name="replaces", value=replaces, subject=_DESK),
    )


def revocation_fields(
    kid: str, *, reason: str, compromised_since: int | None, second: Second | None
) -> tuple[HiddenField, ...]:
    """Return the fields of `key.revoked`; `second` is the other admin's part where two sign."""
    revoked: Json = {"kid": kid, "compromised_since": compromised_since}
    fields = [
        HiddenField(name="revoked", value=revoked, subject=_DESK),
        HiddenField(name="reason", value=reason, subject=_DESK),
    ]
    if second is not None:
        other, signature = second
        value: Json = {"kid": other, "signature": encode_base64url(signature)}
        fields.append(HiddenField(name="second", value=value, subject=_DESK))
    return tuple(fields)


def cosign_revocation(
    signer: Signer, kid: str, *, origin: str, compromised_since: int | None
) -> Second:
    """Return the second admin's part of a revocation: its kid and signature."""
    message = revocation_message(origin, kid, compromised_since)
    return signer.public_key.kid, signer.sign(message)


def read_genesis(fields: Fields, origin: str) -> Genesis:
    """Return what a genesis of the log `origin` lays down.

    Raises:
        Malformed: see the module.
    """
    match fields:
        case {
            "charter": {"origin": str(named), "log_key": str(vkey), "policy": policy},
            "admins": [_, *_] as claims,
        }:
            log_key = parse_vkey(vkey)
        case _:
            raise Malformed("a genesis without charter and admins")
    if named != origin or log_key.name != origin or log_key.kind != ED25519:
        raise Malformed("a genesis whose log key is that of another log")
    admins = tuple(_read_claim(claim, origin, "admin", "-") for claim in claims)
    if len({key.kid for key in admins}) != len(admins) or len(admins) > MAX_FIRST_ADMINS:
        raise Malformed("a genesis names one admin or two different ones")
    return Genesis(log_key=log_key, policy=policy, admins=admins)


def read_enrolment(fields: Fields, origin: str) -> tuple[PublicKey, str]:
    """Return the key that is enrolled, and its role.

    Raises:
        Malformed: see the module.
    """
    match fields:
        case {"key": claim, "role": str(role)} if role in ROLES:
            return _read_claim(claim, origin, role, "-"), role
    raise Malformed("an enrolment without a key and one of the four roles")


def read_rotation(fields: Fields, origin: str, role: str) -> tuple[PublicKey, str]:
    """Return the new key, and the kid of the one it replaces, which has this role.

    Raises:
        Malformed: see the module.
    """
    match fields:
        case {"key": claim, "replaces": str(replaces)}:
            return _read_claim(claim, origin, role, replaces), replaces
    raise Malformed("a rotation without the new key and the old one's kid")


def read_revocation(fields: Fields) -> Revocation:
    """Return which key counts no longer.

    Raises:
        Malformed: see the module.
    """
    match fields:
        case {"revoked": {"kid": str(kid), "compromised_since": int() | None as since}}:
            pass
        case _:
            raise Malformed("a revocation that names no key")
    if isinstance(since, bool) or (since is not None and since < 0):
        raise Malformed("a revocation whose compromised_since is no log size")
    second = None
    match fields.get("second"):
        case None:
            pass
        case {"kid": str(other), "signature": str(signature)}:
            second = (other, decode_base64url(signature, length=64))
        case _:
            raise Malformed("a revocation whose second signature has no kid or no signature")
    return Revocation(kid=kid, compromised_since=since, second=second)


def revocation_message(origin: str, kid: str, compromised_since: int | None) -> bytes:
    """Return what the second admin signs."""
    since = "-" if compromised_since is None else str(compromised_since)
    return f"provenance-desk/revoke@v1\n{origin}\n{kid}\n{since}\n".encode()


def _claim(signer: Signer, origin: str, role: str, replaces: str) -> Json:
    key = signer.public_key
    return {
        "kid": key.kid,
        "public_key": key.ssh_text(),
        "possession": encode_base64url(signer.sign(_possession(key, origin, role, replaces))),
    }


def _read_claim(claim: Json, origin: str, role: str, replaces: str) -> PublicKey:
    match claim:
        case {"kid": str(kid), "public_key": str(text), "possession": str(signature)}:
            key = parse_public_key(text)
        case _:
            raise Malformed("a key claim has kid, public_key and possession")
    if key.kid != kid:
        raise Malformed("a key claim whose kid is not the key's thumbprint")
    proof = decode_base64url(signature, length=64)
    if not key.verify(proof, _possession(key, origin, role, replaces)):
        raise Malformed("a key claim that the claimed key has not signed")
    return key


def _possession(key: PublicKey, origin: str, role: str, replaces: str) -> bytes:
    # The first line keeps this apart from entries (which begin with eyJ), notes and revocations.
    return f"provenance-desk/enrol@v1\n{origin}\n{key.kid}\n{role}\n{replaces}\n".encode()
