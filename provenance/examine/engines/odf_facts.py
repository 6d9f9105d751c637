"""What an OpenDocument file says about itself."""

from provenance.examine.subject import Subject
from provenance.facts.model import Facts
from provenance.facts.office.markup import LIBRARY, VERSION
from provenance.facts.office.odf import read_odf_facts

MODULES = ()


def tools() -> dict[str, str]:
    """Return parser name to version."""
    return {"lxml": VERSION, "libxml2": LIBRARY}


def read_facts(subject: Subject) -> Facts:
    """Read properties, history, hidden content, embedded files and contradictions."""
    return read_odf_facts(subject.data, at=subject.at)
