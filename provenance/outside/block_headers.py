"""Bitcoin block headers that somebody hands in as a file. Nothing is fetched.

Two forms, told apart by their beginning:
  - text: a line for each block, its height, a space and the 160 hexadecimal digits of its header;
  - the headers of all blocks from the first one on, 80 bytes each (light wallets keep such a file);
    a header of zeros is one that the wallet has not got.
Whether a header belongs to the chain that everybody has is for whoever hands it in: compare the
block's hash, which is printed, with any explorer or node. Refused: a height given twice, other
lengths, other forms.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from provenance.errors import Malformed

HEADER_SIZE: Final = 80  # bytes: version, previous hash, Merkle root, time, target, nonce
MAX_HEADERS: Final = 1 << 28  # bytes of a file; a million headers have 80,000,000
TOLERANCE: Final = timedelta(hours=2)  # nodes take blocks whose time is as far off their clock
_FIRST: Final = (1).to_bytes(4, "little") + bytes(32)  # version 1, and no block before it
_LINE: Final = re.compile(r"(0|[1-9][0-9]{0,8}) ([0-9a-f]{160})")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockHeader:
    """One block's header, as handed in."""

    raw: bytes
    """80 bytes."""

    @property
    def root(self) -> bytes:
        """The Merkle root, 32 bytes in the order of the header."""
        return self.raw[36:68]

    @property
    def time(self) -> datetime:
        """The block's own time, UTC; see TOLERANCE."""
        return datetime.fromtimestamp(int.from_bytes(self.raw[68:72], "little"), UTC)

    @property
    def block_hash(self) -> str:
        """As explorers print it: double SHA-256, byte order reversed, hexadecimal."""
        return sha256(sha256(self.raw).digest()).digest()[::-1].hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockHeaders:
    """Headers by height."""

    single: Mapping[int, bytes] = field(default_factory=dict)
    chain: bytes = field(default=b"", repr=False)
    """Headers from block 0 on, 80 bytes each."""

    def at(self, height: int) -> BlockHeader | None:
        """Return the header of the block of this height; None if it was not handed in."""
        start = height * HEADER_SIZE
        raw = self.single.get(height) or self.chain[start : start + HEADER_SIZE]
        return BlockHeader(raw=raw) if any(raw) else None


def parse_block_headers(data: bytes) -> BlockHeaders:
    """Return the headers of a file.

    Raises:
        Malformed: neither of the two forms, or one height twice.
    """
    if data.startswith(_FIRST) and len(data) % HEADER_SIZE == 0 and len(data) <= MAX_HEADERS:
        return BlockHeaders(chain=data)
    if not data.isascii() or not data.endswith(b"\n"):
        raise Malformed("neither lines of `height header` nor all headers from the first block on")
    single: dict[int, bytes] = {}
    for line in data[:-1].decode("ascii").split("\n"):
        match = _LINE.fullmatch(line)
        if match is None or int(match[1]) in single:
            raise Malformed(
                "a line of block headers is height, space, 160 digits; each height once"
            )
        single[int(match[1])] = bytes.fromhex(match[2])
    return BlockHeaders(single=single)
