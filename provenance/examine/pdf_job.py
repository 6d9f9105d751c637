"""The job a jailed worker does for a PDF: signatures, signature blocks, facts.

Every detector is guarded on its own: one that raises is listed as failed, and the document is then
ERROR rather than "unsigned". Out of memory ends the worker instead, with an outcome of its own.
"""

import encodings
import hashlib
import importlib
import os
import pkgutil
from typing import Any, Final

from provenance.examine.jail import landlock_abi
from provenance.examine.worker import anchors_of
from provenance.instants import parse_instant
from provenance.signatures.axes import Presence
from provenance.signatures.codec import to_jsonable

_NOT_HERE: Final = frozenset({"mbcs", "oem"})  # codecs of another operating system
_ENGINES: Final = (
    "provenance.signatures.pdf",
    "provenance.signatures.slots",
    "provenance.examine.pdf_facts",
    "provenance.signatures.model",
    # what the engines import late; a jail without Landlock cannot open any file, and one with it
    # cannot open the system's shared libraries
    "lxml.etree",
    "pyhanko.pdf_utils.crypt.pdfmac",
    "pyhanko.pdf_utils.metadata.xmp_xml",
    "pyhanko_certvalidator.validate",
    "stringprep",
    "encodings.cp1252",
    "encodings.idna",
    "encodings.latin_1",
    "encodings.utf_16",
    "encodings.utf_16_be",
    "encodings.utf_16_le",
)


def preload(request: dict[str, Any]) -> None:
    """Import the PDF engines in the zygote, once, so that every child starts with them."""
    for name in _ENGINES:
        importlib.import_module(name)
    if not request["landlock"] or not landlock_abi():
        for module in pkgutil.iter_modules(encodings.__path__):
            if module.name not in _NOT_HERE:
                importlib.import_module(f"encodings.{module.name}")


def examine_pdf(document: int, request: dict[str, Any]) -> dict[str, Any]:
    """Examine the PDF on an open descriptor; returns an `Answer` as JSON values."""
    from provenance.examine.examination import Answer, Facts  # noqa: PLC0415 - preloaded
    from provenance.examine.pdf_facts import read_pdf_facts  # noqa: PLC0415 - preloaded
    from provenance.signatures.pdf_read import Fault, attempt  # noqa: PLC0415 - preloaded

    data = _read_all(document, request["size"])
    if hashlib.sha256(data).hexdigest() != request["sha256"]:
        raise ValueError("the document changed while it was being examined")
    facts = attempt("facts", lambda: read_pdf_facts(data, at=parse_instant(request["at"])))
    if isinstance(facts, Fault):
        facts = Facts(notes=(facts.text,))
    answer = Answer(signatures=_report(data, request), facts=facts, tools=_tools())
    found: dict[str, Any] = to_jsonable(answer)
    return found


def _report(data: bytes, request: dict[str, Any]) -> Any:  # noqa: ANN401 - a SignatureReport, imported late
    from provenance.signatures.model import DetectorFailure, SignatureReport  # noqa: PLC0415 - preloaded
    from provenance.signatures.pdf import inspect_pdf  # noqa: PLC0415 - preloaded
    from provenance.signatures.pdf_read import Fault, attempt  # noqa: PLC0415 - preloaded
    from provenance.signatures.slots import DETECTOR, find_signature_blocks  # noqa: PLC0415 - preloaded
    from provenance.signatures.trust import TrustSet  # noqa: PLC0415 - preloaded

    sha256 = request["sha256"]
    reference = request["reference_time"]
    signed = inspect_pdf(
        data,
        sha256=sha256,
        trust=TrustSet(anchors=anchors_of(request)),
        at=parse_instant(request["at"]),
        reference_time=parse_instant(reference) if reference else None,
    )
    taken = tuple(
        (one.locator.page, one.locator.box)
        for one in signed.statuses
        if one.presence is Presence.PRESENT
        and one.locator.page is not None
        and one.locator.box is not None
    )
    blocks = attempt(DETECTOR, lambda: find_signature_blocks(data, sha256=sha256, taken=taken))
    if isinstance(blocks, Fault):
        # A block that could not be looked for says nothing about digital signatures: left open.
        return SignatureReport(
            document_sha256=sha256,
            statuses=signed.statuses,
            detectors_run=signed.detectors_run,
            detectors_failed=(
                *signed.failures,
                DetectorFailure(detector=DETECTOR, code="block-search-failed", message=blocks.text),
            ),
            warnings=signed.warnings,
        )
    return SignatureReport(
        document_sha256=sha256,
        statuses=(*signed.statuses, *blocks.statuses),
        detectors_run=(*signed.detectors_run, DETECTOR),
        detectors_failed=signed.failures,
        not_determined=blocks.not_determined,
        warnings=signed.warnings,
    )


def _read_all(document: int, size: int) -> bytes:
    """Read by position, so that a shared file offset is left alone."""
    parts = []
    done = 0
    while part := os.pread(document, 1 << 20, done):
        parts.append(part)
        done += len(part)
        if done > size:
            break
    return b"".join(parts)


def _tools() -> dict[str, str]:
    import PIL  # noqa: PLC0415 - preloaded
    import pypdfium2  # noqa: PLC0415 - preloaded

    from provenance import __version__  # noqa: PLC0415 - preloaded
    from provenance.signatures.pdf_steps import ENGINE_VERSION  # noqa: PLC0415 - preloaded

    return {
        "provenance": __version__,
        "pyhanko": ENGINE_VERSION,
        "pypdfium2": str(pypdfium2.PYPDFIUM_INFO),
        "pdfium": str(pypdfium2.PDFIUM_INFO),
        "pillow": PIL.__version__,
    }
