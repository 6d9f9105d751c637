"""A trust folder: what is written is read, and nothing that is not understood is passed over."""

import base64
import dataclasses
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import DeskError, Malformed, UsageError
from provenance.trust.folder import CONTENTS, read_folder, write_folder
from provenance.trust.members import difference, members
from provenance.trust.model import DkimKey, DkimSource, Purpose, TrustSet
from provenance.trust.recognise import Particulars, recognise
from provenance_store import durable, trust_folder
from tests.trust.world import crl, der, full_set, pem, pgp_key, pgp_secret


def test_what_is_written_is_read() -> None:
    """One of everything survives the way to files and back, and so does the empty set."""
    assert read_folder(write_folder(full_set())) == full_set()
    assert read_folder(write_folder(TrustSet())) == TrustSet()


@given(st.text(max_size=80), st.text(max_size=80))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_text_survives_or_is_refused(record: str, evidence: str) -> None:
    """Quotes, escapes and controls in a record come back as they were, or are refused aloud."""
    key = DkimKey(
        domain="example.org",
        selector="s",
        record=record,
        source=DkimSource.MANUAL,
        evidence=evidence,
    )
    trust = TrustSet(dkim_keys=(key,))
    try:
        files = write_folder(trust)
        read = read_folder(files)
    except (Malformed, UnicodeEncodeError):
        return
    assert read == trust


def test_pem_and_armour_are_taken_as_people_have_them() -> None:
    """A PEM certificate and an armoured key in the folder make the same set as binary ones."""
    files = write_folder(full_set())
    name = next(one for one in files if one.startswith("anchors/") and files[one] == der())
    files[name] = pem()
    assert read_folder(files) == full_set()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("version = 1", "version = 2"), "version"),
        (lambda text: text.replace("[[anchor]]", "[[anker]]", 1), "only"),
        (lambda text: text.replace('source = "post"', 'sauce = "post"'), "anchor"),
        (lambda text: text.replace("anchors/", "anchors/../", 1), "not in the folder"),
        (lambda text: text.replace("2020-01-01T00:00:00Z", "2020-01-01T00:00:00", 1), "offset"),
        (lambda text: text.replace('"tsa"', '"truth"', 1), "anchor"),
        (lambda text: text + "\nx = ", CONTENTS),
        (lambda text: text.replace("version = 1", "version = true"), "version"),
        (lambda text: text.replace("version = 1", "version = 1.0"), "version"),
        (lambda text: text.replace("purposes", "# purposes", 1), "purposes"),
        (lambda text: text.replace("ab" * 32, "ab" * 31), "compromised"),
        (lambda text: text.replace("ab" * 32, ":".join(["ab"] * 32)), "compromised"),
        (lambda text: text + "\na=" + "[" * 20_000, CONTENTS),
    ],
)
def test_what_is_not_understood_is_refused(change: object, says: str) -> None:
    """Another version, an unknown key, a path outside, a zoneless time: the whole folder is out."""
    files = write_folder(full_set())
    files[CONTENTS] = change(files[CONTENTS].decode()).encode()  # type: ignore[operator] # a function
    with pytest.raises(Malformed, match=says):
        read_folder(files)


def test_a_file_that_nobody_names_is_refused() -> None:
    """A certificate dropped into the folder without a word does not sit there without effect."""
    files = write_folder(full_set()) | {"anchors/dropped.pem": pem("Dropped")}
    with pytest.raises(Malformed, match="what this file is for"):
        read_folder(files)


def test_another_fingerprint_is_refused() -> None:
    """The contents page cannot say that somebody's key is another one."""
    files = write_folder(full_set())
    text = files[CONTENTS].decode()
    (pin,) = full_set().pgp
    files[CONTENTS] = text.replace(
        f'fingerprint = "{pin.fingerprint}"', 'fingerprint = "0"'
    ).encode()
    with pytest.raises(Malformed, match="another fingerprint"):
        read_folder(files)


@given(st.binary(max_size=400))
def test_recognising_is_total(data: bytes) -> None:
    """Any bytes are something known or are refused in the project's own words."""
    for prefix in (b"", b"-----BEGIN CERTIFICATE-----\n", b"\x30\x82", b"\xc6", b"ssh-ed25519 "):
        try:
            recognise(prefix + data, Particulars(purposes=(Purpose.PDF,), person="Ada"))
        except DeskError:
            continue


def test_private_keys_are_refused_without_an_echo() -> None:
    """A private key is neither kept nor quoted, in whatever wrapping it comes."""
    secret = (
        bytes(pgp_secret()) if hasattr(pgp_secret(), "__bytes__") else str(pgp_secret()).encode()
    )
    for data in (secret, b"-----BEGIN OPENSSH PRIVATE KEY-----\nSECRETSECRET\n"):
        with pytest.raises(Malformed, match="private key") as caught:
            recognise(data, Particulars(person="Ada"))
        assert "SECRET" not in str(caught.value)


def test_nothing_is_guessed() -> None:
    """An anchor without a purpose and a pin without a person are refused; a list needs neither."""
    with pytest.raises(UsageError, match="--purpose"):
        recognise(pem(), Particulars())
    with pytest.raises(UsageError, match="--person"):
        recognise(pgp_key(), Particulars())
    assert recognise(crl(), Particulars()).crls == (crl(),)


def test_plain_public_keys_are_told_apart() -> None:
    """SSH, minisign and signify keys are recognised by their form and comment."""
    ada = Particulars(person="Ada", how="by telephone")
    line = base64.b64encode(b"Ed" + bytes(40)).decode()
    mini = recognise(f"untrusted comment: minisign public key 00\n{line}\n".encode(), ada)
    openbsd = recognise(f"untrusted comment: signify public key\n{line}\n".encode(), ada)
    ssh = recognise(b'ada@example.org namespaces="file" ssh-ed25519 AAAAC3 ada\n', ada)
    assert [one.keys[0].kind.value for one in (mini, openbsd, ssh)] == [
        "minisign",
        "signify",
        "ssh",
    ]
    assert ssh.keys[0].key == "ssh-ed25519 AAAAC3"


def test_every_ssh_key_that_can_be_checked_can_be_pinned() -> None:
    """A line left out for its type would be a person whose signatures stay unknown."""
    kinds = (
        "ssh-ed25519",
        "sk-ssh-ed25519@openssh.com",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ecdsa-sha2-nistp256@openssh.com",
        "ssh-rsa",
    )
    lines = "".join(f"ada@example.org {kind} AAAA{number}\n" for number, kind in enumerate(kinds))
    found = recognise(lines.encode(), Particulars(person="Ada")).keys
    assert {one.key for one in found} == {f"{kind} AAAA{n}" for n, kind in enumerate(kinds)}


def test_a_difference_names_what_came_and_what_went() -> None:
    """Every member has an id of its own, and a change of particulars is one gone and one come."""
    trust = full_set()
    assert len({one.id for one in members(trust)}) == len(list(members(trust))) == 9
    (first, *rest) = trust.anchors
    other = dataclasses.replace(trust, anchors=(dataclasses.replace(first, source="x"), *rest))
    came, went = difference(trust, other)
    assert [one.id for one in came] == [one.id for one in went]
    assert difference(trust, trust) == ((), ())


def test_a_compromised_key_is_found_however_it_is_spelt() -> None:
    """Upper case is the same key; what is no digest would mark nothing, and is refused."""
    assert TrustSet(compromised_spki=("AB" * 32, "ab" * 32)).compromised_spki == ("ab" * 32,)
    for wrong in ("", "ab", "ab" * 33, "zz" * 32, "ab" * 32 + "\n"):
        with pytest.raises(Malformed, match="compromised"):
            TrustSet(compromised_spki=(wrong,))


def test_a_pipe_in_the_folder_is_refused(tmp_path: Path) -> None:
    """Nothing but files and folders: a pipe would be waited on for ever, or passed over."""
    (tmp_path / CONTENTS).write_text("version = 1\n")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Malformed, match="neither a file nor a folder"):
        trust_folder.read_trust_folder(tmp_path)


def test_a_folder_has_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All files together are limited, not each alone."""
    monkeypatch.setattr(trust_folder, "MAX_TOTAL", 100)
    (tmp_path / CONTENTS).write_text("version = 1\n" + "#" * 60 + "\n")
    trust_folder.read_trust_folder(tmp_path)
    (tmp_path / "anchors").mkdir()
    (tmp_path / "anchors" / "a.der").write_bytes(bytes(60))
    with pytest.raises(Malformed, match="more than 100 bytes"):
        trust_folder.read_trust_folder(tmp_path)


def test_every_byte_written_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a file is put on the disk, all of it is there to be put."""
    monkeypatch.setattr(durable, "_FULL_FSYNC", None)
    sizes: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda opened: sizes.append(os.fstat(opened).st_size))
    trust_folder.write_trust_folder(full_set(), tmp_path)
    assert sorted(sizes) == sorted(len(data) for data in write_folder(full_set()).values())
