"""Ask the vendor's library about one file; every answer and every refusal is a value.

Network off three times: remote manifests and OCSP are not fetched, no host is allowed, and the
worker has no sockets. Identity assertions are decoded only when asked for: one that names a web
address makes the library build an HTTP client, which it cannot survive in the sandbox. Nothing
the library returns is believed to be small: MAX_ANSWER, MAX_STORE. An exception of a class nobody
planned for is UNREADABLE. Not for threads: the library keeps its last error in one place.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any, Final

from provenance.outside.certificate_files import pem
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.c2pa.library import C2PA
from provenance.signatures.text import tame

MAX_ANSWER: Final = 32 << 20  # characters of JSON; a store of fifty manifests has some 300,000
MAX_STORE: Final = 128 << 20  # bytes of a manifest store; thumbnails make the most of it
MAX_OTHERS: Final = 100  # manifests that nothing refers to; leftovers of an editor, a few


@unique
class Refusal(StrEnum):
    """Why the library gave no manifest."""

    NO_MANIFEST = "no-manifest"
    FORMAT = "c2pa-format-not-supported"
    REMOTE = "manifest.inaccessible"
    """The file only says where its manifest is; it was not fetched."""
    PRERELEASE = "status.prerelease"
    """Written before the format was published."""
    UNREADABLE = "c2pa-unreadable"
    TOO_LARGE = "c2pa-too-large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The library read no manifest."""

    why: Refusal
    message: str
    """The library's words, tamed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusting:
    """What the library is to rely on."""

    anchors: tuple[bytes, ...] = ()
    """DER."""
    ekus: tuple[str, ...] = ()
    """Accepted beside those that the library always accepts, dotted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the library says about a file with a manifest."""

    answer: Mapping[str, Any]
    """Its JSON report, not yet looked into."""
    manifest_store: bytes
    """The active manifest and those it refers to (JUMBF); empty when it would not give them."""
    further: int = 0
    """Bytes of the manifests in the file that the active one does not refer to."""


def read_store(
    data: bytes,
    media_type: str,
    trusting: Trusting,
    *,
    identities: bool = False,
    sidecar: bytes | None = None,
) -> Read | Refused:
    """Read the manifests of a file and have them validated.

    Args:
        data: the whole file.
        media_type: as identified; the library looks at the bytes too.
        trusting: anchors for this question.
        identities: decode identity assertions (CAWG) as well.
        sidecar: manifest store of another file, validated over `data` instead of the one in it.
    """
    done = attempt(
        "c2pa", lambda: _read(data, media_type, _settings(trusting, identities), sidecar)
    )
    return _refused(done) if isinstance(done, Fault) else done


def _read(
    data: bytes, media_type: str, settings: dict[str, Any], sidecar: bytes | None
) -> Read | Refused:
    with (
        C2PA.Context.from_dict(settings) as context,
        C2PA.Reader(media_type, io.BytesIO(data), sidecar, context=context) as reader,
    ):
        text = reader.json()
        if len(text) > MAX_ANSWER:
            return Refused(why=Refusal.TOO_LARGE, message=f"a report of {len(text)} characters")
        answer = json.loads(text)
        if not isinstance(answer, dict):
            return Refused(why=Refusal.UNREADABLE, message="a report of another shape")
        store = _store_of(reader, answer.get("active_manifest"))
        manifests = answer.get("manifests")
        labels = list(manifests) if isinstance(manifests, dict) else []
        others = [one for one in labels if one.encode() not in store][:MAX_OTHERS]
        further = sum(len(_store_of(reader, one)) for one in others)
        return Read(answer=answer, manifest_store=store, further=further)


def _store_of(reader: Any, label: object) -> bytes:  # noqa: ANN401 - a class without types
    stream = io.BytesIO()
    address = f"self#jumbf=/c2pa/{label}"
    done = attempt("c2pa-store", lambda: reader.resource_to_stream(address, stream))
    store = stream.getvalue()
    return b"" if isinstance(done, Fault) or len(store) > MAX_STORE else store


def _settings(trusting: Trusting, identities: bool) -> dict[str, Any]:
    trust = {}
    if trusting.anchors:
        trust["trust_anchors"] = pem(trusting.anchors).decode("ascii")
    if trusting.ekus:
        trust["trust_config"] = "\n".join(trusting.ekus)
    return {
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True},
        "core": {"allowed_network_hosts": [], "decode_identity_assertions": identities},
        "trust": trust,
    }


_BEGINNINGS: Final[tuple[tuple[str, Refusal], ...]] = (
    ("ManifestNotFound", Refusal.NO_MANIFEST),
    ("NotSupported", Refusal.FORMAT),
    ("Remote", Refusal.REMOTE),
    ("Other: prerelease", Refusal.PRERELEASE),
)


def _refused(fault: Fault) -> Refused:
    """Sort an error of the library by how its message begins: its classes are private."""
    if fault.kind in {"ValueError", "RecursionError", "JSONDecodeError"}:
        return Refused(why=Refusal.UNREADABLE, message=fault.text)
    for beginning, why in _BEGINNINGS:
        if fault.message.startswith(beginning):
            return Refused(why=why, message=tame(fault.message, 300))
    return Refused(why=Refusal.UNREADABLE, message=tame(fault.message or fault.kind, 300))
