"""Lines of `prov key list` and `prov key signed`: the JSON first, the table's row from it."""

from typing import TYPE_CHECKING

from provenance.instants import format_instant
from provenance.ledger.base64text import encode_base64
from provenance_cli import voice

if TYPE_CHECKING:
    from provenance.acts.endorsing import EndorsingKey, Signed
    from provenance.journal.keeping import Keepers
    from provenance.ledger.roster import RosterKey

SHORT = 16  # characters of a key id in a table


def roster_line(key: "RosterKey", keepers: "Keepers") -> dict[str, object]:
    """Return a key of the roster."""
    return {
        "kid": key.key.kid,
        "person": keepers.names.get(key.key.kid, "(name erased)"),
        "role": key.role,
        "enrolled": key.enrolled,
        "ended": key.ended,
        "compromised_since": key.compromised_since,
        "endorses": key.valid_at(keepers.size),
        "public_key": key.key.ssh_text(),
        "first_endorsed": None,
        "recorded_by": None,
    }


def endorsing_line(each: "EndorsingKey") -> dict[str, object]:
    """Return an SSH key that endorsed and is not enrolled."""
    return {
        "kid": each.key.fingerprint,
        "person": None,
        "role": None,
        "enrolled": None,
        "ended": None,
        "compromised_since": None,
        "endorses": True,
        "public_key": f"{each.key.kind} {encode_base64(each.key.blob())}",
        "first_endorsed": each.first,
        "recorded_by": each.recorded_by,
    }


def row_of(line: dict[str, object]) -> tuple[str, ...]:
    """Return a table row of either kind of line."""
    kid, ended = str(line["kid"]), line["ended"]
    endorses = "yes" if line["endorses"] else "no"
    if line["role"] is None:
        state = f"first at entry {line['first_endorsed']}"
        return (kid[: SHORT + 7], "(not enrolled)", "-", "-", endorses, state)
    state = "valid" if ended is None else f"ended at entry {ended}"
    if line["compromised_since"] is not None:
        state += f", in doubt from {line['compromised_since']}"
    person = voice.visible(str(line["person"]))
    return (kid[:SHORT], person, str(line["role"]), str(line["enrolled"]), endorses, state)


def signed_line(each: "Signed") -> dict[str, object]:
    """Return one entry of `prov key signed`."""
    from provenance.journal.reading import claimed_instant

    return {
        "seq": each.seq,
        "type": each.entry.type,
        "item": each.accession,
        "claimed_at": format_instant(claimed_instant(each.entry)),
        "seen": each.entry.seen.size,
        "kid": each.entry.kid,
    }
