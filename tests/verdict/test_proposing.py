"""What an examination licenses as records: the catalogue's entries, and nothing freer."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from provenance.examine.examination import Examination
from provenance.examine.identify import Identification
from provenance.examine.outcome import Limits, Outcome, OutcomeKind
from provenance.facts.claimed import judge_claimed_date
from provenance.facts.model import Facts, Observation, Weight
from provenance.signatures.axes import (
    CertAtTime,
    ChangedAfter,
    Integrity,
    Kind,
    Presence,
    Scope,
    Signer,
    TimeBasis,
    Visible,
)
from provenance.signatures.model import (
    DetectorFailure,
    Locator,
    SignatureReport,
    SignatureStatus,
)
from provenance.trust.model import TrustSet
from provenance.verdict.catalogue import CATALOGUE
from provenance.verdict.dossier import Dossier
from provenance.verdict.evaluate import evaluate
from provenance.verdict.parse_record import record_from_json
from provenance.verdict.proposing import propose, propose_all
from provenance.verdict.write_dossier import record_to_json

NOW = datetime(2026, 1, 6, tzinfo=UTC)
SHA = "ab" * 32

GOOD = SignatureStatus(
    id="s",
    document_sha256=SHA,
    kind=Kind.DKIM,
    locator=Locator(name="DKIM-Signature 1"),
    presence=Presence.PRESENT,
    integrity=Integrity.INTACT,
    scope=Scope.WHOLE,
    changed_after=ChangedAfter.NONE,
    signer=Signer.PINNED,
    time_basis=TimeBasis.ARCHIVED_KEY_WINDOW,
    cert_at_time=CertAtTime.VALID,
)


def examined(*statuses: SignatureStatus, facts: Facts | None = None) -> Examination:
    """An examination that found these."""
    return Examination(
        document_sha256=SHA,
        size=1,
        at=NOW,
        reference_time=None,
        claimed_date=None,
        trust_set_sha256=TrustSet().sha256,
        beside=(),
        identification=Identification(
            media_type="message/rfc822",
            claimed_extension=None,
            claimed_media_type=None,
            mismatch=False,
        ),
        outcome=Outcome(kind=OutcomeKind.EXAMINED, code="examined"),
        signatures=SignatureReport(document_sha256=SHA, statuses=statuses, detectors_run=("dkim",)),
        facts=facts,
        tools={},
        jail=(),
        jail_level="full",
        limits=Limits(),
        cpu_seconds=0.0,
        max_rss=0,
    )


def keys(found: Examination) -> set[str]:
    """The catalogue entries that are proposed."""
    return {a.catalogue or "" for record in propose(found) for a in record.asserts}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (GOOD, {"dkim-valid"}),
        (replace(GOOD, scope=Scope.PART), set()),
        (replace(GOOD, time_basis=TimeBasis.CLAIMED), set()),
        (replace(GOOD, signer=Signer.UNKNOWN), set()),
        (replace(GOOD, integrity=Integrity.BROKEN), {"dkim-fails"}),
        (replace(GOOD, integrity=Integrity.NOT_CHECKABLE), set()),
        (replace(GOOD, kind=Kind.PDF_SIG), {"pdf-signature-valid"}),
        (
            replace(GOOD, kind=Kind.PDF_SIG, changed_after=ChangedAfter.UNEXPLAINED),
            {"pdf-changed-after-signing"},
        ),
        (replace(GOOD, changed_after=ChangedAfter.UNEXPLAINED), {"dkim-fails"}),
        (
            replace(
                GOOD,
                changed_after=ChangedAfter.UNEXPLAINED,
                cert_at_time=CertAtTime.COMPROMISED_KEY,
            ),
            {"dkim-fails"},
        ),
        (
            replace(
                GOOD,
                kind=Kind.PDF_SIG,
                changed_after=ChangedAfter.UNEXPLAINED,
                cert_at_time=CertAtTime.REVOKED,
            ),
            {"pdf-changed-after-signing"},
        ),
        (
            replace(GOOD, kind=Kind.PDF_SIG, visible=Visible.YES, signer=Signer.UNKNOWN),
            {"pdf-changed-after-signing"},
        ),
        (
            replace(GOOD, kind=Kind.PDF_TIMESTAMP, changed_after=ChangedAfter.UNEXPLAINED),
            {"pdf-changed-after-signing"},
        ),
        (
            replace(
                GOOD,
                kind=Kind.PDF_SIG,
                integrity=Integrity.BROKEN,
                native_codes=("hash-failure",),
            ),
            {"pdf-changed-after-signing"},
        ),
        (
            replace(
                GOOD,
                kind=Kind.PDF_SIG,
                integrity=Integrity.BROKEN,
                native_codes=("sig-crypto-failure",),
            ),
            set(),
        ),
        (replace(GOOD, kind=Kind.PDF_SIG, integrity=Integrity.ERROR), set()),
        (
            replace(GOOD, kind=Kind.PDF_USAGE_RIGHTS, changed_after=ChangedAfter.UNEXPLAINED),
            set(),
        ),
        (replace(GOOD, kind=Kind.SMIME), set()),
        (
            replace(GOOD, kind=Kind.INK_REGION, presence=Presence.EMPTY_SLOT, confidence="high"),
            {"no-ink-copy"},
        ),
        (
            replace(GOOD, kind=Kind.INK_REGION, presence=Presence.EMPTY_SLOT, confidence="low"),
            set(),
        ),
        (replace(GOOD, kind=Kind.PDF_SIG, presence=Presence.EMPTY_SLOT), set()),
    ],
)
def test_each_answer_licenses_its_entry_and_no_more(
    status: SignatureStatus, expected: set[str]
) -> None:
    """Only what the catalogue grades is proposed, and only from the answer it grades."""
    assert keys(examined(status)) == expected


def test_an_observation_is_the_entry_it_names() -> None:
    """A licensed observation becomes its entry with its sentence; others become nothing."""
    young = Observation(
        code="font-younger-than-date",
        weight=Weight.CONTRADICTION,
        text="The typeface first shipped in 2006.",
        evidence="anachronism-copy",
    )
    plain = replace(young, evidence=None)
    found = examined(facts=Facts(observations=(young, plain)))
    assert keys(found) == {"anachronism-copy"}
    assert "first shipped in 2006" in (propose(found)[0].note or "")


def test_grades_are_looked_up_by_the_weighing() -> None:
    """A proposal that is imported weighs what the catalogue says, and reads back equal."""
    records = propose(examined(GOOD))
    for record in records:
        assert record_from_json(record_to_json(record)) == record
    weighed = evaluate(Dossier(title="t", records=records))
    facets = {facet.name: facet.p for facet in weighed.facets}
    assert {name: facets[name] for name in ("integrity", "origin", "dating")} == dict(
        CATALOGUE["dkim-valid"].grades
    )


def test_two_alike_are_one_line() -> None:
    """Two good signatures of one mail are one record with two sentences, never two lines."""
    records = [one for one in propose(examined(GOOD, replace(GOOD, id="t"))) if one.asserts]
    assert len(records) == 1


def test_a_failed_detector_leaves_its_check_undone() -> None:
    """That signatures were looked for counts as done only when every detector came to its end."""
    found = examined()
    assert propose(found)[-1].checks == ("signatures",)
    failed = DetectorFailure(detector="dkim", code="engine-failed", message="x")
    report = replace(found.signatures, detectors_failed=(failed,))
    assert propose(replace(found, signatures=report)) == ()


def test_a_claim_is_not_the_date_of_the_document() -> None:
    """What was held against a day that somebody claims is proposed neither for nor against."""
    properties = {"core.created": "2019-03-04T09:15:00Z", "fonts": "Aptos"}
    against = judge_claimed_date(Facts(properties=properties), date(2014, 5, 6))
    assert len(against) == 2
    assert keys(examined(facts=Facts(observations=against))) == set()
    near = judge_claimed_date(Facts(properties=properties), date(2019, 3, 4))
    assert keys(examined(facts=Facts(observations=near))) == set()


PDF = replace(GOOD, kind=Kind.PDF_SIG)


def _copy(sha256: str, *statuses: SignatureStatus) -> Examination:
    return replace(examined(*statuses), document_sha256=sha256)


def test_a_changed_copy_speaks_of_itself_where_another_is_whole() -> None:
    """Its integrity is refuted, the item's is not, and the words name the copy."""
    changed = replace(PDF, changed_after=ChangedAfter.UNEXPLAINED)
    found = propose_all([_copy("ab" * 32, PDF), _copy("cd" * 32, changed)])
    now = evaluate(Dossier(title="t", records=found))
    labels = {facet.name: facet.label for facet in now.facets}
    assert "ALTERED" not in now.headline.text
    assert labels["integrity@copy-cdcdcdcd"] == "REFUTED"
    assert labels["integrity"] == "ESTABLISHED"
    notes = [one.note for one in found if one.id.startswith("x.cdcdcdcd")]
    assert notes
    assert all(note and "begins cdcdcdcd" in note for note in notes)


def test_a_changed_copy_speaks_of_the_item_where_no_other_is_shown_whole() -> None:
    """An unsigned copy beside it, another changed one, or none: nothing vouches for the item."""
    changed = replace(PDF, changed_after=ChangedAfter.UNEXPLAINED)
    bad = _copy("cd" * 32, changed)
    for others in ((), (_copy("ab" * 32),), (_copy("ab" * 32, changed),)):
        records = propose_all([bad, *others])
        facets = {one.facet for record in records for one in record.asserts if one.sign < 0}
        assert facets == {"integrity"}
