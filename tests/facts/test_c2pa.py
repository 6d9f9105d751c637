"""What content credentials say, told as claims."""

from datetime import UTC, datetime
from typing import Any

import pytest

from provenance.facts.c2pa import read_c2pa_facts
from provenance.facts.model import Facts, Weight
from provenance.signatures.c2pa.report import Assertion, Manifest, Report, read_report
from tests.facts.reading import contradictions

SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def said(*assertions: tuple[str, Any], **more: Any) -> Facts:  # noqa: ANN401 - fields of a manifest
    """Facts of a manifest with these assertions."""
    made = tuple(Assertion(label=label, data=data) for label, data in assertions)
    manifest = Manifest(label="a", assertions=made, **more)
    return read_c2pa_facts(Report(active="a", manifests={"a": manifest}))


def actions(*entries: dict[str, Any]) -> tuple[str, Any]:
    """An assertion of actions."""
    return "c2pa.actions.v2", {"actions": list(entries)}


def codes(facts: Facts) -> dict[str, str]:
    """Code to text."""
    return {one.code: one.text for one in facts.observations}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("trainedAlgorithmicMedia", "c2pa-generated"),
        ("compositeWithTrainedAlgorithmicMedia", "c2pa-partly-generated"),
        ("digitalCapture", "c2pa-source"),
        ("screenCapture", "c2pa-source"),
    ],
)
def test_how_it_was_made(source: str, code: str) -> None:
    """Generated, partly generated, photographed: told as what the credentials say."""
    found = codes(said(actions({"action": "c2pa.created", "digitalSourceType": SOURCES + source})))
    assert set(found) == {code}
    assert found[code].startswith("The credentials say")


def test_what_was_done() -> None:
    """Actions and programs are listed, once each, and many are counted."""
    many = [{"action": f"org.test.step{n}", "softwareAgent": {"name": "Editor"}} for n in range(20)]
    found = codes(said(actions({"action": "c2pa.color_adjustments"}, *many)))
    assert "color adjustments, org.test.step0" in found["c2pa-actions"]
    assert "and 9 more" in found["c2pa-actions"]
    assert found["c2pa-programs"].endswith("Editor.")


def test_an_action_after_the_stamp() -> None:
    """A program that dates its work later than the time stamp over it contradicts itself."""
    late = {"action": "c2pa.edited", "when": "2024-05-01T00:00:00Z", "softwareAgent": "Editor"}
    stamped = datetime(2024, 1, 1, tzinfo=UTC)
    facts = said(actions(late), signed_at=stamped)
    assert len(contradictions(facts)) == 1
    assert facts.properties["c2pa.signed"] == "2024-01-01T00:00:00Z"
    before = actions({**late, "when": "2023-05-01T00:00:00Z"})
    assert contradictions(said(before, signed_at=stamped)) == []


@pytest.mark.parametrize(
    ("assertion", "code"),
    [
        (("stds.exif", {"exif:GPSLatitude": "33,18N"}), "c2pa-exposes"),
        (("c2pa.metadata", {"a": [{"aux:SerialNumber": "1"}]}), "c2pa-exposes"),
        (("c2pa.soft-binding", {"alg": "x"}), "c2pa-invisible-mark"),
    ],
)
def test_risks(assertion: tuple[str, Any], code: str) -> None:
    """A place, a serial number, an invisible mark: risks of publishing."""
    (one,) = said(assertion).observations
    assert (one.code, one.weight, one.where) == (code, Weight.RISK, "Content Credentials")


def test_author_and_address() -> None:
    """The author is a property; an address to fetch from is a risk and nothing else."""
    work = {"author": [{"@type": "Person", "name": "A. Photographer"}, "nobody", {"name": 7}]}
    facts = said(("stds.schema-org.CreativeWork", work), generators=("maker 1",), title="t")
    assert facts.properties["c2pa.author"] == "A. Photographer"
    assert facts.properties["c2pa.program"] == "maker 1"
    remote = read_c2pa_facts(None, remote="http://desk.test/x")
    assert remote.observations[0].weight is Weight.RISK
    assert read_c2pa_facts(None) == Facts()


def test_statements_of_any_shape() -> None:
    """Statements that are not what they should be are passed over."""
    odd: tuple[Any, ...] = (None, 7, [], {"actions": 7}, {"actions": [7, {}]}, "text")
    for data in odd:
        said(("c2pa.actions", data), ("stds.schema-org.CreativeWork", data), ("other", data))
    deep: Any = "x"
    for _ in range(200):
        deep = {"k": deep}
    assert said(("deep", deep)).observations == ()


def test_what_a_program_of_an_earlier_manifest_did() -> None:
    """A generative model in an ingredient's own credentials is told."""
    answer = {
        "active_manifest": "a",
        "manifests": {
            "a": {"ingredients": [{"title": "dog.png"}], "claim_generator": "maker"},
            "b": {
                "assertions": [
                    {
                        "label": "c2pa.actions",
                        "data": {
                            "actions": [
                                {
                                    "action": "c2pa.created",
                                    "digitalSourceType": SOURCES + "trainedAlgorithmicMedia",
                                }
                            ]
                        },
                    }
                ]
            },
        },
    }
    facts = read_c2pa_facts(read_report(answer))
    assert {"c2pa-ingredients", "c2pa-generated-ingredient"} == set(codes(facts))
    assert "dog.png" in codes(facts)["c2pa-ingredients"]
