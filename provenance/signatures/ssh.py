"""Read SSH signatures of documents (`ssh-keygen -Y sign`; OpenSSH, PROTOCOL.sshsig).

Ed25519, P-256 and keys on security keys are read and checked by the ledger's own strict reader,
after the armor was brought into its one form (mail programs change line ends and lengths). RSA and
the longer NIST curves, which people hold and the ledger refuses, are checked here; RSA with SHA-1
is refused as PROTOCOL.sshsig demands. Certificates and DSA are told and not checked. A signature
names its purpose: `file` is a document's; a key pinned for others may sign in those.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_public_key,
)

from provenance.errors import Malformed
from provenance.ledger.sshsig import MAX_ARMOR, fingerprint, parse_sshsig
from provenance.ledger.sshwire import SshReader, ssh_string
from provenance.signatures.axes import Crypto, Kind
from provenance.signatures.certificates import MIN_RSA_BITS
from provenance.signatures.plain import Outcome, PlainSignature, Unsupported
from provenance.trust.model import KeyPin, PinKind, TrustSet

PURPOSE: Final = "file"
MAX_RSA_BITS: Final = 16_384  # OpenSSH's own limit; longer keys only cost time

_BEGIN: Final = b"-----BEGIN SSH SIGNATURE-----"
_END: Final = b"-----END SSH SIGNATURE-----"
_MAGIC: Final = b"SSHSIG"
_WHAT: Final = "an SSH signature"
_DIGESTS: Final = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}
_RSA: Final[dict[bytes, Callable[[], hashes.HashAlgorithm]]] = {
    b"rsa-sha2-256": hashes.SHA256,
    b"rsa-sha2-512": hashes.SHA512,
}
_CURVES: Final[dict[bytes, Callable[[], hashes.HashAlgorithm]]] = {
    b"ecdsa-sha2-nistp384": hashes.SHA384,
    b"ecdsa-sha2-nistp521": hashes.SHA512,
}
_LEDGER: Final = frozenset(
    {
        b"ssh-ed25519",
        b"ecdsa-sha2-nistp256",
        b"sk-ssh-ed25519@openssh.com",
        b"sk-ecdsa-sha2-nistp256@openssh.com",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    """What stands around every signature."""

    key: bytes
    """Public key in SSH's wire format."""
    kind: bytes
    namespace: bytes
    digest: bytes
    value: bytes
    blob: bytes


def read_ssh(data: bytes) -> PlainSignature | None:
    """Return the signature.

    Raises:
        Malformed: not what `ssh-keygen -Y sign` writes.
        Unsupported: a certificate, or a kind of key that is not checked.
    """
    envelope = _open(_blob(data))
    if envelope.kind in _LEDGER:
        check = _by_ledger(envelope)
    elif envelope.kind == b"ssh-rsa":
        check = _by_rsa(envelope)
    elif envelope.kind in _CURVES:
        check = _by_curve(envelope)
    else:
        kind = envelope.kind[:60].decode("ascii", "replace")
        raise Unsupported(f"a signature by a key of kind {kind} is not checked here")
    weak = envelope.kind == b"ssh-rsa" and check.bits is not None and check.bits < MIN_RSA_BITS
    return PlainSignature(
        kind=Kind.SSH,
        verify=partial(_outcome, envelope, check),
        algorithms=(envelope.digest.decode("ascii"), *check.algorithms),
        key_bits=check.bits,
        crypto=Crypto.LEGACY if weak else Crypto.OK,
        notes=check.notes,
    )


def _blob(data: bytes) -> bytes:
    lines = [line.strip() for line in data.strip().split(b"\n")]
    if len(data) > 2 * MAX_ARMOR or lines[0] != _BEGIN or lines[-1] != _END:
        raise Malformed("not an SSH signature in its armor")
    try:
        return base64.b64decode(b"".join(lines[1:-1]), validate=True)
    except binascii.Error as error:
        raise Malformed("an SSH signature that is not base64") from error


def _open(blob: bytes) -> _Envelope:
    reader = SshReader(blob, what=_WHAT)
    if reader.take(len(_MAGIC)) != _MAGIC or reader.uint32() != 1:
        raise Malformed(f"{_WHAT} begins with SSHSIG and version 1")
    key, namespace = reader.string(), reader.string()
    reserved, digest, value = reader.string(), reader.string(), reader.string()
    reader.end()
    if not namespace or reserved or digest not in _DIGESTS:
        raise Malformed(f"{_WHAT} names a purpose, nothing reserved, and sha256 or sha512")
    return _Envelope(
        key=key,
        kind=SshReader(key, what="an SSH key").string(),
        namespace=namespace,
        digest=digest,
        value=value,
        blob=blob,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """How one kind of key is checked."""

    verify: Callable[[bytes], bool]
    algorithms: tuple[str, ...]
    bits: int | None = None
    notes: dict[str, str]


def _by_ledger(envelope: _Envelope) -> _Check:
    text = base64.b64encode(envelope.blob).decode("ascii")
    body = "\n".join(text[at : at + 70] for at in range(0, len(text), 70))
    parsed = parse_sshsig(f"{_BEGIN.decode()}\n{body}\n{_END.decode()}\n")
    name = envelope.kind.decode().removesuffix("@openssh.com")
    untouched = "the security key says that nobody touched it when it signed"
    return _Check(
        verify=partial(parsed.verify, namespace=parsed.namespace),
        algorithms=(name,),
        notes={} if parsed.touched else {"not-touched": untouched},
    )


def _by_rsa(envelope: _Envelope) -> _Check:
    key = _loaded(envelope)
    reader = SshReader(envelope.value, what=_WHAT)
    scheme, value = reader.string(), reader.string()
    reader.end()
    if not isinstance(key, rsa.RSAPublicKey) or scheme not in _RSA:
        raise Malformed(f"{_WHAT} with RSA and neither SHA-256 nor SHA-512")
    if key.key_size > MAX_RSA_BITS or len(value) > (key.key_size + 7) // 8:
        raise Malformed(f"{_WHAT} with an RSA key or number that is too long")
    digest = _RSA[scheme]()
    full = value.rjust((key.key_size + 7) // 8, b"\0")

    def check(message: bytes) -> bool:
        try:
            key.verify(full, _signed(envelope, message), padding.PKCS1v15(), digest)
        except InvalidSignature:
            return False
        return True

    names = (scheme.decode("ascii"), f"rsa-{key.key_size}")
    return _Check(verify=check, algorithms=names, bits=key.key_size, notes={})


def _by_curve(envelope: _Envelope) -> _Check:
    key = _loaded(envelope)
    reader = SshReader(envelope.value, what=_WHAT)
    scheme, inner = reader.string(), SshReader(reader.string(), what=_WHAT)
    reader.end()
    first, second = inner.positive(), inner.positive()
    inner.end()
    if not isinstance(key, ec.EllipticCurvePublicKey) or scheme != envelope.kind:
        raise Malformed(f"{_WHAT} of another kind than its key")
    value, digest = encode_dss_signature(first, second), _CURVES[envelope.kind]()

    def check(message: bytes) -> bool:
        try:
            key.verify(value, _signed(envelope, message), ec.ECDSA(digest))
        except InvalidSignature:
            return False
        return True

    names = (envelope.kind.decode("ascii"),)
    return _Check(verify=check, algorithms=names, bits=key.key_size, notes={})


def _loaded(envelope: _Envelope) -> object:
    try:
        return load_ssh_public_key(envelope.kind + b" " + base64.b64encode(envelope.key))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed(f"{_WHAT} with a key that cannot be") from error


def _signed(envelope: _Envelope, message: bytes) -> bytes:
    digest = _DIGESTS[envelope.digest](message).digest()
    parts = (envelope.namespace, b"", envelope.digest, digest)
    return _MAGIC + b"".join(map(ssh_string, parts))


def _outcome(envelope: _Envelope, check: _Check, content: bytes, trust: TrustSet) -> Outcome:
    pin = _pin(envelope, trust)
    purpose = envelope.namespace.decode("utf-8", "replace")
    allowed = (pin.namespaces if pin else ()) or (PURPOSE,)
    return Outcome(
        holds=check.verify(content),
        pin=pin,
        fingerprint=fingerprint(envelope.key),
        spki_sha256=_spki(envelope),
        purpose=None if purpose in allowed else purpose,
    )


def _pin(envelope: _Envelope, trust: TrustSet) -> KeyPin | None:
    """Return the pin of exactly this key; a pin's comment does not count."""
    line = [envelope.kind.decode("ascii", "replace"), base64.b64encode(envelope.key).decode()]
    of_kind = (pin for pin in trust.keys if pin.kind is PinKind.SSH)
    return next((pin for pin in of_kind if pin.key.split()[:2] == line), None)


def _spki(envelope: _Envelope) -> str | None:
    """SHA-256 of the key as an X.509 structure; a key on a device has a form of its own."""
    if envelope.kind.startswith(b"sk-"):
        return None
    key = load_ssh_public_key(envelope.kind + b" " + base64.b64encode(envelope.key))
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()
