"""The verdict of one item with many records."""

import sys
import time
from statistics import median
from typing import Any

from measuring import ROOT


def weigh(records: int, seeds: int) -> dict[str, Any]:
    """Evaluate random dossiers (half relays, a tenth acts, 40 voices)."""
    sys.path.insert(0, str(ROOT))
    from provenance.verdict.evaluate import evaluate  # noqa: PLC0415  # after the path

    try:
        from tests.verdict.worlds import random_dossier  # noqa: PLC0415  # needs hypothesis
    except ImportError:
        return {"absent": "the tests' worlds need hypothesis, which is not installed"}
    spent, waits = [], []
    for seed in range(seeds):
        dossier = random_dossier(seed, records)
        cpu, wall = time.process_time(), time.perf_counter()
        evaluate(dossier)
        spent.append(time.process_time() - cpu)
        waits.append(time.perf_counter() - wall)
    return {"p50": median(spent), "wall_p50": median(waits)}
