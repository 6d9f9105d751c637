"""An archive is one package to every reader: from its front, by its directory, by Info-ZIP."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.exports.checking import check_package
from provenance.exports.checklist import State
from tests.exports.zip_forge import (
    DESCRIPTOR,
    Part,
    other_name,
    parts_of,
    stored,
    streamed,
    write_zip,
)

DOCTORED = stored("top/data/report.html", b"<!DOCTYPE html>He signed it.")


def _refused(place: Path) -> bool:
    found = check_package(place)
    return any(line.state is State.FAILS and line.check == "form" for line in found.lines)


def test_forged_rightly(packages: dict[str, Path], tmp_path: Path) -> None:
    """Without an attack the archive holds, stored or streamed, whatever its folder is called."""
    parts = parts_of(packages["public"])
    assert check_package(write_zip(tmp_path / "plain.zip", parts)).holds
    flow = [streamed(part.name.decode(), part.data) for part in parts]
    assert check_package(write_zip(tmp_path / "flow.zip", flow)).holds
    for top in ("letter (1)", "Brief an S\u00f8ren", "2026-0001-auditor"):
        place = write_zip(tmp_path / "named.zip", parts_of(packages["public"], top))
        assert check_package(place).holds, top


@pytest.mark.parametrize("at", [0, 5, 1000], ids=["first", "between", "last"])
def test_a_member_that_the_directory_leaves_out(
    packages: dict[str, Path], tmp_path: Path, at: int
) -> None:
    """Who reads from the front would see another report than who reads by the directory."""
    parts = parts_of(packages["public"])
    parts.insert(at, replace(DOCTORED, listed=False))
    assert _refused(write_zip(tmp_path / "hidden.zip", parts))


@pytest.mark.parametrize("where", ["extra", "local_extra"])
def test_a_member_with_two_names(packages: dict[str, Path], tmp_path: Path, where: str) -> None:
    """Info-ZIP would write a time-stamp that nobody reads as the report."""
    parts = parts_of(packages["public"])
    carrier = replace(DOCTORED, name=b"top/data/log/9.0.tsr")
    parts.append(other_name(carrier, "top/data/report.html", where=where))
    assert _refused(write_zip(tmp_path / "renamed.zip", parts))


def _in_local_header(part: Part) -> Part:
    """The local header ends the member at once: what is stored in it is a member to others."""
    return replace(part, local={"held": 0, "unpacked": 0, "crc": 0})


def _behind_a_descriptor(part: Part) -> Part:
    """Stored with its size behind it: where it ends is for each reader to guess."""
    return replace(part, flags=DESCRIPTOR, local={"held": 0, "unpacked": 0, "crc": 0})


def _behind_the_stream(part: Part) -> Part:
    """Bytes behind the end of a deflated stream, within what the member holds."""
    flow = streamed(part.name.decode(), part.data)
    return replace(flow, held=flow.held + DOCTORED.data, flags=0, behind=b"", local={})


def _wrong_descriptor(part: Part) -> Part:
    """Sizes behind the data that are not those of the directory."""
    flow = streamed(part.name.decode(), part.data)
    return replace(flow, behind=flow.behind[:-1] + b"\x01")


def _other_method(part: Part) -> Part:
    """Stored to one reader, deflated to another."""
    return replace(part, local={"method": 8})


def _other_crc(part: Part) -> Part:
    """A checksum that differs between the two headers."""
    return replace(part, local={"crc": zlib.crc32(b"other")})


@pytest.mark.parametrize(
    "change",
    [
        _in_local_header, _behind_a_descriptor, _behind_the_stream, _wrong_descriptor,
        _other_method, _other_crc,
    ],
)  # fmt: skip
def test_headers_that_disagree(
    packages: dict[str, Path], tmp_path: Path, change: Callable[[Part], Part]
) -> None:
    """Local header and directory say the same of every member."""
    parts = parts_of(packages["public"])
    at = next(n for n, part in enumerate(parts) if part.name.endswith(b"VERIFY.txt"))
    parts[at] = change(parts[at])
    assert _refused(write_zip(tmp_path / "differs.zip", parts))


def test_bytes_between_members_and_directory(packages: dict[str, Path], tmp_path: Path) -> None:
    """Nothing lies in the archive that the directory does not name."""
    parts = parts_of(packages["public"])
    assert _refused(write_zip(tmp_path / "gap.zip", parts, behind=b"x" * 40))


@pytest.mark.parametrize(
    "top", ["", ".", "..", "-rf", "a\nb", "a\\b", "C:", "\x1b[2J", "\u202exg", " "]
)
def test_folders_that_harm_who_unpacks(packages: dict[str, Path], tmp_path: Path, top: str) -> None:
    """A top folder that leads outside, looks like an option or cannot be seen is refused."""
    parts = parts_of(packages["public"], top)
    assert _refused(write_zip(tmp_path / "top.zip", parts))
