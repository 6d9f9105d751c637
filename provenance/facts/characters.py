"""Characters in a text that a reader does not see, or takes for others.

Rules, each one observation with a count and the first place:
  1. tag characters (U+E0000 to U+E007F) spell a second text in ASCII: it is quoted;
  2. bidirectional controls reorder what is shown ("Trojan Source", CVE-2021-42574);
  3. invisible characters between visible ones; a joiner is left out where the writing system or an
     emoji needs it (Unicode core specification 23.2);
  4. words that mix letters of scripts with letters that look alike (UTS 39 section 5): Latin with
     Cyrillic or Greek. A word of one script is never reported;
  5. several kinds of space, and blanks at the ends of lines, as hidden marks use them.
They can spoof, and they can mark a copy: whoever publishes the text then gives away who had it.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import islice
from typing import Final

from provenance.facts.gathering import Gathered, counted, listed, quoted
from provenance.facts.model import Weight

MAX_TEXT: Final = 20_000_000  # characters of one text that are looked at
MAX_FOUND: Final = 100_000  # characters of one kind, or twenty times as many words, looked at
MAX_WORDS: Final = 2_000  # mixed words that are compared; more tell nothing new
MANY_ENDS: Final = 8  # lines with blanks at the end that both hold tabs and spaces

_TAGS: Final = re.compile("[\U000e0000-\U000e007f]+")
_BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_BIDI_STRONG: Final = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
_INVISIBLE: Final = re.compile(
    "[\u200b\u200c\u200d\u2060-\u2064\ufeff\u180e\u115f\u1160\u3164\uffa0\u034f\ufff9-\ufffb]"
)
_JOINERS: Final = frozenset("\u200c\u200d")
# Thai, Lao, Burmese and Khmer mark where a line may break with U+200B.
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_SPACES: Final = re.compile("[\u2000-\u200a\u205f\u3000\u1680]")
_ENDS: Final = re.compile(r"(?<![ \t])[ \t]++(?=\r?\n|\Z)")  # each run is tried once: linear
_MIXABLE: Final = re.compile(r"[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f]{2,60}")
_FOREIGN: Final = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")
# Greek letters in the names of things (micro, alpha particle): a unit is no disguise.
_UNITS: Final = frozenset("\u03bc\u03a9\u03b1\u03b2\u03b3\u03b4\u0394\u03c0\u03c3\u03a3\u03bb")


def tell_odd_characters(gathered: Gathered, text: str, *, where: str | None = None) -> None:
    """Observe what is hidden or disguised in a running text."""
    if len(text) > MAX_TEXT:
        gathered.note(f"only the first {MAX_TEXT} characters of a text were searched for odd ones")
    text = text[:MAX_TEXT]
    if text.isascii():
        return
    _tell_tags(gathered, text, where)
    _tell_bidi(gathered, text, where)
    _tell_invisible(gathered, text, where)
    _tell_mixed(gathered, text, where)
    _tell_spaces(gathered, text, where)


def _tell_tags(gathered: Gathered, text: str, where: str | None) -> None:
    # Flags of regions (U+1F3F4 and tags) are the one common use: they end with U+E007F.
    runs = [
        run
        for run in islice(_TAGS.finditer(text), MAX_FOUND)
        if text[max(run.start() - 1, 0) : run.start()] != "\U0001f3f4"
    ]
    if not runs:
        return
    spelled = "".join(chr(ord(one) - 0xE0000) for run in runs[:50] for one in run[0])
    said = f"A second text is hidden in tag characters: {quoted(spelled)}."
    gathered.observe("tag-characters", Weight.HIDDEN, said, where=where)


def _tell_bidi(gathered: Gathered, text: str, where: str | None) -> None:
    controls = islice(_BIDI.finditer(text), MAX_FOUND)
    found = [match for match in controls if match[0] in _BIDI_STRONG]
    if not found:
        return
    said = (
        f"{counted(len(found), 'control character')} can change the order in which the text is"
        f" shown, the first after {quoted(_before(text, found[0].start()))}."
    )
    gathered.observe("bidi-controls", Weight.HIDDEN, said, where=where)


def _tell_invisible(gathered: Gathered, text: str, where: str | None) -> None:
    unseen = islice(_INVISIBLE.finditer(text), MAX_FOUND)
    odd = [match for match in unseen if not _is_needed(text, match.start())]
    if not odd:
        return
    kinds = Counter(match[0] for match in odd)
    names = ", ".join(f"{count} U+{ord(one):04X}" for one, count in sorted(kinds.items()))
    said = (
        f"{counted(len(odd), 'invisible character')} ({names}), the first after"
        f" {quoted(_before(text, odd[0].start()))}. They may be left over from a program, or mark"
        " this copy so that it can be told from others."
    )
    gathered.observe("zero-width", Weight.HIDDEN, said, where=where)


def _is_needed(text: str, at: int) -> bool:
    """Whether a character belongs where it stands: a mark at the start, a joiner in its script."""
    if text[at] == "\ufeff" and at == 0:
        return True
    around = text[max(at - 2, 0) : at] + text[at + 1 : at + 3]
    if text[at] == "\u200b":
        return _UNSPACED.search(around) is not None
    if text[at] not in _JOINERS:
        return False
    return any(_joins(one) for one in around)


@lru_cache(maxsize=4096)
def _joins(character: str) -> bool:
    """Whether a character is of a writing system, or a picture, that joiners are made for."""
    if ord(character) < 0x0590:
        return False
    return unicodedata.category(character) in {"Lo", "Mn", "Mc", "So", "Sk", "Lm"}


def _before(text: str, at: int) -> str:
    return text[max(at - 30, 0) : at] or "the beginning"


def _tell_mixed(gathered: Gathered, text: str, where: str | None) -> None:
    if not _FOREIGN.search(text) or not _LATIN.search(text):
        return
    mixed = []
    for match in islice(_MIXABLE.finditer(text), MAX_FOUND * 20):
        foreign = set(_FOREIGN.findall(match[0]))
        if foreign and _LATIN.search(match[0]) and not foreign <= _UNITS:
            mixed.append(match[0])
            if len(mixed) >= MAX_WORDS:
                break
    if mixed:
        said = (
            f"{counted(len(mixed), 'word')} mix Latin letters with Cyrillic or Greek ones that may"
            f" look the same: {listed(mixed)}."
        )
        gathered.observe("mixed-scripts", Weight.HIDDEN, said, where=where)


def _tell_spaces(gathered: Gathered, text: str, where: str | None) -> None:
    kinds = Counter(match[0] for match in islice(_SPACES.finditer(text), MAX_FOUND))
    if len(kinds) >= 2 and "\u3000" not in kinds:
        names = ", ".join(f"{count} U+{ord(one):04X}" for one, count in sorted(kinds.items()))
        said = f"Spaces of several widths stand in it ({names}); such spaces can mark a copy."
        gathered.observe("odd-spaces", Weight.HIDDEN, said, where=where)


def tell_line_ends(gathered: Gathered, text: str) -> None:
    """Observe blanks at the ends of lines in which tabs and spaces mix, as hidden marks do."""
    ends = [match[0] for match in _ENDS.finditer(text[:MAX_TEXT])]
    mixed = [end for end in ends if "\t" in end and " " in end]
    if len(mixed) >= MANY_ENDS:
        said = (
            f"{counted(len(mixed), 'line')} end in a mixture of tabs and spaces that nobody sees;"
            " text can be hidden in such a mixture."
        )
        gathered.observe("trailing-blanks", Weight.HIDDEN, said)
