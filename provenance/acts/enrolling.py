"""Keys coming and going on an open desk: enrol, replace, revoke.

Rules: only a key that is an admin at that moment enrols others; a key comes once; a name, and what
looks like it (`person_names`), belongs to one key at a time, and names no source. A key is replaced
by a new one of the same holder: both sign. A key is revoked by itself, by the only admin, or by two
admins. The desk keeps at least one admin. The roster, read under the write lock, decides; what
would not stand is never written.
"""

from provenance.acts.handles import require_no_handle
from provenance.acts.person_names import looks_like, require_name
from provenance.acts.workbench import Workbench
from provenance.errors import Refused, UsageError
from provenance.journal.appending import Batch
from provenance.journal.keeping import Keepers
from provenance.ledger.keyacts import (
    Second,
    claimed_fields,
    key_claim,
    revocation_fields,
    revocation_message,
    rotation_fields,
)
from provenance.ledger.keyrequest import (
    Consent,
    KeyRequest,
    read_consent,
    read_key_request,
    write_consent,
)
from provenance.ledger.keys import PublicKey, Signer
from provenance.ledger.roster import RosterKey
from provenance.records import DESK_ITEM, NewRecord

MAX_REASON = 500  # characters


def enrol(bench: Workbench, new: Signer, *, role: str, name: str) -> int:
    """Enrol a key that is at hand; returns the entry's position.

    Raises:
        UsageError: no such role.
        Refused: the acting key is no admin, the new key is on the roster already, or the name is.
    """
    claim = key_claim(new, origin=bench.parts.origin, role=role)
    return _enrol(bench, KeyRequest(key=new.public_key, role=role, claim=claim), name)


def enrol_requested(bench: Workbench, file: bytes, *, role: str | None, name: str) -> RosterKey:
    """Enrol the key of a request; returns it with the entry's position.

    Args:
        bench: the desk, open with an admin's key.
        file: what `request` returned, perhaps on another machine.
        role: None for the role that was asked for.
        name: who holds the key.

    Raises:
        Malformed: no request, one for another desk, or not signed by its key.
        Refused: as for `enrol`, or another role was asked for.
    """
    asked = read_key_request(file, origin=bench.parts.origin)
    if role is not None and role != asked.role:
        raise Refused(
            f"the new key signed for the role {asked.role}: ask for a request with --role {role}"
        )
    return RosterKey(key=asked.key, role=asked.role, enrolled=_enrol(bench, asked, name))


def rotate(bench: Workbench, new: Signer) -> int:
    """Put a new key in the place of the acting one; returns the entry's position.

    Raises:
        Refused: the new key was enrolled before.
    """
    old = bench.signer.public_key.kid

    def compose(batch: Batch) -> int:
        keepers = bench.keepers()
        held = keepers.roster.find(old)
        _require_new(keepers, new.public_key)
        role = held.role if held else ""
        fields = rotation_fields(new, origin=bench.parts.origin, role=role, replaces=old)
        return batch.add(NewRecord(item=DESK_ITEM, type="key.rotated", fields=fields))

    return bench.append(compose)


def consent(bench: Workbench, key: str, *, compromised_since: int | None) -> bytes:
    """Return the file by which the acting admin consents to a revocation; records nothing.

    Raises:
        NotFound: no such key counts.
        Refused: the acting key is no admin.
    """
    keepers = bench.keepers()
    if bench.signer.public_key.kid not in keepers.roster.admins_at(keepers.size):
        raise Refused("only an admin consents to a revocation; this key is not one")
    kid = keepers.by_name(key).key.kid
    _require_size(compromised_since, keepers.size)
    return write_consent(
        bench.signer, kid, origin=bench.parts.origin, compromised_since=compromised_since
    )


def revoke(
    bench: Workbench,
    key: str,
    *,
    reason: str,
    compromised_since: int | None = None,
    consented: bytes | None = None,
) -> int:
    """Revoke a key; returns the entry's position.

    Args:
        bench: the desk, open with an admin's key or with the key itself.
        key: holder's name, or beginning of its id.
        reason: in a few words; kept sealed.
        compromised_since: log size from which on the key may have been in other hands.
        consented: file of the second admin (`consent`).

    Raises:
        NotFound: no such key counts.
        Refused: no admin's act, the second admin's part is missing or is about something else, or
            the desk would be left without an admin.
    """
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise UsageError(f"a revocation has a reason, of up to {MAX_REASON} characters")
    require_no_handle(bench, [reason])
    origin = bench.parts.origin
    part = read_consent(consented, origin=origin) if consented is not None else None

    def compose(batch: Batch) -> int:
        keepers = bench.keepers()
        target = keepers.by_name(key)
        _require_size(compromised_since, keepers.size)
        second = _second(bench, keepers, target, compromised_since, part)
        fields = revocation_fields(
            target.key.kid, reason=reason, compromised_since=compromised_since, second=second
        )
        return batch.add(NewRecord(item=DESK_ITEM, type="key.revoked", fields=fields))

    return bench.append(compose)


def _second(
    bench: Workbench,
    keepers: Keepers,
    target: RosterKey,
    compromised_since: int | None,
    part: Consent | None,
) -> Second | None:
    acting, kid = bench.signer.public_key.kid, target.key.kid
    admins = keepers.roster.admins_at(keepers.size)
    if admins == {kid}:
        raise Refused("this is the only admin's key: replace it (`prov key rotate`) instead")
    if kid == acting:
        return None
    if acting not in admins:
        raise Refused("only admins, or the key itself, revoke a key; this key is not an admin")
    if len(admins) == 1:
        return None
    if part is None:
        raise Refused(
            "where there are two admins, two sign: another one runs `prov key cosign-revocation`, "
            "then give the file with --second-request"
        )
    if (part.kid, part.compromised_since) != (kid, compromised_since):
        raise Refused("the second admin consented to another revocation than this one")
    other, signature = part.second
    message = revocation_message(bench.parts.origin, kid, compromised_since)
    found = keepers.roster.find(other)
    if found is None or other not in admins - {acting} or not found.key.verify(signature, message):
        raise Refused("the second signature is not that of another admin of this desk")
    return part.second


def _enrol(bench: Workbench, asked: KeyRequest, name: str) -> int:
    require_name(name)
    require_no_handle(bench, [name])
    kid = asked.key.kid
    fields = claimed_fields(asked.claim, kid, role=asked.role, person=name)
    record = NewRecord(item=DESK_ITEM, type="key.enrolled", fields=fields)
    acting = bench.signer.public_key.kid

    def compose(batch: Batch) -> int:
        keepers = bench.keepers()
        if acting not in keepers.roster.admins_at(batch.writer.size()):
            raise Refused("only an admin enrols keys; this key is not one")
        _require_new(keepers, asked.key)
        names = [keepers.names.get(key.key.kid, "") for key in keepers.valid()]
        if taken := next((each for each in names if looks_like(each, name)), ""):
            same = f"as {name!r}" if taken == name else f"under a name that reads as {name!r}"
            raise Refused(f"somebody is enrolled {same} already; give a name that tells apart")
        return batch.add(record)

    return bench.append(compose)


def _require_new(keepers: Keepers, key: PublicKey) -> None:
    if keepers.roster.find(key.kid) is not None:
        raise Refused("this key was enrolled before; a key comes once")
    genesis = keepers.roster.genesis
    if genesis is not None and genesis.log_key.key == key:
        raise Refused("the log's own key may not sign entries")


def _require_size(compromised_since: int | None, size: int) -> None:
    if compromised_since is not None and not 0 <= compromised_since <= size:
        raise UsageError(f"this log has {size} entries: --compromised-since is 0 to {size}")
