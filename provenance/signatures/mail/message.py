"""Split a message into header fields and body, as a signature sees them (RFC 5322 section 2).

Rules, in order: a byte order mark and a mailbox's `From ` line before the first field are left out;
line ends become CRLF, as on the wire (leaked mail mostly has LF), and the change is recorded; the
first empty line ends the header; a line that begins with white space continues its field; a line
that is no field is counted as a stray, because programs disagree on what it is. Nothing is decoded
and no field is dropped or merged. Total on any bytes; linear in their number.
"""

import re
from dataclasses import dataclass
from typing import Final

MAX_HEADER: Final = 1 << 20  # bytes of one header block; real ones stay below 64 KiB
MAX_FIELDS: Final = 3000  # fields of one header block; long-travelled mail has about 150

_FIELD: Final = re.compile(rb"([!-9;-~]{1,200}[ \t]{0,20}):")  # RFC 5322 2.2 and 4.5 (obsolete)
_LINE_END: Final = re.compile(rb"\r?\n")
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One header field."""

    name: bytes
    """As written, white space before the colon included."""
    value: bytes
    """Everything behind the colon, line ends included, the last one too."""

    @property
    def key(self) -> str:
        """The name in lower case, for comparison."""
        return self.name.decode("ascii").strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message with CRLF line ends."""

    fields: tuple[Field, ...]
    """Top to bottom."""
    body: bytes
    strays: int
    """Lines of the header that belong to no field."""
    bare_returns: bool
    """The header holds a carriage return without line feed: some programs end a line there."""
    mode: str
    """`strict` when the file has CRLF line ends throughout, else `lax`."""
    notes: tuple[str, ...] = ()
    """What had to be forgiven, in plain words."""

    def named(self, key: str) -> tuple[Field, ...]:
        """Return all fields of a name (lower case), top to bottom."""
        return tuple(field for field in self.fields if field.key == key)


def split_message(data: bytes) -> Message | str:
    """Split a message, or say why it is not done."""
    notes: list[str] = []
    data = data.removeprefix(_BOM)
    if data.startswith(b"From "):
        data = data[(data.find(b"\n") + 1) or len(data) :]
        notes.append("the mailbox line before the message was left out")
    single = data.count(b"\n") - data.count(b"\r\n")
    if single:
        both = "partly " if single < data.count(b"\n") else ""
        notes.append(f"the lines {both}end in LF and were read as CRLF, as mail travels")
        data = _LINE_END.sub(b"\r\n", data)
    header, body = _halves(data)
    if len(header) > MAX_HEADER:
        return f"the header has more than {MAX_HEADER} bytes"
    fields, strays = _fields(header)
    if len(fields) > MAX_FIELDS:
        return f"the header has more than {MAX_FIELDS} fields"
    return Message(
        fields=tuple(fields),
        body=body,
        strays=strays,
        bare_returns=header.count(b"\r") != header.count(b"\r\n"),
        mode="lax" if single else "strict",
        notes=tuple(notes),
    )


def _halves(data: bytes) -> tuple[bytes, bytes]:
    if data.startswith(b"\r\n"):
        return b"", data[2:]
    end = data.find(b"\r\n\r\n")
    return (data, b"") if end < 0 else (data[: end + 2], data[end + 4 :])


def _fields(header: bytes) -> tuple[list[Field], int]:
    found: list[tuple[bytes, list[bytes]]] = []
    open_field, strays = False, 0
    for line in header.split(b"\r\n"):
        if line.startswith((b" ", b"\t")) and open_field:
            found[-1][1].append(line)
            continue
        match = _FIELD.match(line)
        open_field = match is not None
        if match is not None:
            found.append((match[1], [line[match.end() :]]))
        elif line:
            strays += 1
    fields = [Field(name=name, value=b"\r\n".join((*parts, b""))) for name, parts in found]
    return fields, strays
