"""Signed notes: c2sp.org/signed-note v1, with Ed25519 (0x01) and cosignature/v1 (0x04) keys.

A note is a text, an empty line, and signature lines `— <name> <base64(key id || signature)>`.
Rules for opening one with a set of known keys:
  1. the bytes follow the grammar: UTF-8, no control characters, at least one signature line;
  2. lines of unknown keys are passed over (both name and key id must match to be known);
  3. EVERY line of a known key must verify, else the note is refused;
  4. at least one must be there.
A cosignature signs the time and the text together: it can never pass for a log's own signature,
nor the other way round. Says nothing about what the text means.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from provenance.errors import CheckFailed, Malformed, UsageError
from provenance.ledger.base64text import decode_base64, encode_base64
from provenance.ledger.keys import EDDSA, PublicKey, Signer, ed25519_key

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
MAX_NOTE: Final = 1_000_000  # bytes, as Go's reader has it
MAX_SIGNATURES: Final = 100  # lines; the specification asks for at least 16
MAX_TIME: Final = (1 << 63) - 1  # seconds since 1970: tlog-cosignature, Format

_DASH: Final = "— "
_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f]")
_VKEY: Final = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteKey:
    """A named public key that signs notes."""

    name: str
    kind: int
    """ED25519 or COSIGNATURE."""
    key: PublicKey

    @property
    def key_id(self) -> bytes:
        """Four bytes that, with the name, tell which key made a line."""
        return sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.key.raw).digest()[:4]

    def vkey(self) -> str:
        """Return the key as text: `<name>+<key id>+<base64(kind || key)>`."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.kind]) + self.key.raw)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """One signature line. It is NOT verified."""

    name: str
    key_id: bytes
    """4 bytes."""
    signature: bytes
    """Ed25519: 64 bytes. Cosignature: 8 bytes of time, then 64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A well-formed note. Its signatures are NOT verified."""

    text: str
    """Ends in a newline."""
    signatures: tuple[NoteSignature, ...]

    def encode(self) -> bytes:
        """Return the note's bytes."""
        lines = "".join(
            f"{_DASH}{each.name} {encode_base64(each.key_id + each.signature)}\n"
            for each in self.signatures
        )
        return f"{self.text}\n{lines}".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A signature line that a known key has made."""

    key: NoteKey
    time: int | None
    """Cosignatures: seconds since 1970 UTC that the cosigner states. None for other kinds."""


def note_key(name: str, kind: int, key: PublicKey) -> NoteKey:
    """Return a named key.

    Raises:
        Malformed: the name is empty or has spaces or a plus sign, or the key is not Ed25519.
    """
    if not name or "+" in name or any(c.isspace() or c < " " for c in name):
        raise Malformed("a key name is not empty and has neither spaces nor a plus sign")
    if kind not in {ED25519, COSIGNATURE} or key.alg != EDDSA:
        raise Malformed("notes are signed with Ed25519, as kind 1 or as cosignature (kind 4)")
    return NoteKey(name=name, kind=kind, key=key)


def parse_vkey(text: str) -> NoteKey:
    """Return the key that a text names.

    Raises:
        Malformed: not of the form, an unknown kind, or a key id that is not this key's.
    """
    match = _VKEY.fullmatch(text)
    if match is None:
        raise Malformed("not a note key: <name>+<key id>+<base64>")
    material = decode_base64(match[3])
    key = note_key(match[1], material[0], ed25519_key(material[1:]))
    if key.key_id.hex() != match[2]:
        raise Malformed("a note key whose id is not the hash of its name and key")
    return key


def sign_text(text: str, name: str, signer: Signer) -> NoteSignature:
    """Return an Ed25519 (0x01) signature line over a note's text."""
    _require_text(text)
    key = note_key(name, ED25519, signer.public_key)
    return NoteSignature(name=name, key_id=key.key_id, signature=signer.sign(text.encode()))


def cosign_text(text: str, name: str, signer: Signer, time: int) -> NoteSignature:
    """Return a cosignature (0x04) line that states `time`, seconds since 1970 UTC.

    Raises:
        UsageError: the time does not fit the format.
    """
    _require_text(text)
    if not 0 <= time <= MAX_TIME:
        raise UsageError("a cosignature's time lies between 0 and 2^63 - 1")
    key = note_key(name, COSIGNATURE, signer.public_key)
    signature = time.to_bytes(8) + signer.sign(_cosigned(text, time))
    return NoteSignature(name=name, key_id=key.key_id, signature=signature)


def parse_note(data: bytes) -> Note:
    """Return what a note says, unverified.

    Raises:
        Malformed: the bytes are not a signed note.
    """
    if len(data) > MAX_NOTE:
        raise Malformed(f"a note of more than {MAX_NOTE} bytes")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("a note is UTF-8") from error
    # The text may itself hold empty lines: the LAST one parts it from the signatures.
    text, gap, tail = whole.rpartition("\n\n")
    if not gap or not tail.endswith("\n") or _CONTROL.search(whole):
        raise Malformed("a note is a text, an empty line and signature lines")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise Malformed(f"a note with more than {MAX_SIGNATURES} signatures")
    return Note(text=text + "\n", signatures=tuple(_parse_line(line) for line in lines))


def open_note(data: bytes, keys: Iterable[NoteKey]) -> tuple[Note, tuple[Verified, ...]]:
    """Return a note and those of its signatures that known keys made, in their order.

    Raises:
        Malformed: the bytes are not a signed note.
        CheckFailed: a known key's signature is wrong, or no known key has signed.
    """
    note = parse_note(data)
    known = {(key.name, key.key_id): key for key in keys}
    pairs = [(known.get((each.name, each.key_id)), each) for each in note.signatures]
    verified = tuple(_verify(note.text, key, each) for key, each in pairs if key is not None)
    if not verified:
        raise CheckFailed("no key that we know has signed this note")
    return note, verified


def _verify(text: str, key: NoteKey, line: NoteSignature) -> Verified:
    time, message, signature = None, text.encode(), line.signature
    if key.kind == COSIGNATURE:
        time, signature = int.from_bytes(signature[:8]), signature[8:]
        message = _cosigned(text, time)
    if (time or 0) > MAX_TIME or not key.key.verify(signature, message):
        raise CheckFailed(f"the signature of {key.name} on this note is wrong")
    return Verified(key=key, time=time)


def _cosigned(text: str, time: int) -> bytes:
    # tlog-cosignature, Ed25519 signed message: the header line keeps it apart from a note's text.
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _parse_line(line: str) -> NoteSignature:
    dash, name, encoded = line[:2], *line[2:].partition(" ")[::2]
    if dash != _DASH or not name or "+" in name or any(c.isspace() for c in name):
        raise Malformed("a signature line is a dash, a key name and base64")
    blob = decode_base64(encoded)
    if len(blob) < 5:
        raise Malformed("a signature line without a signature")
    return NoteSignature(name=name, key_id=blob[:4], signature=blob[4:])


def _require_text(text: str) -> None:
    if not text.endswith("\n") or _CONTROL.search(text):
        raise UsageError("a note's text ends in a newline and has no control characters")
