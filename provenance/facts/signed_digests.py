"""Which document a signature file states that it is of, by digest: CMS, RFC 3161, Sigstore.

Read, nothing is checked: the messageDigest attribute of each signer of a detached CMS container,
the imprint of a time-stamp token or response, the message digest of a Sigstore bundle. Only
SHA-256 and SHA-512: the desk keeps those of every document. A statement finds a document, it
proves nothing.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final

from asn1crypto import tsp

from provenance.errors import Malformed
from provenance.facts.model import Facts
from provenance.outside.timestamp_response import parse_response
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.cms.attributes import attributes_of, single
from provenance.signatures.cms.reading import Container, read_container
from provenance.signatures.pairing import STATED, stated_in

MAX_BUNDLE: Final = 4 << 20  # bytes of JSON; a bundle has some thousand
_SIZES: Final = {"sha256": 32, "sha512": 64}


def read_stated(data: bytes, media_type: str) -> Facts:
    """Return the digests that a signature file states, as properties; total on any bytes."""
    read = attempt("stated-digests", lambda: list(_stated(data, media_type)))
    if isinstance(read, Fault):
        return Facts()
    named = [f"{name}:{value.hex()}" for name, value in read if _SIZES.get(name) == len(value)]
    keys = [STATED if not number else f"{STATED}#{number + 1}" for number in range(len(named))]
    return Facts(properties=dict(zip(keys, dict.fromkeys(named), strict=False)))


def states(signature: bytes, media_type: str, document: bytes) -> bool:
    """Tell whether a signature file states the document's digest as that of what it is of."""
    stated = stated_in(read_stated(signature, media_type).properties)
    kinds = {one.partition(":")[0] for one in stated}
    return any(f"{kind}:{hashlib.new(kind, document).hexdigest()}" in stated for kind in kinds)


def _stated(data: bytes, media_type: str) -> Iterator[tuple[str, bytes]]:
    if media_type.endswith("+json"):
        yield from _bundle(data)
        return
    token = unwrapped(data)
    container = read_container(token if token is not None else data)
    if container.content_type == "tst_info" and container.content is not None:
        imprint = tsp.TSTInfo.load(container.content)["message_imprint"]
        algorithm = str(imprint["hash_algorithm"]["algorithm"].native)
        yield algorithm, bytes(imprint["hashed_message"].native)
    elif container.content is None:
        yield from _signers(container)


def _signers(container: Container) -> Iterator[tuple[str, bytes]]:
    for signer in container.signers:
        value = single(attributes_of(signer, "signed_attrs"), "message_digest")
        if value is not None:
            yield str(signer["digest_algorithm"]["algorithm"].native), bytes(value.native)


def unwrapped(data: bytes) -> bytes | None:
    """Return the token within a time-stamp response; None for anything else."""
    try:
        return parse_response(data).token
    except Malformed:
        return None


def _bundle(data: bytes) -> Iterator[tuple[str, bytes]]:
    if len(data) > MAX_BUNDLE:
        return
    try:
        value: Any = json.loads(data)
        told = value["messageSignature"]["messageDigest"]
        digest = base64.b64decode(told["digest"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        return
    if told.get("algorithm") == "SHA2_256":
        yield "sha256", digest
