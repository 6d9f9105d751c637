"""Hold what a document says about its own making against itself: who, when, with what, how long.

Rules, each tried on its own, all of them for every office format:
  1. printed, modified or packed before it was created or modified; a date in the future;
  2. the program named did not exist when the document was last saved (CONTRADICTION) or first
     created (NOTE: a later program may have saved an older document);
  3. more minutes of editing than lie between creation and last saving; one saving after hours;
  4. a template younger than the document; somebody else saved it last (NOTE).
A new workbook of Excel and a new presentation of PowerPoint begin with the date of the program's
own blank file; such a date says nothing about the document and is left out of the rules. All of it
can be set by hand: a contradiction asks a question, and the absence of one proves nothing.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from provenance.facts.gathering import Gathered, quoted
from provenance.facts.model import Weight
from provenance.facts.releases import Release, find_release
from provenance.facts.stated_dates import Stated, is_later

FUTURE: Final = timedelta(days=1)  # a clock may be wrong and a zone unknown
PACKING: Final = timedelta(days=1)  # between saving a document and closing its archive
MINUTES: Final = timedelta(minutes=10)  # editing time is counted in whole minutes, and rounded
LONG_EDIT: Final = 240  # minutes of editing after which one saving is worth a remark
MOST_MINUTES: Final = 5 * 366 * 1440  # of editing; more is a counter that was never set, no effort
OLDEST: Final = 1985  # first year of the programs whose files these are

# `created` of the blank files that came with Excel 97-2003, 2007-2013 and 2016, and PowerPoint
# 2007: read from new files of those programs; the time of day differs with the language.
_BLANK: Final = {
    "Excel": frozenset(
        {
            date(1996, 10, 14),
            date(1996, 10, 21),
            date(2006, 9, 13),
            date(2006, 9, 16),
            date(2006, 9, 21),
            date(2015, 6, 5),
        }
    ),
    "PowerPoint": frozenset({date(2006, 8, 16)}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What one document says about its making; absent parts are None or empty."""

    program: str = ""
    version: str = ""
    author: str = ""
    last_author: str = ""
    created: Stated | None = None
    modified: Stated | None = None
    printed: Stated | None = None
    packed: Stated | None = None
    """Newest time in the directory of the archive or storage."""
    template: str = ""
    template_date: Stated | None = None
    revision: int | None = None
    minutes: int | None = None
    """Of editing, as counted by the program."""


def judge_story(gathered: Gathered, story: Story) -> None:
    """Observe every contradiction in the story, and what is worth a question."""
    story = _without_unset_dates(story)
    _tell_zones(gathered, story)
    story = _without_blank_date(gathered, story)
    _judge_order(gathered, story)
    _judge_future(gathered, story)
    _judge_program(gathered, story)
    _judge_effort(gathered, story)
    _judge_template(gathered, story)
    if story.author and story.last_author and story.author != story.last_author:
        text = f"{quoted(story.last_author)} saved it last, {quoted(story.author)} created it."
        gathered.observe("last-modified-by-other", Weight.NOTE, text)


def _dates(story: Story) -> tuple[tuple[str, Stated], ...]:
    named = (
        ("created", story.created),
        ("last modified", story.modified),
        ("last printed", story.printed),
    )
    return tuple((name, stated) for name, stated in named if stated is not None)


def _tell_zones(gathered: Gathered, story: Story) -> None:
    bare = [name for name, stated in _dates(story) if stated.exact and not stated.zoned]
    if bare:
        text = (
            f"No time zone is given for: {', '.join(bare)}. These are local times of an unknown"
            " place."
        )
        gathered.observe("date-without-zone", Weight.NOTE, text)


def _without_unset_dates(story: Story) -> Story:
    """Leave out 1601-01-01: a FILETIME of zero, which Windows programs write for "never"."""
    created, modified, printed = (
        None if stated and stated.moment.year == 1601 else stated
        for stated in (story.created, story.modified, story.printed)
    )
    return replace(story, created=created, modified=modified, printed=printed)


def _without_blank_date(gathered: Gathered, story: Story) -> Story:
    created = story.created
    for program, days in _BLANK.items():
        if created and program in story.program and created.moment.date() in days:
            text = (
                f"The date of creation ({created.shown}) is that of {program}'s own blank file; it"
                " says nothing about this document."
            )
            gathered.observe("created-date-of-blank-file", Weight.NOTE, text)
            return replace(story, created=None)
    return story


def _judge_order(gathered: Gathered, story: Story) -> None:
    created, modified, printed, packed = (
        story.created,
        story.modified,
        story.printed,
        story.packed,
    )
    if created and modified and is_later(created, modified):
        text = (
            f"The document says it was last modified ({modified.shown}) before it was created"
            f" ({created.shown})."
        )
        gathered.observe("modified-before-created", Weight.CONTRADICTION, text)
    if created and printed and is_later(created, printed):
        text = (
            f"It was last printed ({printed.shown}) before it was created ({created.shown}), as"
            " when the text was taken over from an older document."
        )
        gathered.observe("printed-before-created", Weight.NOTE, text)
    if modified and packed and is_later(modified, packed, PACKING):
        text = (
            f"Its parts were packed ({packed.shown}) before the time at which it says it was last"
            f" modified ({modified.shown})."
        )
        gathered.observe("packed-before-modified", Weight.CONTRADICTION, text)
    if modified and packed and is_later(packed, modified, PACKING):
        text = (
            f"Its parts were packed ({packed.shown}) after the time at which it says it was last"
            f" modified ({modified.shown}), as when another program signed, converted or edited it."
        )
        gathered.observe("packed-after-modified", Weight.CONTRADICTION, text)


def _judge_future(gathered: Gathered, story: Story) -> None:
    now = Stated(moment=gathered.at, zoned=True)
    for name, stated in _dates(story):
        if is_later(stated, now, FUTURE):
            text = f'The date "{name}" lies in the future: {stated.shown}.'
            gathered.observe("date-in-the-future", Weight.CONTRADICTION, text)
        if stated.moment.year < OLDEST:
            text = f'The date "{name}" is older than the program can be: {stated.shown}.'
            gathered.observe("date-before-computers", Weight.CONTRADICTION, text)


def _judge_program(gathered: Gathered, story: Story) -> None:
    release = find_release(story.program, story.version)
    if release is None:
        return
    if story.modified and _is_before(story.modified, release):
        text = (
            f"It was last saved by {release.name}, which nobody had before {release.year}, and"
            f" says it was last modified on {story.modified.shown}."
        )
        gathered.observe("program-newer-than-modified", Weight.CONTRADICTION, text)
    elif story.created and _is_before(story.created, release):
        text = (
            f"It was created on {story.created.shown} and last saved by {release.name}, which"
            f" nobody had before {release.year}: a later program saved an older document, or the"
            " date is not true."
        )
        gathered.observe("program-newer-than-created", Weight.NOTE, text)


def _is_before(stated: Stated, release: Release) -> bool:
    return OLDEST <= stated.moment.year < release.year


def _judge_effort(gathered: Gathered, story: Story) -> None:
    minutes = story.minutes
    if minutes is None or not 0 < minutes <= MOST_MINUTES:
        return
    if story.created and story.modified and story.created.exact and story.modified.exact:
        span = story.modified.moment - story.created.moment
        # Days of editing in a file that says it lived for an hour. A span below zero is told above.
        if timedelta() <= span and timedelta(minutes=minutes) > span + MINUTES:
            whole = int(span.total_seconds() // 60)
            text = (
                f"It counts {minutes} minutes of editing, and {whole} minutes lie between its"
                " creation and its last saving: a clock was changed, a date was set, or the count"
                " came from another document."
            )
            gathered.observe("edit-time-exceeds-span", Weight.CONTRADICTION, text)
    if story.revision is not None and story.revision <= 1 and minutes >= LONG_EDIT:
        text = (
            f"It was saved {'once' if story.revision == 1 else 'never'} by its own count, after"
            f" {minutes} minutes of editing."
        )
        gathered.observe("long-edit-at-first-revision", Weight.NOTE, text)


def _judge_template(gathered: Gathered, story: Story) -> None:
    dated, born = story.template_date, story.created
    if dated and born and is_later(dated, born):
        text = (
            f"Its template is dated {dated.shown}, after the document was created ({born.shown})."
        )
        gathered.observe("template-newer-than-document", Weight.CONTRADICTION, text)
    # Word keeps macros in .dotm since 2007 (ECMA-376 part 1 has no such file before).
    saved = story.modified
    if saved and story.template.lower().endswith((".dotm", ".dotx")) and saved.moment.year < 2006:
        text = (
            f"Its template {quoted(story.template)} is of a kind that exists since 2006, and it was"
            f" last modified on {saved.shown}."
        )
        gathered.observe("template-newer-than-document", Weight.CONTRADICTION, text)
