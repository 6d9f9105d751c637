"""What readers gather is bounded, safe to print, and not silenced by one step that fails."""

import pytest

from provenance.facts.gathering import (
    MAX_NOTES,
    MAX_PROPERTIES,
    MAX_SAME,
    Gathered,
    counted,
    listed,
    quoted,
)
from provenance.facts.model import Weight
from provenance.signatures.text import plain_words
from tests.facts.reading import AT


def test_properties_are_kept_once_tamed_and_bounded() -> None:
    """The first statement counts; empty ones are none; hidden characters become visible."""
    gathered = Gathered(AT)
    gathered.state("a", "one\u202e")
    gathered.state("a", "two")
    gathered.state("b", "  ")
    for number in range(MAX_PROPERTIES * 2):
        gathered.state(f"n{number}", "x" * 10_000)
    properties = gathered.facts().properties
    assert properties["a"] == "one\\u{202e}"
    assert "b" not in properties
    assert len(properties) == MAX_PROPERTIES
    assert max(map(len, properties.values())) == 500


def test_observations_are_cut_by_code_and_that_is_said() -> None:
    """The same sentence twice is one; of a code so many are kept; the rest is counted."""
    gathered = Gathered(AT)
    for number in range(MAX_SAME + 7):
        gathered.observe("many", Weight.NOTE, f"number {number}")
        gathered.observe("once", Weight.HIDDEN, "the same")
    facts = gathered.facts()
    assert sum(one.code == "many" for one in facts.observations) == MAX_SAME
    assert sum(one.code == "once" for one in facts.observations) == 1
    assert facts.notes == ("7 more observations of the kind many are left out",)
    assert gathered.count("many") == MAX_SAME + 7
    assert not gathered.full("many")


def test_what_is_worth_most_comes_first() -> None:
    """Contradictions before risks, risks before what is hidden, notes last."""
    gathered = Gathered(AT)
    for weight in reversed(Weight):
        gathered.observe(weight.value, weight, "x")
    weights = [one.weight for one in gathered.facts().observations]
    assert weights == [Weight.CONTRADICTION, Weight.RISK, Weight.HIDDEN, Weight.NOTE]


def test_a_step_that_fails_is_a_note_and_the_next_one_runs() -> None:
    """An exception of any class becomes a sentence; only want of memory ends the reader."""
    gathered = Gathered(AT)

    def fails() -> None:
        raise KeyError("secret\x1b[2J")

    gathered.step("first", fails)
    gathered.step("second", lambda: gathered.state("second", "ran"))
    facts = gathered.facts()
    assert facts.properties == {"second": "ran"}
    (note,) = facts.notes
    assert plain_words(note) == "first could not be read to the end"
    assert "KeyError" in note
    assert "\x1b" not in note

    def starves() -> None:
        raise MemoryError

    with pytest.raises(MemoryError):
        gathered.step("third", starves)


def test_notes_are_bounded() -> None:
    """A file with a thousand broken parts does not fill the answer."""
    gathered = Gathered(AT)
    for number in range(1000):
        gathered.note(f"part {number}")
    notes = gathered.facts().notes
    assert notes[MAX_NOTES:] == (f"{1000 - MAX_NOTES} more notes are left out",)


def test_phrases() -> None:
    """Texts are quoted on one line, names listed once, numbers agree with their nouns."""
    assert quoted("a\n b\tc") == '"a b c"'
    assert quoted("x" * 300) == '"' + "x" * 199 + '…"'
    assert listed(["b", "a", "b", " "]) == '"b", "a"'
    assert listed(str(number) for number in range(14)).endswith('"11" and 2 more')
    assert (counted(1, "row"), counted(2, "row")) == ("1 row", "2 rows")
    assert counted(2, "row is", "rows are") == "2 rows are"


def test_what_is_behind_a_limit_is_noted() -> None:
    """At the limit nothing is said; one more, and it is said once."""
    gathered = Gathered(AT)
    assert list(gathered.upto(range(3), 3, "pages")) == [0, 1, 2]
    assert gathered.facts().notes == ()
    for _ in range(2):
        assert list(gathered.upto(range(4), 3, "pages")) == [0, 1, 2]
    assert gathered.facts().notes == ("only the first 3 pages were looked at",)


def test_properties_and_notes_that_are_left_out_are_counted() -> None:
    """Whoever fills the answer is told of, and how much did not fit."""
    gathered = Gathered(AT)
    for number in range(MAX_PROPERTIES + 3):
        gathered.state(f"n{number}", "x")
        gathered.note(f"note {number}")
    notes = gathered.facts().notes
    assert notes[-2] == "3 more properties are left out"
    assert notes[-1] == f"{MAX_PROPERTIES + 3 - MAX_NOTES} more notes are left out"
