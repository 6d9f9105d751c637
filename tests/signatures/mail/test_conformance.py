"""Real and published messages with a known truth, where they are present."""

from pathlib import Path

import pytest

from provenance.examine.runner import Runner
from provenance.signatures.axes import Headline, Kind
from tests.signatures.good import is_good
from tests.signatures.inside import answers
from tests.signatures.mail.conformance import (
    AT,
    Row,
    arc_rows,
    as_markdown,
    dkim_rows,
    dkim_trust,
)
from tests.signatures.mail.world import judge

CORPUS = Path(__file__).resolve().parents[3] / "../shared/corpus"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CORPUS / "mail-dkim").is_dir(), reason="the corpus of real signed files is not here"
    ),
]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Every message, judged once."""
    return [*dkim_rows(CORPUS), *arc_rows(CORPUS)]


def test_no_bad_message_comes_out_good(rows: list[Row]) -> None:
    """Zero messages that their authors call not intact are VERIFIED or INTACT*."""
    bad = [row for row in rows if row.truth == "not intact"]
    assert len([row for row in bad if row.family == "DKIM"]) >= 8
    assert len([row for row in bad if row.family == "ARC"]) >= 109
    assert [row.name for row in bad if is_good(row.headline)] == []


def test_no_answer_contradicts_the_truth(rows: list[Row]) -> None:
    """Every good signature and chain is intact; nothing unsigned is called signed."""
    assert [row.name for row in rows if row.agreement == "disagrees"] == []
    intact = [row for row in rows if row.truth == "intact"]
    assert len(intact) >= 85
    assert "| ARC | intact | INTACT_WEAK | agrees |" in as_markdown(rows)


def test_real_mail_is_verified() -> None:
    """Newsletters as they were received, with the keys of then: by the author's own domain."""
    trust = dkim_trust(CORPUS)
    found = {
        path.name[:18]: judge(path.read_bytes(), trust, at=AT).headline
        for path in (CORPUS / "mail-dkim" / "original").glob("*.eml")
    }
    assert found == {
        "Fastmail from Amaz": Headline.INTACT_WEAK,  # a key of 1024 bits
        "Fastmail from CNN ": Headline.VERIFIED,
        "Fastmail from Fast": Headline.VERIFIED,
    }


def test_line_ends_change_no_answer() -> None:
    """Each message as CRLF gets the answer that it gets as LF."""
    trust = dkim_trust(CORPUS)
    for path in (CORPUS / "mail-dkim").rglob("*.eml"):
        data = path.read_bytes().replace(b"\r\n", b"\n")
        wire = data.replace(b"\n", b"\r\n")
        assert judge(data, trust, at=AT).headline is judge(wire, trust, at=AT).headline, path.name


def test_the_jail_changes_no_answer() -> None:
    """The same message gets the same statuses inside and outside the jail."""
    trust = dkim_trust(CORPUS)
    with Runner() as runner:
        for path in sorted((CORPUS / "mail-dkim" / "original").glob("*.eml")):
            bare = judge(path.read_bytes(), trust, at=AT)
            jailed = runner.examine(path, name=None, at=AT, trust=trust)
            mail = [one for one in jailed.signatures.statuses if one.kind in {Kind.DKIM, Kind.ARC}]
            assert answers(mail) == bare.statuses, path.name
            assert jailed.facts is not None
            assert "mail.From" in jailed.facts.properties
