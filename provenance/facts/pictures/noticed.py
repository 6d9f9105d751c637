"""What is worth noticing in a picture besides its dates; one sentence each.

Contradictions: two makers, another size than EXIF says. Hidden: another preview, bytes behind the
end. Risk: a place, serial numbers, an owner; a size that fills memory; dots that a colour printer
may have left on a scan. Notes: programs that edit or generate, history, what a web site has
written, tables of the reference library under a camera's name. All of it can be put there by hand.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from provenance.examine.identify import HEAD, identify_bytes
from provenance.facts.gathering import counted, joined
from provenance.facts.model import Observation, Weight
from provenance.facts.pictures.exif import Exif
from provenance.facts.pictures.found import Found
from provenance.facts.pictures.xmp import Xmp
from provenance.signatures.text import tame

BOMB_PIXELS: Final = 500_000_000  # more than any camera; opened in colour, two gigabytes
DOTS_DPI: Final = 299.0  # per inch: printer dots do not survive coarser scans
DOTS_SIDE: Final = 1500  # pixels of the shorter side: a page, not a stamp

_EDITORS: Final = re.compile(
    r"photoshop|lightroom|camera raw|gimp|affinity|pixelmator|snapseed|picsart|facetune|faceapp"
    r"|canva|paint\.net|mspaint|darktable|rawtherapee|capture one|luminar|picasa|acdsee|irfanview"
    r"|photopea|polarr|vsco|remini|imagemagick|graphicsmagick|paintshop|corel|krita|inkscape",
    re.IGNORECASE,
)
_GENERATORS: Final = re.compile(
    r"stable diffusion|midjourney|dall[- ]?e|adobe firefly|comfyui|novelai|automatic1111|invokeai"
    r"|leonardo\.ai|ideogram|craiyon|gpt-image|imagen|dreamstudio|fooocus|swarmui",
    re.IGNORECASE,
)
_GENERATOR_KEYS: Final = frozenset(
    {"parameters", "prompt", "workflow", "sd-metadata", "invokeai_metadata", "dream"}
)
_GENERATED_SOURCE: Final = re.compile(r"trainedAlgorithmicMedia|algorithmicMedia", re.IGNORECASE)
_SERIALS: Final = {
    "BodySerialNumber": "the camera's serial number",
    "LensSerialNumber": "the lens's serial number",
    "CameraOwnerName": "the camera's owner",
    "Artist": "an author",
    "Photographer": "a photographer",
    "ImageUniqueID": "a number of its own",
}
_LOSSLESS: Final = frozenset({"image/png", "image/tiff"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All that was read of one picture."""

    data: bytes
    media_type: str
    found: Found
    exif: Exif
    xmp: Xmp
    iptc: Mapping[str, str]
    another_preview: bool
    """The small preview shows something else."""

    @property
    def where(self) -> str:
        """The place that EXIF names, in degrees."""
        place = self.exif.position
        return f"{place.latitude:.5f}, {place.longitude:.5f}" if place else ""

    @property
    def profile_made(self) -> datetime | None:
        """When the colour profile says it was made (ICC.1 7.2.8); always UTC."""
        icc = self.found.icc
        if icc is None or icc[36:40] != b"acsp":
            return None
        parts = [int.from_bytes(icc[at : at + 2], "big") for at in range(24, 36, 2)]
        try:
            return datetime(*parts[:6], tzinfo=UTC)  # type: ignore[misc,arg-type] # six numbers
        except ValueError:
            return None

    @property
    def programs(self) -> tuple[str, ...]:
        """Programs that the picture names, tamed, each once."""
        named = [self.exif.texts.get(key, "") for key in ("Software", "ImageEditingSoftware")]
        named += [self.exif.texts.get("RAWDevelopingSoftware", "")]
        named += [self.xmp.properties.get("xmp:CreatorTool", "")]
        named += [step.program for step in self.xmp.history]
        named += [text for key, text in self.found.texts if key.lower() == "software"]
        return tuple(dict.fromkeys(tame(name, 100) for name in named if name))


def notice(picture: Picture) -> Iterator[Observation]:
    """Yield everything that is worth noticing, contradictions first."""
    yield from _sizes(picture)
    yield from _makers(picture)
    yield from _hidden(picture)
    yield from _exposing(picture)
    yield from _programs(picture)
    yield from _origin(picture)


def _sizes(picture: Picture) -> Iterator[Observation]:
    size, stated = picture.found.size, picture.exif.size
    if size is None:
        return
    if stated and set(stated) != set(size):
        text = (
            f"It is {size[0]} x {size[1]} pixels, and EXIF says {stated[0]} x {stated[1]}: it was"
            " cut or scaled after EXIF was written."
        )
        yield _seen("exif-size-differs", Weight.CONTRADICTION, text)
    if size[0] * size[1] > BOMB_PIXELS:
        text = (
            f"It says it is {size[0]} x {size[1]} pixels: opening it would fill"
            f" {size[0] * size[1] * 4 // 10**9} gigabytes of memory."
        )
        yield _seen("picture-fills-memory", Weight.RISK, text)


def _makers(picture: Picture) -> Iterator[Observation]:
    for name in ("Make", "Model"):
        first = picture.exif.texts.get(name, "")
        second = picture.xmp.properties.get(f"tiff:{name}", "")
        if first and second and first.strip() != second.strip():
            text = f'Two places name a different {name}: "{tame(first, 80)}", "{tame(second, 80)}".'
            yield _seen(f"two-{name.lower()}s", Weight.CONTRADICTION, text)


def _hidden(picture: Picture) -> Iterator[Observation]:
    if picture.another_preview:
        text = (
            "The small preview inside shows something else than the picture: it may show what was"
            " there before it was cut, painted over or exchanged."
        )
        yield _seen("preview-differs", Weight.HIDDEN, text)
    end = picture.found.end
    rest = picture.data[end:] if end is not None else b""
    if rest.strip(b"\0"):
        kind = identify_bytes(rest[:HEAD], rest[-HEAD:]).media_type
        what = "nothing known" if kind == "application/octet-stream" else kind
        text = f"{len(rest)} bytes stand behind the end of the picture; they look like {what}."
        several = "jpeg.pictures" in dict(picture.found.properties) and kind == "image/jpeg"
        weight = Weight.NOTE if several else Weight.HIDDEN
        yield _seen("bytes-behind-the-end", weight, text)
    if picture.xmp.properties.get("GCamera:MotionPhoto", "0") not in {"0", ""}:
        text = "It says that a short film lies behind the picture, from the moment it was taken."
        yield _seen("motion-photo", Weight.HIDDEN, text)


def _exposing(picture: Picture) -> Iterator[Observation]:
    if picture.exif.position is not None:
        text = f"It exposes where it was taken ({picture.where}); publishing the file shows that."
        yield _seen("exposes-place", Weight.RISK, text)
    texts = picture.exif.texts
    held = [words for key, words in _SERIALS.items() if _tells(texts.get(key, ""))]
    if held:
        text = f"It exposes {', '.join(held)}; publishing the file shows that."
        yield _seen("exposes-device-or-person", Weight.RISK, text)
    if picture.exif.maker_note:
        text = (
            f"It holds {picture.exif.maker_note} bytes of the maker's own notes, which are not read"
            " here and may name the device."
        )
        yield _seen("maker-note", Weight.NOTE, text)
    if _may_hold_dots(picture):
        text = (
            "A scan as fine as this may hold the yellow dots by which many colour printers mark"
            " every page; publishing it may expose the printer. They are not looked for here."
        )
        yield _seen("printer-dots-possible", Weight.RISK, text)


def _tells(text: str) -> bool:
    """Say whether a text names anything: cameras write `N/A` and rows of zeros too."""
    return bool(text.strip(" 0-.")) and text.strip().lower() not in {"n/a", "none", "unknown"}


def _may_hold_dots(picture: Picture) -> bool:
    size, dpi = picture.found.size, picture.found.dpi
    lossy = dict(picture.found.properties).get("tiff.compression") == "lossy"
    large = size is not None and min(size) >= DOTS_SIDE
    fine = dpi is not None and dpi >= DOTS_DPI and large and picture.found.colour
    return (
        fine
        and picture.media_type in _LOSSLESS
        and not lossy
        and not picture.exif.texts.get("Make")
    )


def _programs(picture: Picture) -> Iterator[Observation]:
    names = picture.programs
    keys = {key.lower() for key, _ in picture.found.texts} & _GENERATOR_KEYS
    source = picture.xmp.properties.get("Iptc4xmpExt:DigitalSourceType", "")
    made_by = [name for name in names if _GENERATORS.search(name)]
    if made_by or keys or _GENERATED_SOURCE.search(source):
        words = f" ({joined(made_by)})" if made_by else ""
        text = f"Its metadata says that a generative model made it or had a part in it{words}."
        yield _seen("says-generated", Weight.NOTE, text)
    editing = [name for name in names if _EDITORS.search(name)]
    if editing or "crs:Version" in picture.xmp.properties:
        text = f"It was saved by a program that edits: {joined(editing) or 'a raw developer'}."
        yield _seen("edited-with", Weight.NOTE, text)
    steps = [step for step in picture.xmp.history if step.action]
    if steps:
        told = Counter(f"{tame(one.action, 40)} {tame(one.when, 40)}".strip() for one in steps)
        actions = joined(f"{one} ({n} times)" if n > 1 else one for one, n in told.items())
        text = f"Its history lists {counted(len(steps), 'step')}: {actions}."
        yield _seen("edit-history", Weight.NOTE, text)


def _origin(picture: Picture) -> Iterator[Observation]:
    parent = picture.xmp.derived_from
    if parent:
        name = tame(parent.get("originalDocumentID") or parent.get("documentID") or "", 80)
        text = f"It was made from another document ({name or 'unnamed'}); copies may share that id."
        yield _seen("derived-from", Weight.NOTE, text)
    if picture.iptc.get("SpecialInstructions", "").startswith("FBMD"):
        text = "It carries a mark that Facebook and Instagram write into pictures they hand out."
        yield _seen("came-through-facebook", Weight.NOTE, text)
    tables = dict(picture.found.properties).get("jpeg.tables", "")
    if "reference library" in tables and picture.exif.texts.get("Make"):
        text = (
            "It names a camera, but is compressed as programs, web sites and messengers do; some"
            " telephones do the same."
        )
        yield _seen("compressed-like-a-program", Weight.NOTE, text)


def _seen(code: str, weight: Weight, text: str) -> Observation:
    return Observation(code=code, weight=weight, text=text)
