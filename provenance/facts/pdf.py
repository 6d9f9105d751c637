"""What a PDF says about itself, and where it contradicts itself.

Reads the information dictionary and page count through the renderer, the XMP packet and the
revisions from the bytes. Rules for contradictions, each a plain sentence: modified before created;
XMP and information dictionary name another producer, program, author or time; a time after `at`.
Every entry can be forged; the absence of a contradiction proves nothing. Imports the renderer:
only a worker imports this module.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import pypdfium2

from provenance.facts.model import Facts, Observation, Weight
from provenance.instants import format_instant
from provenance.signatures.pdf.raw import survey_pdf
from provenance.signatures.text import tame

MAX_XMP: Final = 1 << 20  # bytes of one XMP packet that are read; real ones hold a few thousand
TOLERANCE: Final = timedelta(seconds=90)  # programs write the two times some seconds apart

_PACKET: Final = re.compile(rb"<x:xmpmeta.{0,1048576}?</x:xmpmeta>", re.DOTALL)
_XMP_KEYS: Final = {
    "Producer": "pdf:Producer",
    "Creator": "xmp:CreatorTool",
    "CreationDate": "xmp:CreateDate",
    "ModDate": "xmp:ModifyDate",
}
_PDF_DATE: Final = re.compile(
    r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)|([+-])(\d\d)'?(\d\d)?'?)?"
)


def read_pdf_facts(data: bytes, *, at: datetime) -> Facts:
    """Read the facts of a PDF; what cannot be read is noted, not raised."""
    survey = survey_pdf(data)
    notes: list[str] = []
    pages, info = None, {}
    try:
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
        info = {
            key: tame(value, 500)
            for key, value in document.get_metadata_dict(skip_empty=True).items()
        }
    except pypdfium2.PdfiumError as error:
        notes.append(f"pages and properties could not be read ({tame(error, 200)})")
    xmp = _read_xmp(data)
    properties = {f"info.{key}": value for key, value in sorted(info.items())}
    properties |= {f"xmp.{key}": value for key, value in sorted(xmp.items())}
    if not survey.has_header:
        notes.append("the file does not begin like a PDF")
    if survey.trailing:
        notes.append(f"{survey.trailing} bytes stand behind the last end mark")
    return Facts(
        pages=pages,
        revisions=max(len(survey.revision_ends), 1),
        properties=properties,
        observations=tuple(_contradictions(info, xmp, at)),
        notes=tuple(notes),
    )


def _read_xmp(data: bytes) -> dict[str, str]:
    """Read four entries of the last XMP packet in the clear, as attribute or element."""
    packets = _PACKET.findall(data)
    if not packets:
        return {}
    text = packets[-1].decode("utf-8", "replace")
    found = {}
    for key, name in _XMP_KEYS.items():
        match = re.search(
            rf'{name}\s*=\s*"([^"<]{{0,500}})"|<{name}>([^<]{{0,500}})</{name}>', text
        )
        if match:
            found[key] = tame(match[1] or match[2] or "", 500)
    return found


def _contradictions(info: dict[str, str], xmp: dict[str, str], at: datetime) -> list[Observation]:
    found = []
    created, modified = (parse_pdf_date(info.get(key, "")) for key in ("CreationDate", "ModDate"))
    if created and modified and modified < created - TOLERANCE:
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
        if first and second and abs(first - second) > TOLERANCE:
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
