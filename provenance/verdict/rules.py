"""The policy a newsroom may edit: the words behind each number and the label table.

Changing any value here, in `catalogue.py` or in the thresholds of `headline.py` means raising
RULES_VERSION and saying why in HISTORY: a signed verdict names the version it was weighed under.
The laws (nothing adds up that shares a voice, nothing is netted ...) are code, not policy.
"""

from typing import Final

RULES_VERSION: Final = "1"
HISTORY: Final = (("1", "first rules"),)

MAX_GRADE: Final = 4  # conclusive
CREDIBLE: Final = 2  # two independent lines of this grade corroborate each other
NAMED: Final = 4  # identification of a speaker named and on record: only these earn a bonus
OWN_INFERENCE: Final = 1  # what a relay adds, or passes on without a source
OWN_WORDS: Final = 2  # a document's word about its own content, whatever its origin
UNATTRIBUTED: Final = "UNATTRIBUTED"  # the one bucket of all sources that nobody names

ADMIRALTY: Final = {"A": 4, "B": 3, "C": 2, "F": 2, "D": 1, "E": 0}
"""Reliability letters of the Admiralty system; F (cannot be judged) weighs as C."""

COMPONENT_WORDS: Final = {
    "access": (
        "none",
        "inference, opinion or unknown",
        "informed by colleagues, or saw copies",
        "direct knowledge in the line of duty, or examined originals",
        "author, participant or custodian",
    ),
    "identification": (
        "none",
        "unattributed",
        "unnamed, vouched for by a reputable outlet",
        "known to our desk",
        "named, on record",
    ),
    "words": (
        "none",
        "none kept",
        "paraphrase",
        "verbatim in an archived report",
        "recording or official transcript",
    ),
    "reliability": ("E", "D", "C or F", "B", "A"),
}
"""What grade 0 to 4 of each component means, in print."""

_FOR: Final = ("OPEN", "CLAIMED", "PROBABLE", "CONFIRMED", "ESTABLISHED")
_AGAINST: Final = ("OPEN", "DENIED ONLY", "PROBABLY NOT", "REFUTED", "DISPROVED")
_CONTESTED: Final = "CONTESTED"

LABELS: Final[tuple[tuple[str, ...], ...]] = (
    # columns: opposition 0, 1, 2, 3, 4
    (_FOR[0], _AGAINST[1], _AGAINST[2], _AGAINST[3], _AGAINST[4]),  # support 0
    (_FOR[1], "CLAIM v DENIAL", _AGAINST[2], _AGAINST[3], _AGAINST[4]),  # support 1
    (_FOR[2], _FOR[2], _CONTESTED, _CONTESTED, _AGAINST[4]),  # support 2
    (_FOR[3], _FOR[3], _CONTESTED, _CONTESTED, _AGAINST[4]),  # support 3
    (_FOR[4], _FOR[4], _FOR[4], _FOR[4], _CONTESTED),  # support 4
)
"""`LABELS[support][opposition]`: the nine points of document examiners and two the scale lacks."""

LEVELS: Final = {
    **{label: level for level, label in enumerate(_FOR)},
    **{label: -level for level, label in enumerate(_AGAINST)},
    "CLAIM v DENIAL": 0,
    _CONTESTED: 0,
}
"""Signed strength of each label, -4 to 4; used by the headline and by the rules of overruling."""
