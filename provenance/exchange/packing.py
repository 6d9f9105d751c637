"""Make the file that another desk gets: an event of ours, and what it takes to check it.

Shown: every field of the event that the receiver needs (`fields`), and of the records of keys what
makes them verify; names of people and reasons stay sealed. All proofs stand under one checkpoint.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from provenance.acts.handles import secret_texts
from provenance.acts.workbench import Workbench
from provenance.errors import DeskCorrupt, Refused
from provenance.exchange.file import ExchangeFile, Part
from provenance.journal.keeping import log_note_key
from provenance.ledger.disclosure import format_presentation
from provenance.ledger.entry import parse_entry
from provenance.ledger.roster import KEY_TYPES
from provenance.ledger.sealing import open_disclosure
from provenance.ledger.tiles import prove_inclusion
from provenance.ports import StoredCheckpoint, StoredEntry
from provenance.records import DESK_ITEM

_KEY_FIELDS: Final = frozenset(
    {"charter", "admins", "key", "role", "replaces", "revoked", "second"}
)


def pack_event(bench: Workbench, seq: int, *, kind: str, fields: Collection[str]) -> bytes:
    """Return the exchange file of the entry at `seq`.

    Raises:
        DeskCorrupt: the entry or the tree is damaged.
        Malformed: this desk's keys do not fit into one file.
        Refused: a text that would be shown names a source, or named one that was erased.
    """
    head = bench.heads.checkpoint()
    if head is None or head.size <= seq:
        raise DeskCorrupt("the checkpoint does not cover the entry that is to be sent")
    (event,) = bench.parts.ledger.entries(seq, seq + 1, disclosures=True)
    _require_nothing_secret(bench, event, fields)
    parts = (*_keys(bench, head, seq), _part(bench, event, head, fields))
    key = log_note_key(bench.parts.origin, bench.parts.log_signer)
    return ExchangeFile(kind=kind, log_key=key.vkey(), checkpoint=head.note, parts=parts).encode()


def _require_nothing_secret(bench: Workbench, event: StoredEntry, fields: Collection[str]) -> None:
    """Refuse a file whose event was put in words before the source had its handle."""
    (opened,) = bench.reader.opened([event])
    shown = replace(opened, fields={n: v for n, v in opened.fields.items() if n in fields})
    if secret_texts(bench, [shown], bench.named_erased()):
        raise Refused(
            "what would be sent names the handle of a source: answer or close this hand-over "
            "inside the desk, and offer it again in other words"
        )


def _keys(bench: Workbench, head: StoredCheckpoint, before: int) -> Iterator[Part]:
    for stored, _ in bench.signed(DESK_ITEM, sorted(KEY_TYPES)):
        if stored.seq < before:
            yield _part(bench, stored, head, _KEY_FIELDS)


def _part(
    bench: Workbench, stored: StoredEntry, head: StoredCheckpoint, fields: Collection[str]
) -> Part:
    keys = bench.parts.subject_keys.get(sorted({d.subject for d in stored.disclosures}))
    opened = [open_disclosure(d, keys[d.subject]) for d in stored.disclosures if d.subject in keys]
    entry = parse_entry(stored.leaf)
    shown = sorted((d for d in opened if d.name in fields), key=lambda d: d.digest)
    with bench.parts.ledger.tiles() as tile:
        hashes = prove_inclusion(stored.seq, head.size, tile)
    return Part(
        index=stored.seq,
        hashes=tuple(hashes),
        presentation=format_presentation(entry.leaf, shown),
    )
