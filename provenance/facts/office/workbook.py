"""Facts of a workbook in OOXML (ECMA-376 part 1, clause 18).

Reads the list of sheets, what hides them, where the file was saved, what it links to, who commented
and who changed it, and each sheet for hidden rows and columns. Sheets are scanned, not kept: they
are the largest parts there are.
"""

from functools import partial
from typing import Final

from provenance.facts.gathering import Gathered, counted, listed, quoted
from provenance.facts.model import Weight
from provenance.facts.office.authorship import Mark, Marks
from provenance.facts.office.markup import (
    Element,
    Unread,
    attribute,
    every,
    first,
    is_on,
    local,
    scan_markup,
    text_of,
)
from provenance.facts.office.package import Package
from provenance.facts.office.pictures import tell_cropped
from provenance.facts.office.relations import Relations
from provenance.facts.places import tell_path
from provenance.facts.stated_dates import read_w3c
from provenance.facts.timeline import Story

_FETCHING: Final = ("WEBSERVICE", "_xlfn.IMAGE")  # functions that load something when calculated
MAX_SHEETS: Final = 300  # sheets that are scanned
MAX_COMMENTS: Final = 5_000  # of one sheet; the same for people, savings and names of sheets
MAX_DRAWINGS: Final = 300  # drawings that are read
MAX_SHEET: Final = 64 << 20  # bytes of one sheet, unpacked


def read_workbook(
    gathered: Gathered,
    package: Package,
    relations: Relations,
    main: str,
    root: Element,
    story: Story,
) -> None:
    """Observe what a workbook holds beside its visible cells."""
    marks = Marks()
    gathered.step("sheets", lambda: _tell_sheets(gathered, root))
    gathered.step("workbook", lambda: _tell_workbook(gathered, root, main))
    sheets = relations.targets(main, "worksheet")
    for name in sheets[:MAX_SHEETS]:
        gathered.step(name, partial(_scan_sheet, gathered, package, name))
    if len(sheets) > MAX_SHEETS:
        gathered.note(f"{len(sheets) - MAX_SHEETS} more sheets were not scanned")
    gathered.step("links", lambda: _tell_links(gathered, package, relations))
    gathered.step("comments", lambda: _read_comments(gathered, package, relations, marks))
    gathered.step("revisions", lambda: _read_revisions(gathered, package, relations, marks))
    for name in gathered.upto(relations.of_kind("drawing"), MAX_DRAWINGS, "drawings"):
        drawing = package.markup(name)
        if drawing is not None:
            tell_cropped(gathered, drawing, where=name)
    marks.tell(gathered, story)


def _tell_sheets(gathered: Gathered, root: Element) -> None:
    sheets = list(gathered.upto(every(root, "sheet"), MAX_COMMENTS, "sheets"))
    gathered.state("sheets", len(sheets))
    for element in sheets:
        state, name = element.get("state") or "visible", element.get("name") or ""
        if state != "visible":
            how = "can only be shown by a program" if state == "veryHidden" else "is hidden"
            text = f"The sheet {quoted(name, 80)} {how}."
            gathered.observe("hidden-sheet", Weight.HIDDEN, text)
    hidden = [
        element.get("name") or ""
        for element in every(root, "definedName")
        # Filters and print areas name hidden ranges by themselves (18.2.5).
        if is_on(element.get("hidden") or "0")
        and not (element.get("name") or "").startswith("_xlnm.")
    ]
    if hidden:
        text = f"{counted(len(hidden), 'name')} of cells is hidden from the list: {listed(hidden)}."
        gathered.observe("hidden-names", Weight.HIDDEN, text)


def _tell_workbook(gathered: Gathered, root: Element, main: str) -> None:
    path = first(root, "absPath")  # MS-XLSX 2.3.2: the folder it was last saved in
    if path is not None:
        url = attribute(path, "url")
        gathered.state("saved-in", url)
        tell_path(gathered, url, where=main)
        if url and not gathered.count("local-path"):
            text = f"The folder it was last saved in: {quoted(url)}."
            gathered.observe("saved-in", Weight.HIDDEN, text, where=main)
    version = first(root, "fileVersion")
    if version is not None:
        for key in ("appName", "lastEdited", "lowestEdited", "rupBuild"):
            gathered.state(f"workbook.{key}", version.get(key) or "")
    for element in every(root, "workbookProtection", "fileSharing"):
        gathered.observe(
            "document-protection", Weight.NOTE, "The workbook is protected.", where=main
        )
        user = element.get("userName") or ""
        if user:
            text = f"It was reserved for writing by {quoted(user)}."
            gathered.observe("account-name", Weight.HIDDEN, text, where=main)


def _scan_sheet(gathered: Gathered, package: Package, name: str) -> None:
    data = package.read(name, MAX_SHEET)
    if data is None:
        return
    for function in _FETCHING:
        if f"{function}(".encode() in data:
            text = f"A formula asks an address on the net for data ({function})."
            gathered.observe("web-formula", Weight.RISK, text, where=name)
    rows, columns, protected = _count_hidden(package, name, data)
    if rows:
        text = f"{counted(rows, 'row is', 'rows are')} hidden (a filter hides rows too)."
        gathered.observe("hidden-rows", Weight.HIDDEN, text, where=name)
    if columns:
        text = f"{counted(columns, 'column is', 'columns are')} hidden."
        gathered.observe("hidden-columns", Weight.HIDDEN, text, where=name)
    if protected:
        gathered.observe("document-protection", Weight.NOTE, "A sheet is protected.", where=name)


def _count_hidden(package: Package, name: str, data: bytes) -> tuple[int, int, bool]:
    """Return how many rows and columns a sheet hides, and whether it is protected."""
    rows = columns = 0
    protected = False
    for element in scan_markup(data, "row", "col", "sheetProtection"):
        if isinstance(element, Unread):
            package.tell_unread(name, element)
            break
        what = local(element)
        if what == "sheetProtection":
            protected = True
        elif is_on(element.get("hidden") or "0"):
            rows += what == "row"
            columns += _width(element) if what == "col" else 0
    return rows, columns, protected


def _width(element: Element) -> int:
    """Return how many columns an element speaks of; at most as many as there are (16,384)."""
    low, high = (str(element.get(key) or "") for key in ("min", "max"))
    if not all(part.isascii() and part.isdigit() and len(part) <= 5 for part in (low, high)):
        return 1
    return min(max(int(high) - int(low) + 1, 1), 16_384)


def _tell_links(gathered: Gathered, package: Package, relations: Relations) -> None:
    for name in relations.of_kind("externalLink"):
        root = package.markup(name)
        link = first(root, "ddeLink") if root is not None else None
        if link is not None:
            program, topic = link.get("ddeService") or "", link.get("ddeTopic") or ""
            text = f"It asks another program for data: {quoted(program, 80)}, {quoted(topic)}."
            gathered.observe("dde-field", Weight.RISK, text, where=name)
    for name in relations.of_kind("connections"):
        root = package.markup(name)
        names = [one.get("name") or "" for one in every(root, "connection")]
        if names:
            text = f"It has connections that can fetch data from elsewhere: {listed(names)}."
            gathered.observe("data-connection", Weight.RISK, text, where=name)
    caches = relations.of_kind("pivotCacheRecords")
    if caches:
        sizes = sum(package.size(name) for name in caches)
        text = (
            f"A pivot table keeps a copy of its source rows ({sizes} bytes), also where the sheet"
            " they came from is gone."
        )
        gathered.observe("pivot-cache", Weight.HIDDEN, text, where=caches[0])


def _read_comments(
    gathered: Gathered, package: Package, relations: Relations, marks: Marks
) -> None:
    for name in gathered.upto(relations.of_kind("comments"), MAX_SHEETS, "parts of comments"):
        root = package.markup(name)
        if root is None:
            continue
        authors = [text_of(element) for element in every(root, "author")]
        for element in gathered.upto(every(root, "comment"), MAX_COMMENTS, f"comments in {name}"):
            number = element.get("authorId") or ""
            known = number.isascii() and number.isdigit() and len(number) <= 6
            author = authors[int(number)] if known and int(number) < len(authors) else ""
            text = text_of(element)
            if not author.startswith("tc={"):  # a copy of a threaded comment, which is read below
                marks.add(Mark(kind="comment", author=author, made=None, text=text))
    people = _read_persons(gathered, package, relations)
    threads = relations.of_kind("threadedComment")
    for name in gathered.upto(threads, MAX_SHEETS, "parts of threaded comments"):
        root = package.markup(name)
        for element in gathered.upto(
            every(root, "threadedComment"), MAX_COMMENTS, f"comments in {name}"
        ):
            marks.add(
                Mark(
                    kind="comment",
                    author=people.get(element.get("personId") or "", ""),
                    made=read_w3c(element.get("dT")),
                    text=text_of(first(element, "text")),
                )
            )


def _read_persons(gathered: Gathered, package: Package, relations: Relations) -> dict[str, str]:
    people = {}
    for name in relations.of_kind("person"):
        root = package.markup(name)
        for element in gathered.upto(every(root, "person"), MAX_COMMENTS, "people"):
            shown, account = element.get("displayName") or "", element.get("userId") or ""
            people[element.get("id") or ""] = shown
            if account and account != shown:
                text = f"An account is stored for {quoted(shown, 80)}: {quoted(account)}."
                gathered.observe("account-name", Weight.HIDDEN, text, where=name)
    return people


def _read_revisions(
    gathered: Gathered, package: Package, relations: Relations, marks: Marks
) -> None:
    """Read who changed a shared workbook and when (18.11)."""
    for name in relations.of_kind("revisionHeaders"):
        root = package.markup(name)
        for element in gathered.upto(every(root, "header"), MAX_COMMENTS, "savings"):
            marks.add(
                Mark(
                    kind="saving",
                    author=element.get("userName") or "",
                    made=read_w3c(element.get("dateTime")),
                )
            )
