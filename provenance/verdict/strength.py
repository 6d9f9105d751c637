"""From the lines of one side to one number, 0 to 4.

    4  some line has grade 4
    3  some line has grade 3, or two disjoint lines have grade >= 2 and are not both self-serving
    2  some line has grade 2
    1  any line at all           0  none
A self-serving line counts as 1 when standing alone. Corroboration never makes a 4, and claims
(grade 1) never add up, however many.
"""

from collections.abc import Sequence

from provenance.verdict.lines import Line
from provenance.verdict.rules import CREDIBLE

CORROBORATED = 3  # what two independent credible lines are worth together


def strength_of(lines: Sequence[Line]) -> int:
    """Return the strength of a side."""
    alone = max((line.strength for line in lines), default=0)
    if alone >= CORROBORATED or corroborators(lines) is None:
        return alone
    return CORROBORATED


def corroborators(lines: Sequence[Line]) -> tuple[Line, Line] | None:
    """Return the first two lines that corroborate each other, best first, or None."""
    credible = [line for line in lines if line.grade >= CREDIBLE]
    for place, first in enumerate(credible):
        for second in credible[place + 1 :]:
            both_serve = first.self_serving and second.self_serving
            if not first.resources & second.resources and not both_serve:
                return first, second
    return None
