"""A whole desk's log in memory, and what an attacker can do to it.

`World.build` grows an honest log: two admins, five custodians, twelve items that change hands, one
checkpoint every CHECKPOINT_EVERY entries, each cosigned by a witness. The attacker's moves change
rows, and with the log key also tiles and checkpoints. `held` is the one checkpoint that somebody
outside has kept. Every key, salt, nonce and time is made from counters: two builds are equal.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from provenance.ledger.audit import AuditTerms, audit_log, check_entries
from provenance.ledger.base64text import encode_base64url
from provenance.ledger.checkpoint import (
    Checkpoint,
    as_first_signed,
    cosign_checkpoint,
    sign_checkpoint,
)
from provenance.ledger.disclosure import make_disclosure
from provenance.ledger.entry import Draft, Entry, Head, parse_entry, seal_entry
from provenance.ledger.keyacts import genesis_fields
from provenance.ledger.keys import Ed25519Signer
from provenance.ledger.merkle import EMPTY_ROOT, leaf_hash
from provenance.ledger.note import COSIGNATURE, ED25519, note_key
from provenance.ledger.sealing import open_fields, seal_disclosure
from provenance.ledger.tiles import append_hashes, root_at
from provenance.ports import StoredCheckpoint, StoredEntry
from provenance.records import DESK_ITEM, RECORD_TYPES, HiddenField
from tests.ledger.enrolling import enrolment_fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provenance.ledger.findings import AuditReport
    from provenance.ledger.keys import Signer

ORIGIN = "desk.example/custody/2026"
START = 1_795_000_000  # seconds since 1970
STEP = 600  # seconds between two entries: more than two honest clocks may differ
CHECKPOINT_EVERY = 20  # entries
ITEMS = 12
CUSTODIANS = 5
ROUNDS = 9  # times each item is handed over


class Counter:
    """Random bytes that repeat from run to run."""

    def __init__(self, seed: str) -> None:
        """Name the stream."""
        self._seed = seed
        self._count = 0

    def __call__(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        self._count += 1
        return sha256(f"{self._seed}/{self._count}".encode()).digest()[:size]


def signer(name: str) -> Ed25519Signer:
    """Return the key that a name stands for."""
    return Ed25519Signer(sha256(name.encode()).digest())


@dataclass
class World:
    """The store of a desk, the keys of everyone, and one checkpoint held outside."""

    rows: list[StoredEntry] = field(default_factory=list)
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)
    checkpoints: list[StoredCheckpoint] = field(default_factory=list)
    subject_keys: dict[str, bytes] = field(default_factory=dict)
    held: list[bytes] = field(default_factory=list)
    random: Counter = field(default_factory=lambda: Counter("world"))
    now: int = START
    heads: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    seen: Head = field(default_factory=lambda: Head(size=0, root=EMPTY_ROOT))
    admins: tuple[Ed25519Signer, Ed25519Signer] = field(
        default_factory=lambda: (signer("admin 1"), signer("admin 2"))
    )
    custodians: tuple[Ed25519Signer, ...] = field(
        default_factory=lambda: tuple(signer(f"custodian {at}") for at in range(CUSTODIANS))
    )
    log_signer: Ed25519Signer = field(default_factory=lambda: signer("log"))
    witness: Ed25519Signer = field(default_factory=lambda: signer("witness"))

    @classmethod
    def build(cls, *, rounds: int = ROUNDS) -> World:
        """Return an honest log."""
        world = cls()
        world.found()
        items = [sha256(f"item {at}".encode()).digest()[:16] for at in range(ITEMS)]
        for at, item in enumerate(items):
            world.add("item.received", item, world.custodians[at % CUSTODIANS], source=f"S-{at}")
        for turn in range(rounds):
            for at, item in enumerate(items):
                giver = world.custodians[(at + turn) % CUSTODIANS]
                world.hand_over(item, giver, world.custodians[(at + turn + 1) % CUSTODIANS])
        middle = world.checkpoints[len(world.checkpoints) // 2].note
        # Held on paper, without the witness's line: so that it shows what a bare head can show.
        world.held = [as_first_signed(middle, world.log_key)]
        return world

    def found(self) -> None:
        """Write the genesis and enrol the custodians."""
        self.log_key = note_key(ORIGIN, ED25519, self.log_signer.public_key)
        self.witness_key = note_key("witness.example/w1", COSIGNATURE, self.witness.public_key)
        first, second = self.admins
        fields = genesis_fields(self.log_key, {}, [(first, "Ada"), (second, "Ben")])
        self.append("log.genesis", DESK_ITEM, first, fields)
        for at, each in enumerate(self.custodians):
            fields = enrolment_fields(each, origin=ORIGIN, role="custodian", person=f"C{at}")
            self.append("key.enrolled", DESK_ITEM, first, fields)

    def hand_over(self, item: bytes, giver: Signer, taker: Signer) -> None:
        """Write an offer and its acceptance."""
        offer = self.add("transfer.offered", item, giver, to=taker.public_key.kid)
        self.add("transfer.accepted", item, taker, offer=encode_base64url(offer.leaf_hash))

    def add(self, kind: str, item: bytes, by: Signer, **fields: str) -> Entry:
        """Append an entry with text fields, sealed under the item."""
        subject = f"item:{item.hex()}"
        hidden = [HiddenField(name=k, value=v, subject=subject) for k, v in fields.items()]
        return self.append(kind, item, by, hidden)

    def append(
        self,
        kind: str,
        item: bytes,
        by: Signer,
        fields: Sequence[HiddenField],
        *,
        iat: int | None = None,
    ) -> Entry:
        """Append an entry the way the desk does, and a checkpoint when one is due."""
        self.now += STEP
        row = self.seal(kind, item, by, fields, iat=self.now if iat is None else iat)
        entry = parse_entry(row.leaf)
        self.tiles |= append_hashes(len(self.rows), [entry.leaf_hash], self.tile)
        self.rows.append(row)
        self.heads[item] = (entry.n, entry.leaf_hash)
        if len(self.rows) % CHECKPOINT_EVERY == 0:
            self.checkpoint()
        return entry

    def seal(
        self, kind: str, item: bytes, by: Signer, fields: Sequence[HiddenField], *, iat: int
    ) -> StoredEntry:
        """Return a signed row that would stand next in the log."""
        n, prev = self.heads.get(item, (-1, None))
        pairs = [(make_disclosure(f.name, f.value, self.random), f.subject) for f in fields]
        leaf = seal_entry(
            Draft(log=ORIGIN, item=item, n=n + 1, prev=prev, seen=self.seen, type=kind, iat=iat),
            [each.digest for each, _ in pairs],
            width=RECORD_TYPES[kind].width,
            signer=by,
            random=self.random,
        )
        sealed = tuple(
            seal_disclosure(each, subject=who, key=self.subject_key(who), random=self.random)
            for each, who in pairs
        )
        return StoredEntry(seq=len(self.rows), leaf=leaf, disclosures=sealed)

    def subject_key(self, subject: str) -> bytes:
        """Return the key of a data subject, new if there is none."""
        return self.subject_keys.setdefault(subject, self.random(32))

    def checkpoint(self) -> None:
        """Sign the head, have it cosigned, keep it; later entries will have seen it."""
        head = Checkpoint(origin=ORIGIN, size=len(self.rows), root=self.root())
        note = sign_checkpoint(head, self.log_signer)
        note = cosign_checkpoint(note, "witness.example/w1", self.witness, time=self.now + 1)
        self.checkpoints.append(StoredCheckpoint(size=head.size, note=note))
        self.seen = Head(size=head.size, root=head.root)

    def tile(self, level: int, index: int) -> bytes:
        """Read a stored tile."""
        return self.tiles.get((level, index), b"")

    def root(self) -> bytes:
        """Return the root that the stored tiles give."""
        return root_at(len(self.rows), self.tile)

    def audit(self) -> AuditReport:
        """Audit everything, with what is held outside."""
        ring = [each.public_key for each in (*self.admins, *self.custodians)]
        terms = AuditTerms(
            log_key=self.log_key,
            checkpoints=self.checkpoints,
            outside=self.held,
            witnesses=[self.witness_key],
        )
        return audit_log(
            check_entries(self.rows, ring),
            terms,
            tile=self.tile,
            open_fields=lambda entry, sealed: open_fields(entry, sealed, self.subject_keys),
        )

    # --- what an attacker does -------------------------------------------------------------------

    def edit_iat(self, seq: int, iat: int) -> None:
        """Change the claimed time inside a row, without the signer's key."""
        head, payload, signature = self.rows[seq].leaf.split(b".")
        value = json.loads(base64.urlsafe_b64decode(payload + b"=="))
        text = json.dumps(value | {"iat": iat}, separators=(",", ":"), sort_keys=True)
        leaf = b".".join([head, encode_base64url(text.encode()).encode(), signature])
        self.rows[seq] = replace(self.rows[seq], leaf=leaf)

    def rewrite_heads(self) -> None:
        """Renumber the rows, rebuild the tree, and sign every checkpoint anew with the log key.

        The attacker has no witness: the new checkpoints lack the cosignature.
        """
        self.rows = [replace(row, seq=at) for at, row in enumerate(self.rows)]
        self.tiles = append_hashes(0, [leaf_hash(row.leaf) for row in self.rows], self.tile)
        sizes = [each.size for each in self.checkpoints if each.size <= len(self.rows)]
        heads = [Checkpoint(origin=ORIGIN, size=s, root=root_at(s, self.tile)) for s in sizes]
        self.checkpoints = [
            StoredCheckpoint(size=head.size, note=sign_checkpoint(head, self.log_signer))
            for head in heads
        ]

    def roll_back(self, size: int) -> None:
        """Cut the store to `size` entries; what is left is as it was then."""
        self.rows = self.rows[:size]
        self.tiles = append_hashes(0, [leaf_hash(row.leaf) for row in self.rows], self.tile)
        self.checkpoints = [each for each in self.checkpoints if each.size <= size]
