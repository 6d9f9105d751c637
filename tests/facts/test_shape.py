"""Two formats in one file, bytes before and after, broken promises: told; ordinary files: not."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.examine.identify import TAIL, identify_bytes
from provenance.facts.model import Facts, Weight
from provenance.facts.shape.ends import end_of
from provenance.facts.shape.outer import OUTERS, find_outer
from provenance.facts.shape.reading import SCAN, Claims, read_shape
from provenance.signatures.text import is_printable_safe
from tests.hostile.mixed.polyglots import ODD, PLAIN, POLYGLOTS, picture


def shape(data: bytes, **claims: object) -> Facts:
    """Identify bytes and read their shape."""
    media_type = identify_bytes(data, data[-TAIL:]).media_type
    return read_shape(data, media_type, Claims(**claims))  # type: ignore[arg-type] # test


def codes(facts: Facts) -> list[str]:
    """Return the codes of what was observed."""
    return [one.code for one in facts.observations]


@pytest.mark.parametrize("name", POLYGLOTS)
def test_two_formats_in_one_file_are_told(name: str) -> None:
    """Each trick is a polyglot, a risk, and said once."""
    found = shape(POLYGLOTS[name]())
    assert codes(found).count("polyglot") == 1
    (polyglot,) = [one for one in found.observations if one.code == "polyglot"]
    assert polyglot.weight is Weight.RISK
    assert polyglot.where
    assert "trailing-bytes" not in codes(found)


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_told(name: str) -> None:
    """Bytes before and after, films behind pictures, nothing known, nothing at all."""
    code, make = ODD[name]
    assert code in codes(shape(make()))
    assert "polyglot" not in codes(shape(make()))


@pytest.mark.parametrize("name", PLAIN)
def test_of_ordinary_files_nothing_is_said(name: str) -> None:
    """Pictures in documents, files in archives, padding, and texts about formats are normal."""
    assert codes(shape(PLAIN[name]())) == []


@given(st.sampled_from(sorted(POLYGLOTS)), st.data())
@settings(max_examples=150, deadline=None)
def test_total_on_broken_polyglots(name: str, data: st.DataObject) -> None:
    """Whatever is cut or changed, an answer comes and its texts are safe."""
    whole = POLYGLOTS[name]()
    at = data.draw(st.integers(0, len(whole)))
    patch = data.draw(st.binary(max_size=6))
    broken = whole[:at] + patch + whole[at + data.draw(st.integers(0, 40)) :]
    found = shape(broken)
    assert all(is_printable_safe(one.text) for one in found.observations)


@given(st.binary(max_size=2000), st.sampled_from(["image/jpeg", "image/gif", "video/mp4"]))
def test_ends_are_total(data: bytes, media_type: str) -> None:
    """An end is inside the file or none is known, whatever the bytes are."""
    for start in (b"", b"\xff\xd8", b"GIF89a" + bytes(7), b"\0\0\0\x18ftypisom"):
        end = end_of(start + data, media_type)
        assert end is None or 0 <= end <= len(start + data) + 1


def test_promises() -> None:
    """What name and label say is compared, and tricks of the name are risks."""
    png = picture("PNG")
    found = shape(png, extension="pdf", media_type="application/pdf", tricks=("padded-name",))
    assert codes(found) == ["padded-name", "extension-mismatch", "media-type-mismatch"]
    weights = [one.weight for one in found.observations]
    assert weights == [Weight.RISK, Weight.CONTRADICTION, Weight.CONTRADICTION]
    assert found.observations[1].text == "The name says .pdf, the bytes are image/png."
    assert codes(shape(png, extension="png", media_type="image/png")) == []
    assert codes(shape(b"", extension="pdf", media_type="application/pdf")) == ["empty-file"]
    assert codes(shape(bytes(range(256)), extension="pdf")) == [
        "extension-mismatch",
        "unknown-format",
    ]


def test_texts_of_claims_are_tamed() -> None:
    """A hostile extension or label cannot move the cursor."""
    found = shape(picture("PNG"), extension="pdf", media_type="application/pdf\u202e")
    assert all(is_printable_safe(one.text) for one in found.observations)


def test_a_file_beyond_the_limit_is_searched_at_both_ends_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What lies in the middle of a huge file is not found, what lies near its ends is."""
    monkeypatch.setattr("provenance.facts.shape.reading.SCAN", 20_000)
    film = b"\x1a\x45\xdf\xa3" + bytes(60_000)
    early = film[:5000] + picture("PNG")[:0] + b"%PDF-1.7" + film[5000:]
    middle = film[:30_000] + b"%PDF-1.7" + film[30_000:]
    late = film[:55_000] + b"%PDF-1.7" + film[55_000:]
    assert [codes(shape(one)) for one in (early, middle, late)] == [["polyglot"], [], ["polyglot"]]
    assert shape(middle).notes
    assert not shape(picture("PNG")).notes
    assert SCAN >= 100 << 20


def test_a_file_of_nothing_but_beginnings_ends_soon() -> None:
    """Ten million false beginnings of each format cost seconds at most, not hours."""
    for outer in OUTERS:
        data = outer.magic * (4_000_000 // len(outer.magic))
        before = time.process_time()
        find_outer(data, 0, len(data))
        assert time.process_time() - before < 20
    nested = b"MZ" * 500_000 + b"PE\0\0" * 500_000
    before = time.process_time()
    find_outer(nested, 0, len(nested))
    assert time.process_time() - before < 60
