"""What each validation code of C2PA means for us; one table, closed at the careful end.

Broken means: a hash or a signature does not match. Everything else that fails leaves the question
open, whatever the library calls it: a code that is not in the table is CANNOT_CHECK, because the
next version of the library will have new ones, and camera files of an earlier year must not read
as altered. Codes: C2PA technical specification, section "Standard status codes"; CAWG 1.3.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum, unique
from typing import Final


@unique
class Effect(StrEnum):
    """What a failed code does to an answer."""

    BROKEN = "broken"
    UNTRUSTED = "untrusted"
    """The signer's chain ends in no anchor: unknown, nothing more."""
    EXPIRED = "expired"
    REVOKED = "revoked"
    STAMP = "stamp"
    """The time stamp proves nothing; the rest stands."""
    IDENTITY = "identity"
    """About an identity assertion (CAWG), which is a signature of its own."""
    INGREDIENT_BROKEN = "ingredient-broken"
    INGREDIENT_OPEN = "ingredient-open"
    CANNOT_CHECK = "cannot-check"


_EFFECTS: Final[Mapping[str, Effect]] = {
    "claimSignature.mismatch": Effect.BROKEN,
    "hashedURI.mismatch": Effect.BROKEN,
    "assertion.hashedURI.mismatch": Effect.BROKEN,
    "assertion.dataHash.mismatch": Effect.BROKEN,
    "assertion.bmffHash.mismatch": Effect.BROKEN,
    "assertion.boxesHash.mismatch": Effect.BROKEN,
    "assertion.collectionHash.mismatch": Effect.BROKEN,
    "assertion.multiAssetHash.mismatch": Effect.BROKEN,
    "signingCredential.untrusted": Effect.UNTRUSTED,
    "signingCredential.expired": Effect.EXPIRED,
    "claimSignature.outsideValidity": Effect.EXPIRED,
    "signingCredential.revoked": Effect.REVOKED,
    "signingCredential.ocsp.revoked": Effect.REVOKED,
    "timeStamp.mismatch": Effect.STAMP,
    "timeStamp.malformed": Effect.STAMP,
    "timeStamp.outsideValidity": Effect.STAMP,
    "timeStamp.untrusted": Effect.STAMP,
    "timeOfSigning.outsideValidity": Effect.STAMP,
    "ingredient.hashedURI.mismatch": Effect.INGREDIENT_BROKEN,
    "ingredient.manifest.mismatch": Effect.INGREDIENT_BROKEN,
    "ingredient.claimSignature.mismatch": Effect.INGREDIENT_BROKEN,
    "ingredient.manifest.missing": Effect.INGREDIENT_OPEN,
    "ingredient.claimSignature.missing": Effect.INGREDIENT_OPEN,
}
_HASHES: Final = ("dataHash", "bmffHash", "boxesHash", "collectionHash", "multiAssetHash")
BINDINGS: Final = frozenset(f"assertion.{name}.match" for name in _HASHES)
"""Success codes that say: the bytes of this file are those that were signed."""
UNBOUND: Final = frozenset(f"assertion.{name}.mismatch" for name in _HASHES)
"""Failure codes that say: they are others; of credentials without their file they say nothing."""
SIGNED: Final = "claimSignature.validated"
_OTHER_REASON: Final = frozenset({"algorithm.unsupported", "signingCredential.invalid"})
"""With one of these the library also reports `claimSignature.mismatch`, without comparing."""


def effect_of(code: str, explanation: str = "") -> Effect:
    """Return what a failed code does; unknown ones leave the question open."""
    if code.startswith("cawg."):
        return Effect.IDENTITY
    effect = _EFFECTS.get(code, Effect.CANNOT_CHECK)
    if effect is Effect.BROKEN and "not supported" in explanation:
        return Effect.CANNOT_CHECK  # a hash elsewhere: nothing was compared (SDK: verify_internal)
    return effect


def mismatch_is_hearsay(codes: Iterable[str]) -> bool:
    """Say whether `claimSignature.mismatch` among these may only stand for another reason."""
    return not _OTHER_REASON.isdisjoint(codes)
