"""Having the newest checkpoint timestamped, by file or by HTTP, and keeping tokens that hold.

The bytes that are stamped are those of the checkpoint as first signed: cosignatures may come later
and change nothing. The request is made once for a checkpoint and kept before it leaves, so that an
answer can be held against its nonce today and in an audit in ten years. Only an answer that passes
every check is kept. An authority learns one hash.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from provenance.acts.workbench import Workbench
from provenance.errors import CheckFailed, DeskError, Malformed, NotFound
from provenance.journal.keeping import log_note_key
from provenance.ledger.checkpoint import as_first_signed
from provenance.outside.attaching import attach, newest_checkpoint
from provenance.outside.choosing import holders, record_by_admin
from provenance.outside.der import MAX_DER
from provenance.outside.holders import Holders, authority_record
from provenance.outside.timestamp_check import Authority, TimestampFinding, check_timestamp
from provenance.outside.timestamp_file import Timestamps, parse_timestamps
from provenance.outside.timestamp_request import (
    QUERY_TYPE,
    REPLY_TYPE,
    TimestampRequest,
    new_request,
)
from provenance.outside.timestamp_response import parse_response, parse_token
from provenance.outside.transport import Transport, require_url
from provenance.outside.witnessing import Asked
from provenance.ports import HeldCheckpoint

_NOT_ASKED: Final = "no checkpoint of this desk was asked about in a request that this answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A kept timestamp, checked again."""

    size: int
    """Of the checkpoint."""
    authority: str
    finding: TimestampFinding | None
    """None if it does not hold; `error` then says why."""
    error: DeskError | None


def add_authority(bench: Workbench, authority: Authority) -> int:
    """Record a timestamp authority, or replace one of this name; returns the entry's position.

    Raises:
        UsageError: a name, address or certificate that cannot be used.
        Refused: not an admin.
    """
    return record_by_admin(bench, authority_record(authority))


def timestamp_request(bench: Workbench) -> tuple[int, bytes]:
    """Return size and TimeStampReq of the newest checkpoint; the request is kept before.

    Raises:
        NothingToCheck: the log is empty.
    """
    held, timestamps = kept_question(bench)
    return held.size, timestamps.request.encode()


def accept_timestamp(bench: Workbench, response: bytes, authority: Authority) -> Stamp:
    """Take in an answer that came as a file.

    Raises:
        Malformed: not a timestamp response.
        CheckFailed: it was refused, or it does not hold for any checkpoint that was asked about.
    """
    answer = parse_response(response)
    if answer.token is None:
        raise CheckFailed(f"{authority.name} refused to stamp (status {answer.status})")
    info = parse_token(answer.token).info
    for held in bench.parts.checkpoints.held():
        if held.timestamps is None:
            continue
        request = parse_timestamps(held.timestamps).request
        if (request.imprint, request.nonce) == (info.imprint, info.nonce):
            return _keep(bench, held, request, response, authority)
    raise CheckFailed(_NOT_ASKED)


def ask_authorities(bench: Workbench, transport: Transport) -> list[Asked]:
    """Ask every authority that has an address; returns how it went with each."""
    return [_tried(bench, each, transport) for each in holders(bench).authorities if each.url]


def check_stamps(bench: Workbench, there: Holders) -> Iterator[Stamp]:
    """Yield every kept timestamp, checked again from its bytes."""
    for held in bench.parts.checkpoints.held():
        if held.timestamps is not None:
            yield from _check_held(bench, held, held.timestamps, there)


def timestamp_files(bench: Workbench) -> Iterator[tuple[str, bytes]]:
    """Yield (file name, bytes) of every stamped checkpoint, its request and its answers.

    Raises:
        Malformed: what is kept cannot be read.
        CheckFailed: a checkpoint that the log has not signed.
    """
    for held in bench.parts.checkpoints.held():
        if held.timestamps is not None:
            kept, name = parse_timestamps(held.timestamps), f"checkpoint-{held.size}"
            yield name, stamped_bytes(bench, held)
            yield f"{name}.tsq", kept.request.encode()
            for answer in kept.answers:
                yield f"{name}.{answer.authority}.tsr", answer.response
            for number, proof in enumerate(kept.proofs, start=1):
                yield f"{name}.{number}.ots", proof


def stamped_bytes(bench: Workbench, held: HeldCheckpoint) -> bytes:
    """Return the bytes of a checkpoint that timestamps are taken over.

    Raises:
        Malformed: the kept note is none.
        CheckFailed: the log has not signed it.
    """
    log_key = log_note_key(bench.parts.origin, bench.parts.log_signer)
    return as_first_signed(held.note, log_key)


def _tried(bench: Workbench, authority: Authority, transport: Transport) -> Asked:
    try:
        size = _ask(bench, authority, transport)
    except DeskError as error:
        return Asked(name=authority.name, size=None, error=error)
    return Asked(name=authority.name, size=size, error=None)


def _ask(bench: Workbench, authority: Authority, transport: Transport) -> int:
    held, timestamps = kept_question(bench)
    if any(each.authority == authority.name for each in timestamps.answers):
        return (
            held.size
        )  # has answered about this very checkpoint: nothing is gained by a later time
    request = timestamps.request
    answer = transport.post(
        require_url(authority.url or ""), request.encode(), content_type=QUERY_TYPE, limit=MAX_DER
    )
    if answer.status != 200 or answer.content_type != REPLY_TYPE:
        raise CheckFailed(
            f"{authority.name} did not answer with a timestamp (HTTP status {answer.status})"
        )
    return _keep(bench, held, request, answer.body, authority).size


def kept_question(bench: Workbench) -> tuple[HeldCheckpoint, Timestamps]:
    """Return the newest checkpoint with its request, made and kept if there is none yet."""
    head = newest_checkpoint(bench)
    new = Timestamps(request=new_request(stamped_bytes(bench, head), bench.parts.random))

    def change(was: HeldCheckpoint) -> HeldCheckpoint:
        return was if was.timestamps is not None else replace(was, timestamps=new.encode())

    held = attach(bench, head.size, change)
    return held, parse_timestamps(held.timestamps or b"")


def _keep(
    bench: Workbench,
    held: HeldCheckpoint,
    request: TimestampRequest,
    response: bytes,
    authority: Authority,
) -> Stamp:
    finding = check_timestamp(
        response,
        signed=stamped_bytes(bench, held),
        request=request,
        authority=authority,
        now=bench.parts.clock(),
    )

    def change(was: HeldCheckpoint) -> HeldCheckpoint:
        there = parse_timestamps(was.timestamps or b"")
        return replace(was, timestamps=there.with_answer(authority.name, response).encode())

    attach(bench, held.size, change)
    return Stamp(size=held.size, authority=authority.name, finding=finding, error=None)


def _check_held(
    bench: Workbench, held: HeldCheckpoint, kept: bytes, there: Holders
) -> Iterator[Stamp]:
    try:
        timestamps = parse_timestamps(kept)
    except Malformed as error:
        yield Stamp(size=held.size, authority="?", finding=None, error=error)
        return
    for answer in timestamps.answers:
        try:
            finding = check_timestamp(
                answer.response,
                signed=stamped_bytes(bench, held),
                request=timestamps.request,
                authority=there.authority(answer.authority),
                now=bench.parts.clock(),
            )
        except (Malformed, CheckFailed, NotFound) as error:
            yield Stamp(size=held.size, authority=answer.authority, finding=None, error=error)
        else:
            yield Stamp(size=held.size, authority=answer.authority, finding=finding, error=None)
