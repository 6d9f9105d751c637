"""Read a file's shape: more than one format at once, bytes before and after, and broken promises.

In order: what name and label promise; a format that nobody knows; a second identity at a fixed
place; bytes before the beginning; bytes after the end; a ZIP that is found by its end record; whole
files of another format inside. What is normal is not said: pictures in documents and films, any
file in an archive, a mail or an Office file of the old kind. Looks at SCAN bytes at most, and says
so. Never decides what the file "really" is: two programs may rightly open it as two things.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from provenance.examine.identify.names import TRICKS
from provenance.examine.identify.promises import breaks_extension, breaks_label
from provenance.facts.model import Facts, Observation, Weight
from provenance.facts.shape.ends import end_of
from provenance.facts.shape.outer import Found, find_outer, zip_by_its_end
from provenance.signatures.text import tame

SCAN: Final = 256 << 20  # bytes searched, half from each end; about a second of work
_NEAR: Final = 1 << 20  # bytes behind the end that are searched for every kind of file
_EARLY: Final = 1024  # bytes within which a PDF reader accepts a beginning (Adobe's rule)
_PADDING: Final = b"\x00\r\n\t \x1a"  # what programs fill up with after the end
_UNKNOWN: Final = "application/octet-stream"
_EMPTY: Final = "application/x-empty"
_FIXED: Final = (
    (257, b"ustar", "application/x-tar", "tar archive"),
    (128, b"DICM", "application/dicom", "medical picture (DICOM)"),
    (0x8001, b"CD001", "application/vnd.efi.iso", "disc image"),
)
_CARRIERS: Final = (
    "application/x-ole",
    "application/msword",
    "application/vnd.ms-",
    "application/vnd.visio",
    "application/x-mspublisher",
    "application/x-hwp",
    "application/onenote",
    "application/x-tar",
    "application/x-7z",
    "application/vnd.rar",
    "application/vnd.efi.iso",
    "application/x-apple-diskimage",
    "application/x-vhd",
    "application/x-vmdk",
    "application/x-qemu",
    "application/vnd.microsoft.portable-executable",
    "application/x-elf",
    "application/x-mach",
    "application/x-archive",
    "application/x-rpm",
    "application/vnd.debian",
    "application/x-cpio",
    "application/warc",
    "application/mbox",
    "application/rtf",
    "message/",
    "multipart/",
    "application/vnd.sqlite3",
    "application/vnd.tcpdump",
    "application/x-pcapng",
    "application/pkcs7-mime",
)
"""Beginnings of media types whose files hold other files as they are."""

_FIRST_THINGS: Final = (
    "application/x-tar",
    "application/pkcs7-mime",
    "application/pgp-",
    "application/warc",
    "application/x-cpio",
    "application/x-archive",
)
"""Of these, the ones that may begin with the file that they hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What came with a file, as far as it may be known here."""

    extension: str | None = None
    media_type: str | None = None
    tricks: tuple[str, ...] = ()


def read_shape(data: bytes, media_type: str, claims: Claims) -> Facts:
    """Return what is odd about the file as a file.

    Args:
        data: the whole file.
        media_type: what it was identified as.
        claims: what its name and its label promise.
    """
    observations = [*_promises(media_type, claims)]
    if media_type != _EMPTY:
        observations += _shape(data, media_type)
    notes = (
        (f"searched for a second format in the first and last {SCAN >> 21} MiB only",)
        if len(data) > SCAN
        else ()
    )
    return Facts(observations=tuple(observations), notes=notes)


def _promises(media_type: str, claims: Claims) -> Iterator[Observation]:
    for code in claims.tricks:
        yield Observation(code=code, weight=Weight.RISK, text=TRICKS[code])
    if media_type == _EMPTY:
        yield Observation(code="empty-file", weight=Weight.NOTE, text="The file is empty.")
        return
    are = "of no format known here" if media_type == _UNKNOWN else media_type
    if breaks_extension(media_type, claims.extension):
        yield Observation(
            code="extension-mismatch",
            weight=Weight.CONTRADICTION,
            text=f"The name says .{tame(claims.extension, 20)}, the bytes are {are}.",
        )
    if breaks_label(media_type, claims.media_type):
        yield Observation(
            code="media-type-mismatch",
            weight=Weight.CONTRADICTION,
            text=f"It came labelled as {tame(claims.media_type, 120)}, the bytes are {are}.",
        )
    if media_type == _UNKNOWN:
        yield Observation(
            code="unknown-format",
            weight=Weight.NOTE,
            text="The format was not recognised, so nothing looked inside; that does not make the"
            " file harmless.",
        )


def _shape(data: bytes, media_type: str) -> list[Observation]:
    start = max(data[:_EARLY].find(b"%PDF-"), 0) if media_type == "application/pdf" else 0
    end = end_of(data, media_type)
    found = [*_second_identities(data, media_type), *_before(data, start)]
    after = _after(data, end, media_type)
    if not any(one.code == "polyglot" for one in after):
        after = list(_hidden_zip(data, media_type)) or after
    found += after
    if not found:
        found += _inside(data, media_type)
    return list({one.text: one for one in reversed(found)}.values())[::-1]


def _second_identities(data: bytes, media_type: str) -> Iterator[Observation]:
    """Formats whose readers look at one place only, whatever stands before it."""
    for offset, magic, own, kind in _FIXED:
        if media_type != own and data.startswith(magic, offset):
            yield _polyglot(media_type, kind, offset - 1 if offset > 0x8000 else 0)
    early = data[:_EARLY].find(b"%PDF-")
    if early < 0 or media_type in {"application/pdf", _UNKNOWN} or _is_text(media_type):
        return
    if media_type.startswith(_FIRST_THINGS):
        return
    if not _is_member(data, early):
        yield _polyglot(media_type, "PDF document", early)


def _is_member(data: bytes, place: int) -> bool:
    """Tell whether a member of a ZIP, stored as it is, begins right there."""
    at = data.rfind(b"PK\x03\x04", 0, place)
    if at < 0 or not data.startswith(b"PK"):
        return False
    lengths = (int.from_bytes(data[at + n : at + n + 2], "little") for n in (26, 28))
    return at + 30 + sum(lengths) == place


def _before(data: bytes, start: int) -> Iterator[Observation]:
    """Bytes before a PDF's beginning: rubbish, or another format that comes first."""
    if not start:
        return
    begins = find_outer(data, 0, start)
    lead = data[:start].lstrip(_PADDING).lower()
    if begins or lead.startswith((b"<", b"#!")):
        kind = begins[0].kind if begins else "text that a browser or a shell would run"
        yield _polyglot("application/pdf", kind, begins[0].offset if begins else 0)
    elif lead:
        yield Observation(
            code="leading-bytes",
            weight=Weight.HIDDEN,
            text=f"{start} bytes stand before the beginning of the PDF; no reader shows them.",
        )


def _after(data: bytes, end: int | None, media_type: str) -> list[Observation]:
    """Bytes after the end that the format itself states."""
    if end is None or end >= len(data) or not (rest := data[end:].strip(_PADDING)):
        return []
    near, far = min(len(data), end + _NEAR), min(len(data), end + SCAN)
    begins = find_outer(data, end, near) or find_outer(data, near, far, all_kinds=False)
    if begins and not begins[0].picture and media_type.startswith("image/"):
        if begins[0].kind == "film or sound":
            return [_note_motion(begins[0])]
        return [_polyglot(media_type, begins[0].kind, begins[0].offset)]
    if begins and not (begins[0].picture and media_type.startswith("image/")):
        return [_polyglot(media_type, begins[0].kind, begins[0].offset)]
    what = f"; a {begins[0].kind} begins there, as cameras store previews" if begins else ""
    return [
        Observation(
            code="trailing-bytes",
            weight=Weight.NOTE if begins else Weight.HIDDEN,
            text=f"{len(rest)} bytes follow the end of the file's own format{what}; what shows the"
            " file does not show them.",
            where=f"from byte {end}",
        )
    ]


def _note_motion(film: Found) -> Observation:
    return Observation(
        code="motion-photo",
        weight=Weight.NOTE,
        text="A film follows the picture, as phones store a moving photo; it may show more than"
        " the picture does.",
        where=f"from byte {film.offset}",
    )


def _hidden_zip(data: bytes, media_type: str) -> Iterator[Observation]:
    """A ZIP behind something else: what a reader of ZIP opens when it is given this file."""
    if data.startswith(b"PK") or media_type.startswith(_CARRIERS):
        return
    found = zip_by_its_end(data)
    # One that ends earlier is a file inside this one: no reader finds it from the end.
    if found is not None and found[1] == len(data):
        yield _polyglot(media_type, "ZIP archive", found[0])


def _inside(data: bytes, media_type: str) -> Iterator[Observation]:
    """Whole files of another format, where this format has no business to hold any."""
    searched = media_type.startswith(("image/", "audio/", "video/")) and not _is_text(media_type)
    if not (searched or media_type in {_UNKNOWN, "application/ogg"}):
        return
    unknown = media_type == _UNKNOWN
    own = frozenset({0})  # how the file itself begins
    for start, end in _stretches(len(data)):
        for hit in find_outer(data, start, end, all_kinds=False, pictures=unknown, skip=own)[:1]:
            yield _lead_in(hit) if unknown else _polyglot(media_type, hit.kind, hit.offset)
            return


def _lead_in(hit: Found) -> Observation:
    return Observation(
        code="leading-bytes",
        weight=Weight.HIDDEN,
        text=f"{hit.offset} bytes of no known format stand before a {hit.kind}.",
        where=f"from byte {hit.offset}",
    )


def _stretches(size: int) -> tuple[tuple[int, int], ...]:
    if size <= SCAN:
        return ((0, size),)
    return ((0, SCAN // 2), (size - SCAN // 2, size))


def _polyglot(media_type: str, kind: str, offset: int) -> Observation:
    first = "a file of no known format" if media_type == _UNKNOWN else media_type
    return Observation(
        code="polyglot",
        weight=Weight.RISK,
        text=f"Two formats in one file: {first}, and a {kind}. Programs may show one and run, or"
        " sign, the other.",
        where=f"from byte {offset}",
    )


def _is_text(media_type: str) -> bool:
    return media_type.startswith(("text/", "message/", "multipart/")) or media_type.endswith(
        ("+xml", "/xml", "json", "/mbox", "/rtf", "/postscript", "/x-pem-file", "/x-plist")
    )
