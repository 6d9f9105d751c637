"""Facts of an OOXML file: Word, Excel or PowerPoint, with macros or without (ECMA-376).

In order: open the package; how it was packed; properties; targets outside and parts nobody reaches;
embedded files and programs; then what its kind holds, told by the content of the main part and not
by its name. Whatever cannot be read is a note, and the rest goes on. Never raises on any document.
"""

from dataclasses import replace
from datetime import datetime

from provenance.facts.gathering import Gathered
from provenance.facts.model import Facts, Weight
from provenance.facts.office.embedded import tell_embedded
from provenance.facts.office.markup import local
from provenance.facts.office.package import Package, tell_packer, tell_packing
from provenance.facts.office.properties import read_properties
from provenance.facts.office.relations import Relations, tell_relations
from provenance.facts.office.slides import read_slides
from provenance.facts.office.word import read_word
from provenance.facts.office.workbook import read_workbook
from provenance.facts.timeline import Story, judge_story
from provenance.intake.failures import Untaken


def read_ooxml_facts(data: bytes, *, at: datetime) -> Facts:
    """Read the facts of an OOXML file.

    Args:
        data: the file.
        at: now, UTC.
    """
    gathered = Gathered(at)
    try:
        package = Package(data, gathered)
    except Untaken as fault:
        gathered.observe("package-unreadable", Weight.NOTE, f"No part of it was read: {fault}")
        return gathered.facts()
    pages: list[int | None] = []
    gathered.step("document", lambda: pages.append(_read(gathered, package)))
    return gathered.facts(pages=next(iter(pages), None))


def _read(gathered: Gathered, package: Package) -> int | None:
    relations = Relations(package)
    stories: list[Story] = []
    gathered.step("properties", lambda: stories.append(_read_story(gathered, package, relations)))
    story = next(iter(stories), Story())
    gathered.step("contradictions", lambda: judge_story(gathered, story))
    gathered.step("relationships", lambda: tell_relations(gathered, relations))
    gathered.step("embedded files", lambda: tell_embedded(gathered, package, relations))
    return _read_content(gathered, package, relations, story)


def _read_story(gathered: Gathered, package: Package, relations: Relations) -> Story:
    newest = tell_packing(gathered, package)
    found = read_properties(gathered, package, relations)
    tell_packer(gathered, package, found.program)
    return replace(found, packed=newest)


def _read_content(
    gathered: Gathered, package: Package, relations: Relations, story: Story
) -> int | None:
    main = relations.document
    if main is None:
        gathered.note("no relationship leads to a main part: no content was read")
        return None
    if main.lower().endswith(".bin"):
        gathered.note("a binary workbook: its sheets were not read for hidden rows or names")
        return None
    root = package.markup(main)
    kind = local(root) if root is not None else ""
    if kind == "document":
        read_word(gathered, package, relations, main, root, story)
    elif kind == "workbook":
        read_workbook(gathered, package, relations, main, root, story)
    elif kind == "presentation":
        return read_slides(gathered, package, relations, main, root, story)
    elif root is not None:
        gathered.note("the main part is no document, workbook or presentation")
    return None
