"""Who made an OpenPGP signature, and whether the key held when it says it was made.

A pinned key is judged by the rules of `pinning`, with what the key's own checked signatures say
(`state`). A key that came along with the document makes an unknown signer, however it calls
itself; that it has revoked itself is believed. The sender of a mail is compared with the e-mail
addresses that the key claims with its own signature (`mime.identity`). A fingerprint is the name of
a key, user IDs are what its holder typed.
"""

import hashlib
import re
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from provenance.instants import format_instant
from provenance.signatures.axes import CertAtTime, Integrity, Signer
from provenance.signatures.disowning import disowned, is_out
from provenance.signatures.mime.identity import judge_sender
from provenance.signatures.mime.senders import Senders
from provenance.signatures.model import SignatureStatus, SignerIdentity
from provenance.signatures.openpgp.keyring import Candidate
from provenance.signatures.openpgp.selfsigs import spki_sha256
from provenance.signatures.openpgp.signature import SignaturePacket
from provenance.signatures.openpgp.state import state_at, user_ids_of
from provenance.signatures.pinning import (
    KeyState,
    Reference,
    State,
    coded,
    judge_pin,
    noted,
)
from provenance.signatures.text import tame
from provenance.trust.model import TrustSet

_ADDRESS: Final = re.compile(r"(?:^|<)([^\s<>@]{1,64}@[^\s<>@]{1,255})(?:>|$)")


def describe(status: SignatureStatus, signature: SignaturePacket) -> SignatureStatus:
    """Name the key that a signature says it was made with, where nothing more is known."""
    named = signature.issuer_fingerprint or signature.issuer_key_id
    return replace(status, identity=SignerIdentity(fingerprint=named))


def vouch(
    status: SignatureStatus,
    chosen: Candidate,
    signature: SignaturePacket,
    trust: TrustSet,
    reference: Reference,
    *,
    senders: Senders | None,
) -> SignatureStatus:
    """Answer who and when, as if the signature held; integrity is judged elsewhere."""
    names = user_ids_of(chosen.certificate)
    emails = tuple(found[1].casefold() for name in names if (found := _ADDRESS.search(name)))
    status = replace(status, identity=_identity(chosen, names, emails))
    status = _noted_times(status, chosen, signature, reference)
    if chosen.pin is None:
        status = _came_along(status, chosen, reference)
    else:
        status = judge_pin(status, chosen.pin, reference, key_at=partial(_state, chosen))
        status = replace(status, anchor_id=hashlib.sha256(chosen.pin.certificate).hexdigest())
    if "signature-expired" in status.native_codes and status.cert_at_time is CertAtTime.VALID:
        status = replace(status, cert_at_time=CertAtTime.EXPIRED)
    if is_out(status.identity.spki_sha256, trust):
        status = disowned(status)
    if senders is None:
        return status
    # The sender is compared for intact signatures only; a second engine may still say that it is.
    compared = judge_sender(replace(status, integrity=Integrity.INTACT), emails, senders)
    return replace(compared, integrity=status.integrity)


def _state(chosen: Candidate, instant: datetime) -> KeyState:
    return state_at(chosen.certificate, chosen.key, instant)


def _identity(chosen: Candidate, names: tuple[str, ...], emails: tuple[str, ...]) -> SignerIdentity:
    said = chosen.pin.person if chosen.pin else next(iter(names), None)
    return SignerIdentity(
        subject=tame(said, 500) if said else None,
        email=tame(emails[0], 200) if emails else None,
        spki_sha256=spki_sha256(chosen.key),
        fingerprint=chosen.certificate.primary.fingerprint,
    )


def _noted_times(
    status: SignatureStatus, chosen: Candidate, signature: SignaturePacket, reference: Reference
) -> SignatureStatus:
    """Say what is odd about the times; an engine may refuse the signature for each of these."""
    created = signature.created
    if signature.expires is not None and signature.expires <= reference.now:
        text = f"its maker let it expire on {format_instant(signature.expires)}"
        status = noted(status, "signature-expired", text)
    if created is None:
        return noted(status, "no-time", "it does not say when it was made")
    if created > reference.at:
        status = noted(status, "claimed-in-future", "it claims to have been made in the future")
    if _state(chosen, created).binding_later:
        text = "everything by which the key file lets this key sign is younger than the signature"
        status = noted(status, "binding-newer-than-signature", text)
    return status


def _came_along(
    status: SignatureStatus, chosen: Candidate, reference: Reference
) -> SignatureStatus:
    text = "the key came along with the document; whoever made the document chose it"
    status = replace(noted(status, "key-came-along", text), signer=Signer.UNKNOWN)
    now = _state(chosen, reference.now)
    status = replace(status, reference_time_used=reference.now)
    if now.state is State.REVOKED:
        state = CertAtTime.COMPROMISED_KEY if now.compromised else CertAtTime.REVOKED
        return replace(coded(status, "key-revoked"), cert_at_time=state)
    return status if now.state is State.VALID else coded(status, f"key-{now.state}")
