"""DER, looked at from outside before any parser of ASN.1 sees it.

`require_der` walks a byte string once and refuses what X.690 section 10 forbids in its framing:
indefinite lengths, lengths in a longer form than needed, tags in the long form (nothing here uses
one), parts that overrun their parent, bytes behind the end. It bounds depth and number of elements,
so the lazy parser behind it can neither be sent in circles nor made to work for ever.
`parsed` runs that parser and turns every way in which it fails into `Malformed`.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from provenance.errors import Malformed

MAX_DER: Final = 262_144  # bytes; a token with a long chain of certificates has some 10,000
MAX_DEPTH: Final = 40  # levels; a token with certificates has about 20
MAX_ELEMENTS: Final = 20_000  # a token with a long chain of certificates has some 1,000
_CONSTRUCTED: Final = 0x20
_LONG_TAG: Final = 0x1F
_FAULTS: Final = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    NotImplementedError,
)

T = TypeVar("T")


def require_der(data: bytes) -> None:
    """Return if these bytes are framed as one DER value.

    Raises:
        Malformed: they are not, or there are too many of them.
    """
    if len(data) > MAX_DER:
        raise Malformed(f"ASN.1 of more than {MAX_DER} bytes")
    _, _, end = _frame(data, 0, len(data))
    if end != len(data):
        raise Malformed("bytes behind the end of an ASN.1 value")
    pending, seen = [(0, len(data), 0)], 0
    while pending:
        at, stop, depth = pending.pop()
        while at < stop:
            seen += 1
            tag, start, at = _frame(data, at, stop)
            if tag & _CONSTRUCTED:
                pending.append((start, at, depth + 1))
            if seen > MAX_ELEMENTS or depth > MAX_DEPTH:
                raise Malformed("ASN.1 with too many or too deeply nested parts")


def parsed(what: str, read: Callable[[], T]) -> T:
    """Return what `read` makes of ASN.1; every builtin error it raises becomes Malformed."""
    try:
        return read()
    except _FAULTS as error:
        raise Malformed(f"{what} cannot be read as ASN.1") from error


def _frame(data: bytes, at: int, stop: int) -> tuple[int, int, int]:
    """Return tag, start and end of the content of the element at `at`."""
    if at + 2 > stop:
        raise Malformed("ASN.1 that ends in the middle of a value")
    tag, length, start = data[at], data[at + 1], at + 2
    if tag & _LONG_TAG == _LONG_TAG:
        raise Malformed("ASN.1 with a tag in the long form")
    if length & 0x80:
        count = length & 0x7F
        # X.690 10.1: the definite form, in the fewest octets; 4 are enough for MAX_DER.
        octets = data[start : start + count]
        if not 0 < count <= 4 or len(octets) < count or octets[0] == 0:
            raise Malformed("ASN.1 with a length that DER does not allow")
        start, length = start + count, int.from_bytes(octets)
        if length < 0x80:
            raise Malformed("ASN.1 with a length in a longer form than needed")
    if start + length > stop:
        raise Malformed("ASN.1 whose part is longer than the whole")
    return tag, start, start + length
