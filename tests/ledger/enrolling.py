"""Enrolments composed past the desk's own rules: by whom, under which name, and for which log."""

from provenance.ledger.keyacts import claimed_fields, key_claim
from provenance.ledger.keys import Signer
from provenance.records import DESK_ITEM, HiddenField, NewRecord


def enrolment_fields(
    signer: Signer, *, origin: str, role: str, person: str
) -> tuple[HiddenField, ...]:
    """Return the fields of `key.enrolled` for a key that is at hand."""
    claim = key_claim(signer, origin=origin, role=role)
    return claimed_fields(claim, signer.public_key.kid, role=role, person=person)


def enrolment_record(new: Signer, *, origin: str, role: str, name: str) -> NewRecord:
    """Compose the enrolment of a further key; whoever signs the entry should be an admin."""
    fields = enrolment_fields(new, origin=origin, role=role, person=name)
    return NewRecord(item=DESK_ITEM, type="key.enrolled", fields=fields)
