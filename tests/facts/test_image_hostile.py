"""Pictures made to stop, fill or mislead their reader: each is a note, and quick."""

import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import Malformed
from provenance.examine.runner import Runner
from provenance.facts.image import read_image_facts
from provenance.facts.model import Facts
from provenance.facts.pictures.exif import read_exif
from provenance.facts.pictures.iptc import read_iptc
from provenance.facts.pictures.jpeg import standard_quality
from provenance.facts.pictures.xmp import read_xmp
from provenance.signatures.attempt import Fault, attempt
from provenance.trust.model import TrustSet
from tests.facts.pictures.samples import (
    Value,
    exif,
    iptc,
    jpeg,
    packet,
    png,
    saved,
    tiff_block,
    with_segments,
    xmp,
)

AT = datetime(2026, 11, 1, tzinfo=UTC)
GPS: dict[int, Value] = {
    1: "N",
    2: [(33, 1), (18, 1), (30, 1)],
    3: "E",
    4: [(44, 1), (22, 1), (0, 1)],
}
VICTIMS = {
    "image/jpeg": with_segments(
        jpeg(),
        exif(tiff_block({271: "M", 306: "2020:01:06 10:00:00"}, {37500: b"note"}, GPS, jpeg())),
        xmp("<xmp:CreatorTool>Tool</xmp:CreatorTool>"),
        iptc({(2, 80): "Somebody"}),
    ),
    "image/png": png(
        (b"tEXt", b"Author\0X"), (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet(""))
    ),
    "image/webp": saved("WEBP", exif=b"Exif\0\0" + tiff_block({271: "M"})),
    "image/gif": saved("GIF"),
    "image/tiff": saved("TIFF", tiffinfo={271: "M"}),
    "image/heic": b"\0\0\0\x18ftypheic" + bytes(12) + b"Exif\0\0" + tiff_block({271: "M"}),
    "image/avif": saved("AVIF"),
}


def facts(data: bytes, media_type: str = "image/jpeg") -> Facts:
    """Read a picture's facts."""
    return read_image_facts(data, media_type=media_type, at=AT)


def test_the_victims_are_read() -> None:
    """Without an attack each is read, so that the other tests can fail."""
    for media_type, data in VICTIMS.items():
        found = facts(data, media_type)
        assert found.notes == () or "by search" in found.notes[0], media_type
        assert found.properties, media_type


def test_a_picture_that_would_fill_memory() -> None:
    """Sixty thousand pixels square in a few bytes: told by the header, never opened."""
    found = facts(png(size=(60_000, 60_000)), "image/png")
    (one,) = [one for one in found.observations if one.code == "picture-fills-memory"]
    assert "14 gigabytes" in one.text
    large = bytearray(VICTIMS["image/jpeg"])
    at = large.rindex(b"\xff\xc0")
    large[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    found = facts(bytes(large))
    assert "picture-fills-memory" in {one.code for one in found.observations}
    assert "preview-differs" not in {one.code for one in found.observations}


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_compressed_text_that_grows(kind: bytes) -> None:
    """A kilobyte that becomes a gigabyte is cut off while it grows."""
    bomb = zlib.compress(bytes(200_000_000), 9)
    body = {
        b"zTXt": b"Comment\0\0" + bomb,
        b"iTXt": b"Comment\0\1\0\0\0" + bomb,
        b"iCCP": b"profile\0\0" + bomb,
    }[kind]
    found = facts(png((kind, body)), "image/png")
    assert all(len(text) <= 300 for text in found.properties.values())


def test_exif_that_points_at_itself() -> None:
    """Directories that name themselves as their parts are read once."""
    block = bytearray(tiff_block({271: "Maker"}, {36867: "2020:01:06 10:00:00"}, GPS, jpeg()))
    for tag in (34665, 34853):
        at = block.index(struct.pack("<H", tag))
        struct.pack_into("<I", block, at + 8, 8)
    after = 8 + 2 + 12 * int.from_bytes(block[8:10], "little")
    struct.pack_into("<I", block, after, 8)
    assert read_exif(bytes(block)) is not None
    assert facts(with_segments(jpeg(), exif(bytes(block)))).properties["exif.Make"] == "Maker"


def test_a_tiff_whose_pages_go_in_a_circle() -> None:
    """A chain of directories that closes is walked once; one of nonsense is noted."""
    data = bytearray(VICTIMS["image/tiff"])
    at = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[at : at + 2], "little")
    struct.pack_into("<I", data, at + 2 + 12 * count, at)
    assert facts(bytes(data), "image/tiff").pages == 1
    assert facts(b"II*\0" + b"\xff" * 40, "image/tiff").notes
    assert facts(b"II+\0" + bytes(40), "image/tiff").notes


def test_values_that_claim_all_bytes() -> None:
    """Hundreds of entries that each claim the whole file take no memory."""
    entries = b"".join(
        struct.pack("<HHII", tag, 7, 0xFFFFFFFF, 0) for tag in [270, 271, 272, 305, *range(600)]
    )
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", 604) + entries + bytes(4)
    found = facts(block + bytes(5_000_000), "image/tiff")
    assert all(len(text) <= 300 for text in found.properties.values())


@pytest.mark.parametrize(
    "said",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode(
            "utf-16"
        ),
        b"<x>" * 100_000,
        b"<a>not closed",
        b"",
        b"<x>" + b" " * (5 << 20) + b"</x>",
    ],
)
def test_xmp_that_is_refused(said: bytes) -> None:
    """Entities of its own, nonsense and megabytes are refused; the picture is read all the same."""
    with pytest.raises(Malformed):
        read_xmp(said)
    if 0 < len(said) < 60_000:
        data = with_segments(jpeg(), (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + said))
        found = facts(data)
        assert any("XMP" in note for note in found.notes)
        assert found.properties["picture.size"]


def test_history_without_an_end() -> None:
    """A history of a hundred thousand steps is cut."""
    step = '<rdf:li stEvt:action="saved"/>'
    said = packet(f"<xmpMM:History><rdf:Seq>{step * 20_000}</rdf:Seq></xmpMM:History>")
    assert len(read_xmp(said).history) == 500


def test_a_jpeg_of_markers_alone() -> None:
    """Megabytes of markers, of empty segments or of fill bytes end."""
    for body in (b"\xff\xd0" * 500_000, b"\xff\xe5\0\2" * 300_000, b"\xff" * 1_000_000):
        assert facts(b"\xff\xd8" + body).notes
    stuffed = jpeg()[:-2] + b"\xff\0" * 1_000_000 + b"\xff\xd9"
    assert facts(stuffed).notes == ()


@pytest.mark.parametrize("media_type", sorted(VICTIMS))
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mutated_pictures(media_type: str, data: st.DataObject) -> None:
    """Any mutation of a picture is read, with notes or without."""
    raw = bytearray(VICTIMS[media_type])
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    for victim in (bytes(raw), bytes(raw[:cut])):
        found = facts(victim, media_type)
        assert not any("could not be read (container" in note for note in found.notes)


@given(st.binary(max_size=400))
def test_readers_are_total(raw: bytes) -> None:
    """Any bytes are read by the readers of EXIF and IPTC, and read or refused as XMP."""
    for order in (b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"):
        assert read_exif(order + raw) is not None
    assert isinstance(read_iptc(raw), dict)
    done = attempt("xmp", lambda: read_xmp(raw))
    assert not isinstance(done, Fault) or done.kind == "Malformed"
    for media_type in VICTIMS:
        assert isinstance(facts(raw, media_type), Facts)


@given(st.integers(1, 100))
def test_every_quality_is_known_again(quality: int) -> None:
    """The tables of the reference library name the quality that they were made with."""
    found = facts(jpeg(quality=quality))
    assert f"at quality {quality}" in found.properties["jpeg.tables"]


def test_other_tables_have_no_quality() -> None:
    """Tables of another kind are not given a number."""
    assert standard_quality(tuple(range(1, 65)), None) is None


def test_in_the_sandbox(tmp_path: Path) -> None:
    """The answer inside is the answer outside, for every format, with every wall standing."""
    with Runner() as runner:
        for media_type, data in VICTIMS.items():
            path = tmp_path / "picture"
            path.write_bytes(data)
            found = runner.examine(path, name=None, at=AT, trust=TrustSet())
            assert found.outcome.code == "examined"
            assert found.facts is not None
            outside = facts(data, media_type)
            assert found.facts.properties.items() >= outside.properties.items(), media_type
            assert found.facts.notes == outside.notes
            # What the shape of any file shows is not the picture readers' word.
            codes = [
                one.code
                for one in found.facts.observations
                if not one.code.startswith("c2pa") and one.code != "trailing-bytes"
            ]
            assert codes == [one.code for one in outside.observations]
