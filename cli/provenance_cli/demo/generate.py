"""Write the stand-in letter and its photograph again, byte for byte.

Usage: `python -m provenance_cli.demo.generate DIR`, where DIR is a folder that exists.

Rules:
  1. takes nothing from the machine: no clock, no chance, no typeface of the system;
  2. the PDF is the same bytes everywhere; the photograph is the same bytes with the pinned
     libraries, and the same to the eye with others (the rasteriser and the JPEG encoder decide);
  3. never touches the dossier: that one is written by people.
"""

import sys
from pathlib import Path

from provenance.errors import StoreFault, UsageError
from provenance_cli.demo.letter import STAND_IN_MARK, letter_pdf

LETTER_NAME = "letter.pdf"
PHOTO_NAME = "letter-photo.jpg"


def generate(folder: Path) -> tuple[Path, Path]:
    """Write both files into `folder` and return their paths, the letter first.

    Raises:
        StoreFault: the folder cannot be written to.
    """
    from provenance_cli.demo.photograph import photograph

    letter, photo = folder / LETTER_NAME, folder / PHOTO_NAME
    pdf = letter_pdf()
    try:
        letter.write_bytes(pdf)
        photo.write_bytes(photograph(pdf, comment=STAND_IN_MARK))
    except OSError as exc:
        raise StoreFault(f"cannot write the demonstration letter: {exc.strerror}") from exc
    return letter, photo


def main(arguments: list[str]) -> None:
    """Generate into the one folder named, and say what was written.

    Raises:
        UsageError: not exactly one folder was named.
    """
    if len(arguments) != 1:
        raise UsageError("name one folder to write the letter and its photograph into")
    for path in generate(Path(arguments[0])):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
