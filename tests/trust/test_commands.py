"""`prov trust` and `prov examine` as people type them."""

import base64
from pathlib import Path

import pytest

from tests.cli.conftest import Prov
from tests.desk.scene import AMAL, KIM, Scene
from tests.signatures.pdf.world import World
from tests.trust.world import pem

ADD = ("--purpose", "pdf", "--purpose", "tsa", "--reason", "their registry", "--key", AMAL)


@pytest.fixture
def letter(scene: Scene, signed: bytes, prov: Prov) -> str:
    """A signed letter, taken in; its accession number."""
    path = scene.write("letter.pdf", signed)
    done = prov("ingest", path, "--json", "--key", AMAL, desk=scene)
    return str(done.lines[0]["accession"])


def anchor(world: World, tmp_path: Path) -> Path:
    """The authority's certificate as a file."""
    path = tmp_path / "authority.der"
    path.write_bytes(world.authority.der)
    return path


def test_an_anchor_is_added_and_the_letter_judged_anew(
    scene: Scene, letter: str, prov: Prov, world: World, tmp_path: Path
) -> None:
    """The headline moves in the same command; list, show and the earlier version tell it."""
    done = prov("trust", "add", anchor(world, tmp_path), *ADD, desk=scene)
    assert done.code == 0
    assert f"{letter}: was INTACT_UNKNOWN_SIGNER, is VERIFIED" in done.out
    assert "Test Authority" in prov("trust", "list", desk=scene).out
    (version,) = prov("trust", "show", "--json", desk=scene).lines
    assert version["reason"] == "their registry"
    before = prov("trust", "list", "--version", version["before"], "--json", desk=scene)
    assert before.lines == []


def test_a_private_key_is_named_and_never_echoed(scene: Scene, prov: Prov, tmp_path: Path) -> None:
    """In `add` and in `add-dkim`: what kind it is, plainly, and not a word of what is in it."""
    secret = tmp_path / "key"
    secret.write_text(
        "-----BEGIN RSA PRIVATE KEY-----\nSECRETWORDS\n-----END RSA PRIVATE KEY-----\n"
    )
    minisign = tmp_path / "minisign.key"
    line = base64.b64encode(b"EdScB2" + bytes(152)).decode()
    minisign.write_text(f"untrusted comment: minisign encrypted secret key\n{line}\n")
    by = ("--reason", "x", "--key", AMAL)
    for ran, kind in (
        (prov("trust", "add", secret, *by, desk=scene), "a private key (PEM)"),
        (prov("trust", "add", minisign, "--person", "Ann", *by, desk=scene), "a minisign secret"),
        (
            prov("trust", "add-dkim", "example.org", "s", "--record", secret, *by, desk=scene),
            "a private key (PEM)",
        ),
    ):
        said = " ".join(f"{ran.out} {ran.err}".split())
        assert ran.code != 0
        assert kind in said
        assert "SECRETWORDS" not in said
        assert line[:20] not in said
    assert prov("trust", "list", desk=scene).out == ""


def test_judging_can_wait(
    scene: Scene, letter: str, prov: Prov, world: World, tmp_path: Path
) -> None:
    """With --no-examine the copies are counted, and `prov examine --stale` moves them."""
    done = prov("trust", "add", anchor(world, tmp_path), *ADD, "--no-examine", desk=scene)
    assert "1 signed copies were judged under another set" in done.err
    moved = prov("examine", "--stale", "--json", "--key", AMAL, desk=scene).lines
    assert moved == [{"item": letter, "before": "INTACT_UNKNOWN_SIGNER", "after": "VERIFIED"}]
    assert "0 copies" in prov("examine", "--stale", "--key", AMAL, desk=scene).err


@pytest.mark.slow
def test_examining_again_tells_what_changed(
    scene: Scene, letter: str, prov: Prov, world: World, tmp_path: Path
) -> None:
    """The same again says so; another reference time is told, recorded, and in the command."""
    again = prov("examine", letter, "--key", AMAL, desk=scene)
    assert "The same as before" in again.out
    assert f"prov examine {letter}" in again.out
    prov("trust", "add", anchor(world, tmp_path), *ADD, "--no-examine", desk=scene)
    trusted = prov("examine", letter, "--key", AMAL, desk=scene).out
    assert "The trust set was" in trusted
    assert "The headline was INTACT_UNKNOWN_SIGNER, is VERIFIED" in " ".join(trusted.split())
    late = prov("examine", letter, "--at", "2060-01-01T00:00:00Z", "--key", AMAL, desk=scene).out
    assert "Judged as of the moment of looking then, as of 2060-01-01T00:00:00Z" in " ".join(
        late.split()
    )
    assert "given by hand" in late


@pytest.mark.slow
def test_a_folder_goes_from_desk_to_desk(
    scene: Scene, prov: Prov, world: World, tmp_path: Path, signed: bytes
) -> None:
    """Export, import and `prov inspect --trust` agree; an export never overwrites."""
    prov("trust", "add", anchor(world, tmp_path), *ADD, desk=scene)
    folder = tmp_path / "trust"
    assert prov("trust", "export", folder, desk=scene).code == 0
    assert prov("trust", "export", folder, desk=scene).code == 2
    path = scene.write("other.pdf", signed)
    found = prov("inspect", path, "--trust", folder, "--json").lines[0]
    assert found["headline"] == "VERIFIED"
    assert f"--trust {folder}" in " ".join(prov("inspect", path, "--trust", folder).out.split())
    back = ("trust", "import", folder, "--reason", "again", "--key", AMAL)
    assert "changes nothing" in prov(*back, desk=scene).err


def test_a_mail_key_is_archived_with_its_window(scene: Scene, prov: Prov, tmp_path: Path) -> None:
    """A zone file's quoted strings are joined; a window that ends before it begins is refused."""
    record = tmp_path / "record.txt"
    record.write_text('"v=DKIM1; k=rsa; " "p=AAAA"\n', encoding="utf-8")
    words = ("trust", "add-dkim", "example.org", "s1", "--record", record, "--reason", "archive")
    window = ("--first-seen", "2019-01-01T00:00:00Z", "--last-seen")
    early = prov(*words, *window, "2018-01-01T00:00:00Z", "--key", AMAL, desk=scene)
    assert (early.code, "before" in early.err) == (2, True)
    assert prov(*words, *window, "2021-01-01T00:00:00Z", "--key", AMAL, desk=scene).code == 0
    assert "s1._domainkey.example.org" in prov("trust", "list", desk=scene).out
    record.write_text("not a key", encoding="utf-8")
    assert prov(*words, "--key", AMAL, desk=scene).code != 0


@pytest.mark.slow
def test_a_compromised_key_revokes_what_it_signed(
    scene: Scene, letter: str, prov: Prov, world: World, tmp_path: Path
) -> None:
    """After the key is marked the letter reads REVOKED; dropping the mark brings it back."""
    prov("trust", "add", anchor(world, tmp_path), *ADD, desk=scene)
    leaf = tmp_path / "ann.der"
    leaf.write_bytes(world.signer.der)
    reason = ("--reason", "stolen laptop", "--key", AMAL)
    marked = prov("trust", "mark-compromised", leaf, *reason, desk=scene)
    assert f"{letter}: was VERIFIED, is REVOKED" in marked.out
    dropped = prov("trust", "drop", "compromised:", *reason, desk=scene)
    assert f"{letter}: was REVOKED, is VERIFIED" in dropped.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "{pem}", "--reason", "r"), "--purpose"),
        (("add", "{pem}", "--purpose", "truth", "--reason", "r"), "--purpose is one of"),
        (("add", "{nothing}", "--purpose", "pdf", "--reason", "r"), "no such file"),
        (("drop", "anchor:", "--reason", "r"), "nothing in the trust set"),
        (("import", "{nothing}", "--reason", "r"), "no such folder"),
        (("mark-compromised", "{pem}", "--reason", ""), "reason"),
    ],
)
def test_slips_of_the_pen_are_one_line(
    scene: Scene, prov: Prov, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    """A wrong word ends with one clear line and records nothing."""
    path = tmp_path / "a.pem"
    path.write_bytes(pem())
    filled = [one.format(pem=path, nothing=tmp_path / "nothing") for one in words]
    ended = prov("trust", *filled, "--key", AMAL, desk=scene)
    assert ended.code != 0
    assert says in ended.err
    assert prov("trust", "show", "--json", desk=scene).lines == []


def test_a_custodian_is_told_who_may(
    scene: Scene, prov: Prov, world: World, tmp_path: Path
) -> None:
    """The refusal names the role that changes trust."""
    words = [KIM if one == AMAL else one for one in ADD]
    ended = prov("trust", "add", anchor(world, tmp_path), *words, desk=scene)
    assert "takes an admin" in ended.err
