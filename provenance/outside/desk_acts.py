"""Everything a person can do about outside holds of one desk, in one place (`Desk.outside`)."""

from collections.abc import Sequence

from provenance.acts.workbench import Workbench
from provenance.outside import block_stamping, choosing, stamping, witnessing
from provenance.outside.block_headers import BlockHeaders
from provenance.outside.block_stamping import NO_HEADERS, BlockStamp
from provenance.outside.holders import Holders
from provenance.outside.policy import PolicyFinding
from provenance.outside.stamping import Stamp
from provenance.outside.timestamp_check import Authority
from provenance.outside.transport import Transport
from provenance.outside.witnessing import Asked, Cosigned


class Outside:
    """Witnesses and timestamp authorities of one open desk."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    def holders(self) -> Holders:
        """Return who holds this log, read from the ledger."""
        return choosing.holders(self._bench)

    # Witnesses

    def add_witness(self, name: str, vkey: str, *, url: str | None = None) -> int:
        """Record a witness, or another address for one; returns the entry's position."""
        return choosing.add_witness(self._bench, name, vkey, url)

    def set_policy(self, text: bytes) -> int:
        """Record the witness policy (c2sp.org/tlog-policy); returns the entry's position."""
        return choosing.set_policy(self._bench, text)

    def standing(self) -> tuple[int, PolicyFinding] | None:
        """Return the newest cosigned checkpoint's size and whether it fulfils the policy."""
        return witnessing.standing(self._bench, self.holders())

    def last_cosigned(self, name: str) -> int:
        """Return the size of the newest checkpoint that this witness cosigned, 0 if none."""
        return witnessing.last_cosigned(self._bench, self.holders().witness(name))

    def witness_request(self, name: str, *, old: int | None = None) -> bytes:
        """Return the request for the newest checkpoint, to be carried to a witness."""
        return witnessing.witness_request(self._bench, self.holders().witness(name), old=old)

    def accept_cosignatures(self, answer: bytes) -> Cosigned:
        """Take in a witness's answer that came as a file."""
        return witnessing.accept_answer(self._bench, answer)

    def ask_witnesses(self, transport: Transport) -> list[Asked]:
        """Ask every witness that has an address; returns how it went with each."""
        return witnessing.ask_witnesses(self._bench, transport)

    # Timestamp authorities

    def add_authority(self, authority: Authority) -> int:
        """Record a timestamp authority, or replace one; returns the entry's position."""
        return stamping.add_authority(self._bench, authority)

    def timestamp_request(self) -> tuple[int, bytes]:
        """Return size and TimeStampReq (DER) of the newest checkpoint."""
        return stamping.timestamp_request(self._bench)

    def accept_timestamp(self, response: bytes, *, authority: str) -> Stamp:
        """Take in an authority's answer (DER) that came as a file."""
        chosen = self.holders().authority(authority)
        return stamping.accept_timestamp(self._bench, response, chosen)

    def ask_authorities(self, transport: Transport) -> list[Asked]:
        """Ask every authority that has an address; returns how it went with each."""
        return stamping.ask_authorities(self._bench, transport)

    def check_stamps(self) -> Sequence[Stamp]:
        """Check every kept timestamp again, from its bytes."""
        return list(stamping.check_stamps(self._bench, self.holders()))

    def timestamp_files(self) -> Sequence[tuple[str, bytes]]:
        """Return (file name, bytes) of everything `openssl ts -verify` needs, roots apart."""
        return list(stamping.timestamp_files(self._bench))

    # OpenTimestamps

    def ots_file(self) -> tuple[int, bytes]:
        """Return size and bytes of the newest checkpoint, for a client to stamp."""
        return block_stamping.ots_file(self._bench)

    def accept_ots(self, proof: bytes) -> BlockStamp:
        """Take in a proof that a client wrote."""
        return block_stamping.accept_ots(self._bench, proof)

    def check_proofs(self, headers: BlockHeaders = NO_HEADERS) -> Sequence[BlockStamp]:
        """Follow every kept proof again, to the block headers handed in."""
        return list(block_stamping.check_proofs(self._bench, headers))
