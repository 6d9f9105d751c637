"""What never was a package is nothing to check; what was one stays "not whole"."""

import zipfile
from pathlib import Path

import pytest

from provenance.errors import NothingToCheck
from provenance.exports.checking import check_package


def zipped(path: Path, *names: str) -> Path:
    """Write an archive of these names."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return path


def test_a_folder_or_archive_of_anything_else_is_no_package(tmp_path: Path) -> None:
    """Exit code 3: a zip of letters, and the folder that it lies in."""
    for place in (zipped(tmp_path / "a.zip", "letter.pdf", "b/c.docx"), tmp_path):
        with pytest.raises(NothingToCheck):
            check_package(place)


@pytest.mark.parametrize("name", ["top/bagit.txt", "VERIFY.sh", "a/b/data/log/vkey"])
def test_one_file_of_a_package_is_enough_to_fail(name: str, tmp_path: Path) -> None:
    """Whoever takes files out of a package does not make it "nothing to check"."""
    assert not check_package(zipped(tmp_path / "a.zip", name, "top/letter.pdf")).holds


def test_a_folder_with_one_log_file_fails(tmp_path: Path) -> None:
    """The rest of a package's folder is not whole, wherever its last file lies."""
    (tmp_path / "data" / "log").mkdir(parents=True)
    (tmp_path / "data" / "log" / "vkey").write_bytes(b"x")
    assert not check_package(tmp_path).holds


def test_a_damaged_archive_may_have_been_one(tmp_path: Path) -> None:
    """Of an archive that is cut short nobody knows what it held."""
    whole = zipped(tmp_path / "a.zip", "letter.pdf")
    whole.write_bytes(whole.read_bytes()[:-9])
    assert not check_package(whole).holds
