"""Signatures that carry the mail inside themselves: application/pkcs7-mime (RFC 8551 3.5.2).

`expand` puts the content of each signed-data part below it in the tree, as a part of its own: what
a reader sees is in there, and only what is in there is covered. Content may be signed again, or
hold multipart/signed: the tree is expanded to MAX_LEVELS; deeper ones stay closed, with a fault. A
part that cannot be opened stays as it is; who judges signatures says why.
"""

from dataclasses import dataclass, replace
from typing import Final

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.cms.reading import Container, read_container
from provenance.signatures.mime.parts import MAX_PARTS, Part, decode_body, parse_parts

MAX_LEVELS: Final = 8  # signed contents within signed contents; triple wrapping has two
MAX_CONTENT: Final = 512 << 20  # bytes of all contents taken out of one mail
MAX_OPENED: Final = 100  # contents taken out of one mail; real mail holds one or two

_OPAQUE: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_ENDINGS: Final = (".p7m", ".p7c", ".p7z")


def is_opaque(part: Part) -> bool:
    """Tell whether a part says it is a CMS container that holds content (RFC 8551 3.2)."""
    if part.kind.word in _OPAQUE:
        return True
    named = part.file_name.lower().endswith(_ENDINGS)
    return named and part.kind.word == "application/octet-stream"


@dataclass(slots=True)
class _Budget:
    """What may still be taken out of one mail."""

    content: int = MAX_CONTENT
    opened: int = MAX_OPENED
    parts: int = MAX_PARTS

    def spend(self, *, content: int = 0, opened: int = 0, parts: int = 0) -> bool:
        """Take from the budget; False = it is used up."""
        self.content -= content
        self.opened -= opened
        self.parts -= parts
        return min(self.content, self.opened, self.parts) >= 0


def expand(root: Part) -> Part:
    """Return the tree with the contents of opaque signatures in it; total."""
    return _expand(root, 0, _Budget())


def _expand(part: Part, level: int, budget: _Budget) -> Part:
    if part.children:
        children = tuple(_expand(one, level, budget) for one in part.children)
        return replace(part, children=children)
    return _open(part, level, budget) if is_opaque(part) else part


def _open(part: Part, level: int, budget: _Budget) -> Part:
    if level >= MAX_LEVELS or not budget.spend(opened=1):
        return _closed(part)
    content = attempt("opaque", lambda: _content(part))
    if isinstance(content, Fault) or content is None:
        return part
    if not budget.spend(content=len(content)):
        return _closed(part)
    inner = parse_parts(content, path=f"{part.path}.1")
    if not budget.spend(parts=sum(1 for _ in inner.walk())):
        return _closed(part)
    return replace(part, children=(_expand(inner, level + 1, budget),))


def _closed(part: Part) -> Part:
    return replace(part, faults=(*part.faults, "too-many-parts"))


def _content(part: Part) -> bytes | None:
    body = decode_body(part)
    if body is None:
        return None
    container: Container = read_container(body)
    return container.content if container.signers else None
