"""Settings of a word-processing document (ECMA-376 part 1, 17.15): editing sessions, protection.

An rsid is a random number that Word gives to each editing session and never changes; two documents
that share several of them come from one editing history, whatever their properties say. The digest
tells equal sets at a glance; the list lets partly equal ones be found.
"""

import hashlib
import re
from typing import Final

from provenance.facts.gathering import Gathered, counted, listed
from provenance.facts.model import Weight
from provenance.facts.office.markup import Element, attribute, every, first, is_on
from provenance.facts.office.package import Package
from provenance.facts.office.relations import Relations

MAX_RSIDS: Final = 1_000  # listed; eight digits and a space each, within one text of an answer
MAX_VARIABLES: Final = 200  # document variables that are counted
_RSID: Final = re.compile(r"[0-9A-Fa-f]{8}")


def read_settings(gathered: Gathered, package: Package, relations: Relations, main: str) -> None:
    """State the editing sessions and observe protection and what was set to be removed."""
    for name in relations.targets(main, "settings")[:1]:
        root = package.markup(name)
        if root is None:
            continue
        _tell_rsids(gathered, root)
        _tell_protection(gathered, root, name)
        _tell_removal(gathered, root, name)
        _tell_variables(gathered, root, name)


def _tell_rsids(gathered: Gathered, root: Element) -> None:
    values = [attribute(element, "val").upper() for element in every(root, "rsid")]
    sessions = sorted({value for value in values if _RSID.fullmatch(value)})
    origin = first(root, "rsidRoot")
    if origin is not None:
        gathered.state("rsids.root", attribute(origin, "val").upper())
    tell_sessions(gathered, sessions)


def tell_sessions(gathered: Gathered, sessions: list[str]) -> None:
    """State a sorted set of session numbers: how many, its digest, and a list cut at MAX_RSIDS."""
    if not sessions:
        return
    gathered.state("rsids.count", len(sessions))
    gathered.state("rsids.sha256", hashlib.sha256(" ".join(sessions).encode()).hexdigest())
    gathered.state("rsids.list", " ".join(sessions[:MAX_RSIDS]), limit=MAX_RSIDS * 9)
    text = (
        f"Numbers of {counted(len(sessions), 'editing session')} are in it; another document with"
        " some of the same numbers comes from the same editing history."
    )
    gathered.observe("editing-sessions", Weight.NOTE, text)


def _tell_protection(gathered: Gathered, root: Element, name: str) -> None:
    for element in every(root, "documentProtection"):
        kind = attribute(element, "edit") or "formatting"
        on = is_on(attribute(element, "enforcement") or "0")
        text = f"Protection of the kind {listed([kind])} is {'on' if on else 'set up but off'}."
        gathered.observe("document-protection", Weight.NOTE, text, where=name)
    if first(root, "writeProtection") is not None:
        text = "Opening it for reading only is recommended or asks for a password."
        gathered.observe("document-protection", Weight.NOTE, text, where=name)


def _tell_removal(gathered: Gathered, root: Element, name: str) -> None:
    removed = [
        what
        for tag, what in (
            ("removePersonalInformation", "names"),
            ("removeDateAndTime", "dates of changes"),
        )
        if (element := first(root, tag)) is not None and is_on(attribute(element, "val"))
    ]
    if removed:
        text = f"It is set to lose {' and '.join(removed)} whenever it is saved."
        gathered.observe("personal-information-removed", Weight.NOTE, text, where=name)


def _tell_variables(gathered: Gathered, root: Element, name: str) -> None:
    names = [attribute(element, "name") for element in every(root, "docVar")][:MAX_VARIABLES]
    if names:
        text = f"Variables that no page shows are stored in it: {listed(names)}."
        gathered.observe("document-variables", Weight.HIDDEN, text, where=name)
