"""Read a signed message (RFC 9580 section 10.3), or the packets of a lone signature file.

A signed message is: one-pass packets, literal data, signatures; or signatures, then literal data,
as programs of the last century wrote it. Compressed messages are opened. One-pass packets are
hints for a reader in a hurry: what is signed, and how, is read from the signature alone. A
signature that contradicts every one of them is told, and so is one that they announce and that is
not there. Refused as malformed: anything else, and anything behind the message. A signature over
other signatures ("notarised", section 5.4) is told apart and not checked. Encrypted data is told
and not touched.
"""

from dataclasses import dataclass
from typing import Final

from provenance.errors import Malformed
from provenance.signatures.openpgp import packets
from provenance.signatures.openpgp.armor import BEGIN, read_armor
from provenance.signatures.openpgp.armor import SIGNATURE as SIGNATURE_ARMOR
from provenance.signatures.openpgp.packets import (
    Literal,
    Packet,
    open_message,
    read_literal,
    split_packets,
)

_IGNORED: Final = frozenset({packets.MARKER, packets.PADDING})  # RFC 9580 sections 5.8 and 5.14


@dataclass(frozen=True, slots=True, kw_only=True)
class Encrypted:
    """The content cannot be seen without a secret key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMessage:
    """A message and who signed it."""

    literal: Literal
    signatures: tuple[Packet, ...]
    notarised: int
    """How many of the last signatures are over other signatures."""
    missing: int
    """Signatures that are announced and not there."""
    announced: frozenset[bytes]
    """Type, digest and key algorithm of each announced signature; empty = none is announced."""

    @property
    def unsigned(self) -> tuple[str, ...]:
        """What the message says beside its content, which nobody signs."""
        said = []
        if self.literal.named:
            said.append("the file name that the message states")
        if self.literal.dated:
            said.append("the file date that the message states")
        return tuple(said)


def read_message(data: bytes) -> SignedMessage | Encrypted | tuple[Packet, ...]:
    """Return the signed message, or the packets of lone signatures.

    Raises:
        Malformed: see the module.
    """
    found = tuple(one for one in open_message(data) if one.tag not in _IGNORED)
    tags = [packet.tag for packet in found]
    if any(tag in packets.ENCRYPTED for tag in tags):
        return Encrypted()
    if tags and set(tags) == {packets.SIGNATURE}:
        return found
    if tags.count(packets.LITERAL) != 1:
        raise Malformed("OpenPGP packets that are no signed message")
    at = tags.index(packets.LITERAL)
    return _signed(read_literal(found[at]), found[:at], found[at + 1 :])


def is_bare_signature(data: bytes) -> bool:
    """Tell whether a file is lone signatures and nothing else: armored in one block, or binary.

    Stricter than `read_message`: a packet that readers pass over may hold a text, and so may
    whatever stands around the armor.
    """
    try:
        return {packet.tag for packet in split_packets(_unarmored(data))} == {packets.SIGNATURE}
    except Malformed:
        return False


def _unarmored(data: bytes) -> bytes:
    text = data.strip()
    begin = BEGIN.match(text)
    if begin is None:
        return data
    block = read_armor(text, begin)
    if block.kind != SIGNATURE_ARMOR or block.end != len(text):
        raise Malformed("something else than one block of a signature")
    return block.data


def _signed(
    literal: Literal, before: tuple[Packet, ...], behind: tuple[Packet, ...]
) -> SignedMessage:
    if any(packet.tag != packets.SIGNATURE for packet in behind):
        raise Malformed("a message with something else behind its signatures")
    if before and not behind and {packet.tag for packet in before} == {packets.SIGNATURE}:
        return SignedMessage(
            literal=literal, signatures=before, notarised=0, missing=0, announced=frozenset()
        )
    if any(packet.tag != packets.ONE_PASS for packet in before):
        raise Malformed("OpenPGP packets that are no signed message")
    # Section 5.4: a flag other than zero says that the next packet is what is signed.
    outer = [n for n, one in enumerate(before[:-1], 1) if one.body[-1:] != b"\0"]
    return SignedMessage(
        literal=literal,
        signatures=behind,
        notarised=min(max(outer, default=0), len(behind)),
        missing=max(len(before) - len(behind), 0),
        announced=frozenset(one.body[1:4] for one in before),
    )
