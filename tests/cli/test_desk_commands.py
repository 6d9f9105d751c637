"""Custody, statements, verdicts, audit and doctor at the command line: outcomes and exit codes."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from provenance.ledger.checkpoint import Checkpoint, sign_checkpoint
from provenance.ledger.keys import Ed25519Signer
from provenance.records import HiddenField, NewRecord
from tests.cli.conftest import Prov, Ran
from tests.desk.scene import AMAL, CASES, JOAN, KIM, PEOPLE, ROOT, Scene, zip_bytes

DOSSIER = ROOT / "cli" / "provenance_cli" / "demo" / "letter.dossier.yaml"
SHAPE = ("support", "opposition", "label", "lines", "choke")
EVENING = "2020-01-06T23:59:00Z"


@pytest.fixture
def item(prov: Prov, scene: Scene) -> str:
    """An item with one copy, received by Amal."""
    path = scene.write("a.txt", b"a plain text\n")
    assert prov("ingest", path, "--no-examine", desk=scene, key=AMAL).code == 0
    return str(prov("list", "--json", desk=scene).lines[0]["accession"])


def blob(scene: Scene) -> Path:
    """The only blob of the desk."""
    return next((scene.desk / "blobs").glob("[0-9a-f][0-9a-f]/*"))


def offer(prov: Prov, scene: Scene, item: str, *, key: str = AMAL, to: str = JOAN) -> int:
    return prov(
        "custody", "offer", item, "--to", PEOPLE[to], "--purpose", "x", desk=scene, key=key
    ).code


def test_a_hand_over(prov: Prov, scene: Scene, item: str) -> None:
    """Offer and acceptance are 0 and told; the wrong person, no offer and two offers are 2."""
    assert prov("custody", "accept", item, desk=scene, key=JOAN).code == 2
    assert offer(prov, scene, item) == 0
    assert offer(prov, scene, item, to=KIM) == 2
    assert prov("custody", "accept", item, desk=scene, key=KIM).code == 2
    assert prov("custody", "refuse", item, "--reason", "x", desk=scene, key=AMAL).code == 2
    ran = prov("custody", "accept", item, desk=scene, key=JOAN)
    assert ran.code == 0
    assert "same bytes as offered" in ran.err
    log = prov("custody", "log", item, desk=scene)
    assert f"Held by {PEOPLE[JOAN]}." in log.out
    assert offer(prov, scene, item, key=JOAN, to=KIM) == 0
    assert prov("custody", "refuse", item, "--reason", "no", desk=scene, key=KIM).code == 0


def test_other_bytes_are_exit_code_1(prov: Prov, scene: Scene, item: str) -> None:
    """Accepting bytes that changed on the way is recorded and exit code 1; so is the audit."""
    assert offer(prov, scene, item) == 0
    path = blob(scene)
    path.chmod(0o644)
    path.write_bytes(b"a plain lie.\n")
    ran = prov("custody", "accept", item, desk=scene, key=JOAN)
    assert ran.code == 1
    assert "DIFFERENT BYTES" in ran.err
    assert "DIFFERENT BYTES" in prov("custody", "log", item, desk=scene).out
    audit = prov("audit", desk=scene)
    assert audit.code == 1
    assert "Did the evidence change? YES." in audit.out
    assert "Did the log change? No." in audit.out
    assert offer(prov, scene, item, key=JOAN, to=KIM) == 1


def test_access_and_note(prov: Prov, scene: Scene, item: str) -> None:
    """Looking and noting are recorded and told in one line each."""
    assert prov("custody", "access", item, "--purpose", "layout", desk=scene, key=KIM).code == 0
    assert prov("custody", "note", item, "torn corner", desk=scene, key=KIM).code == 0
    out = prov("custody", "log", item, desk=scene).out
    assert "layout" in out
    assert "torn corner" in out


@pytest.mark.parametrize("case", sorted(p.name.split(".")[0] for p in CASES.glob("*.dossier.json")))
def test_a_dossier_without_a_desk(
    prov: Prov, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`statement evaluate` needs no desk: headline and facets are those that the case expects."""
    expected = json.loads((CASES / f"{case}.expected.json").read_bytes())
    monkeypatch.chdir(tmp_path)
    file = CASES / f"{case}.dossier.json"
    for moment in (expected[0], expected[-1]):
        ran = prov("statement", "evaluate", file, "--as-of", moment["as_of"], "--json")
        assert (ran.code, ran.err) == (0, "")
        found = json.loads(ran.out)
        shown = {
            name: {key: facet[key] for key in SHAPE if key in facet}
            for name, facet in found["facets"].items()
        }
        assert shown == moment["facets"]
        assert found["headline"] == moment["headline"]
        plain = prov("statement", "evaluate", file, "--as-of", moment["as_of"])
        assert (plain.code, plain.err) == (0, "")
        assert found["headline_parts"]["lead"] in plain.out


def test_a_dossier_that_is_none(prov: Prov, tmp_path: Path) -> None:
    """A file that is no dossier, or not text, is a usage error that names it."""
    bad, binary = tmp_path / "bad.json", tmp_path / "binary.json"
    bad.write_text('{"records": 3}', encoding="utf-8")
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (bad, binary):
        ran = prov("statement", "evaluate", path)
        assert (ran.code, ran.out) == (2, "")
        assert path.name in ran.err


def test_statements(prov: Prov, scene: Scene, item: str, tmp_path: Path) -> None:
    """Importing twice adds once, `--until` leaves the later ones, an edit is refused."""
    words = ("statement", "import", DOSSIER, "--item", item, "--json")
    first = prov(*words, "--until", EVENING, desk=scene, key=JOAN).lines[0]
    again = prov(*words, "--until", EVENING, desk=scene, key=JOAN).lines[0]
    rest = prov(*words, desk=scene, key=JOAN).lines[0]
    assert isinstance(first["added"], list)
    assert isinstance(rest["added"], list)
    assert again["added"] == []
    assert again["known"] == len(first["added"])
    assert first["later"] == len(rest["added"]) == 2
    edited = tmp_path / "edited.yaml"
    text = DOSSIER.read_text(encoding="utf-8")
    words_there = "Letterhead and form are consistent."
    assert words_there in text
    edited.write_text(text.replace(words_there, "Letterhead differs."), encoding="utf-8")
    ran = prov("statement", "import", edited, "--item", item, desk=scene, key=JOAN)
    assert ran.code == 2
    assert "other words" in ran.err


def test_a_verdict(prov: Prov, scene: Scene, item: str) -> None:
    """Two people publish, correct and withdraw; one person twice is 2, a stale verdict is 1."""

    def act(*words: str, key: str, code: int = 0) -> Ran:
        ran = prov("verdict", words[0], item, *words[1:], desk=scene, key=key)
        assert ran.code == code, ran.err
        return ran

    statements = ("statement", "import", DOSSIER, "--item", item)
    act("sign", key=AMAL, code=2)
    assert prov(*statements, "--until", EVENING, desk=scene, key=JOAN).code == 0
    words = ("--wording", "A draft; the ministry says so.")
    act("sign", "--as-of", EVENING, *words, key=AMAL)
    act("countersign", key=AMAL, code=2)
    public = "The public reads: A draft; the ministry says so."
    assert public in " ".join(prov("verdict", "show", item, desk=scene).out.split())
    assert public in " ".join(act("countersign", key=JOAN).err.split())
    assert "State: published." in prov("verdict", "history", item, desk=scene).out
    assert prov("verdict", "stale", desk=scene).code == 0
    assert prov(*statements, desk=scene, key=JOAN).code == 0
    stale = prov("verdict", "stale", "--json", desk=scene)
    assert stale.code == 1
    assert stale.lines[0].keys() >= {"freshness", "item", "reasons"}
    act("correct", "--reason", "he has a copy", "--class", "whatever", key=AMAL, code=2)
    act("correct", "--reason", "he has a copy", key=AMAL)
    act("countersign", "--version", "2", key=KIM, code=2)
    assert "--version 2" in act("countersign", key=JOAN, code=2).err
    assert "version 2: countersigned" in act("countersign", "--version", "2", key=JOAN).err
    assert prov("verdict", "stale", desk=scene).code == 0
    act("withdraw", "--reason", "we no longer stand by it", key=AMAL)
    act("withdraw", "--reason", "again", key=AMAL, code=2)
    act("withdraw", "--reason", "agreed", key=JOAN)
    shown = json.loads(prov("verdict", "show", item, "--json", desk=scene).out)
    assert shown["state"] == "withdrawn"
    assert prov("audit", desk=scene).code == 0


def test_an_old_copy_is_named(prov: Prov, scene: Scene, item: str, tmp_path: Path) -> None:
    """A desk restored from an old copy: the audit is exit code 1 and says so, writing is 4."""
    shutil.copytree(scene.desk, tmp_path / "old")
    assert prov("custody", "note", item, "newer", desk=scene, key=AMAL).code == 0
    shutil.rmtree(scene.desk)
    shutil.copytree(tmp_path / "old", scene.desk)
    audit = prov("audit", desk=scene)
    assert audit.code == 1
    assert "rolled back" in " ".join(audit.out.split())
    found = json.loads(prov("audit", "--json", desk=scene).out)
    assert found["log"]["holds"] is False
    assert found["log"]["beside_the_key"]
    ran = prov("custody", "note", item, "again", desk=scene, key=AMAL)
    assert ran.code == 4
    assert "signed" in ran.err
    assert prov("ledger", "checkpoint", desk=scene).code == 4


@pytest.mark.parametrize(
    "command", [("audit", "--outside"), ("audit", "--since"), ("ledger", "recount", "--outside")]
)
def test_a_file_that_is_no_checkpoint_of_this_log_says_nothing_of_it(
    prov: Prov, scene: Scene, item: str, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """Noise and another log's checkpoint are a slip (2); one that names this log is judged (1)."""
    assert item
    note = prov("ledger", "checkpoint", desk=scene).out
    held, other = tmp_path / "held", tmp_path / "other"
    held.write_text(note, encoding="utf-8")
    assert prov(*command, held, desk=scene).code == 0
    foreign = Checkpoint(origin="other.example/log", size=1, root=bytes(32))
    other.write_bytes(sign_checkpoint(foreign, Ed25519Signer(bytes(32))))
    for text, says in ((b"noise", "is no checkpoint"), (other.read_bytes(), "other.example/log")):
        held.write_bytes(text)
        ran = prov(*command, held, desk=scene)
        assert (ran.code, says in " ".join(ran.err.split())) == (2, True), ran.err
        assert "Did the log change" not in ran.out
    own = Checkpoint(origin=note.splitlines()[0], size=1, root=bytes(32))
    held.write_bytes(sign_checkpoint(own, Ed25519Signer(bytes(32))))
    ran = prov(*command, held, desk=scene)
    assert ran.code == 1
    assert "Did the log change? YES." in ran.out


def test_an_edited_entry_is_named(prov: Prov, full: Scene) -> None:
    """A changed entry is named by its number, exit code 1."""
    database = sqlite3.connect(full.database)
    database.execute("UPDATE entry SET leaf = CAST(leaf || 'A' AS BLOB) WHERE seq = 5")
    database.commit()
    database.close()
    for words in (("audit",), ("ledger", "recount")):
        told = prov(*words, desk=full)
        assert told.code == 1
        assert "entry 5" in " ".join(told.out.split())


def test_findings_that_say_the_same_are_one_line(prov: Prov, full: Scene) -> None:
    """Many entries that saw a head which never was: the first is told, the rest are counted."""
    database = sqlite3.connect(full.database)
    database.execute("DELETE FROM entry WHERE seq = 4")
    database.commit()
    database.close()
    out = " ".join(prov("audit", desk=full).out.split())
    assert out.count("seen: entry") == 1
    assert "more like it, the last at entry" in out
    every = json.loads(prov("audit", "--json", desk=full).out)["log"]["findings"]
    assert sum(one["detector"] == "seen" for one in every) > 10


def test_a_report_is_not_written_over(prov: Prov, full: Scene, tmp_path: Path) -> None:
    """What was handed out stays: the same place again is refused, and nothing is recorded."""
    place = tmp_path / "report.html"
    item = prov("list", "--json", desk=full).lines[0]["accession"]
    words = ("report", item, "--out", place)
    assert prov(*words, desk=full, key=AMAL).code == 0
    written = place.read_bytes()
    with full.open() as desk:
        size = desk.parts.ledger.size()
    for again in (words, ("verdict", "export", item, "--out", place)):
        ran = prov(*again, desk=full, key=AMAL)
        assert ran.code == 2
        assert "not overwritten" in ran.err
    assert place.read_bytes() == written
    with full.open() as desk:
        assert desk.parts.ledger.size() == size


def test_remarks_are_printed(prov: Prov, full: Scene) -> None:
    """A record that cannot be read is told by show, verdict and audit; the exit code stays 0."""
    with full.open(AMAL) as desk:
        item = next(v for v in desk.items() if desk.verdict(v.item).history)
        wrong = HiddenField(name="record", value=7, subject=f"item:{item.item.hex()}")
        (seq,) = desk.record(NewRecord(item=item.item, type="statement", fields=(wrong,)))
    for words in (("show", item.accession), ("verdict", "show", item.accession), ("audit",)):
        ran = prov(*words, desk=full)
        assert ran.code == 0
        assert f"entry {seq}" in " ".join(ran.out.split())
        assert "remarks" in json.loads(prov(*words, "--json", desk=full).out)


def test_a_rebuild(prov: Prov, full: Scene) -> None:
    """Rebuilding says how many rows there are and changes no answer."""
    before = prov("list", "--json", desk=full).out
    ran = prov("rebuild", desk=full)
    assert ran.code == 0
    assert "rows" in ran.err
    assert prov("list", "--json", desk=full).out == before


def test_doctor(prov: Prov, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sound desk or none is 0, a broken or absent one is 4; missing tools are only said."""
    monkeypatch.chdir(tmp_path)
    assert prov("doctor").code == 0
    sound = {line["name"]: line for line in prov("doctor", "--json", desk=scene).lines}
    assert sound["desk"]["ok"] is True
    assert sound["people"]["ok"] is True
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    without = prov("doctor", "--json", desk=scene)
    assert without.code == 0
    assert {line["name"] for line in without.lines if not line["ok"]} >= {"openssl", "ssh-keygen"}
    assert prov("doctor", "--desk", tmp_path / "absent").code == 4
    (scene.keys / "log.key").unlink()
    broken = prov("doctor", desk=scene)
    assert broken.code == 4
    assert "log.key" in broken.out


def test_doctor_of_one_person(prov: Prov, tmp_path: Path) -> None:
    """A desk with one key works, and the doctor says that nobody can countersign."""
    assert prov("init", tmp_path / "d", "--name", "Ann", "--no-passphrase").code == 0
    ran = prov("doctor", "--json", "--desk", tmp_path / "d")
    assert ran.code == 0
    people = next(line for line in ran.lines if line["name"] == "people")
    assert people["ok"] is False


def test_a_stored_card_is_shown_without_a_new_entry(prov: Prov, scene: Scene) -> None:
    """Contradictions and open questions always, the whole card when asked for; no entry comes."""
    path = scene.write("invoice.pdf.exe", zip_bytes({"a.txt": b"a"}))
    assert prov("ingest", path, "--no-unpack", desk=scene, key=AMAL).code == 0
    before = prov("custody", "log", "2026-0001", "--json", desk=scene).out
    plain = prov("show", "2026-0001", desk=scene).out
    assert "open       whether any of the files inside is signed" in plain
    assert "but        The name says .exe" in plain
    assert "detectors" not in plain
    cards = prov("show", "2026-0001", "--cards", desk=scene).out
    assert cards.startswith(plain.rstrip())
    assert "detectors" in cards
    assert "note       1 file inside was not looked into" in cards
    (copy,) = json.loads(prov("show", "2026-0001", "--json", desk=scene).out)["exemplars"]
    assert copy["open"] == ["whether any of the files inside is signed"]
    assert "examination" not in copy
    told = json.loads(prov("show", "2026-0001", "--cards", "--json", desk=scene).out)
    assert told["exemplars"][0]["examination"]["headline"] == copy["signature"]
    assert prov("custody", "log", "2026-0001", "--json", desk=scene).out == before
