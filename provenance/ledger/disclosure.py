"""Hidden fields: RFC 9901 disclosures, and the form in which an entry travels with some of them.

A disclosure is base64url(JCS([salt, name, value])); its entry carries only the SHA-256 of that
text. Rules for a set of disclosures shown with an entry (RFC 9901 section 7.1):
  1. each is the canonical text of a list of salt, name and value;
  2. its name is no name of an open field, nor `_sd` or `...`, which would smuggle in digests, and
     no object inside its value has such a key;
  3. its digest stands in the entry (a forged or foreign one does not: REFUSED, not skipped);
  4. no two are the same, and no two carry one name.
Says nothing about fields that were withheld: a digest may as well be a decoy.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from provenance.errors import CheckFailed, Malformed, UsageError
from provenance.ledger.base64text import decode_base64url, encode_base64url
from provenance.ledger.canonical import canonical_text, parse_canonical
from provenance.ledger.entry import MAX_DIGESTS, MAX_LEAF, OPEN_FIELDS, Entry, parse_entry
from provenance.records import Json

SALT_SIZE: Final = 16  # bytes: RFC 9901 section 9.3 asks for 128 bits
MAX_DISCLOSURE: Final = 1 << 18  # characters; longer results are blobs, not fields
_SALT: Final = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")  # 16 bytes: the last four bits are zero
RESERVED_NAMES: Final = frozenset({"_sd", "..."}) | OPEN_FIELDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """One hidden field, opened."""

    text: str
    """The base64url text whose hash stands in the entry."""
    digest: bytes
    """32 bytes: SHA-256 of the ASCII of `text`."""
    name: str
    value: Json


def make_disclosure(name: str, value: Json, random: Callable[[int], bytes]) -> Disclosure:
    """Return a field salted with 16 random bytes.

    Raises:
        UsageError: a reserved name, or a value without canonical text or too long.
    """
    salt = encode_base64url(random(SALT_SIZE))
    data = canonical_text([salt, name, value]).encode()
    if fault := _name_fault(name, value, data):
        raise UsageError(fault)
    text = encode_base64url(data)
    if len(text) > MAX_DISCLOSURE:
        raise UsageError(f"the field {name!r} is too long to be a field; store it as a blob")
    return Disclosure(text=text, digest=disclosure_digest(text), name=name, value=value)


def disclosure_digest(text: str) -> bytes:
    """Return the digest of a disclosure's text.

    Raises:
        Malformed: not ASCII.
    """
    if not text.isascii():
        raise Malformed("a disclosure is ASCII")
    return sha256(text.encode("ascii")).digest()


def parse_disclosure(text: str) -> Disclosure:
    """Return the field that a text discloses.

    Raises:
        Malformed: not the canonical text of salt, name and value, or a reserved name.
    """
    if len(text) > MAX_DISCLOSURE:
        raise Malformed("a disclosure longer than any field may be")
    digest = disclosure_digest(text)
    data = decode_base64url(text)
    match parse_canonical(data):
        case [str(salt), str(name), value] if _SALT.fullmatch(salt):
            pass
        case _:
            raise Malformed("a disclosure is a list of a salt of 16 bytes, name and value")
    if fault := _name_fault(name, value, data):
        raise Malformed(fault)
    return Disclosure(text=text, digest=digest, name=name, value=value)


def match_disclosures(entry: Entry, disclosures: Iterable[Disclosure]) -> dict[str, Json]:
    """Return name -> value of the disclosures, all of which the entry must vouch for.

    Raises:
        CheckFailed: one that the entry does not reference, one given twice, or two of one name.
    """
    fields: dict[str, Json] = {}
    vouched, used = set(entry.digests), set()
    for each in disclosures:
        if each.digest not in vouched:
            raise CheckFailed(f"the entry does not vouch for the field {each.name!r}")
        if each.digest in used or each.name in fields:
            raise CheckFailed(f"the field {each.name!r} is disclosed twice")
        used.add(each.digest)
        fields[each.name] = each.value
    return fields


def format_presentation(leaf: bytes, disclosures: Iterable[Disclosure]) -> bytes:
    """Return `<leaf>~<disclosure>~...~`: the entry with the fields that are shown."""
    shown = "".join(f"{each.text}~" for each in disclosures)
    return leaf + b"~" + shown.encode("ascii")


def parse_presentation(data: bytes) -> tuple[Entry, tuple[Disclosure, ...]]:
    """Return the entry and the fields shown with it; `match_disclosures` then checks them.

    Raises:
        Malformed: not of this form, or an entry or a disclosure is not well-formed.
    """
    if len(data) > MAX_LEAF + MAX_DIGESTS * (MAX_DISCLOSURE + 1) or not data.isascii():
        raise Malformed("a presentation is ASCII, and no longer than its parts may be")
    leaf, *texts = data.decode("ascii").split("~")
    # RFC 9901 section 4: it ends in ~; text behind the last one would be a key binding.
    if not texts or texts.pop() or len(texts) > MAX_DIGESTS:
        raise Malformed("a presentation is an entry and disclosures, each followed by ~")
    return parse_entry(leaf.encode("ascii")), tuple(parse_disclosure(text) for text in texts)


def _name_fault(name: str, value: Json, data: bytes) -> str:
    if not name or name in RESERVED_NAMES:
        return f"a hidden field cannot be called {name!r}"
    # Canonical text spells a key in one way: without these bytes there is none to look for.
    if (b'"_sd"' in data or b'"..."' in data) and _holds_digest_key(value):
        return f"inside the field {name!r} an object has the reserved key _sd or ..."
    return ""


def _holds_digest_key(value: Json) -> bool:
    if isinstance(value, dict):
        return not value.keys().isdisjoint(("_sd", "...")) or any(
            _holds_digest_key(member) for member in value.values()
        )
    return isinstance(value, list) and any(_holds_digest_key(member) for member in value)
