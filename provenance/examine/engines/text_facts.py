"""What a plain text says about itself."""

from provenance.examine.subject import Subject
from provenance.facts.model import Facts
from provenance.facts.plain.text import read_text_facts

MODULES = ()


def tools() -> dict[str, str]:
    """Return parser name to version; all of it is our own."""
    return {}


def read_facts(subject: Subject) -> Facts:
    """Read encoding, and what in it is not seen."""
    return read_text_facts(subject.data, at=subject.at)
