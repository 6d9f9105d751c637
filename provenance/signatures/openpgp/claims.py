"""List every OpenPGP signature of a file and what exactly each one signs; checks nothing.

Read, in this order: binary packets; or, in a text, its armored blocks. A clearsigned block signs
its own text and nothing around it. A signed message signs its literal data, not the file name and
date it states (RFC 9580 section 5.9). A lone signature signs another file, which has to be given:
without it the claim has no content. What cannot be read becomes a claim with a fault. The same
bytes always give the same claims in the same order: the second engine is asked about one of them
by its name.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from provenance.errors import Malformed
from provenance.signatures.axes import Scope
from provenance.signatures.mime.senders import Senders
from provenance.signatures.nearby import Nearby
from provenance.signatures.openpgp import armor, packets
from provenance.signatures.openpgp.armor import begins, read_armor
from provenance.signatures.openpgp.certificate import Certificate, read_certificates
from provenance.signatures.openpgp.cleartext import Clearsigned, read_clearsigned
from provenance.signatures.openpgp.message import Encrypted, SignedMessage, read_message
from provenance.signatures.openpgp.packets import Packet, split_packets
from provenance.signatures.openpgp.signature import SignaturePacket, read_signature
from provenance.signatures.pairing import Relation

MAX_CLAIMS: Final = 64  # signatures of one file; each costs an engine's time
SIGNATURE_TYPES: Final = frozenset({"application/pgp-signature", "application/pgp-encrypted"})
TYPES: Final = SIGNATURE_TYPES | {"application/pgp-keys", "text/plain"}
"""Media types that may hold OpenPGP signatures, as `provenance.examine.identify` names them."""
BESIDE: Final = "detached signature (OpenPGP)"
_BLANK: Final = b" \t\r\n\xef\xbb\xbf"  # and a byte order mark: nothing a reader sees


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One signature and what it is over."""

    place: str
    """Where it stands, for the record."""
    name: str = ""
    """Unique within the file and the files beside it; made from place and bytes."""
    signature: SignaturePacket | None = None
    """None when there is a fault instead."""
    content: bytes | None = None
    """What it signs; None when that is not here."""
    file: int | None = None
    """Set when the content is a whole file: 0 the document, else the number of one beside it."""
    several: bool = False
    """More than one file was given that it may be of; this claim is about one of them."""
    scope: Scope = Scope.WHOLE
    covered: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    """Stable codes for the warnings."""
    senders: Senders | None = None
    """Whom the mail names as its author; None = no author to compare with."""
    fault: str | None = None
    """Why it cannot be read, in plain words."""
    code: str = "malformed"
    """Stable code of the fault."""


@dataclass(slots=True)
class Claims:
    """Everything found in one file."""

    found: list[Claim] = field(default_factory=list)
    keys: list[Certificate] = field(default_factory=list)
    """Certificates that came along: of use for checking, and never a proof of who it was."""
    encrypted: bool = False
    """Something is encrypted: what is signed inside cannot be seen."""


def claims_in(data: bytes, documents: tuple[Nearby, ...] = ()) -> Claims:
    """Return the signatures that a file holds.

    Args:
        data: the whole file.
        documents: files that a lone signature in it may be of.
    """
    claims = Claims()
    if is_binary(data):
        _collect(
            claims, "OpenPGP packets", _from_packets(claims, data, documents, "OpenPGP packets")
        )
    else:
        _from_text(claims, data, documents)
    claims.found = number_claims(claims.found)
    return claims


def number_claims(found: Iterable[Claim]) -> list[Claim]:
    """Give each claim a name that is its own in the file; past MAX_CLAIMS, one fault instead."""
    taken = list(islice(found, MAX_CLAIMS + 1))
    if len(taken) > MAX_CLAIMS:
        fault = f"more than {MAX_CLAIMS} OpenPGP signatures; the others were not looked at"
        taken[MAX_CLAIMS] = Claim(place="the rest of the file", fault=fault, code="too-many")
    return [_named(claim, number) for number, claim in enumerate(taken, start=1)]


def claims_beside(signature: Nearby, document: Nearby) -> Claims:
    """Return the signatures of a detached signature file over one document."""
    claims = claims_in(signature.data, (document,))
    prefix = f"beside{signature.number}-of{document.number}-"
    claims.found = [
        replace(claim, place=BESIDE, name=prefix + claim.name)
        for claim in claims.found
        if claim.file == document.number or claim.fault is not None
    ]
    return claims


def claims_within(signature: Nearby) -> Claims:
    """Return the signatures of a file beside the document over what stands in the same file."""
    claims = claims_in(signature.data)
    claims.found = [
        replace(claim, name=f"within{signature.number}-{claim.name}") for claim in claims.found
    ]
    return claims


def own_claims(data: bytes, media_type: str, nearby: Iterable[Nearby]) -> Claims:
    """Return the signatures that a document of an OpenPGP-bearing format, not a mail, holds."""
    if media_type not in TYPES:
        return Claims()
    documents = tuple(one for one in nearby if one.relation is Relation.SIGNED)
    claims = claims_in(data, documents)
    # Who puts a clearsigned text beside another file must not take that file for signed.
    beside = tuple(f"{one.said}, which lies beside it" for one in documents)
    claims.found = [
        claim if claim.file else replace(claim, uncovered=(*claim.uncovered, *beside))
        for claim in claims.found
    ]
    return claims


def claims_around(data: bytes, media_type: str, nearby: Iterable[Nearby]) -> Iterator[Claims]:
    """Yield every signature beside a document, over it or over a list beside it."""
    around = tuple(nearby)
    document = Nearby(number=0, data=data, sha256="", media_type=media_type)
    signing = [one for one in around if one.relation is not Relation.SIGNED]
    for signature in signing:
        if is_openpgp(signature):
            yield claims_within(signature)
            for signed in (document, *signing):
                if signed is not signature:
                    yield claims_beside(signature, signed)


def is_openpgp(signature: Nearby) -> bool:
    """Tell whether a file beside the document is an OpenPGP signature."""
    return signature.media_type in SIGNATURE_TYPES


def is_binary(data: bytes) -> bool:
    """Tell whether a file begins with a packet rather than with text."""
    return bool(data[:1]) and data[0] >= 0x80 and not data.startswith(b"\xef\xbb\xbf")


def _collect(claims: Claims, place: str, found: Iterable[Claim]) -> None:
    """Take what a reader yields; what stops it is a claim too."""
    try:
        claims.found.extend(found)
    except Malformed as error:
        claims.found.append(Claim(place=place, fault=str(error)))


def _named(claim: Claim, number: int) -> Claim:
    body = claim.signature.packet.body if claim.signature else (claim.fault or "").encode()
    return replace(claim, name=f"openpgp-{number}-{hashlib.sha256(body).hexdigest()[:8]}")


def _from_text(claims: Claims, data: bytes, documents: tuple[Nearby, ...]) -> None:
    try:
        blocks = begins(data)
    except Malformed as error:
        claims.found.append(Claim(place="OpenPGP blocks", fault=str(error)))
        return
    clearsigned = False
    for number, begin in enumerate(blocks, 1):
        kind = begin[1].decode("ascii")
        if kind == armor.SIGNED_MESSAGE:
            place = f"clearsigned text, block {number}"
            _collect(claims, place, _from_cleartext(data, begin, place))
        elif kind == armor.PUBLIC_KEY:
            _collect(claims, f"key block {number}", _keys(claims, data, begin))
        elif not clearsigned:  # the signature behind a clearsigned text was read with it
            place = f"{kind.lower()} block {number}"
            _collect(claims, place, _from_armor(claims, data, begin, documents, place))
        clearsigned = kind == armor.SIGNED_MESSAGE


def _from_cleartext(data: bytes, begin: re.Match[bytes], place: str) -> Iterator[Claim]:
    block = read_clearsigned(data, begin)
    outside = _outside(data, block)
    for packet in split_packets(block.signatures):
        claim = Claim(
            place=place,
            content=block.text,
            scope=Scope.PART if outside else Scope.WHOLE,
            covered=("the text of the signed block, without line ends and trailing blanks",),
            uncovered=outside,
        )
        yield _with(claim, packet)


def _outside(data: bytes, block: Clearsigned) -> tuple[str, ...]:
    before, behind = data[: block.start].strip(_BLANK), data[block.end :].strip(_BLANK)
    parts = ((before, "before"), (behind, "behind"))
    return tuple(
        f"{len(part)} bytes of text {where} the signed block" for part, where in parts if part
    )


def _keys(claims: Claims, data: bytes, begin: re.Match[bytes]) -> Iterator[Claim]:
    claims.keys.extend(read_certificates(read_armor(data, begin).data))
    return iter(())


def _from_armor(
    claims: Claims,
    data: bytes,
    begin: re.Match[bytes],
    documents: tuple[Nearby, ...],
    place: str,
) -> Iterator[Claim]:
    block = read_armor(data, begin)
    around = data[: block.start].strip(_BLANK) or data[block.end :].strip(_BLANK)
    for claim in _from_packets(claims, block.data, documents, place):
        if around and claim.file is None and claim.content is not None:
            outside = (*claim.uncovered, "everything outside the signed message")
            yield replace(claim, scope=Scope.PART, uncovered=outside)
        else:
            yield claim


def _from_packets(
    claims: Claims, data: bytes, documents: tuple[Nearby, ...], place: str
) -> Iterator[Claim]:
    message = read_message(data)
    if isinstance(message, Encrypted):
        claims.encrypted = True
    elif isinstance(message, SignedMessage):
        yield from _from_message(message, place)
    else:
        for packet in message:
            yield from _lone(packet, documents, place)


def _from_message(message: SignedMessage, place: str) -> Iterator[Claim]:
    missing = (f"{message.missing} signatures that the message announces and does not hold",)
    if not message.signatures:
        raise Malformed("a message without any signature")
    inner = len(message.signatures) - message.notarised
    for number, packet in enumerate(message.signatures):
        claim = Claim(
            place=place,
            content=message.literal.data,
            covered=("the content of the signed message",),
            uncovered=message.unsigned + (missing if message.missing else ()),
        )
        claim = _with(claim, packet)
        if number >= inner:
            claim = replace(claim, fault="a signature over other signatures", code="notarised")
        elif claim.signature and _contradicts(claim.signature, message):
            fault = "a signature that contradicts how the message announces it"
            claim = replace(claim, fault=fault, code="one-pass-disagrees")
        yield claim


def _contradicts(signature: SignaturePacket, message: SignedMessage) -> bool:
    said = bytes([max(signature.kind, 0), signature.hash_algorithm, signature.algorithm])
    return signature.readable and bool(message.announced) and said not in message.announced


def _lone(packet: Packet, documents: tuple[Nearby, ...], place: str) -> Iterator[Claim]:
    """A signature on its own is of every file that was given, until an engine says of which."""
    if not documents:
        yield _with(Claim(place=place, scope=Scope.UNKNOWN), packet)
    for document in documents:
        claim = Claim(
            place=place,
            content=document.data,
            file=document.number,
            several=len(documents) > 1,
            covered=(document.wholly,),
        )
        yield _with(claim, packet)


def _with(claim: Claim, packet: Packet) -> Claim:
    if packet.tag != packets.SIGNATURE:
        return replace(claim, fault="something else where a signature should be")
    try:
        return replace(claim, signature=read_signature(packet))
    except Malformed as error:
        return replace(claim, fault=str(error))
