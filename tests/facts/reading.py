"""What the tests of fact readers share: a present, and ways to look into an answer."""

from datetime import UTC, datetime
from typing import Final

from provenance.facts.model import Facts, Observation, Weight

AT: Final = datetime(2026, 1, 1, tzinfo=UTC)


def codes(facts: Facts, *weights: Weight) -> set[str]:
    """Return the codes of all observations, or of those with these weights."""
    return {one.code for one in facts.observations if not weights or one.weight in weights}


def contradictions(facts: Facts) -> list[str]:
    """Return the sentences about two things that do not go together."""
    return [one.text for one in facts.observations if one.weight is Weight.CONTRADICTION]


def one(facts: Facts, code: str) -> Observation:
    """Return the only observation of a code; fails where there are more or fewer."""
    (found,) = [each for each in facts.observations if each.code == code]
    return found


def said(facts: Facts, code: str) -> str:
    """Return the sentences of a code, joined."""
    return " | ".join(each.text for each in facts.observations if each.code == code)
