"""Read a transferable public key (RFC 9580 section 10.1) without checking its signatures.

Keys of version 4 and 6 are read. Refused: secret keys (a pin must never hold one), a first packet
that is no public key, packets that cannot stand in a certificate, more than MAX_KEYS subkeys.
What is unknown inside (other key versions, user attributes, odd signatures) is left out and not
an error: certificates come from key servers that anybody may add to.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from provenance.errors import Malformed
from provenance.signatures.openpgp import packets
from provenance.signatures.openpgp.packets import Packet, split_packets
from provenance.signatures.openpgp.signature import (
    ALGORITHMS,
    SignaturePacket,
    read_signature,
)

MAX_KEYS: Final = 64  # subkeys of one certificate; people have a handful
MAX_CERTIFICATES: Final = 32  # in one block
CURVES: Final = {
    # RFC 9580 section 9.2; object identifiers without tag and length
    bytes.fromhex("2a8648ce3d030107"): ("nistp256", 256),
    bytes.fromhex("2b81040022"): ("nistp384", 384),
    bytes.fromhex("2b81040023"): ("nistp521", 521),
    bytes.fromhex("2b2403030208010107"): ("brainpoolP256r1", 256),
    bytes.fromhex("2b240303020801010b"): ("brainpoolP384r1", 384),
    bytes.fromhex("2b240303020801010d"): ("brainpoolP512r1", 512),
    bytes.fromhex("2b8104000a"): ("secp256k1", 256),
    bytes.fromhex("2b06010401da470f01"): ("ed25519", 256),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPacket:
    """One public key or subkey."""

    version: int
    created: datetime
    algorithm: int
    body: bytes
    """The whole packet body; what fingerprints and bindings are computed over."""
    material: bytes
    """Behind algorithm (and, in version 6, length): numbers or points."""
    signatures: tuple[SignaturePacket, ...] = ()
    """Those that stand behind it; not checked."""

    @property
    def framed(self) -> bytes:
        """What a digest over this key begins with (RFC 9580 section 5.2.4)."""
        if self.version == 6:
            return b"\x9b" + len(self.body).to_bytes(4) + self.body
        return b"\x99" + len(self.body).to_bytes(2) + self.body

    @property
    def fingerprint(self) -> str:
        """Upper-case hexadecimal: SHA-1 for version 4, SHA-256 for version 6."""
        digest = hashlib.sha256 if self.version == 6 else hashlib.sha1
        return digest(self.framed).hexdigest().upper()

    @property
    def key_id(self) -> str:
        """Eight octets of the fingerprint, upper-case hexadecimal."""
        whole = self.fingerprint
        return whole[:16] if self.version == 6 else whole[-16:]

    @property
    def algorithm_name(self) -> str:
        """Name of the algorithm, `algorithm-N` if it has none."""
        return ALGORITHMS.get(self.algorithm, f"algorithm-{self.algorithm}")

    @property
    def curve(self) -> str | None:
        """Name of the curve, where there is one that is known."""
        if self.algorithm not in {18, 19, 22} or not self.material:
            return None
        return CURVES.get(self.material[1 : 1 + self.material[0]], (None, 0))[0]

    @property
    def bits(self) -> int | None:
        """Size of an RSA or DSA modulus or of a curve; None = fixed by the algorithm."""
        if self.algorithm in {1, 2, 3, 17}:
            return int.from_bytes(self.material[:2])
        name = self.curve
        return next((size for known, size in CURVES.values() if known == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserId:
    """A name that the certificate carries."""

    data: bytes
    signatures: tuple[SignaturePacket, ...] = ()

    @property
    def text(self) -> str:
        """The name as text, not yet safe to show."""
        return self.data.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate as it is written; nothing of it is checked."""

    primary: KeyPacket
    subkeys: tuple[KeyPacket, ...]
    user_ids: tuple[UserId, ...]
    data: bytes
    """Its packets, canonically framed."""

    @property
    def keys(self) -> tuple[KeyPacket, ...]:
        """The primary key, then the subkeys."""
        return (self.primary, *self.subkeys)


@dataclass(slots=True)
class _Building:
    """What the packets read so far make up."""

    keys: list[KeyPacket] = field(default_factory=list)
    users: list[UserId] = field(default_factory=list)
    below: list[SignaturePacket] = field(default_factory=list)
    target: str = ""


def read_certificates(data: bytes) -> tuple[Certificate, ...]:
    """Return the certificates of a block, one after the other.

    Raises:
        Malformed: see the module, or more than MAX_CERTIFICATES.
    """
    groups: list[list[Packet]] = []
    for packet in split_packets(data):
        if packet.tag == packets.PUBLIC_KEY:
            groups.append([])
        if not groups or packet.tag in {packets.SECRET_KEY, packets.SECRET_SUBKEY}:
            raise Malformed("no OpenPGP certificate: it begins otherwise, or holds a secret key")
        groups[-1].append(packet)
    if not groups or len(groups) > MAX_CERTIFICATES:
        raise Malformed(f"no OpenPGP certificate, or more than {MAX_CERTIFICATES}")
    return tuple(map(_build, groups))


def read_certificate(data: bytes) -> Certificate:
    """Return the one certificate that this is.

    Raises:
        Malformed: it is none, or several.
    """
    found = read_certificates(data)
    if len(found) != 1:
        raise Malformed("several OpenPGP certificates where one was expected")
    return found[0]


def _build(group: list[Packet]) -> Certificate:
    state = _Building()
    for packet in group:
        if packet.tag == packets.SIGNATURE:
            _gather(state, packet)
        else:
            _close(state)
            _start(state, packet)
    _close(state)
    if not state.keys or len(state.keys) > MAX_KEYS + 1:
        raise Malformed(f"a certificate without a key that is read, or with over {MAX_KEYS}")
    primary, *subkeys = state.keys
    return Certificate(
        primary=primary,
        subkeys=tuple(subkeys),
        user_ids=tuple(state.users),
        data=b"".join(packet.framed() for packet in group),
    )


def _gather(state: _Building, packet: Packet) -> None:
    try:
        state.below.append(read_signature(packet))
    except Malformed:  # anybody may hang a broken signature onto a certificate; it vouches for none
        return


def _start(state: _Building, packet: Packet) -> None:
    state.target = ""
    if packet.tag == packets.PUBLIC_KEY:
        state.keys.append(read_key(packet))
        state.target = "key"
    elif packet.tag == packets.PUBLIC_SUBKEY:
        try:
            state.keys.append(read_key(packet))
        except Malformed:  # a subkey of another version cannot be what signed: it is left out
            return
        state.target = "key"
    elif packet.tag == packets.USER_ID:
        state.users.append(UserId(data=packet.body))
        state.target = "user"


def _close(state: _Building) -> None:
    """Hang the signatures read so far onto what they stand behind."""
    below, state.below = tuple(state.below), []
    if state.target == "key":
        state.keys[-1] = replace(state.keys[-1], signatures=below)
    elif state.target == "user":
        state.users[-1] = replace(state.users[-1], signatures=below)


def read_key(packet: Packet) -> KeyPacket:
    """Return what a public key packet says (RFC 9580 section 5.5.2).

    Raises:
        Malformed: another version, or it ends early.
    """
    body = packet.body
    if len(body) < 7 or body[0] not in {4, 6}:
        raise Malformed("a public key of a version that is not read here")
    material = body[10:] if body[0] == 6 else body[6:]
    return KeyPacket(
        version=body[0],
        created=datetime.fromtimestamp(int.from_bytes(body[1:5]), UTC),
        algorithm=body[5],
        body=body,
        material=material,
    )
