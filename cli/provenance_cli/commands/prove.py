"""`prov ledger publish` and `prov ledger prove`: the log for outsiders, whole or one entry."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provenance.errors import NothingToCheck
from provenance_cli import voice
from provenance_cli.options import DeskOption, JsonOption, find_desk, open_reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.desk import Desk
    from provenance.ports import HeldCheckpoint, StoredEntry


def publish(
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder; the desk's own `published` if none."),
    ] = None,
    desk: DeskOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Write the log as static files (c2sp.org/tlog-tiles): leaves only, never a hidden field."""
    from provenance.exports.publishing import CHECKPOINT, published_files, require_same_log
    from provenance.journal.keeping import log_note_key
    from provenance_cli.files import read_file
    from provenance_store.opening import read_settings
    from provenance_store.publish import publish_files

    folder = out or read_settings(find_desk(desk)).published
    with open_reading(desk) as opened:
        parts, head = opened.parts, _head(opened)
        there = folder / CHECKPOINT
        if there.is_file():
            log_key = log_note_key(parts.origin, parts.log_signer)
            require_same_log(parts.ledger, log_key, read_file(there, _MAX_NOTE), head.size)
        folder.mkdir(parents=True, exist_ok=True)
        files = published_files(parts.ledger, head, there=lambda name: (folder / name).is_file())
        written = publish_files(folder, files)
    if as_json:
        voice.result_json({"size": head.size, "written": written, "place": str(folder)})
        return
    voice.say(f"{head.size} entries published in {voice.visible(str(folder))}: {written} files new")


_MAX_NOTE = 1_000_000  # bytes, as notes are read everywhere


def prove(
    what: Annotated[
        str, typer.Argument(metavar="ITEM|SEQ", help="An item, or one entry's position.")
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Folder to write to.")
    ] = Path(),
    desk: DeskOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Write proofs that the log holds an entry, offline verifiable, with the entry beside each.

    Records of keys show their keys, all others are bare: `prov package` shows hidden fields.
    """
    from provenance.exports.disclosing import Showing
    from provenance.exports.presenting import open_stored, present, prove
    from provenance.ledger.roster import KEY_TYPES
    from provenance.report.model import Audience
    from provenance_cli.files import write_file

    with open_reading(desk) as opened:
        head, ledger = _head(opened), opened.parts.ledger
        out.mkdir(parents=True, exist_ok=True)
        for stored in _entries(opened, what, head.size):
            subjects = sorted({sealed.subject for sealed in stored.disclosures})
            entry, fields = open_stored(stored, opened.parts.subject_keys.get(subjects))
            open_to_all = fields if entry.type in KEY_TYPES else ()
            shown = present(entry, open_to_all, Showing(audience=Audience.PUBLIC))
            write_file(out / f"{stored.seq}.sdjwt", shown)
            with ledger.tiles() as tile:
                proof = prove(stored.seq, head, tile)
            write_file(out / f"{stored.seq}.tlog-proof", proof)
            if as_json:
                voice.result_json({"seq": stored.seq, "type": entry.type, "size": head.size})
            else:
                voice.result(f"{out / str(stored.seq)}.tlog-proof  {entry.type}")
        verifier = opened.log_vkey()
    voice.say(f"proved under the checkpoint of {head.size} entries; log key: {verifier}")


def _head(desk: "Desk") -> "HeldCheckpoint":
    kept = desk.checkpoint()
    held = desk.parts.checkpoints.at(kept.size) if kept else None
    if held is None:
        raise NothingToCheck("the log is empty")
    return held


def _entries(desk: "Desk", what: str, size: int) -> "Iterator[StoredEntry]":
    """Yield the entry of this position, or the entries of the item of this name."""
    from provenance.errors import NotFound

    if what.isdecimal() and len(what) < 16:
        seq = int(what)
        if seq >= size:
            raise NotFound(f"the log has {size} entries, the first is number 0")
        yield from desk.parts.ledger.entries(seq, seq + 1, disclosures=True)
    else:
        for stored, _ in desk.signed(desk.find(what).item):
            yield stored
