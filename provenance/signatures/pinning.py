"""Who made an intact signature, for formats whose keys carry no certificate of an authority.

A pin is a key of which the desk has found out whose it is, with the period for which it relies on
that. The reference time decides, is chosen by rule and recorded, as for certificates
(`vouching`):
  1. the caller's reference time, when one is given;
  2. else now: a key that holds today and is pinned for today needs no earlier proof;
  3. else the time that the signature claims; what holds only then is UNPROVEN.
A key that revoked itself for a reason that reaches back is REVOKED whatever else holds. A pin
outside its period vouches for nothing. A key that came along with the document is never a pin:
whoever made the document chose it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, unique
from typing import Protocol

from provenance.signatures.axes import CertAtTime, Signer
from provenance.signatures.model import SignatureStatus


@unique
class State(StrEnum):
    """What a key says of itself for an instant."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    REVOKED = "revoked"
    UNBOUND = "unbound"
    """No signature of its own that could be checked says that it may be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """The state of one key at one instant."""

    state: State = State.VALID
    hard: bool = False
    """Revoked for a reason that reaches back to the beginning."""
    compromised: bool = False
    """The revocation says that somebody else has the key."""
    revoked_at: datetime | None = None
    binding_later: bool = False
    """Everything by which the key may be used was signed after the instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The time that a judgement depends on."""

    at: datetime
    """Now, as the caller says."""
    by_hand: datetime | None = None
    """Overrides the choice of the reference time."""

    @property
    def now(self) -> datetime:
        """The reference time given by hand, else now."""
        return self.by_hand or self.at


class Pin(Protocol):
    """What pins of all kinds have in common."""

    @property
    def person(self) -> str:
        """Whose key it is, as the desk has found out."""
        ...

    @property
    def valid_from(self) -> datetime | None:
        """The desk relies on it from then on."""
        ...

    @property
    def valid_to(self) -> datetime | None:
        """And until then."""
        ...


def covers(pin: Pin, instant: datetime) -> bool:
    """Tell whether a pin is relied on for an instant; both ends belong to its period."""
    return (pin.valid_from is None or pin.valid_from <= instant) and (
        pin.valid_to is None or instant <= pin.valid_to
    )


def always_valid(_instant: datetime) -> KeyState:
    """State of a plain public key, which says nothing of itself."""
    return KeyState()


def judge_pin(
    status: SignatureStatus,
    pin: Pin,
    reference: Reference,
    *,
    key_at: Callable[[datetime], KeyState] = always_valid,
) -> SignatureStatus:
    """Answer signer, state of the key and reference time of a signature by a pinned key.

    Args:
        status: with the time it claims filled in.
        pin: the pin of the key that made it.
        reference: now, or the time given by hand.
        key_at: what the key says of itself for an instant.
    """
    now = key_at(reference.now)
    if now.state is State.REVOKED:
        return _revoked(status, now, reference)
    if covers(pin, reference.now) and now.state is State.VALID:
        return _pinned(status, CertAtTime.VALID, reference.now)
    claimed = status.claimed_time
    if reference.by_hand is None and claimed is not None and covers(pin, claimed):
        return _at_claimed(status, key_at(claimed), claimed)
    if covers(pin, reference.now):
        return _pinned(status, _STATES[now.state], reference.now, f"key-{now.state}")
    if claimed is None and reference.by_hand is None:
        # The pin's period is over and nothing says when this was made.
        return _pinned(status, CertAtTime.UNPROVEN, reference.now, "outside-pin-window")
    return replace(
        coded(status, "outside-pin-window"),
        signer=Signer.UNKNOWN,
        reference_time_used=reference.now,
    )


def _at_claimed(status: SignatureStatus, then: KeyState, claimed: datetime) -> SignatureStatus:
    if then.state is State.VALID:
        return _pinned(status, CertAtTime.UNPROVEN, claimed, "out-of-bounds-no-poe")
    return _pinned(status, _STATES[then.state], claimed, f"key-{then.state}")


def _revoked(status: SignatureStatus, now: KeyState, reference: Reference) -> SignatureStatus:
    claimed = status.claimed_time
    earlier = (
        reference.by_hand is None
        and claimed is not None
        and now.revoked_at is not None
        and claimed < now.revoked_at
    )
    if earlier and not now.hard:
        return _pinned(status, CertAtTime.UNPROVEN, claimed, "revoked-no-poe")
    state = CertAtTime.COMPROMISED_KEY if now.compromised else CertAtTime.REVOKED
    return _pinned(status, state, reference.now, "key-revoked")


def _pinned(
    status: SignatureStatus, state: CertAtTime, moment: datetime | None, code: str | None = None
) -> SignatureStatus:
    return replace(
        coded(status, code), signer=Signer.PINNED, cert_at_time=state, reference_time_used=moment
    )


def coded(status: SignatureStatus, *codes: str | None) -> SignatureStatus:
    """Return the status with codes added, each once."""
    kept = dict.fromkeys((*status.native_codes, *(one for one in codes if one)))
    return replace(status, native_codes=tuple(kept))


def noted(status: SignatureStatus, code: str | None, warning: str) -> SignatureStatus:
    """Return the status with a code, if any, and a warning in plain words added, each once."""
    warnings = tuple(dict.fromkeys((*status.warnings, warning)))
    return replace(coded(status, code), warnings=warnings)


_STATES = {
    State.VALID: CertAtTime.VALID,
    State.EXPIRED: CertAtTime.EXPIRED,
    State.NOT_YET: CertAtTime.NOT_YET_VALID,
    State.REVOKED: CertAtTime.REVOKED,
    State.UNBOUND: CertAtTime.UNPROVEN,
}
