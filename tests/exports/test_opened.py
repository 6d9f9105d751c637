"""Packages as hostile input: nothing is followed, unpacked, or believed."""

import json
import os
import stat
import zipfile
from pathlib import Path

import pytest

from provenance.errors import NothingToCheck
from provenance.exports.archive import ALLOWANCE, MAX_RATIO
from provenance.exports.checking import check_package
from provenance.exports.checklist import State
from tests.exports.world import files_in, reseal, tampered


def _zipped(folder: Path, place: Path, *, method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(place, "w", method) as archive:
        for path in files_in(folder):
            archive.write(path, f"top/{path.relative_to(folder).as_posix()}")
    return place


def _form_faults(place: Path) -> list[str]:
    found = check_package(place)
    return [x.text for x in found.lines if x.state is State.FAILS and x.check == "form"]


def _info(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_zipped_again_by_others(packages: dict[str, Path], tmp_path: Path, method: int) -> None:
    """A folder that somebody zipped with another program is the same package."""
    place = _zipped(packages["auditor"], tmp_path / "again.zip", method=method)
    with zipfile.ZipFile(place, "a") as archive:
        archive.mkdir("top/data")
    assert check_package(place).holds


@pytest.mark.parametrize(
    "name",
    [
        "top/../../etc/cron.d/x", "/etc/passwd", "top/data/../../x", "top\\..\\x", "other/x",
        "top/data/entries/01.sdjwt", "top/data/entries/1.sdjwt/x", "top/data/documents/ab", "",
        "top/data/report.html\n", "top/\x1b[2Jreport", "top/data/entries/\u0661.sdjwt",
    ],
)  # fmt: skip
def test_names_in_archives(packages: dict[str, Path], tmp_path: Path, name: str) -> None:
    """An archive with a name that no package holds is refused, and nothing appears anywhere."""
    place = _zipped(packages["public"], tmp_path / "named.zip")
    with zipfile.ZipFile(place, "a") as archive:
        archive.writestr(_info(name), b"x")
    faults = _form_faults(place)
    assert len(faults) == 1
    assert "\x1b" not in faults[0]
    assert [path.name for path in tmp_path.iterdir()] == ["named.zip"]


def test_links_and_twins_in_archives(packages: dict[str, Path], tmp_path: Path) -> None:
    """A link, or a name twice, ends the reading: two readers might see two packages."""
    place = _zipped(packages["public"], tmp_path / "link.zip")
    with zipfile.ZipFile(place, "a") as archive:
        archive.writestr(_info("top/data/log/1.cosigned", stat.S_IFLNK | 0o777), b"/etc/passwd")
    assert _form_faults(place)
    twin = _zipped(packages["public"], tmp_path / "twin.zip")
    with zipfile.ZipFile(twin, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(_info("top/bagit.txt"), b"x")
    assert _form_faults(twin)


def test_bombs(packages: dict[str, Path], tmp_path: Path) -> None:
    """An archive that unpacks to far more than itself is not unpacked."""
    place = _zipped(packages["public"], tmp_path / "bomb.zip", method=zipfile.ZIP_DEFLATED)
    info = _info(f"top/data/documents/{'ab' * 32}")
    info.compress_type = zipfile.ZIP_DEFLATED
    block = bytes(1 << 20)
    with zipfile.ZipFile(place, "a") as archive, archive.open(info, "w") as member:
        for _ in range((ALLOWANCE >> 20) + 60):
            member.write(block)
    assert ALLOWANCE + MAX_RATIO * place.stat().st_size < (ALLOWANCE + (60 << 20))
    assert "more than it should" in _form_faults(place)[0]


@pytest.mark.parametrize("where", ["before", "behind", "cut", "inside"])
def test_damaged_archives(packages: dict[str, Path], tmp_path: Path, where: str) -> None:
    """Bytes before or behind an archive, a cut, a changed byte inside: refused, never a fault."""
    place = _zipped(packages["public"], tmp_path / "damaged.zip")
    data = place.read_bytes()
    middle = len(data) // 2
    changed = {
        "before": b"PK" + data,
        "behind": data + b"x",
        "cut": data[:middle],
        "inside": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
    }
    place.write_bytes(changed[where])
    assert not check_package(place).holds


def test_links_in_folders(packages: dict[str, Path], tmp_path: Path) -> None:
    """A link inside a folder is not followed, whether to a file or to a folder."""
    outside = tmp_path / "outside"
    outside.mkdir()

    def link_file(folder: Path) -> None:
        (folder / "bagit.txt").unlink()
        (folder / "bagit.txt").symlink_to("/etc/hostname")

    def link_folder(folder: Path) -> None:
        (folder / "data" / "documents").symlink_to(outside)

    def fifo(folder: Path) -> None:
        (folder / "VERIFY.txt").unlink()
        os.mkfifo(folder / "VERIFY.txt")

    for number, change in enumerate((link_file, link_folder, fifo)):
        assert _form_faults(tampered(packages["public"], tmp_path / str(number), change))


def test_nothing_to_check(tmp_path: Path) -> None:
    """What is no folder and no archive could not be checked, which is not a failure."""
    (tmp_path / "text").write_text("hello")
    for place in (tmp_path / "text", tmp_path / "absent"):
        with pytest.raises(NothingToCheck):
            check_package(place)


@pytest.mark.parametrize("size", [0, 1, 3])
def test_empty_packages(packages: dict[str, Path], tmp_path: Path, size: int) -> None:
    """A package that lacks files fails with a sentence, for each file that may be missing."""
    folder = tampered(packages["public"], tmp_path / "less", lambda _: None)
    for path in list(files_in(folder))[:: 7 + size]:
        data = path.read_bytes()
        path.unlink()
        assert not check_package(folder).holds, path.name
        path.write_bytes(data)
    (tmp_path / "empty").mkdir()
    assert not check_package(tmp_path / "empty").holds


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("made_at",), "0001-01-01T00:00:00+14:00"), (("tree_head", "note"), "\ud800"),
        (("tree_head", "size"), 10**18), (("title",), "\ud800"), (("entries",), []),
        (("keys", 0, "kid"), "\ud800"), (("suggestion",), None), (("made_at",), "yesterday"),
        (("verdicts", 0, "version"), -(10**18)), (("custody", "gaps"), None),
    ],
)  # fmt: skip
def test_impossible_reports(
    packages: dict[str, Path], tmp_path: Path, path: tuple[str | int, ...], value: object
) -> None:
    """A report with values that no program writes fails with a sentence that can be printed."""

    def change(folder: Path) -> None:
        report = json.loads((folder / "data/report.json").read_text())
        at = report
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value
        text = json.dumps(report, sort_keys=True, indent=2) + "\n"
        (folder / "data/report.json").write_text(text)
        reseal(folder)

    found = check_package(tampered(packages["auditor"], tmp_path / "forged", change))
    assert not found.holds
    assert all(line.text.encode() for line in found.lines)
