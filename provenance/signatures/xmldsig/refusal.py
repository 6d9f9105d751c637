"""Why a signature, or one reference of it, was not taken: a code, a sentence and what follows.

A refusal never makes an answer good. What follows is one of `Found`: bytes that differ are a broken
signature; bytes that are not there, or a rule that forbids to look, are no answer about the bytes.
"""

from enum import StrEnum, unique
from typing import Final

from provenance.errors import Malformed


@unique
class Found(StrEnum):
    """What comparing signed bytes with present bytes came to."""

    MATCHES = "matches"
    DIFFERS = "differs"
    MISSING = "missing"
    """The signed bytes are not in the package."""
    UNSUPPORTED = "unsupported"
    """The signature uses something that this verifier refuses to follow."""
    NOT_CHECKABLE = "not_checkable"


WORST_FIRST: Final = (Found.DIFFERS, Found.UNSUPPORTED, Found.MISSING, Found.NOT_CHECKABLE)
"""All that is not a match; of several answers the first of these is the whole's."""


class Refusal(Malformed):
    """Ends one reference or one whole signature; turned into a value by who asked."""

    code = "xml-signature-refused"

    def __init__(self, reason: str, text: str, found: Found = Found.NOT_CHECKABLE) -> None:
        super().__init__(text)
        self.reason = reason
        """Stable, lower case with hyphens."""
        self.text = text
        """Plain words, tamed."""
        self.found = found

    @property
    def line(self) -> str:
        """Code and sentence, as statuses carry them."""
        return f"{self.reason}: {self.text}"


def unsupported(reason: str, text: str) -> Refusal:
    """Return a refusal of something known that is not followed here."""
    return Refusal(reason, text, Found.UNSUPPORTED)
