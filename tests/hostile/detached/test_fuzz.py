"""SSH, minisign, signify and lists: any bytes are an answer, and no flip is ever good."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import Malformed
from provenance.signatures.axes import Headline, Integrity, Kind
from provenance.signatures.bench import Bench
from provenance.signatures.checksums import names_digest
from provenance.signatures.detached import FORMATS, judge_beside
from provenance.signatures.detected import report_of
from provenance.signatures.minisign import read_minisign
from provenance.signatures.nearby import Nearby
from provenance.signatures.pairing import Relation
from provenance.signatures.pinning import Reference
from provenance.signatures.plain import Read, Unsupported, judge_plain
from provenance.signatures.signify import read_signify
from provenance.signatures.ssh import read_ssh
from provenance.trust.model import PinKind, TrustSet
from tests.signatures.detached.maker import Numbered, SshParty

LETTER = b"Dear Sir,\n\nwe shall be repositioning forces.\n"
NOW = datetime(2020, 6, 1, tzinfo=UTC)
ANN, PARTY = Numbered(), SshParty()
TRUST = TrustSet(keys=(ANN.pin(PinKind.MINISIGN), ANN.pin(PinKind.SIGNIFY), PARTY.pin()))
BENCH = Bench(sha256="0" * 64, trust=TRUST, reference=Reference(at=NOW))
FORMS: list[tuple[Kind, Read, bytes]] = [
    (Kind.MINISIGN, read_minisign, ANN.minisign(LETTER)),
    (Kind.SIGNIFY, read_signify, ANN.signify(LETTER)),
    (Kind.SSH, read_ssh, PARTY.sign(LETTER)),
]
fuzz = settings(max_examples=200, deadline=None)
each_form = pytest.mark.parametrize(("kind", "read", "good"), FORMS, ids=["mini", "sify", "ssh"])


def near(data: bytes, media_type: str = "text/plain", name: str = "") -> Nearby:
    """A file beside the document."""
    return Nearby(
        number=1,
        data=data,
        sha256="1" * 64,
        media_type=media_type,
        relation=Relation.SIGNATURE,
        name=name,
        by_hand=True,
    )


def judge(kind: Kind, read: Read, data: bytes, document: bytes) -> list[Integrity]:
    """Judge a signature over a document."""
    statuses = judge_plain(read, data, (near(document),), BENCH, kind=kind, name="x")
    return [one.integrity for one in statuses]


@each_form
def test_the_victim_is_good(kind: Kind, read: Read, good: bytes) -> None:
    """So that the other tests can fail."""
    assert judge(kind, read, good, LETTER) == [Integrity.INTACT]


@each_form
@fuzz
@given(at=st.integers(0, len(LETTER) - 1), bit=st.integers(0, 7))
def test_a_flip_in_the_document_is_broken(
    kind: Kind, read: Read, good: bytes, at: int, bit: int
) -> None:
    """Any bit of the document, flipped: BROKEN."""
    out = bytearray(LETTER)
    out[at] ^= 1 << bit
    assert judge(kind, read, good, bytes(out)) == [Integrity.BROKEN]


@each_form
@fuzz
@given(at=st.integers(0, 1 << 12), bit=st.integers(0, 7))
def test_a_flip_in_the_signature_is_good_only_where_nothing_is_signed(
    kind: Kind, read: Read, good: bytes, at: int, bit: int
) -> None:
    """Intact after a flip only in the untrusted comment or in the armor's blanks."""
    out = bytearray(good)
    at %= len(out)
    out[at] ^= 1 << bit
    if Integrity.INTACT in judge(kind, read, bytes(out), LETTER):
        loose = good.index(b"\n") if kind is not Kind.SSH else -1
        assert at < loose or good[at : at + 1] in b"\n"


@each_form
@fuzz
@given(data=st.binary(max_size=400))
def test_any_bytes_are_an_answer(kind: Kind, read: Read, good: bytes, data: bytes) -> None:
    """Readers return, or say that the bytes are malformed."""
    for hostile in (data, good[: len(data)] + data, b"untrusted comment: " + data):
        try:
            read(hostile)
        except (Malformed, Unsupported):
            continue


@fuzz
@given(st.binary(max_size=300), st.sampled_from(sorted(FORMATS)), st.sampled_from(Relation))
def test_any_file_beside_a_document_is_harmless(
    data: bytes, media_type: str, relation: Relation
) -> None:
    """Whatever lies beside it, the document's answer is not a good one, and never a fault."""
    document = Nearby(number=0, data=LETTER, sha256="0" * 64, media_type="text/plain")
    file = Nearby(
        number=1, data=data, sha256="1" * 64, media_type=media_type, relation=relation, name="x"
    )
    found = judge_beside(document, (file,), BENCH)
    assert report_of("0" * 64, [found]).headline is not Headline.VERIFIED
    names_digest(data, "0" * 64)


def _repeated(part: bytes) -> Callable[[], bytes]:
    return lambda: part * 200_000


@pytest.mark.parametrize(
    "make", [_repeated(b"\n"), _repeated(b"A"), _repeated(b"untrusted comment: x\n")]
)
def test_large_nonsense_is_quickly_refused(make: Callable[[], bytes]) -> None:
    """Megabytes of nearly the right thing."""
    for _, read, _ in FORMS:
        with pytest.raises(Malformed):
            read(make())
