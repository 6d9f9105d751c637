"""What a compound file (Word, Excel, PowerPoint to 2003, Outlook) says about itself."""

from provenance.examine.subject import Subject
from provenance.facts.model import Facts
from provenance.facts.office.compound import VERSION
from provenance.facts.office.ole import read_ole_facts

MODULES = ()


def tools() -> dict[str, str]:
    """Return parser name to version."""
    return {"olefile": VERSION}


def read_facts(subject: Subject) -> Facts:
    """Read properties, authors, embedded files and contradictions."""
    return read_ole_facts(subject.data, at=subject.at)
