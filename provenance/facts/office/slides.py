"""Facts of a presentation in OOXML (ECMA-376 part 1, clause 19).

Reads the list of slides, hidden ones, speaker notes, comments with their authors, cropped pictures
and embedded fonts.
"""

from functools import partial
from typing import Final

from provenance.facts.characters import tell_odd_characters
from provenance.facts.gathering import Gathered, quoted
from provenance.facts.model import Weight
from provenance.facts.office.authorship import Mark, Marks
from provenance.facts.office.markup import Element, attribute, every, first, is_on, text_of
from provenance.facts.office.package import Package
from provenance.facts.office.pictures import tell_cropped
from provenance.facts.office.relations import Relations
from provenance.facts.stated_dates import read_w3c
from provenance.facts.timeline import Story

MAX_SLIDES: Final = 1_000  # slides that are read
MAX_COMMENTS: Final = 2_000  # of one slide


def read_slides(
    gathered: Gathered,
    package: Package,
    relations: Relations,
    main: str,
    root: Element,
    story: Story,
) -> int | None:
    """Observe what a presentation holds beside its visible slides; returns how many there are."""
    marks = Marks()
    listed = len(list(every(root, "sldId")))
    slides = relations.targets(main, "slide")
    if len(slides) > listed:
        text = f"It holds {len(slides)} slides and shows {listed}."
        gathered.observe("unlisted-slide", Weight.HIDDEN, text)
    for name in gathered.upto(slides, MAX_SLIDES, "slides"):
        gathered.step(name, partial(_read_slide, gathered, package, relations, name))
    gathered.step("comments", lambda: _read_comments(gathered, package, relations, marks))
    if first(root, "embeddedFont") is not None:
        gathered.observe("embedded-fonts", Weight.NOTE, "Fonts are embedded.", where=main)
    if first(root, "modifyVerifier") is not None:
        text = "Changing it asks for a password."
        gathered.observe("document-protection", Weight.NOTE, text, where=main)
    marks.tell(gathered, story)
    return listed or None


def _read_slide(gathered: Gathered, package: Package, relations: Relations, name: str) -> None:
    root = package.markup(name)
    if root is None:
        return
    if not is_on(root.get("show") or "1"):
        text = f"A slide is hidden: {quoted(_text(root))}."
        gathered.observe("hidden-slide", Weight.HIDDEN, text, where=name)
    tell_cropped(gathered, root, where=name)
    tell_odd_characters(gathered, _text(root), where=name)
    for notes in relations.targets(name, "notesSlide"):
        page = package.markup(notes)
        said = _spoken(page) if page is not None else ""
        if said.strip():
            text = f"Notes for the speaker: {quoted(said)}."
            gathered.observe("speaker-notes", Weight.HIDDEN, text, where=notes)


def _text(root: Element) -> str:
    return "\n".join(text_of(one) for one in every(root, "t"))


def _spoken(page: Element) -> str:
    """Return the text of the notes themselves: not the slide's picture, date and number."""
    parts = []
    for shape in every(page, "sp"):
        holder = first(shape, "ph")
        if holder is not None and holder.get("type") == "body":
            parts.append(_text(shape))
    return "\n".join(parts)


def _read_comments(
    gathered: Gathered, package: Package, relations: Relations, marks: Marks
) -> None:
    authors: dict[str, str] = {}
    for name in relations.of_kind("commentAuthors", "authors"):
        root = package.markup(name)
        for element in gathered.upto(every(root, "cmAuthor", "author"), MAX_COMMENTS, "commenters"):
            shown, account = attribute(element, "name"), attribute(element, "userId")
            authors[attribute(element, "id")] = shown
            if account and account != shown:
                text = f"An account is stored for {quoted(shown, 80)}: {quoted(account)}."
                gathered.observe("account-name", Weight.HIDDEN, text, where=name)
    for name in gathered.upto(relations.of_kind("comments"), MAX_SLIDES, "parts of comments"):
        root = package.markup(name)
        if root is None:
            continue
        for element in gathered.upto(
            every(root, "cm", "reply"), MAX_COMMENTS, f"comments in {name}"
        ):
            made = attribute(element, "dt") or attribute(element, "created")
            body = [one for one in element if str(one.tag).endswith(("}text", "}txBody"))]
            marks.add(
                Mark(
                    kind="comment",
                    author=authors.get(attribute(element, "authorId"), ""),
                    made=read_w3c(made),
                    text=text_of(body[0]) if body else "",
                )
            )
