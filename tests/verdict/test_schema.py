"""The schema, the page for editors and the parser say the same."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from provenance.errors import DossierInvalid
from provenance.verdict import dossier as limits
from provenance.verdict.catalogue import CATALOGUE
from provenance.verdict.evaluate import evaluate
from provenance.verdict.parse_dossier import parse_dossier
from provenance.verdict.write_dossier import dossier_to_json
from tests.verdict.test_parse import JSON
from tests.verdict.worlds import random_dossier

ROOT = Path(__file__).resolve().parents[2]
SCHEMA: dict[str, Any] = json.loads(
    (ROOT / "provenance/verdict/dossier.schema.json").read_text(encoding="utf-8")
)
PAGE = (ROOT / "docs/dossier.md").read_text(encoding="utf-8")
VALIDATOR = Draft202012Validator(SCHEMA)
CASES = sorted((ROOT / "tests/golden/cases").glob("*.dossier.json"))

# Changes to the sample that show in the structure alone: where, and the new value (None: remove).
STRUCTURAL: list[tuple[tuple[str | int, ...], Any]] = [
    (("dossier",), 2),
    (("dossier",), None),
    (("title",), " "),
    (("title",), 3),
    (("titel",), "x"),
    (("issuer",), []),
    (("records",), {}),
    (("required_checks",), ["a", "a"]),
    (("collection",), {"members": 0, "verified": 0}),
    (("collection",), {"members": 3}),
    (("stakes", 0, "wants"), 0),
    (("stakes", 0, "facet"), "orign"),
    (("stakes", 0, "facet"), "attribution:*"),
    (("stakes", 0, "who"), "x"),
    (("records", 0, "kind"), "rumour"),
    (("records", 0, "recorded_at"), "2000-01-01T12:00:00"),
    (("records", 0, "recorded_at"), "2000-01-01"),
    (("records", 0, "voice"), None),
    (("records", 0, "voice"), ""),
    (("records", 0, "voice"), "x" * 301),
    (("records", 0, "held"), "no"),
    (("records", 0, "basis"), None),
    (("records", 0, "basis", "access"), 5),
    (("records", 0, "basis", "access"), True),
    (("records", 0, "basis", "reliability"), "G"),
    (("records", 0, "basis", "words"), None),
    (("records", 0, "relays"), ["f1"]),
    (("records", 0, "asserts", 0, "facet"), "veracity"),
    (("records", 0, "asserts", 0, "facet"), "attribution:x"),
    (("records", 0, "asserts", 0, "facet"), "content:"),
    (("records", 0, "asserts", 0, "facet"), "attributes.x"),
    (("records", 0, "asserts", 0, "facet"), "origin@"),
    (("records", 0, "asserts", 0, "sign"), 2),
    (("records", 0, "asserts", 0, "grade"), 2),
    (("records", 0, "asserts", 0, "interest"), 2),
    (("records", 0, "asserts", 0, "implied"), 1),
    (("records", 0, "archive"), "abc"),
    (("records", 0, "source"), "a b"),
    (("records", 0, "links"), [{"child": "s1"}]),
    (("records", 1, "asserts", 0, "grade"), None),
    (("records", 1, "asserts", 0, "catalogue"), "dkim"),
    (("records", 1, "undercut_grade"), None),
    (("records", 1, "undercuts"), None),
]


def _changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    tree: Any = json.loads(JSON)
    here = tree
    for step in path[:-1]:
        here = here[step]
    if value is None:
        del here[path[-1]]
    else:
        here[path[-1]] = value
    whole: dict[str, Any] = tree
    return whole


def test_schema_is_valid() -> None:
    """The schema is itself a valid JSON Schema, 2020-12."""
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.name)
def test_schema_takes_every_case(file: Path) -> None:
    """Every published dossier follows the schema, and so does what we write."""
    tree = json.loads(file.read_text(encoding="utf-8"))
    VALIDATOR.validate(tree)
    VALIDATOR.validate(dossier_to_json(parse_dossier(json.dumps(tree), name="x.json")))


def test_schema_takes_random_dossiers() -> None:
    """What the writer writes follows the schema."""
    for seed in range(5):
        VALIDATOR.validate(dossier_to_json(random_dossier(seed, 30)))


@pytest.mark.parametrize(("path", "value"), STRUCTURAL)
def test_schema_refuses_what_the_parser_refuses(path: tuple[str | int, ...], value: object) -> None:
    """A structural mistake is refused by both, never by one alone."""
    tree = _changed(path, value)
    assert not VALIDATOR.is_valid(tree)
    with pytest.raises(DossierInvalid):
        parse_dossier(json.dumps(tree), name="x.json")


def _fields() -> set[str]:
    own = set(SCHEMA["properties"])
    for definition in SCHEMA["$defs"].values():
        own |= set(definition.get("properties", {}))
    return own


def test_page_describes_every_field() -> None:
    """Each field of the schema stands in the page, as code."""
    assert {name for name in _fields() if f"`{name}`" not in PAGE} == set()


def test_page_invents_no_field() -> None:
    """Each row of the page's field tables is a field of the schema."""
    rows = set(re.findall(r"^\| `([a-z_]+)` \|", PAGE, flags=re.MULTILINE))
    assert rows - _fields() == set()
    assert len(rows) > 30


def test_page_states_the_limits() -> None:
    """The limits of page, schema and code are one."""
    for limit in (limits.MAX_RECORDS, limits.MAX_NAME, limits.MAX_TEXT):
        assert f"{limit:,}" in PAGE
    records = SCHEMA["properties"]["records"]
    assert records["maxItems"] == limits.MAX_RECORDS
    assert SCHEMA["$defs"]["name"]["maxLength"] == limits.MAX_NAME
    catalogue = SCHEMA["$defs"]["assertion"]["properties"]["catalogue"]["enum"]
    assert catalogue == [*sorted(CATALOGUE), None]


def test_page_example_says_what_it_promises() -> None:
    """The example of the page is a dossier, and its headline is the one printed below it."""
    example = re.search(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    promised = re.search(r"What comes out: \*\*(.*?)\*\*", PAGE)
    assert example
    assert promised
    dossier = parse_dossier(example.group(1), name="page.yaml")
    assert evaluate(dossier).headline.text == promised.group(1)
    VALIDATOR.validate(dossier_to_json(dossier))
