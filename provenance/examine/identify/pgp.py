"""OpenPGP told from its first packet (RFC 9580 sections 4.2 and 5): kind, length, version."""

from typing import Final

_VERSIONS: Final = {b"\x03", b"\x04", b"\x05", b"\x06"}  # of signatures and keys
_ALGORITHMS: Final = frozenset((1, 2, 3, 16, 17, 18, 19, 20, 21, 22, 25, 26, 27, 28))  # of keys


def identify_pgp(head: bytes) -> str | None:
    """Return the media type of binary OpenPGP data; None when it is none."""
    tag, body = _packet(head)
    if tag == 2 and body[:1] in _VERSIONS and body[1:2] in {b"\x00", b"\x01", b"\x05"}:
        return "application/pgp-signature"
    if tag in {5, 6} and _is_key(body):
        return "application/pgp-keys"
    return "application/pgp-encrypted" if _is_message(tag, body) else None


def _is_message(tag: int, body: bytes) -> bool:
    """Encrypted, signed inside or compressed: the kinds of packet that a message may begin with."""
    first, second = body[:1], body[1:2]
    return (
        (tag in {1, 3} and first in {b"\x03", b"\x04", b"\x06"})
        or (tag == 4 and first in {b"\x03", b"\x06"} and second in {b"\x00", b"\x01"})
        or (tag == 8 and (body[:2] == b"\x02\x78" or body[:4] == b"\x03BZh" or _deflates(body)))
        or (tag == 10 and body[:3] == b"PGP")
        or (tag in {18, 20} and first in {b"\x01", b"\x02"})
    )


def _is_key(body: bytes) -> bool:
    """Version and algorithm exist (RFC 9580 section 5.5.2); old keys have two octets more."""
    at = 7 if body[:1] == b"\x03" else 5
    return body[:1] in _VERSIONS and len(body) > at and body[at] in _ALGORITHMS


def refine_armour(media_type: str, head: bytes) -> str:
    """Tell apart what text armour of one beginning may hold."""
    if media_type == "application/x-signify" and b"\ntrusted comment:" in head[:2048]:
        return "application/x-minisign"
    if media_type == "application/pgp-encrypted":
        if head.startswith((b"-----BEGIN PGP SIGNATURE", b"-----BEGIN PGP SIGNED")):
            return "application/pgp-signature"
        if head.startswith((b"-----BEGIN PGP PUBLIC", b"-----BEGIN PGP PRIVATE")):
            return "application/pgp-keys"
    return media_type


def _packet(head: bytes) -> tuple[int, bytes]:
    """Return the kind of a first packet and the beginning of its body; (0, b"") for none."""
    first = head[0]
    if first >= 0xC0 and len(head) > 2:
        length = head[1]
        size = 1 if length < 192 or 224 <= length < 255 else (5 if length == 255 else 2)
        return first & 0x3F, head[1 + size :]
    if 0x80 <= first < 0xC0:
        return (first >> 2) & 0x0F, head[1 + (1, 2, 4, 0)[first & 3] :]
    return 0, b""


def _deflates(body: bytes) -> bool:
    """ZIP-compressed in GnuPG's way: a first block that is not of the forbidden fourth kind."""
    return body[:1] == b"\x01" and len(body) > 1 and (body[1] >> 1) & 3 in {1, 2}
