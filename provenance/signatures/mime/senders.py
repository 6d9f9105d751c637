"""Who a mail says it is from: addresses, names, and the ways in which a name hides an address.

Reads From, Sender and Reply-To of one header block (RFC 5322 section 3.6.2, RFC 2047). Rules:
  1. one From field with one address is what a mail has; several fields, several addresses, or one
     that does not read as an address are said, because programs differ in which they show;
  2. an address within a display name is one that many programs show INSTEAD of the real one;
  3. a From that is longer than what is looked at (MAX_VALUE, MAX_ADDRESSES) is said to be so: a
     sender may stand behind the cut;
  4. hidden and reordering characters, encoded words that hold a line break or a zero byte, encoded
     words that cannot be read, and a name padded until the address is out of sight are said too.
Nothing of this is covered by a mail signature. All text that leaves this module is tamed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from provenance.signatures.mail.shown import decode_words, text_of
from provenance.signatures.mime.fields import Block
from provenance.signatures.text import is_printable_safe, tame

MAX_ADDRESSES: Final = 100  # addresses of one field that are looked at
MAX_ADDRESS: Final = 500  # characters; the pattern below lets through 454
MAX_VALUE: Final = 10_000  # characters of one field that are looked at
MAX_NAME: Final = 200  # characters of a display name; longer ones push the address out of sight

_ENCODED: Final = re.compile(r"=\?[^?\s]{1,100}\?[BbQq]\?")  # left where one was not decoded
_ADDRESS: Final = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,200}@[^\s@<>()\[\],;:\"\\]{1,253}")
_WIDE_AT: Final = str.maketrans({"＠": "@", "﹫": "@"})  # noqa: RUF001 - the very look-alikes
_SMALL: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Senders:
    """What the header says; every text tamed, addresses in lower case."""

    addresses: tuple[str, ...] = ()
    """Of all From fields."""
    named: tuple[str, ...] = ()
    """Addresses that stand within the display names of From."""
    sender: tuple[str, ...] = ()
    """Of Sender."""
    reply_to: tuple[str, ...] = ()
    shown: str | None = None
    """The first From field, decoded, as a program may show it; None = there is none."""
    warnings: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


def read_senders(block: Block) -> Senders:
    """Read one header block; total."""
    lines = block.all("from")
    texts = [decode_text(one[:MAX_VALUE]) for one in lines]
    mailboxes = [one for text in texts for one in _mailboxes(text)]
    found: dict[str, str] = {}
    if len(lines) > 1:
        found["several-from-fields"] = (
            f"it has {len(lines)} From fields; programs differ in which one they show"
        )
    if len(mailboxes) > 1:
        found["several-from-addresses"] = "it names several senders"
    if not lines or any(not address for _, address in mailboxes):
        found["from-unreadable"] = "it names no sender that can be read as a mail address"
    if len(mailboxes) > MAX_ADDRESSES or any(len(one) > MAX_VALUE for one in lines):
        found["from-too-long"] = "its From field is longer than what is looked at"
    names = [name for name, _ in mailboxes]
    if any(not is_printable_safe(text) for text in texts):
        found["from-hidden-characters"] = "hidden or reordering characters stand in its From field"
    if any(_ENCODED.search(text) for text in texts):
        found["from-undecodable"] = "its From field holds encoded text that cannot be read"
    if any(len(name) > MAX_NAME for name in names):
        found["from-name-too-long"] = "the name in From is so long that the address goes unseen"
    named = tuple(fold_address(one) for name in names for one in _ADDRESS.findall(name))
    real = tuple(address for _, address in mailboxes if address)
    if set(named) - set(real):
        found["address-in-display-name"] = "the name in From is itself another mail address"
    return Senders(
        addresses=_tamed(real),
        named=_tamed(named),
        sender=_addresses(block, "sender"),
        reply_to=_addresses(block, "reply-to"),
        shown=tame(texts[0], 200) if texts else None,
        warnings=tuple(found.values()),
        codes=tuple(found),
    )


def fold_address(address: str) -> str:
    """Return an address in the form in which two are compared, tamed.

    Only the letters A to Z lose their case: elsewhere case folding makes look-alikes equal.
    """
    return tame(address.translate(_SMALL), MAX_ADDRESS)


def _addresses(block: Block, name: str) -> tuple[str, ...]:
    texts = [decode_text(one[:MAX_VALUE]) for one in block.all(name)]
    return _tamed(address for text in texts for _, address in _mailboxes(text) if address)


def _tamed(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold_address(one) for one in addresses))[:MAX_ADDRESSES]


def _mailboxes(text: str) -> list[tuple[str, str]]:
    """Return (display name, address in lower case) of each mailbox; `` where one is not there."""
    found = []
    for piece in _split(text):
        match = re.fullmatch(r"(.*)<([^<>]*)>\s*(?:\([^()]*\))?\s*", piece, re.DOTALL)
        name, address = (match[1], match[2]) if match else ("", _without_comments(piece))
        exact = _ADDRESS.fullmatch(address.strip())
        if match is None and exact is not None:
            name = piece.replace(exact[0], "", 1)  # what is left of it is a comment
        if match is None and exact is None:
            name = piece
        found.append((name.strip().strip('"'), fold_address(exact[0]) if exact else ""))
    return found


def _without_comments(text: str) -> str:
    return re.sub(r"\([^()]*\)", "", text)


def _split(text: str) -> list[str]:
    """Split at commas and semicolons outside quotes, comments and angle brackets."""
    pieces, start, quoted, depth = [], 0, False, 0
    skip = False
    for at, character in enumerate(text):
        if skip:
            skip = False
        elif character == "\\" and (quoted or depth):
            skip = True
        elif character == '"':
            quoted = not quoted
        elif not quoted and character in "(<":
            depth += 1
        elif not quoted and character in ")>":
            depth = max(0, depth - 1)
        elif not quoted and not depth and character in ",;":
            pieces.append(text[start:at])
            start = at + 1
    pieces.append(text[start:])
    return [one for one in pieces if one.strip()]


def decode_text(text: str) -> str:
    """Return the text of a field's value (`Field.text`), look-alikes of @ included, NOT tamed."""
    return decode_words(text_of(text.encode("latin-1"))).translate(_WIDE_AT)
