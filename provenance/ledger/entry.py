"""An entry: the issuer-signed part of an RFC 9901 SD-JWT, as a compact JWS. Its ASCII is the leaf.

Every entry has exactly these bytes: a header of alg, kid and typ; a payload of ten open fields in
RFC 8785 order; 64 bytes of signature. Parsing is one grammar, applied to the decoded bytes, so what
parses is canonical by construction and is never re-encoded to be verified. Refused: any further or
missing field, any other spelling, unsorted or repeated digests, `prev` without a predecessor or
the other way round, `alg` other than EdDSA and ES256, sizes beyond the limits.
The signature is checked with the algorithm of the enrolled KEY; a header that says otherwise fails.
Never says whether the key was entitled to sign: that is `provenance.ledger.roster`.
"""

import re
from binascii import a2b_base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Final

from provenance.errors import Malformed, UsageError
from provenance.ledger.base64text import decode_base64url, encode_base64url
from provenance.ledger.canonical import MAX_INTEGER
from provenance.ledger.keys import PublicKey, Signer
from provenance.ledger.merkle import leaf_hash

MAX_LEAF: Final = 4096  # bytes; an entry of nine digests has about 1,030
MAX_DIGESTS: Final = 32  # in one entry; our widest kind has nine
OPEN_FIELDS: Final = frozenset(
    {"_sd", "_sd_alg", "iat", "item", "log", "n", "prev", "seen", "type", "v"}
)

_INT: Final = rb"(0|[1-9][0-9]{0,15})"
_HASH: Final = rb"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"  # 32 bytes: the last two bits are zero
_ORIGIN: Final = rb"[A-Za-z0-9][A-Za-z0-9._~:/-]{0,127}"
_HEADER: Final = re.compile(
    rb'\{"alg":"(EdDSA|ES256)","kid":"(' + _HASH + rb')","typ":"custody-event\+sd-jwt"\}'
)
_PAYLOAD: Final = re.compile(
    rb'\{"_sd":\[((?:"' + _HASH + rb'"(?:,"' + _HASH + rb'"){0,31})?)\],"_sd_alg":"sha-256",'
    rb'"iat":' + _INT + rb',"item":"([A-Za-z0-9_-]{21}[AQgw])","log":"(' + _ORIGIN + rb')",'
    rb'"n":' + _INT + rb',"prev":(?:null|"(' + _HASH + rb')"),'
    rb'"seen":\[' + _INT + rb',"(' + _HASH + rb')"\],"type":"([a-z]+(?:\.[a-z]+)*)","v":1\}'
)
_SIGNATURE: Final = re.compile(rb"[A-Za-z0-9_-]{85}[AQgw]")
_ORIGIN_TEXT: Final = re.compile(_ORIGIN.decode("ascii"))
_FROM_URL: Final = bytes.maketrans(b"-_", b"+/")
_TYPE_TEXT: Final = re.compile(r"[a-z]+(?:\.[a-z]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A tree head as a signer saw it."""

    size: int
    root: bytes
    """32 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The open fields of an entry that is about to be signed."""

    log: str
    """The log's origin."""
    item: bytes
    """16 bytes."""
    n: int
    """0 for the item's first entry, then one more each time."""
    prev: bytes | None
    """Leaf hash of the item's previous entry; None exactly if n is 0."""
    seen: Head
    """The newest checkpoint the signer knew; size 0 and the empty root if none."""
    type: str
    iat: int
    """Seconds since 1970 UTC, as the signer's clock claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A well-formed entry. Its signature is NOT checked yet."""

    leaf: bytes
    alg: str
    """What the header claims; verification goes by the enrolled key."""
    kid: str
    """Thumbprint of the key that claims to have signed."""
    log: str
    item: bytes
    """16 bytes."""
    n: int
    prev: bytes | None
    """Leaf hash of the item's previous entry, 32 bytes."""
    seen: Head
    type: str
    iat: int
    """Seconds since 1970 UTC as the signer claims; proves nothing by itself."""
    digest_texts: tuple[str, ...] = field(repr=False)
    """`_sd` as it stands: base64url, sorted. Decoys cannot be told from fields."""

    @property
    def digests(self) -> tuple[bytes, ...]:
        """The digests of hidden fields and decoys, 32 bytes each."""
        return tuple(_bits(text.encode("ascii")) for text in self.digest_texts)

    @property
    def leaf_hash(self) -> bytes:
        """The hash under which the tree holds this entry."""
        return leaf_hash(self.leaf)


def seal_entry(
    draft: Draft,
    digests: Iterable[bytes],
    *,
    width: int,
    signer: Signer,
    random: Callable[[int], bytes],
) -> bytes:
    """Return the signed leaf.

    Args:
        draft: The open fields.
        digests: Of the disclosures, 32 bytes each.
        width: Digests the entry shall show; decoys (RFC 9901 section 4.2.5) fill it up.
        signer: The key that signs.
        random: Gives that many random bytes.

    Raises:
        UsageError: a field is out of range, or there are more digests than `width`.
    """
    texts = [encode_base64url(digest) for digest in digests]
    if not len(texts) <= width <= MAX_DIGESTS:
        raise UsageError(f"{len(texts)} hidden fields do not fit into {width}")
    texts += [encode_base64url(sha256(random(32)).digest()) for _ in range(width - len(texts))]
    key = signer.public_key
    signed = _header(key.alg, key.kid) + b"." + _encode(_payload(draft, sorted(texts)))
    return signed + b"." + _encode(signer.sign(signed))


def parse_entry(leaf: bytes) -> Entry:
    """Return what a leaf says.

    Raises:
        Malformed: not an entry, byte for byte.
    """
    parts = leaf.split(b".") if len(leaf) <= MAX_LEAF else ()
    if len(parts) != 3 or _SIGNATURE.fullmatch(parts[2]) is None:
        raise Malformed("not an entry: not three base64url parts, or too long")
    alg, kid = _parse_header(parts[0])
    match = _PAYLOAD.fullmatch(_decode(parts[1]))
    if match is None:
        raise Malformed("the payload is not the canonical text of an entry's ten fields")
    sd, iat, item, log, n, prev, size, root, kind = match.groups()
    texts = tuple(sd.decode("ascii")[1:-1].split('","')) if sd else ()
    entry = Entry(
        leaf=leaf,
        alg=alg,
        kid=kid,
        log=log.decode("ascii"),
        item=_bits(item),
        n=int(n),
        prev=_bits(prev) if prev else None,
        seen=Head(size=int(size), root=_bits(root)),
        type=kind.decode("ascii"),
        iat=int(iat),
        digest_texts=texts,
    )
    if fault := _fault(entry.n, entry.prev, entry.iat, entry.seen.size, texts):
        raise Malformed(fault)
    return entry


def verify_entry(entry: Entry, key: PublicKey) -> bool:
    """Tell whether this key signed this entry. Whether it was entitled to is another question."""
    if entry.alg != key.alg or entry.kid != key.kid:
        return False
    signed, _, signature = entry.leaf.rpartition(b".")
    return key.verify(_bits(signature), signed)


def is_origin(text: str) -> bool:
    """Tell whether a text can name a log: `desk.example/custody/2026`; no spaces, no plus sign."""
    return _ORIGIN_TEXT.fullmatch(text) is not None


@lru_cache(maxsize=256)
def _parse_header(encoded: bytes) -> tuple[str, str]:
    match = _HEADER.fullmatch(_decode(encoded))
    if match is None:
        raise Malformed("the header is not alg (EdDSA or ES256), kid and typ of an entry")
    return match[1].decode("ascii"), match[2].decode("ascii")


@lru_cache(maxsize=256)
def _header(alg: str, kid: str) -> bytes:
    return _encode(f'{{"alg":"{alg}","kid":"{kid}","typ":"custody-event+sd-jwt"}}'.encode("ascii"))


def _payload(draft: Draft, texts: list[str]) -> bytes:
    if not (
        is_origin(draft.log)
        and _TYPE_TEXT.fullmatch(draft.type)
        and len(draft.item) == 16
        and len(draft.seen.root) == 32
        and (draft.prev is None or len(draft.prev) == 32)
        and min(draft.n, draft.iat, draft.seen.size) >= 0
    ):
        raise UsageError("an open field of the entry is out of range")
    if fault := _fault(draft.n, draft.prev, draft.iat, draft.seen.size, texts):
        raise UsageError(fault)
    sd = '"' + '","'.join(texts) + '"' if texts else ""
    prev = "null" if draft.prev is None else f'"{encode_base64url(draft.prev)}"'
    # RFC 8785 by construction: keys in order, no text that needs an escape.
    return (
        f'{{"_sd":[{sd}],"_sd_alg":"sha-256","iat":{draft.iat},'
        f'"item":"{encode_base64url(draft.item)}","log":"{draft.log}","n":{draft.n},"prev":{prev},'
        f'"seen":[{draft.seen.size},"{encode_base64url(draft.seen.root)}"],'
        f'"type":"{draft.type}","v":1}}'
    ).encode("ascii")


def _fault(
    n: int, prev: bytes | None, iat: int, seen: int, texts: list[str] | tuple[str, ...]
) -> str:
    if (n == 0) != (prev is None):
        return "an item's first entry has no predecessor, every later one has"
    if max(n, iat, seen) > MAX_INTEGER:
        return "a number beyond 2^53 - 1 in an entry"
    if [*texts] != sorted({*texts}):
        return "the digests of an entry are sorted and differ from one another"
    return ""


def _encode(data: bytes) -> bytes:
    return encode_base64url(data).encode("ascii")


def _decode(text: bytes) -> bytes:
    try:
        return decode_base64url(text.decode("ascii"))
    except UnicodeDecodeError as error:
        raise Malformed("an entry is ASCII") from error


def _bits(text: bytes) -> bytes:
    # Only for what the grammar has already proved to be canonical base64url of a fixed length.
    return a2b_base64(text.translate(_FROM_URL) + b"==")
