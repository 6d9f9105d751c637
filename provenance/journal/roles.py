"""Which role signs what: the one table, and the one question asked of it.

| role | signs |
|---|---|
| auditor | notes and endorsements: an auditor watches, and changes nothing that is watched |
| custodian | those, and custody, examinations, statements and reports |
| editor | those, and verdicts: signing, countersigning, correcting, withdrawing |
| admin | everything: those, and keys, policy, trust and erasure |

Whatever the role, a key may end itself: be replaced by a new one of the same holder, or be declared
lost (`provenance.ledger.roster` decides whose). A type that stands in no row is an admin's alone.
The table is asked in the one append path, under the write lock; an audit asks it again.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from provenance.records import RECORD_TYPES

_OWN_KEY: Final = frozenset({"key.rotated", "key.revoked"})
_AUDITOR: Final = frozenset({"note", "endorsed"}) | _OWN_KEY
_FAMILIES: Final = {
    family: frozenset(name for name, kind in RECORD_TYPES.items() if kind.family == family)
    for family in ("custody", "examination", "statement", "verdict")
}
_CUSTODIAN: Final = (
    _AUDITOR
    | _FAMILIES["custody"]
    | _FAMILIES["examination"]
    | _FAMILIES["statement"]
    | {"report.exported"}
)
_EDITOR: Final = _CUSTODIAN | _FAMILIES["verdict"]

SIGNS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "auditor": _AUDITOR,
        "custodian": _CUSTODIAN,
        "editor": _EDITOR,
        "admin": frozenset(RECORD_TYPES),
    }
)
"""Role -> the types of record that a key of this role may sign."""

_WHO: Final = (
    ("custodian", "a custodian, an editor or an admin"),
    ("editor", "an editor or an admin"),
)


def may_sign(role: str, kind: str) -> bool:
    """Tell whether a key of this role may sign a record of this type."""
    return kind in SIGNS.get(role, frozenset())


def who_signs(kind: str) -> str:
    """Return, for a message, who may sign a record of this type."""
    return next((words for role, words in _WHO if may_sign(role, kind)), "an admin")
