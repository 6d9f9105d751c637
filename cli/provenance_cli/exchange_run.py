"""Hand-over by file: what the `custody` commands read and write when the other side is a desk.

Documents lie in a folder, each under its SHA-256, so that no file name travels by accident. What is
there already is never overwritten. Only plain files directly in the folder are looked at.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provenance.errors import NotFound, SurroundingsError, UsageError
from provenance.evidence import exemplars
from provenance.exchange.file import MAX_FILE
from provenance.facts.gathering import counted
from provenance_cli import voice
from provenance_cli.files import read_file, write_file

if TYPE_CHECKING:
    from provenance.desk import Desk

MAX_DOCUMENTS: Final = 10_000  # files looked at in one folder


def offer_by_file(
    desk: "Desk",
    item: bytes,
    *,
    to: str,
    purpose: str,
    means: str,
    out: Path | None,
    documents: Path | None,
    log_key: str | None,
) -> int:
    """Record an offer to another desk and write its file; returns the entry's position.

    Raises:
        UsageError: no file to write to, or one that is there already.
    """
    target = _new(out)
    sent = desk.offer_to_desk(item, to=to, purpose=purpose, means=means, log_key=log_key)
    write_file(target, sent.file)
    if documents is not None:
        count = _write_documents(desk, item, documents)
        voice.say(f"{counted(count, 'document')} written to {documents}, each under its SHA-256")
    voice.say(f"offer file written to {target}; tell them your log key by another way:")
    voice.say_hint([desk.log_vkey()])
    return sent.seq


def accept_file(
    desk: "Desk", file: Path, *, out: Path | None, documents: Path | None, log_key: str | None
) -> None:
    """Accept another desk's offer file and write the answer."""
    target, data = _answer_target(out), read_file(file, MAX_FILE)
    found = list(_files(documents)) if documents is not None else []
    sent = desk.accept_offer(data, documents=found, log_key=log_key)
    write_file(target, sent.file)
    accession = desk.find(sent.item.hex()).accession
    voice.say(f"{accession} accepted; same bytes as offered (entry {sent.seq})")
    _tell_answer(target, sent.other, known=log_key is not None)


def refuse_file(
    desk: "Desk", file: Path, *, reason: str, out: Path | None, log_key: str | None
) -> None:
    """Refuse another desk's offer file and write the answer."""
    target, data = _answer_target(out), read_file(file, MAX_FILE)
    sent = desk.refuse_offer(data, reason=reason, log_key=log_key)
    write_file(target, sent.file)
    voice.say(f"refused; nothing was taken in (entry {sent.seq})")
    _tell_answer(target, sent.other, known=log_key is not None)


def close_file(desk: "Desk", file: Path, *, log_key: str | None) -> None:
    """Record another desk's answer file."""
    closed = desk.close_offer(read_file(file, MAX_FILE), log_key=log_key)
    accession = desk.find(closed.item.hex()).accession
    word = "accepted, same bytes" if closed.accepted else "refused; it stays where it was"
    voice.say(f"{accession} {word} (entry {closed.seq})")
    if log_key is None:
        _tell_unknown(closed.other)


def _tell_answer(target: Path, other: str, *, known: bool) -> None:
    voice.say(f"answer file written to {target}: send it back")
    if not known:
        _tell_unknown(other)


def _tell_unknown(other: str) -> None:
    voice.say("compare this log key with the other desk by another way (--log-key checks it):")
    voice.say_hint([voice.visible(other)])


def _new(path: Path | None) -> Path:
    if path is None or path.exists():
        raise UsageError("--out FILE names a new file for the other desk")
    return path


def _answer_target(path: Path | None) -> Path:
    # Running an act again gives its answer again: an answer may be written over.
    if path is None:
        raise UsageError("--out FILE names the answer file for the other desk")
    return path


def _files(folder: Path) -> Iterator[Path]:
    try:
        found = sorted(entry.path for entry in os.scandir(folder) if entry.is_file())
    except OSError as error:
        raise NotFound(f"the folder of documents cannot be read: {error.strerror}") from error
    if len(found) > MAX_DOCUMENTS:
        raise UsageError(f"the folder of documents holds more than {MAX_DOCUMENTS} files")
    yield from map(Path, found)


def _write_documents(desk: "Desk", item: bytes, folder: Path) -> int:
    copies = exemplars(desk.holdings(item))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for copy in copies:
            target = folder / copy.sha256.hex()
            with desk.parts.blobs.open(copy.sha256) as source, target.open("xb") as sink:
                shutil.copyfileobj(source, sink)
    except FileExistsError as error:
        raise UsageError("--documents DIR holds one of the documents already") from error
    except OSError as error:
        raise SurroundingsError(f"the documents cannot be written: {error.strerror}") from error
    return len(copies)
