"""`prov recover` as people read it: what came of each earlier state, first and second time."""

import pytest

from provenance.acts.receiving import IngestOptions
from tests.cli.conftest import Prov
from tests.desk.scene import AMAL, Scene
from tests.hostile.forge import saved_incrementally
from tests.signatures.pdf.letters import Letter

BEFORE = Letter().body().render()
AFTER = saved_incrementally(BEFORE, b"BT /F1 11 Tf 72 600 Td (Added afterwards) Tj ET")


@pytest.fixture
def item(scene: Scene) -> bytes:
    """A letter that was saved again after a line came in, examined."""
    path = scene.write("letter.pdf", AFTER)
    with scene.open(AMAL) as desk:
        (receipt,) = desk.ingest([path], IngestOptions(), keep_receipts=True).receipts
        desk.examine(receipt.item)
    return receipt.item


def test_a_second_run_says_what_was_there_already(scene: Scene, item: bytes, prov: Prov) -> None:
    """What was recovered before is told apart from what came by itself, with its entry."""
    first = prov("recover", item.hex(), "--key", AMAL, desk=scene)
    assert first.code == 0
    assert "recovered now, entry " in first.out
    again = prov("recover", item.hex(), "--key", AMAL, desk=scene)
    assert again.code == 0
    assert "recovered before, entry " in again.out
    assert "nothing new: 1 earlier state was on the desk already" in again.err
    (line,) = prov("recover", item.hex(), "--key", AMAL, "--json", desk=scene).lines
    assert (line["entry"], line["held_derived"]) == (None, True)
    assert f"entry {line['held_entry']}" in again.out


def test_a_state_that_came_by_itself_is_told_as_that(scene: Scene, item: bytes, prov: Prov) -> None:
    """It was never recovered: it was received, and that is a match."""
    with scene.open(AMAL) as desk:
        (state,) = next(iter(desk.findings(item).values())).facts.earlier  # type: ignore[union-attr] # read above
        path = scene.write("draft.pdf", AFTER[: state.end])
        (other,) = desk.ingest([path], IngestOptions(), keep_receipts=True).receipts
        name = desk.card(other.item).accession
    told = prov("recover", item.hex(), "--key", AMAL, desk=scene).out
    assert f"received by itself as item {name}, entry {other.seq}: a match" in told
