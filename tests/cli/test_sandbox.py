"""What the command line says of missing walls and of examinations that did not end well."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from provenance.examine import runner
from provenance.examine.endings import ENDINGS
from provenance.examine.walls import WALLS
from provenance_cli.sandbox import MOST, workers
from tests.cli.conftest import Prov
from tests.desk.scene import LETTER, Scene
from tests.hostile.forge import saved_incrementally
from tests.signatures.pdf.letters import Letter


def test_the_doctor_has_a_line_for_each_wall(prov: Prov) -> None:
    """Each wall is told with what it holds, or with what its absence means."""
    lines = {str(line["name"]): line for line in prov("doctor", "--json").lines}
    names = [f"wall-{wall.name}" for wall in WALLS]
    assert [name for name in lines if name.startswith("wall-")] == names
    for wall in WALLS:
        line = lines[f"wall-{wall.name}"]
        assert line["detail"] == (wall.holds if line["ok"] else wall.missing)
    assert "wall by wall" in str(lines["sandbox"]["detail"])


def test_the_doctor_tells_what_an_older_kernel_lacks(
    prov: Prov, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Landlock three lines say no, and the sandbox is not full."""
    less = runner.JailLevel(
        level="partial (rlimits+no-new-privs+no-capabilities+seccomp)",
        walls=("rlimits", "no-new-privs", "no-capabilities", "seccomp"),
    )
    monkeypatch.setattr(runner, "jail_level", lambda: less)
    ran = prov("doctor", "--json")
    assert ran.code == 0
    bad = {str(line["name"]) for line in ran.lines if not line["ok"]}
    assert {name for name in bad if name.startswith("wall-")} == {
        "wall-files",
        "wall-tcp",
        "wall-signals",
        "wall-network",
    }
    assert "wall-files" in prov("doctor").out


def test_fewer_walls_are_warned_of_once(
    prov: Prov, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`prov ingest` and `prov examine` never degrade silently, and say it once for many files."""
    monkeypatch.setattr(runner, "Runner", partial(runner.Runner, landlock=False))
    for number in range(3):
        scene.write(f"{number}.pdf", LETTER.read_bytes() + b"\n" * number)
    ran = prov("ingest", scene.inbox, desk=scene, key="amal-haddad")
    assert ran.code == 0
    assert ran.err.count("partial") == 1
    assert "prov doctor" in ran.err


def test_fewer_walls_are_warned_of_when_states_are_recovered(
    prov: Prov, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`prov recover` examines too, and does not degrade silently either."""
    later = saved_incrementally(Letter().body().render(), b"BT /F1 11 Tf 72 600 Td (More) Tj ET")
    scene.write("letter.pdf", later)
    assert prov("ingest", scene.inbox, desk=scene, key="amal-haddad").code == 0
    (item,) = [str(line["accession"]) for line in prov("list", "--json", desk=scene).lines]
    monkeypatch.setattr(runner, "Runner", partial(runner.Runner, landlock=False))
    ran = prov("recover", item, desk=scene, key="amal-haddad")
    assert ran.code == 0
    assert ran.err.count("partial") == 1


def test_an_ending_is_told_in_words(
    prov: Prov, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card of a file whose parser crashed has the code, the sentence, and ERROR."""
    crashing = partial(runner.Runner, job="tests.examine.probes:crash")
    monkeypatch.setattr(runner, "Runner", crashing)
    path = tmp_path / "letter.pdf"
    path.write_bytes(LETTER.read_bytes())
    ran = prov("inspect", path)
    assert ran.code == 3
    said = " ".join(ran.out.split())
    assert "crashed-signal-11" in said
    assert ENDINGS["crashed-signal"] in said
    assert "ERROR" in said
    assert "UNSIGNED" not in said


def test_a_locked_document_is_told_in_words(prov: Prov, tmp_path: Path) -> None:
    """A PDF that wants a password is no mystery."""
    path = tmp_path / "locked.pdf"
    path.write_bytes(_locked())
    said = " ".join(prov("inspect", path).out.split())
    assert ENDINGS["password-required"] in said
    assert ENDINGS["engine-failed"] not in said
    assert "ERROR" in said


def _locked() -> bytes:
    """A letter that wants a password before it shows anything."""
    from io import BytesIO  # noqa: PLC0415 - only here

    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 - same
    from pyhanko.pdf_utils.writer import copy_into_new_writer  # noqa: PLC0415 - same

    writer: Any = copy_into_new_writer(PdfFileReader(BytesIO(LETTER.read_bytes())))
    writer.encrypt("owner", "user")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_workers_are_as_many_as_cores() -> None:
    """At least one, and never so many that memory runs out."""
    assert 1 <= workers() <= MOST
