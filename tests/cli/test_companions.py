"""`prov inspect` finds a document's signatures, and a signature's document, in the same folder."""

import json
from pathlib import Path

import pytest

from provenance.signatures.pairing import ENDINGS, MAX_COMPANIONS
from tests.cli.conftest import Prov
from tests.signatures.cms.world import World, sign_cms
from tests.signatures.detached.maker import Numbered, SshParty

LETTER = b"Dear Sir,\n\nwe shall be repositioning forces.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A letter, its SSH signature, and the signature of something else."""
    party = SshParty()
    (tmp_path / "letter.txt").write_bytes(LETTER)
    (tmp_path / "letter.txt.sig").write_bytes(party.sign(LETTER))
    (tmp_path / "other.txt.sig").write_bytes(party.sign(b"other"))
    return tmp_path


def test_both_sides_are_found_and_it_is_said(prov: Prov, folder: Path) -> None:
    """The document brings its signature, the signature its document; one line says which."""
    for name, other in (("letter.txt", "letter.txt.sig"), ("letter.txt.sig", "letter.txt")):
        ran = prov("inspect", folder / name)
        assert ran.code == 0, ran.out
        assert "INTACT UNKNOWN SIGNER" in ran.out
        (said,) = ran.err.splitlines()
        assert said.startswith(f"prov: {name}: looked at together with {other} (")


def test_without_its_document_it_says_what_to_do(prov: Prov, folder: Path) -> None:
    """Exit code 3, and the option that helps."""
    ran = prov("inspect", folder / "other.txt.sig")
    assert ran.code == 3
    assert "--signed DOCUMENT" in ran.out.replace("\n             ", " ")


def test_a_document_named_by_hand(prov: Prov, folder: Path) -> None:
    """`--signed` goes before names; the card ends with the whole command."""
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "renamed").write_bytes(b"other")
    ran = prov("inspect", folder / "other.txt.sig", "--signed", elsewhere / "renamed")
    assert ran.code == 0
    assert "as you say" in ran.err
    assert "brought together by hand" in " ".join(ran.out.split())
    again = next(line for line in ran.out.splitlines() if line.strip().startswith("again"))
    assert "--signed" in ran.out[ran.out.index(again) :]
    told = prov("inspect", folder / "other.txt.sig", "--signed", elsewhere / "renamed", "--json")
    value = json.loads(told.out)
    (other,) = value["beside"]
    assert (other["role"], other["how"]) == ("signed", "hand")
    (status,) = value["signatures"]["statuses"]
    assert status["reproduce_command"] == "prov inspect FILE --signed DOCUMENT"
    assert "renamed" not in told.out
    wrong = prov("inspect", folder / "letter.txt.sig", "--signed", elsewhere / "renamed")
    assert wrong.code == 1
    assert "BROKEN" in wrong.out


def test_the_json_names_the_other_file_by_digest_alone(prov: Prov, folder: Path) -> None:
    """Nothing but JSON on standard output, and no file name in it."""
    ran = prov("inspect", "--json", folder / "letter.txt")
    value = json.loads(ran.out)
    assert [(one["role"], one["how"]) for one in value["beside"]] == [("signature", "name")]
    assert {one["reproduce_command"] for one in value["signatures"]["statuses"]} == {
        "prov inspect FILE"
    }
    assert "letter.txt" not in ran.out
    assert "letter.txt.sig" in ran.err


def test_signed_wants_one_file(prov: Prov, folder: Path) -> None:
    """One document for several signatures, or one that is not there, is a wrong call."""
    one, two = folder / "letter.txt.sig", folder / "other.txt.sig"
    assert prov("inspect", one, two, "--signed", folder / "letter.txt").code == 2
    itself = prov("inspect", one, "--signed", one)
    assert (itself.code, "another file" in itself.err) == (2, True)
    assert prov("inspect", one, "--signed", folder / "absent").code == 2


def test_links_and_folders_are_no_companions(prov: Prov, folder: Path) -> None:
    """A link could lead anywhere; a folder is no signature."""
    (folder / "letter.txt.sig").rename(folder / "elsewhere")
    (folder / "letter.txt.sig").symlink_to(folder / "elsewhere")
    (folder / "letter.txt.asc").mkdir()
    ran = prov("inspect", folder / "letter.txt")
    assert (ran.code, ran.err) == (0, "")
    assert "UNSIGNED" in ran.out


def test_a_hostile_name_beside_it_is_harmless(prov: Prov, folder: Path) -> None:
    """A companion's name is shown with control characters made visible."""
    document = folder / "a\x1b[31m\u202e.txt"
    document.write_bytes(LETTER)
    (folder / (document.name + ".minisig")).write_bytes(Numbered().minisign(LETTER))
    ran = prov("inspect", document)
    assert "\x1b" not in ran.out + ran.err
    assert "\u202e" not in ran.out + ran.err
    assert "looked at together with" in ran.err


def test_a_signature_that_states_its_document_finds_it_under_any_name(
    prov: Prov, tmp_path: Path
) -> None:
    """A CMS signature names the digest: the renamed letter beside it is found by that."""
    (tmp_path / "renamed.bin").write_bytes(LETTER)
    (tmp_path / "x.bin").write_bytes(b"another")
    container = sign_cms(LETTER, World().ann, detached=True)
    (tmp_path / "signature.p7s").write_bytes(container)
    ran = prov("inspect", tmp_path / "signature.p7s")
    assert "renamed.bin (what it may be a signature of, by its digest)" in ran.err
    assert (ran.code, "INTACT UNKNOWN SIGNER" in ran.out) == (0, True)


def test_a_signature_cannot_be_crowded_out_unseen(prov: Prov, folder: Path) -> None:
    """Of more files than are looked at beside one, the rest is told; a named one goes first."""
    for ending in ENDINGS:
        path = folder / f"letter.txt{ending}"
        path.write_bytes(b"junk" if not path.exists() else path.read_bytes())
    ran = prov("inspect", folder / "letter.txt", "--json")
    told = json.loads(ran.out)
    assert len(told["beside"]) == MAX_COMPANIONS
    left = len(ENDINGS) - MAX_COMPANIONS
    assert any(one.endswith(f": {left}") for one in told["signatures"]["not_determined"])
    (folder / "it").write_bytes(b"x")
    by_hand = prov("inspect", folder / "letter.txt", "--signed", folder / "it", "--json")
    assert json.loads(by_hand.out)["beside"][0]["how"] == "hand"
