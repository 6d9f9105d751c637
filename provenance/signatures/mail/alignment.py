"""Compare the domain that signed with the domains that the From field names.

Aligned as DMARC has it (RFC 7489 section 3.1.1, relaxed): the same domain, or the same organisation
by the public suffix list that is installed with the program; nothing is looked up. EVERY address in
From must be aligned, also one that stands unquoted in a display name, because a reader sees it.
From that cannot be read is not aligned with anything.
"""

import re
from dataclasses import dataclass
from typing import Final

from publicsuffixlist import PublicSuffixList

from provenance.signatures.mail.message import Message
from provenance.signatures.mail.shown import MAX_VALUE, raw_text
from provenance.signatures.text import tame

MAX_ADDRESSES: Final = 50  # in From; more than one is rare

# Read once, when the module is loaded: inside the jail no file can be opened any more.
_SUFFIXES: Final = PublicSuffixList()
_ADDRESS: Final = re.compile(r"[^\s<>,;:@\"()\[\]]{1,320}@([^\s<>,;:@\"()]{1,255})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Whom the From fields name."""

    addresses: tuple[str, ...]
    """As written, tamed, without display names."""
    domains: tuple[str, ...]
    """Lower case, A-labels; "" for one that is no domain name."""
    readable: bool
    """Every part that looks like an address is one."""

    @property
    def text(self) -> str | None:
        """The addresses on one line; None when there is none."""
        return ", ".join(self.addresses) or None


def read_author(message: Message) -> Author:
    """Read all From fields of a message."""
    addresses: list[str] = []
    domains: list[str] = []
    readable = True
    for field in message.named("from"):
        # Encoded words stay encoded: decoded, they could open a quotation that hides an address.
        text, whole = without_names(raw_text(field.value))
        found = list(_ADDRESS.finditer(text))
        whole = whole and len(field.value) <= MAX_VALUE
        readable = readable and whole and bool(found) and text.count("@") == len(found)
        addresses += [tame(one[0], 320) for one in found]
        domains += [to_domain(one[1]) for one in found]
    return Author(
        addresses=tuple(addresses[:MAX_ADDRESSES]),
        domains=tuple(dict.fromkeys(domains)),
        readable=readable and bool(domains),
    )


def without_names(text: str) -> tuple[str, bool]:
    """Take comments and quoted strings out of an address list (RFC 5322 3.2.2, 3.2.4).

    A quoted string leaves a `q`, so that a quoted local part stays one. The second value says
    whether every quotation and comment was closed.
    """
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            quoted = character != '"'
        elif character == "(":
            depth += 1
        elif character == ")" and depth:
            depth -= 1
        elif depth:
            continue
        elif character == '"':
            quoted = True
            kept.append("q")
        else:
            kept.append(character)
    return "".join(kept), not quoted and not depth


def to_domain(text: str) -> str:
    """Return a domain in lower-case A-labels; "" when it is none."""
    text = text.lower().removesuffix(".")
    if text.isascii():
        return text
    try:
        return text.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def organisation(domain: str) -> str | None:
    """Return the registered domain above a domain; None for a public suffix or a number."""
    if not domain or domain.startswith("[") or domain.rpartition(".")[2].isdigit():
        return None
    found = _SUFFIXES.privatesuffix(domain)
    return str(found) if found else None


def is_aligned(domain: str, other: str) -> bool:
    """Say whether two domains are the same, or of the same organisation."""
    if not domain or not other:
        return False
    above = organisation(domain)
    return domain == other or (above is not None and above == organisation(other))


def author_is_aligned(author: Author, domain: str) -> bool:
    """Say whether every address in From belongs to the organisation of a domain."""
    return author.readable and all(is_aligned(one, domain) for one in author.domains)
