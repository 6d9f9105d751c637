"""Who made an intact signature, and when, for formats that carry X.509 certificates.

The reference time decides the answer, so it is chosen by rule and recorded:
  1. the caller's reference time, when one is given;
  2. else the instant of a trusted time stamp over the signature: it existed then;
  3. else now: a certificate that holds today and chains to an anchor needs no earlier proof;
  4. else the signing time that the signer claims; a chain that holds only then is UNPROVEN.
Only anchors of the desk with the format's purpose count, inside their window. A public key on the
compromised list is COMPROMISED_KEY whatever else holds, be it the signer's or an authority's above
it: whoever has an authority's key can make signers. Revocation lists and responses of the desk
and of the document are consulted, none are fetched; without one that covers the certificate,
revocation is "not checked". PDF has the same rules on its engine's own check: `pdf.trust`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from asn1crypto import x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    NotYetValidError,
    PathBuildingError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import CertAtTime, Signer, TimeBasis
from provenance.signatures.certificates import read_identity, spki_sha256
from provenance.signatures.disowning import KEY_ABOVE, disowned, is_out
from provenance.signatures.drive import drive
from provenance.signatures.model import Revocation, SignatureStatus
from provenance.signatures.pinning import coded, noted
from provenance.signatures.revocation import ask_revocation
from provenance.trust.model import MAX_ANCHORS, Anchor, Purpose, TrustSet

_EDGE: Final = timedelta(seconds=1)  # inside a certificate's period, at its nearer end


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustContext:
    """What a judgement of trust depends on besides the document."""

    trust: TrustSet
    at: datetime
    """Now, as the caller says."""
    reference_time: datetime | None = None
    """Overrides the choice of the reference time."""

    @property
    def now(self) -> datetime:
        """The reference time given by hand, else now."""
        return self.reference_time or self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A time stamp over the signature whose authority chains to an anchor for time stamps."""

    moment: datetime
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """The certificates and revocation data that came with a signature."""

    certificate: x509.Certificate
    """The signer's."""
    others: tuple[x509.Certificate, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsp: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """The outcome of building a chain for one instant."""

    trusted: bool
    anchor: str | None = None
    code: str | None = None
    fault: Exception | None = None
    checked: bool = False
    """A list or response answers for the signer's certificate."""
    compromised: bool = False
    """A key on it, up to the anchor's, is on the desk's list of compromised keys."""


def judge_signer(
    status: SignatureStatus,
    presented: Presented,
    context: TrustContext,
    *,
    purpose: Purpose,
    claimed: datetime | None,
    stamp: Stamp | None = None,
) -> SignatureStatus:
    """Answer signer, time basis, certificate state and revocation of an intact signature.

    Args:
        status: with its integrity judged already.
        presented: what came with the signature.
        context: the desk's trust and the time.
        purpose: which anchors count.
        claimed: the signer's own time; None = not stated.
        stamp: a trusted time stamp over the signature value.
    """
    certificate = presented.certificate
    status = replace(
        status,
        identity=read_identity(certificate),
        signer=Signer.SELF_SIGNED if certificate.self_signed != "no" else Signer.UNKNOWN,
        claimed_time=in_utc(claimed),
        time_basis=TimeBasis.CLAIMED if claimed else TimeBasis.NONE,
        trust_set_sha256=context.trust.sha256,
        revocation=Revocation(source=_source(presented, context.trust)),
    )
    if stamp is not None:
        status = replace(
            status,
            time_basis=TimeBasis.TRUSTED_TIMESTAMP,
            proven_not_after=stamp.moment,
            time_authority=stamp.authority,
        )
    if is_out(status.identity.spki_sha256, context.trust):
        return disowned(status)
    return _settle(status, presented, context, purpose, stamp)


def _settle(
    status: SignatureStatus,
    presented: Presented,
    context: TrustContext,
    purpose: Purpose,
    stamp: Stamp | None,
) -> SignatureStatus:
    """Choose the reference time and judge the certificate at it."""
    if context.reference_time is None and stamp is not None:
        return _at_proven(status, presented, context, purpose, stamp.moment)
    now = _chain(presented, context.trust, purpose, context.now)
    if now.trusted:
        found = _vouched(status, now, context.now, CertAtTime.VALID)
        by_hand = context.reference_time is not None
        return noted(found, None, "the reference time was given by hand") if by_hand else found
    claimed = status.claimed_time
    if context.reference_time is None and claimed is not None:
        then = _chain(presented, context.trust, purpose, claimed)
        if then.trusted:
            found = _vouched(status, then, claimed, CertAtTime.UNPROVEN)
            if then.compromised:
                return found
            revoked = isinstance(now.fault, RevokedError)
            code = "revoked-no-poe" if revoked else "out-of-bounds-no-poe"
            return coded(found, code, now.code)
    return replace(coded(status, now.code), reference_time_used=context.now)


def _at_proven(
    status: SignatureStatus,
    presented: Presented,
    context: TrustContext,
    purpose: Purpose,
    moment: datetime,
) -> SignatureStatus:
    """Judge at an instant at which the signature is known to have existed."""
    trust = context.trust
    held = _chain(presented, trust, purpose, moment)
    if held.trusted:
        return _vouched(status, held, moment, CertAtTime.VALID)
    if isinstance(held.fault, RevokedError):
        return replace(
            coded(status, held.code),
            cert_at_time=CertAtTime.REVOKED,
            reference_time_used=moment,
        )
    begin = presented.certificate.not_valid_before
    finish = presented.certificate.not_valid_after
    if not begin <= moment <= finish:
        late = moment > finish
        edge = _chain(presented, trust, purpose, finish - _EDGE if late else begin + _EDGE)
        if edge.trusted:
            state = CertAtTime.EXPIRED if late else CertAtTime.NOT_YET_VALID
            return _vouched(status, edge, moment, state)
    return replace(coded(status, held.code), reference_time_used=moment)


def _chain(presented: Presented, trust: TrustSet, purpose: Purpose, moment: datetime) -> _Chain:
    """Build and check a chain to an anchor, offline."""
    anchors = anchors_at(trust, purpose, moment)
    if not anchors:
        return _Chain(trusted=False, code="no-anchor")
    built = attempt("chain", lambda: _validate(presented, trust, anchors, moment))
    if isinstance(built, Fault):
        return _Chain(trusted=False, code=f"chain-{built.kind}")
    return built


def anchors_at(trust: TrustSet, purpose: Purpose, moment: datetime) -> tuple[Anchor, ...]:
    """Return the anchors that vouch for a purpose at an instant."""
    return tuple(
        one
        for one in trust.anchors_for(purpose)
        if (one.valid_from is None or one.valid_from <= moment)
        and (one.valid_to is None or moment <= one.valid_to)
    )


@lru_cache(maxsize=MAX_ANCHORS)
def load_anchor(der: bytes) -> x509.Certificate:
    """Return an anchor's certificate; taken apart once, since every question asks about it."""
    return x509.Certificate.load(der)


def _validate(
    presented: Presented, trust: TrustSet, anchors: Iterable[Anchor], moment: datetime
) -> _Chain:
    settings: dict[str, Any] = {
        "trust_roots": [load_anchor(one.der) for one in anchors],
        "other_certs": list(presented.others),
        "crls": [*trust.crls, *presented.crls],
        "ocsps": [*trust.ocsp, *presented.ocsp],
        "allow_fetching": False,
        "moment": moment,
    }
    validator = CertificateValidator(
        presented.certificate,
        intermediate_certs=list(presented.others),
        validation_context=ValidationContext(**settings, revocation_mode="soft-fail"),
    )
    try:
        path = drive(validator.async_validate_path())
        known = settings["crls"] or settings["ocsps"]
        checked = bool(known) and ask_revocation(presented.certificate, presented.others, settings)
    except PathBuildingError as error:
        return _Chain(trusted=False, code="no-certificate-chain-found", fault=error)
    except (ExpiredError, NotYetValidError) as error:
        return _Chain(trusted=False, code="outside-certificate-period", fault=error)
    except RevokedError as error:
        return _Chain(trusted=False, code="revoked", fault=error)
    except ValidationError as error:
        return _Chain(trusted=False, code="chain-constraints-failure", fault=error)
    return _Chain(
        trusted=True,
        anchor=bytes(path.first.sha256).hex(),  # pyright: ignore[reportOptionalMemberAccess] - ours
        checked=checked,
        compromised=is_compromised(path, trust),
    )


def is_compromised(path: ValidationPath, trust: TrustSet) -> bool:
    """Tell whether a key on a path, from the anchor to the signer, is on the compromised list."""
    bad = frozenset(trust.compromised_spki)
    return bool(bad) and any(spki_sha256(one) in bad for one in path.iter_certs(include_root=True))


def _vouched(
    status: SignatureStatus,
    chain: _Chain,
    moment: datetime,
    state: CertAtTime,
) -> SignatureStatus:
    if chain.compromised:
        return disowned(replace(status, reference_time_used=moment), KEY_ABOVE)
    return replace(
        status,
        signer=Signer.TRUSTED,
        cert_at_time=state,
        reference_time_used=moment,
        anchor_id=chain.anchor,
        revocation=Revocation(
            source=status.revocation.source,
            checked=chain.checked,
            as_of=moment if chain.checked else None,
        ),
    )


def _source(presented: Presented, trust: TrustSet) -> str:
    if presented.crls or presented.ocsp:
        return "embedded"
    return "desk" if trust.crls or trust.ocsp else "none"


def in_utc(moment: datetime | None) -> datetime | None:
    """A claimed time without a zone is read as UTC; it proves nothing either way."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
