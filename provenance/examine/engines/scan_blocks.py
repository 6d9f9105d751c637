"""Places for a handwritten signature on scans and photographs; runs only when OCR is asked for."""

from provenance.examine.subject import Subject
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus
from provenance.signatures.scan import reading
from provenance.signatures.scan.slots import find_scanned_blocks

MODULES = (
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.TiffImagePlugin",
    "PIL.WebPImagePlugin",
)


def prepare(language: str) -> None:
    """Make the engine in the zygote: a jailed child could not read the language's data."""
    reading.prepare(language)


def tools() -> dict[str, str]:
    """Return parser name to version, and the digest of the language data."""
    return reading.tools()


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:  # noqa: ARG001 - pictures only
    """Read the pictures of the document."""
    return find_scanned_blocks(
        subject.data,
        sha256=subject.sha256,
        media_type=subject.media_type,
        language=subject.ocr or "eng",
    )
