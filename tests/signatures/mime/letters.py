"""Mails made here: honest S/MIME in each of its forms, from small pieces that attacks reuse."""

import base64
from collections.abc import Sequence

from tests.signatures.cms.world import sign_cms
from tests.signatures.party import Party

BODY = "Dear desk,\r\nwe meet at noon.\r\n"
FROM = "Ann Author <ann@desk.example>"
DATE = "Sun, 22 Nov 2026 10:00:00 +0000"


def entity(kind: str, body: str | bytes, *fields: str) -> bytes:
    """Write a part: Content-Type, further fields, body."""
    raw = body.encode() if isinstance(body, str) else body
    lines = [f"Content-Type: {kind}", *fields]
    return "".join(f"{one}\r\n" for one in lines).encode() + b"\r\n" + raw


def text(body: str = BODY, *fields: str) -> bytes:
    """Write a plain part."""
    return entity("text/plain; charset=utf-8", body, *fields)


def page(body: str, *fields: str) -> bytes:
    """Write an HTML part."""
    return entity("text/html; charset=utf-8", body, *fields)


def multipart(
    kind: str, *parts: bytes, boundary: str = "frontier", fields: Sequence[str] = ()
) -> bytes:
    """Write a multipart; `kind` with its own parameters."""
    lines = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), one) for one in parts)
    body = lines + b"--%s--\r\n" % boundary.encode()
    return entity(f'multipart/{kind}; boundary="{boundary}"', body, *fields)


def encoded(data: bytes) -> bytes:
    """Write base64 in lines."""
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def signature(data: bytes, *, name: str = "smime.p7s") -> bytes:
    """Write the part of a detached signature."""
    return entity(
        f'application/pkcs7-signature; name="{name}"',
        encoded(data),
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: attachment; filename="{name}"',
    )


def signed(part: bytes, cms: bytes, *more: bytes, boundary: str = "signed-frontier") -> bytes:
    """Write multipart/signed over a part."""
    kind = 'signed; micalg=sha-256; protocol="application/pkcs7-signature"'
    return multipart(kind, part, signature(cms), *more, boundary=boundary)


def opaque(data: bytes, *, kind: str = "signed-data") -> bytes:
    """Write a signature that holds the mail."""
    return entity(
        f"application/pkcs7-mime; smime-type={kind}; name=smime.p7m",
        encoded(data),
        "Content-Transfer-Encoding: base64",
        "Content-Disposition: attachment; filename=smime.p7m",
    )


def mail(part: bytes, *, sender: str = FROM, fields: Sequence[str] = (), date: str = DATE) -> bytes:
    """Put the header of a mail before a part."""
    lines = [
        f"From: {sender}",
        "To: desk@news.example",
        "Subject: The meeting",
        f"Date: {date}",
        *fields,
        "MIME-Version: 1.0",
    ]
    return "".join(f"{one}\r\n" for one in lines).encode() + part


def sign_part(part: bytes, *parties: Party) -> bytes:
    """Write multipart/signed over a part, honestly."""
    return signed(part, sign_cms(part, *parties, detached=True))


def honest(party: Party, *, sender: str = FROM) -> bytes:
    """Write a clear-signed mail."""
    return mail(sign_part(text(), party), sender=sender)


def honest_opaque(party: Party) -> bytes:
    """Write an opaque-signed mail."""
    return mail(opaque(sign_cms(text(), party)))
