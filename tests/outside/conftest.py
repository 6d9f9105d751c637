"""A desk on disk, a witness on disk, and a clock that stands where it is put."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from provenance.desk import Desk
from provenance.ledger.keys import Ed25519Signer
from provenance.outside.transport import HttpAnswer
from provenance.outside.witness_judge import Answer, Cosigner
from provenance_store.key_files import load_signer
from provenance_store.opening import create_desk, open_desk
from provenance_store.witness_answering import answer_request
from provenance_store.witness_folder import WitnessFolder


@dataclass
class Clock:
    """An instant that tests move."""

    now: datetime = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return it."""
        return self.now


@dataclass
class Partner:
    """A witness with its memory in a folder."""

    folder: WitnessFolder
    cosigner: Cosigner
    clock: Clock

    def answer(self, request: bytes) -> Answer:
        """Judge a request the way the commands do."""
        now = int(self.clock().timestamp())
        return answer_request(self.folder, request, cosigner=self.cosigner, clock=lambda: now)


@dataclass
class Wire:
    """A transport that hands each question to a function, and notes it down."""

    answer: Callable[[str, bytes], HttpAnswer]
    posted: list[str] = field(default_factory=list)

    def post(self, url: str, body: bytes, *, content_type: str, limit: int) -> HttpAnswer:
        """Hand the question on."""
        assert content_type
        self.posted.append(url)
        found = self.answer(url, body)
        assert len(found.body) <= limit
        return found


def wire_to(partner: Partner) -> Wire:
    """Return a transport to a witness."""

    def answer(url: str, body: bytes) -> HttpAnswer:
        assert url.endswith("/add-checkpoint")
        found = partner.answer(body)
        kind = found.content_type.partition(";")[0]
        return HttpAnswer(status=found.status, content_type=kind, body=found.body)

    return Wire(answer)


def cosigner(name: str) -> Cosigner:
    """Return the witness that a name stands for."""
    return Cosigner(name=name, signer=witness_signer(name))


def witness_signer(name: str) -> Ed25519Signer:
    """Return the private key that a name stands for."""
    return Ed25519Signer(sha256(name.encode()).digest())


@pytest.fixture
def clock() -> Clock:
    """The time of desk and witness."""
    return Clock()


@pytest.fixture
def desk_folder(tmp_path: Path, clock: Clock) -> Path:
    """A new desk with one admin."""
    create_desk(tmp_path / "desk", admin="joan", passphrase=None, clock=clock)
    return tmp_path / "desk"


@pytest.fixture
def desk(desk_folder: Path, clock: Clock) -> Iterator[Desk]:
    """The desk, open for acts that its admin signs."""
    signer = load_signer(
        desk_folder.with_name("desk-keys"), None, passphrase=None, ask=lambda _: b""
    )
    with open_desk(desk_folder, signer=signer, clock=clock) as opened:
        yield opened


@pytest.fixture
def partner(tmp_path: Path, desk: Desk, clock: Clock) -> Partner:
    """A witness that knows the desk's log."""
    folder = WitnessFolder(tmp_path / "witness")
    folder.add_log(desk.log_vkey())
    return Partner(folder=folder, cosigner=cosigner("partner.example/w1"), clock=clock)


@pytest.fixture
def grow(desk: Desk) -> Callable[[int], None]:
    """Append so many entries to the desk's log."""
    from provenance.records import DESK_ITEM, HiddenField, NewRecord  # noqa: PLC0415 used here only

    def append(count: int) -> None:
        field = HiddenField(name="note", value="a note", subject="desk")
        for _ in range(count):
            desk.record(NewRecord(item=DESK_ITEM, type="note", fields=(field,)))

    return append
