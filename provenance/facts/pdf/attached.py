"""Files inside a PDF, by name, size and digest; none is opened.

In order: the document's list of attachments; files that hang on a mark of a page; files inside that
neither names, by name only.
"""

import ctypes
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pypdfium2

from provenance.facts.gathering import Gathered, listed
from provenance.facts.model import Weight
from provenance.signatures.attempt import attempt
from provenance.signatures.text import tame

MAX_ATTACHMENTS: Final = 50  # listed one by one
MAX_ATTACHED: Final = 64 << 20  # bytes of one attachment that is digested
MAX_PAGES: Final = 200  # searched for marks that hold a file
MAX_MARKS: Final = 500  # of one page
_HOLDS_FILE: Final = 17  # FPDF_ANNOT_FILEATTACHMENT (ISO 32000-2 12.5.6.15)


def tell_attached(gathered: Gathered, document: Any, inside: list[tuple[str, ...]]) -> None:  # noqa: ANN401 - the renderer has no types
    """Observe each file inside.

    Args:
        gathered: takes the observations.
        document: the renderer's.
        inside: names of each file inside, as the reader of objects found them.
    """
    told: Counter[str] = Counter()
    count = document.count_attachments()
    listed_ones = (document.get_attachment(index) for index in range(min(count, MAX_ATTACHMENTS)))
    _tell_each(gathered, listed_ones, told, None)
    if count > MAX_ATTACHMENTS:
        text = f"{count} files are attached; {MAX_ATTACHMENTS} are listed."
        gathered.observe("attached-file", Weight.HIDDEN, text)
    for index in range(min(len(document), MAX_PAGES)):
        page = document[index]
        try:
            _tell_each(gathered, _marked(document, page), told, f"page {index + 1}")
        finally:
            page.close()
    if count <= MAX_ATTACHMENTS:
        _tell_rest(gathered, inside, told)


def _tell_each(
    gathered: Gathered,
    attached: Iterable[Any],
    told: Counter[str],
    where: str | None,
) -> None:
    for one in attached:
        name = attempt("attachment", one.get_name)
        if isinstance(name, str):
            told[name] += 1
        said = attempt("attachment", lambda one=one: _attachment(one))  # type: ignore[misc] # bound now
        text = said if isinstance(said, str) else f"An attached file cannot be read: {said.kind}."
        gathered.observe("attached-file", Weight.HIDDEN, text, where=where)


def _attachment(one: Any) -> str:  # noqa: ANN401
    name = tame(one.get_name(), 120)
    data = bytes(one.get_data())
    if len(data) > MAX_ATTACHED:
        return f"A file is attached: “{name}”, {len(data)} bytes."
    digest = hashlib.sha256(data).hexdigest()
    return f"A file is attached: “{name}”, {len(data)} bytes, SHA-256 {digest}."


def _marked(document: Any, page: Any) -> Iterator[Any]:  # noqa: ANN401
    """Walk the files that hang on marks of a page."""
    raw = pypdfium2.raw
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), MAX_MARKS)):
        mark = raw.FPDFPage_GetAnnot(page, ctypes.c_int(index))
        if not mark:
            continue
        try:
            if raw.FPDFAnnot_GetSubtype(mark) == _HOLDS_FILE:
                file = raw.FPDFAnnot_GetFileAttachment(mark)
                if file:
                    yield pypdfium2.PdfAttachment(file, document)
        finally:
            raw.FPDFPage_CloseAnnot(mark)


def _tell_rest(gathered: Gathered, inside: list[tuple[str, ...]], told: Counter[str]) -> None:
    rest = []
    for names in inside:
        known = next((name for name in names if told[name] > 0), None)
        if known is None:
            rest.append(" ".join(names) or "unnamed")
        else:
            told[known] -= 1
    if rest:
        text = f"Files are inside that no list of attachments names: {listed(rest)}."
        gathered.observe("attached-file", Weight.HIDDEN, text)
