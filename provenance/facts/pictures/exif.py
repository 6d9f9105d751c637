"""What EXIF says (CIPA DC-008): device, people, times with their offsets, place, preview.

Reads four directories (picture, EXIF, position, preview), each once, by an own bounded reader. All
of it can be set to anything. Times without an offset are the camera's wall clock; no zone is
guessed. Texts are as written; the caller tames them.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from provenance.facts.pictures.ifd import Entry, Tiff, open_tiff, read_directory

_PICTURE: Final = {
    270: "ImageDescription",
    271: "Make",
    272: "Model",
    305: "Software",
    306: "DateTime",
    315: "Artist",
    316: "HostComputer",
    33432: "Copyright",
    34665: "exif",
    34853: "gps",
}
_EXIF: Final = {
    36867: "DateTimeOriginal",
    36868: "DateTimeDigitized",
    36880: "OffsetTime",
    36881: "OffsetTimeOriginal",
    36882: "OffsetTimeDigitized",
    37500: "MakerNote",
    37510: "UserComment",
    40962: "PixelXDimension",
    40963: "PixelYDimension",
    42016: "ImageUniqueID",
    42032: "CameraOwnerName",
    42033: "BodySerialNumber",
    42035: "LensMake",
    42036: "LensModel",
    42037: "LensSerialNumber",
    42039: "Photographer",
    42040: "ImageEditor",
    42042: "RAWDevelopingSoftware",
    42043: "ImageEditingSoftware",
}
_GPS: Final = {
    1: "LatitudeRef",
    2: "Latitude",
    3: "LongitudeRef",
    4: "Longitude",
    7: "TimeStamp",
    29: "DateStamp",
}
_PREVIEW: Final = {513: "offset", 514: "length"}
TEXTS: Final[tuple[str, ...]] = (
    "Make", "Model", "LensMake", "LensModel", "Software", "HostComputer", "RAWDevelopingSoftware",
    "ImageEditingSoftware", "ImageEditor", "Photographer", "Artist", "Copyright", "CameraOwnerName",
    "BodySerialNumber", "LensSerialNumber", "ImageUniqueID", "ImageDescription",
)  # fmt: skip
"""Texts that are shown, in this order."""
TIMES: Final = {
    "DateTimeOriginal": "OffsetTimeOriginal",
    "DateTimeDigitized": "OffsetTimeDigitized",
    "DateTime": "OffsetTime",
}
"""Time to the tag of its offset from UTC."""

_MOMENT: Final = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET: Final = re.compile(r"([+-])(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a picture says it was taken."""

    latitude: float
    """Degrees, north is positive."""
    longitude: float
    """Degrees, east is positive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exif:
    """What EXIF says."""

    texts: dict[str, str] = field(default_factory=dict)
    times: dict[str, datetime] = field(default_factory=dict)
    """Aware where an offset is given, else the camera's wall clock."""
    position: Position | None = None
    satellites: datetime | None = None
    """UTC instant by the satellites."""
    size: tuple[int, int] | None = None
    """Width and height in pixels, as EXIF says."""
    maker_note: int = 0
    """Bytes that only the maker's own programs read."""
    preview: bytes | None = None
    """A small JPEG inside."""


def read_exif(block: bytes) -> Exif | None:
    """Return what an EXIF structure says; None when it is none."""
    tiff = open_tiff(block)
    if tiff is None:
        return None
    picture, after = read_directory(tiff, tiff.number(4, 4), _PICTURE)
    inner, _ = read_directory(tiff, _pointer(picture, "exif"), _EXIF)
    gps, _ = read_directory(tiff, _pointer(picture, "gps"), _GPS)
    preview, _ = read_directory(tiff, after, _PREVIEW)
    every = picture | inner
    return Exif(
        texts=_texts(every),
        times=_times(every),
        position=_position(gps),
        satellites=_satellites(gps),
        size=_size(inner),
        maker_note=inner["MakerNote"].length if "MakerNote" in inner else 0,
        preview=_jpeg(tiff, preview),
    )


def _pointer(entries: dict[str, Entry], name: str) -> int:
    numbers = entries[name].numbers if name in entries else ()
    return int(numbers[0]) if numbers else 0


def _texts(entries: dict[str, Entry]) -> dict[str, str]:
    found = {name: entries[name].text for name in TEXTS if name in entries}
    comment = entries.get("UserComment")
    if comment is not None and comment.raw[8:].strip(b"\0 "):
        # CIPA DC-008 4.6.5: eight bytes say which character code follows.
        code = "utf-16-be" if comment.order == "big" else "utf-16-le"
        plain = comment.raw[8:]
        wide = comment.raw.startswith(b"UNICODE")
        found["UserComment"] = plain.decode(code if wide else "utf-8", "replace").strip("\0 ")
    return {name: text for name, text in found.items() if text}


def _times(entries: dict[str, Entry]) -> dict[str, datetime]:
    found = {}
    for name, offset in TIMES.items():
        text = entries[name].text if name in entries else ""
        moment = parse_moment(text, entries[offset].text if offset in entries else "")
        if moment is not None:
            found[name] = moment
    return found


def parse_moment(text: str, offset: str = "") -> datetime | None:
    """Read `2020:01:06 10:00:00` with `+02:00` beside it; wall clock where there is no offset."""
    match, zone = _MOMENT.match(text), _OFFSET.match(offset)
    if match is None:
        return None
    try:
        moment = datetime(*(int(part) for part in match.groups()))  # type: ignore[arg-type] # noqa: DTZ001 - a wall clock has no zone
        if zone is None:
            return moment
        ahead = timedelta(hours=int(zone[2]), minutes=int(zone[3]))
        return moment.replace(tzinfo=timezone(-ahead if zone[1] == "-" else ahead))
    except ValueError:  # the 31st of February; a zone of 30 hours
        return None


def _position(gps: dict[str, Entry]) -> Position | None:
    values = []
    for name, low in (("Latitude", "S"), ("Longitude", "W")):
        parts = gps[name].numbers if name in gps else ()
        if len(parts) != 3:
            return None
        degrees = parts[0] + parts[1] / 60 + parts[2] / 3600
        reference = gps[name + "Ref"].text.upper() if name + "Ref" in gps else ""
        values.append(-degrees if reference == low else degrees)
    if not (abs(values[0]) <= 90 and abs(values[1]) <= 180) or values == [0, 0]:
        return None
    return Position(latitude=values[0], longitude=values[1])


def _satellites(gps: dict[str, Entry]) -> datetime | None:
    parts = gps["TimeStamp"].numbers if "TimeStamp" in gps else ()
    date = gps["DateStamp"].text if "DateStamp" in gps else ""
    if len(parts) != 3:
        return None
    day = parse_moment(f"{date} 00:00:00")
    if day is None or not all(0 <= part < 61 for part in parts):
        return None
    spent = timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])
    return (day + spent).replace(tzinfo=UTC, microsecond=0)


def _size(entries: dict[str, Entry]) -> tuple[int, int] | None:
    width, height = (_pointer(entries, f"Pixel{axis}Dimension") for axis in "XY")
    return (width, height) if width and height else None


def _jpeg(tiff: Tiff, entries: dict[str, Entry]) -> bytes | None:
    at, length = _pointer(entries, "offset"), _pointer(entries, "length")
    found = tiff.data[at : at + min(length, 1 << 20)] if at else b""
    return found if found.startswith(b"\xff\xd8\xff") else None
