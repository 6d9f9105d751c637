"""A job in the place of gpgv's, on a machine that has no gpgv: its walls never stand."""

from typing import Any

from provenance.examine.gpgv_job import ask, preload, report_version

__all__ = ["ask", "enter", "preload", "report_version"]


def enter(**_walls: Any) -> tuple[str, ...]:  # noqa: ANN401 - the arguments of a jail
    """What `gpgv_job.enter` answers where there is no program."""
    return ()
