"""What a manifest claims about files, and whether the files that arrived bear it out.

A claim is somebody's word: a match says that the file is the one the manifest was made from, not
who made either. A mismatch is an outcome recorded with the file, which is taken all the same: the
bytes that did arrive are what there is to examine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from provenance.digests import Digests
from provenance.intake.names import name_text


class ClaimOutcome(StrEnum):
    """What came of comparing one file with a manifest. The values are stable."""

    MATCH = "match"
    """Every digest and size that the manifest gives for it is the file's."""
    MISMATCH = "mismatch"
    UNCLAIMED = "unclaimed"
    """The manifest does not name the file."""
    UNREAD = "unread"
    """Claimed, but the file was taken on an earlier run and not read again: nothing was checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a manifest says about one file; None where it says nothing."""

    sha256: bytes | None = None
    sha512: bytes | None = None
    blake3: bytes | None = None
    either: bytes | None = None
    """32 bytes from a line that names no algorithm: SHA-256 or BLAKE3. Nobody can make a file whose
    one digest is a given value of the other, so a match with either proves as much."""
    size: int | None = None
    """Bytes."""

    def holds(self, digests: Digests) -> bool:
        """Tell whether all that is claimed is so."""
        pairs = (
            (self.sha256, digests.sha256),
            (self.sha512, digests.sha512),
            (self.blake3, digests.blake3),
            (self.size, digests.size),
        )
        if self.either is not None and self.either not in (digests.sha256, digests.blake3):
            return False
        return all(claimed is None or claimed == found for claimed, found in pairs)


class Claims:
    """The claims of one manifest, and which of them a run has met."""

    __slots__ = ("_claims", "_met")

    def __init__(self, claims: Mapping[bytes, Claim]) -> None:
        self._claims = dict(claims)
        self._met: set[bytes] = set()

    def __len__(self) -> int:
        return len(self._claims)

    def __getitem__(self, relative: bytes) -> Claim:
        return self._claims[relative]

    def check(self, relative: bytes, digests: Digests) -> ClaimOutcome:
        """Return the outcome for a file that was read.

        Args:
            relative: Its path seen from the folder that was given, as bytes.
            digests: Of the bytes that arrived.
        """
        claim = self._claims.get(relative)
        if claim is None:
            return ClaimOutcome.UNCLAIMED
        self._met.add(relative)
        return ClaimOutcome.MATCH if claim.holds(digests) else ClaimOutcome.MISMATCH

    def pass_over(self, relative: bytes) -> ClaimOutcome:
        """Return the outcome for a file that is there and was not read."""
        if relative not in self._claims:
            return ClaimOutcome.UNCLAIMED
        self._met.add(relative)
        return ClaimOutcome.UNREAD

    def unmet(self) -> tuple[str, ...]:
        """Return the files claimed and not met (absent, or not readable): text form, in order."""
        return tuple(name_text(path) for path in sorted(self._claims.keys() - self._met))
