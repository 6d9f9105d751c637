"""From two columns to one word: label, level, lean and the computed Admiralty digit.

Support and opposition are never netted; the label names both. Table look-ups only (`rules.LABELS`).
"""

from provenance.verdict.rules import LABELS, LEVELS


def label_of(support: int, opposition: int) -> str:
    """Return the label for two strengths, each 0 to 4."""
    return LABELS[support][opposition]


def level_of(support: int, opposition: int) -> int:
    """Return the signed level of the label, -4 to 4; contested and claim-v-denial are 0."""
    return LEVELS[label_of(support, opposition)]


def lean_of(support: int, opposition: int) -> int:
    """Return -1, 0 or 1: the side that is stronger. Never a verdict by itself."""
    return (support > opposition) - (support < opposition)


def is_disputed(support: int, opposition: int) -> bool:
    """Return whether both columns hold something."""
    return min(support, opposition) > 0


def admiralty_digit(support: int, opposition: int) -> int:
    """Return the credibility digit 1 to 6 of the Admiralty system, computed and never typed in."""
    label = label_of(support, opposition)
    if label in {"CONTESTED", "CLAIM v DENIAL"}:
        return 4
    if LEVELS[label] < 0:
        return 5
    return (6, 3, 2, 1, 1)[LEVELS[label]]
