"""RFC 6962 section 2.1: hashes of the Merkle tree, and the two proofs, verified.

Rules: a leaf is hashed behind 0x00, a node behind 0x01, so that neither can pass for the other; the
empty tree has the hash of nothing. Verification is iterative and total: it answers False to every
malformed input (wrong lengths, negative or reversed sizes, proofs too short or too long) and never
raises on one. A consistency proof from size 0 is refused: the empty tree is a prefix of every log,
so such a proof shows nothing, and whoever asks for it has lost what he meant to hold.
Proofs are made in `provenance.ledger.tiles`, from the stored tiles.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import sha256
from struct import Struct
from typing import Final

HASH_SIZE: Final = 32  # bytes: SHA-256
EMPTY_ROOT: Final = sha256(b"").digest()
MAX_PROOF: Final = 64  # hashes: no tree of fewer than 2^63 leaves has a longer proof


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf's bytes."""
    return sha256(b"\x00" + leaf).digest()


def leaf_hashes(leaves: Iterable[bytes]) -> list[bytes]:
    """Return the hash of each leaf; a call for each would cost a fifth of its hash."""
    return [sha256(b"\x00" + leaf).digest() for leaf in leaves]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two hashes."""
    return sha256(b"\x01" + left + right).digest()


def fold_row(row: bytes) -> bytes:
    """Return the hashes above a row of hashes; a last one without partner is carried up as it is.

    Args:
        row: Hashes end to end. All but the last node stand for complete subtrees.
    """
    pairs = len(row) // 64
    above = [sha256(b"\x01" + pair).digest() for pair in _cutter(pairs).unpack_from(row)]
    return b"".join(above) + row[pairs * 64 :]


@lru_cache(maxsize=256)  # a tile has at most 128 pairs
def _cutter(pairs: int) -> Struct:
    # Cutting a row in one call takes a tenth off the price of a tree; the rest is SHA-256 itself.
    return Struct("64s" * pairs)


def root_of(hashes: bytes) -> bytes:
    """Return the root of the tree over these hashes (32 bytes each, end to end)."""
    if not hashes:
        return EMPTY_ROOT
    while len(hashes) > HASH_SIZE:
        hashes = fold_row(hashes)
    return hashes


def join_peaks(peaks: Iterable[bytes]) -> bytes:
    """Return the root over complete subtrees of falling size, given from left to right."""
    root = b""
    for peak in reversed(list(peaks)):
        root = node_hash(peak, root) if root else peak
    return root or EMPTY_ROOT


def verify_inclusion(
    *, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> bool:
    """Tell whether `leaf` (a leaf hash) is number `index` in the tree of `size` with this root."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    # RFC 9162 section 2.1.3.2, with its names: fn climbs from the leaf, sn from the last leaf.
    fn, sn, node = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = node_hash(sibling, node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = node_hash(node, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node == root


def verify_consistency(
    *, size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether the tree (size1, root1) is a prefix of the tree (size2, root2)."""
    if size1 == size2 >= 0:
        return root1 == root2 and not proof and (size1 > 0 or root1 == EMPTY_ROOT)
    if not 0 < size1 < size2 or not proof or not _are_hashes(root1, root2, *proof):
        return False
    return _climb_consistency(size1, size2, root1, root2, list(proof))


def _climb_consistency(
    size1: int, size2: int, root1: bytes, root2: bytes, proof: list[bytes]
) -> bool:
    # RFC 9162 section 2.1.4.2; the older root is itself the first node if size1 is a power of two.
    path = [root1, *proof] if size1 & (size1 - 1) == 0 else proof
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node_hash(new, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and old == root1 and new == root2


def _are_hashes(*hashes: bytes) -> bool:
    # Root, root and a proof: anything longer is not a proof but work for the verifier.
    return len(hashes) <= MAX_PROOF + 2 and all(len(each) == HASH_SIZE for each in hashes)
