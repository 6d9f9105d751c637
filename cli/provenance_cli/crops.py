"""Pictures of signature places, written as PNG by us from bare pixels.

The pixels come from a jailed worker and were never parsed here; the file is ours. Its name is made
of the document's digest, a number and the place's id as far as that is plain letters, digits and
hyphens: a worker that was taken over cannot choose where it is written.
"""

import re
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

    from provenance_cli.cards import LOOKS_LIKE

    places = (*found.signatures.statuses, *found.signatures.undetermined)
    for number, status in enumerate(places, start=1):
        if status.crop is None:
            continue
        place = re.sub(r"[^a-z0-9-]", "-", status.id)[:40]
        path = folder / f"{found.document_sha256[:16]}-{number}-{place}.png"
        picture = Image.frombytes("L", (status.crop.width, status.crop.height), status.crop.grey)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            picture.save(path, "PNG")
        except OSError as error:
            raise StoreFault(f"pictures cannot be written to {folder}: {error.strerror}") from error
        open_yet = status in found.signatures.undetermined
        word = status.headline.value
        seen = LOOKS_LIKE.get(word, "not determined") if open_yet else word.replace("_", " ")
        voice.say(f"page {status.locator.page}, {seen}: {path}")
