"""Earlier states of a PDF that can be read back from its bytes, and how they differ.

An incremental update leaves every earlier state whole: the file up to an end mark IS the file as it
was. Each such beginning that opens is an earlier state; its text is compared page by page with the
state after it, newest first, until a number of pages is used up. What the comparison says is about
text only: a picture that was exchanged shows in no word. A state that was not compared says so, and
a note says how many end marks were not looked at.
"""

import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2

from provenance.facts.gathering import MAX_SAME, counted, joined
from provenance.facts.model import Earlier, Observation, Weight
from provenance.signatures.pdf.raw import RawSurvey
from provenance.signatures.text import tame

MAX_STATES: Final = 200  # earlier states listed; a contract signed by ten people has about twenty
MAX_OPENED: Final = 2 << 30  # bytes of all states listed: they are copied here, and when recovered
MAX_PAGES: Final = 60  # pages compared in one state
MAX_COMPARED: Final = 1_200  # pages compared in all states
MAX_WORDS: Final = 4000  # of a page compared word by word; difflib is quadratic on what differs
SHOWN: Final = 160  # characters quoted of words that went, and of words that came
NOT_COMPARED: Final = "Not compared with the next state."


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """The earlier states of one file."""

    earlier: tuple[Earlier, ...] = ()
    """Oldest first; the present state is not among them."""
    unread: int = 0
    """End marks before them that were not looked at."""


def find_earlier(data: bytes, survey: RawSurvey, document: Any) -> States:  # noqa: ANN401
    """Return the earlier states, the newest MAX_STATES of them."""
    ends = survey.revision_ends[:-1]  # what follows the last is no state of its own
    found: list[Earlier] = []
    after, opened, compared = _texts(document), 0, 0
    looked = 0
    for end, sha256 in reversed(list(_digests(data, ends[-MAX_STATES:]))):
        if opened + end > MAX_OPENED:
            break
        looked, opened = looked + 1, opened + end
        state = _open(data[:end])
        if state is None:
            continue
        try:
            compared += min(len(state), MAX_PAGES)
            note = NOT_COMPARED
            if compared <= MAX_COMPARED:
                before = _texts(state)
                note, after = _difference(before, after), before
            found.append(Earlier(end=end, sha256=sha256, note=note))
        finally:
            state.close()
    return States(earlier=tuple(reversed(found)), unread=len(ends) - looked)


def _digests(data: bytes, ends: tuple[int, ...]) -> Iterator[tuple[int, str]]:
    """Walk the ends, each with the SHA-256 of what lies before it."""
    digest, done = hashlib.sha256(), 0
    for end in ends:
        digest.update(data[done:end])
        done = end
        yield end, digest.copy().hexdigest()


def judge_earlier(earlier: tuple[Earlier, ...]) -> list[Observation]:
    """Say that earlier states are in the file, and which of them read differently."""
    if not earlier:
        return []
    count = len(earlier)
    text = (
        "An earlier state of the document is still in the file"
        if count == 1
        else f"{count} earlier states of the document are still in the file"
    )
    text += ", as every later signing or saving that only adds leaves one."
    found = [Observation(code="earlier-state-in-file", weight=Weight.HIDDEN, text=text)]
    changed = [
        (number, one.note)
        for number, one in enumerate(earlier, 1)
        if one.note not in {"", NOT_COMPARED}
    ]
    left = len(changed) - MAX_SAME
    told = changed if left <= 0 else changed[: MAX_SAME - 1]
    for number, note in told:
        where = f"state {number} of {count + 1}" if count > 1 else None
        found.append(_differs(note, where))
    if left > 0:
        more = counted(len(changed) - len(told), "more state reads", "more states read")
        found.append(_differs(f"{more} differently; the result lists how, with each state.", None))
    return found


def _differs(text: str, where: str | None) -> Observation:
    return Observation(
        code="earlier-state-reads-differently", weight=Weight.HIDDEN, text=text, where=where
    )


def _open(data: bytes) -> Any:  # noqa: ANN401 - the renderer's document, or None
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return None  # not every end mark ends a state: a file can hold another one


def _texts(document: Any) -> list[str]:  # noqa: ANN401
    return [
        " ".join(document[index].get_textpage().get_text_range().split())
        for index in range(min(len(document), MAX_PAGES))
    ]


def _difference(before: list[str], after: list[str]) -> str:
    """Say how the next state reads; empty when every compared page reads the same."""
    if len(before) != len(after):
        return f"The next state has {len(after)} pages, this one has {len(before)}."
    pages = [n for n, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    if not pages:
        return ""
    went, came = _words(before[pages[0]], after[pages[0]])
    parts = [f"“{went}” was there"] if went else []
    parts += [f"“{came}” came in"] if came else []
    numbers = joined((str(page + 1) for page in pages), 10)
    said = f": on page {pages[0] + 1} {', '.join(parts)}" if parts else ""
    return f"The next state reads differently on page {numbers}{said}."


def _words(one: str, other: str) -> tuple[str, str]:
    before, after = one.split()[:MAX_WORDS], other.split()[:MAX_WORDS]
    went: list[str] = []
    came: list[str] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=True)
    for tag, begin, end, first, last in matcher.get_opcodes():
        if tag != "equal":
            went += before[begin:end]
            came += after[first:last]
    return tame(" ".join(went), SHOWN), tame(" ".join(came), SHOWN)
