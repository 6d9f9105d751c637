"""Which of the desk's own pins cannot be read: they vouch for nobody, and that has to be said.

A pin is left out when its key cannot be read by the reader that would check with it: an OpenPGP
certificate that is none, or that has another fingerprint than was written down; a minisign or
signify line of another length, or a key under which anybody could sign; an SSH key whose words are
not a key of that kind. Rules: a pin's fault is told in one plain sentence; a finding tells how many
there are and names nobody, because whom a desk knows is not for every reader of a finding, and only
where a pin could have changed the answer; nothing here decides on a signature.
"""

import base64
import binascii
from functools import lru_cache
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from provenance.errors import Malformed
from provenance.ledger.sshwire import SshReader
from provenance.signatures.axes import Integrity
from provenance.signatures.keynumbers import read_line
from provenance.signatures.model import SignatureStatus
from provenance.signatures.openpgp.certificate import read_certificate
from provenance.signatures.openpgp.second import WANTED
from provenance.signatures.pinning import noted
from provenance.trust.model import KeyPin, PgpPin, PinKind, TrustSet

CODE: Final = "pin-unreadable"
SSH_KINDS: Final = frozenset(  # those of which `signatures.ssh` can check a signature
    {"ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ssh-rsa"}
    | {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"}
    | {"sk-ecdsa-sha2-nistp256@openssh.com"}
)
_NAMES: Final = {
    PinKind.SSH: "SSH",
    PinKind.MINISIGN: "minisign",
    PinKind.SIGNIFY: "signify",
    PinKind.SIGSTORE: "Sigstore",
}
_KEYLESS: Final = frozenset({"no-key", "no-issuer", WANTED})
"""Codes of endings for which another key might have been the answer."""


def pgp_pin_fault(pin: PgpPin) -> str | None:
    """Say why an OpenPGP pin is left out; None = it is read."""
    try:
        certificate = read_certificate(pin.certificate)
    except Malformed:
        return "its OpenPGP key cannot be read"
    if certificate.primary.fingerprint != pin.fingerprint.upper():
        return "its OpenPGP key has another fingerprint than was written down for it"
    return None


@lru_cache(maxsize=4096)
def key_pin_fault(pin: KeyPin) -> str | None:
    """Say why a plain key's pin is left out; None = it is read."""
    if pin.kind is PinKind.SSH:
        return None if is_ssh_key(pin.key) else "its SSH key cannot be read"
    if pin.kind is PinKind.SIGSTORE:
        whole = len(pin.key.split()) == 2
        return None if whole else "it does not name an issuer and a subject"
    return None if read_line(pin.key) else f"its {_NAMES[pin.kind]} key cannot be read"


def with_unread_pins(status: SignatureStatus, trust: TrustSet, kind: PinKind) -> SignatureStatus:
    """Return the status with a remark where a pin of its kind was left out and no other was found.

    Args:
        status: judged in all respects.
        trust: the desk's pins.
        kind: of signature.
    """
    count = sum(1 for one in trust.keys if one.kind is kind and key_pin_fault(one))
    return _remarked(status, count, _NAMES[kind])


def with_unread_pgp(status: SignatureStatus, trust: TrustSet) -> SignatureStatus:
    """Return the status of an OpenPGP signature, remarked as in `with_unread_pins`."""
    return _remarked(status, sum(1 for one in trust.pgp if pgp_pin_fault(one)), "OpenPGP")


def _remarked(status: SignatureStatus, count: int, name: str) -> SignatureStatus:
    open_still = status.integrity is Integrity.INTACT or _KEYLESS & {*status.native_codes}
    if not count or status.anchor_id is not None or not open_still:
        return status
    which, were = ("one", "was") if count == 1 else (str(count), "were")
    text = (
        f"{which} of this desk's pinned {name} keys cannot be read and {were} left out; `prov trust"
        " list` says which"
    )
    return noted(status, CODE, text)


def is_ssh_key(text: str) -> bool:
    """Whether the first two words are a key's kind and a key of that kind."""
    words = text.split()
    if len(words) < 2:
        return False
    try:
        blob = base64.b64decode(words[1], validate=True)
        kind = SshReader(blob, what="an SSH key").string()
        if words[0] not in SSH_KINDS or kind != words[0].encode():
            return False
        load_ssh_public_key(" ".join(words[:2]).encode())
    except (Malformed, ValueError, binascii.Error, UnsupportedAlgorithm):
        return False
    return True
