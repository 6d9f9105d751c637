"""Disclosures at rest: AES-256-GCM under the key of the data subject whose field it is.

Sealed form: 12 random bytes of nonce, ciphertext, 16 bytes of tag. The associated data are the
subject and the digest, so a row moved to another subject or another entry does not open. The nonce
is random: one key seals well below the 2^32 texts that SP 800-38D section 8.3 allows.
Destroying the subject's key destroys the field, here and in every old backup of the rows.
Opening refuses: another key, subject or digest, any changed byte, and a text that is not what the
digest in the entry stands for.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from provenance.errors import CheckFailed, UsageError
from provenance.ledger.disclosure import (
    Disclosure,
    disclosure_digest,
    match_disclosures,
    parse_disclosure,
)
from provenance.ledger.entry import Entry
from provenance.ports import SealedDisclosure
from provenance.records import Json

KEY_SIZE: Final = 32  # bytes: AES-256
NONCE_SIZE: Final = 12  # bytes: the size GCM is built for (SP 800-38D section 5.2.1.1)


def new_subject_key(random: Callable[[int], bytes]) -> bytes:
    """Return a new key for one data subject."""
    return random(KEY_SIZE)


def seal_disclosure(
    disclosure: Disclosure, *, subject: str, key: bytes, random: Callable[[int], bytes]
) -> SealedDisclosure:
    """Return the disclosure as the store keeps it.

    Raises:
        UsageError: the key has not 32 bytes.
    """
    nonce = random(NONCE_SIZE)
    box = _cipher(key).encrypt(
        nonce, disclosure.text.encode("ascii"), _bound(subject, disclosure.digest)
    )
    return SealedDisclosure(digest=disclosure.digest, subject=subject, sealed=nonce + box)


def open_disclosure(sealed: SealedDisclosure, key: bytes) -> Disclosure:
    """Return the field inside.

    Raises:
        UsageError: the key has not 32 bytes.
        CheckFailed: it does not open with this key for this subject and digest.
        Malformed: it opens, and holds something that is not a disclosure.
    """
    nonce, box = sealed.sealed[:NONCE_SIZE], sealed.sealed[NONCE_SIZE:]
    bound = _bound(sealed.subject, sealed.digest)
    try:
        text = _cipher(key).decrypt(nonce, box, bound).decode("ascii")
    except (InvalidTag, ValueError) as error:
        raise CheckFailed("a sealed field does not open with its subject's key") from error
    if disclosure_digest(text) != sealed.digest:
        raise CheckFailed("a sealed field holds another text than its entry vouches for")
    return parse_disclosure(text)


def open_fields(
    entry: Entry, sealed: Iterable[SealedDisclosure], keys: Mapping[str, bytes]
) -> dict[str, Json]:
    """Return name -> value of those fields whose subject's key is still there.

    Raises:
        CheckFailed: one does not open with its subject's key, or the entry does not vouch for it.
        Malformed: one opens, and holds something that is not a disclosure.
    """
    opened = [open_disclosure(each, keys[each.subject]) for each in sealed if each.subject in keys]
    return match_disclosures(entry, opened)


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_SIZE:
        raise UsageError("a subject's key has 32 bytes")
    return AESGCM(key)


def _bound(subject: str, digest: bytes) -> bytes:
    # The digest has a fixed length, so subject || digest can be cut in one way only.
    return subject.encode("utf-8") + digest
