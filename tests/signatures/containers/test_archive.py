"""Opening archives: limits, names, and what cannot be unpacked."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.signatures.containers import archive as module
from provenance.signatures.containers.archive import open_archive
from provenance.signatures.xmldsig.refusal import Refusal
from tests.hostile.containers import zipforge
from tests.signatures.containers.packages import word_document, zipped


def _reason(data: bytes) -> str:
    with pytest.raises(Refusal) as refused:
        open_archive(data)
    return refused.value.reason


def test_an_honest_archive() -> None:
    """Members in order, folders left out, contents as they are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("folder/", b"")
        made.writestr("folder/é.txt", b"text")
        made.writestr("big.bin", b"0" * 100_000)
    archive = open_archive(out.getvalue())
    assert list(archive.members) == ["folder/é.txt", "big.bin"]
    assert archive.read("folder/é.txt", most=4) == b"text"
    assert archive.digest("big.bin", "sha256") == archive.digest("big.bin", "sha256")
    assert archive.loose == 0
    with pytest.raises(Refusal):
        archive.read("big.bin", most=99_999)


def test_sizes_that_follow_a_member_belong_to_it() -> None:
    """Archives written to a pipe state sizes behind each member."""

    class Pipe(io.RawIOBase):
        """Cannot be sought."""

        def __init__(self) -> None:
            self.held = bytearray()

        def writable(self) -> bool:
            """It can be written."""
            return True

        def write(self, data: object) -> int:
            """Take bytes."""
            part = bytes(data)  # type: ignore[call-overload] # a buffer
            self.held += part
            return len(part)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.txt", b"text" * 100)
        made.writestr("b.txt", b"text" * 100)
    archive = open_archive(bytes(pipe.held))
    assert archive.read("b.txt", most=400) == b"text" * 100
    assert archive.loose == 0


def test_names_in_an_old_alphabet() -> None:
    """Without the mark for UTF-8, bytes that are none are read as the old standard says."""
    plain = zipped({"cafX.txt": b"x"})
    old = plain.replace(b"cafX", b"caf\x82")
    assert list(open_archive(old).members) == ["caf\u00e9.txt"]
    marked = zipforge.flagged(plain, "cafX.txt", 1 << 11).replace(b"cafX", b"caf\x82")
    assert _reason(marked) == "zip-malformed"


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many members, too much in all, names too long or empty."""
    data = zipped(word_document())
    monkeypatch.setattr(module, "MAX_TOTAL", 100)
    assert _reason(data) == "zip-too-large"
    monkeypatch.undo()
    monkeypatch.setattr(module, "MAX_MEMBERS", 3)
    assert _reason(data) == "zip-too-many-members"
    monkeypatch.undo()
    assert _reason(zipped({"n" * 2000: b"x"})) == "zip-malformed"
    assert _reason(zipped({"": b"x"})) == "zip-malformed"


def test_names_that_climb_or_hide() -> None:
    """A name that leads out of the package, or ends early for some readers."""
    for name in ("../a", "a/../../b", "%2e%2e/a"):
        assert _reason(zipped({name: b"x"})) == "zip-ambiguous-name"
    data = zipped({"aXb": b"x"}).replace(b"aXb", b"a\x00b")
    assert _reason(data) == "zip-ambiguous-name"


def test_a_member_that_cannot_be_unpacked_is_listed() -> None:
    """An encrypted member and one of false size are refused when they are read, not before."""
    data = zipped(word_document())
    archive = open_archive(zipforge.flagged(data, "word/document.xml", 1))
    with pytest.raises(Refusal) as refused:
        archive.digest("word/document.xml", "sha256")
    assert refused.value.reason == "zip-encrypted"
    spoilt = bytearray(zipped(word_document(), stored=True))
    spoilt[spoilt.index(b"March")] ^= 1
    with pytest.raises(Refusal) as refused:
        open_archive(bytes(spoilt)).digest("word/document.xml", "sha256")
    assert refused.value.reason == "zip-crc"


@given(at=st.integers(0, 1 << 16), value=st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_opening_is_total(at: int, value: int) -> None:
    """Any changed byte gives an archive or a refusal, and so does reading every member."""
    data = bytearray(zipped(word_document()))
    data[at % len(data)] = value
    try:
        archive = open_archive(bytes(data))
    except Refusal:
        return
    for name in archive.members:
        try:
            archive.read(name, most=1 << 20)
        except Refusal as refusal:
            assert refusal.reason  # noqa: PT017 - both ways are right
