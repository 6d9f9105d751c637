"""The bytes themselves: re-read, re-digested, compared with what was recorded.

One read per byte. A blob that is gone or altered is an answer (`Fixity`), not an exception: the
rest is still read, and the answer names every exemplar that is not as it was.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from provenance.digests import BLOCK
from provenance.errors import BlobMissing, StoreFault
from provenance.ports import Blobs
from provenance.views import ExemplarView, View


class BlobState(StrEnum):
    """How a blob was found."""

    SAME = "same"
    """Its SHA-256 is the one it was received under."""
    ALTERED = "altered"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    """It is there, but its bytes are not to be had: no permission, a damaged disk, a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixity:
    """One exemplar, re-read."""

    sha256: bytes
    """As received."""
    found: bytes | None
    """SHA-256 of the bytes as they are now; None if there are none, or they cannot be read."""
    size: int
    """Bytes re-read."""
    there: bool = True
    """Whether anything lies under its name."""

    @property
    def state(self) -> BlobState:
        """Same, altered, missing or unreadable."""
        if self.found is None:
            return BlobState.UNREADABLE if self.there else BlobState.MISSING
        return BlobState.SAME if self.found == self.sha256 else BlobState.ALTERED


def reread(blobs: Blobs, sha256: bytes) -> Fixity:
    """Read one blob again."""
    digest, size = hashlib.sha256(), 0
    try:
        with blobs.open(sha256) as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
                size += len(block)
    except BlobMissing:
        return Fixity(sha256=sha256, found=None, size=0, there=False)
    except (StoreFault, OSError):  # OSError: the disk fails while it is read
        return Fixity(sha256=sha256, found=None, size=size)
    return Fixity(sha256=sha256, found=digest.digest(), size=size)


def exemplars(holdings: Iterable[View]) -> list[ExemplarView]:
    """Return the exemplars among an item's holdings, in order of arrival."""
    return [view for view in holdings if isinstance(view, ExemplarView)]


def reread_all(blobs: Blobs, holdings: Iterable[View]) -> Iterator[Fixity]:
    """Re-read every exemplar of an item."""
    for exemplar in exemplars(holdings):
        yield reread(blobs, exemplar.sha256)


def found_digests(fixities: Iterable[Fixity]) -> list[str]:
    """Return the SHA-256 hex of the bytes as found, else the state's name."""
    return [fixity.found.hex() if fixity.found else fixity.state.value for fixity in fixities]
