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
_WORDS: Final[Mapping[str, str]] = {
    "signingCredential.untrusted": "the signer is unknown",
    "signingCredential.expired": "the signer's certificate had run out",
    "signingCredential.invalid": "the signer's certificate is not one that may sign credentials",
    "signingCredential.revoked": "the signer's certificate was called back",
    "signingCredential.ocsp.revoked": "the signer's certificate was called back",
    "claimSignature.missing": "the signature is not there",
    "claimSignature.outsideValidity": "it was signed outside the certificate's period of use",
    "claim.missing": "the signed list of contents is not there",
    "claim.multiple": "there is more than one signed list of contents",
    "claim.malformed": "the signed list of contents cannot be read",
    "claim.cbor.invalid": "the signed list of contents cannot be read",
    "claim.hardBindings.missing": "nothing in it is tied to the bytes of the file",
    "algorithm.unsupported": "it uses an algorithm that is not handled",
    "assertion.missing": "a statement that was signed is not there",
    "assertion.undeclared": "it holds a statement that nobody signed",
    "assertion.inaccessible": "a statement that was signed is kept elsewhere and was not fetched",
    "assertion.notRedacted": "a statement was taken out in a way that is not permitted",
    "assertion.selfRedacted": "a statement was taken out in a way that is not permitted",
    "hashedURI.missing": "a part that was signed is not there",
    "ingredient.manifest.missing": "the earlier file's own credentials are not there",
    "ingredient.claimSignature.missing": "the earlier file's own signature is not there",
    "ingredient.unknownProvenance": "the earlier file had no credentials",
    "manifest.inaccessible": "credentials are kept elsewhere and were not fetched",
    "general.error": "the program that reads credentials stopped at something",
    "timeStamp.untrusted": "its time stamp is by an unknown authority",
    "timeStamp.mismatch": "its time stamp is of something else",
    "timeStamp.malformed": "its time stamp cannot be read",
}
"""Failed codes in words; of others it is told what they are about."""
_ABOUT: Final[Mapping[str, str]] = {
    "ingredient": "an earlier file",
    "assertion": "a statement",
    "timeStamp": "the time stamp",
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


def say_codes(codes: Iterable[str]) -> str:
    """Return failed codes in plain words, each once; for one without words, what it is about."""
    said = (_WORDS.get(code) or _say_unknown(code) for code in codes)
    return "; ".join(dict.fromkeys(said))


def _say_unknown(code: str) -> str:
    about = _ABOUT.get(code.partition(".")[0], "the credentials")
    return f"a check of {about} did not pass"


def mismatch_is_hearsay(codes: Iterable[str]) -> bool:
    """Say whether `claimSignature.mismatch` among these may only stand for another reason."""
    return not _OTHER_REASON.isdisjoint(codes)
