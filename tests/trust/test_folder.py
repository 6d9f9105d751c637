"""A trust folder: what is written is read, and nothing that is not understood is passed over."""

import base64
import dataclasses
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import DeskError, Malformed, UsageError
from provenance.signatures.unread_pins import SSH_KINDS
from provenance.trust.folder import CONTENTS, read_folder, write_folder
from provenance.trust.members import difference, members
from provenance.trust.model import (
    DkimKey,
    DkimSource,
    KeyPin,
    PinKind,
    Purpose,
    TrustSet,
)
from provenance.trust.private_keys import private_key_in
from provenance.trust.recognise import Particulars, recognise
from provenance_store import durable, trust_folder
from tests.signatures.detached.maker import Numbered, SshParty
from tests.trust.world import BEGIN, authority, crl, der, full_set, pem, pgp_key, pgp_secret


def _secrets() -> dict[str, tuple[bytes, str]]:
    """Secret keys as their own programs write them, and what each is to be called."""
    curve, rsa_key = authority()[0], rsa.generate_private_key(public_exponent=65537, key_size=2048)
    ed, sealed = Ed25519PrivateKey.generate(), BestAvailableEncryption(b"x")
    mini = base64.b64encode(b"EdScB2" + bytes(152))
    openbsd = base64.b64encode(b"EdBK" + bytes(100))
    pkcs8, old = PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL
    ssh = ed.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    bundle = serialize_key_and_certificates(b"n", curve, authority()[1], None, sealed)
    return {
        "minisign": (
            b"untrusted comment: minisign encrypted secret key\n" + mini + b"\n",
            "a minisign secret key",
        ),
        "minisign, comment changed": (
            b"untrusted comment: my key\r\n" + mini,
            "a minisign secret key",
        ),
        "signify": (
            b"untrusted comment: signify secret key\n" + openbsd + b"\n",
            "a signify secret key",
        ),
        "openpgp": (bytes(pgp_secret()), "an OpenPGP private key"),
        "openpgp armor": (
            b"a note\n" * 900 + b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nSECRET\n",
            "an OpenPGP private key",
        ),
        "ssh": (ssh, "an SSH private key"),
        "putty": (b"PuTTY-User-Key-File-3: ssh-ed25519\nSECRET\n", "an SSH private key (PuTTY)"),
        "pem": (curve.private_bytes(Encoding.PEM, pkcs8, sealed), "a private key (PEM)"),
        "pem, old": (
            rsa_key.private_bytes(Encoding.PEM, old, NoEncryption()),
            "a private key (PEM)",
        ),
        "pkcs8": (ed.private_bytes(Encoding.DER, pkcs8, NoEncryption()), "a private key (PKCS #8)"),
        "pkcs8 sealed": (
            curve.private_bytes(Encoding.DER, pkcs8, sealed),
            "an encrypted private key (PKCS #8)",
        ),
        "pkcs1": (
            rsa_key.private_bytes(Encoding.DER, old, NoEncryption()),
            "an RSA private key (PKCS #1)",
        ),
        "sec1": (
            curve.private_bytes(Encoding.DER, old, NoEncryption()),
            "a private key on a curve (SEC 1)",
        ),
        "pkcs12": (bundle, "a PKCS #12 file, which holds a private key"),
    }


SECRETS = _secrets()


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


@pytest.mark.parametrize(("data", "kind"), SECRETS.values(), ids=SECRETS)
def test_a_secret_key_is_named_for_what_it_is(data: bytes, kind: str) -> None:
    """Whoever hands in the wrong half is told which, in plain words, and nothing of it is shown."""
    with pytest.raises(Malformed) as caught:
        recognise(data, Particulars(person="Ada", purposes=(Purpose.PDF,)))
    told = str(caught.value)
    assert f"this is {kind}, the half that must stay with its owner" in told
    assert "SECRET" not in told
    for line in data.splitlines():
        assert len(line) < 8 or line.decode("latin-1") not in told


def test_public_halves_are_not_called_private() -> None:
    """What may be handed in is no private key: certificates, lists, public keys of every kind."""
    public = authority()[0].public_key()
    forms = (PublicFormat.SubjectPublicKeyInfo,)
    for data in (
        der(),
        pem(),
        crl(),
        pgp_key(),
        Numbered().line().encode(),
        SshParty().line,
        *(public.public_bytes(Encoding.DER, one) for one in forms),
        b"",
    ):
        assert private_key_in(data) is None


def test_a_trust_folder_never_takes_a_secret_key_in() -> None:
    """The secret line written into trust.toml where the public one belongs refuses the folder."""
    line = base64.b64encode(b"Ed" + bytes(102)).decode()
    text = f'version = 1\n[[key]]\nkind = "signify"\nkey = "{line}"\nperson = "Ada"\n'
    with pytest.raises(Malformed, match="a signify secret key") as caught:
        read_folder({CONTENTS: text.encode()})
    assert line not in str(caught.value)


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
    line, key = Numbered().line(), SshParty().line
    mini = recognise(f"untrusted comment: minisign public key 00\n{line}\n".encode(), ada)
    openbsd = recognise(f"untrusted comment: signify public key\n{line}\n".encode(), ada)
    ssh = recognise(b'ada@example.org namespaces="file" ' + key + b" ada\n", ada)
    assert [one.keys[0].kind.value for one in (mini, openbsd, ssh)] == [
        "minisign",
        "signify",
        "ssh",
    ]
    assert ssh.keys[0].key == key.decode()


def test_what_a_line_of_allowed_signers_says_narrows_the_pin() -> None:
    """Namespaces and times of a line are kept: a key for git commits signs no documents."""
    line = (
        b'ada@example.org namespaces="git,notes",valid-after="20200106Z",'
        b'valid-before="20210106190400Z" ' + SshParty().line + b"\n"
    )
    (pin,) = recognise(b"# ours\n\n" + line, Particulars(person="Ada", valid_from=BEGIN)).keys
    assert pin.namespaces == ("git", "notes")
    assert (pin.valid_from, pin.valid_to) == (
        datetime(2020, 1, 6, tzinfo=UTC),
        datetime(2021, 1, 6, 19, 4, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("options", "key", "says"),
    [
        ("", b"ssh-ed25519 AAAAC3", "holds a key that cannot be read"),
        ("", b"ssh-ed25519 !!", "holds a key that cannot be read"),
        ("", b"ssh-ed25519", "names no kind"),
        ("", b"ssh-dss AAAAB3NzaC1kc3M=", "names no kind"),
        ("cert-authority ", None, "certificate authority"),
        ('cert-authority,namespaces="file" ', None, "certificate authority"),
        ("no-touch-required ", None, "an option that is not known"),
        ('namespaces="file" extra ', None, "names no kind"),
        ('namespaces="*" ', None, "wildcards"),
        ('valid-after="20200106" ', None, "a time that is not written"),
        ('valid-after="20201306Z" ', None, "a time that is not written"),
    ],
)
def test_a_line_that_is_not_understood_refuses_all_of_them(
    options: str, key: bytes | None, says: str
) -> None:
    """No line is passed over: it is named by its number, not shown, and nothing is taken."""
    good = SshParty().line
    bad = f"ada@example.org {options}".encode() + (key or good)
    with pytest.raises(Malformed, match=says) as caught:
        recognise(b"ben@example.org " + good + b"\n" + bad + b"\n", Particulars(person="Ada"))
    assert str(caught.value).startswith("line 2 ")
    assert "example.org" not in str(caught.value)


def test_a_key_that_anybody_can_sign_with_is_refused() -> None:
    """A minisign key of small order is no key of anybody's."""
    line = base64.b64encode(b"Ed" + bytes(40))
    with pytest.raises(Malformed, match="anybody could sign"):
        recognise(b"untrusted comment: minisign public key\n" + line, Particulars(person="Ada"))


def test_pins_that_cannot_be_read_are_listed_as_such() -> None:
    """Each member says whether it can be read at all; only those that cannot have a fault."""
    (good,) = full_set().pgp
    keys = [
        KeyPin(kind=kind, key="AAAA", person="Ben")
        for kind in (PinKind.SSH, PinKind.MINISIGN, PinKind.SIGNIFY, PinKind.SIGSTORE)
    ]
    sound = [SshParty().pin(), Numbered().pin(PinKind.MINISIGN), Numbered().pin(PinKind.SIGNIFY)]
    sound.append(KeyPin(kind=PinKind.SIGSTORE, key="https://issuer.example ann", person="Ann"))
    trust = TrustSet(
        pgp=(
            good,
            dataclasses.replace(good, certificate=b"\x99junk", fingerprint="AB" * 20),
            dataclasses.replace(good, fingerprint="CD" * 20),
        ),
        keys=(*keys, *sound),
    )
    faults = sorted(one.fault for one in members(trust) if one.fault)
    assert faults == [
        "it does not name an issuer and a subject",
        "its OpenPGP key cannot be read",
        "its OpenPGP key has another fingerprint than was written down for it",
        "its SSH key cannot be read",
        "its minisign key cannot be read",
        "its signify key cannot be read",
    ]
    assert sum(1 for one in members(trust) if not one.fault) == 5


def test_every_ssh_key_that_can_be_checked_can_be_pinned() -> None:
    """A line left out for its type would be a person whose signatures stay unknown."""
    curves = (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1())
    plain = [
        SshParty().line.decode(),
        *(SshParty(private=ec.generate_private_key(one)).line.decode() for one in curves),
        SshParty(private=rsa.generate_private_key(65537, 2048)).line.decode(),
    ]
    ed, p256 = (one.split()[1] for one in plain[:2])
    keys = [*plain, _of_a_device("ssh-ed25519", ed), _of_a_device("ecdsa-sha2-nistp256", p256)]
    lines = "".join(f"ada@example.org {key}\n" for key in keys)
    found = recognise(lines.encode(), Particulars(person="Ada")).keys
    assert {one.key for one in found} == set(keys)
    assert {key.split()[0] for key in keys} == SSH_KINDS


def _of_a_device(kind: str, blob: str) -> str:
    """The same key as one on a security key: another kind, and the application behind it."""
    name = f"sk-{kind}@openssh.com".encode()
    rest = base64.b64decode(blob)[4 + len(kind) :]
    data = len(name).to_bytes(4) + name + rest + b"\0\0\0\x04ssh:"
    return f"{name.decode()} {base64.b64encode(data).decode()}"


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
