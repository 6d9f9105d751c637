"""The request that a witness answers: c2sp.org/tlog-witness, `add-checkpoint`, as bytes.

Lines: `old <size>`, at most 63 hashes of the consistency proof in base64, an empty line, then the
checkpoint verbatim. The same bytes travel by HTTP, by mail and on a stick. What parses re-encodes
to the same bytes. Refuses anything longer than MAX_REQUEST, sizes with leading zeroes, base64 in a
second spelling, and checkpoints with extension lines. Verifies no signature and no proof.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from provenance.errors import Malformed
from provenance.ledger.base64text import decode_base64, encode_base64
from provenance.ledger.checkpoint import MAX_SIZE, Checkpoint, parse_checkpoint_text
from provenance.ledger.merkle import HASH_SIZE
from provenance.ledger.note import parse_note

MAX_REQUEST: Final = 65_536  # bytes; 63 hashes and 100 signature lines take some 20,000
MAX_PROOF_LINES: Final = 63  # tlog-witness, add-checkpoint: the client MUST NOT send more
_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,15})")


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessRequest:
    """A well-formed request. Nothing in it is verified."""

    old_size: int
    """What the asker believes the witness cosigned last; 0 = nothing yet."""
    proof: tuple[bytes, ...]
    """Consistency proof from `old_size` to the checkpoint's size, 32 bytes each."""
    checkpoint: bytes
    """The signed note, verbatim."""

    @property
    def head(self) -> Checkpoint:
        """The tree head that the checkpoint states."""
        return parse_checkpoint_text(parse_note(self.checkpoint).text)

    def encode(self) -> bytes:
        """Return the request's bytes."""
        lines = [f"old {self.old_size}", *(encode_base64(each) for each in self.proof), "", ""]
        return "\n".join(lines).encode("ascii") + self.checkpoint


def build_request(checkpoint: bytes, old_size: int, proof: Sequence[bytes]) -> bytes:
    """Return the request that asks for a cosignature.

    Args:
        checkpoint: The signed note.
        old_size: Size of the checkpoint that the witness cosigned last, 0 if none.
        proof: Consistency proof between the two; empty for 0 and for equal sizes.

    Raises:
        Malformed: these do not make a request.
    """
    request = WitnessRequest(old_size=old_size, proof=tuple(proof), checkpoint=checkpoint)
    data = request.encode()
    parse_request(data)
    return data


def parse_request(data: bytes) -> WitnessRequest:
    """Return what a request says, unverified.

    Raises:
        Malformed: not a request.
    """
    if len(data) > MAX_REQUEST:
        raise Malformed(f"a request of more than {MAX_REQUEST} bytes")
    top, gap, checkpoint = data.partition(b"\n\n")
    if not gap or not top.isascii():
        raise Malformed("a request is some lines of ASCII, an empty line and a checkpoint")
    first, *rest = top.decode("ascii").split("\n")
    match = _OLD.fullmatch(first)
    if match is None or int(match[1]) > MAX_SIZE or len(rest) > MAX_PROOF_LINES:
        raise Malformed("a request begins with `old <size>` and at most 63 hashes")
    proof = tuple(decode_base64(line, length=HASH_SIZE) for line in rest)
    parse_checkpoint_text(parse_note(checkpoint).text)
    return WitnessRequest(old_size=int(match[1]), proof=proof, checkpoint=checkpoint)
