"""Zip archives: honest ones come out whole, lying ones end in a failure and bounded work."""

import dataclasses
import io
import os
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import StoreFault
from provenance.intake.containers import unpack
from provenance.intake.failures import Failure, FailureCode, Place, Untaken
from provenance.intake.limits import Budget, Limits
from provenance.intake.members import Member, slice_blocks
from provenance.intake.receive import receive_blocks
from provenance.intake.zip_directory import find_directory, read_entries
from provenance.intake.zips import looks_zipped, unpack_entry
from tests.intake.world import MemoryBlobs

HERE = Place(path="/in/a.zip", relative="a.zip")
_END = struct.Struct("<4s4H2IH")


def _zip(
    members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.comment = comment
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return made.getvalue()


def _unpack(
    data: bytes, limits: Limits | None = None
) -> tuple[list[tuple[str, bytes]], list[tuple[str, str]]]:
    """Return what was taken (name, bytes) and what failed (member or "", code)."""
    blobs, taken, failed = MemoryBlobs(), [], []
    budget = Budget(limits=limits or Limits(), size=len(data))
    for each in unpack(lambda: io.BytesIO(data), head=data[:4096], place=HERE, budget=budget):
        name = each.place.members[-1] if each.place.members else ""
        if isinstance(each, Failure):
            failed.append((name, each.code.value))
            continue
        try:
            received = receive_blocks(each.blocks, blobs)
        except Untaken as fault:
            failed.append((name, fault.failure.value))
        else:
            taken.append((name, blobs.content[received.digests.sha256]))
    assert blobs.half_written == 0
    return taken, failed


def _patched(data: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """Overwrite a field of the first header with this signature."""
    at = data.index(signature) + offset
    return data[:at] + value + data[at + len(value) :]


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2], ids=str
)
@pytest.mark.parametrize("comment", [b"", b"a note", b"PK\x05\x06" + bytes(18) + b"x"])
def test_honest_archive(method: int, comment: bytes) -> None:
    """Members come out byte for byte, in the order of their bytes; folders are no members."""
    members = {
        "z.txt": b"first",
        "d/": b"",
        "d/a.bin": os.urandom(1_200_000),
        "empty": b"",
        "rep": b"ab" * 1_000_000,
    }
    taken, failed = _unpack(_zip(members, method, comment))
    assert failed == []
    assert taken == [(name, data) for name, data in members.items() if name != "d/"]


@given(
    st.dictionaries(st.text(max_size=9).filter(lambda n: "\0" not in n), st.binary(), max_size=5)
)
def test_round_trip(members: dict[str, bytes]) -> None:
    """Whatever the standard library packs comes out, under the text form of its name."""
    if any(name.endswith("/") or not name for name in members):
        return
    try:
        data = _zip(members)
    except UnicodeEncodeError:
        return
    taken, failed = _unpack(data)
    assert failed == []
    assert [content for _, content in taken] == list(members.values())


def test_written_as_a_stream() -> None:
    """An archive whose sizes stand behind the data (bit 3) and one in zip64 form are honest too."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.made = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.made += bytes(data)  # type: ignore[call-overload]  # any buffer
            return len(bytes(data))  # type: ignore[call-overload]  # any buffer

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("a", "w", force_zip64=True) as stream:
            stream.write(b"streamed")
        archive.writestr("b", b"more")
    assert _unpack(bytes(pipe.made)) == ([("a", b"streamed"), ("b", b"more")], [])


def _zip64(data: bytes) -> bytes:
    """Rewrite an archive's end in zip64 form (APPNOTE 4.3.14, 4.3.15)."""
    _, _, _, here, count, size, start, _ = _END.unpack(data[-_END.size :])
    at = len(data) - _END.size
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, here, count, size, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, at, 1)
    ones = (0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return data[:at] + record + locator + _END.pack(b"PK\x05\x06", 0, 0, *ones)


def test_zip64() -> None:
    """A directory found through the zip64 record is read; a broken record is a failure."""
    data = _zip64(_zip({"a": b"one", "b": b"two"}))
    assert _unpack(data) == ([("a", b"one"), ("b", b"two")], [])
    for signature, offset in ((b"PK\x06\x06", 4), (b"PK\x06\x06", 24), (b"PK\x06\x07", 8)):
        broken = _patched(data, signature, offset, b"\x77")
        assert _unpack(broken) == ([], [("", "zip-malformed")])
    lost = b"PK\x03\x04" + bytes(99) + _END.pack(b"PK\x05\x06", 0, 0, 1, 0xFFFF, 0, 0, 0)
    assert _unpack(lost) == ([], [("", "zip-malformed")])
    assert _unpack(_END.pack(b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0, 0, 0))[1] == [
        ("", "zip-malformed")
    ]


def test_zip64_member() -> None:
    """A member whose sizes stand in the zip64 field is measured by them."""
    data = _zip({"a": b"12345"}, zipfile.ZIP_STORED)
    central = data.index(b"PK\x01\x02")
    extra = struct.pack("<2H2H2Q", 99, 0, 1, 16, 5, 5)
    entry = bytearray(data[central : central + 47])
    entry[20:28] = b"\xff" * 8
    entry[30:32] = struct.pack("<H", len(extra))
    entry += extra
    end = _END.pack(b"PK\x05\x06", 0, 0, 1, 1, len(entry), central, 0)
    assert _unpack(data[:central] + bytes(entry) + end) == ([("a", b"12345")], [])


@pytest.mark.parametrize(
    "members",
    [
        {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"},
        {"word/document.xml": b"<x/>", "[Content_Types].xml": b"<x/>"},
        {"mimetype": b"application/epub+zip", "META-INF/container.xml": b""},
        {"mimetype": b"application/vnd.etsi.asic-e+zip", "letter.pdf": b""},
        {"letter.pdf": b"", "META-INF/signatures0.xml": b""},
        {"letter.pdf": b"", "META-INF/signature.p7s": b""},
        {"a.class": b"", "META-INF/MANIFEST.MF": b""},
        {"Index/Document.iwa": b""},
    ],
    ids=lambda members: next(iter(members)),
)
def test_documents_stay_whole(members: dict[str, bytes]) -> None:
    """Office files, books, signed containers and programs are documents, not containers."""
    assert _unpack(_zip(members)) == ([], [])


def test_no_archive() -> None:
    """Bytes that do not begin as a zip are not searched for one."""
    assert not looks_zipped(b"%PDF-1.7 PK\x03\x04")
    assert not looks_zipped(b"PK\x03\x04")
    assert _unpack(_zip({})) == ([], [])


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/abs", "C:\\x", "a/../../b", "CON", "\x1b[2J"]
)
def test_unsafe_names_are_text(name: str) -> None:
    """A name that climbs out of its folder is kept as text, and nothing of that name is made."""
    taken, failed = _unpack(_zip({name: b"x"}))
    assert failed == []
    assert taken == [(name.replace("\\", "\\\\"), b"x")]


def test_names_that_are_no_text() -> None:
    """A name in an unknown character set is kept byte for byte."""
    data = _zip({"??": b"x"}).replace(b"??", b"\x8f\xe0")
    assert _unpack(data) == ([("\\x8f\\xe0", b"x")], [])


@pytest.mark.parametrize("bit", [0, 6, 13])
def test_encrypted(bit: int) -> None:
    """An encrypted member is a failure, its neighbour is taken."""
    data = _zip({"secret": b"x", "open": b"y"})
    data = _patched(data, b"PK\x01\x02", 8, struct.pack("<H", 1 << bit))
    assert _unpack(data) == ([("open", b"y")], [("secret", "zip-encrypted")])


@pytest.mark.parametrize("method", [1, 9, 14, 93, 95, 99])
def test_unsupported_compression(method: int) -> None:
    """A compression that is not supported is a failure of that member."""
    data = _patched(_zip({"a": b"x", "b": b"y"}), b"PK\x01\x02", 10, struct.pack("<H", method))
    assert _unpack(data) == ([("b", b"y")], [("a", "zip-compression")])


def test_checksum() -> None:
    """One flipped bit in stored bytes is found, and nothing of the member is kept."""
    data = _zip({"a": b"evidence", "b": b"y"}, zipfile.ZIP_STORED)
    data = data.replace(b"evidence", b"Evidence", 1)
    assert _unpack(data) == ([("b", b"y")], [("a", "zip-crc")])


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_broken_stream(method: int) -> None:
    """Compressed bytes that are none are a failure, not an error."""
    data = _zip({"a": os.urandom(500)}, method)
    data = data[:31] + b"\xff" * 40 + data[71:]
    taken, ((name, code),) = _unpack(data)
    assert (taken, name) == ([], "a")
    assert code in ("zip-malformed", "zip-sizes", "zip-crc")


def test_duplicate_names() -> None:
    """Two members of one name are both taken, and the second is reported."""
    crcs = [zlib.crc32(data) for data in (b"one", b"two")]
    made = _archive([("a", 0, b"one", 3, crcs[0]), ("a", 0, b"two", 3, crcs[1])])
    assert _unpack(made) == ([("a", b"one"), ("a", b"two")], [("a", "duplicate-name")])


@pytest.mark.parametrize("keep", [40, 200, -1, -10, -22])
def test_truncated(keep: int) -> None:
    """An archive without its end is a failure of the archive; its own bytes are kept elsewhere."""
    data = _zip({"a": os.urandom(300), "b": b"y"})[:keep]
    assert _unpack(data) == ([], [("", "zip-truncated")])


def test_bytes_missing_in_the_middle() -> None:
    """Cut out the middle: the directory no longer ends where it must."""
    data = _zip({"a": os.urandom(300)})
    assert _unpack(data[:50] + data[90:]) == ([], [("", "zip-malformed")])


@pytest.mark.parametrize("claim", [0, 4, 6, 2_000_000, 0xFFFFFFFE])
def test_lying_size(claim: int) -> None:
    """A member that unpacks to more or less than it claims is a failure, whatever it claims."""
    data = _patched(_zip({"a": b"12345", "b": b"y"}), b"PK\x01\x02", 24, struct.pack("<I", claim))
    tracemalloc.start()
    taken, failed = _unpack(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken == [("b", b"y")]
    assert failed == [("a", "ratio" if claim > 1 << 30 else "zip-sizes")]
    assert peak < 8 << 20


@pytest.mark.parametrize("claim", [1, 8, 2_000_000, 0xFFFFFFFE])
def test_lying_compressed_size(claim: int) -> None:
    """A member that claims other bytes than its own is a failure; what it hides is not taken."""
    data = _patched(_zip({"a": b"12345"}), b"PK\x01\x02", 20, struct.pack("<I", claim))
    taken, ((_, code),) = _unpack(data)
    assert taken == []
    assert code in ("zip-sizes", "zip-overlap", "zip-malformed")


def test_bytes_behind_the_stream() -> None:
    """Bytes hidden between a member's end and its claimed end are a failure, near or far."""
    for hidden in (b"x", bytes(3 << 20)):
        raw = zlib.compress(b"open", 9, -15) + hidden
        made = _archive([("a", 8, raw, 4, zlib.crc32(b"open"))])
        assert _unpack(made) == ([], [("a", "zip-sizes")])


def _archive(members: list[tuple[str, int, bytes, int, int]]) -> bytes:
    """Write an archive by hand: name, method, bytes as held, claimed size, claimed checksum."""
    body, directory = b"", b""
    for name, method, raw, size, crc in members:
        local = struct.pack(
            "<4s5H3I2H", b"PK\x03\x04", 20, 0, method, 0, 0, crc, len(raw), size, len(name), 0
        )
        directory += _central(name, method, crc, len(raw), size, len(body))
        body += local + name.encode() + raw
    end = _END.pack(b"PK\x05\x06", 0, 0, len(members), len(members), len(directory), len(body), 0)
    return body + directory + end


def _central(name: str, method: int, crc: int, held: int, size: int, offset: int) -> bytes:
    fixed = (b"PK\x01\x02", 20, 20, 0, method, 0, 0, crc, held, size, len(name), 0, 0, 0, 0, 0)
    return struct.pack("<4s6H3I5H2I", *fixed, offset) + name.encode()


def test_high_ratio() -> None:
    """A member that unpacks to 1,000 times its size is refused before a byte of it is unpacked."""
    data = _zip({"bomb": bytes(20 << 20), "b": b"y"})
    tracemalloc.start()
    assert _unpack(data) == ([("b", b"y")], [("bomb", "ratio")])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20


def test_overlapping_members() -> None:
    """Many directory entries on one run of bytes: it is unpacked once, the others are failures."""
    data = _zip({"a": b"kernel" * 100})
    start = data.index(b"PK\x01\x02")
    entry = data[start : -_END.size]
    made = (
        data[:start]
        + entry * 50
        + _END.pack(b"PK\x05\x06", 0, 0, 50, 50, len(entry) * 50, start, 0)
    )
    taken, failed = _unpack(made)
    assert taken == [("a", b"kernel" * 100)]
    assert failed == [("a", "zip-overlap")] * 49


def test_quoted_overlap() -> None:
    """A member that claims the next member's header as its data makes the next one a failure."""
    inner = _archive([("in", 0, b"payload", 7, zlib.crc32(b"payload"))])
    inner_local = inner[: inner.index(b"PK\x01\x02")]
    outer = struct.pack(
        "<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, zlib.crc32(inner_local), len(inner_local),
        len(inner_local), 3, 0,
    ) + b"out"  # fmt: skip
    body = outer + inner_local
    directory = _central(
        "out", 0, zlib.crc32(inner_local), len(inner_local), len(inner_local), 0
    ) + _central("in", 0, zlib.crc32(b"payload"), 7, 7, len(outer))
    made = body + directory + _END.pack(b"PK\x05\x06", 0, 0, 2, 2, len(directory), len(body), 0)
    assert _unpack(made) == ([("out", inner_local)], [("in", "zip-overlap")])


def test_two_names_for_one_member() -> None:
    """A local header whose name differs from the directory's shows two archives to two readers."""
    data = _zip({"aaaa": b"x"})
    assert _unpack(data.replace(b"aaaa", b"bbbb", 1)) == ([], [("aaaa", "zip-malformed")])


@pytest.mark.parametrize(
    ("limits", "taken", "failed"),
    [
        (Limits(members=2), ["a", "b"], [("", "too-many-members")]),
        (Limits(all_members=2), ["a", "b"], [("cc", "too-many-in-all")]),
        (Limits(name=1), ["a", "b"], [("c", "name-too-long")]),
        (Limits(all_bytes=2), ["a", "b"], [("cc", "too-large-in-all")]),
        (Limits(free_bytes=2, ratio=0), ["a", "b"], [("cc", "too-large-in-all")]),
        (Limits(depth=0), [], [("", "too-deep")]),
    ],
    ids=["members", "all-members", "name", "bytes", "tree-ratio", "depth"],
)
def test_limits(limits: Limits, taken: list[str], failed: list[tuple[str, str]]) -> None:
    """Each limit stops where it says, names the reason once, and what came before stays valid."""
    names, failures = _unpack(_zip({"a": b"1", "b": b"2", "cc": b"3"}), limits)
    assert ([name for name, _ in names], failures) == (taken, failed)


def test_claimed_counts_allocate_nothing() -> None:
    """A directory that claims 65,534 entries and 4 GB is refused in a few kilobytes."""
    end = _END.pack(b"PK\x05\x06", 0, 0, 0xFFFE, 0xFFFE, 0xFFFFFFFE, 0, 0)
    made = b"PK\x03\x04" + bytes(100) + end
    tracemalloc.start()
    assert _unpack(made) == ([], [("", "zip-malformed")])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize(
    "change",
    [
        lambda data: _patched(data, b"PK\x05\x06", 8, b"\x05\0\x05\0"),  # more than there are
        lambda data: _patched(data, b"PK\x05\x06", 8, b"\x01\0\x01\0"),  # fewer
        lambda data: _patched(data, b"PK\x05\x06", 8, b"\x01\0\x02\0"),  # in several volumes
        lambda data: _patched(data, b"PK\x05\x06", 4, b"\x01"),
        lambda data: _patched(data, b"PK\x01\x02", 0, b"XX"),
        lambda data: _patched(data, b"PK\x01\x02", 28, b"\xff\xff"),  # a name past the directory
    ],
)
def test_directory_that_contradicts_itself(change: Callable[[bytes], bytes]) -> None:
    """A directory that does not add up is a failure of the archive; nothing is guessed."""
    taken, failed = _unpack(change(_zip({"a": b"1", "b": b"2"})))
    assert taken == []
    assert failed in ([("", "zip-malformed")], [("", "zip-truncated")])


@settings(max_examples=300)
@given(st.data())
def test_total(data: st.DataObject) -> None:
    """Whatever is overwritten, every member is whole or a failure; nothing escapes."""
    members = {"a": b"a" * 50, "b/c": bytes(range(256)), "d": b""}
    made = bytearray(_zip(members))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(4, len(made) - 1))
        made[at] = data.draw(st.integers(0, 255))
    taken, _ = _unpack(bytes(made))
    # The CRC-32 stands between a changed byte and us; a changed name is still a name.
    assert all(content in members.values() for _, content in taken)


@given(st.binary(max_size=300))
def test_total_on_noise(noise: bytes) -> None:
    """Noise that begins as a zip is a failure of the archive, or an empty one."""
    taken, _ = _unpack(b"PK\x05\x06" + noise)
    assert taken == []


def test_broken_disk(tmp_path: Path) -> None:
    """A disk that fails while an archive is read back ends the run; it is no failure of a file."""

    class Bad(io.BytesIO):
        def seek(self, _offset: int, _whence: int = 0) -> int:
            raise OSError(5, "bad sector")

    budget = Budget(limits=Limits(), size=1)
    with pytest.raises(StoreFault):
        list(unpack(Bad, head=b"PK\x05\x06", place=HERE, budget=budget))


def test_closing_early() -> None:
    """Leaving the members half-way closes what was opened."""
    data = _zip({"a": b"1", "b": b"2"})
    opened: list[io.BytesIO] = []

    def opener() -> io.BytesIO:
        opened.append(io.BytesIO(data))
        return opened[-1]

    found = unpack(opener, head=data[:99], place=HERE, budget=Budget(limits=Limits(), size=1))
    assert isinstance(next(found), Member)
    found.close()
    assert [stream.closed for stream in opened] == [True]


def test_code_of_a_breach() -> None:
    """An exhausted budget says so, and stays exhausted."""
    budget = Budget(limits=Limits(all_bytes=10), size=1)
    with pytest.raises(Untaken) as caught:
        budget.add_bytes(11)
    assert caught.value.failure is FailureCode.TOO_LARGE_IN_ALL
    assert budget.exhausted


def test_broken_disk_under_a_member() -> None:
    """A disk that fails while a member is read ends the run; a blob that ends early does not."""

    class Bad(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise OSError(5, "bad sector")

    with pytest.raises(StoreFault):
        list(slice_blocks(Bad(b"xyz"), 0, 3))
    with pytest.raises(Untaken):
        list(slice_blocks(io.BytesIO(b"xy"), 0, 3))


def test_zip64_field_behind_another() -> None:
    """The zip64 field is found behind other fields; without it the claim of all ones fails."""
    data = _zip({"a": b"12345"}, zipfile.ZIP_STORED)
    central = data.index(b"PK\x01\x02")
    for extra, expected in (
        (
            struct.pack("<2HI", 99, 4, 0) + struct.pack("<2H2Q", 1, 16, 5, 5),
            ([("a", b"12345")], []),
        ),
        (struct.pack("<2HI", 99, 4, 0), ([], [("a", "zip-overlap")])),
    ):
        entry = bytearray(data[central : central + 47])
        entry[20:28] = b"\xff" * 8
        entry[30:32] = struct.pack("<H", len(extra))
        entry += extra
        end = _END.pack(b"PK\x05\x06", 0, 0, 1, 1, len(entry), central, 0)
        assert _unpack(data[:central] + bytes(entry) + end) == expected


def test_one_member_by_itself_is_unpacked_under_the_same_rules() -> None:
    """A reader of office files asks for single members: claims bound the work there, too."""
    data = _zip({"a.xml": b"x" * 5000, "b.xml": b"y"})
    stream = io.BytesIO(data)
    directory = find_directory(stream)
    entries = list(read_entries(stream, directory, Limits()))
    budget = Budget(limits=Limits(), size=len(data))
    assert b"".join(unpack_entry(stream, directory, entries[0], budget)) == b"x" * 5000
    assert budget.unpacked == 5000
    assert (entries[0].made_by & 255, entries[0].stamp >> 16) == (20, 0x21)
    tight = Budget(limits=Limits(all_bytes=100, free_bytes=100), size=len(data))
    with pytest.raises(Untaken):
        list(unpack_entry(stream, directory, entries[0], tight))
    lying = dataclasses.replace(entries[0], unpacked=10)
    with pytest.raises(Untaken):
        list(unpack_entry(stream, directory, lying, budget))
