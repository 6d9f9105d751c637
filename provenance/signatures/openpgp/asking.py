"""Put one open signature into the form in which the second engine is asked about it.

The same reading as for the first engine gives the same signatures under the same names; one of them
is taken with the keys that it may have been made with. Nothing is judged here.
"""

from dataclasses import dataclass

from provenance.signatures.nearby import Nearby
from provenance.signatures.openpgp.claims import claims_around
from provenance.signatures.openpgp.keyring import keyring_of
from provenance.signatures.openpgp.mail_claims import document_claims
from provenance.trust.model import TrustSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the second engine gets."""

    keyring: bytes
    """Certificates, packets one after the other."""
    signature: bytes
    """One signature packet."""
    content: bytes
    """What it signs."""
    file: int | None
    """Set when the content is a whole file: 0 the document, else the number of one beside it."""


def find_question(
    data: bytes, media_type: str, nearby: tuple[Nearby, ...], trust: TrustSet, *, name: str
) -> Question | None:
    """Return the question about the signature of this name; None where there is none."""
    own = document_claims(data, media_type, nearby)
    for claims in (own, *claims_around(data, media_type, nearby)):
        for claim in claims.found:
            if claim.name == name and claim.signature is not None and claim.content is not None:
                found = keyring_of(trust, claims.keys).candidates(claim.signature)
                return Question(
                    keyring=b"".join(one.certificate.data for one in found),
                    signature=claim.signature.packet.framed(),
                    content=claim.content,
                    file=claim.file,
                )
    return None
