"""Time authorities for claims: one the desk may rely on, and one that anybody can set up."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import tsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.outside.authority import Issued, Tsa
from tests.signatures.c2pa.parties import make_party
from tests.signatures.party import Party


@dataclass(kw_only=True)
class Clock(Tsa):
    """An authority whose certificates have all that the C2PA profile asks for."""

    def __post_init__(self) -> None:
        """Issue the chain, valid since 2020."""
        root = make_party("Clock Root", authority=True)
        middle = make_party("Clock Middle", issuer=root, authority=True)
        signer = make_party("Clock", issuer=middle, use=ExtendedKeyUsageOID.TIME_STAMPING)
        self.root, self.middle, self.signer = (_issued(one) for one in (root, middle, signer))

    def token(self, over: bytes) -> bytes:
        """Return a token over these bytes."""
        answer = tsp.TimeStampResp.load(self.response(over))
        return bytes(answer["time_stamp_token"].dump())

    def response(self, over: bytes) -> bytes:
        """Return the whole answer, as claims of version 1 keep it."""
        asked = tsp.TimeStampReq(
            {
                "version": 1,
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "hashed_message": hashlib.sha256(over).digest(),
                },
                "nonce": 7,
                "cert_req": True,
            }
        )
        return self.answer(asked.dump())


def _issued(party: Party) -> Issued:
    return Issued(certificate=party.certificate, key=party.key)  # type: ignore[arg-type] # P-256 all


def clock_at(year: int, month: int = 6) -> Clock:
    """Return a clock that stands at the first of a month."""
    return Clock(at=datetime(year, month, 1, tzinfo=UTC))
