"""Every reader of foreign bytes keeps to its grammar: on labelled seeds, and on what they become.

A good seed is read and, where the format has one spelling, written again to the same bytes. A bad
one is refused with the error its reader documents. A changed one never raises anything else, and
never takes long.
"""

import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import DeskError, DossierInvalid, Malformed, PassphraseWrong, UsageError
from provenance.intake.containers import unpack
from provenance.intake.failures import Failure, Place, Untaken
from provenance.intake.limits import Budget, Limits
from provenance.intake.mailboxes import message_spans
from provenance.intake.manifest import parse_manifest
from provenance.intake.receive import receive_blocks
from provenance.ledger.disclosure import format_presentation, parse_presentation
from provenance.ledger.entry import parse_entry, verify_entry
from provenance.ledger.keyfile import read_key_file
from provenance.ledger.latch import parse_latch
from provenance.ledger.note import parse_note
from provenance.ledger.proof import parse_proof
from provenance.ledger.sshsig import parse_sshsig
from provenance.verdict.parse_dossier import parse_dossier
from provenance.verdict.write_dossier import dossier_to_json
from tests.fuzz.make_corpus import CORPUS, KEY, all_seeds
from tests.intake.world import MemoryBlobs

MOST_SECONDS: Final = 5.0  # of processor time for one small file; most take a thousandth of that
LATIN = "latin-1"  # any byte is a character: what a text reader is given for bytes that are no text


def entry(data: bytes) -> bytes:
    """Read an entry and verify it, which answers and never raises."""
    found = parse_entry(data)
    verify_entry(found, KEY.public_key)
    return data


def presentation(data: bytes) -> bytes:
    """Read an entry with fields and write it."""
    found, fields = parse_presentation(data)
    assert len(found.leaf_hash) == 32
    return format_presentation(data.partition(b"~")[0], fields)


def dossier(data: bytes, name: str = "case.json") -> bytes:
    """Read a dossier, write it, and read that."""
    found = parse_dossier(data.decode(LATIN), name=name)
    again = json.dumps(dossier_to_json(found))
    assert dossier_to_json(parse_dossier(again, name="again.json")) == json.loads(again)
    return data


def manifest(data: bytes) -> bytes:
    """Read a manifest."""
    parse_manifest(data, name="SUMS")
    return data


def key_file(data: bytes) -> bytes:
    """Read a key file."""
    read_key_file(data, None)
    return data


def mailbox(data: bytes) -> bytes:
    """Split a mailbox, and put it together from its spans; then take its messages in."""
    spans = list(message_spans(io.BytesIO(data)))
    assert all(span.from_line <= span.start <= span.end <= len(data) for span in spans)
    taken_out(data)
    return data


def archive(data: bytes) -> bytes:
    """Take the members of an archive in."""
    taken_out(data)
    return data


def taken_out(data: bytes) -> None:
    """Take in what a container holds; the first member that cannot be taken is raised."""
    blobs = MemoryBlobs()
    place = Place(path="/in/file", relative="file")
    budget = Budget(limits=Limits(), size=len(data))
    for each in unpack(lambda: io.BytesIO(data), head=data[:4096], place=place, budget=budget):
        if isinstance(each, Failure):
            raise Untaken(each.code)
        receive_blocks(each.blocks, blobs)
    assert blobs.half_written == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How files of one format are read."""

    read: Callable[[bytes], bytes]
    """Reads, and returns what it writes again; the bytes themselves where no form is canonical."""
    refusal: type[DeskError] | tuple[type[DeskError], ...] = Malformed


FORMATS: Final = {
    "entry": Format(read=entry),
    "disclosure": Format(read=presentation),
    "note": Format(read=lambda data: parse_note(data).encode()),
    "proof": Format(read=lambda data: parse_proof(data).encode()),
    "latch": Format(read=lambda data: parse_latch(data.decode(LATIN)).text().encode()),
    "keyfile": Format(read=key_file, refusal=(Malformed, PassphraseWrong)),
    "sshsig": Format(read=lambda data: parse_sshsig(data.decode(LATIN)).armor().encode()),
    "dossier": Format(read=dossier, refusal=DossierInvalid),
    "manifest": Format(read=manifest, refusal=UsageError),
    "mbox": Format(read=mailbox),
    "zip": Format(read=archive),
}
SEEDS: Final = sorted(path for path in CORPUS.glob("*/*") if path.is_file())


def label(path: Path) -> str:
    """Name a seed in the test's id."""
    return f"{path.parent.name}/{path.name}"


def reader_of(path: Path) -> Callable[[bytes], bytes]:
    """Return what reads a seed: the name of a dossier says in which of two forms it is."""
    if path.suffix == ".yaml":
        return lambda data: dossier(data, path.name)
    return FORMATS[path.parent.name].read


def test_the_folder_is_what_the_script_makes() -> None:
    """No seed was changed by hand, none is missing, and each format has good ones and a reader."""
    there = {label(path): path.read_bytes() for path in SEEDS}
    made = {
        f"{kind}/{name}": data
        for kind, seeds in all_seeds().items()
        for name, data in seeds.items()
    }
    assert there.keys() == made.keys()
    assert [name for name in there if there[name] != made[name]] == []
    assert {path.parent.name for path in SEEDS if path.name.startswith("good-")} == FORMATS.keys()
    assert all(path.name.startswith(("good-", "bad-")) for path in SEEDS)


@pytest.mark.parametrize("path", SEEDS, ids=label)
def test_a_seed_is_what_its_name_says(path: Path) -> None:
    """A good seed is read and written again to its bytes; a bad one gets the documented error."""
    form, data = FORMATS[path.parent.name], path.read_bytes()
    if path.name.startswith("good-"):
        assert reader_of(path)(data) == data
        return
    with pytest.raises(form.refusal) as caught:
        reader_of(path)(data)
    assert str(caught.value)
    assert "\n" not in str(caught.value)


_changes = st.lists(
    st.tuples(st.integers(0, 1 << 16), st.integers(0, 3), st.binary(max_size=4)),
    min_size=1,
    max_size=5,
)


@pytest.mark.parametrize("path", SEEDS, ids=label)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(changes=_changes)
def test_a_changed_seed(path: Path, changes: list[tuple[int, int, bytes]]) -> None:
    """Bytes changed, cut out or put in: read to the same bytes, or refused; and soon."""
    form, data = FORMATS[path.parent.name], path.read_bytes()
    for at, cut, new in changes:
        place = at % (len(data) + 1)
        data = data[:place] + new + data[place + cut :]
    begun = time.process_time()
    try:
        assert reader_of(path)(data) == data
    except form.refusal as error:
        assert str(error)  # noqa: PT017 any number of changes may still be a good file
    assert time.process_time() - begun < MOST_SECONDS
