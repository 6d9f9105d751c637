"""The list of an entry's hidden fields: a hidden field of its own, in every entry.

Decoys hide from strangers how many fields an entry has; they hide it from the desk as well, so that
a row which somebody deleted left no trace. Each entry therefore vouches for one field more, whose
value is {name: digest} of all the others. Rules:
  1. nobody composes a field of this name but the one way into the ledger;
  2. it is sealed under the item's key (under the desk's, for acts of the desk), never under a
     person's or a source's: it must outlive their erasure;
  3. a field that it lists and that is not stored was erased, where a record names its digest, and
     was deleted otherwise;
  4. it never leaves the desk for others: it would tell them which withheld fields there are, which
     is what the decoys are for.
A list that cannot be read is reported as one that is not there; nothing here raises on it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from provenance.errors import Malformed
from provenance.ledger.base64text import decode_base64url, encode_base64url
from provenance.ledger.disclosure import Disclosure, make_disclosure
from provenance.records import DESK_ITEM, Json

MANIFEST: Final = "manifest"
"""Name of the field."""


def make_manifest(disclosures: Iterable[Disclosure], random: Callable[[int], bytes]) -> Disclosure:
    """Return the field that lists these."""
    value: dict[str, Json] = {each.name: encode_base64url(each.digest) for each in disclosures}
    return make_disclosure(MANIFEST, value, random)


def manifest_subject(item: bytes) -> str:
    """Return whose key seals the list of an entry of this item (16 bytes)."""
    return "desk" if item == DESK_ITEM else f"item:{item.hex()}"


def read_manifest(value: Json) -> Mapping[str, bytes] | None:
    """Return name -> digest (32 bytes) of the fields it lists; None if it is no such list."""
    if not isinstance(value, dict):
        return None
    try:
        return {name: decode_base64url(_text(each), length=32) for name, each in value.items()}
    except Malformed:
        return None


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise Malformed("a digest is a text")
    return value
