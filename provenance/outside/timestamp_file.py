"""What timestamp authorities were asked about one checkpoint and answered, kept as text.

    provenance-desk/timestamps@v1
    request <base64 of TimeStampReq>
    response <authority> <base64 of TimeStampResp>      any number, one for each authority
    ots <base64 of an OpenTimestamps proof>             any number, each once

The first answer of an authority stays: the earliest time bounds the log most sharply. Answers stand
in the order in which they came. What parses re-encodes to the same bytes.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from provenance.errors import Malformed, UsageError
from provenance.ledger.base64text import decode_base64, encode_base64
from provenance.outside.ots_proof import parse_ots
from provenance.outside.timestamp_request import TimestampRequest, parse_timestamp_request
from provenance.outside.timestamp_response import parse_response

VERSION: Final = "provenance-desk/timestamps@v1"
MAX_FILE: Final = 1 << 21  # bytes; 16 authorities with long chains take some 200,000
MAX_ANSWERS: Final = 16  # authorities for one checkpoint; two are many
MAX_PROOFS: Final = 8  # of OpenTimestamps: promises first, the same completed later
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a desk may call its witnesses and authorities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampAnswer:
    """One authority's answer. It is NOT verified."""

    authority: str
    response: bytes
    """TimeStampResp, DER, as it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamps:
    """The question about one checkpoint, and the answers so far."""

    request: TimestampRequest
    answers: tuple[StampAnswer, ...] = ()
    proofs: tuple[bytes, ...] = ()
    """OpenTimestamps proofs as they came. They are NOT verified."""

    def encode(self) -> bytes:
        """Return the text as it is kept."""
        lines = [VERSION, f"request {encode_base64(self.request.encode())}"]
        lines += [f"response {a.authority} {encode_base64(a.response)}" for a in self.answers]
        lines += [f"ots {encode_base64(each)}" for each in self.proofs]
        return "".join(f"{line}\n" for line in lines).encode("ascii")

    def with_answer(self, authority: str, response: bytes) -> "Timestamps":
        """Return these with one more answer; unchanged where this authority has answered before."""
        if any(each.authority == authority for each in self.answers):
            return self
        answer = StampAnswer(authority=authority, response=response)
        return replace(self, answers=(*self.answers, answer))

    def with_proof(self, proof: bytes) -> "Timestamps":
        """Return these with one more OpenTimestamps proof; unchanged where it is there already.

        Raises:
            UsageError: as many are kept as may be.
        """
        if proof in self.proofs:
            return self
        if len(self.proofs) == MAX_PROOFS:
            raise UsageError(f"{MAX_PROOFS} OpenTimestamps proofs of this checkpoint are kept")
        return replace(self, proofs=(*self.proofs, proof))


def parse_timestamps(data: bytes) -> Timestamps:
    """Return what is kept.

    Raises:
        Malformed: not what `Timestamps.encode` writes.
    """
    if len(data) > MAX_FILE or not data.isascii() or not data.endswith(b"\n"):
        raise Malformed("kept timestamps are lines of ASCII")
    version, *lines = data[:-1].decode("ascii").split("\n")
    if version != VERSION or not lines or len(lines) > MAX_ANSWERS + MAX_PROOFS + 1:
        raise Malformed(f"kept timestamps begin with {VERSION} and a request")
    kind, _, encoded = lines[0].partition(" ")
    if kind != "request":
        raise Malformed("kept timestamps name the request before the answers")
    request = parse_timestamp_request(decode_base64(encoded))
    split = next((at for at, line in enumerate(lines) if line.startswith("ots ")), len(lines))
    answers = tuple(_parse_answer(line) for line in lines[1:split])
    proofs = tuple(_parse_proof(line) for line in lines[split:])
    if len(answers) > MAX_ANSWERS or len(proofs) > MAX_PROOFS or len({*proofs}) != len(proofs):
        raise Malformed("kept timestamps have too many answers or proofs, or one proof twice")
    if len({each.authority for each in answers}) != len(answers):
        raise Malformed("kept timestamps have one answer for each authority")
    return Timestamps(request=request, answers=answers, proofs=proofs)


def _parse_answer(line: str) -> StampAnswer:
    match line.split(" "):
        case ["response", name, encoded] if NAME.fullmatch(name):
            response = decode_base64(encoded)
        case _:
            raise Malformed("kept timestamps have one answer a line: response, name, base64")
    parse_response(response)
    return StampAnswer(authority=name, response=response)


def _parse_proof(line: str) -> bytes:
    kind, _, encoded = line.partition(" ")
    if kind != "ots":
        raise Malformed("kept timestamps have OpenTimestamps proofs behind all answers")
    proof = decode_base64(encoded)
    parse_ots(proof)
    return proof
