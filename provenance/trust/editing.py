"""Make another trust set out of one: add to it, or take one member out.

What is added again with other particulars takes the place of what was there: an anchor has one list
of purposes, a key one person. Sets are values: nothing is changed in place.
"""

from collections.abc import Callable, Hashable
from dataclasses import fields, replace
from typing import Any, Final

from provenance.errors import Ambiguous, NotFound
from provenance.trust.members import members
from provenance.trust.model import Anchor, DkimKey, KeyPin, PgpPin, TrustSet

_IDENTITY: Final[dict[type, Callable[[Any], Hashable]]] = {
    Anchor: lambda one: one.der,
    DkimKey: lambda one: (one.domain, one.selector, one.record),
    PgpPin: lambda one: one.fingerprint,
    KeyPin: lambda one: (one.kind, one.key),
}


def _identity(one: object) -> Hashable:
    known = _IDENTITY.get(type(one))
    return known(one) if known else one


def united(base: TrustSet, more: TrustSet) -> TrustSet:
    """Return the base with everything of the other added, or put in its place."""
    changed = {}
    for field in fields(TrustSet):
        kept = {_identity(one): one for one in getattr(base, field.name)}
        kept |= {_identity(one): one for one in getattr(more, field.name)}
        changed[field.name] = tuple(kept.values())
    return TrustSet(**changed)


def without(base: TrustSet, member_id: str) -> TrustSet:
    """Return the base without one member, named by its id or the beginning of it.

    Raises:
        NotFound: none has it.
        Ambiguous: several have.
    """
    gone = find(base, member_id)
    for field in fields(TrustSet):
        for one in getattr(base, field.name):
            alone = TrustSet(**{field.name: (one,)})
            if [member.id for member in members(alone)] == [gone]:
                kept = tuple(other for other in getattr(base, field.name) if other != one)
                return replace(base, **{field.name: kept})
    raise NotFound(f"nothing in the trust set is called {member_id!r}")


def find(trust: TrustSet, member_id: str) -> str:
    """Return the full id that this one begins.

    Raises:
        NotFound: none does.
        Ambiguous: several do.
    """
    found = [one.id for one in members(trust) if one.id.startswith(member_id)]
    if member_id in found:
        return member_id
    if not found:
        raise NotFound(f"nothing in the trust set is called {member_id!r} (`prov trust list`)")
    if len(found) > 1:
        raise Ambiguous(f"{member_id!r} begins several: {', '.join(found[:5])}")
    return found[0]
