"""Can a signed record be read as what its type says?

A record can be genuine in every way and still say nothing: somebody with an enrolled key wrote it
past this desk's acts. It changed nothing and cannot be taken back, so it is a remark, not a fault.
Asked only of fields that are here and open: what was erased or deleted is told apart from this.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from provenance.acts.erased import ERASED, is_erasure
from provenance.acts.trusting import TRUST, is_change
from provenance.acts.verdict_history import is_act
from provenance.journal.projecting import ARRIVALS, misshapen
from provenance.journal.reading import OpenedEntry
from provenance.statements import STATEMENT_TYPES, VERDICT_TYPES, is_statement

_Shape = Mapping[str, type]
_ANSWER: Final[_Shape] = MappingProxyType({"digests": list})
_ARRIVAL: Final[_Shape] = MappingProxyType(
    dict.fromkeys(("document", "label", "name", "arrival"), dict)
)
_SHAPES: Final[Mapping[str, _Shape]] = MappingProxyType(
    dict.fromkeys(ARRIVALS, _ARRIVAL)
    | dict.fromkeys(("transfer.accepted", "transfer.refused"), _ANSWER)
    | {
        "transfer.offered": {"transfer": dict, "digests": list},
        "fixity.checked": {"digests": list, "result": dict},
        "accessed": {"access": dict},
        "note": {"note": dict},
        "finding": {"finding": dict},
        "report.exported": {"export": dict},
    }
)
"""What kind of JSON value the fields of a type are, where no reader of the type is stricter."""


def legible(entry: OpenedEntry) -> bool:
    """Tell whether a record can be read, as far as its fields are open."""
    for name, kind in _SHAPES.get(entry.type, {}).items():
        if name in entry.fields and not isinstance(entry.fields[name], kind):
            return False
    if entry.type in ARRIVALS:
        return not misshapen(entry.seq, entry.entry.item, entry.type, entry.fields)
    if entry.type in STATEMENT_TYPES:
        return not entry.fields.keys() & {"record", "dossier"} or is_statement(entry)
    if entry.type in VERDICT_TYPES:
        return "verdict" not in entry.fields or is_act(entry)
    if entry.type == TRUST:
        return "trust" not in entry.fields or is_change(entry)
    return (
        entry.type != ERASED
        or not {"erasure", "fields"} <= entry.fields.keys()
        or is_erasure(entry)
    )
