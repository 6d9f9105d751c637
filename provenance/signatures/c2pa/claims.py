"""Does the active claim hold: the signature over it, and the hash over the file.

Rules, in order:
  1. a hash that does not match is BROKEN; for the hash over all bytes (`datahash`) our own count,
     made only then, must agree, else the library objects to something other than the bytes;
  2. a signature that the library says does not match is BROKEN when our own check says so too, or
     cannot be made and nothing else explains it; when our own check finds it good, the library has
     refused it for another reason and the question is open;
  3. any other failure that is not about signer, time stamp, ingredient or identity: NOT_CHECKABLE,
     with the code, because the library's version is part of the evidence;
  4. INTACT needs all of: the library's words that claim and file match, our own check of the
     signature with the certificate that will be shown, and a state other than Invalid, or Invalid
     for a reason that `codes` knows.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import Integrity
from provenance.signatures.c2pa.codes import (
    BINDINGS,
    SIGNED,
    Effect,
    effect_of,
    mismatch_is_hearsay,
    say_codes,
)
from provenance.signatures.c2pa.cose import ClaimSignature, parse_signature, verify_claim
from provenance.signatures.c2pa.datahash import HASHES, hash_matches
from provenance.signatures.c2pa.jumbf import ManifestBoxes, read_manifest
from provenance.signatures.c2pa.report import Finding, Report
from provenance.signatures.text import with_detail

MAX_UPDATES: Final = 20  # update manifests on top of each other; each adds a signature only
_CLAIM, _DATA = "claimSignature.mismatch", "assertion.dataHash.mismatch"
_EXPLAINS_INVALID: Final = frozenset(
    {Effect.EXPIRED, Effect.REVOKED, Effect.INGREDIENT_BROKEN, Effect.INGREDIENT_OPEN}
)
_DRIFT: Final = "the library's version is part of the evidence, another may answer otherwise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The answer about one claim."""

    integrity: Integrity
    codes: tuple[str, ...] = ()
    """Reason codes of ours."""
    error: str | None = None
    signature: ClaimSignature | None = None
    """Taken apart; None when it could not be."""
    claim: bytes = b""
    """What it is over."""
    binding: ManifestBoxes | None = None
    """The manifest that holds the hash over the file; None when it could not be found."""


def check_claim(report: Report, store: bytes, data: bytes) -> Checked:
    """Say whether the active claim holds.

    Args:
        report: the library's.
        store: manifest store that holds the active manifest.
        data: the whole file.
    """
    boxes = attempt("store", lambda: read_manifest(store, report.active))
    if isinstance(boxes, Fault):
        return _judge(report, boxes, recounted=False)
    signature = attempt("signature", lambda: parse_signature(boxes.signature))
    if isinstance(signature, Fault):
        return _judge(report, signature, recounted=False)
    second = attempt("second-look", lambda: verify_claim(signature, boxes.claim))
    binding = _binding(report, store, boxes)
    found = _judge(report, second, recounted=_recounted(report, data, binding))
    if found.integrity is not Integrity.INTACT:
        return found
    return replace(found, signature=signature, claim=boxes.claim, binding=binding)


def read_holding(report: Report, store: bytes) -> ClaimSignature | None:
    """Return the active claim's signature if it holds over the claim; None when it does not.

    For credentials whose file is not here: whether they are of any file is not asked.
    """

    def holding() -> ClaimSignature | None:
        boxes = read_manifest(store, report.active)
        signature = parse_signature(boxes.signature)
        return signature if verify_claim(signature, boxes.claim) else None

    found = attempt("signature", holding)
    return None if isinstance(found, Fault) else found


def _recounted(report: Report, data: bytes, binding: ManifestBoxes | None) -> bool:
    """Say whether the hash over all bytes matches though the library says that it does not."""
    if binding is None or all(one.code != _DATA for one in report.results.failure):
        return False
    return attempt("hash", lambda: hash_matches(data, binding)) is True


def _judge(report: Report, second: bool | Fault, *, recounted: bool) -> Checked:
    """Apply the rules.

    Args:
        report: the library's.
        second: our own check of the signature.
        recounted: our own count of the hash over all bytes matches against the library's word.
    """
    codes = tuple(one.code for one in report.results.failure)
    broken = [one.code for one in report.results.failure if _effect(one) is Effect.BROKEN]
    excused = {_CLAIM, _DATA} if recounted else {_CLAIM}
    if set(broken) - excused:
        return Checked(integrity=Integrity.BROKEN, codes=("hash-failure",))
    refused = second is False or (second is not True and not mismatch_is_hearsay(codes))
    if _CLAIM in broken and refused:
        return Checked(integrity=Integrity.BROKEN, codes=("sig-crypto-failure",))
    unclear = _unclear(report, second)
    if unclear is not None:
        code, words = unclear
        return Checked(integrity=Integrity.NOT_CHECKABLE, codes=(code,), error=f"{words}; {_DRIFT}")
    return Checked(integrity=Integrity.INTACT)


def _unclear(
    report: Report,
    second: bool | Fault,
) -> tuple[str, str] | None:
    """Return (code, words) for what keeps the claim from being intact; None when nothing does."""
    open_codes = [
        one.code
        for one in report.results.failure
        if _effect(one) in {Effect.CANNOT_CHECK, Effect.BROKEN}
    ]
    if open_codes:
        return "validation-failure", with_detail(say_codes(open_codes), ", ".join(open_codes[:5]))
    success = {one.code for one in report.results.success}
    if SIGNED not in success or BINDINGS.isdisjoint(success):
        return "not-confirmed", "the library does not say that both claim and file match"
    if isinstance(second, Fault):
        return "second-look-failed", f"the signature could not be read again{second.because}"
    if not second:
        return "engines-disagree", "the library accepts a signature that our own check refuses"
    if report.state not in {"Valid", "Trusted"} and not _explained(report):
        return "library-says-invalid", "the library calls it invalid and names no reason"
    return None


def _explained(report: Report) -> bool:
    """Say whether something that is judged elsewhere makes the library say Invalid."""
    deltas = (one for _, results in report.deltas for one in results.failure)
    known = {_effect(one) for one in report.results.failure} & _EXPLAINS_INVALID
    return report.state == "Invalid" and bool(known or next(deltas, None))


def _effect(one: Finding) -> Effect:
    return effect_of(one.code, one.explanation)


def _binding(report: Report, store: bytes, boxes: ManifestBoxes) -> ManifestBoxes | None:
    """Follow update manifests down to the one that holds the hash (C2PA 11.2.4)."""
    label = boxes.label
    for _ in range(MAX_UPDATES):
        if any(one.startswith(HASHES) for one in boxes.assertions):
            return boxes
        manifest = report.manifests.get(label)
        parents = [
            one.manifest
            for one in (manifest.ingredients if manifest else ())
            if one.relationship == "parentOf" and one.manifest
        ]
        if len(parents) != 1:
            return None
        label = str(parents[0])
        below = attempt("store", partial(read_manifest, store, label))
        if isinstance(below, Fault):
            return None
        boxes = below
    return None
