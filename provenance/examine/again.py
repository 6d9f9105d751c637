"""The command that gives an examination's answer again, for whoever holds the same files.

Rules: only what changes an answer stands in it, in a fixed order; paths are words for them, because
a name may lead to a source; a document is named where somebody said by hand which it is. Files
that a name or a digest brought together are found again where they lie together (`beside`).
"""

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from provenance.instants import format_instant
from provenance.signatures.pairing import How
from provenance.trust.model import TrustSet

if TYPE_CHECKING:
    from provenance.examine.examination import Examination


def repeatable(found: "Examination", command: str) -> "Examination":
    """Return an examination whose signatures all name the command; a worker's word is not taken."""
    report = found.signatures
    statuses, open_ones = (
        tuple(replace(one, reproduce_command=command) for one in group)
        for group in (report.statuses, report.undetermined)
    )
    return replace(found, signatures=replace(report, statuses=statuses, undetermined=open_ones))


def reproduce_command(examination: "Examination", *, ocr: str | None) -> str:
    """Return the command, with FILE, DOCUMENT and FOLDER for the paths.

    Args:
        examination: as far as it is known before anything is judged.
        ocr: language in which pictures were read; None = they were not.
    """
    moment = examination.reference_time
    trusting = examination.trust_set_sha256 != TrustSet().sha256
    by_hand = any(one.how is How.HAND for one in examination.beside)
    options = (
        ("--at", format_instant(moment) if moment else None),
        ("--trust", "FOLDER" if trusting else None),
        ("--ocr", ocr),
        ("--claims", examination.claimed_date),
        ("--signed", "DOCUMENT" if by_hand else None),
    )
    words = ["prov", "inspect", "FILE"]
    for option, value in options:
        words += [option, value] if value else []
    return shlex.join(words)
