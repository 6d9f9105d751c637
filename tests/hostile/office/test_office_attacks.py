"""Every hostile office file ends, within bounds, with an answer that names the attack."""

import time
import tracemalloc
from collections.abc import Callable
from functools import cache
from typing import Final

import pytest

from provenance.facts.gathering import MAX_OBSERVATIONS
from provenance.facts.model import Facts, Weight
from provenance.facts.office.odf import read_odf_facts
from provenance.facts.office.ole import read_ole_facts
from provenance.facts.office.ooxml import read_ooxml_facts
from provenance.facts.office.rtf import read_rtf_facts
from tests.facts.reading import AT, codes, one, said
from tests.hostile.office import forge

READERS: Final[dict[str, Callable[..., Facts]]] = {
    "ooxml": read_ooxml_facts,
    "odf": read_odf_facts,
    "ole": read_ole_facts,
    "rtf": read_rtf_facts,
}
MOST_SECONDS: Final = 20.0  # of processor time; the slowest takes a tenth of that alone
MOST_BYTES: Final = 40 << 20  # of Python's own memory; a bomb of 400 MB must not be held


@cache
def _made(name: str) -> bytes:
    return forge.ATTACKS[name][1]()


def _attack(name: str) -> Facts:
    return READERS[forge.ATTACKS[name][0]](_made(name), at=AT)


@pytest.mark.parametrize("name", forge.ATTACKS)
def test_each_attack_ends(name: str) -> None:
    """No attack hangs or raises, and none fills the answer."""
    _made(name)
    began = time.process_time()
    facts = _attack(name)
    assert time.process_time() - began < MOST_SECONDS
    assert len(facts.observations) <= MAX_OBSERVATIONS


@pytest.mark.parametrize(
    "name", ["zip-bomb", "zip-bomb-with-a-false-size", "overlapping-members", "entity-bomb"]
)
def test_a_bomb_is_never_held(name: str) -> None:
    """A part of 400 MB, or many that share their bytes, cost no memory to speak of."""
    _made(name)
    tracemalloc.start()
    try:
        _attack(name)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_BYTES


@pytest.mark.parametrize(
    "name",
    ["entity-bomb", "external-entity", "entity-bomb-in-utf-16", "entity-in-another-code"],
)
def test_a_document_type_is_refused_in_every_encoding(name: str) -> None:
    """Declarations are told as a risk, and nothing of the part is used."""
    found = one(_attack(name), "document-type-declaration")
    assert found.weight is Weight.RISK
    assert found.where == "word/document.xml"


@pytest.mark.parametrize(
    ("name", "code", "weight"),
    [
        ("zip-bomb", "part-too-large", Weight.RISK),
        ("zip-bomb-with-a-false-size", "part-unreadable", Weight.CONTRADICTION),
        ("overlapping-members", "archive-bomb", Weight.RISK),
        ("duplicate-document", "duplicate-part", Weight.CONTRADICTION),
        ("names-that-lead-out", "odd-part-name", Weight.RISK),
        ("wrong-checksum", "part-unreadable", Weight.CONTRADICTION),
        ("bytes-behind-the-end", "package-unreadable", Weight.NOTE),
        ("odf-entity-bomb", "document-type-declaration", Weight.RISK),
    ],
)
def test_the_attack_is_named(name: str, code: str, weight: Weight) -> None:
    """What was tried stands in the answer."""
    facts = _attack(name)
    assert code in codes(facts, weight), facts


def test_a_bomb_does_not_silence_the_rest() -> None:
    """The properties of a file with a bomb in it are still read."""
    assert _attack("zip-bomb").properties["core.creator"] == "Joan Weber"
    assert _attack("entity-bomb").properties["core.creator"] == "Joan Weber"


def test_many_targets_are_cut_and_it_is_said() -> None:
    """Twenty-five of a kind are kept, and how many more there were is noted."""
    facts = _attack("many-relationships")
    assert sum(each.code == "remote-content" for each in facts.observations) == 25
    assert any("more observations of the kind remote-content" in note for note in facts.notes)


def test_deleted_text_is_found_however_deep() -> None:
    """Nested and repeated deletions are counted; the text is quoted once."""
    facts = _attack("many-changes")
    assert "deletions" in said(facts, "tracked-changes")
    assert "deleted-text" in codes(facts)


def test_broken_compound_files_are_notes() -> None:
    """A loop in a chain, a false size, a file too short: no answer but a note or less facts."""
    assert codes(_attack("short-compound")) == {"package-unreadable"}
    for name in ("sector-chain-loop", "directory-loop", "stream-of-a-false-size"):
        assert not codes(_attack(name), Weight.CONTRADICTION)


def test_properties_survive_a_broken_count() -> None:
    """Where a count lies, what is there is still read."""
    assert _attack("property-set-that-never-ends").properties["summary.author"] == "Joan"


def test_rtf_behind_a_false_size_is_not_read() -> None:
    """What a reader would skip as binary data is skipped here too."""
    assert "info.author" not in _attack("rtf-binary-of-a-false-size").properties
