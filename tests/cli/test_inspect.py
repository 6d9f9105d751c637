"""`prov inspect`: every kind of file a card, hostile names and contents harmless, exit codes."""

import importlib.util
import io
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image

from tests.cli.conftest import Prov
from tests.desk.scene import LETTER, ROOT
from tests.hostile.forge import saved_incrementally

C2PA = importlib.util.find_spec("c2pa") is not None


def _signing() -> ModuleType:
    """The parties and the signer of the signature tests."""
    spec = importlib.util.spec_from_file_location(
        "signing_world", ROOT / "tests" / "signatures" / "pdf" / "world.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["signing_world"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One file of each kind."""
    folder = tmp_path_factory.mktemp("samples")
    world = _signing()
    parties = world.make_world()
    signed = world.sign(LETTER.read_bytes(), parties.signer, authority=parties.authority)
    image = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(image, "PNG")
    changed = signed.replace(b"/Very", b"/Vary", 1)
    kinds = {
        "text.txt": b"a plain text\n",
        "image.png": image.getvalue(),
        "sound.ogg": b"OggS" + bytes(60),
        "unsigned.pdf": LETTER.read_bytes(),
        "signed.pdf": signed,
        "broken.pdf": b"%PDF-1.7\n" + b"\xff" * 2000,
        "changed.pdf": changed[:600] + bytes([changed[600] ^ 1]) + changed[601:],
        "empty": b"",
    }
    return {name: _written(folder / name, data) for name, data in kinds.items()}


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "code", "headline"),
    [
        ("text.txt", 0, "UNSIGNED"),
        ("sound.ogg", 3, "UNSUPPORTED"),
        ("image.png", 0, "UNSIGNED") if C2PA else ("image.png", 3, "UNSUPPORTED"),
        ("unsigned.pdf", 0, "EMPTY_SLOT"),
        ("signed.pdf", 0, ""),
        ("broken.pdf", 3, ""),
        ("changed.pdf", 1, "BROKEN"),
        ("empty", 3, ""),
    ],
)
def test_each_kind(
    prov: Prov, samples: dict[str, Path], name: str, code: int, headline: str
) -> None:
    """Each kind has its headline and exit code, on the card and as JSON alike."""
    path = samples[name]
    card = prov("inspect", path)
    assert card.code == code, card.out
    found = prov("inspect", "--json", path)
    assert found.code == code
    value = json.loads(found.out)
    said = str(value["headline"])
    assert not headline or said == headline
    if name == "signed.pdf":
        assert said not in {"UNSIGNED", "BROKEN", "ERROR"}
    assert said.replace("_", " ") in card.out
    assert "\x1b" not in card.out


def test_a_file_of_many_states(prov: Prov, tmp_path: Path) -> None:
    """The card prints the newest earlier states, how many are left out, and where they stand."""
    data = LETTER.read_bytes()
    for _ in range(8):
        data = saved_incrementally(data, b"BT ET")
    path = _written(tmp_path / "saved.pdf", data)
    listed = json.loads(prov("inspect", "--json", path).out)["facts"]["earlier"]
    card = " ".join(prov("inspect", path).out.split())
    assert len(listed) == 8
    shown = [one["sha256"] in card for one in listed]
    assert shown == [False] * 3 + [True] * 5
    assert "3 older states are not printed: --json lists every one under facts.earlier" in card


def test_several_files(prov: Prov, samples: dict[str, Path]) -> None:
    """One failed signature decides the exit code of several files; an unsupported kind does not."""
    unsigned, changed, sound = (samples[n] for n in ("unsigned.pdf", "changed.pdf", "sound.ogg"))
    ran = prov("inspect", "--json", unsigned, changed, sound)
    assert ran.code == 1
    assert len(ran.lines) == 3
    assert prov("inspect", unsigned, sound).code == 0
    assert prov("inspect", sound, sound).code == 3


def test_an_empty_file_holds_no_signature(prov: Prov, samples: dict[str, Path]) -> None:
    """Nobody is told that a file without a byte may be signed."""
    told = " ".join(prov("inspect", samples["empty"]).out.split())
    assert "The file is empty: there is nothing in it, so no signature either." in told
    assert "may or may not" not in told


def test_no_file(prov: Prov, samples: dict[str, Path], tmp_path: Path) -> None:
    """A folder or an absent file is a usage error, and does not stop the other files."""
    assert prov("inspect", tmp_path).code == 2
    ran = prov("inspect", tmp_path, samples["unsigned.pdf"], tmp_path / "absent", "--json")
    assert ran.code == 2
    assert len(ran.lines) == 1
    assert "not a file" in ran.err
    assert "no such file" in ran.err
    changed = prov("inspect", samples["changed.pdf"], tmp_path / "absent")
    assert (changed.code, "no such file" in changed.err) == (1, True)


HOSTILE = "a\nb\x1b[31m\u202efdp.exe\u2066\r\x07.txt"


def test_hostile_names(prov: Prov, tmp_path: Path) -> None:
    """A name with line ends, escape codes and direction marks is shown with them made visible."""
    path = _written(tmp_path / HOSTILE, b"x")
    ran = prov("inspect", path)
    for bad in ("\x1b", "\u202e", "\u2066", "\r", "\x07"):
        assert bad not in ran.out + ran.err
    assert "\\u{202e}" in ran.out
    absent = prov("inspect", tmp_path / (HOSTILE + "2"))
    assert absent.code == 2
    assert len(absent.err.splitlines()) == 1
    assert "\x1b" not in absent.err


def test_hostile_names_on_a_desk(prov: Prov, request: pytest.FixtureRequest) -> None:
    """The same name is harmless in every answer of a desk, and whole in JSON."""
    scene = request.getfixturevalue("scene")
    scene.write(HOSTILE, b"x")
    assert prov("ingest", scene.inbox, "--no-examine", desk=scene, key="amal-haddad").code == 0
    item = prov("list", "--json", desk=scene).lines[0]
    assert item["name"] == HOSTILE
    for words in (("list",), ("show", item["accession"]), ("custody", "log", item["accession"])):
        ran = prov(*words, desk=scene)
        assert ran.code == 0
        for bad in ("\x1b", "\u202e", "\u2066", "\r", "\x07"):
            assert bad not in ran.out, words


def test_a_claimed_day_is_held_against_the_file(prov: Prov, samples: dict[str, Path]) -> None:
    """What does not go with the day is told, and the day is in the command that repeats it."""
    ran = prov("inspect", samples["unsigned.pdf"], "--claims", "1973-08-18")
    assert "1973-08-18" in ran.out
    assert "--claims 1973-08-18" in " ".join(ran.out.split())
    found = prov("inspect", samples["unsigned.pdf"], "--claims", "1973-08-18", "--json").lines[0]
    assert found["claimed_date"] == "1973-08-18"
    assert prov("inspect", samples["unsigned.pdf"], "--claims", "yesterday").code == 2


def test_one_thing_is_not_said_in_the_plural(prov: Prov, tmp_path: Path) -> None:
    """A file of one byte is no "1 bytes"; what may be relied on is named where nothing was."""
    told = " ".join(prov("inspect", _written(tmp_path / "a.txt", b"x")).out.split())
    assert "text/plain, 1 byte " in told
    assert "1 bytes" not in told
    assert "nothing was relied on (inspect takes `--trust FOLDER`" in told
