"""What a certificate says about one of its keys at an instant, by its own checked signatures.

Rules, in order; the first that applies is the state:
  1. the key, or its primary key, revoked itself for a hard reason (none given, compromised):
     REVOKED at any instant, because nobody knows since when others sign with it (RFC 9580 section
     5.2.3.31);
  2. revoked for a soft reason (superseded, retired) before the instant: REVOKED;
  3. no checked binding at all: UNBOUND;
  4. the instant lies before the key was made: NOT_YET; past its lifetime: EXPIRED; else VALID.
The newest checked binding that is not younger than the instant decides the lifetime; where all
are younger the oldest does, and that is said: a key file that was refreshed later looks like
this. Designated revokers are not followed: their keys are not in the certificate.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from provenance.signatures.openpgp.certificate import Certificate, KeyPacket
from provenance.signatures.openpgp.selfsigs import over_key, over_user_id
from provenance.signatures.openpgp.signature import (
    CERTIFICATION_REVOCATION,
    CERTIFICATIONS,
    DIRECT_KEY,
    KEY_REVOCATION,
    SUBKEY_BINDING,
    SUBKEY_REVOCATION,
    SignaturePacket,
)
from provenance.signatures.pinning import KeyState, State

_SOFT: Final = frozenset({1, 3})  # superseded, retired
_COMPROMISED: Final = 2
_SIGNS: Final = 0x02  # RFC 9580 section 5.2.3.29
_EVER: Final = datetime.max.replace(tzinfo=UTC)


def user_ids_of(certificate: Certificate) -> tuple[str, ...]:
    """Return the names that the key claims with its own checked signature and did not take back."""
    found = []
    for user in certificate.user_ids:
        kinds = {
            one.kind
            for one in user.signatures
            if one.kind in CERTIFICATIONS | {CERTIFICATION_REVOCATION}
            and over_user_id(certificate.primary, user, one)
        }
        if kinds & CERTIFICATIONS and CERTIFICATION_REVOCATION not in kinds:
            found.append(user.text)
    return tuple(found)


def state_at(certificate: Certificate, key: KeyPacket, instant: datetime) -> KeyState:
    """Return the state of a key of the certificate at an instant."""
    primary = certificate.primary
    revocations = [*_checked(primary, (KEY_REVOCATION,), None)]
    states = [_lifetime(primary, bindings_of(certificate, primary), instant)]
    if key is not primary:
        revocations += _checked(primary, (SUBKEY_REVOCATION,), key)
        states.append(_lifetime(key, bindings_of(certificate, key), instant))
    revoked = _revoked(revocations, instant)
    if revoked is not None:
        return revoked
    worst = min(states, key=_rank)
    later = any(one.binding_later for one in states)
    return KeyState(
        state=worst.state,
        binding_later=later,
        revoked_at=min((_made(one) for one in revocations), default=None),
    )


def may_sign(certificate: Certificate, key: KeyPacket) -> bool:
    """Tell whether a checked binding lets the key sign documents, or none says anything of use.

    A key made for encryption alone also makes good signatures, when somebody forces it to.
    """
    flags = [one.key_flags for one in bindings_of(certificate, key) if one.key_flags is not None]
    return not flags or any(one & _SIGNS for one in flags)


def bindings_of(certificate: Certificate, key: KeyPacket) -> tuple[SignaturePacket, ...]:
    """Return the checked signatures by which a key of the certificate may be used at all."""
    if key is certificate.primary:
        return _self_signatures(certificate)
    return _checked(certificate.primary, (SUBKEY_BINDING,), key)


def _checked(
    primary: KeyPacket, kinds: tuple[int, ...], subkey: KeyPacket | None
) -> tuple[SignaturePacket, ...]:
    """Signatures of these kinds that the primary key really made over itself or over a subkey."""
    return tuple(
        one
        for one in (subkey or primary).signatures
        if one.readable and one.kind in kinds and over_key(primary, one, subkey)
    )


def _self_signatures(certificate: Certificate) -> tuple[SignaturePacket, ...]:
    """What sets the primary key's lifetime: signatures over the key itself, else over its names."""
    primary = certificate.primary
    direct = _checked(primary, (DIRECT_KEY,), None)
    if any(one.key_lifetime or one.key_flags for one in direct):
        return direct
    named = tuple(
        one
        for user in certificate.user_ids
        for one in user.signatures
        if one.kind in CERTIFICATIONS and over_user_id(primary, user, one)
    )
    return named or direct


def _lifetime(key: KeyPacket, bindings: Iterable[SignaturePacket], instant: datetime) -> KeyState:
    found = sorted(bindings, key=_made)
    if not found:
        return KeyState(state=State.UNBOUND)
    before = [one for one in found if _made(one) <= instant]
    binding = before[-1] if before else found[0]
    later = not before
    if instant < key.created:
        return KeyState(state=State.NOT_YET, binding_later=later)
    if binding.key_lifetime is not None and instant >= key.created + binding.key_lifetime:
        return KeyState(state=State.EXPIRED, binding_later=later)
    return KeyState(state=State.VALID, binding_later=later)


def _revoked(revocations: list[SignaturePacket], instant: datetime) -> KeyState | None:
    hard = [one for one in revocations if one.reason not in _SOFT]
    past = [one for one in revocations if _made(one) <= instant]
    if not hard and not past:
        return None
    return KeyState(
        state=State.REVOKED,
        hard=bool(hard),
        compromised=any(one.reason == _COMPROMISED for one in hard),
        revoked_at=min(map(_made, hard or past)),
    )


def _made(signature: SignaturePacket) -> datetime:
    """A signature without a time counts as made after everything: it cannot vouch for the past."""
    return signature.created or _EVER


def _rank(state: KeyState) -> int:
    order = (State.UNBOUND, State.NOT_YET, State.EXPIRED, State.VALID)
    return order.index(state.state)
