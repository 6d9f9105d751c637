"""Facts of a compound file: Word, Excel and PowerPoint 97 to 2003, Outlook messages (MS-CFB).

In order: open it; encrypted content (a newer file behind a password); properties and their
contradictions; times of storages; macros and embedded objects; then what its kind holds, told by
the streams that are there. Whatever cannot be read is a note. Never raises on any document.
"""

import hashlib
from datetime import datetime
from typing import Final

from provenance.facts.gathering import Gathered, counted, listed, quoted
from provenance.facts.model import Facts, Weight
from provenance.facts.office.compound import MAX_STREAMS, Compound, open_compound
from provenance.facts.office.excel_binary import read_excel_binary
from provenance.facts.office.outlook import read_outlook
from provenance.facts.office.packager import tell_packaged
from provenance.facts.office.slides_binary import read_slides_binary
from provenance.facts.office.summary import read_summary
from provenance.facts.office.word_binary import read_word_binary
from provenance.facts.stated_dates import Stated, is_later
from provenance.facts.timeline import PACKING, Story, judge_story

MAX_OBJECTS: Final = 100  # embedded objects that are told one by one
_MESSAGE: Final = "__properties_version1.0"


def read_ole_facts(data: bytes, *, at: datetime) -> Facts:
    """Read the facts of a compound file.

    Args:
        data: the file.
        at: now, UTC.
    """
    gathered = Gathered(at)
    compound = open_compound(data)
    if compound is None:
        text = "No part of it was read: its directory or a chain of its sectors is broken."
        gathered.observe("package-unreadable", Weight.NOTE, text)
        return gathered.facts()
    if compound.cut:
        gathered.note(f"only the first {MAX_STREAMS} streams and storages were looked at")
    gathered.step("document", lambda: _read(gathered, compound))
    return gathered.facts()


def _read(gathered: Gathered, compound: Compound) -> None:
    if compound.find("EncryptedPackage"):
        _tell_encrypted(gathered, compound)
        return
    stories: list[Story] = []
    gathered.step("properties", lambda: stories.append(read_summary(gathered, compound)))
    story = next(iter(stories), Story())
    times = compound.times()
    gathered.step("times of storages", lambda: _judge_times(gathered, times, story))
    if compound.find(_MESSAGE):
        gathered.step("message", lambda: read_outlook(gathered, compound))
        return
    gathered.step("contradictions", lambda: judge_story(gathered, story))
    gathered.step("macros", lambda: _tell_macros(gathered, compound))
    gathered.step("embedded files", lambda: _tell_objects(gathered, compound))
    if compound.find("WordDocument"):
        gathered.step("Word", lambda: read_word_binary(gathered, compound, story))
    if compound.find("Workbook") or compound.find("Book"):
        gathered.step("Excel", lambda: read_excel_binary(gathered, compound))
    if compound.find("PowerPoint Document"):
        gathered.step("PowerPoint", lambda: read_slides_binary(gathered, compound))


def _judge_times(gathered: Gathered, times: tuple[Stated, ...], story: Story) -> None:
    """Hold the times of the storages, which Windows sets, against the properties."""
    if not times:
        return
    newest = max(times, key=lambda one: one.moment)
    gathered.state("storage.newest", newest.shown)
    gathered.state("storage.oldest", min(times, key=lambda one: one.moment).shown)
    saved = story.modified
    if saved and is_later(saved, newest, PACKING):
        text = (
            f"Its storages were written ({newest.shown}) before the time at which it says it was"
            f" last saved ({saved.shown})."
        )
        gathered.observe("packed-before-modified", Weight.CONTRADICTION, text)
    if saved and is_later(newest, saved, PACKING):
        text = (
            f"Its storages were written ({newest.shown}) after it says it was last saved"
            f" ({saved.shown}), as when properties were changed, or a program saved it that leaves"
            " them alone."
        )
        gathered.observe("storage-newer-than-modified", Weight.NOTE, text)


def _tell_encrypted(gathered: Gathered, compound: Compound) -> None:
    text = "It is encrypted: a password is needed to read its content."
    gathered.observe("password-needed", Weight.NOTE, text)
    info = compound.read("EncryptionInfo")
    if info and len(info) >= 4:  # MS-OFFCRYPTO 2.3.4.5 and 2.3.4.10
        major, minor = int.from_bytes(info[:2], "little"), int.from_bytes(info[2:4], "little")
        gathered.state("encryption", f"{major}.{minor}")
    if any("drmencrypted" in part.lower() for path in compound.storages for part in path):
        text = "Rights management of an organisation protects it: its server decides who may read."
        gathered.observe("rights-managed", Weight.NOTE, text)


def _tell_macros(gathered: Gathered, compound: Compound) -> None:
    storages = {path[-1].lower(): path for path in compound.storages}
    for name in ("vba", "_vba_project_cur", "macros"):
        if name in storages and (name != "macros" or compound.find("Macros", "PROJECT")):
            text = (
                "Macros are in it: a program that runs if whoever opens it allows it. Not run here."
            )
            gathered.observe("macros", Weight.RISK, text, where="/".join(storages[name]))
            return


def _tell_objects(gathered: Gathered, compound: Compound) -> None:
    """Observe embedded objects: ObjectPool of Word, MBD storages of Excel, and what is packed."""
    found = [
        path
        for path in compound.storages
        if (len(path) == 2 and path[0].lower() == "objectpool") or path[-1].startswith("MBD")
    ]
    for storage in gathered.upto(found, MAX_OBJECTS, "embedded objects"):
        inside = [path for path in compound.streams if path[: len(storage)] == storage]
        names = [path[-1] for path in inside]
        size = sum(compound.length(path) for path in inside)
        text = (
            f"An object is embedded: {counted(len(inside), 'stream')}, {size} bytes"
            f" ({listed(names, 6)})."
        )
        where = "/".join(storage)
        gathered.observe("embedded-file", Weight.HIDDEN, text, where=where)
    for last in ("Package", "CONTENTS"):
        for path in gathered.upto(compound.named(last), MAX_OBJECTS, "embedded files"):
            data = compound.read(*path)
            if data:
                text = (
                    f"A file is embedded: {quoted('/'.join(path))}, {len(data)} bytes, SHA-256"
                    f" {hashlib.sha256(data).hexdigest()}."
                )
                gathered.observe("embedded-file", Weight.HIDDEN, text, where="/".join(path))
    tell_packaged(gathered, compound, where="embedded object")
