"""SSH's own wire format (RFC 4251 section 5): strings, numbers and big integers, read strictly.

Reading refuses: data that ends early, data that is left over, a length beyond the limit, a big
integer that is negative or not in its shortest form. Every value has one spelling, so what is read
writes back to the same bytes.
"""

from typing import Final

from provenance.errors import Malformed

MAX_STRING: Final = 262_144  # bytes; OpenSSH's own limit for one message of an agent


class SshReader:
    """Takes values off a byte string, in order."""

    def __init__(self, data: bytes, *, what: str) -> None:
        self._data = data
        self._at = 0
        self._what = what

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes.

        Raises:
            Malformed: the data ends before that.
        """
        if size > len(self._data) - self._at:
            raise Malformed(f"{self._what} ends early")
        self._at += size
        return self._data[self._at - size : self._at]

    def byte(self) -> int:
        """Return the next byte. Raises Malformed."""
        return self.take(1)[0]

    def uint32(self) -> int:
        """Return the next four bytes as a number. Raises Malformed."""
        return int.from_bytes(self.take(4))

    def string(self) -> bytes:
        """Return the next string.

        Raises:
            Malformed: it claims to be longer than what there is, or than MAX_STRING.
        """
        size = self.uint32()
        if size > MAX_STRING:
            raise Malformed(f"{self._what} claims a string of {size} bytes")
        return self.take(size)

    def positive(self) -> int:
        """Return the next big integer (`mpint`), which must be above zero.

        Raises:
            Malformed: zero, negative, or with a leading byte that it does not need.
        """
        data = self.string()
        value = int.from_bytes(data)
        if value == 0 or data != _mpint(value):
            raise Malformed(f"{self._what} holds a number in a second spelling")
        return value

    def end(self) -> None:
        """Return if nothing is left.

        Raises:
            Malformed: something is.
        """
        if self._at != len(self._data):
            raise Malformed(f"{self._what} has {len(self._data) - self._at} bytes too many")


def ssh_string(data: bytes) -> bytes:
    """Return a string: its length in four bytes, then the bytes."""
    return len(data).to_bytes(4) + data


def ssh_positive(value: int) -> bytes:
    """Return a number above zero as a big integer in its shortest form."""
    return ssh_string(_mpint(value))


def _mpint(value: int) -> bytes:
    # One bit more than the number has: a leading one bit would make it negative.
    return value.to_bytes(value.bit_length() // 8 + 1)
