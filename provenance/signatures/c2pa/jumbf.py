"""Find claim, signature and assertions in a manifest store (JUMBF, ISO 19566-5; C2PA 11.1).

A box is: length (4 bytes; 1 = eight more follow, 0 = to the end), type (4), content. A superbox
(`jumb`) begins with its description (`jumd`: 16 bytes of type, one of flags, a label that ends in a
zero byte). Refuses with Malformed: boxes longer than what holds them, more than MAX_BOXES, deeper
than MAX_DEPTH, a label twice in one place, a manifest with no claim or no signature, or with two.
Never decodes what is inside an assertion; that is left to its reader.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from provenance.errors import Malformed

MAX_BOXES: Final = 20_000  # in one store; a store with fifty manifests has some 2,000
MAX_DEPTH: Final = 8  # store, manifest, assertion store, assertion, content
MARKER: Final = b"jumdc2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71"
"""Description box of every C2PA store: type and UUID (C2PA 11.1.4.2). Shows one is there."""

_HEADER: Final = 8  # bytes of length and type
_LABELLED: Final = 0b10  # flag of a description: a label follows


@dataclass(frozen=True, slots=True, kw_only=True)
class Superbox:
    """A labelled box with what is in it."""

    label: str
    children: tuple["Superbox", ...]
    contents: tuple[tuple[bytes, bytes], ...]
    """(type, content) of the plain boxes in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestBoxes:
    """One manifest, taken apart."""

    label: str
    claim: bytes
    """CBOR that the signature is over."""
    signature: bytes
    """COSE_Sign1."""
    assertions: dict[str, tuple[tuple[bytes, bytes], ...]]
    """Label to (type, content) of its boxes."""


def read_manifest(store: bytes, label: str) -> ManifestBoxes:
    """Return the manifest of that label.

    Raises:
        Malformed: it is not there, or the boxes are not what they claim.
    """
    roots = _superboxes(store, _Count(), 0)
    manifests = [one for root in roots for one in root.children if one.label == label]
    if len(manifests) != 1:
        raise Malformed("manifest store: not exactly one manifest of that label")
    parts = manifests[0].children
    claims = [one for one in parts if one.label.startswith("c2pa.claim")]
    signatures = [one for one in parts if one.label == "c2pa.signature"]
    stores = [one for one in parts if one.label == "c2pa.assertions"]
    return ManifestBoxes(
        label=label,
        claim=_cbor(claims),
        signature=_cbor(signatures),
        assertions={one.label: one.contents for box in stores for one in box.children},
    )


def _cbor(boxes: list[Superbox]) -> bytes:
    found = [content for box in boxes for kind, content in box.contents if kind == b"cbor"]
    if len(boxes) != 1 or len(found) != 1:
        raise Malformed("manifest: not exactly one claim and one signature")
    return found[0]


@dataclass(slots=True)
class _Count:
    boxes: int = 0


def _superboxes(data: bytes, count: _Count, depth: int) -> tuple[Superbox, ...]:
    return tuple(
        _superbox(content, count, depth) for kind, content in _boxes(data, count) if kind == b"jumb"
    )


def _superbox(data: bytes, count: _Count, depth: int) -> Superbox:
    if depth > MAX_DEPTH:
        raise Malformed("JUMBF: too deep")
    boxes = list(_boxes(data, count))
    if not boxes or boxes[0][0] != b"jumd":
        raise Malformed("JUMBF: no description")
    children = tuple(
        _superbox(content, count, depth + 1) for kind, content in boxes[1:] if kind == b"jumb"
    )
    labels = [one.label for one in children]
    if len(labels) != len(set(labels)):
        raise Malformed("JUMBF: a label twice")
    return Superbox(
        label=_label(boxes[0][1]),
        children=children,
        contents=tuple((kind, content) for kind, content in boxes[1:] if kind != b"jumb"),
    )


def _label(description: bytes) -> str:
    if len(description) < 17 or not description[16] & _LABELLED:
        raise Malformed("JUMBF: a description without a label")
    text, end, _ = description[17:].partition(b"\0")
    if not end:
        raise Malformed("JUMBF: a label without an end")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("JUMBF: a label that is not UTF-8") from error


def _boxes(data: bytes, count: _Count) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        count.boxes += 1
        if count.boxes > MAX_BOXES or len(data) - at < _HEADER:
            raise Malformed("JUMBF: too many boxes, or a box cut off")
        length, kind, header = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if length == 1:
            length, header = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif length == 0:
            length = len(data) - at
        if not header <= length <= len(data) - at:
            raise Malformed("JUMBF: a box longer than what holds it")
        yield kind, data[at + header : at + length]
        at += length
