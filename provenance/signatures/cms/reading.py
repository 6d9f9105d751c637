"""Take a CMS container apart: PEM or BER in, signers and certificates out. Nothing is verified.

Order: PEM armour off (RFC 7468, one block, nothing else around it that matters), framing bounded
(`framing`), ContentInfo, SignedData (RFC 5652 section 5.1), its parts counted. Refused: more
signers, certificates or revocation lists than any real container has. Bytes behind the container
are counted, because nothing covers them. Every part that is not needed for the signature itself is
read under guard and left out when it cannot be read.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import cms, core, x509

from provenance.errors import Malformed
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.cms.framing import measure_ber

MAX_SIGNERS: Final = 50  # signers of one container; the largest real one seen has 6
MAX_CERTIFICATES: Final = 200  # certificates carried along; real containers have at most some 20
MAX_LISTS: Final = 50  # revocation lists and responses carried along
_PEM: Final = re.compile(
    rb"-----BEGIN (CMS|PKCS7|PKCS #7 SIGNED DATA|SIGNED DATA)-----\s*([A-Za-z0-9+/=\s]*?)"
    rb"-----END \1-----\s*"
)
_OCSP_RESPONSE: Final = "ocsp_response"  # id-ri-ocsp-response, RFC 5940 section 2.1


class NotSignedDataError(Exception):
    """A readable CMS container of another kind; the message is its content type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A SignedData and what came with it."""

    signers: tuple[Any, ...]
    """SignerInfo values of asn1crypto, in their order."""
    content: bytes | None
    """eContent; None = the signature is detached."""
    content_type: str
    """Name or dotted identifier of eContentType."""
    certificates: tuple[x509.Certificate, ...]
    crls: tuple[bytes, ...] = ()
    ocsp: tuple[bytes, ...] = ()
    trailing: int = 0
    """Bytes behind the container that are not mere padding."""
    notes: tuple[str, ...] = ()
    """Parts that could not be read, as codes."""


def read_container(data: bytes) -> Container:
    """Return the parts of a SignedData.

    Raises:
        Malformed: not a CMS container, or too many parts.
        NotSignedDataError: a container of another kind.
        Exception: whatever the ASN.1 parser raises on parts it needs.
    """
    binary = strip_armour(data)
    end = measure_ber(binary)
    outer = cms.ContentInfo.load(binary[:end], strict=True)
    kind = str(outer["content_type"].native)
    if kind != "signed_data":
        raise NotSignedDataError(kind)
    signed = outer["content"]
    signers = tuple(signed["signer_infos"])
    if len(signers) > MAX_SIGNERS:
        raise Malformed(f"a container with more than {MAX_SIGNERS} signers")
    inner = signed["encap_content_info"]
    crls, ocsp, notes = _lists(signed)
    return Container(
        signers=signers,
        content=None if _absent(inner["content"]) else bytes(inner["content"]),
        content_type=str(inner["content_type"].native),
        certificates=_certificates(signed),
        crls=crls,
        ocsp=ocsp,
        trailing=len(binary[end:].strip(b"\x00\r\n \t")),
        notes=notes,
    )


def strip_armour(data: bytes) -> bytes:
    """Return the binary form of a container that may be PEM.

    Raises:
        Malformed: armour that cannot be read.
    """
    if not data.lstrip().startswith(b"-----BEGIN "):
        return data
    match = _PEM.fullmatch(data.lstrip())
    if match is None:
        raise Malformed("PEM that is not one block of CMS")
    try:
        return base64.b64decode(b"".join(match[2].split()), validate=True)
    except binascii.Error as error:
        raise Malformed("PEM whose content is not base64") from error


def _absent(value: Any) -> bool:  # noqa: ANN401 asn1crypto has no types
    return isinstance(value, core.Void)


def _certificates(signed: Any) -> tuple[x509.Certificate, ...]:  # noqa: ANN401 asn1crypto has no types
    held = signed["certificates"]
    if _absent(held):
        return ()
    if len(held) > MAX_CERTIFICATES:
        raise Malformed(f"a container with more than {MAX_CERTIFICATES} certificates")
    found: dict[bytes, x509.Certificate] = {}
    for one in held:
        if one.name == "certificate":
            der = bytes(one.chosen.untag().dump())
            found.setdefault(der, x509.Certificate.load(der))
    return tuple(found.values())


def _lists(signed: Any) -> tuple[tuple[bytes, ...], tuple[bytes, ...], tuple[str, ...]]:  # noqa: ANN401 asn1crypto has no types
    """Return revocation lists, OCSP responses, and a note if they could not be read."""
    read = attempt("revocation-data", lambda: _read_lists(signed))
    if isinstance(read, Fault):
        return (), (), ("revocation-data-unreadable",)
    held = signed["crls"]
    cut = not _absent(held) and len(held) > MAX_LISTS
    return (*read, ("revocation-data-cut",) if cut else ())


def _read_lists(signed: Any) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:  # noqa: ANN401 asn1crypto has no types
    held = signed["crls"]
    crls, ocsp = [], []
    for one in () if _absent(held) else list(held)[:MAX_LISTS]:
        if one.name == "crl":
            crls.append(bytes(one.chosen.untag().dump()))
        elif str(one.chosen["other_rev_info_format"].native) == _OCSP_RESPONSE:
            ocsp.append(bytes(one.chosen["other_rev_info"].dump()))
    return tuple(crls), tuple(ocsp)
