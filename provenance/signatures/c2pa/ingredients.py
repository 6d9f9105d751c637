"""Files that went into this one: what is wrong with their own credentials, never silently.

The library calls a file "Trusted" when a bad ingredient was recorded as bad by whoever signed
later, and drops what is recorded from its list of findings. So both are read here: what was
recorded in each ingredient, in every manifest of the store, and what the library found beyond it.
An ingredient whose hash or signature does not match gets a status of its own (BROKEN); so does one
in which the library finds something unclear now (NOT_CHECKABLE). An unknown signer, and what was
unclear to a later signer only, are warnings. What was recorded is the word of that signer: the
earlier file is not here to look at again.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from provenance.signatures.axes import Integrity, Kind, Presence, Scope
from provenance.signatures.c2pa.codes import Effect, effect_of, say_codes
from provenance.signatures.c2pa.report import Finding, Ingredient, Manifest, Report
from provenance.signatures.model import Locator, SignatureStatus
from provenance.signatures.text import tame, with_detail

MAX_SHOWN: Final = 20  # bad ingredients with a status of their own; a further line counts the rest
_BAD: Final = frozenset({Effect.BROKEN, Effect.INGREDIENT_BROKEN})
_OPEN: Final = frozenset({Effect.CANNOT_CHECK, Effect.INGREDIENT_OPEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubled:
    """An ingredient with findings that failed."""

    ingredient: Ingredient
    address: str
    """Of its assertion; unique within the store."""
    found: tuple[Finding, ...]
    """Seen now by the library."""

    @property
    def every(self) -> tuple[Finding, ...]:
        """Recorded and found."""
        return (*self.ingredient.recorded, *self.found)

    @property
    def broken(self) -> bool:
        """Whether a hash or a signature did not match."""
        return not _BAD.isdisjoint(_effects(self.every))

    @property
    def unclear(self) -> bool:
        """Whether something is unclear now."""
        return not _OPEN.isdisjoint(_effects(self.found))


def _effects(findings: Iterable[Finding]) -> frozenset[Effect]:
    return frozenset(effect_of(one.code, one.explanation) for one in findings)


def find_troubled(report: Report) -> tuple[Troubled, ...]:
    """Return every ingredient, of any depth, about which something failed."""
    deltas: dict[str, tuple[Finding, ...]] = {}
    for address, results in report.deltas:
        deltas[address] = (*deltas.get(address, ()), *results.failure)
    for one in report.results.failure:  # some are told about the active manifest instead
        if effect_of(one.code) in {Effect.INGREDIENT_BROKEN, Effect.INGREDIENT_OPEN}:
            deltas[one.url] = (*deltas.get(one.url, ()), one)
    listed = [
        Troubled(
            ingredient=one, address=address, found=tuple(dict.fromkeys(deltas.pop(address, ())))
        )
        for manifest in report.manifests.values()
        for address, one in _addressed(manifest)
    ]
    # A finding about an ingredient that no manifest lists: still a finding.
    listed += [
        Troubled(
            ingredient=Ingredient(label="", title="", relationship="", manifest=None, recorded=()),
            address=address,
            found=found,
        )
        for address, found in deltas.items()
    ]
    return tuple(one for one in listed if one.every)


def _addressed(manifest: Manifest) -> Iterator[tuple[str, Ingredient]]:
    for one in manifest.ingredients:
        yield f"self#jumbf=/c2pa/{manifest.label}/c2pa.assertions/{one.label}", one


def judge_ingredients(
    troubled: Iterable[Troubled], blank: SignatureStatus
) -> tuple[tuple[SignatureStatus, ...], tuple[str, ...]]:
    """Return statuses of ingredients that are broken or unclear, and warnings about the others.

    Args:
        troubled: what `find_troubled` returned.
        blank: status with everything that is common to all of this document.
    """
    statuses: list[SignatureStatus] = []
    warnings: list[str] = []
    left = 0
    for one in troubled:
        if not one.broken and not one.unclear:
            codes = tuple(dict.fromkeys(finding.code for finding in one.every))
            said = f"{_named(one)} has credentials with open questions: {say_codes(codes)}"
            warnings.append(with_detail(said, tame(", ".join(codes), 300)))
        elif len(statuses) < MAX_SHOWN:
            statuses.append(_status(one, blank))
        else:
            left += 1
    more = (f"{left} further ingredients are broken or unclear",) if left else ()
    told = tuple(dict.fromkeys(warnings))
    rest = len(told) - MAX_SHOWN
    others = (f"{rest} further ingredients have open questions",) if rest > 0 else ()
    return tuple(statuses), (*more, *told[:MAX_SHOWN], *others)


def _status(one: Troubled, blank: SignatureStatus) -> SignatureStatus:
    recorded = [f"recorded:{finding.code}" for finding in one.ingredient.recorded]
    words = [] if one.broken else [finding.code for finding in one.every]
    hearsay = "what failed was recorded by whoever signed this file later; the earlier file is not"
    return SignatureStatus(
        id=f"c2pa-ingredient-{hashlib.sha256(one.address.encode()).hexdigest()[:8]}",
        document_sha256=blank.document_sha256,
        kind=Kind.C2PA_INGREDIENT,
        locator=Locator(name=one.ingredient.title or one.ingredient.label or "ingredient"),
        presence=Presence.PRESENT,
        integrity=Integrity.BROKEN if one.broken else Integrity.NOT_CHECKABLE,
        scope=Scope.UNKNOWN,
        native_codes=tuple(dict.fromkeys((*recorded, *(found.code for found in one.found)))),
        uncovered=("the file as it is now, which was signed later by somebody else",),
        trust_set_sha256=blank.trust_set_sha256,
        engine=blank.engine,
        engine_version=blank.engine_version,
        warnings=(f"{hearsay} here to check again",) if recorded else (),
        error=_open_codes(words) if words else None,
    )


def _open_codes(codes: list[str]) -> str:
    return with_detail(f"ingredient: {say_codes(codes)}", tame(", ".join(codes), 300))


def _named(one: Troubled) -> str:
    title = one.ingredient.title
    return f'the ingredient "{title}"' if title else "an ingredient without a title"
