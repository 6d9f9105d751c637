"""P-256 keys on a smart card, a YubiKey (PIV) or any token with a PKCS#11 module.

Needs the extra `pkcs11` (python-pkcs11), which is loaded only here and only when such a key is
named: `pkcs11:MODULE:TOKEN:LABEL`, the path of the vendor's module, the token's label, the key's
label. The token signs the SHA-256 of the message (CKM_ECDSA: R || S, which is what ES256 wants);
every signature is checked before it is used. The PIN is given to the token and kept nowhere; no
message holds it. A wrong PIN is never tried twice: tokens lock after three.
"""

import importlib
from collections.abc import Callable
from hashlib import sha256
from types import ModuleType
from typing import Final, Protocol

from provenance.errors import KeyUnavailable, Malformed, PassphraseWrong, UsageError
from provenance.ledger.keys import PublicKey, p256_key

PREFIX: Final = "pkcs11:"
_P256_OID: Final = bytes.fromhex("06082a8648ce3d030107")  # RFC 5480 section 2.1.1.1: secp256r1
_POINT: Final = b"\x04\x41"  # DER: an octet string of 65 bytes (PKCS#11 2.40 section 2.3.3)


class _Key(Protocol):
    """What is used of a key on a token."""

    def sign(self, data: bytes, *, mechanism: object) -> bytes: ...

    def __getitem__(self, attribute: object) -> bytes: ...


class _Session(Protocol):
    """What is used of a session with a token."""

    def get_key(self, *, object_class: object, key_type: object, label: str) -> _Key: ...

    def close(self) -> None: ...


class _Token(Protocol):
    """What is used of a token."""

    def open(self, *, user_pin: str | None = None) -> _Session: ...


class TokenSigner:
    """A private key that stays on its token."""

    __slots__ = ("_mechanism", "_private", "_public", "_session")

    def __init__(
        self, session: _Session, private: _Key, public: PublicKey, mechanism: object
    ) -> None:
        """Take an open session and the two halves of a key in it."""
        self._session, self._private = session, private
        self._public, self._mechanism = public, mechanism

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self._public

    def close(self) -> None:
        """End the session; the token forgets the PIN with the last one."""
        self._session.close()

    def sign(self, message: bytes) -> bytes:
        """Return R || S, 64 bytes, as the token made it.

        Raises:
            KeyUnavailable: the token is gone, refuses, or gives what its key does not verify.
        """
        library = _library()
        try:
            signature = bytes(
                self._private.sign(sha256(message).digest(), mechanism=self._mechanism)
            )
        except library.PKCS11Error as error:
            raise KeyUnavailable(f"the token does not sign ({type(error).__name__})") from error
        if not self._public.verify(signature, message):
            raise KeyUnavailable("the token gave a signature that its key does not verify")
        return signature


def token_key(name: str, *, passphrase: bytes | None, ask: Callable[[str], bytes]) -> TokenSigner:
    """Open a token and return its key.

    Args:
        name: `pkcs11:MODULE:TOKEN:LABEL`.
        passphrase: the PIN, if it is known; else `ask` is called with the token's label.
        ask: asks a person; may raise KeyUnavailable.

    Raises:
        UsageError: a name of another form.
        KeyUnavailable: the extra, the module, the token or the key is not there.
        PassphraseWrong: the PIN is wrong, or the token is locked.
    """
    module, token_label, label = parse_token_name(name)
    library = _library()
    try:
        token = library.lib(module).get_token(token_label=token_label)
    except (library.PKCS11Error, RuntimeError) as error:
        why = type(error).__name__
        raise KeyUnavailable(f"no token {token_label!r} behind {module} ({why})") from error
    pin = passphrase if passphrase is not None else ask(token_label)
    try:
        session = _open(library, token, pin.decode("utf-8"))
    except (library.PinIncorrect, library.PinLocked, library.PinInvalid, library.PinLenRange):
        # Without the cause: a library's message must not carry a PIN into a traceback.
        raise PassphraseWrong(f"the token {token_label!r} does not take this PIN") from None
    except (library.PKCS11Error, UnicodeDecodeError) as error:
        raise KeyUnavailable(
            f"the token {token_label!r} does not open ({type(error).__name__})"
        ) from None
    return _find(library, session, label)


def _open(library: ModuleType, token: _Token, pin: str) -> _Session:
    try:
        return token.open(user_pin=pin)
    except library.UserAlreadyLoggedIn:
        # PKCS#11 2.40 section 5.6: a login is the process's; a second key needs no second one.
        return token.open()


def parse_token_name(name: str) -> tuple[str, str, str]:
    """Return module, token and label of `pkcs11:MODULE:TOKEN:LABEL`.

    Raises:
        UsageError: another form.
    """
    parts = name.removeprefix(PREFIX).split(":")
    if not name.startswith(PREFIX) or len(parts) != 3 or not all(parts):
        raise UsageError("a key on a token is named pkcs11:MODULE:TOKEN:LABEL")
    return parts[0], parts[1], parts[2]


def _find(library: ModuleType, session: _Session, label: str) -> TokenSigner:
    kind, attribute = library.ObjectClass, library.Attribute
    try:
        private = session.get_key(
            object_class=kind.PRIVATE_KEY, key_type=library.KeyType.EC, label=label
        )
        public = session.get_key(
            object_class=kind.PUBLIC_KEY, key_type=library.KeyType.EC, label=label
        )
        curve, point = bytes(public[attribute.EC_PARAMS]), bytes(public[attribute.EC_POINT])
    except library.PKCS11Error as error:
        session.close()
        why = type(error).__name__
        raise KeyUnavailable(f"no single P-256 key {label!r} on the token ({why})") from error
    try:
        return TokenSigner(session, private, _public(curve, point), library.Mechanism.ECDSA)
    except Malformed as error:
        session.close()
        raise KeyUnavailable(f"the key {label!r} cannot be used: {error}") from error


def _public(curve: bytes, point: bytes) -> PublicKey:
    if curve != _P256_OID:
        raise Malformed("it is not on the curve P-256")
    # Some modules leave the DER wrapping away, against the standard.
    return p256_key(point.removeprefix(_POINT) if len(point) == 67 else point)


def _library() -> ModuleType:
    try:
        return importlib.import_module("pkcs11")
    except ImportError as error:
        raise KeyUnavailable(
            "keys on tokens need the extra `pkcs11`: install provenance-desk[pkcs11]"
        ) from error
