"""Properties of a PDF in two places, and where the two contradict each other.

The information dictionary comes through the renderer, the XMP packet from the bytes. Rules for
contradictions, each a plain sentence: modified before created; the two name another producer,
program or time; a time after `at`. Every entry can be forged; the absence of a contradiction proves
nothing.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from provenance.facts.model import Observation, Weight
from provenance.facts.stated_dates import SAME
from provenance.instants import format_instant
from provenance.signatures.text import tame

MAX_XMP: Final = 1 << 20  # bytes of one XMP packet that are read; real ones hold a few thousand

_BEGIN, _END = b"<x:xmpmeta", b"</x:xmpmeta>"
_XMP_KEYS: Final = {
    "Producer": "pdf:Producer",
    "Creator": "xmp:CreatorTool",
    "CreationDate": "xmp:CreateDate",
    "ModDate": "xmp:ModifyDate",
}
_PDF_DATE: Final = re.compile(
    r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)|([+-])(\d\d)'?(\d\d)?'?)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """What the information dictionary and the XMP packet state."""

    info: dict[str, str]
    xmp: dict[str, str]

    @property
    def named(self) -> dict[str, str]:
        """Both, as `info.Producer` and `xmp.Producer`."""
        found = {f"info.{key}": value for key, value in sorted(self.info.items())}
        return found | {f"xmp.{key}": value for key, value in sorted(self.xmp.items())}

    @property
    def claimed(self) -> datetime | None:
        """The earliest time of making that the file states; None if it states none."""
        stated = [
            parse_pdf_date(self.info.get("CreationDate", "")),
            _parse_xmp_date(self.xmp.get("CreationDate", "")),
        ]
        return min((one for one in stated if one is not None), default=None)


def read_properties(data: bytes, document: Any) -> Properties:  # noqa: ANN401 - the renderer's document, or None
    """Read both places; a document that the renderer does not open has no dictionary to read."""
    stated = document.get_metadata_dict(skip_empty=True) if document is not None else {}
    info = {key: tame(value, 500) for key, value in stated.items()}
    return Properties(info=info, xmp=_read_xmp(data))


def _read_xmp(data: bytes) -> dict[str, str]:
    """Read four entries of the last XMP packet in the clear, as attribute or element."""
    text = _last_packet(data).decode("utf-8", "replace")
    found = {}
    for key, name in _XMP_KEYS.items():
        match = re.search(
            rf'{name}\s*=\s*"([^"<]{{0,500}})"|<{name}>([^<]{{0,500}})</{name}>', text
        )
        if match:
            found[key] = tame(match[1] or match[2] or "", 500)
    return found


def _last_packet(data: bytes) -> bytes:
    """Return the last packet that ends, empty if none does; looks at every byte twice at most."""
    stop = len(data)
    while (begin := data.rfind(_BEGIN, 0, stop)) >= 0:
        end = data.find(_END, begin, min(begin + MAX_XMP, stop))
        if end >= 0:
            return data[begin : end + len(_END)]
        stop = begin
    return b""


def judge_properties(properties: Properties, at: datetime) -> list[Observation]:
    """Return what in the two places does not go together, or lies after `at`."""
    info, xmp = properties.info, properties.xmp
    found = []
    created, modified = (parse_pdf_date(info.get(key, "")) for key in ("CreationDate", "ModDate"))
    if created and modified and modified < created - SAME:
        text = (
            f"The document says it was last modified ({format_instant(modified)}) before it was"
            f" created ({format_instant(created)})."
        )
        found.append(_contradiction("modified-before-created", text))
    for key in ("Producer", "Creator"):
        one, other = info.get(key, "").strip(), xmp.get(key, "").strip()
        if one and other and one != other:
            text = f'Two places name a different {key}: "{one}" and "{other}".'
            found.append(_contradiction(f"two-{key.lower()}s", text))
    for key in ("CreationDate", "ModDate"):
        first = parse_pdf_date(info.get(key, ""))
        second = _parse_xmp_date(xmp.get(key, ""))
        if first and second and abs(first - second) > SAME:
            text = (
                f"Two places give a different {key}: {format_instant(first)} and"
                f" {format_instant(second)}."
            )
            found.append(_contradiction(f"two-{key.lower()}s", text))
        if first and first > at + timedelta(days=1):
            text = f"The {key} lies in the future: {format_instant(first)}."
            found.append(_contradiction("date-in-the-future", text))
    return found


def _contradiction(code: str, text: str) -> Observation:
    return Observation(code=code, weight=Weight.CONTRADICTION, text=text)


def parse_pdf_date(text: str) -> datetime | None:
    """Read a PDF date (ISO 32000-2 7.9.4); a missing zone is read as UTC; None when unreadable."""
    match = _PDF_DATE.match(text.strip())
    if match is None:
        return None
    year, *rest = (int(part) if part else None for part in match.groups()[:6])
    month, day, hour, minute, second = (
        part if part is not None else default
        for part, default in zip(rest, (1, 1, 0, 0, 0), strict=True)
    )
    offset = timedelta()
    if match[8]:
        offset = timedelta(hours=int(match[9]), minutes=int(match[10] or 0))
        offset = -offset if match[8] == "-" else offset
    try:
        moment = datetime(year or 0, month, day, hour, minute, second, tzinfo=timezone(offset))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _parse_xmp_date(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
