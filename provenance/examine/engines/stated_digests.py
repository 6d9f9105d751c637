"""Which document a signature file states that it is of, so that it can be found by digest."""

from provenance.examine.subject import Subject
from provenance.facts.model import Facts
from provenance.facts.signed_digests import read_stated

MODULES = ()


def tools() -> dict[str, str]:
    """Return parser name to version; the parser is named by the engine before this one."""
    return {}


def read_facts(subject: Subject) -> Facts:
    """Read the digests that are stated."""
    return read_stated(subject.data, subject.media_type)
