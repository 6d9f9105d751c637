"""A strict reader of the report's HTML: what it collects, the tests judge."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

VOID: Final = frozenset({"meta", "br", "hr"})
ACTIVE: Final = frozenset(
    {"script", "iframe", "object", "embed", "form", "input", "base", "link", "img"}
)
LOADING: Final = frozenset(
    {"src", "srcset", "action", "formaction", "data", "poster", "xlink:href"}
)


@dataclass
class Page:
    """What a page is made of."""

    faults: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    tags: dict[str, int] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    policy: str = ""
    lang: str = ""

    @property
    def text(self) -> str:
        """All words of the page, the stylesheet left out."""
        return "".join(self.texts)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element."""
        page, found = self.page, dict(attrs)
        page.tags[tag] = page.tags.get(tag, 0) + 1
        if tag in ACTIVE:
            page.faults.append(f"active element {tag}")
        if len(found) != len(attrs):
            page.faults.append(f"attribute twice on {tag}")
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag == "th" and "scope" not in found:
            page.faults.append("header cell without scope")
        if tag == "meta" and found.get("http-equiv") == "Content-Security-Policy":
            page.policy = found.get("content") or ""
        if tag == "html":
            page.lang = found.get("lang") or ""
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            page.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        page = self.page
        if name.startswith("on") or name == "style" or name in LOADING:
            page.faults.append(f"attribute {name} on {tag}")
        if name == "id":
            page.ids.append(value)
        if name == "href":
            page.links.append(value)

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if not self.open or self.open.pop() != tag:
            self.page.faults.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        """Take text."""
        if "style" not in self.open:
            self.page.texts.append(data)

    def handle_comment(self, data: str) -> None:
        """Refuse comments: a report has none, so one came from a text."""
        self.page.faults.append(f"comment {data[:20]}")


def read_page(html: str) -> Page:
    """Return what the page is made of; `faults` is empty for a sound one."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    page = reader.page
    page.faults += [f"<{tag}> left open" for tag in reader.open]
    page.faults += [f"id {one} twice" for one in {i for i in page.ids if page.ids.count(i) > 1}]
    page.faults += [f"link to nowhere: {one}" for one in page.links if one[1:] not in page.ids]
    page.faults += [f"link out: {one}" for one in page.links if not one.startswith("#")]
    return page
