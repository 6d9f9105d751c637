"""What a PDF says about itself."""

from provenance.examine.subject import Subject
from provenance.facts.model import Facts
from provenance.facts.pdf.reading import read_pdf_facts

MODULES = ()


def tools() -> dict[str, str]:
    """Return parser name to version; the renderer is named by the engine before this one."""
    return {}


def read_facts(subject: Subject) -> Facts:
    """Read properties, revisions and contradictions."""
    return read_pdf_facts(subject.data, at=subject.at)
