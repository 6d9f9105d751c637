"""Read what a signature field says of itself: DKIM-Signature, ARC-Message-Signature, ARC-Seal.

Rules, in order; the first that fails ends the reading with a code and a sentence:
  1. at most MAX_SIGNATURE bytes and no run of white space over MAX_RUN (the engine's patterns take
     time by the square of it);
  2. a tag list (`tags`) with every mandatory tag of its kind (RFC 6376 3.5, RFC 8617 4.1.2, 4.1.3);
  3. a version, an algorithm and a query method that this program knows: else `unsupported`;
  4. base64, numbers, canonicalization and domain well formed; x= not before t=;
  5. DKIM: From is among the signed fields (6.1.1), and i= lies within d= (3.5);
  6. ARC: i= is 1 to 50, a seal has cv= and no h=, a message signature does not sign seals.
Decides nothing on keys, and nothing on what the message is.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from provenance.signatures.mail.message import Field
from provenance.signatures.mail.tags import Tags, parse_tags
from provenance.signatures.text import tame

MAX_SIGNATURE: Final = 16 << 10  # bytes of one signature field; real ones have 300 to 3,000
MAX_RUN: Final = 200  # bytes of white space in one piece within it
MAX_INSTANCE: Final = 50  # RFC 8617 section 4.2.1
ALGORITHMS: Final = {  # a= to (kind of key, digest); RFC 6376 3.3, RFC 8463
    "rsa-sha1": ("rsa", "sha1"),
    "rsa-sha256": ("rsa", "sha256"),
    "ed25519-sha256": ("ed25519", "sha256"),
}
CANONICAL: Final = frozenset({"simple", "relaxed"})

_SPACE_RUN: Final = re.compile(rb"\s{%d}" % (MAX_RUN + 1))
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,20}}")
_NUMBER: Final = re.compile(rb"\d{1,12}")  # RFC 6376 3.5: t= and x= up to 12 digits
_LENGTH: Final = re.compile(rb"\d{1,76}")  # 3.5, l=
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@unique
class Role(StrEnum):
    """What sort of signature field."""

    DKIM = "DKIM-Signature"
    MESSAGE = "ARC-Message-Signature"
    SEAL = "ARC-Seal"


_MANDATORY: Final = {
    Role.DKIM: ("v", "a", "b", "bh", "d", "h", "s"),
    Role.MESSAGE: ("i", "a", "b", "bh", "d", "h", "s"),
    Role.SEAL: ("i", "a", "b", "cv", "d", "s"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A signature field that cannot be judged as one."""

    code: str
    """`malformed` or `unsupported`."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A well-formed signature field."""

    role: Role
    field: Field
    bare: bytes
    """The field's value with the value of b= taken out: what the signature is over."""
    algorithm: str
    signature: bytes
    """b=, base64 without white space."""
    body_hash: bytes
    """bh=, decoded; empty for a seal."""
    domain: str
    """d=, lower case."""
    selector: str
    names: tuple[str, ...]
    """h=: signed fields in order, lower case."""
    header_form: str
    body_form: str
    length: int | None
    """l=: octets of the body that are signed; None = all."""
    identity: str | None
    """i= of a DKIM signature; None = not given, which means the domain itself."""
    signed_at: datetime | None
    """t=, the signer's own clock."""
    expires_at: datetime | None
    instance: int = 0
    """i= of ARC."""
    state: str = ""
    """cv= of a seal."""

    @property
    def key_kind(self) -> str:
        """Kind of key that a= asks for."""
        return ALGORITHMS[self.algorithm][0]

    @property
    def digest(self) -> str:
        """Name of the digest that a= asks for."""
        return ALGORITHMS[self.algorithm][1]

    @property
    def identity_domain(self) -> str:
        """The domain of i=, or d= when there is none."""
        return (self.identity or self.domain).rpartition("@")[2]


class _Bad(Exception):
    def __init__(self, text: str, code: str = "malformed") -> None:
        super().__init__(text)
        self.code = code


def read_claim(role: Role, field: Field) -> Claim | Refused:
    """Read a signature field, or say why it cannot be judged."""
    value = field.value
    if len(value) > MAX_SIGNATURE or _SPACE_RUN.search(value):
        return Refused(code="malformed", text="the signature field is absurdly long")
    tags = parse_tags(value)
    if isinstance(tags, str):
        return Refused(code="malformed", text=tags)
    try:
        return _read(role, field, tags)
    except _Bad as fault:
        return Refused(code=fault.code, text=str(fault))


def _read(role: Role, field: Field, tags: Tags) -> Claim:
    missing = [name for name in _MANDATORY[role] if name not in tags.values]
    if missing:
        raise _Bad(f"the mandatory tag {missing[0]}= is missing")
    algorithm = _known(role, tags)
    if role is Role.SEAL and "h" in tags.values:
        raise _Bad("a seal must not have h= (RFC 8617 section 4.1.3)")
    begin, end = tags.spans["b"]
    header_form, body_form = _forms(tags)
    domain = _domain(tags, "d")
    signed_at, expires_at = _moment(tags, "t"), _moment(tags, "x")
    if signed_at and expires_at and expires_at < signed_at:
        raise _Bad("it says that it expires before it was made")
    if role is not Role.SEAL:
        _decoded(tags, "bh")
    return Claim(
        role=role,
        field=field,
        bare=field.value[:begin] + field.value[end:],
        algorithm=algorithm,
        signature=_decoded(tags, "b"),
        body_hash=base64.b64decode(tags.squeezed("bh")),
        domain=domain,
        selector=_domain(tags, "s"),
        names=_names(role, tags),
        header_form=header_form if role is not Role.SEAL else "relaxed",
        body_form=body_form,
        length=_length(tags),
        identity=_identity(tags, domain) if role is Role.DKIM else None,
        signed_at=signed_at,
        expires_at=expires_at,
        instance=_instance(tags) if role is not Role.DKIM else 0,
        state=_state(tags) if role is Role.SEAL else "",
    )


def _known(role: Role, tags: Tags) -> str:
    algorithm = tags.values["a"].decode("ascii", "replace")
    if role is Role.DKIM and tags.values["v"] != b"1":
        raise _Bad(f"version {tame(tags.values['v'].decode('latin-1'), 20)}", "unsupported")
    # RFC 8617 has no SHA-1; RFC 6376 had it until RFC 8301.
    if algorithm not in ALGORITHMS or (role is not Role.DKIM and "sha1" in algorithm):
        raise _Bad(f"algorithm {tame(algorithm, 40) or '(none)'}", "unsupported")
    methods = tags.get("q")
    if methods is not None and b"dns/txt" not in [one.strip() for one in methods.split(b":")]:
        raise _Bad("the key is to be looked up in an unknown way (q=)", "unsupported")
    return algorithm


def _decoded(tags: Tags, name: str) -> bytes:
    """Return the base64 text of a tag, checked."""
    text = tags.squeezed(name)
    try:
        empty = not base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise _Bad(f"{name}= is not base64") from error
    if empty:
        raise _Bad(f"{name}= is empty")
    return text


def _forms(tags: Tags) -> tuple[str, str]:
    absent = b"simple/simple" if "v" in tags.values else b"relaxed/relaxed"  # RFC 8617 4.1.2
    header, _, body = tags.values.get("c", absent).decode("ascii", "replace").partition("/")
    body = body or "simple"
    if header not in CANONICAL or body not in CANONICAL:
        raise _Bad("an unknown canonicalization (c=)")
    return header, body


def _domain(tags: Tags, name: str) -> str:
    text = tags.values[name].decode("utf-8", "replace").lower().removesuffix(".")
    if not text.isascii():  # RFC 8616 section 4: U-labels
        try:
            text = text.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise _Bad(f"{name}= is no domain name") from error
    if len(text) > 253 or not _DOMAIN.fullmatch(text):
        raise _Bad(f"{name}= is no domain name")
    return text


def _names(role: Role, tags: Tags) -> tuple[str, ...]:
    parts = tags.values.get("h", b"").decode("ascii", "replace").split(":")
    names = tuple(one.lower() for part in parts if (one := part.strip(" \t\r\n")))
    if role is Role.DKIM and "from" not in names:
        raise _Bad("it does not sign the From field")
    if role is Role.MESSAGE and "arc-seal" in names:
        raise _Bad("an ARC message signature must not sign seals (RFC 8617 section 4.1.2)")
    return names


def _length(tags: Tags) -> int | None:
    text = tags.get("l")
    if text is None:
        return None
    if not _LENGTH.fullmatch(text):
        raise _Bad("l= is no number")
    return int(text)


def _moment(tags: Tags, name: str) -> datetime | None:
    text = tags.get(name)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        raise _Bad(f"{name}= is no number of seconds")
    try:
        return _EPOCH + timedelta(seconds=int(text))
    except OverflowError as error:
        if name == "x":  # RFC 6376 3.5: a value beyond the calendar means "never"
            return None
        raise _Bad(f"{name}= lies beyond the calendar") from error


def _identity(tags: Tags, domain: str) -> str | None:
    text = tags.get("i")
    if text is None:
        return None
    identity = text.decode("utf-8", "replace")
    local, at, within = identity.rpartition("@")
    within = within.lower()
    if not at or not (within == domain or within.endswith("." + domain)):
        raise _Bad("i= does not lie within d=")
    return f"{local}@{within}"


def _instance(tags: Tags) -> int:
    text = tags.values["i"]
    if not re.fullmatch(rb"[1-9]\d?", text) or int(text) > MAX_INSTANCE:
        raise _Bad("i= is not a number from 1 to 50")
    return int(text)


def _state(tags: Tags) -> str:
    state = tags.values["cv"].decode("ascii", "replace")
    if state not in {"none", "pass", "fail"}:
        raise _Bad("cv= is none of none, pass and fail")
    return state
