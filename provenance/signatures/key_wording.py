"""Words for signatures by a bare key: OpenPGP, SSH, minisign, signify, Sigstore.

No authority vouches for such a key, and most of them carry no name: where the others speak of a
certificate and an anchor, these speak of a key and of what the desk has found out about it (a pin).
"""

from typing import Final

from provenance.signatures.axes import Headline, Kind, Signer
from provenance.signatures.model import SignatureStatus

KEYS: Final = frozenset({Kind.OPENPGP, Kind.SSH, Kind.MINISIGN, Kind.SIGNIFY, Kind.SIGSTORE})
"""Kinds that are spoken of in these words."""

UNPROVEN: Final = "That does not prove that the person meant, wrote or read every word."
"""What no signature shows, whoever vouches for its key."""


def say_key(status: SignatureStatus) -> str | None:
    """Return the sentence for a status, with its blanks; None where the usual one will do."""
    if status.kind not in KEYS:
        return None
    if status.headline is Headline.VERIFIED:
        return (
            "{what} {where} is intact, covers the document as it is now, and was made with the key"
            " of {who}, which this desk has pinned."
        )
    if status.kind is Kind.SIGSTORE and status.headline is Headline.INTACT_UNKNOWN_SIGNER:
        return (
            "{what} {where} is intact: the signed bytes have not changed. It was made as {who},"
            " an identity that this desk has not pinned."
        )
    if status.headline is Headline.INTACT_UNKNOWN_SIGNER:
        calls = " It calls itself {who}." if status.identity.subject else ""
        return (
            "{what} {where} is intact: the signed bytes have not changed. The key is unknown to"
            f" this desk.{calls}"
        )
    if status.headline is Headline.INTACT_TIME_UNPROVEN:
        return (
            "{what} {where} is intact and was made with the key of {who}, which this desk has"
            " pinned, but the key or its pin does not hold today, and nothing but the signer's own"
            " clock says when it was used."
        )
    return None


def key_identity(status: SignatureStatus, who: str) -> str:
    """Return who made it, and what that does not prove."""
    key = status.identity.fingerprint
    named = f" (key {key})" if key else ""
    if status.signer is Signer.PINNED:
        return f"Who: {who}{named}, as this desk has found out. {UNPROVEN}"
    if status.signer is Signer.MISMATCH:
        return f"Who: {who}{named}, and the document names {status.claimed_author!r}."
    if status.kind is Kind.SIGSTORE and status.signer is Signer.UNKNOWN:
        checked = status.identity.issuer or "somebody it does not name"
        return f"Who: {who}, as {checked} checked; this desk has not pinned that identity."
    if status.signer is Signer.UNKNOWN:
        calls = f"; the key calls itself {who}" if status.identity.subject else ""
        return f"Who: unknown{named}{calls}. Anyone can make a key with any name."
    return f"Who: not known; the signature names key {key}." if key else "Who: it names nobody."


def paper(status: SignatureStatus) -> str:
    """Return what is judged and can be revoked: a key, or a certificate."""
    bare = KEYS | {Kind.DKIM, Kind.ARC}
    return "key" if status.kind in bare else "certificate"
