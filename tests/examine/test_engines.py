"""Every engine of the table: alone without a network, and behind walls that open no file at all."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from provenance.digests import digest_bytes
from provenance.examine.engines import ENGINES, EXTRAS, has, load, rows_for
from provenance.examine.identify import identify_bytes
from provenance.examine.runner import Runner, jail_level
from provenance.examine.subject import Subject
from provenance.signatures.codec import to_jsonable
from provenance.trust.model import TrustSet

if TYPE_CHECKING:
    from provenance.signatures.model import SignatureStatus

NOW = datetime(2040, 1, 1, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("tests/hostile", "tests/fuzz", "cli/provenance_cli/demo")
MOST = 400_000  # bytes: the samples are small
EACH = 3  # samples of one format


@dataclass(frozen=True)
class Sample:
    """One file and what it is."""

    path: Path
    media_type: str


def samples() -> Iterator[Sample]:
    """Up to three files of each format among those that the repository keeps."""
    seen: dict[str, int] = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.stat().st_size < MOST and "__pycache__" not in path.parts:
                data = path.read_bytes()
                media_type = identify_bytes(data, data, name=path.name).media_type
                seen[media_type] = seen.get(media_type, 0) + 1
                if seen[media_type] <= EACH:
                    yield Sample(path, media_type)


SAMPLES = list(samples())


def test_the_samples_are_of_many_formats() -> None:
    """What follows is tried on more than a dozen formats, PDF, mail and packages among them."""
    formats = {sample.media_type for sample in SAMPLES}
    assert {"application/pdf", "message/rfc822", "application/pkcs7-mime", "image/jpeg"} <= formats
    assert len(formats) > 12


def forbid_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whatever opens a socket or looks a name up fail the test."""

    def forbidden(*_: object, **__: object) -> Any:  # noqa: ANN401 - never returns
        pytest.fail("an engine wanted the network")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, forbidden)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.path.name)
def test_no_engine_wants_the_network(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every engine of the format's row runs with sockets forbidden, and claims no network."""
    data = sample.path.read_bytes()
    subject = Subject(
        data=data,
        sha256=digest_bytes(data).sha256.hex(),
        media_type=sample.media_type,
        at=NOW,
        trust=TrustSet(),
    )
    engines = [load(name) for name in rows_for(sample.media_type, beside=[])[0]]
    forbid_network(monkeypatch)  # after loading: libraries derive classes from the real socket
    so_far: tuple[SignatureStatus, ...] = ()
    for engine in engines:
        if has(engine, "detect"):
            so_far += engine.detect(subject, so_far).statuses
        if has(engine, "read_facts"):
            engine.read_facts(subject)
    assert not any(status.network_used for status in so_far)


@pytest.mark.skipif(jail_level().level != "full", reason="this system does not offer every wall")
@pytest.mark.slow
def test_nothing_has_to_be_opened_behind_the_walls() -> None:
    """Without Landlock no file can be opened at all: the answers are the same, so all is loaded."""
    with Runner(landlock=False) as closed, Runner() as usual:
        for sample in SAMPLES:
            answers = [
                runner.examine(sample.path, name=None, at=NOW, trust=TrustSet())
                for runner in (closed, usual)
            ]
            one, other = (
                to_jsonable((answer.outcome, answer.signatures, answer.facts)) for answer in answers
            )
            assert one == other, sample.path.name


def test_every_engine_loads_and_names_its_tools() -> None:
    """A misspelt name in a row, or a module that is not there, shows here."""
    names = {name for row in ENGINES.values() for name in row}
    nameless = {name for name in names - set(EXTRAS) if not load(name).tools()}
    # Code of our own alone, or beside an engine that names the same library.
    assert nameless == {"pdf_facts", "rtf_facts", "stated_digests", "text_facts", "zip_facts"}
