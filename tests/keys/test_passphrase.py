"""Passphrases: changed in one step, asked for, and found nowhere afterwards."""

import os
import subprocess
from pathlib import Path

import pytest

from provenance.errors import KeyUnavailable, PassphraseWrong, UsageError
from provenance.ledger.keyfile import read_key_file
from provenance_store import durable
from provenance_store.key_files import make_custodian_key
from provenance_store.signers import change_passphrase, public_half, require_opens

OLD, NEW = b"correct horse", b"battery staple"


@pytest.fixture
def keys(tmp_path: Path, quick_keys: None) -> Path:
    """A key folder with one sealed key."""
    (tmp_path / "custodians").mkdir()
    make_custodian_key(tmp_path, "ann", OLD, os.urandom)
    return tmp_path


def _file(keys: Path) -> Path:
    return keys / "custodians" / "ann.key"


def test_the_new_one_opens_the_same_key(keys: Path) -> None:
    """The key stays; the old passphrase opens no more; the file is its owner's alone."""
    path, before = _file(keys), read_key_file(_file(keys).read_bytes(), OLD)
    change_passphrase(path, OLD, NEW)
    assert read_key_file(path.read_bytes(), NEW).seed == before.seed
    with pytest.raises(PassphraseWrong, match=f"^{path.name}: "):
        require_opens(path, OLD)
    assert path.stat().st_mode & 0o777 == 0o600
    change_passphrase(path, NEW, None)
    assert read_key_file(path.read_bytes(), None).seed == before.seed
    change_passphrase(path, None, OLD)
    assert public_half(keys, "ann") == before.public_key


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [(NEW, OLD, PassphraseWrong), (None, NEW, PassphraseWrong), (OLD, b"", UsageError)],
)
def test_a_refused_change_changes_nothing(
    keys: Path, old: bytes | None, new: bytes, fault: type[Exception]
) -> None:
    """A wrong old passphrase and an empty new one leave the file byte for byte as it was."""
    before = _file(keys).read_bytes()
    with pytest.raises(fault) as caught:
        change_passphrase(_file(keys), old, new)
    assert _file(keys).read_bytes() == before
    for secret in (OLD, NEW):
        assert secret.decode() not in str(caught.value)


def test_a_full_disk_leaves_the_old_file(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new file is whole before it takes the old one's place, and nothing half is left."""
    before = _file(keys).read_bytes()

    def full(_descriptor: int, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable, "write_all", full)
    with pytest.raises(Exception, match="could not be written"):
        change_passphrase(_file(keys), OLD, NEW)
    assert _file(keys).read_bytes() == before
    assert [path.name for path in _file(keys).parent.iterdir()] == ["ann.key"]


def test_the_public_half_needs_no_passphrase(keys: Path) -> None:
    """It is read from the sealed file as ssh-keygen reads it; a damaged file is unavailable."""
    whole = _file(keys).read_bytes()
    assert public_half(keys, "ann") == read_key_file(whole, OLD).public_key
    for damaged in (b"", whole[:100], whole.replace(b"b3Blbn", b"b3Blbm"), b"\xff" * 40):
        _file(keys).write_bytes(damaged)
        with pytest.raises(KeyUnavailable, match=r"ann\.key cannot be used"):
            public_half(keys, "ann")
        with pytest.raises(KeyUnavailable):
            require_opens(_file(keys), OLD)


def test_openssh_opens_the_new_file(keys: Path) -> None:
    """ssh-keygen reads the file with the new passphrase, where it is installed."""
    change_passphrase(_file(keys), OLD, NEW)
    try:
        done = subprocess.run(
            ["ssh-keygen", "-y", "-P", NEW.decode(), "-f", str(_file(keys))],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("needs OpenSSH's ssh-keygen")
    assert done.stdout.startswith(public_half(keys, "ann").ssh_text())
