"""The certificates a desk has decided to rely on, as a value.

Empty by default: no certificate of the operating system or of a vendor is ever used, so an intact
signature of an unknown signer reads "unknown signer", never "untrusted". The digest of the whole
set is stored in every record: the same bytes judged under another set is another answer.
"""

import hashlib
from dataclasses import dataclass

from provenance.errors import Malformed

MAX_ANCHORS = 2000  # certificates; the largest national trust lists hold a few hundred


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSet:
    """Anchor certificates; a chain that ends in one of them is vouched for by the desk."""

    anchors: tuple[bytes, ...] = ()
    """X.509 certificates, DER, in any order."""

    def __post_init__(self) -> None:
        """Refuse what cannot be a certificate; sort, so that order never changes the digest."""
        if len(self.anchors) > MAX_ANCHORS:
            raise Malformed(f"more than {MAX_ANCHORS} anchor certificates")
        if any(not der.startswith(b"\x30") for der in self.anchors):
            raise Malformed(
                "an anchor is not a DER certificate (it does not begin with a SEQUENCE)"
            )
        object.__setattr__(self, "anchors", tuple(sorted(set(self.anchors))))

    @property
    def sha256(self) -> str:
        """Hexadecimal digest over the sorted digests of all anchors."""
        listed = b"".join(hashlib.sha256(der).digest() for der in self.anchors)
        return hashlib.sha256(listed).hexdigest()
