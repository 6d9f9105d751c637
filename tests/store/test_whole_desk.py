"""A whole desk, end to end, on each database: what the ports promise, a desk gets."""

from pathlib import Path

import pytest

from provenance.acts.receiving import IngestOptions
from provenance.desk import Desk
from provenance.ledger.keyfile import new_key
from provenance.ledger.keys import Signer
from provenance.verdict.parse_dossier import parse_dossier
from provenance_store.desk_folder import SQLITE
from provenance_store.key_files import load_signer
from provenance_store.opening import create_desk, open_desk

LETTER = Path(__file__).resolve().parents[2] / "cli/provenance_cli/demo"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The database that the desk's settings name."""
    if request.param == "sqlite":
        return SQLITE
    address = str(request.getfixturevalue("postgres_address"))
    return address.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture
def people(tmp_path: Path, database: str) -> tuple[Path, Signer, Signer]:
    """A new desk of two people: its folder and their keys."""
    folder = tmp_path / "desk"
    made = create_desk(folder, admin="Ada", passphrase=None, database=database)
    ada = load_signer(made.keys, None, passphrase=None, ask=lambda _name: b"")
    ben = new_key(lambda size: bytes(range(1, size + 1)))
    with open_desk(folder, signer=ada) as desk:
        desk.enrol(ben, role="editor", name="Ben")
    return folder, ada, ben


def _as(folder: Path, signer: Signer) -> Desk:
    return open_desk(folder, signer=signer)


def test_the_letter_end_to_end(people: tuple[Path, Signer, Signer]) -> None:
    """Intake, hand-over, statements, two signatures, audit, rebuild and report hold on both."""
    folder, ada, ben = people
    dossier = parse_dossier((LETTER / "letter.dossier.yaml").read_text(), name="letter.yaml")
    with _as(folder, ada) as desk:
        done = desk.ingest([LETTER / "letter.pdf"], IngestOptions(source="S-1"), keep_receipts=True)
        item = done.receipts[0].item
        desk.offer(item, to="Ben", purpose="second reading")
    with _as(folder, ben) as desk:
        assert desk.accept(item)[1]
        desk.import_dossier(item, dossier)
    with _as(folder, ada) as desk:
        desk.sign_verdict(item)
    with _as(folder, ben) as desk:
        desk.countersign_verdict(item, version=1)
        before = list(desk.parts.views.dump())
        desk.rebuild()
        assert list(desk.parts.views.dump()) == before
        assert "AUTHENTIC DRAFT" in desk.report(item, audience="public")
        assert desk.verdict(item).standing.published is not None
        found = desk.audit()
    assert found.evidence_holds
    assert found.log_holds
    assert not found.log.flagged


def test_the_same_bytes_twice(people: tuple[Path, Signer, Signer]) -> None:
    """The same bytes under two names are one item with two occurrences, on both."""
    folder, ada, _ = people
    twin = folder.with_name("twin.pdf")
    twin.write_bytes((LETTER / "letter.pdf").read_bytes())
    with _as(folder, ada) as desk:
        done = desk.ingest([LETTER / "letter.pdf", twin], keep_receipts=True)
        assert (done.received, done.again) == (1, 1)
        assert len({receipt.item for receipt in done.receipts}) == 1
        assert desk.ingest([LETTER / "letter.pdf", twin]).skipped == 2
