"""Which certificate a CMS signer means, and what its signed attributes say.

Certificates are found by the signer's identifier (RFC 5652 section 5.3): issuer and serial number,
or subject key identifier. When several differ and answer to it, the signing-certificate attribute
(RFC 5035) decides; when that does not, nobody does: taking the first one that verifies would let
whoever made the container choose the name. An attribute that the signature rests on must be there
exactly once with exactly one value (RFC 5652 section 11).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from asn1crypto import core, x509
from pyhanko.sign.general import check_ess_certid

from provenance.errors import Malformed

MAX_ATTRIBUTES: Final = 100  # attributes of one signer; real ones have some 10

_NAMED: Final = frozenset({"signing_certificate", "signing_certificate_v2"})


def attributes_of(signer: Any, which: str) -> tuple[Any, ...]:  # noqa: ANN401 asn1crypto has no types
    """Return `signed_attrs` or `unsigned_attrs`.

    Raises:
        Malformed: there are too many.
    """
    held = signer[which]
    found = () if isinstance(held, core.Void) else tuple(held)
    if len(found) > MAX_ATTRIBUTES:
        raise Malformed(f"a signer with more than {MAX_ATTRIBUTES} attributes")
    return found


def values_of(attributes: Iterable[Any], name: str) -> tuple[Any, ...]:
    """Return every value of the attributes of one type."""
    return tuple(
        value for one in attributes if one["type"].native == name for value in one["values"]
    )


def single(attributes: Sequence[Any], name: str) -> Any | None:  # noqa: ANN401 asn1crypto has no types
    """Return the one value of an attribute; None if it is not there exactly once with one value."""
    held = [one for one in attributes if one["type"].native == name]
    if len(held) != 1 or len(held[0]["values"]) != 1:
        return None
    return held[0]["values"][0]


def claimed_time(attributes: Sequence[Any]) -> datetime | None:
    """Return the signer's own clock; None if it says nothing, or more than one thing."""
    value = single(attributes, "signing_time")
    moment = None if value is None else value.native
    return moment if isinstance(moment, datetime) else None


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
