"""What the peers do, as jobs for a child of THEIR interpreter: nothing here may import the product.

bagit hashes files in place (no copy, no record, no signature). pymerkle keeps a tree in memory.
"""

import random
from typing import Any

from timing import timed


def bag(folder: str) -> dict[str, Any]:
    """Make a bag of a folder with the three manifests' worth of hashing that we do, less BLAKE3."""
    import bagit  # type: ignore[import-not-found]  # noqa: PLC0415  # in the peers' environment only

    with timed() as taken:
        made = bagit.make_bag(folder, checksums=["sha256", "sha512"])
    return {**taken, "files": len(made.payload_entries())}


def append_leaves(count: int, size: int) -> dict[str, Any]:
    """Append leaves to a tree in memory."""
    from pymerkle import (  # type: ignore[import-not-found]  # noqa: PLC0415  # as above
        InmemoryTree,
    )

    dice = random.Random(1)  # noqa: S311  # repeatable
    leaves = [dice.randbytes(size) for _ in range(count)]
    tree = InmemoryTree(algorithm="sha256")
    with timed() as taken:
        for leaf in leaves:
            tree.append_entry(leaf)
    return {**taken, "leaves": count}
