"""Which certificate a CMS signer means.

Certificates are found by the signer's identifier (RFC 5652 section 5.3): issuer and serial number,
or subject key identifier. When several differ and answer to it, the signing-certificate attribute
(RFC 5035) decides; when that does not, nobody does: taking the first one that verifies would let
whoever made the container choose the name.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from asn1crypto import x509
from pyhanko.sign.general import check_ess_certid

_NAMED: Final = frozenset({"signing_certificate", "signing_certificate_v2"})


def find_certificate(
    signer: Any,  # noqa: ANN401 asn1crypto has no types
    attributes: Sequence[Any],
    certificates: Iterable[x509.Certificate],
) -> x509.Certificate | None:
    """Return the certificate a signer means; None if there is none, or no telling which."""
    found = [one for one in certificates if _answers(signer["sid"], one)]
    if len(found) > 1:
        named = [
            value["certs"][0]
            for one in attributes
            if one["type"].native in _NAMED
            for value in one["values"]
        ]
        found = [one for one in found if named and check_ess_certid(one, named[0])]
    return found[0] if len(found) == 1 else None


def _answers(sid: Any, certificate: x509.Certificate) -> bool:  # noqa: ANN401 asn1crypto has no types
    if sid.name == "issuer_and_serial_number":
        return bool(
            certificate.issuer == sid.chosen["issuer"]
            and certificate.serial_number == sid.chosen["serial_number"].native
        )
    return bool(certificate.key_identifier == sid.chosen.native)
