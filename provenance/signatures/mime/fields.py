"""Header fields of a mail or of one of its parts, and the parameters in them (RFC 5322, RFC 2045).

Strict and total: a block of header lines always gives fields, and everything that two mail programs
would read differently gives a fault beside them: a line without a colon, a space before the colon,
a carriage return alone, a zero byte, a field that may stand once and stands twice, a parameter that
is given twice or in the extended form of RFC 2231 where it decides the structure. The caller must
not build on an ambiguous structure; it is what attacks on signed mail are made of.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MAX_HEADERS: Final = 256 << 10  # bytes of one header block; real ones stay below 64 KiB
MAX_FIELDS: Final = 2000  # fields of one block; real ones stay below 200

_NAME: Final = re.compile(rb"([!-9;-~]{1,200})([ \t]*):")
_STRUCTURE: Final = frozenset(
    {"content-type", "content-transfer-encoding", "content-disposition", "mime-version"}
)
_TYPE: Final = re.compile(r"\s*([A-Za-z0-9!#$&^_.+-]{1,100})/([A-Za-z0-9!#$&^_.+-]{1,100})\s*")
_WORD: Final = re.compile(r"\s*([A-Za-z0-9!#$&^_.+-]{1,100})\s*")
_PARAMETER: Final = re.compile(
    r"\s*;\s*([A-Za-z0-9!#$&^_.+*'%-]{1,100})\s*=\s*"
    r"(?:\"((?:[^\"\\]|\\.){0,2000})\"|([^\s;\"(),]{1,2000}))\s*",
    re.DOTALL,
)
_DECISIVE: Final = frozenset({"boundary", "protocol", "smime-type"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One header field."""

    name: str
    """Lower case."""
    value: bytes
    """As it came, folded lines joined (RFC 5322 section 2.2.3)."""

    @property
    def text(self) -> str:
        """The value with one character for each byte; not decoded (RFC 2047), not tamed."""
        return self.value.decode("latin-1").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The header fields of a mail or a part."""

    fields: tuple[Field, ...]
    body: int
    """Offset at which the body starts."""
    faults: tuple[str, ...] = ()

    def all(self, name: str) -> tuple[str, ...]:
        """Return the values of every field of this name."""
        return tuple(one.text for one in self.fields if one.name == name)

    def first(self, name: str) -> str | None:
        """Return the value of the first field of this name."""
        return next(iter(self.all(name)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Valued:
    """A structured value: a word, or a media type, with parameters."""

    word: str
    """Lower case; `` = not readable."""
    parameters: Mapping[str, str]
    """Lower-case names to values."""
    faults: tuple[str, ...] = ()


def read_fields(data: bytes, start: int, end: int) -> Block:
    """Read the header fields that begin at an offset; total."""
    fields: list[Field] = []
    faults: list[str] = []
    at = start
    while at < end:
        stop = data.find(b"\n", at, end)
        line = data[at : end if stop < 0 else stop]
        at = end if stop < 0 else stop + 1
        line = line.removesuffix(b"\r")
        if not line:
            break
        if len(fields) >= MAX_FIELDS or at - start > MAX_HEADERS:
            faults.append("header-too-large")
            break
        faults += _add(fields, line, first=not fields and start == 0)
    found = tuple(fields)
    names = [one.name for one in found]
    faults += [f"duplicate-{name}" for name in sorted(_STRUCTURE) if names.count(name) > 1]
    return Block(fields=found, body=at, faults=tuple(dict.fromkeys(faults)))


def _add(fields: list[Field], line: bytes, *, first: bool) -> list[str]:
    """Take one line into the fields; returns what is ambiguous about it."""
    faults = []
    if b"\r" in line or b"\x00" in line:
        faults.append("header-control-character")
    if line[:1] in {b" ", b"\t"} and fields:
        last = fields[-1]
        fields[-1] = Field(name=last.name, value=last.value + line)
        return faults
    match = _NAME.match(line)
    if match is None:
        # The envelope line of a mailbox file is no header field (RFC 4155).
        return faults if first and line.startswith(b"From ") else [*faults, "header-line-malformed"]
    if match[2]:
        faults.append("header-space-before-colon")
    fields.append(Field(name=match[1].decode("ascii").lower(), value=line[match.end() :]))
    return faults


def read_valued(text: str | None, *, media: bool) -> Valued:
    """Read `Content-Type` (`media`) or another field with parameters; total."""
    if text is None:
        return Valued(word="", parameters={})
    match = (_TYPE if media else _WORD).match(text)
    if match is None:
        return Valued(word="", parameters={}, faults=("field-unreadable",))
    word = f"{match[1]}/{match[2]}".lower() if media else match[1].lower()
    parameters, faults = _read_parameters(text, match.end())
    return Valued(word=word, parameters=parameters, faults=faults)


def _read_parameters(text: str, at: int) -> tuple[dict[str, str], tuple[str, ...]]:
    found: dict[str, str] = {}
    faults: list[str] = []
    while match := _PARAMETER.match(text, at):
        at = match.end()
        name = match[1].lower()
        value = match[3] if match[3] is not None else re.sub(r"\\(.)", r"\1", match[2])
        plain = name.partition("*")[0]
        if plain in _DECISIVE and (name != plain or name in found):
            faults.append(f"parameter-{plain}-ambiguous")
        found.setdefault(name, value)
    if text[at:].strip(" \t;"):
        faults.append("parameters-unreadable")
    return found, tuple(faults)
