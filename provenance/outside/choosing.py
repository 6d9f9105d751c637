"""Choosing who holds the log outside: witnesses and the policy, recorded by an admin.

Who may choose is decided under the write lock, from the roster as it stands then; what would not
stand is never written. Reading goes through the ledger as well: no file and no table names one.
"""

from collections.abc import Callable

from provenance.acts.workbench import Workbench
from provenance.errors import Malformed, Refused, UsageError
from provenance.journal.appending import Batch
from provenance.ledger.note import parse_vkey
from provenance.outside.holders import Holders, Witness, policy_record, read_holders, witness_record
from provenance.records import DESK_ITEM, NewRecord


def holders(bench: Workbench) -> Holders:
    """Return who holds this log, read from the ledger."""
    return read_holders(bench.entries(DESK_ITEM), bench.keepers())


def record_by_admin(
    bench: Workbench, record: NewRecord, require: Callable[[Holders], None] = lambda _: None
) -> int:
    """Append a record that only an admin may sign; returns its position.

    Raises:
        Refused: the acting key is no admin, or `require` refuses.
    """
    acting = bench.signer.public_key.kid

    def compose(batch: Batch) -> int:
        keepers = bench.keepers()
        if acting not in keepers.roster.admins_at(batch.writer.size()):
            raise Refused("only an admin changes who holds this log; this key is not one")
        require(holders(bench))
        return batch.add(record)

    return bench.append(compose)


def add_witness(bench: Workbench, name: str, vkey: str, url: str | None) -> int:
    """Record a witness, or another address for one; returns the entry's position.

    Raises:
        UsageError: a name, key or address that cannot be used.
        Refused: not an admin, or name or key belong to another witness.
    """
    try:
        key = parse_vkey(vkey)
    except Malformed as error:
        raise UsageError(str(error)) from error
    new = Witness(name=name, key=key, url=url)

    def require(there: Holders) -> None:
        for each in there.witnesses:
            if (each.name == name) != (each.key.key == key.key) or (
                each.name == name and each.key != key
            ):
                raise Refused("this name or this key belongs to another witness already")

    return record_by_admin(bench, witness_record(new), require)


def set_policy(bench: Workbench, text: bytes) -> int:
    """Record the policy; returns the entry's position.

    Raises:
        Malformed: not a policy.
        Refused: not an admin.
    """
    return record_by_admin(bench, policy_record(text))
