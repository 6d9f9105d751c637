"""Make content credentials by hand: every byte chosen here, so that every rule can be broken.

Writes what C2PA 2 says: assertions, claim, signature, manifest store (JUMBF), one JPEG segment. The
library's own builder refuses to make most of what an attacker would. `Recipe` is honest by default;
each field is something that may be wrong.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.signatures.party import Party

LABEL = "urn:c2pa:11111111-2222-4333-8444-555555555555"
ROOM = 6000  # bytes of a signature box; what is not used is padding
_TAIL = bytes.fromhex("00110010800000aa00389b71")
ACTIONS: dict[str, Any] = {
    "actions": [
        {
            "action": "c2pa.created",
            "digitalSourceType": ("http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"),
        }
    ]
}

Stamp = Callable[[bytes], bytes]
"""Bytes to the token, or the whole answer, of a time authority."""


@dataclass
class Recipe:
    """One manifest; honest by default."""

    signer: Party
    chain: tuple[Party, ...] = ()
    """Certificates above the signer's."""
    version: int = 2
    actions: dict[str, Any] = field(default_factory=lambda: dict(ACTIONS))
    title: str = "picture"
    label: str = LABEL
    spread: int = 0
    """Bytes after the credentials that are left out of the hash as well."""
    extra_exclusions: tuple[dict[str, int], ...] = ()
    stamp: Stamp | None = None
    shown: Party | None = None
    """Certificate put into the signature box instead of the signer's."""
    loose: dict[Any, Any] = field(default_factory=dict)
    """Further entries of the unprotected header."""
    ingredients: tuple[dict[str, Any], ...] = ()
    more: Mapping[str, object] = field(default_factory=dict)
    """Further assertions."""
    undeclared: dict[str, Any] = field(default_factory=dict)
    """Assertions in the store that the claim does not list."""
    algorithm: int | None = None
    """COSE number that is written, whatever signs."""
    flip_hash: bool = False
    """Write another hash of the file than it has."""
    cut: int = 0
    """Bytes of the store in a first segment of its own; 0 = all in one."""
    below: bytes = b""
    """Manifest boxes of ingredients, put before this one."""


def sign_jpeg(picture: bytes, recipe: Recipe) -> bytes:
    """Return the JPEG with credentials behind its first segment."""
    at = 4 + int.from_bytes(picture[4:6], "big") if picture[2:4] == b"\xff\xe0" else 2
    length = 0
    for _ in range(4):  # the length of the credentials is written inside them
        exclusions = [{"start": at, "length": length + recipe.spread}, *recipe.extra_exclusions]
        rest = _without(picture, at, length, exclusions)
        store = make_store(recipe, _data_hash(rest, exclusions, recipe))
        segment = segments(store, recipe.cut)
        if len(segment) == length:
            break
        length = len(segment)
    return picture[:at] + segment + picture[at:]


def _without(picture: bytes, at: int, length: int, exclusions: list[dict[str, int]]) -> bytes:
    whole = bytearray(picture[:at] + bytes(length) + picture[at:])
    keep = bytearray(b"\1" * len(whole))
    for one in exclusions:
        keep[one["start"] : one["start"] + one["length"]] = bytes(one["length"])
    return bytes(byte for byte, kept in zip(whole, keep, strict=False) if kept)


def _data_hash(rest: bytes, exclusions: list[dict[str, int]], recipe: Recipe) -> dict[str, Any]:
    digest = hashlib.sha256(rest + (b"x" if recipe.flip_hash else b"")).digest()
    return {
        "exclusions": exclusions,
        "name": "jumbf manifest",
        "alg": "sha256",
        "hash": digest,
        "pad": b"",
    }


def segments(store: bytes, cut: int = 0, *, instance: int = 1) -> bytes:
    """ISO 19566-5 annex D: marker, length, `JP`, instance, number, box or its next part."""
    parts = [store[:cut], store[:8] + store[cut:]] if cut else [store]
    found = b""
    for number, part in enumerate(parts, 1):
        body = b"JP" + instance.to_bytes(2, "big") + number.to_bytes(4, "big") + part
        found += b"\xff\xeb" + (len(body) + 2).to_bytes(2, "big") + body
    return found


def make_store(recipe: Recipe, binding: dict[str, Any] | None) -> bytes:
    """Return a manifest store with one manifest, and those below it."""
    return superbox(b"c2pa", "c2pa", recipe.below + make_manifest(recipe, binding))


def make_manifest(recipe: Recipe, binding: dict[str, Any] | None) -> bytes:
    """Return the box of one manifest."""
    declared: dict[str, object] = {
        "c2pa.actions.v2" if recipe.version > 1 else "c2pa.actions": recipe.actions
    }
    for number, one in enumerate(recipe.ingredients):
        declared["c2pa.ingredient.v3" + (f"__{number}" if number else "")] = one
    declared |= recipe.more
    if binding is not None:
        declared["c2pa.hash.data"] = binding
    boxes = {
        label: superbox(b"cbor", label, box(b"cbor", cbor(one))) for label, one in declared.items()
    }
    links = [
        {
            "url": f"self#jumbf=c2pa.assertions/{label}",
            "hash": hashlib.sha256(one[8:]).digest(),
        }
        for label, one in boxes.items()
    ]
    stored = b"".join(boxes.values()) + b"".join(
        superbox(b"cbor", label, box(b"cbor", cbor(one)))
        for label, one in recipe.undeclared.items()
    )
    claim = cbor(_claim(recipe, links))
    name = "c2pa.claim.v2" if recipe.version > 1 else "c2pa.claim"
    return superbox(
        b"c2ma",
        recipe.label,
        superbox(b"c2as", "c2pa.assertions", stored)
        + superbox(b"c2cl", name, box(b"cbor", claim))
        + superbox(b"c2cs", "c2pa.signature", box(b"cbor", sign_claim(recipe, claim))),
    )


def _claim(recipe: Recipe, links: list[dict[str, Any]]) -> dict[str, Any]:
    common = {
        "instanceID": "xmp:iid:11111111-2222-4333-8444-666666666666",
        "signature": f"self#jumbf=/c2pa/{recipe.label}/c2pa.signature",
        "dc:title": recipe.title,
        "alg": "sha256",
    }
    if recipe.version > 1:
        info = {"name": "hand", "version": "1"}
        return common | {"claim_generator_info": info, "created_assertions": links}
    return common | {
        "claim_generator": "hand/1",
        "claim_generator_info": [{"name": "hand", "version": "1"}],
        "dc:format": "image/jpeg",
        "assertions": links,
    }


def sign_claim(recipe: Recipe, claim: bytes) -> bytes:
    """Return COSE_Sign1 over a claim, padded to ROOM."""
    shown = recipe.shown or recipe.signer
    chain = [shown.der, *(one.der for one in recipe.chain)]
    number = recipe.algorithm if recipe.algorithm is not None else _number(recipe.signer)
    protected = cbor({1: number, 33: chain})
    value = _raw_signature(recipe.signer, _structure("Signature1", protected, claim))
    loose: dict[Any, Any] = dict(recipe.loose)
    if recipe.stamp is not None:
        name, payload = ("sigTst", claim) if recipe.version == 1 else ("sigTst2", cbor(value))
        over = _structure("CounterSignature", protected, payload)
        loose[name] = {"tstTokens": [{"val": recipe.stamp(over)}]}
    bare = b"\xd2" + cbor([protected, loose | {"pad": b""}, None, value])
    pad = bytes(ROOM - len(bare) - 2)  # two bytes more of length for a text of this size
    return b"\xd2" + cbor([protected, loose | {"pad": pad}, None, value])


def _structure(context: str, protected: bytes, payload: bytes) -> bytes:
    return cbor([context, protected, b"", payload])


def _number(party: Party) -> int:
    if isinstance(party.key, rsa.RSAPrivateKey):
        return -37
    return -8 if isinstance(party.key, ed25519.Ed25519PrivateKey) else -7


def _raw_signature(party: Party, message: bytes) -> bytes:
    if isinstance(party.key, ed25519.Ed25519PrivateKey):
        return party.key.sign(message)
    if isinstance(party.key, rsa.RSAPrivateKey):
        salted = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
        return party.key.sign(message, salted, hashes.SHA256())
    r, s = decode_dss_signature(party.key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def box(kind: bytes, content: bytes) -> bytes:
    """Return a box."""
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def superbox(kind: bytes, label: str, content: bytes) -> bytes:
    """Return a labelled box; `kind` is the first part of its UUID."""
    described = box(b"jumd", kind + _TAIL + b"\x03" + label.encode() + b"\0")
    return box(b"jumb", described + content)


class Raw(bytes):
    """Bytes that are CBOR already."""

    __slots__ = ()


def cbor(value: object) -> bytes:
    """Encode as RFC 8949 section 4.2.1 wants it, maps in the order they are in."""
    if isinstance(value, Raw):
        return bytes(value)
    if isinstance(value, bool) or value is None:
        return {True: b"\xf5", False: b"\xf4", None: b"\xf6"}[value]
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes | str):
        raw = value.encode() if isinstance(value, str) else value
        return _head(3 if isinstance(value, str) else 2, len(raw)) + raw
    if isinstance(value, list | tuple):
        return _head(4, len(value)) + b"".join(cbor(one) for one in value)
    if isinstance(value, dict):
        parts = b"".join(cbor(key) + cbor(one) for key, one in value.items())
        return _head(5, len(value)) + parts
    raise TypeError(type(value))


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for extra, info in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if number < 1 << (8 * extra):
            return bytes([major << 5 | info]) + number.to_bytes(extra, "big")
    raise ValueError(number)
