"""What a person may be called on a desk: a name that the eye cannot take for another one's.

Rules, in order; the first that fails refuses the name:
  1. 1 to MAX_NAME characters, no blank at either end;
  2. every character can be seen: no control, no reversal of the line, no variation selector, no
     filler. The two joiners stand where a writing system needs them (Unicode core specification
     23.2), between letters beyond the Hebrew block's beginning;
  3. no word mixes Latin, Cyrillic or Greek letters with those of another alphabet (UTS 39 section
     5): `Okafor` with a Cyrillic o is another name to a program and the same one to a reader;
  4. it does not begin like what the ledger writes for another desk (`desk:`).
`looks_like` says whether two names read alike: without case, blanks and joiners, with Cyrillic and
Greek letters taken for the Latin ones that they look like. Says nothing about who somebody is.
"""

import unicodedata
from typing import Final

from provenance.errors import UsageError

MAX_NAME: Final = 200  # characters; the longest names that passports print have some 80
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS: Final = frozenset("\u200c\u200d")
_FILLERS: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
)
"""Characters of other categories that show nothing."""
_ALPHABETS: Final = frozenset({"LATIN", "CYRILLIC", "GREEK"})
_LIKE: Final = str.maketrans(
    "авекмнорстухіјѕԁһԛԝӏ" + "αβεικνορτυχϲϳ",
    "abekmhopctyxijsdhqwl" + "abeiknoptyxcj",
)
"""Cyrillic and Greek letters, and the Latin ones that they look like in one case or the other."""


def require_name(name: str) -> None:
    """Refuse a name that could deceive.

    Raises:
        UsageError: it breaks a rule of the module; says which.
    """
    if not name.strip():
        raise UsageError("a key is enrolled under its holder's name")
    if len(name) > MAX_NAME or name != name.strip():
        raise UsageError(f"a name has up to {MAX_NAME} characters, and no blank at either end")
    if odd := next((c for at, c in enumerate(name) if not _is_seen(name, at)), ""):
        raise UsageError(f"a name holds only what can be seen; this one holds U+{ord(odd):04X}")
    for word in unicodedata.normalize("NFKC", name).split():
        found = {alphabet for c in word if (alphabet := _alphabet(c))}
        if len(found) > 1 and found & _ALPHABETS:
            mixed = " and ".join(sorted(each.capitalize() for each in found))
            raise UsageError(f"a word of this name mixes {mixed} letters, which look alike")
    if name.casefold().startswith("desk:"):
        raise UsageError("a person's name does not begin with desk:, which stands for a desk")


def looks_like(one: str, other: str) -> bool:
    """Tell whether two names read as the same."""
    return _skeleton(one) == _skeleton(other)


def _skeleton(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    seen = "".join(c for c in plain if c not in _FILLERS and unicodedata.category(c) != "Cf")
    return " ".join(seen.split()).translate(_LIKE)


def _is_seen(name: str, at: int) -> bool:
    c = name[at]
    if c in _JOINERS:
        around = name[at - 1 : at] + name[at + 1 : at + 2]
        return len(around) == 2 and all(ord(each) >= 0x0590 for each in around)
    return c not in _FILLERS and unicodedata.category(c) not in _UNSEEN


def _alphabet(c: str) -> str:
    return unicodedata.name(c, "").partition(" ")[0] if c.isalpha() else ""
