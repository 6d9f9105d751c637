"""Pictures that a document shows in part: what was cut away is still in the file."""

from typing import Final

from provenance.facts.gathering import Gathered, counted
from provenance.facts.model import Weight
from provenance.facts.office.markup import Element, every

LEAST: Final = 1_000  # thousandths of a per cent: a crop below one per cent hides nothing


def tell_cropped(gathered: Gathered, root: Element, *, where: str) -> None:
    """Observe cropped pictures of a part (ECMA-376 part 1, 20.1.8.55)."""
    cropped = 0
    for element in every(root, "srcRect"):
        sides = [element.get(side) or "0" for side in ("l", "t", "r", "b")]
        cropped += any(_thousandths(side) >= LEAST for side in sides)
    if cropped:
        text = (
            f"{counted(cropped, 'picture is', 'pictures are')} shown cropped; the whole of it is in"
            " the file."
        )
        gathered.observe("cropped-picture", Weight.HIDDEN, text, where=where)


def _thousandths(text: str) -> int:
    """Read a share: thousandths of a per cent, or `12.5%` in the strict form."""
    try:
        return int(float(text[:20].rstrip("%")) * (1000 if text.endswith("%") else 1))
    except (ValueError, OverflowError):
        return 0
