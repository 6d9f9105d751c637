"""The vendor's library comes from its own package, whatever lies in the current folder."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.signatures.c2pa.extra import require_c2pa

require_c2pa()

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("libc2pa_c.so", "libc2pa_c.dylib")


def run(code: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a folder."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **more},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder with another shared library under the name that is looked for."""
    other = importlib.util.find_spec("_asyncio")
    if other is None or other.origin is None or not other.origin.endswith(".so"):
        pytest.skip("this interpreter has no shared library to plant")
    for name in NAMES:
        shutil.copyfile(other.origin, tmp_path / name)
        (tmp_path / "libs").mkdir(exist_ok=True)
        shutil.copyfile(other.origin, tmp_path / "libs" / name)
    return tmp_path


def test_the_package_alone_would_load_what_lies_there(trap: Path) -> None:
    """The trap works: without our loader the planted library is the one that is opened."""
    done = run("import c2pa", trap)
    assert done.returncode != 0
    assert "missing required function" in done.stderr


def test_a_planted_library_is_not_loaded(trap: Path) -> None:
    """Examining a leak while standing in its folder runs nothing of it."""
    code = (
        "from provenance.signatures.c2pa.library import C2PA, VERSION; import os;"
        "print(VERSION, os.environ.get('C2PA_LIBRARY_NAME'))"
    )
    done = run(code, trap)
    assert done.returncode == 0, done.stderr
    assert "SDK" in done.stdout
    assert done.stdout.strip().endswith("None")
    again = run(code, trap, C2PA_LIBRARY_NAME="mine")
    assert again.stdout.strip().endswith("mine")
