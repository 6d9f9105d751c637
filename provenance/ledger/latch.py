"""The latch: what this desk's log key has signed last, kept beside the KEY, not in the case folder.

Five lines: version, origin, size, root, SHA-256 of the note. Before the log key signs a head, the
latch is judged: the new head must be the same head, or a larger one with a proof that the latch's
is a prefix of it. A restored old backup fails the first test, a forked one the second. Without the
latch, nothing inside the store can show a rollback.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from provenance.errors import Malformed, RolledBack
from provenance.ledger.base64text import decode_base64, encode_base64
from provenance.ledger.checkpoint import Checkpoint
from provenance.ledger.entry import is_origin
from provenance.ledger.merkle import EMPTY_ROOT, HASH_SIZE, verify_consistency

_VERSION: Final = "provenance-desk/latch@v1"
_TEXT: Final = re.compile(
    _VERSION + r"\n([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n([A-Za-z0-9+/]{43}=)\n"
)


class LatchVerdict(Enum):
    """Whether the log key may sign a head."""

    MAY_SIGN = "may-sign"
    SHORTER = "shorter"
    """The store holds fewer entries than were signed for."""
    FORKED = "forked"
    """The store's entries are not a continuation of what was signed."""
    FOREIGN = "foreign"
    """The latch belongs to another log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latch:
    """The last head that the log key signed."""

    origin: str
    size: int
    root: bytes
    """32 bytes."""
    note_sha256: bytes
    """32 bytes: SHA-256 of the signed note, to recognise the very file."""

    def text(self) -> str:
        """Return the latch as it is kept."""
        root, note = encode_base64(self.root), encode_base64(self.note_sha256)
        return f"{_VERSION}\n{self.origin}\n{self.size}\n{root}\n{note}\n"


def parse_latch(text: str) -> Latch:
    """Return the latch of a text.

    Raises:
        Malformed: not what `Latch.text` writes.
    """
    match = _TEXT.fullmatch(text)
    if match is None or not is_origin(match[1]):
        raise Malformed("not a latch")
    root, note = (decode_base64(part, length=HASH_SIZE) for part in match.groups()[2:])
    return Latch(origin=match[1], size=int(match[2]), root=root, note_sha256=note)


def judge_latch(latch: Latch, head: Checkpoint, proof: Sequence[bytes]) -> LatchVerdict:
    """Tell whether the log key may sign `head`.

    Args:
        latch: What was signed last.
        head: What is to be signed.
        proof: Consistency proof from the latch's size to the head's; empty if they are equal.
    """
    if head.origin != latch.origin:
        return LatchVerdict.FOREIGN
    if head.size < latch.size:
        return LatchVerdict.SHORTER
    if latch.size == 0 and latch.root == EMPTY_ROOT and head.size > 0:
        return LatchVerdict.MAY_SIGN  # the empty tree is a prefix of every log
    consistent = verify_consistency(
        size1=latch.size, size2=head.size, root1=latch.root, root2=head.root, proof=proof
    )
    return LatchVerdict.MAY_SIGN if consistent else LatchVerdict.FORKED


def require_latch(latch: Latch, head: Checkpoint, proof: Sequence[bytes]) -> None:
    """Return if the log key may sign `head`.

    Raises:
        RolledBack: the store is older than, or forks from, what was signed.
    """
    verdict = judge_latch(latch, head, proof)
    if verdict is not LatchVerdict.MAY_SIGN:
        raise RolledBack(
            f"{head.origin} with {head.size} entries is {verdict.value}: "
            f"the key has signed {latch.size} entries of {latch.origin}"
        )
