"""What each ending of an examination means, in plain words: the one table of codes and sentences.

Codes of an outcome (how the examination as a whole ended) and of a detector that could not do its
work stand here together, because a reader meets both as "why is there no answer". A code is stable
and stored; its sentence may be reworded. No sentence says anything about the document's
authenticity: that a parser stopped is a fact about the parser, and an unusual one is worth a look.
"""

from collections.abc import Mapping
from typing import Final

ENDINGS: Final[Mapping[str, str]] = {
    "examined": "Examined to the end.",
    "timeout": (
        "Reading this file took longer than is allowed, so it was stopped. A file can be made so"
        " on purpose."
    ),
    "out-of-memory": (
        "Reading this file needed more memory than is allowed, so it was stopped. A small file that"
        " unpacks to a huge one does that."
    ),
    "crashed-signal": (
        "The program that reads this kind of file crashed on it. A damaged file can do that; one"
        " made to take the program over would too, and it was locked in."
    ),
    "crashed-signal-9": (
        "The system ended the program that was reading this file, most often because the machine"
        " ran out of memory."
    ),
    "exit": "The program that reads this kind of file ended itself without an answer.",
    "worker-lost": (
        "The process that was reading this file went away from outside: it was stopped, or the"
        " machine ran out of memory. Examine it again."
    ),
    "answer-too-large": (
        "The answer about this file was larger than is allowed and was not read: the reading"
        " program may have been taken over."
    ),
    "answer-malformed": (
        "The answer about this file was not of the form that it must have and was not believed: the"
        " reading program may have been taken over."
    ),
    "refused-by-parser": "The program that reads this kind of file refused it.",
    "document-too-large": "This file is larger than is examined here; it was not opened.",
    "jail-below-level": (
        "All walls were asked for and this machine does not offer them; the file was not opened."
        " `prov doctor` says which one is missing."
    ),
    "parser-not-loadable": (
        "A program that is needed to read this kind of file cannot be started on this machine; the"
        " installation needs repair. What it would have found is not known."
    ),
    "engine-failed": "One of the checks of this file broke off; what it would have found is open.",
    "second-format": (
        "This file is two formats at once: another program may show something else than was"
        " examined here, and whether that is signed is open."
    ),
    "password-required": "This file is locked with a password; its contents could not be read.",
    "pdf-unreadable": "This file calls itself a PDF and cannot be read as one.",
    "message-unreadable": "This file looks like a mail and cannot be taken apart as one.",
    "compound-unreadable": "This file looks like one that Outlook saved and cannot be taken apart.",
    "structure-ambiguous": (
        "This mail is built so that programs disagree on what is in it; what is signed in it is"
        " open."
    ),
    "too-many-levels": "This file is nested deeper than is followed here; the rest is open.",
    "too-many-parts": "This mail has more parts than are looked at; the rest is open.",
    "encrypted": (
        "This file is encrypted; whether it is signed inside cannot be seen without its key."
    ),
    "openpgp-unreadable": "This file looks like OpenPGP and holds no block that is read here.",
}


def say_ending(code: str) -> str:
    """Return the sentence for a code; for one that no table knows, the code itself in words."""
    family = code.rstrip("0123456789").rstrip("-")  # crashed-signal-11, exit-3
    return (
        ENDINGS.get(code)
        or ENDINGS.get(family)
        or f"A check broke off ({code}); what it would have found is open."
    )
