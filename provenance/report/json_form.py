"""The report as JSON: the same values as the page, in one stable form.

Written with sorted keys, two blanks of indent, ASCII only (a control or reordering character in a
document's own words can do nothing to the reader of the file), and a final newline. The same model
gives the same bytes. Reading is strict: exactly the known members, each of its type; anything else
raises Malformed. What is read says nothing about who wrote it.
"""

import json
import types
import typing
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Any, Final, cast

from provenance.errors import Malformed, UsageError
from provenance.instants import format_instant, parse_instant
from provenance.report.model import REPORT_FORMAT, ReportModel

MAX_REPORT: Final = 256 << 20  # bytes of one report that is read back; far above the largest known


def report_json(model: ReportModel) -> str:
    """Return the report as JSON text."""
    value = {"report": REPORT_FORMAT, **_plain_record(model)}
    return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=True) + "\n"


def json_digest(model: ReportModel) -> str:
    """Return the SHA-256 of the JSON form, hexadecimal; the page prints it on its cover."""
    return sha256(report_json(model).encode("ascii")).hexdigest()


def parse_report_json(text: str) -> ReportModel:
    """Read what `report_json` wrote.

    Raises:
        Malformed: anything else, another format number included.
    """
    if len(text) > MAX_REPORT:
        raise Malformed("report: larger than any report")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("report: not JSON") from error
    if not isinstance(value, dict) or value.pop("report", None) != REPORT_FORMAT:
        raise Malformed(f'report: want an object with "report": {REPORT_FORMAT}')
    return cast("ReportModel", _record(ReportModel, value, "report"))


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _plain_record(value)
    return value


def _plain_record(value: Any) -> dict[str, object]:  # noqa: ANN401 - any dataclass of the model
    return {slot.name: _plain(getattr(value, slot.name)) for slot in fields(value)}


def _record(kind: Any, value: object, where: str) -> object:  # noqa: ANN401 - a type form
    hints = typing.get_type_hints(kind)
    if not isinstance(value, dict) or value.keys() != hints.keys():
        raise Malformed(f"{where}: wrong set of members")
    return kind(**{n: _read(hint, value[n], f"{where}.{n}") for n, hint in hints.items()})


def _read(kind: Any, value: object, where: str) -> object:  # noqa: ANN401 - a type form
    origin = typing.get_origin(kind)
    if origin in {types.UnionType, typing.Union}:
        if value is None:
            return None
        (kind,) = (one for one in typing.get_args(kind) if one is not type(None))
        return _read(kind, value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise Malformed(f"{where}: want a list")
        inner = typing.get_args(kind)[0]
        return tuple(_read(inner, one, f"{where}[{n}]") for n, one in enumerate(value))
    if is_dataclass(kind):
        return _record(kind, value, where)
    return _scalar(kind, value, where)


def _scalar(kind: Any, value: object, where: str) -> object:  # noqa: ANN401 - a type form
    if kind is datetime or issubclass(kind, Enum):
        if isinstance(value, str):
            try:
                if kind is datetime:
                    return parse_instant(value)
                return cast("type[Enum]", kind)(value)
            except (UsageError, ValueError) as error:
                raise Malformed(f"{where}: not a known word or instant") from error
    elif type(value) is kind:  # a bool is not an int
        return value
    raise Malformed(f"{where}: want {kind.__name__}")
