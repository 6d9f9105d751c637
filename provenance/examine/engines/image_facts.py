"""What a picture says about itself."""

import PIL

from provenance.examine.subject import Subject
from provenance.facts.image import read_image_facts
from provenance.facts.model import Facts

MODULES = (
    # what the readers import late
    "PIL.TiffImagePlugin",
    "encodings.latin_1",
    "encodings.utf_16_be",
    "encodings.utf_16_le",
)


def tools() -> dict[str, str]:
    """Return parser name to version."""
    return {"pillow": PIL.__version__}


def read_facts(subject: Subject) -> Facts:
    """Read metadata, contradictions, what is hidden and what exposes."""
    return read_image_facts(subject.data, media_type=subject.media_type, at=subject.at)
