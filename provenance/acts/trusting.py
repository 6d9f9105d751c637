"""What the desk relies on, as records: every change is signed by an admin, every version readable.

The newest `trust.changed` names the set in force; without one it is empty. Its entry holds the
digest of the set before and after, the reason, and the place and key of a blob: the canonical JSON
of the whole set, sealed with AES-256-GCM under a key of its own, because a set names people. The
audit re-reads that blob like every other. A record of the same type that by its own list of fields
has another subject (a timestamp authority, `provenance.outside.holders`) is passed over. A record
that names no set, written past this module, changes nothing and the audit remarks on it; one that
names a set which cannot be read, or whose list of fields is gone, stops every judgement, since no
older set may be taken for the one in force. A change is composed under the
write lock from the set in force at that moment, so two admins at once lose nothing. What was judged
under another set says so (`judged_otherwise`), and is judged anew: the earlier finding stays.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from provenance.acts.examining import Exhibit, exhibits_of, findings_of
from provenance.acts.handles import require_no_handle
from provenance.acts.workbench import Workbench
from provenance.errors import Ambiguous, DeskCorrupt, Malformed, NotFound, Refused
from provenance.intake.receive import receive_blocks
from provenance.journal.appending import Batch
from provenance.journal.reading import OpenedEntry
from provenance.ledger.sealing import KEY_SIZE, NONCE_SIZE
from provenance.records import DESK_ITEM, HiddenField, Json, NewRecord
from provenance.signatures.codec import from_jsonable, to_jsonable
from provenance.trust.members import Member, difference
from provenance.trust.model import TrustSet

TRUST: Final = "trust.changed"
MAX_REASON: Final = 500  # characters
EMPTY: Final = TrustSet()
_NAMED: Final = re.compile(r"[0-9a-f]{64}")  # digest of the set, digest and key of its blob
_BOUND: Final = b"trust set, version 1"  # associated data: a blob of another kind does not open


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustVersion:
    """One version of the set, as its record tells it."""

    seq: int
    """Position of the entry."""
    sha256: str
    before: str
    reason: str
    claimed_at: datetime
    kid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustChange:
    """What a change came to."""

    seq: int
    trust: TrustSet
    came: tuple[Member, ...]
    went: tuple[Member, ...]


def current(bench: Workbench) -> TrustSet:
    """Return the set in force.

    Raises:
        DeskCorrupt: it is not what its record says.
        BlobMissing: it is gone.
    """
    entries = _changes(bench)
    return _read(bench, entries[-1]) if entries else EMPTY


def is_change(entry: OpenedEntry) -> bool:
    """Tell whether a `trust.changed` whose field is here names a set."""
    return all(
        _NAMED.fullmatch(entry.text("trust", key) or "") for key in ("sha256", "blob", "key")
    )


def versions(bench: Workbench) -> list[TrustVersion]:
    """Return every version, oldest first; the empty set before the first is not listed."""
    return [
        TrustVersion(
            seq=entry.seq,
            sha256=entry.text("trust", "sha256") or "",
            before=entry.text("trust", "before") or "",
            reason=entry.text("trust", "reason") or "",
            claimed_at=entry.claimed_at,
            kid=entry.kid,
        )
        for entry in _changes(bench)
    ]


def version(bench: Workbench, prefix: str) -> TrustSet:
    """Return an earlier set by its digest, or the beginning of it.

    Raises:
        NotFound: no version has it.
        Ambiguous: several have.
    """
    known: dict[str, OpenedEntry | None] = {EMPTY.sha256: None}
    known |= {entry.text("trust", "sha256") or "": entry for entry in _changes(bench)}
    fitting = [digest for digest in known if digest.startswith(prefix.lower())]
    if not fitting:
        raise NotFound(f"no version of the trust set begins with {prefix!r}")
    if len(fitting) > 1:
        raise Ambiguous(f"{prefix!r} begins several versions of the trust set")
    entry = known[fitting[0]]
    return _read(bench, entry) if entry is not None else EMPTY


def change(
    bench: Workbench, compose: Callable[[TrustSet], TrustSet], *, reason: str
) -> TrustChange:
    """Put another set in force, composed from the one in force at that moment.

    Raises:
        Refused: nothing changes, no reason is given, a text names a source's handle, or the
            acting key is no admin.
        Malformed: the new set breaks a limit.
    """
    if not 0 < len(reason) <= MAX_REASON:
        raise Refused(f"a change of trust is given a reason of at most {MAX_REASON} characters")

    def under_lock(batch: Batch) -> TrustChange:
        before = current(bench)
        after = compose(before)
        if after == before:
            raise Refused("that changes nothing: it is in force already")
        came, went = difference(before, after)
        require_no_handle(bench, [reason, *(f"{one.what} {one.particulars}" for one in came)])
        seq = batch.add(_record(bench, before, after, reason))
        return TrustChange(seq=seq, trust=after, came=came, went=went)

    return bench.append(under_lock)


def judged_otherwise(bench: Workbench, trust: TrustSet) -> Iterator[Exhibit]:
    """Yield each signed exemplar whose newest finding was made under another set.

    A document without any signature has the same answer under every set.
    """
    for view in bench.items():
        found = findings_of(bench.entries(view.item, ("finding",)))
        for exhibit in exhibits_of(bench, view.item):
            finding = found.get(exhibit.sha256.hex())
            if finding is not None and finding.signatures and finding.trust != trust.sha256:
                yield exhibit


def _changes(bench: Workbench) -> list[OpenedEntry]:
    """Return the records that name a set, and those that did or may have: it is gone."""
    return [entry for entry in bench.entries(DESK_ITEM, (TRUST,)) if _concerns_set(entry)]


def _concerns_set(entry: OpenedEntry) -> bool:
    if "trust" in entry.fields:
        return is_change(entry)
    return entry.manifest is None or "trust" in entry.manifest


def _record(bench: Workbench, before: TrustSet, after: TrustSet, reason: str) -> NewRecord:
    key, nonce = bench.parts.random(KEY_SIZE), bench.parts.random(NONCE_SIZE)
    box = nonce + AESGCM(key).encrypt(nonce, _spelled(after), _BOUND)
    blob = receive_blocks([box], bench.parts.blobs).digests.sha256
    bench.parts.blobs.settle()  # durable before any entry names it
    value: dict[str, Json] = {
        "sha256": after.sha256,
        "before": before.sha256,
        "reason": reason,
        "blob": blob.hex(),
        "key": key.hex(),
    }
    field = HiddenField(name="trust", value=value, subject="desk")
    return NewRecord(item=DESK_ITEM, type=TRUST, fields=(field,))


def _spelled(trust: TrustSet) -> bytes:
    """The very text that `TrustSet.sha256` is the digest of."""
    return json.dumps(to_jsonable(trust), sort_keys=True, separators=(",", ":")).encode()


def _read(bench: Workbench, entry: OpenedEntry) -> TrustSet:
    if not is_change(entry):
        raise DeskCorrupt(f"the field of entry {entry.seq} that names the trust set is gone")
    stated = {key: entry.text("trust", key) or "" for key in ("sha256", "blob", "key")}
    try:
        with bench.parts.blobs.open(bytes.fromhex(stated["blob"])) as stream:
            box = stream.read()
        text = AESGCM(bytes.fromhex(stated["key"])).decrypt(
            box[:NONCE_SIZE], box[NONCE_SIZE:], _BOUND
        )
        found = from_jsonable(TrustSet, json.loads(text))
    except (InvalidTag, ValueError, Malformed) as error:
        raise DeskCorrupt(f"the trust set of entry {entry.seq} cannot be read: {error}") from error
    if found.sha256 != stated["sha256"]:
        raise DeskCorrupt(f"the trust set of entry {entry.seq} is not the one it states")
    return found
