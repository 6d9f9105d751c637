"""Base64 with exactly one text for each byte string.

Two alphabets: RFC 4648 section 5 without padding (entries, disclosures) and section 4 with padding
(notes, proofs). Decoding refuses foreign characters, missing or surplus padding, line breaks and
stray trailing bits (section 3.5): a second spelling of the same bytes would be a second file for
the same fact. Never guesses, never strips.
"""

from binascii import a2b_base64, b2a_base64
from typing import Final

from provenance.errors import Malformed

_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_FROM_URL: Final = bytes.maketrans(b"-_", b"+/")


def encode_base64url(data: bytes) -> str:
    """Return the unpadded URL-safe text of `data`."""
    return b2a_base64(data, newline=False).translate(_TO_URL, b"=").decode("ascii")


def decode_base64url(text: str, *, length: int | None = None) -> bytes:
    """Return the bytes of an unpadded URL-safe text.

    Args:
        text: The text.
        length: Number of bytes it must hold, if that is fixed.

    Raises:
        Malformed: not the one text that `encode_base64url` writes, or of another length.
    """
    try:
        data = a2b_base64(text.encode("ascii").translate(_FROM_URL) + b"==")
    except ValueError as error:
        raise Malformed("not base64url") from error
    # The lenient decoder drops what it does not know; only the round trip proves the spelling.
    if encode_base64url(data) != text:
        raise Malformed("not the canonical base64url of its bytes")
    return _of_length(data, length)


def encode_base64(data: bytes) -> str:
    """Return the padded standard text of `data`."""
    return b2a_base64(data, newline=False).decode("ascii")


def decode_base64(text: str, *, length: int | None = None) -> bytes:
    """Return the bytes of a padded standard text.

    Args:
        text: The text.
        length: Number of bytes it must hold, if that is fixed.

    Raises:
        Malformed: not the one text that `encode_base64` writes, or of another length.
    """
    try:
        data = a2b_base64(text)
    except ValueError as error:
        raise Malformed("not base64") from error
    if encode_base64(data) != text:
        raise Malformed("not the canonical base64 of its bytes")
    return _of_length(data, length)


def _of_length(data: bytes, length: int | None) -> bytes:
    if length is not None and len(data) != length:
        raise Malformed(f"base64 of {len(data)} bytes where {length} are due")
    return data
