"""Say which fields and how much of the body a signature covers (RFC 6376 sections 3.4, 5.4.2).

Fields: each name of h= takes the lowest instance not yet taken; a name without one takes nothing.
The signature's own field never counts (3.5, h=). What stands above a signed instance under the same
name is an ADDED field when it says something else: many programs show the uppermost one, the attack
of RFC 6376 section 8.15. Body: canonical form, cut at l=; text behind l= is nobody's (8.2).

A part only is covered when a field that every reader sees is unsigned, when text follows l=, when
lines of the header belong to no field, or when an unsigned Content-Type hides text of the body from
view. Other unsigned fields are listed and leave the scope alone: mail gathers them on its way.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from provenance.signatures.axes import Scope
from provenance.signatures.mail.message import Field, Message
from provenance.signatures.mail.shown import show_field

SINGLE: Final = frozenset(  # RFC 5322 3.6 and RFC 2045 3: at most one of each in a message
    {"from", "sender", "reply-to", "to", "cc", "bcc", "subject", "date", "message-id"}
    | {"in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding"}
    | {"content-disposition", "content-id"}
)
SEEN: Final = ("from", "to", "cc", "subject", "date")
"""What every mail program shows; a message whose signature leaves one out is covered in part."""
ACTING: Final = (
    "sender",
    "reply-to",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "resent-from",
    "resent-date",
)
"""What steers display or replies; unsigned, it is named, and leaves the scope alone."""

_BLANKS: Final = re.compile(rb"[\t ]{2,}|\t")  # a single space stays as it is
_QUOTED_FROM: Final = re.compile(rb"^>(>*From )", re.MULTILINE)
_BOUNDARY: Final = re.compile(
    rb"boundary\s{0,20}=\s{0,20}(?:\"([^\"\r\n]{1,256})\"|([^\s;\"]{1,256}))", re.IGNORECASE
)
_PREAMBLE: Final = re.compile(rb"[^\r\n]{0,40}multi-?part message[^\r\n]{0,40}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What of a message's header a signature covers."""

    signed: tuple[Field, ...]
    """In the order of h=."""
    unsigned: tuple[Field, ...]
    """Top to bottom, without the signature's own field."""
    added: tuple[Field, ...]
    """Unsigned fields that should stand once, and whose signed namesake says something else."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of signed fields, lower case, each once, in order."""
        return tuple(dict.fromkeys(field.key for field in self.signed))

    def bare(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Return which of these names occur in the message and are not signed at all."""
        there = {field.key for field in self.unsigned}
        return tuple(key for key in keys if key in there and key not in self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyCheck:
    """The body beside the digest that the signature carries."""

    matches: bool
    total: int
    """Octets of the canonical body."""
    signed: int
    """Octets of it that are signed."""
    tail: bytes
    """Canonical text behind the signed part."""
    unquoted: bool = False
    """It matches only after `>From ` was turned back into `From `, as a mailbox had changed it."""

    @property
    def tail_text(self) -> bytes:
        """The text behind the signed part without white space around it; empty = nothing there."""
        return self.tail.strip()


def cover_fields(message: Message, names: tuple[str, ...], own: Field) -> Coverage:
    """Pick the signed instances, from the bottom up."""
    left: dict[str, list[int]] = {}
    for number, field in enumerate(message.fields):
        if field is not own:
            left.setdefault(field.key, []).append(number)
    taken = [left[name].pop() for name in names if left.get(name)]
    signed = tuple(message.fields[number] for number in taken)
    rest = sorted(number for numbers in left.values() for number in numbers)
    unsigned = tuple(message.fields[number] for number in rest)
    said: dict[str, set[bytes]] = {}
    for field in signed:
        said.setdefault(field.key, set()).add(b" ".join(field.value.split()))
    added = tuple(
        field
        for field in unsigned
        if field.key in SINGLE
        and field.key in said
        and b" ".join(field.value.split()) not in said[field.key]
    )
    return Coverage(signed=signed, unsigned=unsigned, added=added)


def canonical_body(body: bytes, form: str) -> bytes:
    """Return the body in `simple` or `relaxed` form (RFC 6376 3.4.3, 3.4.4), in linear time."""
    if not body.endswith(b"\r\n"):
        body += b"\r\n"  # as it travelled: the last line end of a copy is easily lost
    if form == "relaxed":
        body = _BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n")
    text = body.rstrip(b"\r\n")
    ending = body[len(text) :]
    # Only pairs CR LF are line ends: a bare CR before them stays.
    text += ending[: ending.rfind(b"\r\r") + 1]
    if not text and form == "relaxed":
        return b""
    return text + b"\r\n"


class Body:
    """A body, and the canonical form last asked for: most signatures of a message want the same."""

    __slots__ = ("_last", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._last: tuple[str, bytes] | None = None

    def canonical(self, form: str) -> bytes:
        """Return the body in a form, as `canonical_body` does."""
        if self._last is None or self._last[0] != form:
            self._last = None  # the other one goes first: a body may be large
            self._last = (form, canonical_body(self.raw, form))
        return self._last[1]


def check_body(body: Body, form: str, digest: str, length: int | None, wanted: bytes) -> BodyCheck:
    """Compare the body with a digest, as it is and with a mailbox's quoting undone."""
    first = _compare(body.canonical(form), digest, length, wanted)
    if first.matches or not _QUOTED_FROM.search(body.raw):
        return first
    undone = canonical_body(_QUOTED_FROM.sub(rb"\1", body.raw), form)
    second = _compare(undone, digest, length, wanted, unquoted=True)
    return second if second.matches else first


def _compare(
    body: bytes, digest: str, length: int | None, wanted: bytes, *, unquoted: bool = False
) -> BodyCheck:
    end = len(body) if length is None else min(length, len(body))
    found = hashlib.new(digest, body[:end], usedforsecurity=False).digest()
    return BodyCheck(
        matches=found == wanted,
        total=len(body),
        signed=end,
        tail=body[end:],
        unquoted=unquoted,
    )


def hidden_by_type(message: Message, coverage: Coverage) -> bool:
    """Say whether an unsigned Content-Type puts text of the body where no program shows it.

    Whoever sets the boundary decides which lines are preamble and epilogue, and those are not
    displayed (RFC 2046 5.1.1): genuine, signed text can be made to vanish that way.
    """
    if "content-type" not in coverage.bare(("content-type",)):
        return False
    return any(_hides(field.value, message.body) for field in message.named("content-type"))


def _hides(content_type: bytes, body: bytes) -> bool:
    if not content_type.strip().lower().startswith(b"multipart/"):
        return False
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        return bool(body.strip())
    mark = rb"\r\n--" + re.escape(boundary[1] or boundary[2])
    body = b"\r\n" + body
    first = re.search(mark + rb"[ \t]*\r\n", body)
    if first is None:
        return bool(body.strip())
    last = re.compile(mark + rb"--[ \t]*(?:\r\n|\Z)").search(body, first.end() - 2)
    shown = (body[: first.start()], body[last.end() :] if last else b"")
    return any(_PREAMBLE.sub(b"", text).strip() for text in shown)


def scope_of(message: Message, coverage: Coverage, body: BodyCheck) -> tuple[Scope, list[str]]:
    """Return how much is covered, and why it is not the whole."""
    reasons = []
    if body.tail_text:
        text = show_field(body.tail_text[:300])
        reasons.append(
            f'{len(body.tail_text)} bytes of text behind the signed length (l=): "{text}"'
        )
    missing = coverage.bare(SEEN)
    if missing:
        reasons.append(f"fields that every reader sees: {', '.join(map(title, missing))}")
    if message.strays:
        reasons.append(f"{message.strays} lines of the header that belong to no field")
    if message.bare_returns:
        reasons.append("header text behind a bare carriage return, which some programs show")
    if hidden_by_type(message, coverage):
        reasons.append("which parts of the body are shown: the unsigned Content-Type hides text")
    if not reasons:
        return Scope.WHOLE, []
    return (Scope.METADATA_ONLY if not body.signed and body.tail_text else Scope.PART), reasons


def title(key: str) -> str:
    """Return a field name as people write it."""
    small = {"mime": "MIME", "id": "ID", "dkim": "DKIM", "arc": "ARC", "spf": "SPF", "ip": "IP"}
    return "-".join(small.get(part, part.capitalize()) for part in key.split("-"))
