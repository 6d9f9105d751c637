"""A file that carries others says that nobody looked into them, and how many there are."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from provenance.examine.runner import Runner
from provenance.facts.mail import read_mail_facts
from provenance.facts.members import CODE, QUESTION, read_zip_members
from provenance.signatures.axes import Headline
from provenance.trust.model import TrustSet
from tests.facts.office.packages import docx
from tests.facts.test_mail import mixed

NOW = datetime(2040, 1, 1, tzinfo=UTC)
_ATTACHED = b"Content-Type: application/pdf; name=a.pdf\r\n\r\nhello\r\n"
_OWN = b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx\r\n"


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One runner for all; its worker is started once."""
    with Runner() as shared:
        yield shared


def zipped(*names: str) -> bytes:
    """Return an archive of small files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, b"" if name.endswith("/") else name.encode())
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (zipped("folder/", "folder/a.pdf", "b.docx"), "2 files inside were not looked into"),
        (mixed(_ATTACHED), "1 attachment inside was not looked into"),
    ],
    ids=["zip", "mail"],
)
def test_unsigned_is_said_of_the_outer_file_only(data: bytes, told: str, runner: Runner) -> None:
    """The answer counts what is inside, says what takes it out, and leaves its signatures open."""
    found = runner.examine(io.BytesIO(data), name=None, at=NOW, trust=TrustSet())
    assert found.headline is Headline.UNSIGNED
    assert QUESTION in found.signatures.not_determined
    assert found.facts is not None
    (said,) = [one.text for one in found.facts.observations if one.code == CODE]
    assert said.startswith(told)
    assert "`prov ingest` takes" in said


def test_a_document_that_is_an_archive_carries_nothing_else(runner: Runner) -> None:
    """The members of an Office file are the document: nothing is left open."""
    found = runner.examine(io.BytesIO(docx()), name=None, at=NOW, trust=TrustSet())
    assert found.facts is not None
    assert CODE not in {one.code for one in found.facts.observations}
    assert QUESTION not in found.signatures.not_determined


def test_a_signature_of_the_mail_itself_is_no_file_inside() -> None:
    """A signed mail without attachments leaves nothing open."""
    codes = {one.code for one in read_mail_facts(mixed(_OWN), at=NOW).observations}
    assert CODE not in codes


def test_what_cannot_be_counted_is_said() -> None:
    """An archive that is cut short has no count, and says so."""
    assert read_zip_members(zipped("a")[:-9], intake=True).notes
