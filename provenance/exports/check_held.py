"""What others say of this log: earlier heads that were cosigned or timestamped, in the package.

For each: the log signed it, it is of the size that its name says, and the package proves it to be a
head of this log, so what others attest of it binds every entry before it. Cosignatures count only
by the policy that the caller gives; an RFC 3161 answer must be a stamp over the head beside it, and
needs its authority's certificates, which only the reader can choose to trust: the list says with
which command to check it. What attests a head that is not there attests nothing, and is a fault.
Entries after the last attested head could still have been rewritten by whoever holds all keys.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final

from provenance.errors import CheckFailed, Malformed
from provenance.exports.check_log import SignedHead, Trust
from provenance.exports.checklist import Checklist
from provenance.exports.layout import attested_size_of, held_path, held_size_of
from provenance.exports.opened import PackageFiles, read_file
from provenance.ledger.checkpoint import as_first_signed, read_checkpoint
from provenance.ledger.note import MAX_NOTE
from provenance.outside.policy import PolicyFinding, judge_policy
from provenance.outside.timestamp_response import parse_response, parse_token

MAX_RESPONSE: Final = 1 << 18  # bytes; with a long chain some 10,000


def check_held(
    files: PackageFiles,
    trust: Trust,
    head: SignedHead,
    proved: Mapping[int, bytes],
    out: Checklist,
) -> None:
    """Check the earlier heads that others attest.

    Args:
        files: the package.
        trust: whose cosignatures are needed.
        head: the package's own head.
        proved: size -> root of the heads that the package proves.
        out: takes what was found.

    Raises:
        Malformed: a file is too large.
    """
    names = files.sizes()
    sizes = sorted(size for name in names if (size := held_size_of(name)) is not None)
    faults = [fault for size in sizes if (fault := _fault(files, size, head, proved))]
    faults += _strays(names, sizes)
    if sizes or faults:
        out.settle("held", faults, f"{len(sizes)} earlier heads that others attest are this log's.")
    cosigned = [size for size in sizes if held_path(size, "cosigned") in names]
    _check_cosigned(files, trust, head, [] if faults else cosigned, out)
    _check_timestamps(files, sizes, out)


def _strays(names: Iterable[str], sizes: Sequence[int]) -> Iterator[str]:
    for name in sorted(names):
        size = attested_size_of(name)
        if size is not None and size not in sizes:
            yield f"{name} attests a head that is not in the package."


def _fault(files: PackageFiles, size: int, head: SignedHead, proved: Mapping[int, bytes]) -> str:
    try:
        for kind in ("checkpoint", "cosigned"):
            name = held_path(size, kind)
            if name in files.sizes():
                note = read_file(files, name, limit=MAX_NOTE)
                found = read_checkpoint(note, head.log_key).checkpoint
                first = as_first_signed(note, head.log_key)
                if found.size != size or proved.get(size) != found.root:
                    return f"{name} is not proved to be a head of this log."
                if first != read_file(files, held_path(size, "checkpoint"), limit=MAX_NOTE):
                    return f"{name} is not the checkpoint as first signed."
    except (Malformed, CheckFailed) as error:
        return f"An attested head of {size} entries does not hold: {error}."
    return ""


def _check_cosigned(
    files: PackageFiles, trust: Trust, head: SignedHead, sizes: list[int], out: Checklist
) -> None:
    if trust.policy is None:
        text = (
            "Witnesses have cosigned: give a policy or their keys (--policy, --witness)."
            if sizes
            else "No outside witness has cosigned: whoever holds all keys of the desk could have "
            "rewritten this log before the package was made."
        )
        out.unchecked("witnesses", text)
        return
    found: PolicyFinding | None = None
    for size in reversed(sizes):
        note = read_file(files, held_path(size, "cosigned"), limit=MAX_NOTE)
        found = judge_policy(trust.policy, note, head.log_key)
        if found.fulfilled:
            later = head.checkpoint.size - size
            text = f"Cosigned at {size} entries as your policy asks; {later} entries came later."
            out.holds("witnesses", text)
            return
    why = found.sentence if found else "No witness has cosigned."
    out.fails("witnesses", f"No head of this package fulfils your policy. {why}")


def _check_timestamps(files: PackageFiles, sizes: Sequence[int], out: Checklist) -> None:
    answers = sorted(name for name in files.sizes() if name.endswith(".tsr"))
    for name in answers:
        size = attested_size_of(name)
        if size is None or size not in sizes:
            continue  # a stray, told already
        signed = held_path(size, "checkpoint")
        try:
            at = _stated(files, name, read_file(files, signed, limit=MAX_NOTE))
        except (Malformed, CheckFailed) as error:
            out.fails("timestamps", f"{name} is no time-stamp of {signed}: {error}.")
        else:
            command = f"openssl ts -verify -data {signed} -in {name} -CAfile AUTHORITY.pem"
            text = f"A time-stamp states {at}. Its authority's certificate shows whether it did so:"
            out.unchecked("timestamps", f"{text} {command}")
    if not answers:
        out.unchecked("timestamps", "No outside time-stamp: times are those that signers claim.")


def _stated(files: PackageFiles, name: str, signed: bytes) -> str:
    """Return the time that an answer states for these bytes. Whoever made it, nothing is proved."""
    answer = parse_response(read_file(files, name, limit=MAX_RESPONSE))
    if answer.token is None:
        raise CheckFailed("the authority refused")
    info = parse_token(answer.token).info
    if info.imprint_algorithm != "sha256" or info.imprint != sha256(signed).digest():
        raise CheckFailed("it is over other bytes")
    return f"{info.at:%Y-%m-%dT%H:%M:%SZ}"
