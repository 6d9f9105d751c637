"""What a Rich Text file says about itself."""

from provenance.examine.subject import Subject
from provenance.facts.model import Facts
from provenance.facts.office.rtf import read_rtf_facts

MODULES = ()


def tools() -> dict[str, str]:
    """Return parser name to version; all of it is our own."""
    return {}


def read_facts(subject: Subject) -> Facts:
    """Read properties, history, hidden text, objects and contradictions."""
    return read_rtf_facts(subject.data, at=subject.at)
