"""How many documents are examined at once here, and a word when the walls are not complete."""

import os
from typing import TYPE_CHECKING

from provenance_cli import voice

if TYPE_CHECKING:
    from provenance.examine.examination import Examination

MOST: int = 16  # workers; each holds its parsers in memory, about 60 MB


def workers() -> int:
    """Return one worker for each core this process may use."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return min(cores, MOST)


class WallWarning:
    """Says once that documents are examined behind fewer walls than there might be."""

    def __init__(self) -> None:
        self._said = False

    def look_at(self, examination: "Examination") -> None:
        """Look at which walls stood; the first time they are not complete, say so."""
        if self._said or not examination.jail or examination.jail_level == "full":
            return
        self._said = True
        voice.say(
            f"warning: documents are examined with {examination.jail_level} isolation here;"
            " `prov doctor` says what is missing and what that means"
        )
