"""A file that lies beside the document, as the signature formats see it.

Its name may lead to a source, so no format writes it into a result: the digest stands there
instead.
"""

from dataclasses import dataclass

from provenance.signatures.pairing import Relation


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
    """Last part of its name; compared, never shown."""

    @property
    def said(self) -> str:
        """How a result names it."""
        return f"the file with SHA-256 {self.sha256}"
