"""Earlier states of a PDF that can be read back from its bytes, and how they differ.

An incremental update leaves every earlier state whole: the file up to an end mark IS the file as it
was. Each such beginning that opens is an earlier state; its text is compared page by page with the
state after it. What the comparison says is about text only: a picture that was exchanged shows in
no word. Work is bounded; a state that was not compared says so.
"""

import difflib
import hashlib
from itertools import pairwise
from typing import Any, Final

import pypdfium2

from provenance.facts.model import Earlier, Observation, Weight
from provenance.signatures.pdf.raw import RawSurvey
from provenance.signatures.text import tame

MAX_STATES: Final = 20  # earlier states listed; a contract signed by ten people has about that many
MAX_PAGES: Final = 60  # pages compared in one state
MAX_WORDS: Final = 4000  # of a page compared word by word; difflib is quadratic on what differs
SHOWN: Final = 160  # characters quoted of words that went, and of words that came


def find_earlier(data: bytes, survey: RawSurvey, document: Any) -> tuple[Earlier, ...]:  # noqa: ANN401
    """Return earlier states, oldest first; the present one is not among them."""
    ends = survey.revision_ends[:-1][-MAX_STATES:]  # what follows the last is no state of its own
    states: list[tuple[int, str]] = []
    texts: list[list[str]] = []
    digest, done = hashlib.sha256(), 0
    for end in ends:
        digest.update(data[done:end])
        done = end
        opened = _open(data[:end])
        if opened is not None:
            states.append((end, digest.copy().hexdigest()))
            try:
                texts.append(_texts(opened))
            finally:
                opened.close()
    if not states:
        return ()
    texts.append(_texts(document))
    return tuple(
        Earlier(end=end, sha256=sha256, note=_difference(one, other))
        for (end, sha256), (one, other) in zip(states, pairwise(texts), strict=True)
    )


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
    changed = [one.note for one in earlier if one.note]
    text += ", as every later signing or saving that only adds leaves one."
    found = [Observation(code="earlier-state-in-file", weight=Weight.HIDDEN, text=text)]
    found += [
        Observation(code="earlier-state-reads-differently", weight=Weight.HIDDEN, text=note)
        for note in changed
    ]
    return found


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
    numbers = ", ".join(str(page + 1) for page in pages[:10])
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
