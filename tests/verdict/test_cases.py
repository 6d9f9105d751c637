"""Every published case comes out as written, at every moment of its history."""

import json
from pathlib import Path
from typing import Any

import pytest

from provenance.instants import parse_instant
from provenance.verdict.dossier import Dossier
from provenance.verdict.evaluate import evaluate
from provenance.verdict.parse_dossier import parse_dossier
from provenance.verdict.parse_record import record_from_json
from provenance.verdict.write_dossier import dossier_to_json, record_to_json

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"golden": ROOT / "tests/golden/cases", "shared": ROOT / "../shared/cases"}
SHAPE = ("support", "opposition", "label", "lines", "choke")


def _cases() -> list[Any]:
    found: list[Any] = []
    for where, folder in FOLDERS.items():
        files = sorted(folder.glob("*.dossier.json"))
        found.extend(pytest.param(file, id=f"{where}-{file.name.split('.')[0]}") for file in files)
        if not files:
            skip = pytest.mark.skip(reason=f"no cases in {folder.name} of this checkout")
            found.append(pytest.param(folder, id=where, marks=skip))
    return found


def read(file: Path) -> Dossier:
    """Return the dossier of a file."""
    return parse_dossier(file.read_text(encoding="utf-8"), name=file.name)


@pytest.mark.parametrize("file", _cases())
def test_case(file: Path) -> None:
    """Levels, labels, lines, choke points and headline equal the expectation at each instant."""
    dossier = read(file)
    expected = json.loads(file.with_name(file.name.replace(".dossier.", ".expected.")).read_text())
    assert expected
    for moment in expected:
        got: Any = evaluate(dossier, as_of=parse_instant(moment["as_of"])).to_json()
        facets = {n: {k: f[k] for k in SHAPE if k in f} for n, f in got["facets"].items()}
        assert facets == moment["facets"], moment["as_of"]
        assert got["headline"] == moment["headline"], moment["as_of"]


@pytest.mark.parametrize("file", _cases())
def test_round_trip(file: Path) -> None:
    """A dossier written and read again is equal; so is each of its records alone."""
    dossier = read(file)
    assert parse_dossier(json.dumps(dossier_to_json(dossier)), name="again") == dossier
    for record in dossier.records:
        assert record_from_json(json.loads(json.dumps(record_to_json(record)))) == record


def test_yaml_form_is_equal() -> None:
    """The letter in YAML is the same dossier as the letter in JSON."""
    folder = FOLDERS["golden"]
    assert read(folder / "unsigned-letter.dossier.yaml") == read(
        folder / "unsigned-letter.dossier.json"
    )


def test_golden_cases_are_whole() -> None:
    """Each of the ten dossiers has its expectation beside it."""
    names = sorted(file.name for file in FOLDERS["golden"].glob("*.json"))
    assert len([n for n in names if n.endswith(".dossier.json")]) == 10
    assert len(names) == 20
