"""What in a PDF could act, report back, or carry something along.

In order: the actions of the document by what sets them off; films, sounds and spaces; objects that
lie elsewhere; XFA forms; files inside. Presence only: nothing is run and nothing is fetched. The
objects are read twice, as they lie in the file and as the renderer writes them again: a viewer
mends a broken file in its own way, and what either reading shows is told. Notes say where one gave
up or came to its bounds; where both did, the bytes are searched for names of actions.
"""

import io
import re
from datetime import datetime
from typing import Any, Final

import pypdfium2

from provenance.errors import Malformed
from provenance.facts.gathering import Gathered, counted, joined, listed
from provenance.facts.model import Facts, Weight
from provenance.facts.pdf.acting import tell_actions
from provenance.facts.pdf.attached import tell_attached
from provenance.facts.pdf.causes import Found, find_actions
from provenance.facts.pdf.doubles import Doubles
from provenance.facts.pdf.objects import MAX_OBJECTS, Objects, Once, is_list, is_stream
from provenance.signatures.attempt import Fault, attempt

MAX_AGAIN: Final = 128 << 20  # bytes of a file that is written again; it takes twice as many
MAX_PACKETS: Final = 50  # of one XFA form; its makers know eight

_XFA: Final = frozenset({2, 3})  # FORMTYPE_XFA_FULL, FORMTYPE_XFA_FOREGROUND
_WITHOUT_PASSWORD: Final = 3  # FPDF_REMOVE_SECURITY
_NAME: Final = re.compile(rb"/([A-Za-z#][A-Za-z0-9#]{1,40})")
_HEX: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAMES: Final = frozenset(
    {b"OpenAction", b"JavaScript", b"Launch", b"SubmitForm", b"ImportData", b"GoToR", b"GoToE"}
    | {b"RichMedia", b"XFA"}
)
_FORM: Final = "The document holds an XFA form, which viewers show differently or not at all"
_SCRIPT: Final = re.compile(rb"<(?:\w+:)?script\b")


def find_active(data: bytes, document: Any, at: datetime) -> Facts:  # noqa: ANN401 - the renderer has no types
    """Return observations on everything of that kind, and notes on what was not looked at.

    Args:
        data: the whole file.
        document: the renderer's document; None if it does not open the file.
        at: now, UTC.
    """
    gathered, found = Gathered(at), Found()
    with Doubles() as doubles:
        readings = [attempt("objects as they lie in the file", lambda: _read(data, found))]
        if document is not None:
            again = attempt(
                "objects as the renderer has them", lambda: _read_again(document, len(data), found)
            )
            readings.append(again)
    read = [one for one in readings if isinstance(one, Objects)]
    _tell_limits(gathered, read, [one for one in readings if isinstance(one, Fault)])
    if read:
        gathered.step("XFA form", lambda: _tell_packets(gathered, read[-1]))
    else:
        gathered.step("names", lambda: _tell_names(gathered, data))
    _tell_doubles(gathered, doubles)
    if document is not None:
        gathered.step("scripts", lambda: _tell_unread(gathered, document, found))
        gathered.step("attachments", lambda: tell_attached(gathered, document, found.inside))
    gathered.step("what acts", lambda: tell_actions(gathered, found.actions))
    gathered.step("media", lambda: _tell_media(gathered, found))
    return gathered.facts()


def _read(data: bytes, found: Found) -> Objects:
    objects = Objects(data)
    seen = Found()
    find_actions(objects, seen)
    found.add(seen)
    return objects


def _read_again(document: Any, size: int, found: Found) -> Objects:  # noqa: ANN401
    if size > MAX_AGAIN:
        raise Malformed(f"the file is larger than {MAX_AGAIN} bytes")
    out = io.BytesIO()
    document.save(out, flags=_WITHOUT_PASSWORD)
    return _read(out.getvalue(), found)


def _tell_limits(gathered: Gathered, read: list[Objects], faults: list[Fault]) -> None:
    for fault in faults:
        gathered.note(f"{fault.step} could not be read", because=fault.because)
    if not read:
        gathered.note("what the document does by itself is not known")
    if any(one.cut for one in read):
        text = f"only the first {MAX_OBJECTS} objects were searched for actions, or less of a list"
        gathered.note(text)
    if unreadable := min((one.unreadable for one in read), default=0):
        count = counted(unreadable, "object")
        gathered.note(f"{count} could not be read: an action in one of them is not seen")


def _tell_names(gathered: Gathered, data: bytes) -> None:
    """Tell names of actions in the bytes; a name may be written in hexadecimal (7.3.5)."""
    names = {_HEX.sub(_unhex, one) for one in _NAME.findall(data)}
    named = sorted(name.decode("latin-1") for name in names & _NAMES)
    if named:
        text = (
            f"Actions are named in the bytes ({joined(named)}), and what they do could not be read."
        )
        gathered.observe("action-without-cause", Weight.RISK, text)


def _unhex(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 16)])


def _tell_doubles(gathered: Gathered, doubles: Doubles) -> None:
    if doubles.keys:
        text = (
            f"Entries stand twice in one place ({joined(sorted(doubles.keys))}): of two programs"
            " one may do what the other, and this report, does not see."
        )
        gathered.observe("entry-twice", Weight.CONTRADICTION, text)


def _tell_unread(gathered: Gathered, document: Any, found: Found) -> None:  # noqa: ANN401
    """Tell what only the renderer counts."""
    count = pypdfium2.raw.FPDFDoc_GetJavaScriptActionCount(document)
    if count > found.scripts:
        scripts = counted(count - found.scripts, "script")
        text = f"Opening the document may run {scripts} that could not be read here."
        gathered.observe("script-in-document", Weight.RISK, text)
    if pypdfium2.raw.FPDF_GetFormType(document) in _XFA and not gathered.count("xfa-form"):
        gathered.observe("xfa-form", Weight.RISK, f"{_FORM}.")


def _tell_packets(gathered: Gathered, objects: Objects) -> None:
    """Tell an XFA form (ISO 32000-1 12.7.8), and whether scripts are in it."""
    form = objects.entry(objects.entry(objects.root, "/AcroForm"), "/XFA")
    if form is None:
        return
    parts = list(objects.items(form))[1::2] if is_list(form) else [form]
    met = Once()
    packets = [part for part in parts if is_stream(part) and met.add(part)][:MAX_PACKETS]
    scripts = sum(len(_SCRIPT.findall(objects.content(part))) for part in packets)
    said = f"; {counted(scripts, 'script')} in it" if scripts else ""
    gathered.observe("xfa-form", Weight.RISK, f"{_FORM}{said}.")


def _tell_media(gathered: Gathered, found: Found) -> None:
    if found.media:
        kinds = joined(kind for kind, _ in found.media)
        pages = joined(str(page) for _, page in found.media)
        text = f"Films, sounds or spaces are in it ({kinds}), on the pages {pages}."
        gathered.observe("rich-media", Weight.RISK, text)
    if found.elsewhere:
        text = (
            "Parts of it lie elsewhere, from where a viewer may fetch them:"
            f" {listed(found.elsewhere)}."
        )
        gathered.observe("linked-object", Weight.RISK, text)
