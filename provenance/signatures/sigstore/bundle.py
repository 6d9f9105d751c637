"""Read a Sigstore bundle and ask the library about it, offline.

The root of trust is the one that ships with the library, for the public instance, and is never
refreshed: certificates and logs that are newer than it are unknown, not forged. Which certificate
made the signature, that a log holds it, and that it fits the document, the library checks; when it
was made is read from the same log entry or time stamp that the library has checked.
"""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any, Final

from cryptography import x509
from rfc3161_client import decode_timestamp_response
from sigstore.errors import VerificationError
from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier
from sigstore.verify.policy import UnsafeNoOp
from sigstore_models.trustroot.v1 import TrustedRoot as RootModel

from provenance.errors import Malformed
from provenance.facts.signed_digests import MAX_BUNDLE
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.text import tame

ENGINE: Final = "sigstore"
ENGINE_VERSION: Final = version("sigstore")

_ROOT: Final = "https%3A%2F%2Ftuf-repo-cdn.sigstore.dev"
_DOES_NOT_FIT: Final = (
    "Signature is invalid for input",
    "Bundle message digest mismatch",
    "DSSE: invalid signature",
)
"""How the library says that the signature does not fit what it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBundle:
    """A bundle as it was read; not checked."""

    bundle: Bundle
    value: dict[str, Any]
    """Its JSON."""

    @property
    def certificate(self) -> x509.Certificate:
        """The signer's."""
        return self.bundle.signing_certificate

    @property
    def carries_statement(self) -> bool:
        """Whether what it signs stands in it."""
        return "dsseEnvelope" in self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the library says of a signature."""

    holds: bool | None
    """None: something else than signature and document is not in order."""
    why: str = ""
    """The library's reason, tamed."""
    statement: dict[str, Any] | None = None
    """The signed statement; {} when it is of another form than in-toto's."""
    moment: datetime | None = None
    """When it was made, by log or time-stamp authority."""


class ManagedKeyError(Exception):
    """A bundle with a bare key instead of a certificate."""


@cache
def shipped_root() -> bytes:
    """Return the root of trust that ships with the library, JSON."""
    return files("sigstore._store").joinpath(_ROOT, "trusted_root.json").read_bytes()


def read_bundle(data: bytes) -> ReadBundle:
    """Return what a bundle holds.

    Raises:
        Malformed: too large, or not JSON.
        ManagedKeyError: it names a key, not a certificate.
        Exception: whatever the library raises on a bundle it cannot read.
    """
    if len(data) > MAX_BUNDLE:
        raise Malformed(f"a bundle of more than {MAX_BUNDLE} bytes")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Malformed("a bundle that is not JSON") from error
    if "publicKey" in value.get("verificationMaterial", {}):
        raise ManagedKeyError
    return ReadBundle(bundle=Bundle.from_json(data), value=value)


def ask_library(read: ReadBundle, document: bytes | None, root: bytes) -> Answer:
    """Return what the library says; a statement needs no document."""
    verifier = Verifier(trusted_root=TrustedRoot(RootModel.from_json(root)))
    checked = attempt("sigstore", lambda: _check(verifier, read, document))
    if isinstance(checked, Fault):
        fits = not any(words in checked.message for words in _DOES_NOT_FIT)
        return Answer(holds=None if fits else False, why=tame(checked.message, 200))
    moment = attempt("time", lambda: _moment(read.value))
    return Answer(
        holds=True,
        statement=checked,
        moment=None if isinstance(moment, Fault) else moment,
    )


def _check(verifier: Verifier, read: ReadBundle, document: bytes | None) -> dict[str, Any] | None:
    policy = UnsafeNoOp()  # who may sign is the desk's own question, asked elsewhere
    if not read.carries_statement:
        if document is None:
            raise VerificationError("the document is not here")
        verifier.verify_artifact(document, read.bundle, policy)
        return None
    kind, payload = verifier.verify_dsse(read.bundle, policy)
    if kind != "application/vnd.in-toto+json":
        return {}
    value = json.loads(payload)
    return value if isinstance(value, dict) else {}


def _moment(value: dict[str, Any]) -> datetime | None:
    """The earliest of the times that made the library accept the certificate."""
    material = value["verificationMaterial"]
    entry = material["tlogEntries"][0]
    found = []
    if entry.get("inclusionPromise") and entry.get("integratedTime"):
        found.append(datetime.fromtimestamp(int(entry["integratedTime"]), UTC))
    stamps = (material.get("timestampVerificationData") or {}).get("rfc3161Timestamps", ())
    if not found and len(stamps) == 1:  # of several, one may be of an unknown authority
        raw = base64.b64decode(stamps[0]["signedTimestamp"])
        found.append(decode_timestamp_response(raw).tst_info.gen_time)
    return min(found, default=None)
