"""A file that lies beside the document, as the signature formats see it.

Its name may lead to a source, so no format writes it into a result: the digest stands there
instead. Anybody can put a file beside a document under a fitting name: a signature that fails there
is NOT_CHECKABLE with a warning, never BROKEN, unless somebody named it by hand or it states the
document's digest.
"""

from dataclasses import dataclass, replace
from typing import Final

from provenance.signatures.axes import Integrity
from provenance.signatures.model import SignatureStatus
from provenance.signatures.pairing import Relation

PAIRED_BY_NAME: Final = "paired-by-name"
"""Code of a signature that fails, and of which a name alone says what it is of."""
MAY_BE_OF_ANOTHER: Final = "it may belong to another document"
_FAILING: Final = frozenset({Integrity.BROKEN, Integrity.ERROR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """A second file."""

    number: int
    """Its place among the files beside the document, from 1; 0 is the document itself."""
    data: bytes
    sha256: str
    """Hexadecimal."""
    media_type: str
    """As identified from its bytes."""
    relation: Relation = Relation.SIGNED
    name: str = ""
    """Last part of its name, tamed; compared, never shown."""
    by_hand: bool = False
    """Somebody said that it belongs to the document."""

    @property
    def said(self) -> str:
        """How a result names it."""
        return f"the file with SHA-256 {self.sha256}"

    @property
    def wholly(self) -> str:
        """How a result says that all of it is signed."""
        return "the whole document" if self.number == 0 else f"the whole of {self.said}"


def doubted(status: SignatureStatus) -> SignatureStatus:
    """Return the status of a signature that a name alone gave to a document: never broken."""
    if status.integrity not in _FAILING:
        return status
    why = status.error or "it does not match"
    return replace(
        status,
        integrity=Integrity.NOT_CHECKABLE,
        native_codes=(*status.native_codes, PAIRED_BY_NAME),
        error=f"{PAIRED_BY_NAME}: {why}; a name alone says what it is of",
        warnings=(*status.warnings, MAY_BE_OF_ANOTHER),
    )
