"""The file that travels: one canonical JSON text, version 1 (docs/exchange.md).

Refused, with Malformed: more than MAX_FILE bytes, text that is not byte for byte what writing gives
for the same value, missing or further keys, more than MAX_PARTS entries, indices that do not rise,
proofs that are no hashes. Nothing is verified here.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from provenance.errors import Malformed
from provenance.ledger.base64text import decode_base64, encode_base64
from provenance.ledger.canonical import MAX_INTEGER, canonical_text, parse_canonical
from provenance.ledger.disclosure import parse_presentation
from provenance.ledger.merkle import HASH_SIZE, MAX_PROOF
from provenance.records import Json

FORMAT: Final = "provenance-desk/exchange@v1"
OFFER: Final = "offer"
ANSWER: Final = "answer"
MAX_FILE: Final = 128 * 1024  # bytes; the record that keeps it must stay below a field's limit
MAX_PARTS: Final = 100  # entries: the records of that many keys, and the event itself
_KEYS: Final = frozenset({"format", "kind", "log_key", "checkpoint", "entries"})
_PART_KEYS: Final = frozenset({"index", "proof", "entry"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One entry with its inclusion proof. It is NOT verified."""

    index: int
    hashes: tuple[bytes, ...]
    presentation: bytes
    """`<leaf>~<disclosure>~...~` (RFC 9901)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeFile:
    """A well-formed file. It is NOT verified."""

    kind: str
    """OFFER or ANSWER."""
    log_key: str
    """Of the log it comes from, as `<name>+<id>+<base64>`. Whose it is, nothing here says."""
    checkpoint: bytes
    """The signed note under which all proofs stand."""
    parts: tuple[Part, ...]
    """Records of keys in log order, then the event."""

    def encode(self) -> bytes:
        """Return the file's bytes.

        Raises:
            Malformed: more than any reader takes.
        """
        entries: list[Json] = [
            {
                "index": part.index,
                "proof": [encode_base64(each) for each in part.hashes],
                "entry": part.presentation.decode("ascii"),
            }
            for part in self.parts
        ]
        value: Json = {
            "format": FORMAT,
            "kind": self.kind,
            "log_key": self.log_key,
            "checkpoint": self.checkpoint.decode("utf-8"),
            "entries": entries,
        }
        data = canonical_text(value).encode() + b"\n"
        if len(data) > MAX_FILE or len(entries) > MAX_PARTS:
            raise Malformed("the records of this desk's keys do not fit into one exchange file")
        return data


def parse_exchange(data: bytes) -> ExchangeFile:
    """Return what a file says, unverified.

    Raises:
        Malformed: not a file of this format.
    """
    if len(data) > MAX_FILE or not data.endswith(b"\n"):
        raise Malformed(f"an exchange file is at most {MAX_FILE} bytes and ends in a newline")
    value = parse_canonical(data[:-1], limit=MAX_FILE)
    if not isinstance(value, dict) or value.keys() != _KEYS or value["format"] != FORMAT:
        raise Malformed(f"not a file of the format {FORMAT}")
    match value["kind"], value["log_key"], value["checkpoint"], value["entries"]:
        case "offer" | "answer" as kind, str(log_key), str(note), [_, *_] as entries:
            if len(entries) > MAX_PARTS:
                raise Malformed(f"an exchange file has at most {MAX_PARTS} entries")
            parts = tuple(_part(each) for each in entries)
        case _:
            raise Malformed("an exchange file states kind, log_key, checkpoint and entries")
    if any(a.index >= b.index for a, b in pairwise(parts)):
        raise Malformed("the entries of an exchange file stand in the order of their log")
    return ExchangeFile(kind=kind, log_key=log_key, checkpoint=note.encode(), parts=parts)


def _part(value: Json) -> Part:
    if not isinstance(value, dict) or value.keys() != _PART_KEYS:
        raise Malformed("an entry of an exchange file has index, proof and entry")
    match value["index"], value["proof"], value["entry"]:
        case int(index), list(proof), str(text) if text.isascii() and 0 <= index <= MAX_INTEGER:
            if isinstance(index, bool) or len(proof) > MAX_PROOF:
                raise Malformed("an index is a number, and a proof has at most 64 hashes")
            presentation = text.encode("ascii")
            parse_presentation(presentation)
            return Part(
                index=index, hashes=tuple(_hash(each) for each in proof), presentation=presentation
            )
    raise Malformed("an entry of an exchange file has index, proof and entry")


def _hash(value: Json) -> bytes:
    if not isinstance(value, str):
        raise Malformed("a proof is a list of hashes in base64")
    return decode_base64(value, length=HASH_SIZE)
