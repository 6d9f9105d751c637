"""Facts of a Rich Text file (RTF 1.9.1): properties, changes, hidden text, objects, targets.

Dates carry no zone there: they are the local time of the author's computer. Never raises on any
document.
"""

from datetime import datetime
from typing import Final

from provenance.facts.characters import tell_odd_characters
from provenance.facts.gathering import Gathered, counted, quoted
from provenance.facts.model import Facts, Weight
from provenance.facts.office.authorship import Mark, Marks
from provenance.facts.office.properties import read_count
from provenance.facts.office.rtf_objects import tell_object
from provenance.facts.office.rtf_reading import INFO, MAX_TOKENS, RtfFile, read_rtf
from provenance.facts.office.word_fields import tell_code
from provenance.facts.office.word_settings import tell_sessions
from provenance.facts.places import tell_fetched, tell_path
from provenance.facts.stated_dates import Stated, from_dttm, from_fields
from provenance.facts.timeline import Story, judge_story

MAX_OBJECTS: Final = 50  # objects that are looked into
MAX_FIELDS: Final = 5_000  # field codes that are read
_PROTECTION: Final = frozenset({"formprot", "annotprot", "revprot", "readprot"})


def read_rtf_facts(data: bytes, *, at: datetime) -> Facts:
    """Read the facts of an RTF file.

    Args:
        data: the file.
        at: now, UTC.
    """
    gathered = Gathered(at)
    gathered.step("document", lambda: _tell(gathered, read_rtf(data)))
    return gathered.facts()


def _tell(gathered: Gathered, file: RtfFile) -> None:
    if file.cut:
        gathered.note(f"only its first {MAX_TOKENS} pieces were read")
    story = _read_story(gathered, file)
    gathered.step("contradictions", lambda: judge_story(gathered, story))
    gathered.step("changes", lambda: _tell_marks(gathered, file, story))
    gathered.step("objects", lambda: _tell_objects(gathered, file))
    gathered.step("fields", lambda: _tell_fields(gathered, file))
    hidden = file.hidden.text(file.page)
    if hidden.strip():
        text = f"{counted(len(hidden), 'character')} formatted as hidden: {quoted(hidden)}."
        gathered.observe("hidden-text", Weight.HIDDEN, text)
    if file.flags & _PROTECTION:
        gathered.observe("document-protection", Weight.NOTE, "It is protected against changes.")
    gathered.state("rsids.root", file.origin)
    tell_sessions(gathered, sorted(file.sessions))
    tell_odd_characters(gathered, file.body.text(file.page))


def _read_story(gathered: Gathered, file: RtfFile) -> Story:
    for name in sorted(INFO):
        gathered.state(f"info.{name}", file.text(name))
    for name, value in zip(file.texts("propname"), file.texts("staticval"), strict=False):
        gathered.state(f"custom.{name}", value)
    generator = file.text("generator").rstrip(";")
    gathered.state("info.generator", generator)
    for name, number in sorted(file.numbers.items()):
        gathered.state(f"info.{name}", number)
    created, revised, printed = (
        _time(gathered, file, name) for name in ("creatim", "revtim", "printim")
    )
    template = file.text("template")
    if template:
        gathered.state("template.path", template)
        text = f"The document is attached to the template {quoted(template)}."
        gathered.observe("template-path", Weight.HIDDEN, text)
        tell_fetched(gathered, template, "its template")
    return Story(
        program=generator,
        author=file.text("author"),
        last_author=file.text("operator"),
        created=created,
        modified=revised,
        printed=printed,
        template=template,
        revision=file.numbers.get("version"),
        minutes=file.numbers.get("edmins"),
    )


def _time(gathered: Gathered, file: RtfFile, name: str) -> Stated | None:
    parts = file.times.get(name)
    if not parts or not parts.get("yr"):
        return None
    stated = from_fields(
        parts["yr"],
        parts.get("mo", 1),
        parts.get("dy", 1),
        parts.get("hr", 0),
        parts.get("min", 0),
        parts.get("sec", 0),
    )
    if stated is not None:
        gathered.state(f"info.{name}", stated.shown)
    return stated


def _tell_marks(gathered: Gathered, file: RtfFile, story: Story) -> None:
    marks = Marks()
    authors = [one.strip() for one in file.text("revtbl").split(";")]
    for (kind, number, made), pieces in file.changes.items():
        marks.add(
            Mark(
                kind=kind,
                author=authors[number] if 0 <= number < len(authors) else "",
                made=from_dttm(made),
                text=pieces.text(file.page) if kind == "deletion" else "",
            )
        )
    names, times = file.texts("atnauthor"), file.texts("atndate")
    for number, text in enumerate(file.texts("annotation")):
        when = read_count(times[number]) if number < len(times) else None
        marks.add(
            Mark(
                kind="comment",
                author=names[number] if number < len(names) else "",
                made=None if when is None else from_dttm(when),
                text=text,
            )
        )
    marks.tell(gathered, story)


def _tell_objects(gathered: Gathered, file: RtfFile) -> None:
    objects = gathered.upto(file.kept.get("objdata", ()), MAX_OBJECTS, "objects")
    for number, pieces in enumerate(objects, start=1):
        tell_object(gathered, pieces.raw(), where=f"object {number}")
    if "objocx" in file.flags:
        text = "ActiveX controls are in it: programs of the reader's computer that it starts."
        gathered.observe("active-x", Weight.RISK, text)
    if "objupdate" in file.flags:
        text = "An object in it is updated when it is opened, without being asked to."
        gathered.observe("self-updating-object", Weight.RISK, text)


def _tell_fields(gathered: Gathered, file: RtfFile) -> None:
    for code in gathered.upto(file.texts("fldinst"), MAX_FIELDS, "fields"):
        tell_code(gathered, code)
        if code.upper().startswith("HYPERLINK"):
            tell_path(gathered, code[len("HYPERLINK") :].strip().strip('"').replace("\\\\", "\\"))
