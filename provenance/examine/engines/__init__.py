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
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol, cast

from provenance.examine.subject import Subject
from provenance.facts.model import Facts
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus

ENGINES: Final[Mapping[str, tuple[str, ...]]] = {
    "application/pdf": ("pdf", "pdf_blocks", "pdf_facts"),
}
"""Media type, or its first half with `/*`, to module names in the order they run."""

ALWAYS: Final[tuple[str, ...]] = ("shape",)
"""Engines that run on every document, whatever its format; they read facts only."""

DETACHED: Final[tuple[str, ...]] = ()
"""Engines that run on any format when another file lies beside the document."""

OCR: Final[tuple[str, ...]] = ("scan_blocks",)
"""Engines that read pictures; they run when a person asks for it, because a page takes a second."""

OCR_TYPES: Final = frozenset({"application/pdf"})
"""Formats beside pictures that may be made of pictures."""

EXTRAS: Final[Mapping[str, tuple[str, str]]] = {"scan_blocks": ("tesserocr", "ocr")}
"""Engine to (import name it needs, extra of the distribution that brings it)."""


class Engine(Protocol):
    """The shape of an engine module; a module has one of the last two or both."""

    MODULES: tuple[str, ...]

    def tools(self) -> dict[str, str]:
        """Return parser name to version."""

    def detect(self, subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:
        """Look for signatures."""

    def read_facts(self, subject: Subject) -> Facts:
        """Read what the document says about itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An engine that would have run, had its extra been installed."""

    engine: str
    extra: str


def rows_for(
    media_type: str, *, beside: bool, ocr: str | None = None
) -> tuple[tuple[str, ...], tuple[Missing, ...]]:
    """Return the engines that run for a format, and those whose extra is not installed.

    Args:
        media_type: of the document.
        beside: whether another file lies beside it that may sign it, or be signed by it.
        ocr: language in which pictures are to be read; None = they are not read.
    """
    family = media_type.partition("/")[0] + "/*"
    row = ENGINES.get(media_type) or ENGINES.get(family, ())
    read = OCR if ocr and (family == "image/*" or media_type in OCR_TYPES) else ()
    wanted = (*row, *read, *(DETACHED if beside else ()), *ALWAYS)
    missing = tuple(
        Missing(engine=name, extra=EXTRAS[name][1])
        for name in wanted
        if name in EXTRAS and not _is_here(EXTRAS[name][0])
    )
    absent = {one.engine for one in missing}
    return tuple(name for name in wanted if name not in absent), missing


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
