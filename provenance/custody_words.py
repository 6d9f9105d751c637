"""One record of custody in plain words; what cannot be read is said to be unreadable."""

from collections.abc import Mapping

from provenance.errors import Malformed
from provenance.holding import CLOSED, accepted_abroad, desk_named
from provenance.journal.reading import OpenedEntry
from provenance.ledger.endorsement import Endorsement, read_endorsement


def say_record(record: OpenedEntry, *, agree: bool | None, names: Mapping[str, str]) -> str:
    """Say one custody record in plain words; an unreadable part is said to be unreadable."""
    if record.closed and not record.fields:
        return f"{record.type}: its particulars were erased or are sealed"
    words = {
        "item.received": _received,
        "item.split": _received,
        "transfer.offered": _offered,
        CLOSED: _closed,
        "endorsed": _endorsed,
    }
    said = {
        "transfer.refused": ("refused", record.text("answer", "reason")),
        "accessed": ("looked at, for", record.text("access", "purpose")),
        "note": ("note", record.text("note", "text")),
    }
    if record.type in words:
        return words[record.type](record, names)
    if record.type in said:
        verb, text = said[record.type]
        return f"{verb}: {text or 'not stated'}"
    verdict = {True: "same bytes", False: "DIFFERENT BYTES", None: "nothing compared"}[agree]
    word = {"transfer.accepted": "accepted; bytes re-read", "fixity.checked": "bytes re-read"}
    return f"{word.get(record.type, record.type)}: {verdict}"


def _closed(record: OpenedEntry, _names: Mapping[str, str]) -> str:
    log = record.text("foreign", "log") or "not stated"
    if accepted_abroad(record):
        return f"the other desk accepted, same bytes; its log {log}"
    reason = record.text("answer", "reason") or "not stated"
    return f"the other desk refused: {reason}; its log {log}"


def _received(record: OpenedEntry, _names: Mapping[str, str]) -> str:
    name = record.text("name", "name") or "(name withheld)"
    label = record.fields.get("label")
    again = isinstance(label, dict) and label.get("exemplar") is False
    source = record.text("source", "handle")
    channel = record.text("source", "channel")
    parts = ["received again" if again else "received", f"“{name}”"]
    if record.type == "item.split":
        parent = record.fields.get("parent")
        derived = isinstance(parent, dict) and parent.get("derived") is True
        parts[0] = "recovered from a later state" if derived else "taken out of its container"
    if source:
        parts.append(f"from {source}")
    if channel:
        parts.append(f"by {channel}")
    return " ".join(parts)


def _offered(record: OpenedEntry, names: Mapping[str, str]) -> str:
    to = record.text("transfer", "to") or ""
    purpose, means = record.text("transfer", "purpose"), record.text("transfer", "means")
    to = desk_named(record) if to.startswith("desk:") else names.get(to, to)
    return f"offered to {to} ({means or 'in person'}), for: {purpose or 'not stated'}"


def _endorsed(record: OpenedEntry, names: Mapping[str, str]) -> str:
    made, fault = endorsement_in(record)
    if made is None:
        return f"an endorsement that cannot be read: {fault}"
    signature, key = made.signature, made.signature.key
    kid = made.kid()
    if kid and kid in names:
        by = f"the key of {names[kid]}"
    else:
        device = "security key, touched" if signature.flags is not None else "not enrolled"
        by = f"SSH key {key.fingerprint} ({device})"
    verdict = "DOES NOT HOLD" if fault else "the signature verifies"
    return f"entry {made.seq} endorsed with {by}: {verdict}"


def endorsement_in(record: OpenedEntry) -> tuple[Endorsement | None, str]:
    """Return the endorsement of a record, if it can be read, and what is wrong with it."""
    try:
        made = read_endorsement(record.fields)
    except Malformed as error:
        return None, str(error)
    return made, made.fault(record.entry.log)
