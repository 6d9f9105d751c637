"""The facets of a document: what each is called and which sentence it stands for.

A document has no single truth value. Seven facets have a name of their own and may be scoped to one
exemplar (`execution@recipient`); families carry a text after a colon (`content:<claim>`).
`attribution:<claim>` is derived and may not be asserted. An unknown bare name is refused: a
misspelt facet would weigh evidence that nobody ever looks at.
"""

import difflib
from typing import Final

PROPOSITIONS: Final = {
    "origin": "made by or in the office of the purported author",
    "integrity": "this exemplar says what left the author",
    "dating": "made when it says",
    "execution": "complete as its form requires (signed, sealed, issued)",
    "mandate": "issued with authority",
    "delivery": "reached its addressee",
    "custody": "the path from author to us is documented and unbroken",
}
"""The seven named facets and the proposition that support speaks for."""

FAMILIES: Final = {
    "content": "the claim is true",
    "reading": "the document says or plainly means this",
    "attribution": "we may write that the issuer says this",
    "collection": "a statement about the collection it came in",
}
"""Families with a text after the colon. Other families are kept and weighed, without a headline."""

ATTRIBUTES: Final = "attributes."  # attributes.<name>:<value>: shown with all values
ATTRIBUTED_PARTS: Final = ("origin", "integrity", "execution", "mandate")
"""With `reading:<claim>`, the parts of `attribution:<claim>`: worth no more than the least."""


def family_of(facet: str) -> str:
    """Return the part before the colon, or the whole name."""
    return facet.partition(":")[0]


def claim_of(facet: str) -> str:
    """Return the text after the colon; empty for a named facet."""
    return facet.partition(":")[2]


def attribute_of(facet: str) -> tuple[str, str] | None:
    """Return (name, value) of an attribute claim, or None for any other facet."""
    if not facet.startswith(ATTRIBUTES):
        return None
    name, _, value = facet.removeprefix(ATTRIBUTES).partition(":")
    return name, value


def facet_problem(facet: str) -> str | None:
    """Return what is wrong with an asserted facet's name, or None."""
    head, colon, claim = facet.partition(":")
    if head.startswith(ATTRIBUTES):
        return None if head != ATTRIBUTES and claim else "wanted attributes.<name>:<value>"
    if head == "attribution":
        return "attribution is derived; assert reading, mandate or content instead"
    known = [*FAMILIES] if colon else [*PROPOSITIONS]
    bare = head if colon else head.partition("@")[0]
    if bare in known and (claim or not colon) and not facet.endswith("@"):
        return None
    close = difflib.get_close_matches(bare, known, n=1, cutoff=0.75)
    if close and bare not in known:
        return f"no facet {bare!r}; did you mean {close[0]!r}?"
    if colon and claim and bare:
        return None
    return f"wanted one of {', '.join(PROPOSITIONS)} (with @exemplar), or <family>:<claim>"
