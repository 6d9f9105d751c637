"""Which engines look at which format, by media type; the one place where a format is added.

An engine is a module of this folder. It has:
  * `MODULES`: names of everything it will import, loaded in the zygote once so that every child
    starts with them (a jail without Landlock can open no file at all);
  * `tools() -> dict[str, str]`: parser name to version;
  * `detect(subject, so_far) -> Detected`, if it looks for signatures; `so_far` holds the statuses
    of the engines before it in the row;
  * `prepare(language)`, if it reads pictures: called in the zygote when OCR is asked for;
  * `read_facts(subject) -> Facts`, if it reads facts.
An engine is a thin adapter: the judging stands in `provenance.signatures`, `provenance.facts`.
It may raise: the job turns that into a failure of its detector, never into "unsigned". An engine
whose extra is not installed is left out of the row and named in the answer (`EXTRAS`).
This module imports nothing of them: the supervisor reads the table too.
"""

import importlib
import importlib.util
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol, cast

from provenance.examine.subject import Subject
from provenance.facts.model import Facts
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus

_OOXML: Final = "application/vnd.openxmlformats-officedocument."
_ODF: Final = "application/vnd.oasis.opendocument."
_ZIPS: Final = (
    "application/zip",
    "application/vnd.etsi.asic-e+zip",
    "application/vnd.etsi.asic-s+zip",
)
_OFFICE: Final = tuple(
    _OOXML + kind
    for kind in (
        "wordprocessingml.document",
        "spreadsheetml.sheet",
        "presentationml.presentation",
    )
)
_OPEN_DOCUMENT: Final = tuple(
    f"{_ODF}{kind}{template}"
    for kind in ("text", "spreadsheet", "presentation", "graphics", "chart", "formula", "image")
    for template in ("", "-template")
)
_OLE: Final = (
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/x-ole-encrypted-ooxml",
    "application/x-ole-storage",
)
_PICTURES: Final = tuple(
    f"image/{kind}" for kind in ("jpeg", "png", "webp", "tiff", "gif", "heic", "heif", "avif")
)
_RECORDINGS: Final = (
    "video/mp4",
    "video/quicktime",
    "video/x-msvideo",
    "audio/mp4",
    "audio/mpeg",
    "audio/wav",
    "audio/flac",
)
_PGP: Final = ("application/pgp-encrypted", "application/pgp-keys", "application/pgp-signature")

ENGINES: Final[Mapping[str, tuple[str, ...]]] = {
    "application/pdf": ("pdf", "pdf_blocks", "pdf_facts", "c2pa"),
    "message/rfc822": ("mail", "smime", "openpgp", "mail_facts"),
    "text/plain": ("openpgp", "text_facts"),
    "text/html": ("web_facts",),
    "application/rtf": ("rtf_facts",),
    "application/xml": ("loose_xml", "web_facts"),
    "image/svg+xml": ("c2pa", "web_facts"),
    "application/pkcs7-mime": ("cms", "stated_digests"),
    "application/vnd.dev.sigstore.bundle+json": ("sigstore", "stated_digests"),
    "application/c2pa": ("c2pa_sidecar",),
    "application/x-minisign": ("minisign",),
    "application/x-signify": ("signify",),
    "application/x-ssh-signature": ("ssh",),
    **dict.fromkeys(_PGP, ("openpgp",)),
    **dict.fromkeys(_ZIPS, ("containers", "c2pa", "zip_facts")),
    "application/epub+zip": ("containers", "c2pa"),
    **dict.fromkeys(_OFFICE, ("containers", "c2pa", "ooxml_facts")),
    **dict.fromkeys(_OPEN_DOCUMENT, ("containers", "c2pa", "odf_facts")),
    **dict.fromkeys(_OLE, ("ole_facts",)),
    "application/vnd.ms-outlook": ("outlook_smime", "ole_facts"),
    **dict.fromkeys(_PICTURES, ("c2pa", "image_facts")),
    **dict.fromkeys(_RECORDINGS, ("c2pa",)),
}
"""Media type to module names in the order they run."""

ALWAYS: Final[tuple[str, ...]] = ("shape",)
"""Engines that run on every document, whatever its format; they read facts only."""

DETACHED: Final[tuple[str, ...]] = ("cms_detached", "detached")
"""Engines that run on any format when another file lies beside the document."""

OCR: Final[tuple[str, ...]] = ("scan_blocks",)
"""Engines that read pictures; they run when a person asks for it, because a page takes a second."""

OCR_TYPES: Final = frozenset({"application/pdf"})
"""Formats beside pictures that may be made of pictures."""

DETACHED_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "application/vnd.dev.sigstore.bundle+json": ("sigstore_detached",),
    "application/c2pa": ("c2pa_beside",),
}
"""Engines that run when a file of this media type lies beside the document: large ones."""

EXTRAS: Final[Mapping[str, tuple[str, str]]] = {
    "scan_blocks": ("tesserocr", "ocr"),
    "sigstore": ("sigstore", "sigstore"),
    "sigstore_detached": ("sigstore", "sigstore"),
    "c2pa": ("c2pa", "c2pa"),
    "c2pa_beside": ("c2pa", "c2pa"),
    "c2pa_sidecar": ("c2pa", "c2pa"),
}
"""Engine to (import name it needs, extra of the distribution that brings it)."""


class Engine(Protocol):
    """The shape of an engine module; a module has one of the last two or both."""

    MODULES: tuple[str, ...]

    def tools(self) -> dict[str, str]:
        """Return parser name to version."""
        ...

    def detect(self, subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:
        """Look for signatures."""
        ...

    def read_facts(self, subject: Subject) -> Facts:
        """Read what the document says about itself."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An engine that would have run, had its extra been installed."""

    engine: str
    extra: str


def rows_for(
    media_type: str, *, beside: Collection[str], ocr: str | None = None
) -> tuple[tuple[str, ...], tuple[Missing, ...]]:
    """Return the engines that run for a format, and those whose extra is not installed.

    Args:
        media_type: of the document.
        beside: media types of the files beside it that may sign it, or be signed by it.
        ocr: language in which pictures are to be read; None = they are not read.
    """
    pictures = media_type.startswith("image/") or media_type in OCR_TYPES
    read = OCR if ocr and pictures else ()
    large = dict.fromkeys(name for one in beside for name in DETACHED_OF.get(one, ()))
    wanted = (*row_of(media_type), *read, *(DETACHED if beside else ()), *large, *ALWAYS)
    missing = tuple(
        Missing(engine=name, extra=EXTRAS[name][1])
        for name in wanted
        if name in EXTRAS and not _is_here(EXTRAS[name][0])
    )
    absent = {one.engine for one in missing}
    return tuple(name for name in wanted if name not in absent), missing


def row_of(media_type: str) -> tuple[str, ...]:
    """Return the engines of a format; empty for one that is not examined yet."""
    return ENGINES.get(media_type, ())


def is_detached(name: str) -> bool:
    """Tell whether an engine looks at the files beside a document, not at the document."""
    return name in DETACHED or any(name in each for each in DETACHED_OF.values())


@cache
def _is_here(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def load(name: str) -> Engine:
    """Import an engine and all that it will need.

    Raises:
        ImportError: the installation is at fault.
    """
    engine = cast("Engine", importlib.import_module(f"{__name__}.{name}"))
    for module in engine.MODULES:
        importlib.import_module(module)
    return engine


def has(engine: Engine, what: str) -> Any:  # noqa: ANN401 - a function, or None
    """Return one of the functions an engine may leave out, or None."""
    return getattr(engine, what, None)
