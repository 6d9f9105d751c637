"""Read one file that somebody wants the desk to rely on, by its content.

Order: PEM certificates (every one in the file), a PEM or DER revocation list, a DER certificate, an
OCSP response, an OpenPGP certificate, SSH public keys (a `.pub` file or `allowed_signers` lines), a
minisign or signify public key. Anything else is refused, and so is a private key, by its kind and
without echoing a byte of it (`private_keys`). The particulars (purposes, person, window) come from
whoever adds it: nothing is guessed, and an anchor without a purpose or a pin without a person is
refused.
"""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from pysequoia import Cert

from provenance.errors import Malformed, UsageError
from provenance.signatures.keynumbers import read_line
from provenance.trust.model import Anchor, KeyPin, PgpPin, PinKind, Purpose, TrustSet
from provenance.trust.private_keys import refuse_private_key
from provenance.trust.ssh_lines import read_ssh_lines

MAX_FILE: Final = 16 << 20  # bytes; the largest revocation lists have some millions
_PUBLIC_KEY: Final = 6  # packet type, RFC 9580 section 5.5.1
_PLAIN_KEY: Final = 42  # bytes: algorithm (2), key number (8), Ed25519 public key (32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What the person who adds it says about it."""

    purposes: tuple[Purpose, ...] = ()
    person: str = ""
    how: str = ""
    source: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None


def recognise(data: bytes, particulars: Particulars) -> TrustSet:
    """Return a set of what the file holds.

    Raises:
        Malformed: it is none of the things above, or a private key.
        UsageError: an anchor without a purpose, or a pin without a person.
    """
    if len(data) > MAX_FILE:
        raise Malformed(f"more than {MAX_FILE} bytes: not a certificate, key or list")
    refuse_private_key(data)
    if b"-----BEGIN CERTIFICATE-----" in data:
        return TrustSet(anchors=tuple(_anchors(_pem_certificates(data), particulars)))
    lists = _revocation(data)
    if lists is not None:
        return lists
    certificate = _der_certificate(data)
    if certificate is not None:
        return TrustSet(anchors=tuple(_anchors([certificate], particulars)))
    pins = _pgp(data, particulars)
    if pins:
        return TrustSet(pgp=pins)
    keys = _plain(data, particulars) or _ssh(data, particulars)
    if keys:
        return TrustSet(keys=keys)
    raise Malformed("neither a certificate, a revocation list, nor a public key that is known here")


def _anchors(ders: Iterable[bytes], particulars: Particulars) -> Iterable[Anchor]:
    if not particulars.purposes:
        raise UsageError("say what it vouches for: --purpose pdf, smime, cms, c2pa, tsa, ooxml ...")
    for der in ders:
        yield Anchor(
            der=der,
            purposes=tuple(sorted(set(particulars.purposes))),
            valid_from=particulars.valid_from,
            valid_to=particulars.valid_to,
            source=particulars.source,
        )


def _pem_certificates(data: bytes) -> list[bytes]:
    try:
        found = x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise Malformed("a PEM certificate in it cannot be read") from error
    return [one.public_bytes(Encoding.DER) for one in found]


def _der_certificate(data: bytes) -> bytes | None:
    try:
        return x509.load_der_x509_certificate(data).public_bytes(Encoding.DER)
    except ValueError:
        return None


def _revocation(data: bytes) -> TrustSet | None:
    try:
        if data.startswith(b"-----BEGIN X509 CRL-----"):
            crl = x509.load_pem_x509_crl(data)
        else:
            crl = x509.load_der_x509_crl(data)
        return TrustSet(crls=(crl.public_bytes(Encoding.DER),))
    except ValueError:
        pass
    try:
        answer = ocsp.load_der_ocsp_response(data)
    except ValueError:
        return None
    return TrustSet(ocsp=(answer.public_bytes(Encoding.DER),))


def _pgp(data: bytes, particulars: Particulars) -> tuple[PgpPin, ...]:
    if not data.startswith(b"-----BEGIN PGP PUBLIC") and _pgp_tag(data) != _PUBLIC_KEY:
        return ()
    try:
        found = Cert.split_bytes(data)
    except RuntimeError:  # the one class that the library raises on what is no key
        return ()
    _require_person(particulars)
    if len(found) > 1:
        raise UsageError(f"the file holds {len(found)} OpenPGP keys: add one person at a time")
    return tuple(
        PgpPin(
            certificate=bytes(one),
            fingerprint=str(one.fingerprint).upper(),
            person=particulars.person,
            how=particulars.how,
            valid_from=particulars.valid_from,
            valid_to=particulars.valid_to,
        )
        for one in found
    )


def _pgp_tag(data: bytes) -> int | None:
    """Return the type of the first packet (RFC 9580 section 4.2); None if it is no packet."""
    if not data or not data[0] & 0x80:
        return None
    return data[0] & 0x3F if data[0] & 0x40 else (data[0] >> 2) & 0x0F


def _plain(data: bytes, particulars: Particulars) -> tuple[KeyPin, ...]:
    """A minisign or signify public key: one comment line, one base64 line; the comment tells."""
    lines = data.decode("utf-8", "replace").splitlines()
    if len(lines) < 2 or not lines[0].startswith("untrusted comment:"):
        return ()
    try:
        raw = base64.b64decode(lines[1].strip(), validate=True)
    except (binascii.Error, ValueError):
        return ()
    if len(raw) != _PLAIN_KEY or raw[:2] != b"Ed":
        return ()
    kind = PinKind.MINISIGN if "minisign" in lines[0] else PinKind.SIGNIFY
    if read_line(lines[1]) is None:
        raise Malformed("a minisign or signify public key under which anybody could sign")
    return (_pin(kind, lines[1].strip(), particulars),)


def _ssh(data: bytes, particulars: Particulars) -> tuple[KeyPin, ...]:
    """Lines of SSH keys; what a line says of its key's use and period narrows what was said."""
    return tuple(
        replace(
            _pin(PinKind.SSH, line.key, particulars),
            namespaces=line.namespaces,
            valid_from=max(filter(None, (line.valid_from, particulars.valid_from)), default=None),
            valid_to=min(filter(None, (line.valid_to, particulars.valid_to)), default=None),
        )
        for line in read_ssh_lines(data)
    )


def _pin(kind: PinKind, key: str, particulars: Particulars) -> KeyPin:
    _require_person(particulars)
    return KeyPin(
        kind=kind,
        key=key,
        person=particulars.person,
        how=particulars.how,
        valid_from=particulars.valid_from,
        valid_to=particulars.valid_to,
    )


def _require_person(particulars: Particulars) -> None:
    if not particulars.person:
        raise UsageError("say whose key it is: --person NAME, and --how you made sure")
