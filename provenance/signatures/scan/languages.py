"""Where the reading engine's language data lie, and which there are. Looks at file names only.

The engine comes as a Python package without data; the data come from the operating system
(Debian: tesseract-ocr-eng, tesseract-ocr-ara ...). A language is named as the engine names it.
"""

import re
from pathlib import Path
from typing import Final

from provenance.errors import UsageError

FOLDERS: Final = ("/usr/share/tesseract-ocr", "/usr/share/tessdata", "/opt/homebrew/share/tessdata")
_NAME: Final = re.compile(r"[a-z]{3}(?:_[a-zA-Z]{2,8})?")


def data_folder(language: str) -> Path | None:
    """Return the folder that holds a language's data; None if none does.

    Raises:
        UsageError: not the name of a language.
    """
    if not _NAME.fullmatch(language):
        raise UsageError("a language is named as the reading engine names it: eng, deu, ara, fas")
    for folder in FOLDERS:
        if found := sorted(Path(folder).rglob(f"{language}.traineddata")):
            return found[-1].parent
    return None
