"""What all signers of one CMS container share while they are judged."""

from dataclasses import dataclass

from provenance.signatures.cms.reading import Container
from provenance.signatures.vouching import TrustContext
from provenance.trust.model import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One container, the bytes it is over, and what to judge by."""

    container: Container
    content: bytes | None
    """The signed bytes; None = they are not here."""
    outside: bool
    """They were handed in, not taken from the container."""
    context: TrustContext
    purpose: Purpose

    @property
    def confused(self) -> bool:
        """There is content inside although content was handed in."""
        return self.outside and self.container.content is not None
