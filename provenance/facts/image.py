"""What a picture says about itself, and where it contradicts itself.

Order: the container (`pictures.jpeg` and its like: metadata, size, where the picture ends), EXIF,
XMP, IPTC, texts, profile; then observations: what contradicts itself, what is hidden, what exposes
a source, what is worth knowing. Coordinates and serial numbers are shown: the desk needs them, and
must know that publishing the file shows them too. Only the preview is ever decoded; a picture that
would fill memory is told by its header. Printer dots are not looked for: the file says when they
may be there. Total: a part that cannot be read is a note.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final, TypeVar

from provenance.facts.model import Facts, Observation
from provenance.facts.pictures.boxes import read_boxes
from provenance.facts.pictures.dates import date_contradictions, said
from provenance.facts.pictures.exif import Exif, read_exif
from provenance.facts.pictures.found import Found
from provenance.facts.pictures.gif import read_gif
from provenance.facts.pictures.iptc import read_iptc
from provenance.facts.pictures.jpeg import read_jpeg
from provenance.facts.pictures.noticed import Picture, notice
from provenance.facts.pictures.png import read_png
from provenance.facts.pictures.preview import preview_differs
from provenance.facts.pictures.tiff import read_tiff
from provenance.facts.pictures.webp import read_webp
from provenance.facts.pictures.xmp import Xmp, read_xmp
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.text import tame

T = TypeVar("T")

MAX_SHOWN: Final = 300  # characters of one property
MAX_TEXTS_SHOWN: Final = 12  # text entries of a PNG that are shown; the rest are counted

_READERS: Final[Mapping[str, Callable[[bytes], Found]]] = {
    "image/jpeg": read_jpeg,
    "image/png": read_png,
    "image/webp": read_webp,
    "image/gif": read_gif,
    "image/tiff": read_tiff,
    "image/heic": read_boxes,
    "image/heif": read_boxes,
    "image/avif": read_boxes,
}
_XMP_SHOWN: Final = (
    "xmp:CreatorTool",
    "xmp:CreateDate",
    "xmp:ModifyDate",
    "xmp:MetadataDate",
    "photoshop:DateCreated",
    "photoshop:Credit",
    "photoshop:Source",
    "dc:creator",
    "dc:rights",
    "dc:title",
    "dc:description",
    "xmpMM:DocumentID",
    "xmpMM:OriginalDocumentID",
    "xmpMM:InstanceID",
    "tiff:Make",
    "tiff:Model",
    "Iptc4xmpExt:DigitalSourceType",
)


def read_image_facts(data: bytes, *, media_type: str, at: datetime) -> Facts:
    """Read the facts of a picture; what cannot be read is noted, not raised.

    Args:
        data: the whole file.
        media_type: as identified from the bytes.
        at: now, as the caller says.
    """
    reader = _READERS.get(media_type)
    if reader is None:
        return Facts(notes=(f"metadata of {media_type} is not read yet",))
    found = attempt("container", lambda: reader(data))
    if isinstance(found, Fault):
        return Facts(notes=(f"the picture could not be read{found.because}",))
    notes = [tame(note, 500) for note in found.notes]
    more = len(found.texts) - MAX_TEXTS_SHOWN
    notes += [f"{more} more texts in it are not shown"] if more > 0 else []
    exif = _part("EXIF", found.exif, read_exif, notes) or Exif()
    xmp = _part("XMP", found.xmp, read_xmp, notes) or Xmp()
    iptc = _part("IPTC", found.iptc, read_iptc, notes) or {}
    picture = Picture(
        data=data,
        media_type=media_type,
        found=found,
        exif=exif,
        xmp=xmp,
        iptc=iptc,
        another_preview=_another_preview(data, media_type, exif, notes),
    )
    return Facts(
        pages=found.pages,
        properties=_properties(picture),
        observations=tuple(_observations(picture, at)),
        notes=tuple(notes),
    )


def _part(name: str, block: bytes | None, read: Callable[[bytes], T], notes: list[str]) -> T | None:
    """Read one block of metadata; what stops the reader is noted."""
    if block is None:
        return None
    done = attempt(name, lambda: read(block))
    if isinstance(done, Fault):
        notes.append(f"{name} could not be read{done.because}")
        return None
    return done


def _another_preview(data: bytes, media_type: str, exif: Exif, notes: list[str]) -> bool:
    preview = exif.preview
    if preview is None or media_type != "image/jpeg":
        return False
    done = attempt("preview", lambda: preview_differs(data, preview))
    if isinstance(done, Fault):
        notes.append(f"picture and preview could not be compared{done.because}")
    return done is True


def _properties(picture: Picture) -> dict[str, str]:
    found, exif, xmp = picture.found, picture.exif, picture.xmp
    said_by: dict[str, str] = {}
    if found.size:
        said_by["picture.size"] = "{} x {} pixels".format(*found.size)
    if found.dpi:
        said_by["picture.density"] = f"{found.dpi:.0f} per inch"
    if found.frames > 1:
        said_by["picture.frames"] = str(found.frames)
    said_by |= dict(found.properties)
    said_by |= {f"exif.{name}": text for name, text in exif.texts.items()}
    said_by |= {f"exif.{name}": said(moment) for name, moment in exif.times.items()}
    if exif.satellites:
        said_by["exif.SatelliteTime"] = said(exif.satellites)
    if exif.position:
        said_by["exif.Position"] = picture.where
    said_by |= {key: xmp.properties[key] for key in _XMP_SHOWN if key in xmp.properties}
    said_by |= {f"iptc.{name}": text for name, text in picture.iptc.items()}
    said_by |= {f"text.{key}": text for key, text in found.texts[:MAX_TEXTS_SHOWN]}
    if picture.profile_made:
        said_by["profile.made"] = said(picture.profile_made)
    return {tame(key, 80): tame(text, MAX_SHOWN) for key, text in said_by.items() if text}


def _observations(picture: Picture, at: datetime) -> Iterator[Observation]:
    yield from date_contradictions(
        picture.exif, picture.xmp, profile_made=picture.profile_made, at=at
    )
    yield from notice(picture)
