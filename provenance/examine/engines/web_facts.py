"""What a web page, an SVG picture or another XML file says about itself."""

from typing import Final

from provenance.examine.subject import Subject
from provenance.facts.model import Facts
from provenance.facts.office.markup import LIBRARY, VERSION
from provenance.facts.plain.web import read_web_facts
from provenance.facts.plain.xml import read_xml_facts

MODULES = ()
_HTML: Final = "text/html"


def tools() -> dict[str, str]:
    """Return parser name to version; pages are cut by our own code, XML is parsed beside it."""
    return {"lxml": VERSION, "libxml2": LIBRARY}


def read_facts(subject: Subject) -> Facts:
    """Read what it fetches, runs and hides."""
    if subject.media_type == _HTML:
        return read_web_facts(subject.data, at=subject.at, xml=False)
    return read_xml_facts(subject.data, at=subject.at)
