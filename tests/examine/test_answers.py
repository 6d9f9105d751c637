"""A worker that was taken over may write what it likes: what of it is believed."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provenance.examine.answers import judge_answer
from provenance.examine.compare import compare
from provenance.examine.examination import Answer, Examination
from provenance.examine.identify import identify_bytes
from provenance.examine.outcome import Limits, Outcome, OutcomeKind
from provenance.examine.zygote import RawAnswer
from provenance.signatures.axes import Headline, Integrity, Kind, Presence, Signer
from provenance.signatures.codec import to_jsonable
from provenance.signatures.model import Crop, Locator, SignatureReport, SignatureStatus
from provenance.trust.model import TrustSet
from provenance_cli.crops import write_crops

SHA256 = "a" * 64
EMPTY = TrustSet().sha256
HONEST = SignatureStatus(
    id="pdf-1",
    document_sha256=SHA256,
    kind=Kind.PDF_SIG,
    locator=Locator(name="Signature1"),
    presence=Presence.PRESENT,
    integrity=Integrity.INTACT,
    trust_set_sha256=EMPTY,
)


def judge(
    *statuses: SignatureStatus, undetermined: tuple[SignatureStatus, ...] = ()
) -> Examination:
    """What the supervisor makes of a worker's answer."""
    blank = Examination(
        document_sha256=SHA256,
        size=1,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        reference_time=None,
        claimed_date=None,
        trust_set_sha256=EMPTY,
        beside=(),
        identification=identify_bytes(b"%PDF-1.4"),
        outcome=Outcome(kind=OutcomeKind.EXAMINED, code="examined"),
        signatures=SignatureReport(document_sha256=SHA256),
        facts=None,
        tools={},
        jail=(),
        jail_level="none",
        limits=Limits(),
        cpu_seconds=0.0,
        max_rss=0,
    )
    report = SignatureReport(document_sha256=SHA256, statuses=statuses, undetermined=undetermined)
    answer = to_jsonable(Answer(signatures=report, facts=None, tools={}))
    body = b'{"walls":[]}\n' + json.dumps(answer).encode()
    raw = RawAnswer(body=body, too_large=False, timed_out=False, lost=False)
    return judge_answer(blank, raw, Limits())


def test_an_honest_answer_is_taken() -> None:
    """The same status that the lies below begin with."""
    assert judge(HONEST).signatures.statuses == (HONEST,)


def test_a_date_that_was_not_claimed_is_said_in_words() -> None:
    """The comparison with an earlier examination has no word of the program's own in it."""
    old = judge(HONEST)
    (said, *_) = compare(old, replace(old, claimed_date="2019-03-14")).grounds
    assert said == "Claimed to be of no stated date then, of 2019-03-14 now."


@pytest.mark.parametrize(
    "lie",
    [
        replace(HONEST, trust_set_sha256="f" * 64),
        replace(HONEST, network_used=True),
        replace(HONEST, signer=Signer.TRUSTED, anchor_id="e" * 64),
        replace(HONEST, signer=Signer.PINNED),
        replace(HONEST, document_sha256="b" * 64),
    ],
    ids=["other-trust", "network", "trusted-by-nobody", "pinned-by-nobody", "other-document"],
)
@pytest.mark.parametrize("place", ["statuses", "undetermined"])
def test_what_no_honest_worker_says_is_no_answer(lie: SignatureStatus, place: str) -> None:
    """Among what was found and among what was not determined."""
    found = judge(lie) if place == "statuses" else judge(undetermined=(lie,))
    assert found.outcome.code == "answer-malformed"
    assert found.headline is Headline.ERROR


@pytest.mark.parametrize(
    "named", ["/../../../../tmp/elsewhere", "../up", "y" * 3000, "A\u202e.png"]
)
def test_no_worker_chooses_where_a_picture_is_written(named: str, tmp_path: Path) -> None:
    """Ids with paths, dots, tricks, and longer than a file name may be."""
    found = judge(replace(HONEST, id=named, crop=Crop(width=1, height=1, grey=b"x")))
    write_crops(found, tmp_path / "places")
    (picture,) = (tmp_path / "places").iterdir()
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert len(picture.name) < 80
    assert [one.name for one in tmp_path.iterdir()] == ["places"]


def test_a_picture_is_told_in_the_words_of_the_card(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A place that merely looks empty is not called EMPTY_SLOT beside its picture."""
    place = replace(HONEST, presence=Presence.EMPTY_SLOT, crop=Crop(width=1, height=1, grey=b"x"))
    write_crops(judge(undetermined=(place,)), tmp_path)
    said = capsys.readouterr().err
    assert "looks empty, not determined: " in said
    assert "EMPTY" not in said
