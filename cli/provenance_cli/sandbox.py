"""Examine many copies: how many at once here, how far it is, a word when walls are missing."""

import os
from typing import TYPE_CHECKING

from provenance_cli import voice
from provenance_cli.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from provenance.acts.examining import Exhibit
    from provenance.desk import Desk
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


def examine_and_tell(
    desk: "Desk",
    exhibits: "Iterable[Exhibit]",
    *,
    what: str = "examining",
    total: int | None,
    notify: "Callable[[Exhibit, Examination], None]" = lambda _exhibit, _found: None,
) -> int:
    """Examine copies, show how far it is, and say it when walls are missing; returns how many.

    Args:
        desk: opened to sign.
        exhibits: the copies.
        what: is being done, for the line of progress.
        total: how many copies; None where that is not known.
        notify: told of each finding once it is acknowledged.
    """
    from provenance.examine.runner import Runner

    walls = WallWarning()
    with Progress(what, total=total) as progress, Runner(workers=workers()) as runner:

        def told(exhibit: "Exhibit", found: "Examination") -> None:
            walls.look_at(found)
            progress.add()
            notify(exhibit, found)

        return desk.examine_all(exhibits, runner=runner, notify=told)
