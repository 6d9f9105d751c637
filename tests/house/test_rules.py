"""Rules of the house that a machine can hold: sizes, imports, what no file may say."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.house.documents import ROOT

PACKAGES: Final = ("provenance", "store/provenance_store", "cli/provenance_cli")
MODULE_LINES: Final = 400
BODY_LINES: Final = 40  # of a function without signature and docstring

LONG_BODIES: Final = {
    "store/provenance_store/migrations/versions/0001_first.py:_log": "the tables, column by column",
}
"""Function -> why it may be longer. Without a reason there is no exception."""

SKIPPED: Final = frozenset(
    {".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
    | {"__pycache__", ".import_linter_cache", "build", "dist", "demo-desk", "node_modules"}
)
# Spelled in parts, so that this file passes its own test.
FORBIDDEN: Final = {
    "a path of somebody's machine": r"(?<![\w.-])/(?:work|home/[a-z]+|Users/[A-Za-z]+)" + "/",
    "a package registry's host": r"pypi\.(?:org)|files\.python" + r"hosted\.org|deb\.deb"
    r"ian\.org|registry\.npm" + r"js\.org",
    "a note to ourselves": r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b",
}


def _modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _long_bodies() -> dict[str, int]:
    found = {}
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) is not None else node.body
                lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                if lines > BODY_LINES:
                    found[f"{_name(path)}:{node.name}"] = lines
    return found


def test_no_module_is_long() -> None:
    """Each file can be read in one sitting."""
    lengths = {_name(path): len(path.read_text("utf-8").splitlines()) for path in _modules()}
    assert {name: n for name, n in lengths.items() if n > MODULE_LINES} == {}
    assert len(lengths) > 100


def test_no_function_is_long_without_a_reason() -> None:
    """Each function fits on a screen, and an exception that is no longer needed goes."""
    assert set(_long_bodies()) == set(LONG_BODIES)
    assert all(len(reason) > 10 for reason in LONG_BODIES.values())


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_typed(package: str) -> None:
    """PEP 561: a type checker believes our annotations."""
    assert (ROOT / package / "py.typed").is_file()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_of_code_is_a_package(package: str) -> None:
    """A folder without `__init__.py` would be left out of imports that tools resolve."""
    folders = {path.parent for path in (ROOT / package).rglob("*.py")}
    bare = {_name(folder) for folder in folders if not (folder / "__init__.py").is_file()}
    assert {name for name in bare if "migrations" not in name} == set()


def test_the_import_contract_holds() -> None:
    """Arrows point down; the core knows no database and no command line."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={"PYTHONPATH": ":".join(str(ROOT / each) for each in (".", "store", "cli"))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Contracts: \d+ kept, 0 broken", done.stdout)


def test_the_core_loads_no_database_and_no_command_line() -> None:
    """Importing the desk itself pulls in neither SQLModel nor Typer, by whatever way."""
    code = (
        "import sys, provenance.desk; "
        "print(sorted({'sqlmodel', 'sqlalchemy', 'alembic', 'typer', 'click'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("modules", "heavy"),
    [
        (
            "provenance.examine.runner, provenance.desk",
            {"pyhanko", "pypdfium2", "aiohttp", "pysequoia", "PIL", "asn1crypto", "lxml"}
            | {"cryptography.x509"},
        ),
        ("provenance.examine.runner", {"asn1crypto", "cryptography"}),
    ],
)
def test_who_starts_the_workers_loads_no_parser(modules: str, heavy: set[str]) -> None:
    """Engines are loaded behind the wall and nowhere else: safer, and half the start-up time."""
    code = f"import sys, {modules}; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def _texts() -> Iterator[tuple[str, str]]:
    for path in sorted(ROOT.rglob("*")):
        relative = path.relative_to(ROOT)
        if path.is_file() and SKIPPED.isdisjoint(relative.parts):
            try:
                yield relative.as_posix(), path.read_text("utf-8")
            except UnicodeDecodeError:
                continue  # a picture, a document: not written by us line by line


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_says(what: str) -> None:
    """Files speak of the project only: no machine's paths, no registry's host, no leftovers."""
    pattern = re.compile(FORBIDDEN[what])
    found = {name: match[0] for name, text in _texts() if (match := pattern.search(text))}
    assert found == {}
