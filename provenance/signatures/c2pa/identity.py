"""Identity assertions (CAWG): a person's or publisher's own signature inside a manifest.

Each is a signature of its own, over a list of assertions, and gets a status of its own. Whom it
names is never vouched for by the desk's anchors for content credentials: intact means unknown
signer. Only two kinds are decoded by the library: an X.509 signature, and a credential whose issuer
carries its key in its name (`did:jwk`). Any other needs a look at a web address, which is not
taken: NOT_CHECKABLE, and the library is not even asked (`may_decode`), as it would want threads
and sockets for it.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import ChangedAfter, Integrity, Kind, Presence, Scope, Signer
from provenance.signatures.c2pa.cbor import Tagged, parse_cbor
from provenance.signatures.c2pa.report import Assertion, Finding, Report, Results
from provenance.signatures.model import Locator, SignatureStatus
from provenance.signatures.text import tame

LABEL: Final = "cawg.identity"
MAX_SHOWN: Final = 20  # identity assertions with a status of their own
_X509: Final = "cawg.x509.cose"
_AGGREGATED: Final = "cawg.identity_claims_aggregation"
_SELF_CONTAINED: Final = "did:jwk:"
_BROKEN: Final = frozenset(
    {
        "cawg.ica.signature_mismatch",
        "cawg.ica.signer_payload.mismatch",
        "cawg.x509.signature.mismatch",
        "cawg.identity.assertion.mismatch",
    }
)
_TOLERATED: Final = frozenset({"cawg.x509.credential.untrusted"})  # fails: an unknown signer
_POSITIVE: Final = frozenset(
    {"cawg.x509.signature.validated", "cawg.ica.credential_valid", "cawg.ica.untrusted_issuer"}
)
"""One of these must be there: nothing is intact for want of a complaint."""


def identities_of(report: Report) -> tuple[tuple[str, Assertion], ...]:
    """Return (manifest label, assertion) of every identity assertion in the file."""
    return tuple(
        (manifest.label, one)
        for manifest in report.manifests.values()
        for one in manifest.named(LABEL)
    )


def may_decode(assertions: Iterable[Assertion]) -> bool:
    """Say whether the library can be asked about all of these without wanting the network."""
    return all(_self_contained(one.data) for one in assertions)


def _self_contained(data: object) -> bool:
    kind = _kind(data)
    if kind == _X509:
        return True
    issuer = attempt("issuer", lambda: _issuer(data))
    return kind == _AGGREGATED and isinstance(issuer, str) and issuer.startswith(_SELF_CONTAINED)


def _kind(data: object) -> str:
    payload = data.get("signer_payload") if isinstance(data, dict) else None
    kind = payload.get("sig_type") if isinstance(payload, dict) else None
    return kind if isinstance(kind, str) else ""


def _credential(data: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON values
    """CAWG 8.1: the signature is a COSE_Sign1 over a credential in JSON.

    Raises:
        Exception: of any class, where it is something else; callers use `attempt`.
    """
    item = parse_cbor(base64.b64decode(data["signature"], validate=True))
    parts = item.value if isinstance(item, Tagged) else item
    credential: Mapping[str, Any] = json.loads(parts[2])
    return credential


def _issuer(data: object) -> str | None:
    issuer = _credential(data)["issuer"]
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    return named if isinstance(named, str) else None


def judge_identities(
    report: Report, blank: SignatureStatus, results: Results | None
) -> tuple[SignatureStatus, ...]:
    """Return a status for each identity assertion of the active manifest.

    Args:
        report: as read without decoding them.
        blank: status with everything that is common to all of this document.
        results: the library's about the active manifest; None = it was not asked.
    """
    return tuple(
        _status(one, number, blank, report.active, results)
        for number, one in enumerate(report.manifest.named(LABEL)[:MAX_SHOWN])
    )


def more_identities(report: Report) -> tuple[str, ...]:
    """Return a warning where there are more identity assertions than have a status."""
    more = len(report.manifest.named(LABEL)) - MAX_SHOWN
    return (f"{more} further identities in it were not looked at",) if more > 0 else ()


def _status(
    one: Assertion,
    number: int,
    blank: SignatureStatus,
    manifest: str,
    results: Results | None,
) -> SignatureStatus:
    address = f"{manifest}/c2pa.assertions/{one.label}"
    codes, integrity, error = _judged(one, results, address)
    intact = integrity is Integrity.INTACT
    whole = any("c2pa.hash." in url for url in _referenced(one.data))
    names = ", ".join(_names(one.data))
    return SignatureStatus(
        id=f"cawg-{number}-{hashlib.sha256(address.encode()).hexdigest()[:8]}",
        document_sha256=blank.document_sha256,
        kind=Kind.CAWG_IDENTITY,
        locator=Locator(name=f"identity assertion ({one.label})"),
        presence=Presence.PRESENT,
        integrity=integrity,
        scope=Scope.WHOLE if whole else Scope.METADATA_ONLY,
        changed_after=ChangedAfter.NONE if intact else ChangedAfter.NOT_ANALYSED,
        signer=Signer.UNKNOWN if intact else Signer.NO_IDENTITY,
        native_codes=codes,
        claimed_author=names or None,
        covered=tuple(map(_said, _referenced(one.data)[:20])) if intact else (),
        trust_set_sha256=blank.trust_set_sha256,
        engine=blank.engine,
        engine_version=blank.engine_version,
        warnings=(f"it names: {names}; nothing here shows that this is true",) if names else (),
        error=error,
    )


def _judged(
    one: Assertion, results: Results | None, address: str
) -> tuple[tuple[str, ...], Integrity, str | None]:
    """Return (codes, integrity, error)."""
    if results is None:
        code, reason = _unasked(one.data)
        return (code,), Integrity.NOT_CHECKABLE, f"{code}: {reason}"
    return _codes(results, address), *_integrity(results, address)


def _codes(results: Results, address: str) -> tuple[str, ...]:
    every = (*results.success, *results.informational, *results.failure)
    return tuple(dict.fromkeys(_about(every, address)))


def _about(findings: Iterable[Finding], address: str) -> list[str]:
    """Codes about this assertion; one that names no address is about all of them."""
    return [
        one.code
        for one in findings
        if one.code.startswith("cawg.") and (not one.url or one.url.endswith(address))
    ]


def _unasked(data: object) -> tuple[str, str]:
    """Return (code, words) for why the library was not asked about an assertion."""
    if _kind(data) not in {_X509, _AGGREGATED}:
        return "cawg.identity.sig_type.unknown", "a kind of identity that is not known here"
    if not _self_contained(data):
        reason = "whose it is would have to be looked up on the web, which this program never does"
        return "cawg.ica.did_unavailable", reason
    return "not-asked", "another identity in the file wants the web, so none was decoded"


def _integrity(results: Results, address: str) -> tuple[Integrity, str | None]:
    failed = set(_about(results.failure, address))
    if not _BROKEN.isdisjoint(failed):
        return Integrity.BROKEN, None
    if failed <= _TOLERATED and not _POSITIVE.isdisjoint(_codes(results, address)):
        return Integrity.INTACT, None
    return Integrity.NOT_CHECKABLE, f"codes: {', '.join(sorted(failed)) or 'none'}"


def _referenced(data: object) -> list[str]:
    payload = data.get("signer_payload") if isinstance(data, dict) else None
    listed = payload.get("referenced_assertions") if isinstance(payload, dict) else None
    return [
        one["url"]
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and isinstance(one.get("url"), str)
    ]


def _names(data: object) -> list[str]:
    """Names in a credential, as its issuer wrote them."""
    read = attempt("names", lambda: _verified(_credential(data)))
    return [] if isinstance(read, Fault) else [tame(name, 100) for name in read[:5]]


def _verified(credential: Mapping[str, Any]) -> list[str]:
    listed = credential["credentialSubject"]["verifiedIdentities"]
    names = [one.get("name") or one.get("username") for one in listed]
    return [name for name in names if isinstance(name, str)]


def _said(url: str) -> str:
    """A part of the credentials by its own name: the last word of its address."""
    return f'the part "{tame(url.rpartition("/")[2], 120)}" of the credentials'
