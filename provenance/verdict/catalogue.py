"""The catalogue of technical findings: what an examination may assert, and how strongly.

A finding's grade is looked up here, never free. Each entry names its limits and what undercuts it,
because a grade without its undercutters is how experts were misled before. Negative grades oppose.
An assertion that names an entry takes its sign and grade from the table; an assertion may be coded
weaker than the table, never stronger. Part of the policy that `rules.RULES_VERSION` versions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

COLLECTION_SAMPLE: Final = "collection-sample"
INHERITED: Final = 2  # a verified sample lifts another member to PROBABLE at most
INHERITED_BROKEN: Final = 1  # once a member is shown altered, or custody is broken


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """One kind of technical finding."""

    finding: str
    """What was found, in print."""
    grades: Mapping[str, int]
    """Facet to signed grade, -4 to 4. `content` stands for any `content:<claim>`."""
    undercut_by: str
    """What would take the inference away; empty when nothing known does."""


def _entry(finding: str, undercut_by: str, **grades: int) -> CatalogueEntry:
    return CatalogueEntry(finding=finding, grades=grades, undercut_by=undercut_by)


CATALOGUE: Final[Mapping[str, CatalogueEntry]] = {
    "dkim-valid": _entry(
        "DKIM valid, whole body signed, key known from the time",
        "leaked or short key, l= body length, unsigned header; says nothing on truth",
        integrity=4,
        origin=3,
        dating=3,
    ),
    "dkim-fails": _entry(
        "DKIM signature failing, or the mail added to after it",
        "keys rotate and lists rewrite; absence of a signature is no evidence at all",
        integrity=-1,
    ),
    "pdf-signature-valid": _entry(
        "PDF signature valid, chain to the author", "key custody", origin=4, integrity=4
    ),
    "pdf-changed-after-signing": _entry(
        "PDF changed after signing (the later revision, or the signed bytes)",
        "benign: form fill, long-term-validation data",
        integrity=-3,
    ),
    "no-ink-copy": _entry(
        "no ink or mark in the signature block of a copy",
        "a file copy is unsigned by nature; says nothing on origin",
        execution=-2,
    ),
    "no-ink-original": _entry(
        "no ink or mark in the signature block of an original",
        "says nothing on origin",
        execution=-3,
    ),
    "metadata-date-contradicts": _entry(
        "metadata date contradicts the document's", "metadata can be edited", dating=-2
    ),
    "metadata-date-agrees": _entry(
        "metadata date agrees with the document's", "metadata can be edited", dating=1
    ),
    "anachronism-original": _entry(
        "physical or typographic anachronism on an original", "", dating=-4, origin=-4
    ),
    "anachronism-copy": _entry(
        "typographic anachronism on a copy", "retyped copy", dating=-3, origin=-3
    ),
    "copied-from-later-work": _entry(
        "text copied from a later work, with its errors",
        "direction of copying",
        origin=-3,
        dating=-3,
    ),
    "near-duplicate-of-older": _entry(
        "near-duplicate of an authenticated older document", "legitimate template", integrity=-3
    ),
    "hash-equals-publication": _entry(
        "hash equals the issuer's own publication", "", origin=4, integrity=4
    ),
    "match-separate-custody": _entry(
        "match with a copy from a separate custody path",
        "shared ancestor: enter it as a premise",
        integrity=3,
    ),
    "handwriting-copy": _entry(
        "handwriting opinion on copies, or on exemplars of unverified standing",
        "the exemplar set is a premise",
        origin=2,
    ),
    "handwriting-original": _entry(
        "handwriting opinion on originals, verified exemplars",
        "the exemplar set is a premise; grade follows the examiner's nine points",
        origin=4,
    ),
    "handwriting-other-hand-copy": _entry(
        "handwriting opinion against, on copies or unverified exemplars",
        "the exemplar set is a premise",
        origin=-2,
    ),
    "handwriting-other-hand-original": _entry(
        "handwriting opinion against, on originals with verified exemplars",
        "the exemplar set is a premise; grade follows the examiner's nine points",
        origin=-4,
    ),
    "details-checked": _entry(
        "non-public details checked against independent records",
        "public details are worth nothing",
        content=3,
        origin=2,
    ),
    "issuer-would-not-err": _entry("an error the issuer would not make", "", origin=-3),
    "issuer-would-not-err-several": _entry(
        "several errors the issuer would not make", "", origin=-4
    ),
    COLLECTION_SAMPLE: _entry(
        "a sample of the collection verified; inherited by this member",
        "a member shown altered, or broken custody, caps it at 1",
        origin=INHERITED,
        integrity=INHERITED,
    ),
}


def catalogue_grade(key: str, facet: str) -> int | None:
    """Return the signed grade the entry gives this facet (scopes ignored), or None."""
    grades = CATALOGUE[key].grades
    bare = facet.partition("@")[0] if ":" not in facet else facet.partition(":")[0]
    return grades.get(bare)
