"""The answer of a timestamp authority, taken apart: RFC 3161 section 2.4.2. Nothing is verified.

Read in order: DER framing, TimeStampResp, its status, the token (CMS SignedData, RFC 5652) with
exactly one signer, TSTInfo. TSTInfo must be DER to the byte (section 2.4.2 asks for it), its time
in the one form of section 2.4.2 (seconds, fractions without trailing zeroes, Z), its accuracy
within the limits of the grammar. Refused: critical extensions of TSTInfo, which are not known here.
The response is kept as it came; `der` is the very file.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from asn1crypto import cms, core, tsp

from provenance.errors import Malformed
from provenance.outside.der import parsed, require_der

GRANTED: Final = frozenset({0, 1})
"""granted; granted with modifications: whatever was modified, each thing asked for is checked."""
_TIME: Final = re.compile(rb"[0-9]{14}(\.[0-9]{0,5}[1-9])?Z")
_MAX_CERTIFICATES: Final = 16


class _Response(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    # asn1crypto's own TimeStampResp demands a token, which a refusal does not have.
    _fields = [  # noqa: RUF012 the library's way of stating a grammar
        ("status", tsp.PKIStatusInfo),
        ("token", cms.ContentInfo, {"optional": True}),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenInfo:
    """TSTInfo: what the authority states."""

    policy: str
    """Object identifier of the authority's policy."""
    imprint_algorithm: str
    imprint: bytes
    serial: int
    at: datetime
    """UTC; by the authority's clock."""
    accuracy: timedelta | None
    """Half-width the authority states; None = not stated, which is not zero."""
    nonce: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A timestamp token taken apart."""

    info: TokenInfo
    content: bytes
    """DER of TSTInfo: what the signed attributes digest."""
    signer: Any
    """The one SignerInfo, of asn1crypto."""
    certificates: tuple[bytes, ...]
    """X.509, DER, as carried; in no particular order, and not to be trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampResponse:
    """An answer as it came, with its status."""

    der: bytes
    status: int
    """PKIStatus; see GRANTED."""
    text: str
    """What the authority says about it, in its own words."""
    token: bytes | None
    """DER of the token's ContentInfo; None in a refusal."""


def parse_response(data: bytes) -> TimestampResponse:
    """Return what an answer says.

    Raises:
        Malformed: not a TimeStampResp in DER.
    """
    require_der(data)
    return parsed("a timestamp response", lambda: _read_response(data))


def parse_token(data: bytes) -> Token:
    """Return the parts of a token.

    Raises:
        Malformed: not a timestamp token in DER, signed by one signer.
    """
    require_der(data)
    return parsed("a timestamp token", lambda: _read_token(data))


def _read_response(data: bytes) -> TimestampResponse:
    value = _Response.load(data, strict=True)
    status = int(value["status"]["status"])
    words = value["status"]["status_string"].native or []
    token = value["token"]
    found = None if isinstance(token, core.Void) else bytes(token.dump())
    if (status in GRANTED) != (found is not None):
        raise Malformed("a timestamp response has a token if, and only if, it is granted")
    text = " ".join(str(word) for word in words)[:500]
    return TimestampResponse(der=data, status=status, text=text, token=found)


def _read_token(data: bytes) -> Token:
    value = cms.ContentInfo.load(data, strict=True)
    if value["content_type"].native != "signed_data":
        raise Malformed("a timestamp token is CMS SignedData")
    signed = value["content"]
    content = signed["encap_content_info"]
    signers, certificates = signed["signer_infos"], signed["certificates"]
    # RFC 3161 2.4.2: id-ct-TSTInfo, and no signature but the authority's.
    if content["content_type"].native != "tst_info" or len(signers) != 1:
        raise Malformed("a timestamp token holds TSTInfo and has exactly one signer")
    inner = bytes(content["content"])
    held = [] if isinstance(certificates, core.Void) else list(certificates)
    if len(held) > _MAX_CERTIFICATES:
        raise Malformed(f"a timestamp token with more than {_MAX_CERTIFICATES} certificates")
    return Token(
        info=_read_info(inner),
        content=inner,
        signer=signers[0],
        certificates=tuple(
            bytes(each.chosen.dump()) for each in held if each.name == "certificate"
        ),
    )


def _read_info(data: bytes) -> TokenInfo:
    require_der(data)
    value = tsp.TSTInfo.load(data, strict=True)
    algorithm = value["message_imprint"]["hash_algorithm"]
    if int(value["version"]) != 1 or _TIME.fullmatch(value["gen_time"].contents) is None:
        raise Malformed("TSTInfo of another version, or with a time in another form than DER's")
    if not isinstance(value["extensions"], core.Void) and any(
        each["critical"].native for each in value["extensions"]
    ):
        raise Malformed("TSTInfo with a critical extension that is not known here")
    nonce = value["nonce"].native
    info = TokenInfo(
        policy=str(value["policy"].dotted),
        imprint_algorithm=str(algorithm["algorithm"].native),
        imprint=bytes(value["message_imprint"]["hashed_message"].native),
        serial=int(value["serial_number"].native),
        at=value["gen_time"].native,
        accuracy=_read_accuracy(value["accuracy"]),
        nonce=None if nonce is None else int(nonce),
    )
    if value.dump(force=True) != data:
        raise Malformed("TSTInfo that is not the DER of what it says")
    return info


def _read_accuracy(value: Any) -> timedelta | None:  # noqa: ANN401 asn1crypto has no types
    if isinstance(value, core.Void):
        return None
    seconds = value["seconds"].native or 0
    millis, micros = value["millis"].native, value["micros"].native
    fine = [each for each in (millis, micros) if each is not None]
    # RFC 3161 2.4.2: millis and micros from 1 to 999; more than a day says nothing about when.
    if not 0 <= seconds <= 86_400 or any(not 1 <= each <= 999 for each in fine):
        raise Malformed("TSTInfo with an accuracy out of range")
    return timedelta(seconds=seconds, milliseconds=millis or 0, microseconds=micros or 0)
