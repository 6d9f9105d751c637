"""The kinds of record a desk keeps, and how many hidden fields each kind shows to the world.

Everything learned or done is one of these. Open in its ledger entry: version, log, item, `n`,
`prev`, `seen`, type, claimed time. Everything else is a disclosure: a named JSON value whose salted
digest alone stands in the entry. `width` is the number of digests every entry of a kind carries:
its fields, the list of them (`provenance.ledger.manifest`), and decoys for the rest, so that an
outsider cannot tell a sourced document from an unsourced one. A width never changes once entries of
its kind are in the world: whoever verifies them counts.

Fields that reports reveal or withhold together travel in one disclosure (for instance `document`:
the digests and the size). A type that is not listed here is refused by the one way in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
"""JSON without fractions: a float has no canonical text that every tool agrees on."""

DESK_ITEM: Final = bytes(16)
"""The item id of acts that concern the desk itself: genesis, keys, policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordType:
    """One kind of record."""

    name: str
    family: str
    """custody, examination, statement, verdict or desk."""
    width: int
    """Digests in every entry of this kind, the list of its fields and decoys included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenField:
    """One disclosure before it is salted and sealed."""

    name: str
    value: Json
    subject: str
    """Whose key seals it: `item:<hex>`, `source:<handle>`, `person:<kid>` or `desk`.

    A handle never reaches the store: see `provenance.acts.source_labels`.

    Destroying that key erases this value, and nothing else of other subjects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """A record on its way in; the ledger adds numbering, links, time and signature."""

    item: bytes
    """16 bytes; `DESK_ITEM` for acts of the desk."""
    type: str
    fields: tuple[HiddenField, ...]


def _types(family: str, width: int, *names: str) -> dict[str, RecordType]:
    return {name: RecordType(name=name, family=family, width=width) for name in names}


RECORD_TYPES: Final[Mapping[str, RecordType]] = MappingProxyType(
    _types("custody", 9, "item.received", "item.split")
    | _types("custody", 6, "transfer.offered", "transfer.accepted", "transfer.refused")
    | _types("custody", 6, "accessed", "copied", "redacted", "fixity.checked", "exported")
    | _types("custody", 6, "disposed", "note", "transfer.closed")
    | _types("custody", 4, "source.noted", "erasure.requested")
    | _types("examination", 4, "finding", "check")
    | _types("statement", 4, "dossier", "statement", "relay", "link", "retract", "reverse")
    | _types("statement", 4, "undercut", "stake", "attribute", "grade")
    | _types("verdict", 4, "verdict.signed", "verdict.countersigned")
    | _types("verdict", 4, "verdict.corrected", "verdict.withdrawn")
    | _types("desk", 5, "log.genesis")
    | _types("desk", 4, "key.enrolled", "key.rotated", "key.revoked", "endorsed")
    | _types("desk", 4, "disclosure.erased", "trust.changed", "policy.changed", "report.exported")
)
