"""How many files a zip archive carries that nobody looked into."""

from provenance.examine.subject import Subject
from provenance.facts.members import read_zip_members
from provenance.facts.model import Facts

MODULES = ("encodings.cp437",)


def tools() -> dict[str, str]:
    """Return parser name to version; all of it is our own."""
    return {}


def read_facts(subject: Subject) -> Facts:
    """Count what is inside; of the zip archives, only a plain one is taken apart by intake."""
    return read_zip_members(subject.data, intake=subject.media_type == "application/zip")
