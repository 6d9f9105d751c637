"""The shape of any file: one format or two, bytes before and after, promises of name and label."""

from provenance import __version__
from provenance.examine.subject import Subject
from provenance.facts.model import Facts
from provenance.facts.shape.reading import Claims, read_shape

MODULES = ()


def tools() -> dict[str, str]:
    """Return parser name to version."""
    return {"shape": __version__}


def read_facts(subject: Subject) -> Facts:
    """Read the file's shape."""
    claims = Claims(
        extension=subject.claimed_extension,
        media_type=subject.declared_media_type,
        tricks=subject.name_tricks,
    )
    return read_shape(subject.data, subject.media_type, claims)
