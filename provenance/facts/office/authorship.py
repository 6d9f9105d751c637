"""Changes and comments that a document still carries: who made them, when, and what was deleted.

`Marks` collects them from any format and tells them at the end: one observation for what kinds of
changes by whom, one for each stretch of deleted text, one for each author's comments. Dates of
changes are compared with the document's own. Word writes local time there and puts a Z behind it
that is not true; a second, true time (`dateUtc`, since 2023) gives away the author's time zone.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Final

from provenance.facts.gathering import Gathered, counted, listed, quoted
from provenance.facts.model import Weight
from provenance.facts.stated_dates import Stated, is_later, zone_between
from provenance.facts.timeline import Story

MAX_MARKS: Final = 50_000  # changes and comments of one document that are looked at
MAX_DELETED: Final = 4_000  # characters of deleted text kept for each author and minute
NOBODY: Final = "somebody unnamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One change or comment."""

    kind: str
    """In the singular, as a sentence says it: `insertion`, `deletion`, `comment`."""
    author: str
    made: Stated | None
    true: Stated | None = None
    """The same instant in UTC, where the program wrote that too."""
    text: str = ""
    """What was deleted, or what the comment says."""

    @property
    def when(self) -> Stated | None:
        """The better of the two times."""
        return self.true or self.made


class Marks:
    """The changes and comments of one document."""

    def __init__(self) -> None:
        self._marks: list[Mark] = []

    def add(self, mark: Mark) -> None:
        """Keep a mark, up to MAX_MARKS."""
        if len(self._marks) < MAX_MARKS:
            self._marks.append(mark)

    @property
    def authors(self) -> tuple[str, ...]:
        """Names of all authors, once each, in the order of their first mark."""
        return tuple(dict.fromkeys(mark.author for mark in self._marks if mark.author))

    def tell(self, gathered: Gathered, story: Story) -> None:
        """Observe all marks, and dates among them that contradict the document's own."""
        changes = [mark for mark in self._marks if mark.kind != "comment"]
        comments = [mark for mark in self._marks if mark.kind == "comment"]
        if changes:
            _tell_changes(gathered, changes)
            _tell_deleted(gathered, changes)
        if comments:
            _tell_comments(gathered, comments)
        if self.authors:
            gathered.state("marks.authors", "; ".join(self.authors))
        _tell_zones(gathered, self._marks)
        _tell_order(gathered, self._marks, story)


def _tell_changes(gathered: Gathered, changes: list[Mark]) -> None:
    kinds = Counter(mark.kind for mark in changes)
    said = ", ".join(counted(number, kind) for kind, number in kinds.most_common())
    text = (
        f"The history of changes is still in it: {said}, by"
        f" {listed(mark.author or NOBODY for mark in changes)}{_between(changes)}."
    )
    gathered.observe("tracked-changes", Weight.HIDDEN, text)


def _between(marks: list[Mark]) -> str:
    dated = sorted((mark.when for mark in marks if mark.when), key=lambda one: one.moment)
    if not dated:
        return ""
    first, last = dated[0].shown, dated[-1].shown
    return f", {first}" if first == last else f", {first} to {last}"


def _tell_deleted(gathered: Gathered, changes: list[Mark]) -> None:
    stretches: dict[tuple[str, str], list[str]] = defaultdict(list)
    sizes: Counter[tuple[str, str]] = Counter()
    for mark in changes:
        if mark.text.strip():
            key = (mark.author or NOBODY, mark.when.shown if mark.when else "")
            if sizes[key] < MAX_DELETED:
                stretches[key].append(mark.text)
            sizes[key] += len(mark.text)
    for (author, when), parts in stretches.items():
        made = f", {when}" if when else ""
        size = counted(sizes[author, when], "character")
        text = f"Deleted by {quoted(author, 80)}{made} and still in it ({size}): "
        gathered.observe("deleted-text", Weight.HIDDEN, text + quoted(" ".join(parts)))


def _tell_comments(gathered: Gathered, comments: list[Mark]) -> None:
    text = (
        f"{counted(len(comments), 'comment')} in it, by"
        f" {listed(mark.author or NOBODY for mark in comments)}{_between(comments)}."
    )
    gathered.observe("comments", Weight.HIDDEN, text)
    for mark in comments:
        if mark.text.strip():
            made = f", {mark.when.shown}" if mark.when else ""
            said = f"{quoted(mark.author or NOBODY, 80)}{made}: {quoted(mark.text)}"
            gathered.observe("comment-text", Weight.HIDDEN, said)


def _tell_zones(gathered: Gathered, marks: list[Mark]) -> None:
    told = set[tuple[str, str]]()
    for mark in marks:
        zone = zone_between(mark.made, mark.true) if mark.made and mark.true else None
        if zone and (mark.author, zone) not in told:
            told.add((mark.author, zone))
            text = (
                f"The clock of {quoted(mark.author or NOBODY, 80)} stood at {zone} when a change"
                " or comment was made."
            )
            gathered.observe("author-time-zone", Weight.HIDDEN, text)


def _tell_order(gathered: Gathered, marks: list[Mark], story: Story) -> None:
    dated = sorted(
        ((mark.when, mark) for mark in marks if mark.when),
        key=lambda pair: pair[0].moment,
    )
    if not dated:
        return
    (first, early), (last, late) = dated[0], dated[-1]
    if story.created and is_later(story.created, first):
        text = (
            f"The earliest change or comment ({early.kind}, {first.shown}) is older than the"
            f" document (created {story.created.shown}), as when it was taken over from another."
        )
        gathered.observe("change-before-created", Weight.CONTRADICTION, text)
    if story.modified and is_later(last, story.modified):
        text = (
            f"The latest change or comment ({late.kind}, {last.shown}) is younger than the last"
            f" saving that the document admits ({story.modified.shown})."
        )
        gathered.observe("change-after-modified", Weight.CONTRADICTION, text)
