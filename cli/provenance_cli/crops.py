"""Pictures of signature places, written as PNG by us from bare pixels.

The pixels come from a jailed worker and were never parsed here; the file is ours. Its name is made
of the document's digest and the place's id, never of the document's own name.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from provenance.errors import StoreFault
from provenance_cli import voice

if TYPE_CHECKING:
    from provenance.examine.examination import Examination


def write_crops(found: "Examination", folder: Path) -> None:
    """Write the picture of each place that has one.

    Raises:
        StoreFault: the folder cannot be written to.
    """
    from PIL import Image

    for status in (*found.signatures.statuses, *found.signatures.undetermined):
        if status.crop is None:
            continue
        path = folder / f"{found.document_sha256[:16]}-{status.id}.png"
        picture = Image.frombytes("L", (status.crop.width, status.crop.height), status.crop.grey)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            picture.save(path, "PNG")
        except OSError as error:
            raise StoreFault(f"pictures cannot be written to {folder}: {error.strerror}") from error
        voice.say(f"page {status.locator.page}, {status.headline.value}: {path}")
