"""What in a PDF could act, report back, or carry something along.

Attached files by name, size and digest (never opened); scripts that the document names in its list
of scripts; links that leave it, by host; XFA forms. Presence only: nothing is run and nothing is
fetched. An action that runs when the document or a page is opened (`OpenAction`, `AA`), or that
stands in an object which the reader does not reach, is not seen.
"""

import ctypes
import hashlib
from typing import Any, Final
from urllib.parse import urlsplit

import pypdfium2

from provenance.facts.gathering import joined
from provenance.facts.model import Observation, Weight
from provenance.signatures.attempt import attempt
from provenance.signatures.text import tame

MAX_ATTACHMENTS: Final = 50  # listed one by one
MAX_ATTACHED: Final = 64 << 20  # bytes of one attachment that is digested
MAX_PAGES: Final = 200  # searched for links
MAX_LINKS: Final = 500  # of one page
MAX_HOSTS: Final = 20  # named
_XFA: Final = frozenset({2, 3})  # FORMTYPE_XFA_FULL, FORMTYPE_XFA_FOREGROUND
_URI, _LAUNCH, _REMOTE = 3, 4, 2  # PDFACTION_URI, PDFACTION_LAUNCH, PDFACTION_REMOTEGOTO


def find_active(document: Any) -> list[Observation]:  # noqa: ANN401 - the renderer has no types
    """Return everything of that kind."""
    return [*_attached(document), *_scripts(document), *_links(document)]


def _attached(document: Any) -> list[Observation]:  # noqa: ANN401
    count = document.count_attachments()
    found = []
    for index in range(min(count, MAX_ATTACHMENTS)):
        told = attempt("attachment", lambda index=index: _attachment(document, index))  # type: ignore[misc] # bound now
        text = told if isinstance(told, str) else f"An attached file cannot be read: {told.kind}."
        found.append(Observation(code="attached-file", weight=Weight.HIDDEN, text=text))
    if count > MAX_ATTACHMENTS:
        text = f"{count} files are attached; {MAX_ATTACHMENTS} are listed."
        found.append(Observation(code="attached-file", weight=Weight.HIDDEN, text=text))
    return found


def _attachment(document: Any, index: int) -> str:  # noqa: ANN401
    one = document.get_attachment(index)
    name = tame(one.get_name(), 120)
    data = bytes(one.get_data())
    if len(data) > MAX_ATTACHED:
        return f"A file is attached: “{name}”, {len(data)} bytes."
    digest = hashlib.sha256(data).hexdigest()
    return f"A file is attached: “{name}”, {len(data)} bytes, SHA-256 {digest}."


def _scripts(document: Any) -> list[Observation]:  # noqa: ANN401
    found = []
    count = pypdfium2.raw.FPDFDoc_GetJavaScriptActionCount(document)
    if count > 0:
        text = f"The document holds {count} scripts that a viewer may run."
        found.append(Observation(code="script-in-document", weight=Weight.RISK, text=text))
    if pypdfium2.raw.FPDF_GetFormType(document) in _XFA:
        text = "The document holds an XFA form, which viewers show differently or not at all."
        found.append(Observation(code="xfa-form", weight=Weight.RISK, text=text))
    return found


def _links(document: Any) -> list[Observation]:  # noqa: ANN401
    hosts: dict[str, None] = {}
    launches = 0
    for index in range(min(len(document), MAX_PAGES)):
        for kind, target in _actions(document, document[index]):
            if kind == _URI:
                hosts[_host(target)] = None
            elif kind in {_LAUNCH, _REMOTE}:
                launches += 1
    found = []
    if hosts:
        named = joined(hosts, MAX_HOSTS)
        text = f"Links lead out of the document, to {named}."
        found.append(Observation(code="links-out", weight=Weight.NOTE, text=text))
    if launches:
        text = f"{launches} links would open another file or start a program."
        found.append(Observation(code="launch-action", weight=Weight.RISK, text=text))
    return found


def _host(target: str) -> str:
    """Name where a link leads without its path: a path may hold a token of a person."""
    parts = attempt("link", lambda: urlsplit(target))
    host = getattr(parts, "hostname", None)
    return tame(host or "an address that cannot be read", 80)


def _actions(document: Any, page: Any) -> list[tuple[int, str]]:  # noqa: ANN401
    raw = pypdfium2.raw
    found: list[tuple[int, str]] = []
    position, link = ctypes.c_int(0), raw.FPDF_LINK()
    while len(found) < MAX_LINKS and raw.FPDFLink_Enumerate(page, position, link):
        action = raw.FPDFLink_GetAction(link)
        if action:
            kind = raw.FPDFAction_GetType(action)
            found.append((kind, _uri(document, action) if kind == _URI else ""))
    return found


def _uri(document: Any, action: Any) -> str:  # noqa: ANN401
    raw = pypdfium2.raw
    size = raw.FPDFAction_GetURIPath(document, action, None, 0)
    buffer = ctypes.create_string_buffer(min(size, 4096) or 1)
    raw.FPDFAction_GetURIPath(document, action, buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace")
