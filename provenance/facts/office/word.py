"""Facts of a word-processing document in OOXML (ECMA-376 part 1, clause 17).

Reads the main part and what it leads to: headers, footers, notes, comments, settings, people and
fonts. Both namespaces are understood (transitional and strict): names are compared without them.
"""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Final

from provenance.facts.characters import tell_odd_characters
from provenance.facts.gathering import Gathered, counted, listed, quoted
from provenance.facts.model import Weight
from provenance.facts.office.authorship import MAX_MARKS, Mark, Marks
from provenance.facts.office.markup import Element, attribute, every, local, space, text_of
from provenance.facts.office.package import Package
from provenance.facts.office.pictures import tell_cropped
from provenance.facts.office.relations import Relations
from provenance.facts.office.word_fields import tell_fields
from provenance.facts.office.word_hidden import hidden_styles, tell_hidden_text
from provenance.facts.office.word_settings import read_settings
from provenance.facts.places import tell_paths_in
from provenance.facts.stated_dates import Stated, read_w3c
from provenance.facts.timeline import Story

MAX_PARTS: Final = 500  # headers, footers and notes that are read
MAX_PEOPLE: Final = 5_000  # accounts that are read
MAX_PICTURES: Final = 5_000  # of one part whose descriptions are read
MAX_PIECES: Final = 2_000  # runs of one deletion
_DU: Final = "{http://schemas.microsoft.com/office/word/2023/wordml/word16du}dateUtc"
_CHANGES: Final = {
    "ins": "insertion",
    "del": "deletion",
    "moveFrom": "move",
    "cellIns": "insertion",
    "cellDel": "deletion",
    "rPrChange": "change of format",
    "pPrChange": "change of format",
    "sectPrChange": "change of format",
    "tblPrChange": "change of format",
}
_TEXT_PARTS: Final = ("header", "footer", "footnotes", "endnotes")


def read_word(
    gathered: Gathered,
    package: Package,
    relations: Relations,
    main: str,
    root: Element,
    story: Story,
) -> None:
    """Observe what a word-processing document holds beside its visible text."""
    marks = Marks()
    styles = frozenset[str]()
    for name in relations.targets(main, "styles")[:1]:
        styles = hidden_styles(package.markup(name))
    gathered.step(main, lambda: _read_text_part(gathered, main, root, marks, styles))
    texts = relations.targets(main, *_TEXT_PARTS)
    for name in gathered.upto(texts, MAX_PARTS, "parts of the text"):
        part = package.markup(name)
        if part is not None:
            read = partial(_read_text_part, gathered, name, part, marks, styles)
            gathered.step(name, read)
    gathered.step("comments", lambda: _read_comments(gathered, package, relations, main, marks))
    gathered.step("settings", lambda: read_settings(gathered, package, relations, main))
    gathered.step("people", lambda: _read_people(gathered, package, relations, main))
    gathered.step("fonts", lambda: _read_fonts(gathered, package, relations, main))
    marks.tell(gathered, story)


def _read_text_part(
    gathered: Gathered, name: str, root: Element, marks: Marks, styles: frozenset[str]
) -> None:
    for mark in gathered.upto(_changes(root), MAX_MARKS, f"changes in {name}"):
        marks.add(mark)
    tell_hidden_text(gathered, root, styles, where=name)
    tell_fields(gathered, root, where=name)
    tell_cropped(gathered, root, where=name)
    tell_odd_characters(gathered, _text(root), where=name)
    for element in gathered.upto(
        every(root, "docPr", "cNvPr"), MAX_PICTURES, f"pictures in {name}"
    ):
        # Word 97 to 2010 put the path of an inserted picture here.
        tell_paths_in(gathered, element.get("descr") or "", where=name)


def _changes(root: Element) -> Iterator[Mark]:
    word = space(root)
    for element in every(root, *_CHANGES):
        if space(element) != word:
            continue
        yield Mark(
            kind=_CHANGES[local(element)],
            author=attribute(element, "author"),
            made=false_utc(attribute(element, "date")),
            true=read_w3c(element.get(_DU)),
            text=_deleted(element) if local(element) == "del" else "",
        )


def _deleted(element: Element) -> str:
    """Return what a deletion holds; bounded, since hostile ones lie within each other."""
    return "".join(one.text or "" for one in islice(every(element, "delText"), MAX_PIECES))


def false_utc(text: str) -> Stated | None:
    """Read a date of a change: Word writes the author's local time and a Z that is not true."""
    stated = read_w3c(text)
    if stated is None or not stated.exact:
        return stated
    return Stated(moment=stated.moment, zoned=False)


def _text(root: Element) -> str:
    """Return the running text, paragraph by paragraph, what was deleted left out."""
    word = space(root)
    text, paragraph, tab = f"{word}t", f"{word}p", f"{word}tab"
    parts = []
    for element in root.iter(text, paragraph, tab):
        if element.tag == text:
            parts.append(element.text or "")
        else:
            parts.append("\n" if element.tag == paragraph else "\t")
    return "".join(parts)


def _read_comments(
    gathered: Gathered, package: Package, relations: Relations, main: str, marks: Marks
) -> None:
    times = _true_times(package, relations, main)
    for name in relations.targets(main, "comments")[:1]:
        root = package.markup(name)
        for element in gathered.upto(every(root, "comment"), MAX_MARKS, "comments"):
            last = [attribute(one, "paraId") for one in every(element, "p")]
            marks.add(
                Mark(
                    kind="comment",
                    author=attribute(element, "author"),
                    made=false_utc(attribute(element, "date")),
                    true=times.get(last[-1].upper()) if last else None,
                    text=text_of(element),
                )
            )


def _true_times(package: Package, relations: Relations, main: str) -> dict[str, Stated]:
    """Return, by the id of a comment's last paragraph, when it was made in UTC (MS-DOCX 2.6)."""
    durable: dict[str, str] = {}
    for name in relations.targets(main, "commentsIds")[:1]:
        root = package.markup(name)
        for element in every(root, "commentId"):
            durable[attribute(element, "durableId")] = attribute(element, "paraId").upper()
    found: dict[str, Stated] = {}
    for name in relations.targets(main, "commentsExtensible")[:1]:
        root = package.markup(name)
        for element in every(root, "commentExtensible"):
            stated = read_w3c(attribute(element, "dateUtc"))
            paragraph = durable.get(attribute(element, "durableId"))
            if stated is not None and paragraph:
                found[paragraph] = stated
    return found


def _read_people(gathered: Gathered, package: Package, relations: Relations, main: str) -> None:
    """Read people.xml (MS-DOCX 2.5.4): accounts of those who commented or changed."""
    for name in relations.targets(main, "people")[:1]:
        root = package.markup(name)
        for element in gathered.upto(every(root, "person"), MAX_PEOPLE, "people"):
            author = attribute(element, "author")
            for presence in every(element, "presenceInfo"):
                account, provider = (
                    attribute(presence, "userId"),
                    attribute(presence, "providerId"),
                )
                if account and account != author:
                    text = f"An account is stored for {quoted(author, 80)}: {quoted(account)}"
                    text += f" ({quoted(provider, 40)})." if provider else "."
                    gathered.observe("account-name", Weight.HIDDEN, text, where=name)


def _read_fonts(gathered: Gathered, package: Package, relations: Relations, main: str) -> None:
    for name in relations.targets(main, "fontTable")[:1]:
        root = package.markup(name)
        if root is None:
            continue
        fonts = [attribute(element, "name") for element in every(root, "font")]
        gathered.state("fonts", "; ".join(fonts[:60]))
        embedded = [
            attribute(element.getparent(), "name")
            for element in every(
                root, "embedRegular", "embedBold", "embedItalic", "embedBoldItalic"
            )
        ]
        if embedded:
            text = f"{counted(len(embedded), 'font')} embedded: {listed(embedded)}."
            gathered.observe("embedded-fonts", Weight.NOTE, text, where=name)
