"""The hash over a file's bytes (`c2pa.hash.data`, C2PA 18.5), computed a second time.

The library says `assertion.dataHash.mismatch` too when the ranges that are left out are not where
it looks for the credentials, which older programs wrote otherwise. So before a file is called
altered, its hash is computed here over exactly what the signer left in.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from provenance.errors import Malformed
from provenance.signatures.c2pa.cbor import parse_cbor
from provenance.signatures.c2pa.jumbf import ManifestBoxes

HASHES: Final = "c2pa.hash."
MAX_RANGES: Final = 1000  # left out of one file; formats need one or two
_ALGORITHMS: Final = frozenset({"sha256", "sha384", "sha512"})  # C2PA 13.1


def read_hash(manifest: ManifestBoxes) -> tuple[str, Mapping[Any, Any]]:
    """Return kind and content of the one hash over the file in a manifest.

    Raises:
        Malformed: there is not exactly one, or it cannot be read.
    """
    labels = [label for label in manifest.assertions if label.startswith(HASHES)]
    if len(labels) != 1:
        raise Malformed(f"{len(labels)} hashes over the file")
    contents = [part for kind, part in manifest.assertions[labels[0]] if kind == b"cbor"]
    found = parse_cbor(contents[0]) if len(contents) == 1 else None
    if not isinstance(found, dict):
        raise Malformed("a hash over the file that cannot be read")
    return labels[0].removeprefix(HASHES).partition(".")[0].partition("__")[0], found


def read_ranges(found: Mapping[Any, Any]) -> tuple[tuple[int, int], ...]:
    """Return (start, length) of what a hash leaves out.

    Raises:
        Malformed: the list cannot be read.
    """
    listed = found.get("exclusions") or []
    if not isinstance(listed, list) or len(listed) > MAX_RANGES:
        raise Malformed("the list of what is left out cannot be read")
    ranges = []
    for one in listed:
        start, length = (one.get("start"), one.get("length")) if isinstance(one, dict) else (0, 0)
        if type(start) is not int or type(length) is not int or start < 0 or length < 0:
            raise Malformed("the list of what is left out cannot be read")
        ranges.append((start, length))
    return tuple(sorted(ranges))


def hash_matches(data: bytes, manifest: ManifestBoxes) -> bool:
    """Say whether the file's bytes, without what is left out, have the signed hash.

    Raises:
        Malformed: it is another kind of hash, or cannot be read.
    """
    kind, found = read_hash(manifest)
    algorithm = found.get("alg", "sha256")
    if kind != "data" or algorithm not in _ALGORITHMS:
        raise Malformed(f"a hash that is not computed here ({kind}, {algorithm})")
    digest = hashlib.new(algorithm)
    at = 0
    view = memoryview(data)
    for start, length in read_ranges(found):
        digest.update(view[at : max(start, at)])
        at = max(at, start + length)
    digest.update(view[at:])
    return at <= len(data) and digest.digest() == found.get("hash")
