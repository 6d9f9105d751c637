"""Making a desk: once, whole, and completed after a kill at any step; who may sign on it."""

import os
from pathlib import Path

import pytest

from provenance.acts.receiving import IngestOptions
from provenance.errors import (
    DeskCorrupt,
    KeyUnavailable,
    PassphraseWrong,
    Refused,
    StoreFault,
    UsageError,
)
from provenance.ledger.keyfile import new_key
from provenance_store import opening
from provenance_store.key_files import (
    find_key,
    load_log_key,
    load_signer,
    make_custodian_key,
    write_secret,
)
from provenance_store.opening import create_desk, open_desk
from tests.desk.scene import AMAL, JOAN, PEOPLE, Scene

STEPS = (
    "prepare_desk_folder",
    "make_key_folder",
    "FileSubjectKeys",
    "make_custodian_key",
    "_open_database",
    "create_schema",
    "finish_desk_folder",
    "genesis_record",
)


class Killed(BaseException):
    """Stands for a process that ends at this very point."""


def never(_name: str) -> bytes:
    raise AssertionError("nobody is to be asked")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_a_killed_creation_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    """A creation that ends before or after any step is completed by the same command."""
    real = getattr(opening, step)

    def killed(*args: object, **kwargs: object) -> object:
        if after:
            real(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        if step == "FileSubjectKeys":
            create = real.create

            def killed_create(folder: Path) -> None:
                if after:
                    create(folder).close()
                raise Killed

            patch.setattr(real, "create", killed_create)
        else:
            patch.setattr(opening, step, killed)
        with pytest.raises(Killed):
            create_desk(tmp_path / "d", admin="Ann", passphrase=None)
    create_desk(tmp_path / "d", admin="Ann", passphrase=None)
    with open_desk(tmp_path / "d") as desk:
        assert desk.parts.ledger.size() == 1
        assert list(desk.keepers().names.values()) == ["Ann"]
        found = desk.audit()
        assert found.evidence_holds
        assert found.log_holds


def killed_now() -> None:
    raise Killed


def test_a_desk_is_made_once(scene: Scene) -> None:
    """Making a desk over a desk, or with another desk's keys, is refused and changes nothing."""
    before = {path: path.read_bytes() for path in scene.base.rglob("*") if path.is_file()}
    with pytest.raises(Refused):
        create_desk(scene.desk, admin="Ann", passphrase=None, keys=scene.keys)
    with pytest.raises(Refused):
        create_desk(scene.base / "other", admin="Ann", passphrase=None, keys=scene.keys)
    after = {path: path.read_bytes() for path in before}
    assert before == after


def test_a_desk_without_its_first_entry_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A desk whose creation was not completed takes no record: entry 0 is the genesis."""
    with monkeypatch.context() as patch:
        patch.setattr(opening, "genesis_record", lambda *_args, **_kwargs: killed_now())
        with pytest.raises(Killed):
            create_desk(tmp_path / "d", admin="Ann", passphrase=None)
    (tmp_path / "x.txt").write_bytes(b"x")
    signer = new_key(os.urandom)
    with open_desk(tmp_path / "d", signer=signer) as desk:
        with pytest.raises((DeskCorrupt, Refused)):
            desk.ingest([tmp_path / "x.txt"], IngestOptions())
        assert desk.parts.ledger.size() == 0


def test_a_key_that_is_not_enrolled_signs_nothing(scene: Scene) -> None:
    """A record by a key that was never enrolled is refused: it would spoil every later audit."""
    stranger = make_custodian_key(scene.keys, "stranger", None, os.urandom)
    path = scene.write("a.txt", b"a")
    with open_desk(scene.desk, signer=stranger) as desk:
        size = desk.parts.ledger.size()
        with pytest.raises(Refused, match="enrol"):
            desk.ingest([path], IngestOptions())
        assert desk.parts.ledger.size() == size
        assert desk.audit().log_holds


def test_only_admins_enrol_and_names_come_once(scene: Scene) -> None:
    """An editor enrols nobody; one name is enrolled once, and one key once."""
    key = make_custodian_key(scene.keys, "new", None, os.urandom)
    with scene.open(JOAN) as desk, pytest.raises(Refused, match="admin"):
        desk.enrol(key, role="custodian", name="New Person")
    with scene.open(AMAL) as desk:
        with pytest.raises(Refused, match="enrolled as"):
            desk.enrol(key, role="custodian", name=PEOPLE[JOAN])
        with pytest.raises(Refused, match="once"):
            desk.enrol(scene.signer(JOAN), role="custodian", name="New Person")
        with pytest.raises(UsageError):
            desk.enrol(key, role="king", name="New Person")
        desk.enrol(key, role="custodian", name="New Person")
        assert desk.keepers().by_name("New Person").role == "custodian"


def test_acts_without_a_key_are_refused(scene: Scene) -> None:
    """A desk opened for looking signs nothing and says that a key is needed."""
    with scene.open() as desk, pytest.raises(KeyUnavailable, match="key"):
        desk.ingest([scene.write("a", b"a")], IngestOptions())


def test_the_key_folder_is_for_its_owner_only(scene: Scene) -> None:
    """Keys are 0600 in folders of 0700."""
    assert scene.keys.stat().st_mode & 0o777 == 0o700
    for path in scene.keys.rglob("*"):
        expected = 0o700 if path.is_dir() else 0o600
        if path.name != "latch.lock":
            assert path.stat().st_mode & 0o777 == expected, path


def test_a_secret_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill while a key is written leaves no half key; an existing one is never overwritten."""
    path = tmp_path / "some.key"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda _descriptor: killed_now())
        with pytest.raises(Killed):
            write_secret(path, b"0123456789")
    assert not path.exists()
    write_secret(path, b"first")
    with pytest.raises(Refused):
        write_secret(path, b"second")
    assert path.read_bytes() == b"first"
    assert [each.name for each in tmp_path.iterdir()] == ["some.key"]


def test_a_secret_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    """A key in a folder that is not there is a StoreFault, not a builtin error."""
    with pytest.raises(StoreFault):
        write_secret(tmp_path / "absent" / "some.key", b"x")


@pytest.mark.parametrize("content", [b"", b"not a key\n", b"-----BEGIN OPENSSH PRIVATE KEY-----\n"])
def test_damaged_keys_are_broken_surroundings(scene: Scene, content: bytes) -> None:
    """A damaged log key or custodian's key is an unavailable key, named, never a failed check."""
    for path in (scene.keys / "log.key", scene.keys / "custodians" / f"{JOAN}.key"):
        path.chmod(0o600)
        path.write_bytes(content)
    with pytest.raises(KeyUnavailable, match=r"log\.key"):
        load_log_key(scene.keys)
    with pytest.raises(KeyUnavailable, match=r"joan\.key"):
        load_signer(scene.keys, JOAN, passphrase=None, ask=never)


def test_a_short_mark_key_is_broken_surroundings(scene: Scene) -> None:
    """A mark key of another length is an unavailable key: its marks would match nothing."""
    path = scene.keys / "mark.key"
    path.write_bytes(b"short")
    with pytest.raises(KeyUnavailable, match=r"mark\.key"):
        scene.open()


def test_passphrases(tmp_path: Path) -> None:
    """A sealed key opens with its passphrase only; the asked one counts where none was given."""
    (tmp_path / "custodians").mkdir()
    made = make_custodian_key(tmp_path, "ann", b"open sesame", os.urandom)
    given = load_signer(tmp_path, None, passphrase=b"open sesame", ask=never)
    asked = load_signer(tmp_path, "ann", passphrase=None, ask=lambda _name: b"open sesame")
    assert given.public_key.kid == asked.public_key.kid == made.public_key.kid
    with pytest.raises(PassphraseWrong, match=r"^ann\.key: "):
        load_signer(tmp_path, "ann", passphrase=b"open says me", ask=never)


def test_which_key_is_meant(scene: Scene) -> None:
    """A name finds its key, a path too; several without a name are told apart by nobody."""
    assert find_key(scene.keys, JOAN).stem == JOAN
    path = scene.keys / "custodians" / "kim.key"
    assert find_key(scene.keys, str(path)) == path
    with pytest.raises(UsageError, match="--key"):
        find_key(scene.keys, None)
    with pytest.raises(KeyUnavailable):
        find_key(scene.keys, "nobody")
    with pytest.raises(UsageError):
        find_key(scene.keys, "..")
