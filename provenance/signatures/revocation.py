"""Ask the revocation lists and responses at hand about a chain; fetch none.

The engine's own forgiving mode looks into a list only where the certificate says where its lists
are published, so a desk's snapshot would go unread for every certificate that does not say. Rules:
  1. the signer's certificate and the authorities above it are asked about on their own: whoever has
     a list of one seldom has the lists of all;
  2. a list made after the instant in question counts, since it knows more; a revocation after that
     instant does not;
  3. a list out of date still counts against a certificate it names; "checked" is said only when a
     list or response in force at that instant, or made after it, answers for the signer's own
     certificate. No answer is never "not revoked".
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from asn1crypto import x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, RevokedError, ValidationError
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    FreshnessReqType,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

from provenance.signatures.drive import drive

_ASK: Final = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED
_SKIP: Final = RevocationCheckingRule.NO_CHECK
_ANY_AGE: Final = timedelta(days=36_500)  # longer than certificates have existed


def ask_revocation(
    certificate: x509.Certificate,
    others: tuple[x509.Certificate, ...],
    settings: Mapping[str, Any],
) -> bool:
    """Tell whether the lists in `settings` (of a `ValidationContext`) answer for a certificate.

    Raises:
        RevokedError: one of them names the certificate, or one above it.
    """
    for leaf, above in ((_ASK, _SKIP), (_SKIP, _ASK)):
        rules = RevocationCheckingPolicy(ee_certificate_rule=leaf, intermediate_ca_cert_rule=above)
        any_age = CertRevTrustPolicy(
            rules,
            freshness=_ANY_AGE,
            freshness_req_type=FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION,
        )
        _holds(certificate, others, settings, any_age)
    rules = RevocationCheckingPolicy(ee_certificate_rule=_ASK, intermediate_ca_cert_rule=_SKIP)
    in_force = CertRevTrustPolicy(rules, retroactive_revinfo=True)
    return _holds(certificate, others, settings, in_force)


def _holds(
    certificate: x509.Certificate,
    others: tuple[x509.Certificate, ...],
    settings: Mapping[str, Any],
    policy: CertRevTrustPolicy,
) -> bool:
    """Tell whether lists that the policy lets count answer, and name nobody.

    Raises:
        RevokedError: one of them names somebody.
    """
    validator = CertificateValidator(
        certificate,
        intermediate_certs=list(others),
        validation_context=ValidationContext(**settings, revinfo_policy=policy),
    )
    try:
        drive(validator.async_validate_path())
    except RevokedError:
        raise
    except (ValidationError, PathBuildingError):
        return False  # nothing that counts answers: not known
    return True
