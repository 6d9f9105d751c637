"""The desk's clock jumps: the ledger's order stands, and the audit says whose times contradict."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provenance.acts.receiving import IngestOptions
from provenance.desk import Desk
from provenance.errors import UsageError
from provenance.instants import parse_instant
from provenance.journal.reading import read_entry
from provenance.ledger.entry import parse_entry
from provenance.ledger.findings import Detector, Level
from provenance.verdict.staleness import Freshness
from provenance_store.opening import open_desk
from tests.desk.scene import AMAL, JOAN, PEOPLE, Scene, dossier
from tests.faults.acts import item_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, YEAR = timedelta(hours=1), timedelta(days=365)


def at(scene: Scene, now: datetime, who: str = AMAL) -> Desk:
    """Open the desk at an instant."""
    return open_desk(scene.desk, signer=scene.signer(who), clock=lambda: now)


def take(scene: Scene, now: datetime, name: str) -> str:
    """Take a document in at an instant; returns its accession number."""
    path = scene.write(name, f"bytes of {name}\n".encode())
    with at(scene, now) as desk:
        done = desk.ingest([path], IngestOptions(), keep_receipts=True)
    assert done.failed == 0
    return str(done.receipts[0].accession)


def jumps(scene: Scene) -> list[int]:
    """Return the entries that claim a time more than two minutes before their predecessor's."""
    with scene.open() as desk:
        rows = list(desk.parts.ledger.entries(0, desk.parts.ledger.size()))
    times = [parse_entry(row.leaf).iat for row in rows]
    return [seq for seq in range(1, len(times)) if times[seq] < times[seq - 1] - 120]


def test_every_act_goes_through_a_jumping_clock(scene: Scene) -> None:
    """No act is refused because of a clock, and custody is told in the ledger's order."""
    take(scene, NOON, "letter.txt")
    with at(scene, NOON - 5 * HOUR) as desk:
        item = item_of(desk)
        desk.offer(item, to=PEOPLE[JOAN], purpose="second reading")
    with at(scene, NOON + 4 * YEAR, JOAN) as desk:
        desk.accept(item)
    with at(scene, NOON - 20 * YEAR, JOAN) as desk:
        desk.note(item, text="noted")
        desk.import_dossier(item, dossier("soleimani-letter"))
    with at(scene, NOON + 3 * HOUR, JOAN) as desk:
        desk.sign_verdict(item)
    with at(scene, NOON - HOUR) as desk:
        desk.countersign_verdict(item, version=1)
        told = [event.seq for event in desk.custody(item).events]
        assert told == sorted(told)
        assert desk.custody(item).holder == PEOPLE[JOAN]
        assert "noted" in desk.report(item)


def test_the_audit_flags_each_jump_back_and_nothing_else(scene: Scene) -> None:
    """Exactly the entries that claim a time before their predecessor's are flagged, as TIME."""
    for number, move in enumerate((HOUR, -5 * HOUR, 9 * YEAR, -9 * YEAR, HOUR, -20 * YEAR)):
        take(scene, NOON + move, f"{number}.txt")
    with scene.open() as desk:
        found = desk.audit()
    flags = [f for f in found.log.findings if f.level is Level.FLAG]
    assert {f.detector for f in flags} == {Detector.TIME}
    assert [f.seq for f in flags] == jumps(scene)
    assert len(flags) >= 3
    assert found.evidence_holds
    assert found.derived_holds
    assert found.beside_the_key == ()
    with scene.open() as desk:
        before = list(desk.parts.views.dump())
        desk.rebuild()
        assert list(desk.parts.views.dump()) == before


def test_two_minutes_are_no_jump(scene: Scene) -> None:
    """Two honest clocks may differ by two minutes: not a finding."""
    start = datetime.now(UTC) + HOUR
    for number, seconds in enumerate((0, -120, 0, -119)):
        take(scene, start + timedelta(seconds=seconds), f"{number}.txt")
    with scene.open() as desk:
        assert desk.audit().holds


def test_accession_numbers_never_repeat(scene: Scene) -> None:
    """A year that ends, begins and comes back goes on counting where it stood."""
    new_year = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    turns = [NOON, new_year, new_year + timedelta(seconds=1), NOON, NOON + YEAR, NOON - YEAR, NOON]
    found = [take(scene, now, f"{number}.txt") for number, now in enumerate(turns)]
    assert found == [
        "2026-0001", "2026-0002", "2027-0001", "2026-0003", "2027-0002", "2025-0001", "2026-0004",
    ]  # fmt: skip
    with scene.open() as desk:
        desk.rebuild()
        assert [view.accession for view in desk.items()] == found


def test_a_clock_set_back_leaves_a_verdict_fresh(scene: Scene) -> None:
    """Whether a verdict still answers the evidence is asked of the records, not of the clock."""
    take(scene, NOON, "letter.txt")
    with at(scene, NOON) as desk:
        item = item_of(desk)
        desk.import_dossier(item, dossier("soleimani-letter"))
        desk.sign_verdict(item)
        before = desk.verdict(item)
        replayed = desk.verdict(item, as_of=NOON)
    assert before.staleness is not None
    assert before.staleness.freshness is Freshness.CURRENT
    for now in (NOON - 20 * YEAR, NOON + 20 * YEAR):
        with at(scene, now, JOAN) as desk:
            desk.note(item, text="x")
            assert desk.verdict(item).staleness == before.staleness
            assert desk.verdict(item, as_of=NOON).assessment == replayed.assessment
            early = desk.verdict(item, as_of=datetime(1999, 1, 1, tzinfo=UTC))
            assert early.assessment.live_records == ()
            assert early.staleness == before.staleness


@pytest.mark.parametrize(
    "now", [datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)]
)
def test_a_clock_before_1970_is_refused(scene: Scene, now: datetime) -> None:
    """One line says that the clock is wrong; nothing is recorded, and the desk goes on."""
    with scene.open() as desk:
        size = desk.parts.ledger.size()
    with pytest.raises(UsageError, match=r"^the clock says [0-9]{4}-.* before 1970") as caught:
        take(scene, now, "letter.txt")
    assert "\n" not in str(caught.value)
    with scene.open() as desk:
        assert desk.parts.ledger.size() == size
        assert desk.audit().holds
    assert take(scene, NOON, "letter.txt") == "2026-0001"


def test_the_first_and_the_last_second_are_taken(scene: Scene) -> None:
    """Both ends of what an entry can claim are written, read and shown."""
    first, last = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert take(scene, last, "last.txt") == "9999-0001"
    assert take(scene, first, "first.txt") == "1970-0001"
    with scene.open() as desk:
        shown = [desk.custody(view.item).events[0].claimed_at for view in desk.items()]
    assert shown == [last, first]


def test_a_time_that_no_calendar_has_can_be_shown(scene: Scene) -> None:
    """An entry that claims a time beyond the year 9999 is shown with the last second there is."""
    take(scene, NOON, "letter.txt")
    with scene.open() as desk:
        (row,) = desk.parts.ledger.entries(3, 4)
    entry = replace(parse_entry(row.leaf), iat=(1 << 53) - 1)
    opened = read_entry(row, {}, entry=entry)
    assert opened.claimed_at == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("text", ["10000-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00",
                                  "0001-01-01T00:00:00+01:00", "-001-01-01T00:00:00Z"])  # fmt: skip
def test_an_instant_outside_the_calendar_is_refused(text: str) -> None:
    """A year that the calendar does not have is refused in one line."""
    with pytest.raises(UsageError, match=r"^not an instant") as caught:
        parse_instant(text)
    assert "\n" not in str(caught.value)
