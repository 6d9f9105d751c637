"""What is shipped: the files of the wheel, and that they clash with nobody's own packages."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.documents import ROOT

EXPECTED = Path(__file__).with_name("wheel-files.txt")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from this tree by the backend alone, without a network."""
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (built,) = target.glob("*.whl")
    return built


def test_the_wheel_holds_exactly_the_listed_files(wheel: Path) -> None:
    """A schema or a picture that is left out, or a test that slips in, shows in a diff.

    After an intended change, `make wheel-files` writes the list again.
    """
    with zipfile.ZipFile(wheel) as archive:
        names = sorted(name for name in archive.namelist() if ".dist-info/" not in name)
    listed = EXPECTED.read_text("utf-8").splitlines()
    added, gone = sorted(set(names) - set(listed)), sorted(set(listed) - set(names))
    assert names == listed, f"not listed: {added}; listed and absent: {gone} (`make wheel-files`)"


def test_everything_in_the_packages_is_shipped(wheel: Path) -> None:
    """Data beside the code comes along: schemas, migrations, the demonstration's documents."""
    with zipfile.ZipFile(wheel) as archive:
        shipped = set(archive.namelist())
    there = {
        path.relative_to(ROOT / root).as_posix()
        for root, package in (
            (".", "provenance"),
            ("store", "provenance_store"),
            ("cli", "provenance_cli"),
        )
        for path in (ROOT / root / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there <= shipped, sorted(there - shipped)


def test_an_installed_wheel_leaves_other_packages_called_store_and_cli_alone(
    wheel: Path, tmp_path: Path
) -> None:
    """A project with its own `store` and `cli` uses them and us in one process."""
    project, site = tmp_path / "project", tmp_path / "site"
    for name in ("store", "cli"):
        (project / name).mkdir(parents=True)
        (project / name / "__init__.py").write_text(f"MINE = {name!r}\n", encoding="utf-8")
    install = ["install", "--quiet", "--no-deps", "--no-index", "--no-compile", "--target"]
    subprocess.run(
        [sys.executable, "-m", "pip", *install, str(site), str(wheel)],
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        check=True,
    )
    code = (
        "import store, cli, provenance, provenance_store, provenance_cli.main\n"
        "from provenance_store import open_desk\n"
        "print(store.MINE, cli.MINE)\n"
        "print(provenance.__file__, provenance_store.__file__, provenance_cli.__file__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project,
        env={"PYTHONPATH": f"{project}{os.pathsep}{site}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == "store cli"
    assert all(Path(each).is_relative_to(site) for each in second.split())
