"""One JSON text for one value: RFC 8785, narrowed to what our records hold.

Writing refuses: fractions (no text of a float is safe across tools), integers beyond 2^53 - 1
(RFC 8785 section 3.2.2.3 and RFC 7493: other readers round them), keys that are not ASCII (their
sort order differs between UTF-16 and code points), lone surrogates, nesting beyond MAX_DEPTH.
Reading refuses whatever is not byte for byte what writing would give for the same value. That one
rule covers duplicate keys, NaN, spare white space, unsorted keys, needless escapes and trailing
text, because none of them survives being written again.
"""

import json
from typing import Final

from provenance.errors import Malformed, UsageError
from provenance.records import Json

MAX_INTEGER: Final = (
    1 << 53
) - 1  # RFC 7493 section 2.2: the largest that every reader keeps exact
MAX_DEPTH: Final = 32  # levels of lists and objects; our records need six, a parser bomb thousands
MAX_TEXT: Final = 1 << 18  # bytes of one JSON text; longer results are blobs, not fields

_WRITER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def canonical_text(value: Json) -> str:
    """Return the RFC 8785 text of a value.

    Raises:
        UsageError: the value holds something that has no agreed text; says what.
    """
    _require_plain(value, MAX_DEPTH)
    text = _WRITER.encode(value)
    if not text.isascii():
        _require_utf8(text)
    return text


def parse_canonical(data: bytes, *, limit: int = MAX_TEXT) -> Json:
    """Return the value of a canonical JSON text.

    Args:
        data: UTF-8.
        limit: Most bytes accepted.

    Raises:
        Malformed: too long, not JSON, or not the canonical text of what it says.
    """
    if len(data) > limit:
        raise Malformed(f"JSON of {len(data)} bytes; at most {limit} are read")
    try:
        text = data.decode("utf-8")
        value: Json = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON in UTF-8") from error
    try:
        again = canonical_text(value)
    except UsageError as error:
        raise Malformed(f"JSON outside our subset: {error}") from error
    if again != text:
        raise Malformed("not the canonical (RFC 8785) text of its value")
    return value


def _require_utf8(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError("a text with half a surrogate pair has no UTF-8 form") from error


def _require_plain(value: object, depth: int) -> None:
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return
    if kind is int:
        _require_exact(value)
    elif depth == 0:
        raise UsageError(f"nested deeper than {MAX_DEPTH} levels")
    elif isinstance(value, list):
        for member in value:
            if type(member) is not str:  # most are: a call for each would cost more than it checks
                _require_plain(member, depth - 1)
    elif isinstance(value, dict):
        for key, member in value.items():
            _require_key(key)
            if type(member) is not str:
                _require_plain(member, depth - 1)
    else:
        raise UsageError(f"a {kind.__name__} has no canonical JSON text")


def _require_exact(value: object) -> None:
    if isinstance(value, int) and not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise UsageError("an integer beyond 2^53 - 1 is not kept exact by every reader")


def _require_key(key: object) -> None:
    if not isinstance(key, str) or not key.isascii():
        raise UsageError("an object key must be ASCII text")
