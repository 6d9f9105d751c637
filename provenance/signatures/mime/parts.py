"""The tree of MIME parts of a mail, as stretches of its own bytes (RFC 2045, 2046, 8551).

A part is known by its path: the mail is `0`, its parts are `0.1`, `0.2`, theirs `0.1.1`. Rules:
  1. a delimiter is a line of two hyphens, the boundary, and padding; the line break before it is
     its own (RFC 2046 5.1.1). A line that only begins like one, or begins after a carriage return
     alone, is read as a delimiter by some programs: a fault;
  2. an outer boundary ends the inner parts, because outer parts are cut out first;
  3. a part of a mail's type holds a mail, its only child;
  4. a multipart without its closing delimiter, without a boundary, or in a transfer encoding that
     RFC 2045 6.4 forbids is a fault.
Nothing is decoded and nothing is written anew: the stretch IS what was signed. Total; parts that
are too many or too deep are left unopened, with a fault.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from provenance.signatures.mime.fields import Block, Valued, read_fields, read_valued

MAX_DEPTH: Final = 32  # multiparts within multiparts; real mail has up to 6
MAX_PARTS: Final = 2000  # parts of one mail; real mail has up to some 100

MAIL_TYPES: Final = frozenset({"message/rfc822", "message/global"})  # RFC 2046 5.2.1, RFC 6532

_INK: Final = re.compile(rb"[^ \t\r\n\f\v]")
_DEFAULT: Final = "text/plain"  # RFC 2045 section 5.2
_AS_IT_IS: Final = frozenset({"", "7bit", "8bit", "binary"})
_PADDING: Final = re.compile(rb"[ \t]*\r?(?:\n|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part, its bytes and what it says about itself."""

    path: str
    data: bytes
    """The buffer that the offsets are of: the mail, or content that came out of a signature."""
    start: int
    end: int
    """After the last byte; the line break before the next delimiter is not part of it."""
    block: Block
    kind: Valued
    """Content-Type; the default where there is none."""
    disposition: Valued
    encoding: str
    """Content-Transfer-Encoding, lower case."""
    children: tuple["Part", ...] = ()
    outside: tuple[bytes, ...] = ()
    """Text before the first and after the last delimiter that is not blank."""
    faults: tuple[str, ...] = ()
    """What two mail programs would read differently, here and not below."""

    @property
    def raw(self) -> bytes:
        """Header fields and body, as they came."""
        return self.data[self.start : self.end]

    @property
    def body(self) -> bytes:
        """The body as it came."""
        return self.data[self.block.body : self.end]

    @property
    def holds_mail(self) -> bool:
        """Whether it says it holds a mail of its own."""
        return self.kind.word in MAIL_TYPES

    @property
    def blank(self) -> bool:
        """Whether its body shows nothing at all."""
        return _INK.search(self.data, self.block.body, self.end) is None

    @property
    def attached(self) -> bool:
        """Whether it is shown as an attachment, not in the text."""
        return self.disposition.word == "attachment"

    @property
    def file_name(self) -> str:
        """The name it gives itself; not tamed."""
        return self.disposition.parameters.get("filename") or self.kind.parameters.get("name", "")

    def walk(self) -> Iterator["Part"]:
        """Yield this part and all below, in the order of their bytes."""
        yield self
        for one in self.children:
            yield from one.walk()


def parse_parts(data: bytes, *, path: str = "0") -> Part:
    """Return the tree of a mail, or of an entity that a signature held; total."""
    return _Reader(data).entity(0, len(data), path, 0)


def decode_body(part: Part) -> bytes | None:
    """Return the body with its transfer encoding off; None if that cannot be done exactly."""
    if part.encoding in _AS_IT_IS:
        return part.body
    if part.encoding == "quoted-printable":
        return binascii.a2b_qp(part.body)
    if part.encoding == "base64":
        try:
            return base64.b64decode(b"".join(part.body.split()), validate=True)
        except binascii.Error:
            return None
    return None


def canonical(data: bytes) -> bytes:
    """Return bytes with every line ended by CR LF, the form that is signed (RFC 8551 3.1.1)."""
    return re.sub(rb"(?<!\r)\n", b"\r\n", data)


class _Reader:
    """Cuts one buffer into parts."""

    __slots__ = ("_count", "_data")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._count = 0

    def entity(self, start: int, end: int, path: str, depth: int, default: str = _DEFAULT) -> Part:
        """Read one part."""
        self._count += 1
        block = read_fields(self._data, start, end)
        kind = read_valued(block.first("content-type"), media=True)
        if block.first("content-type") is None:
            kind = Valued(word=default, parameters={})
        disposition = read_valued(block.first("content-disposition"), media=False)
        encoding = (block.first("content-transfer-encoding") or "").lower()
        faults = [*block.faults, *kind.faults]
        children: tuple[Part, ...] = ()
        outside: tuple[bytes, ...] = ()
        if kind.word.startswith("multipart/") or kind.word in MAIL_TYPES:
            if encoding not in _AS_IT_IS:
                faults.append("multipart-encoded")
            elif depth >= MAX_DEPTH or self._count >= MAX_PARTS:
                faults.append("too-many-parts")
            elif kind.word in MAIL_TYPES:
                children = (self.entity(block.body, end, f"{path}.1", depth + 1),)
            else:
                children, outside, more = self._parts(block.body, end, kind, path, depth)
                faults += more
        return Part(
            path=path,
            data=self._data,
            start=start,
            end=end,
            block=block,
            kind=kind,
            disposition=disposition,
            encoding=encoding,
            children=children,
            outside=outside,
            faults=tuple(dict.fromkeys(faults)),
        )

    def _parts(
        self, start: int, end: int, kind: Valued, path: str, depth: int
    ) -> tuple[tuple[Part, ...], tuple[bytes, ...], list[str]]:
        """Cut the body of a multipart at its delimiters."""
        boundary = kind.parameters.get("boundary", "")
        if not boundary or len(boundary) > 70:  # RFC 2046 section 5.1.1
            return (), (), ["boundary-unusable"]
        lines, faults = self._delimiters(boundary.encode("latin-1", "replace"), start, end)
        if not lines:
            return (), (), [*faults, "boundary-not-found"]
        default = "message/rfc822" if kind.word == "multipart/digest" else _DEFAULT
        children: list[Part] = []
        for number, (_, after, closing) in enumerate(lines):
            if closing:
                break
            stop = lines[number + 1][0] if number + 1 < len(lines) else end
            if self._count >= MAX_PARTS:
                faults.append("too-many-parts")
                break
            name = f"{path}.{len(children) + 1}"
            children.append(self.entity(after, max(after, stop), name, depth + 1, default))
        last = next((one for one in lines if one[2]), None)
        if last is None:
            faults.append("boundary-not-closed")
        elif last is not lines[-1]:
            faults.append("boundary-after-closing")
        stretches = (self._data[start : lines[0][0]], self._data[last[1] : end] if last else b"")
        return tuple(children), tuple(one for one in stretches if one.strip()), faults

    def _delimiters(
        self, boundary: bytes, start: int, end: int
    ) -> tuple[list[tuple[int, int, bool]], list[str]]:
        """Return (start with its line break, end, closing) of each delimiter line."""
        data = self._data
        found: list[tuple[int, int, bool]] = []
        faults: list[str] = []
        for match in re.compile(rb"--" + re.escape(boundary)).finditer(data, start, end):
            begin, after = match.span()
            if begin > start and data[begin - 1 : begin] not in {b"\n", b"\r"}:
                continue
            closing = data[after : after + 2] == b"--"
            rest = _PADDING.match(data, after + 2 if closing else after, end)
            if rest is None or (begin > start and data[begin - 1 : begin] == b"\r"):
                faults.append("boundary-lookalike")
                continue
            if len(found) > MAX_PARTS:
                faults.append("too-many-parts")
                break
            found.append((self._line_break(begin, start), rest.end(), closing))
        return found, faults

    def _line_break(self, at: int, start: int) -> int:
        """Return where the line break before an offset begins."""
        if at > start and self._data[at - 1 : at] == b"\n":
            at -= 1
            if at > start and self._data[at - 1 : at] == b"\r":
                at -= 1
        return at
