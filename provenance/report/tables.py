"""The shapes that sections are made of: a numbered section, a table, a list of facts, a notice."""

from collections.abc import Iterable, Sequence

from provenance.report.markup import Markup, Node, element, join, said


def section(key: str, number: str, heading: str, *content: Node) -> Markup:
    """Return a section with its heading; `key` is where the contents list leads."""
    shown = element("h2", f"{number}. {heading}", id=f"{key}-h")
    return element("section", shown, *content, id=key, aria_labelledby=f"{key}-h")


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[Node]]) -> Markup:
    """Return a table whose first column heads its rows."""
    head = element("tr", *(element("th", text, scope="col") for text in heads))
    body = [
        element("tr", element("th", first, scope="row"), *(element("td", cell) for cell in rest))
        for first, *rest in rows
    ]
    whole = element(
        "table", element("caption", caption), element("thead", head), element("tbody", *body)
    )
    return element("div", whole, class_="scroll", role="region", aria_label=caption, tabindex=0)


def facts(pairs: Iterable[tuple[str, Node]], *, style: str = "facts") -> Markup:
    """Return names with their values; a value of None or "" is left out."""
    return element(
        "dl",
        *(
            element("div", element("dt", name), element("dd", value), class_=_wide(value))
            for name, value in pairs
            if value not in (None, "")
        ),
        class_=style,
    )


def bullets(lines: Iterable[Node], *, style: str = "plain") -> Markup | None:
    """Return a list; None when there is nothing to list."""
    found = [element("li", said(line) if isinstance(line, str) else line) for line in lines]
    return element("ul", *found, class_=style) if found else None


def notice(*content: Node, loud: bool = False) -> Markup:
    """Return a note that a reader must not miss."""
    return element("div", element("p", *content), class_="notice loud" if loud else "notice")


def hexadecimal(digest: str) -> Markup | None:
    """Return a digest as code; None when it is absent."""
    return element("code", digest, class_="hex") if digest else None


def chip(text: str, style: str = "") -> Markup:
    """Return a short word in a frame."""
    return element("span", text, class_=f"chip {style}".strip())


def lines(nodes: Iterable[Node]) -> Markup:
    """Return the nodes on lines of their own."""
    return join([element("div", node) for node in nodes if node not in (None, "")])


def _wide(value: Node) -> str | None:
    return "wide" if isinstance(value, Markup) and 'class="hex"' in value.text else None
