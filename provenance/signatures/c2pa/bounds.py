"""How much of the file a manifest's hash covers: everything but the credentials, or less.

A hash may leave ranges out; the credentials themselves must be. The library checks the hash over
the rest and says "additional exclusions" for formats that always have two, and nothing where one
single range is larger than the credentials: whoever alters the picture inside that range alters
nothing that is signed. So the bytes left out are counted here: no more than the credentials and
what wraps them in their format, or the answer is a part. For files of boxes
(MP4, HEIC, AVIF) a short list of boxes may be left out; any other, and any unknown kind of hash,
is a part too. Total; what cannot be read covers nothing for certain.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import Scope
from provenance.signatures.c2pa.datahash import read_hash, read_ranges
from provenance.signatures.c2pa.jumbf import ManifestBoxes
from provenance.signatures.text import tame

OWN_MEMBER: Final = "META-INF/content_credential.c2pa"  # where a package keeps its credentials
MAX_SHOWN: Final = 20  # boxes or parts named one by one; more are counted
SPARE: Final = 64  # bytes of headers around the credentials, in any format
_SEGMENT: Final = 60_000  # bytes of credentials in one JPEG segment, at least; each costs a header
_OWN_UUID: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")  # C2PA 11.3.2.1
_FREE_BOXES: Final = frozenset({"/ftyp", "/mfra", "/free", "/skip"})
"""Boxes without content that is shown: type, an index of fragments, padding (C2PA 18.7.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is covered, in the words of the record."""

    scope: Scope
    covered: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()


def judge_bounds(
    binding: ManifestBoxes,
    *,
    file_size: int,
    store_size: int | None,
    media_type: str,
    members: frozenset[str] | None = None,
) -> Bounds:
    """Say how much of the file the hash in a manifest covers.

    Args:
        binding: the manifest whose hash was found to match.
        file_size: bytes of the file.
        store_size: bytes of all credentials in it, as the library gave them out. Never read from
            the file: a signer could plant a second, larger header. None: they lie in a file of
            their own, so that nothing need be left out of this one.
        media_type: as identified.
        members: names of all files of a package; None = it is none, or could not be opened.
    """
    read = attempt("hash", lambda: read_hash(binding))
    if isinstance(read, Fault):
        return _unknown(f"what was signed cannot be read{read.because}")
    name, parsed = read
    if name == "data":
        room = 0 if store_size is None else _room(store_size, media_type)
        return _ranges(parsed, file_size, room)
    if name == "collection":
        return _collection(parsed, members)
    reader = {"bmff": _boxes, "boxes": _named_boxes}.get(name)
    if reader is None:
        return _unknown(f"a kind of hash that is not known here ({tame(name, 40)})")
    return reader(parsed)


def _collection(found: Mapping[Any, Any], members: frozenset[str] | None) -> Bounds:
    """The members of a package are listed (`c2pa.hash.collection.data`).

    The library compares those that are listed. Of any other only the directory's checksum is
    hashed, and a file of the same checksum is soon made.
    """
    listed = found.get("uris")
    if members is None or not isinstance(listed, dict):
        return _unknown("whether every file of the package is in the hash was not determined")
    left = sorted(members - {OWN_MEMBER} - {str(one) for one in listed})
    return Bounds(
        scope=Scope.PART if left else Scope.WHOLE,
        covered=(f"{len(listed)} files of the package and its directory, by digest",),
        uncovered=_shown(tuple(f"{tame(one, 80)} (not in the hash)" for one in left)),
    )


def _unknown(why: str) -> Bounds:
    return Bounds(scope=Scope.UNKNOWN, uncovered=(why,))


def _ranges(found: Mapping[Any, Any], file_size: int, room: int) -> Bounds:
    """One or more byte ranges are left out (`c2pa.hash.data`)."""
    ranges = attempt("ranges", lambda: read_ranges(found))
    if isinstance(ranges, Fault):
        return _unknown(f"what was signed cannot be read{ranges.because}")
    left_out = sum(length for _, length in ranges)
    covered = (f"{max(file_size - left_out, 0)} of {file_size} bytes of the file, by digest",)
    if left_out <= room:
        return Bounds(
            scope=Scope.WHOLE,
            covered=(*covered, "the credentials themselves, by the signature"),
        )
    parts = ", ".join(f"{start} to {start + length}" for start, length in ranges[:5])
    parts += f" and {len(ranges) - 5} more stretches" if len(ranges) > 5 else ""
    return Bounds(
        scope=Scope.PART,
        covered=covered,
        uncovered=(f"bytes {parts}: more than the credentials need; they could hold anything",),
    )


def _room(store_size: int, media_type: str) -> int:
    """Bytes that the credentials and their wrapping may take up in this format."""
    wrapping = {
        "image/jpeg": 20 * (store_size // _SEGMENT),
        "image/gif": store_size // 255,  # a length byte before every 255 (GIF89a section 15)
        "image/svg+xml": store_size // 3,  # base64
    }
    return store_size + SPARE + wrapping.get(media_type, 0)


def _boxes(found: Mapping[Any, Any]) -> Bounds:
    """Boxes of an ISO base media file are left out by path (`c2pa.hash.bmff`)."""
    entries = _list(found.get("exclusions"))
    others = tuple(
        f"boxes {tame(one.get('xpath') if isinstance(one, dict) else one, 80)}"
        for one in entries
        if not _harmless(one)
    )
    return Bounds(
        scope=Scope.PART if others else Scope.WHOLE,
        covered=("all boxes of the file but its type, padding and the credentials, by digest",),
        uncovered=_shown(others),
    )


def _harmless(one: object) -> bool:
    if not isinstance(one, dict):
        return False
    if one.get("xpath") in _FREE_BOXES:
        return True
    data = one.get("data")
    own = {"offset": 8, "value": _OWN_UUID}
    return one.get("xpath") == "/uuid" and isinstance(data, list) and own in data


def _named_boxes(found: Mapping[Any, Any]) -> Bounds:
    """Parts of the file are named one after the other (`c2pa.hash.boxes`)."""
    entries = _list(found.get("boxes"))
    skipped = [
        name
        for one in entries
        if isinstance(one, dict) and one.get("excluded") is True
        for name in _list(one.get("names"))
        if name != "C2PA"
    ]
    return Bounds(
        scope=Scope.PART if skipped or not entries else Scope.WHOLE,
        covered=(f"{len(entries)} parts of the file, each by digest",),
        uncovered=_shown(tuple(f"parts called {tame(name, 80)}" for name in skipped)),
    )


def _shown(names: tuple[str, ...]) -> tuple[str, ...]:
    more = len(names) - MAX_SHOWN
    return (*names[:MAX_SHOWN], f"and {more} more") if more > 0 else names


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
