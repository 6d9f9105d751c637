"""What a message says about itself."""

import lxml

from provenance.examine.subject import Subject
from provenance.facts.mail import read_mail_facts
from provenance.facts.model import Facts

MODULES = ("email.parser", "email.feedparser", "email.iterators", "lxml.etree", "quopri")


def tools() -> dict[str, str]:
    """Return parser name to version; header fields and parts are read by the interpreter's own."""
    return {"lxml": lxml.__version__}


def read_facts(subject: Subject) -> Facts:
    """Read header, routing, parts and HTML."""
    return read_mail_facts(subject.data, at=subject.at)
