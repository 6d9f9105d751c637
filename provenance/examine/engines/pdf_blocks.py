"""Places for a handwritten signature on the pages of a PDF."""

import PIL
import pypdfium2

from provenance.examine.subject import Subject
from provenance.signatures.axes import Presence
from provenance.signatures.detected import Detected
from provenance.signatures.model import SignatureStatus
from provenance.signatures.pdf.slots import find_signature_blocks

MODULES = ()


def tools() -> dict[str, str]:
    """Return parser name to version."""
    return {
        "pypdfium2": str(pypdfium2.PYPDFIUM_INFO),
        "pdfium": str(pypdfium2.PDFIUM_INFO),
        "pillow": PIL.__version__,
    }


def detect(subject: Subject, so_far: tuple[SignatureStatus, ...]) -> Detected:
    """Search the pages; the pictures of digital signatures are not ink."""
    taken = tuple(
        (one.locator.page, one.locator.box)
        for one in so_far
        if one.presence is Presence.PRESENT
        and one.locator.page is not None
        and one.locator.box is not None
    )
    return find_signature_blocks(
        subject.data, sha256=subject.sha256, taken=taken, read_elsewhere=subject.ocr is not None
    )
