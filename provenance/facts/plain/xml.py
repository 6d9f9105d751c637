"""Facts of an XML file that is no page: what it is, and what office programs put into one.

Flat OpenDocument and the XML of Office 2003 are whole documents in one file: their properties and
content are read as such. Of every XML file, what it fetches and hides is read as of a page.
"""

from datetime import datetime

from provenance.facts.gathering import Gathered
from provenance.facts.model import Facts, merge_facts
from provenance.facts.office.markup import Element, Unread, every, local, parse_markup, text_of
from provenance.facts.office.odf import is_flat, read_flat_facts
from provenance.facts.office.properties import read_count
from provenance.facts.plain.web import read_web_facts
from provenance.facts.stated_dates import read_w3c
from provenance.facts.timeline import Story, judge_story


def read_xml_facts(data: bytes, *, at: datetime) -> Facts:
    """Read the facts of an XML file.

    Args:
        data: the file.
        at: now, UTC.
    """
    page = read_web_facts(data, at=at, xml=True)
    root = parse_markup(data)
    if isinstance(root, Unread):
        gathered = Gathered(at)
        gathered.note(f"it was read as text, not as XML: {root.reason}")
        return merge_facts((gathered.facts(), page))
    if is_flat(root):
        return merge_facts((read_flat_facts(root, at=at), page))
    gathered = Gathered(at)
    gathered.state("xml.root", local(root))
    gathered.step("properties", lambda: _read_office_2003(gathered, root))
    return merge_facts((gathered.facts(), page))


def _read_office_2003(gathered: Gathered, root: Element) -> None:
    found: dict[str, str] = {}
    for properties in every(root, "DocumentProperties"):
        for element in properties:
            found.setdefault(local(element), text_of(element).strip())
    if not found:
        return
    for key, value in found.items():
        gathered.state(f"office.{key}", value)
    story = Story(
        author=found.get("Author", ""),
        last_author=found.get("LastAuthor", ""),
        created=read_w3c(found.get("Created")),
        modified=read_w3c(found.get("LastSaved")),
        printed=read_w3c(found.get("LastPrinted")),
        template=found.get("Template", ""),
        revision=read_count(found.get("Revision", "")),
        minutes=read_count(found.get("TotalTime", "")),
    )
    judge_story(gathered, story)
