"""Records to JSON values and back, strictly: what is read was written, or it is refused.

Writing: every field, enums by value, instants as RFC 3339 in UTC, bytes as base64; derived words
(a headline) are added for the reader. Reading, in order: exactly the known keys; each value of
exactly the declared type (a bool is not an int, a whole number is not a bool); texts without hidden
characters (or escaped, where the caller says so) and no longer than MAX_STRING; lists no longer
than MAX_ITEMS; derived words equal to what the record itself yields. The first that fails raises
Malformed. The input may come from a process that a hostile document has taken over.
"""

import math
import types
import typing
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar, cast

from provenance.errors import Malformed, UsageError
from provenance.instants import format_instant, parse_instant
from provenance.ledger.base64text import decode_base64, encode_base64
from provenance.signatures.text import escape_hidden, is_printable_safe

MAX_STRING: Final = 20_000  # characters in one text; our own worker keeps to a tenth of it
MAX_BYTES: Final = 16 << 20  # of one binary value; the largest revocation lists have some millions
MAX_ITEMS: Final = 10_000  # entries of one list; bounds the work a hostile answer can ask for
MAX_WHOLE: Final = 1 << 63  # whole numbers below this fit every database and every reader

T = TypeVar("T")


def to_jsonable(  # noqa: PLR0911 - one return a type
    value: object,
) -> Any:  # noqa: ANN401 - JSON values have no narrower type
    """Return the value as dicts, lists, texts, numbers, booleans and None."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, bytes):
        return encode_base64(value)
    if isinstance(value, tuple):
        return [to_jsonable(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        record = {field.name: to_jsonable(getattr(value, field.name)) for field in fields(value)}
        return record | {name: to_jsonable(read(value)) for name, read in _derived(type(value))}
    if isinstance(value, dict):
        return {str(key): to_jsonable(item) for key, item in value.items()}
    return value


def from_jsonable(kind: type[T], value: object, *, escape: bool = False) -> T:
    """Return the record that `value` spells.

    Args:
        kind: the record type expected.
        value: what a JSON parser returned.
        escape: make hidden characters visible instead of refusing them; for answers of a worker.

    Raises:
        Malformed: any departure from what `to_jsonable` writes.
    """
    return cast("T", _read(kind, value, kind.__name__, escape))


def _derived(kind: type) -> tuple[tuple[str, Any], ...]:
    return cast("tuple[tuple[str, Any], ...]", getattr(kind, "DERIVED", ()))


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _read(kind: Any, value: object, where: str, escape: bool) -> object:  # noqa: ANN401 - a type form
    origin = typing.get_origin(kind)
    if origin in {types.UnionType, typing.Union}:
        return _read_optional(kind, value, where, escape)
    if origin is tuple:
        return _read_tuple(kind, value, where, escape)
    if origin is dict:
        return _read_dict(kind, value, where, escape)
    if is_dataclass(kind):
        return _read_record(cast("type", kind), value, where, escape)
    if issubclass(kind, Enum):
        return _read_enum(kind, value, where)
    return _read_scalar(kind, value, where, escape)


def _read_optional(kind: Any, value: object, where: str, escape: bool) -> object:  # noqa: ANN401
    if value is None:
        return None
    (inner,) = (part for part in typing.get_args(kind) if part is not type(None))
    return _read(inner, value, where, escape)


def _read_tuple(kind: Any, value: object, where: str, escape: bool) -> object:  # noqa: ANN401
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        raise Malformed(f"{where}: want a list of at most {MAX_ITEMS} entries")
    parts = typing.get_args(kind)
    if parts[-1] is not Ellipsis:
        if len(value) != len(parts):
            raise Malformed(f"{where}: want {len(parts)} entries")
        return tuple(
            _read(part, item, where, escape) for part, item in zip(parts, value, strict=True)
        )
    return tuple(_read(parts[0], item, f"{where}[{n}]", escape) for n, item in enumerate(value))


def _read_dict(kind: Any, value: object, where: str, escape: bool) -> object:  # noqa: ANN401
    if not isinstance(value, dict) or len(value) > MAX_ITEMS:
        raise Malformed(f"{where}: want an object of at most {MAX_ITEMS} members")
    _, inner = typing.get_args(kind)
    return {
        cast("str", _read_scalar(str, key, where, escape)): _read(inner, item, where, escape)
        for key, item in value.items()
    }


def _read_record(kind: type, value: object, where: str, escape: bool) -> object:
    hints = _hints(kind)
    derived = dict(_derived(kind))
    if not isinstance(value, dict) or set(value) != set(hints) | set(derived):
        raise Malformed(f"{where}: wrong set of members")
    read = {
        name: _read(hint, value[name], f"{where}.{name}", escape) for name, hint in hints.items()
    }
    record = kind(**read)
    for name, yields in derived.items():
        if value[name] != to_jsonable(yields(record)):
            raise Malformed(f"{where}.{name}: contradicts the record it was derived from")
    return record


def _read_enum(kind: type[Enum], value: object, where: str) -> Enum:
    if not isinstance(value, str):
        raise Malformed(f"{where}: want a word")
    try:
        return kind(value)
    except ValueError as error:
        raise Malformed(f"{where}: not one of the known words") from error


def _read_scalar(kind: type, value: object, where: str, escape: bool) -> object:
    if kind is str and isinstance(value, str) and len(value) <= MAX_STRING:
        if not escape and not is_printable_safe(value):
            raise Malformed(f"{where}: hidden characters")
        return escape_hidden(value)
    if kind is datetime and isinstance(value, str):
        try:
            return parse_instant(value)
        except UsageError as error:
            raise Malformed(f"{where}: not an instant") from error
    if kind is bytes and isinstance(value, str):
        return _read_bytes(value, where)
    if kind is bool and isinstance(value, bool):
        return value
    if kind is int and type(value) is int and abs(value) < MAX_WHOLE:
        return value
    if kind is float and type(value) in {int, float} and math.isfinite(cast("float", value)):
        return float(cast("float", value))
    raise Malformed(f"{where}: want {kind.__name__}")


def _read_bytes(value: str, where: str) -> bytes:
    if len(value) > MAX_BYTES * 4 // 3 + 4:
        raise Malformed(f"{where}: more than {MAX_BYTES} bytes")
    try:
        return decode_base64(value)
    except Malformed as error:
        raise Malformed(f"{where}: {error}") from error
