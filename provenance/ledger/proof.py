"""Offline proofs: c2sp.org/tlog-proof@v1, one text file for one entry.

Lines: the version, `extra <base64>` if there is any, `index <n>`, one hash a line from the leaf
upward, an empty line, then a checkpoint verbatim. Verifying requires, in order: the checkpoint as
`read_checkpoint` does, then the inclusion of the leaf hash at that index. `extra` is NOT
authenticated by the format: what rides in it must prove itself.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from provenance.errors import CheckFailed, Malformed, UsageError
from provenance.ledger.base64text import decode_base64, encode_base64
from provenance.ledger.checkpoint import (
    SignedCheckpoint,
    parse_checkpoint_text,
    read_checkpoint,
)
from provenance.ledger.merkle import HASH_SIZE, MAX_PROOF, verify_inclusion
from provenance.ledger.note import MAX_NOTE, NoteKey, parse_note

MAX_EXTRA: Final = 1 << 20  # bytes of opaque data; a presented entry has a few thousand
MAX_PROOF_FILE: Final = MAX_NOTE + 2 * MAX_EXTRA  # bytes
_VERSION: Final = "c2sp.org/tlog-proof@v1"
_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,15})")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlogProof:
    """A well-formed proof. It is NOT verified."""

    index: int
    """Position of the entry in the log, from 0."""
    hashes: tuple[bytes, ...]
    """The inclusion proof, from the leaf's sibling upward."""
    checkpoint: bytes
    """The signed note, verbatim."""
    extra: bytes | None = None
    """Opaque and unauthenticated."""

    def encode(self) -> bytes:
        """Return the file's bytes.

        Raises:
            UsageError: `extra` is empty (leave it out instead) or too long.
        """
        if self.extra is not None and not 0 < len(self.extra) <= MAX_EXTRA:
            raise UsageError("the extra data of a proof are not empty, and at most 1 MiB")
        extra = [] if self.extra is None else [f"extra {encode_base64(self.extra)}"]
        hashes = [encode_base64(each) for each in self.hashes]
        lines = [_VERSION, *extra, f"index {self.index}", *hashes, "", ""]
        return "\n".join(lines).encode("ascii") + self.checkpoint


def parse_proof(data: bytes) -> TlogProof:
    """Return what a proof file says, unverified.

    Raises:
        Malformed: the bytes are not a proof, or what follows it is not a signed checkpoint.
    """
    head, gap, checkpoint = data.partition(b"\n\n")
    if len(data) > MAX_PROOF_FILE or not gap or not head.isascii():
        raise Malformed("a proof is some lines of ASCII, an empty line and a checkpoint")
    version, *lines = head.decode("ascii").split("\n")
    if version != _VERSION or not lines:
        raise Malformed(f"a proof begins with {_VERSION} and an index")
    extra = _parse_extra(lines)
    match = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if match is None or len(lines) > MAX_PROOF:
        raise Malformed("a proof states one index in decimal, and at most 64 hashes")
    hashes = tuple(decode_base64(line, length=HASH_SIZE) for line in lines)
    parse_checkpoint_text(parse_note(checkpoint).text)
    return TlogProof(index=int(match[1]), hashes=hashes, checkpoint=checkpoint, extra=extra)


def verify_proof(
    proof: TlogProof, leaf_hash: bytes, log_key: NoteKey, witnesses: Iterable[NoteKey] = ()
) -> SignedCheckpoint:
    """Return the checkpoint under which the log holds this leaf hash at the proof's index.

    Raises:
        Malformed: the checkpoint inside is not one.
        CheckFailed: the checkpoint is not the log's, or does not contain this entry there.
    """
    signed = read_checkpoint(proof.checkpoint, log_key, witnesses)
    head = signed.checkpoint
    if not verify_inclusion(
        index=proof.index, size=head.size, leaf=leaf_hash, proof=proof.hashes, root=head.root
    ):
        raise CheckFailed(f"the log of {head.size} entries does not hold this as {proof.index}")
    return signed


def _parse_extra(lines: list[str]) -> bytes | None:
    if not lines[0].startswith("extra "):
        return None
    extra = decode_base64(lines.pop(0).removeprefix("extra "))
    if not 0 < len(extra) <= MAX_EXTRA:
        raise Malformed("the extra data of a proof are not empty, and at most 1 MiB")
    return extra
