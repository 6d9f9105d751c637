"""Handles of sources in texts that people type: refused at the door, found before they leave.

A handle is sealed under its source's key, so that destroying the key forgets it. A handle that
somebody typed into a note is sealed under the item's key instead, and would outlive its source.
  1. The acts that take a text refuse one that names the handle of any source of the desk.
  2. Texts that came in otherwise (a file's name, another desk's words, a note from before the
     source had its handle) are looked through for live handles whenever an item leaves the desk.
  3. An erasure looks through every entry before it destroys the key, and records which texts name
     the handle: afterwards nobody knows the word any more, so those texts are withheld whole.

No list of handles exists to compare with. Each word of a text is asked for instead: the key store
answers whether a source of that name has a key. Words are tried as written, in capitals, in small
letters and with a capital first; several words with `-`, `_` and `.` between them if one of the
characters is a digit, as in `S 7` for S-7. Not found: what `report.secret_words` does not find
either, a handle of several parts without a digit that is written in another way than it is kept,
and one of more than MAX_PARTS parts.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from provenance.acts.erased import Place
from provenance.acts.source_labels import HANDLE
from provenance.acts.workbench import Workbench
from provenance.errors import Refused
from provenance.journal.reading import OpenedEntry
from provenance.records import Json
from provenance.report.secret_words import secret_pattern

MAX_PARTS: Final = 4  # S-7 has two, HERON-5-b three
MIN_LENGTH: Final = 3  # characters: no handle is shorter (`provenance.acts.sources`)
MAX_LENGTH: Final = 64
_NO_WORDS: Final = frozenset(
    {"document", "arrival", "digests", "evidence", "endorsement", "export", "finding", "foreign"}
)
"""Fields that hold digests, keys and files: nobody types words into them."""
_PIECE: Final = re.compile(r"[A-Za-z0-9]+")
_JOINS: Final = ("-", "_", ".")
_NUMBER: Final = re.compile(r"[0-9]+(?=[A-Za-z]+\Z)")  # the 7 of `S-7s`


def require_no_handle(bench: Workbench, texts: Iterable[str], *, also: Iterable[str] = ()) -> None:
    """Return if none of these texts names a source of the desk.

    Args:
        bench: the open desk.
        texts: what somebody typed.
        also: handles that are about to be used for the first time.

    Raises:
        Refused: one does. The message does not repeat it.
    """
    words = list(texts)
    if live_handles(bench, words) or any(names(words, handle) for handle in also):
        raise Refused(
            "a text names the handle of a source, and would outlive the source's erasure: "
            "say `the source` instead; particulars belong under `prov source add`"
        )


def live_handles(bench: Workbench, texts: Iterable[str]) -> frozenset[str]:
    """Return the handles, as they are kept, of sources that these texts name."""
    words = sorted({word for text in set(texts) for word in _candidates(text)})
    found = bench.parts.subject_keys.get([HANDLE + word for word in words])
    return frozenset(subject.removeprefix(HANDLE) for subject in found)


def names(texts: Iterable[str], handle: str) -> bool:
    """Tell whether one of these texts names this handle, however it is spelled."""
    return any(map(_naming(handle), texts))


def places_naming(entries: Iterable[OpenedEntry], handle: str) -> Iterator[Place]:
    """Yield every text that names the handle and is not sealed under its own source's key."""
    named = _naming(handle)
    for entry in entries:
        for name, value in sorted(entry.fields.items()):
            if name == "source" and isinstance(value, dict) and value.get("handle") == handle:
                continue  # goes with the key
            for number, text in enumerate(texts_of(value)):
                if named(text):
                    yield entry.seq, name, number


def secret_texts(
    bench: Workbench, entries: Sequence[OpenedEntry], places: Iterable[Place]
) -> frozenset[str]:
    """Return what must not leave the desk of these entries' texts.

    That is: every live handle in them, and every text that named a handle which was erased.
    """
    values = [v for e in entries for name, v in e.fields.items() if name not in _NO_WORDS]
    every = [text for value in values for text in texts_of(value)]
    by_seq = {entry.seq: entry for entry in entries}
    named = set()
    for seq, name, number in places:
        if seq in by_seq and name in by_seq[seq].fields:
            named.update(list(texts_of(by_seq[seq].fields[name]))[number : number + 1])
    return live_handles(bench, every) | named


def texts_of(value: Json) -> Iterator[str]:
    """Yield the texts inside a value, keys of objects included, in one order for one value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for member in value:
            yield from texts_of(member)
    elif isinstance(value, dict):
        for key, member in sorted(value.items()):
            yield key
            yield from texts_of(member)


def _naming(handle: str) -> Callable[[str], bool]:
    pattern = secret_pattern([handle])
    return lambda text: pattern.search(unicodedata.normalize("NFKC", text)) is not None


def _candidates(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text)
    pieces = list(_PIECE.finditer(plain))
    gaps = [plain[a.end() : b.start()] for a, b in pairwise(pieces)]
    for start in range(len(pieces)):
        for stop in range(start + 1, min(start + MAX_PARTS, len(pieces)) + 1):
            if any(len(gap) > 3 for gap in gaps[start : stop - 1]):
                break
            parts = [piece[0] for piece in pieces[start:stop]]
            for word in _joined(parts, gaps[start : stop - 1]):
                if MIN_LENGTH <= len(word) <= MAX_LENGTH:
                    yield from {word, word.upper(), word.lower(), word.title(), word.capitalize()}


def _joined(parts: list[str], gaps: list[str]) -> Iterator[str]:
    literal = "".join(a + b for a, b in zip(parts, [*gaps, ""], strict=True))
    if all(set(gap) <= set(_JOINS) for gap in gaps):
        yield literal
    if any(c.isdigit() for part in parts for c in part):
        cut = _NUMBER.match(parts[-1])
        for last in {parts[-1], cut[0] if cut else parts[-1]}:
            yield from (join.join([*parts[:-1], last]) for join in _JOINS)
