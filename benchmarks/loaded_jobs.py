"""The job that does nothing, in a zygote that has served every format: the dearest fork."""

from typing import Any

from examine_jobs import nothing
from examine_jobs import preload as _preload

from provenance.examine.engines import ENGINES

__all__ = ["nothing", "preload"]


def preload(request: dict[str, Any]) -> None:
    """Load every engine, as a zygote has that examined a mixed folder."""
    for media_type in ENGINES:
        _preload(request | {"media_type": media_type})
