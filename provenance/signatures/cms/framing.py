"""BER, looked at from outside before any parser of ASN.1 sees it.

`measure_ber` walks the outer structure of one value without recursion and returns where it ends.
Unlike DER (`provenance.outside.der`) it lets through what X.690 section 8 allows and real signing
software writes: indefinite lengths, lengths in longer forms, long tags. Refused: parts that overrun
their parent, ends of contents where none is open, too many or too deeply nested parts; so the lazy
parser behind it can neither be sent in circles nor made to work for ever. Contents of primitive
values are never walked: a document inside a container is bytes.
"""

from typing import Final

from provenance.errors import Malformed

MAX_DEPTH: Final = 60  # levels; a container with certificates and time stamps has about 20
MAX_ELEMENTS: Final = 250_000  # 100 MB in pieces of 1,000 bytes, as one common library writes it
_CONSTRUCTED: Final = 0x20
_LONG_TAG: Final = 0x1F
_MORE: Final = 0x80
_INDEFINITE: Final = -1
_TAG_OCTETS: Final = 4  # octets of a long tag; no standard here uses more than two


def measure_ber(data: bytes) -> int:
    """Return the length of the BER value that the bytes begin with.

    Raises:
        Malformed: they do not begin with one, or it has too many parts.
    """
    ends: list[int] = []  # of the values around; _INDEFINITE = until end of contents
    limits = [len(data)]  # the nearest known end, for each of them and for the whole
    at = seen = 0
    while True:
        while ends and ends[-1] == at:
            ends.pop()
            limits.pop()
        if seen and not ends:
            return at
        seen += 1
        if seen > MAX_ELEMENTS or len(ends) > MAX_DEPTH:
            raise Malformed("ASN.1 with too many or too deeply nested parts")
        if data.startswith(b"\x00\x00", at):
            if not ends or ends.pop() != _INDEFINITE:
                raise Malformed("ASN.1 with an end of contents where none is open")
            limits.pop()
            at += 2
            continue
        constructed, length, start = _header(data, at)
        if length == _INDEFINITE and not constructed:
            raise Malformed("ASN.1 with a primitive value of indefinite length")
        stop = start if length == _INDEFINITE else start + length
        if stop > limits[-1]:
            raise Malformed("ASN.1 whose part is longer than the whole")
        if constructed:
            ends.append(_INDEFINITE if length == _INDEFINITE else stop)
            limits.append(limits[-1] if length == _INDEFINITE else stop)
        at = start if constructed else stop


def _header(data: bytes, at: int) -> tuple[bool, int, int]:
    """Return whether the value at `at` is constructed, its length, and where its content starts."""
    if at + 2 > len(data):
        raise Malformed("ASN.1 that ends in the middle of a value")
    constructed = bool(data[at] & _CONSTRUCTED)
    start = at + 1
    if data[at] & _LONG_TAG == _LONG_TAG:
        octets = data[start : start + _TAG_OCTETS]
        count = next((number for number, one in enumerate(octets, 1) if not one & _MORE), 0)
        if not count:
            raise Malformed("ASN.1 with a tag that is too long")
        start += count
    if start >= len(data):
        raise Malformed("ASN.1 that ends in the middle of a value")
    length, start = data[start], start + 1
    if length == _MORE:
        return constructed, _INDEFINITE, start
    if length & _MORE:
        count = length & ~_MORE
        if count > 8 or start + count > len(data):
            raise Malformed("ASN.1 with a length that cannot be")
        length, start = int.from_bytes(data[start : start + count]), start + count
    return constructed, length, start
