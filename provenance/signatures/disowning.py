"""Signatures by keys that are known to be in the wrong hands: one code, and one way to say it.

A public key on the desk's list of compromised keys disowns every signature it made, whoever is
named and whenever it is said to have been made: since then anybody can sign, with any date. That is
so for a signer's own key in every format, and for an authority's above it. Decides nothing else.
"""

from dataclasses import replace
from typing import Final

from provenance.signatures.axes import CertAtTime
from provenance.signatures.model import SignatureStatus
from provenance.signatures.pinning import noted
from provenance.trust.model import TrustSet

CODE: Final = "key-compromised"
OWN_KEY: Final = "the signing key is on this desk's list of compromised keys"
KEY_ABOVE: Final = (
    "the key of an authority above the signer is on this desk's list of compromised keys"
)


def is_out(spki_sha256: str | None, trust: TrustSet) -> bool:
    """Tell whether a public key is on the desk's list of compromised keys.

    Args:
        spki_sha256: hexadecimal digest of the public key as an X.509 structure; None = not known.
        trust: holds the list.
    """
    return spki_sha256 is not None and spki_sha256 in trust.compromised_spki


def disowned(status: SignatureStatus, why: str = OWN_KEY) -> SignatureStatus:
    """Return the status as that of a signature which anybody can have made."""
    return noted(replace(status, cert_at_time=CertAtTime.COMPROMISED_KEY), CODE, why)
