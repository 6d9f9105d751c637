"""A small world of mail servers: keys, a signer and a sealer of our own. No network, no clock.

Written from RFC 6376 and RFC 8617 alone and without the engine, so that engine and tests do not
share a mistake. RSA is done with numbers, because the libraries refuse to make keys as short as
those of an attack.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from asn1crypto import keys as asn1_keys
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from provenance.signatures.axes import Kind
from provenance.signatures.mail.judging import inspect_mail
from provenance.signatures.model import SignatureReport, SignatureStatus
from provenance.trust.model import DkimKey, DkimSource, TrustSet

NOW = datetime(2040, 1, 1, tzinfo=UTC)
SENT = datetime(2020, 1, 6, 19, 4, tzinfo=UTC)
FIRST = datetime(2019, 1, 1, tzinfo=UTC)
LAST = datetime(2021, 1, 1, tzinfo=UTC)
NAMES = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type")

# Two primes of 256 bits: a key that anyone can break.
_P = 0xD5852D833C6D8A83580A637DD50E98800C25975D3AE0ECBE81DF4B860633D65B
_Q = 0xF1A5DF581F994FC7CB8CDF6829AB5BEED657EE08751A391A1342C9D629EE2207
_DIGEST_INFO = {  # RFC 8017 section 9.2, note 1
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
}

LETTER = (
    b"Received: from office.example.org by mx.example.org with ESMTPS;\r\n"
    b"\tMon, 6 Jan 2020 19:04:10 +0000\r\n"
    b"From: Ann Author <ann@example.org>\r\n"
    b"To: Joan <joan@example.net>\r\n"
    b"Subject: The letter about moving\r\n"
    b"Date: Mon, 6 Jan 2020 19:04:00 +0000\r\n"
    b"Message-ID: <20200106190400.1@example.org>\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b"Dear Joan,\r\n"
    b"\r\n"
    b"we are moving  the troops.\r\n"
    b"From now on nothing is as it was.\r\n"
    b"\r\n"
    b"Ann\r\n"
)


@dataclass(frozen=True)
class Server:
    """A mail server with the private key of its domain."""

    domain: str
    selector: str
    kind: str
    private: Any = field(repr=False)
    """An Ed25519 key, or (n, d) of an RSA key."""
    record: str

    def sign(self, data: bytes, digest: str = "sha256") -> bytes:
        """Sign data as DKIM does."""
        hashed = hashlib.new(digest, data).digest()
        if self.kind == "ed25519":
            return bytes(self.private.sign(hashed))  # RFC 8463 section 3
        n, d = self.private
        length = (n.bit_length() + 7) // 8
        info = _DIGEST_INFO[digest] + hashed
        padded = b"\x00\x01" + b"\xff" * (length - len(info) - 3) + b"\x00" + info
        value: int = pow(int.from_bytes(padded, "big"), d, n)
        return value.to_bytes(length, "big")

    def key(self, **settings: Any) -> DkimKey:  # noqa: ANN401 - fields of the record
        """Return the record as a desk has archived it."""
        chosen: dict[str, Any] = {
            "domain": self.domain,
            "selector": self.selector,
            "record": self.record,
            "source": DkimSource.DNS,
            "first_seen": FIRST,
            "last_seen": LAST,
        } | settings
        return DkimKey(**chosen)


@cache
def rsa_server(
    bits: int = 2048, domain: str = "example.org", selector: str = "s1", number: int = 0
) -> Server:
    """Make a server with an RSA key; `number` tells several of one name apart."""
    del number
    if bits == 512:
        n, d = _P * _Q, pow(65537, -1, (_P - 1) * (_Q - 1))
        public = asn1_keys.RSAPublicKey({"modulus": n, "public_exponent": 65537})
        spki = asn1_keys.PublicKeyInfo.wrap(public, "rsa").dump()
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        n, d = key.public_key().public_numbers().n, key.private_numbers().d
        spki = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    record = f"v=DKIM1; k=rsa; p={base64.b64encode(spki).decode()}"
    return Server(domain, selector, "rsa", (n, d), record)


@cache
def ed_server(domain: str = "example.org", selector: str = "ed") -> Server:
    """Make a server with an Ed25519 key."""
    key = ed25519.Ed25519PrivateKey.generate()
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    record = f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"
    return Server(domain, selector, "ed25519", key, record)


def fields_of(message: bytes) -> list[tuple[bytes, bytes]]:
    """Return (name, rest with its line end) of every header field, top to bottom."""
    header = message.partition(b"\r\n\r\n")[0] + b"\r\n"
    found: list[tuple[bytes, bytes]] = []
    for line in header.splitlines(keepends=True):
        if line[:1] in b" \t":
            found[-1] = (found[-1][0], found[-1][1] + line)
        else:
            name, _, rest = line.partition(b":")
            found.append((name, rest))
    return found


def header_form(name: bytes, rest: bytes, form: str) -> bytes:
    """RFC 6376 sections 3.4.1 and 3.4.2."""
    if form == "simple":
        return name + b":" + rest
    value = re.sub(rb"[ \t]+", b" ", rest.replace(b"\r\n", b"")).strip(b" \t")
    return name.lower().strip() + b":" + value + b"\r\n"


def body_form(body: bytes, form: str) -> bytes:
    """RFC 6376 sections 3.4.3 and 3.4.4, line by line."""
    lines = body.split(b"\r\n")
    if form == "relaxed":
        lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        return b"" if form == "relaxed" else b"\r\n"
    return b"\r\n".join(lines) + b"\r\n"


def picked(message: bytes, names: Sequence[str]) -> list[tuple[bytes, bytes]]:
    """RFC 6376 section 5.4.2: from the bottom up."""
    left = fields_of(message)
    found = []
    for name in names:
        for number in range(len(left) - 1, -1, -1):
            if left[number][0].strip().lower() == name.encode():
                found.append(left.pop(number))
                break
    return found


def sign(
    message: bytes,
    server: Server,
    *,
    names: Sequence[str] = NAMES,
    form: str = "simple/simple",
    algorithm: str | None = None,
    at: datetime | None = SENT,
    length: int | None = None,
    tags: dict[str, str] | None = None,
    drop: Sequence[str] = (),
) -> bytes:
    """Return the message with a DKIM-Signature on top.

    Args:
        message: with CRLF line ends.
        server: whose key signs.
        names: h=.
        form: c=.
        algorithm: a=; by the server's key when None.
        at: t=; left out when None.
        length: l=.
        tags: further or other tags, written as given.
        drop: tags to leave out.
    """
    header, _, body = form.partition("/")
    name = algorithm or f"{server.kind}-sha256"
    digest = "sha1" if name.endswith("sha1") else "sha256"
    text = body_form(message.partition(b"\r\n\r\n")[2], body)
    hashed = hashlib.new(digest, text if length is None else text[:length]).digest()
    given = {
        "v": "1",
        "a": name,
        "c": form,
        "d": server.domain,
        "s": server.selector,
        **({"t": str(int(at.timestamp()))} if at else {}),
        **({"l": str(length)} if length is not None else {}),
        "h": ":".join(names),
        "bh": base64.b64encode(hashed).decode(),
    } | (tags or {})
    rest = "; ".join(f"{key}={value}" for key, value in given.items() if key not in drop)
    bare = b" " + rest.encode() + b";\r\n\tb="
    data = b"".join(header_form(*one, header) for one in picked(message, names))
    data += header_form(b"DKIM-Signature", bare + b"\r\n", header).rstrip(b"\r\n")
    value = base64.b64encode(server.sign(data, digest))
    return b"DKIM-Signature:" + bare + value + b"\r\n" + message


def seal(
    message: bytes,
    server: Server,
    *,
    instance: int = 1,
    state: str | None = None,
    names: Sequence[str] = NAMES,
    results: str = "spf=pass; dkim=pass",
    tags: dict[str, str] | None = None,
) -> bytes:
    """Return the message with one more ARC set on top (RFC 8617 section 5.1)."""
    text = body_form(message.partition(b"\r\n\r\n")[2], "relaxed")
    hashed = base64.b64encode(hashlib.sha256(text).digest()).decode()
    common = f" i={instance}; a={server.kind}-sha256; d={server.domain}; s={server.selector};"
    moment = f" t={int(SENT.timestamp())};"
    claims = (
        b"ARC-Authentication-Results",
        f" i={instance}; mx.{server.domain}; {results}\r\n".encode(),
    )
    bare = f"{common} c=relaxed/relaxed;{moment} h={':'.join(names)}; bh={hashed}; b=".encode()
    data = b"".join(header_form(*one, "relaxed") for one in picked(message, names))
    data += header_form(b"ARC-Message-Signature", bare, "relaxed").rstrip(b"\r\n")
    signature = (
        b"ARC-Message-Signature",
        bare + base64.b64encode(server.sign(data)) + b"\r\n",
    )
    given = {"cv": state or ("none" if instance == 1 else "pass")} | (tags or {})
    said = "".join(f" {key}={value};" for key, value in given.items())
    bare = f"{common}{moment}{said} b=".encode()
    sets = [_arc_set(message, number) for number in range(1, instance)]
    over = [one for part in sets for one in part] + [claims, signature]
    data = b"".join(header_form(*one, "relaxed") for one in over)
    data += header_form(b"ARC-Seal", bare, "relaxed").rstrip(b"\r\n")
    seal_field = (b"ARC-Seal", bare + base64.b64encode(server.sign(data)) + b"\r\n")
    top = b"".join(name + b":" + rest for name, rest in (seal_field, signature, claims))
    return top + message


def _arc_set(message: bytes, number: int) -> list[tuple[bytes, bytes]]:
    order = (b"arc-authentication-results", b"arc-message-signature", b"arc-seal")
    mark = b" i=%d;" % number
    return [
        one
        for name in order
        for one in fields_of(message)
        if one[0].lower() == name and one[1].startswith(mark)
    ]


def trust_of(*keys: DkimKey, **settings: Any) -> TrustSet:  # noqa: ANN401 - fields of the set
    """Return a trust set with these mail keys."""
    return TrustSet(dkim_keys=keys, **settings)


def judge(
    data: bytes,
    trust: TrustSet,
    *,
    at: datetime = NOW,
    reference_time: datetime | None = None,
) -> SignatureReport:
    """Judge a message as the engine does."""
    digest = hashlib.sha256(data).hexdigest()
    found = inspect_mail(data, sha256=digest, trust=trust, at=at, reference_time=reference_time)
    return SignatureReport(
        document_sha256=digest,
        statuses=found.statuses,
        detectors_run=found.ran,
        detectors_failed=found.failures,
        not_determined=found.not_determined,
        warnings=found.warnings,
    )


def only(report: SignatureReport, kind: Kind = Kind.DKIM) -> SignatureStatus:
    """Return the one signature of a kind."""
    (status,) = (one for one in report.statuses if one.kind is kind)
    return status
