"""Reach the objects of a PDF, within bounds: entries, lists, trees of names, texts.

Rules: the forgiving reader is asked, because a viewer forgives too; a document behind a password is
refused; at most MAX_OBJECTS objects are read, and `cut` says whether there were more; what cannot
be read is counted and taken as absent. Nothing is decoded but the streams that are asked for.
The engine reads hexadecimal strings digit by digit, and the place of a signature has some 60,000:
those of `/Contents`, which hold no action, are left out beyond FEW digits.
Imports the PDF engine: only a worker imports this module.
"""

import io
import re
from collections.abc import Iterator
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.reader import PdfFileReader

from provenance.errors import Malformed
from provenance.signatures.attempt import Fault, attempt

MAX_OBJECTS: Final = 8_000  # numbered objects read; about two seconds of work
MAX_ENTRIES: Final = 20_000  # of one list, or of one tree
MAX_TEXT: Final = 4_000  # characters of one text that are looked at
MAX_STREAM: Final = 1 << 20  # encoded bytes of one stream that is decoded
FEW: Final = 2_000  # hexadecimal digits of `/Contents`; longer ones are signatures
_LONG: Final = re.compile(rb"/Contents\s{0,9}<[0-9A-Fa-f]{%d,}>" % FEW)


class Once:
    """Objects that were met; holds them, so that no other object gets their place in memory."""

    def __init__(self) -> None:
        self._met: dict[int, Any] = {}

    def __len__(self) -> int:
        """Return how many were met."""
        return len(self._met)

    def __contains__(self, one: object) -> bool:
        """Whether an object was met."""
        return id(one) in self._met

    def add(self, one: Any) -> bool:  # noqa: ANN401 - the engine has no types
        """Remember an object; False if it was met before."""
        if id(one) in self._met:
            return False
        self._met[id(one)] = one
        return True


class Objects:
    """The objects of one document, as its newest state has them.

    Raises:
        Malformed: a password is needed to read it.
        Exception: whatever the engine raises on a file that it cannot open.
    """

    def __init__(self, data: bytes) -> None:
        reader = PdfFileReader(io.BytesIO(_LONG.sub(_emptied, data)), strict=False)
        if reader.encrypted and reader.decrypt("").status is AuthStatus.FAILED:
            raise Malformed("a password is needed to read it")
        self._reader = reader  # keeps what was read: an object is the same one whenever asked for
        self._read = set[tuple[int, int]]()
        self.cut = False
        """More objects are in it than were read."""
        self.unreadable = 0
        """Objects that could not be read."""

    @property
    def root(self) -> Any:  # noqa: ANN401 - the engine has no types
        """The catalogue (ISO 32000-2 7.7.2)."""
        return self._reader.root

    def entry(self, holder: Any, key: str) -> Any:  # noqa: ANN401
        """Return the value of a dictionary's entry; None if there is none or it cannot be read."""
        if not isinstance(holder, generic.DictionaryObject) or key not in holder:
            return None
        return self._resolve(lambda: holder.raw_get(key))

    def entries(self, holder: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
        """Walk the entries of a dictionary that can be read; nothing else has any."""
        if not is_dictionary(holder):
            return
        self.cut |= len(holder) > MAX_ENTRIES
        for key in list(holder)[:MAX_ENTRIES]:
            value = self.entry(holder, key)
            if value is not None:
                yield str(key), value

    def items(self, holder: Any) -> Iterator[Any]:  # noqa: ANN401
        """Walk what can be read of an array; nothing else has items."""
        if not isinstance(holder, generic.ArrayObject):
            return
        self.cut |= len(holder) > MAX_ENTRIES
        for index in range(min(len(holder), MAX_ENTRIES)):
            value = self._resolve(lambda index=index: holder.raw_get(index))
            if value is not None:
                yield value

    def nodes(self, top: Any, key: str = "/Kids") -> Iterator[Any]:  # noqa: ANN401
        """Walk a tree from its top, in order, each node once."""
        seen = Once()
        waiting = [top]
        while waiting:
            node = waiting.pop()
            if not isinstance(node, generic.DictionaryObject) or not seen.add(node):
                continue
            if len(seen) > MAX_ENTRIES:
                self.cut = True
                return
            yield node
            waiting += reversed(list(self.items(self.entry(node, key))))

    def leaves(self, top: Any) -> Iterator[Any]:  # noqa: ANN401
        """Walk the values of a name tree (ISO 32000-2 7.9.6)."""
        for node in self.nodes(top):
            yield from list(self.items(self.entry(node, "/Names")))[1::2]

    def text(self, value: Any) -> str:  # noqa: ANN401
        """Return a string, name or text stream as text; anything else is an empty one."""
        if isinstance(value, generic.StreamObject):
            return _decode(self.content(value))
        if isinstance(value, bytes):
            return _decode(value)
        return str(value)[:MAX_TEXT] if isinstance(value, str) else ""

    def content(self, stream: Any) -> bytes:  # noqa: ANN401
        """Return what a stream holds; empty if it is too large, or cannot be decoded."""
        if len(stream.encoded_data) > MAX_STREAM:
            self.cut = True
            return b""
        data = attempt("stream", lambda: stream.data)
        if isinstance(data, Fault):
            self.unreadable += 1
            return b""
        return bytes(data)

    def _resolve(self, take: Any) -> Any:  # noqa: ANN401
        value = attempt("object", take)
        if isinstance(value, generic.IndirectObject):
            number = (value.idnum, value.generation)
            if number not in self._read and len(self._read) >= MAX_OBJECTS:
                self.cut = True
                return None
            self._read.add(number)
            value = attempt("object", value.get_object)
        if isinstance(value, Fault):
            self.unreadable += 1
            return None
        return None if isinstance(value, generic.NullObject) else value


def _emptied(match: re.Match[bytes]) -> bytes:
    """Leave the string out; a comment takes its place, so that nothing moves."""
    return b"/Contents<>%".ljust(len(match[0]) - 1, b"0") + b"\n"


def _decode(data: bytes) -> str:
    """Read a text string or text stream (ISO 32000-2 7.9.2.2), without any strictness."""
    part = data[: MAX_TEXT * 2]
    if part.startswith((b"\xfe\xff", b"\xff\xfe")):
        return part.decode("utf-16", "replace")[:MAX_TEXT]
    try:
        return data[:MAX_TEXT].decode("utf-8-sig")
    except UnicodeDecodeError:
        return data[:MAX_TEXT].decode("latin-1")


def is_dictionary(value: Any) -> bool:  # noqa: ANN401
    """Whether a value is a dictionary, that of a stream included."""
    return isinstance(value, generic.DictionaryObject)


def is_list(value: Any) -> bool:  # noqa: ANN401
    """Whether a value is an array."""
    return isinstance(value, generic.ArrayObject)


def is_stream(value: Any) -> bool:  # noqa: ANN401
    """Whether a value is a stream."""
    return isinstance(value, generic.StreamObject)
