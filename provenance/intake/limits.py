"""How much a container may ask for. Every limit bounds what one hostile file can cost.

`Limits` are the settings; `Budget` counts what one file that was given, with all its members at
every depth, has used so far. A breach is a failure; what was received before it stays valid.
"""

from dataclasses import dataclass

from provenance.intake.failures import FailureCode, Untaken


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on unpacking. The defaults hold a real mailbox or archive and stop a bomb."""

    depth: int = 8
    """Containers within containers. A mailbox, a message, an archive, a message in it: four."""
    members: int = 50_000
    """Members of one archive; their directory is held in memory, about 300 bytes each."""
    messages: int = 500_000
    """Messages in one mailbox; they are not held in memory."""
    attachments: int = 1_000
    """Parts of one message."""
    all_members: int = 1_000_000
    """Members at all depths together."""
    all_bytes: int = 64 << 30
    """Bytes unpacked at all depths together."""
    free_bytes: int = 1 << 30
    """Bytes below which the whole tree is not measured against the size of the outermost file."""
    ratio: int = 200
    """Unpacked bytes for each byte held. Deflate reaches 1,032; real documents stay below 100."""
    ratio_from: int = 8 << 20
    """Bytes below which one member's ratio is not asked: an empty log compresses well."""
    name: int = 1_024
    """Bytes in a member's name."""


@dataclass(slots=True, kw_only=True)
class Budget:
    """What is left for one outermost file."""

    limits: Limits
    size: int
    """Bytes of the outermost file. The product of nested ratios is measured against it: two
    levels of 200 each would otherwise pass as 40,000."""
    members: int = 0
    unpacked: int = 0
    exhausted: bool = False
    """True after a breach that ends the unpacking of the whole tree."""

    def add_member(self) -> None:
        """Count one member.

        Raises:
            Untaken: there have been too many in all.
        """
        self.members += 1
        if self.members > self.limits.all_members:
            self.exhausted = True
            raise Untaken(FailureCode.TOO_MANY_IN_ALL)

    def add_bytes(self, count: int) -> None:
        """Count unpacked bytes.

        Raises:
            Untaken: there have been too many in all, or too many for so small a file.
        """
        self.unpacked += count
        if self.unpacked > self.most_bytes:
            self.exhausted = True
            raise Untaken(FailureCode.TOO_LARGE_IN_ALL)

    @property
    def most_bytes(self) -> int:
        """Bytes that this tree may unpack to."""
        limits = self.limits
        return min(limits.all_bytes, max(limits.free_bytes, limits.ratio * self.size))

    def require_ratio(self, unpacked: int, held: int) -> None:
        """Check the ratio of one member before anything of it is unpacked.

        Raises:
            Untaken: it claims more than `ratio` times what it holds.
        """
        if unpacked > self.limits.ratio_from and unpacked > self.limits.ratio * held:
            raise Untaken(FailureCode.RATIO)
