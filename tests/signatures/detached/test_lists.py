"""Signed lists of digests: the list is signed, and this document's digest stands in it."""

import hashlib
import io
from collections.abc import Iterator

import pytest

from provenance.examine.examination import Examination
from provenance.examine.runner import Companion, Runner
from provenance.signatures.axes import Headline, Scope
from provenance.signatures.pairing import Relation
from provenance.signatures.sentence import explain_signature
from provenance.trust.model import PinKind, TrustSet
from tests.signatures.detached.maker import Numbered, SshParty
from tests.signatures.openpgp.maker import NOW, Person
from tests.signatures.openpgp.test_judging import needs_gpgv

LETTER = b"Dear Sir,\n\nwe shall be repositioning forces.\n"
LINE = f"{hashlib.sha256(LETTER).hexdigest()}  letter.txt"
LISTED = f"{'0' * 64}  other.txt\n{LINE}\n".encode()


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One runner for all."""
    with Runner() as one:
        yield one


def examine(
    runner: Runner, trust: TrustSet, *lists: tuple[str, bytes], document: bytes = LETTER
) -> Examination:
    """Examine a document with lists and their signatures beside it."""
    beside = [
        Companion(document=io.BytesIO(data), role=Relation.LIST, name=name) for name, data in lists
    ]
    return runner.examine(
        io.BytesIO(document), name="letter.txt", at=NOW, trust=trust, beside=beside
    )


def test_a_signed_list_speaks_for_the_document(runner: Runner) -> None:
    """Both halves are said: the list is signed, and the digest stands in it."""
    ann = Numbered()
    trust = TrustSet(keys=(ann.pin(PinKind.MINISIGN),))
    seal = ann.minisign(LISTED)
    found = examine(runner, trust, ("SHA256SUMS", LISTED), ("SHA256SUMS.minisig", seal))
    (status,) = found.signatures.statuses
    assert (status.headline, status.scope) == (Headline.INTACT_PARTIAL, Scope.PART)
    assert status.locator.name == "signed list of digests (minisign)"
    assert hashlib.sha256(LISTED).hexdigest() in status.covered[0]
    assert "whose digest stands in the signed list" in explain_signature(status)[1]
    assert "SHA256SUMS" not in found.to_json()


def test_every_format_can_seal_a_list(runner: Runner) -> None:
    """SSH, signify (beside it and inside) and OpenPGP (beside it and clearsigned)."""
    person, party, number = Person(), SshParty(), Numbered()
    trust = TrustSet(pgp=(person.pin(),), keys=(party.pin(), number.pin(PinKind.SIGNIFY)))
    for lists in (
        (("SHA256SUMS", LISTED), ("SHA256SUMS.sig", party.sign(LISTED))),
        (("SHA256SUMS", LISTED), ("SHA256SUMS.sig", number.signify(LISTED))),
        (("SHA256.sig", number.signify(LISTED, embed=True)),),
        (("SHA256SUMS", LISTED), ("SHA256SUMS.asc", person.detached(LISTED))),
        (("SHA256SUMS.asc", person.clearsigned(LISTED.decode())),),
    ):
        (status,) = examine(runner, trust, *lists).signatures.statuses
        assert status.headline is Headline.INTACT_PARTIAL, lists
        assert status.locator.name.startswith("signed list of digests")


def test_a_document_that_the_list_does_not_name_is_unsigned(runner: Runner) -> None:
    """A good signature of a list says nothing about what is not in it, and breaks nothing."""
    ann = Numbered()
    trust = TrustSet(keys=(ann.pin(PinKind.MINISIGN),))
    lists = (("SHA256SUMS", LISTED), ("SHA256SUMS.minisig", ann.minisign(LISTED)))
    found = examine(runner, trust, *lists, document=b"another letter\n")
    assert found.headline is Headline.UNSIGNED
    assert any("does not name it" in warning for warning in found.signatures.warnings)


@needs_gpgv
def test_an_altered_list_does_not_break_the_document(runner: Runner) -> None:
    """A digest that was added to a signed list proves nothing, for or against the document."""
    person, number = Person(), Numbered()
    trust = TrustSet(pgp=(person.pin(),), keys=(number.pin(PinKind.MINISIGN),))
    honest = f"{'0' * 64}  other.txt\n".encode()
    for name, seal in (("x.asc", person.detached(honest)), ("x.minisig", number.minisign(honest))):
        ending = name.removeprefix("x")
        found = examine(runner, trust, ("SHA256SUMS", LISTED), (f"SHA256SUMS{ending}", seal))
        assert found.headline is Headline.NOT_CHECKABLE
        (status,) = found.signatures.statuses
        assert "it may belong to another document" in status.warnings


def test_a_digest_outside_the_signed_text_counts_for_nothing(runner: Runner) -> None:
    """A line put before a clearsigned list is in the file and not in the list."""
    person = Person()
    signed = person.clearsigned(f"{'0' * 64}  other.txt")
    data = f"{LINE}\n".encode() + signed
    found = examine(runner, TrustSet(pgp=(person.pin(),)), ("SHA256SUMS.asc", data))
    assert found.signatures.statuses == ()
    assert found.headline is Headline.UNSIGNED


def test_weak_digests_in_a_list_name_nothing(runner: Runner) -> None:
    """An MD5 or SHA-1 list, however well signed, names whatever somebody made to fit."""
    ann = Numbered()
    weak = f"{hashlib.sha1(LETTER).hexdigest()}  letter.txt\n".encode()  # noqa: S324 - the point
    lists = (("SHA256SUMS", weak), ("SHA256SUMS.minisig", ann.minisign(weak)))
    found = examine(runner, TrustSet(keys=(ann.pin(PinKind.MINISIGN),)), *lists)
    assert found.signatures.statuses == ()


@pytest.mark.parametrize("name", ["letter.txt.asc", "SHA256SUMS.asc"])
def test_signed_prose_is_no_signed_list(runner: Runner, name: str) -> None:
    """A signed warning of the document, with its digest on a line, does not vouch for it."""
    person = Person()
    warning = person.clearsigned(f"WARNING. This file is a forgery:\n{LINE}\nAnn\n")
    role = Relation.SIGNATURE if name.startswith("letter") else Relation.LIST
    beside = [Companion(document=io.BytesIO(warning), role=role, name=name)]
    trust = TrustSet(pgp=(person.pin(),))
    found = runner.examine(
        io.BytesIO(LETTER), name="letter.txt", at=NOW, trust=trust, beside=beside
    )
    assert found.signatures.statuses == ()
    assert found.headline is Headline.UNSIGNED


def test_a_list_beside_a_document_as_its_signature_is_none(runner: Runner) -> None:
    """Only what is named as a list is read as one."""
    person = Person()
    listed = Companion(
        document=io.BytesIO(person.clearsigned(LISTED.decode())),
        role=Relation.SIGNATURE,
        name="letter.txt.asc",
    )
    trust = TrustSet(pgp=(person.pin(),))
    found = runner.examine(io.BytesIO(LETTER), name=None, at=NOW, trust=trust, beside=[listed])
    assert found.signatures.statuses == ()
