"""What the attributes of a CMS signer say (RFC 5652 sections 5.3 and 11), without judging anything.

An attribute that a signature rests on must be there exactly once with exactly one value. Loads no
engine: the desk's own process reads attributes too, to find the document that a signature states.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from asn1crypto import core

from provenance.errors import Malformed

MAX_ATTRIBUTES: Final = 100  # attributes of one signer; real ones have some 10


def attributes_of(signer: Any, which: str) -> tuple[Any, ...]:  # noqa: ANN401 asn1crypto has no types
    """Return `signed_attrs` or `unsigned_attrs`.

    Raises:
        Malformed: there are too many.
    """
    held = signer[which]
    found = () if isinstance(held, core.Void) else tuple(held)
    if len(found) > MAX_ATTRIBUTES:
        raise Malformed(f"a signer with more than {MAX_ATTRIBUTES} attributes")
    return found


def values_of(attributes: Iterable[Any], name: str) -> tuple[Any, ...]:
    """Return every value of the attributes of one type."""
    return tuple(
        value for one in attributes if one["type"].native == name for value in one["values"]
    )


def single(attributes: Sequence[Any], name: str) -> Any | None:  # noqa: ANN401 asn1crypto has no types
    """Return the one value of an attribute; None if it is not there exactly once with one value."""
    held = [one for one in attributes if one["type"].native == name]
    if len(held) != 1 or len(held[0]["values"]) != 1:
        return None
    return held[0]["values"][0]


def claimed_time(attributes: Sequence[Any]) -> datetime | None:
    """Return the signer's own clock; None if it says nothing, or more than one thing."""
    value = single(attributes, "signing_time")
    moment = None if value is None else value.native
    return moment if isinstance(moment, datetime) else None
