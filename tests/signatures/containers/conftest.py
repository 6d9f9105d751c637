"""The parties of the session: making keys costs time."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from provenance.outside.timestamp_request import new_request
from provenance.outside.timestamp_response import parse_response
from provenance.trust.model import Anchor, TrustSet
from tests.outside.authority import Tsa
from tests.signatures.party import Party
from tests.signatures.pdf.world import make_party


@dataclass
class Parties:
    """Who signs and who vouches."""

    authority: Party
    ann: Party
    rsa: Party
    """Ann's other key."""
    expired: Party
    """Her key of old: its certificate ended in 2026."""
    stranger: Party
    tsa: Tsa

    @property
    def trust(self) -> TrustSet:
        """The authority and the time authority's root."""
        return TrustSet(anchors=(Anchor(der=self.authority.der), Anchor(der=self.tsa.root.der)))

    def stamp(self, data: bytes) -> list[bytes]:
        """Return a time-stamp token."""
        request = new_request(data, lambda size: bytes(range(1, size + 1))).encode()
        return [parse_response(self.tsa.answer(request)).token or b""]


@pytest.fixture(scope="session")
def parties() -> Parties:
    """One set for all tests."""
    authority = make_party("Test Authority", authority=True)
    return Parties(
        authority=authority,
        ann=make_party("Ann Author", issuer=authority),
        rsa=make_party(
            "Ann Author",
            issuer=authority,
            key=rsa.generate_private_key(public_exponent=65537, key_size=2048),
        ),
        expired=make_party(
            "Ann Author", issuer=authority, finish=datetime(2026, 11, 25, tzinfo=UTC)
        ),
        stranger=make_party("Sam Stranger"),
        tsa=Tsa(at=datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)),
    )
