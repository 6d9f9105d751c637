"""SSH signatures: read strictly, written back the same, verified for one purpose."""

import base64
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import Malformed
from provenance.ledger.endorsement import NAMESPACE
from provenance.ledger.sshsig import parse_ssh_key, parse_sshsig, read_ecdsa
from provenance.ledger.sshwire import MAX_STRING, SshReader, ssh_positive
from tests.ledger.ssh_vectors import KINDS, armor, key_blob, number, signature_blob, text

MESSAGE = b"what is endorsed\n"
SPACE = NAMESPACE.encode()
SSH_KEYGEN = shutil.which("ssh-keygen")
needs_ssh_keygen = pytest.mark.skipif(SSH_KEYGEN is None, reason="needs OpenSSH's ssh-keygen")
BLOBS = {kind: signature_blob(kind, MESSAGE, namespace=SPACE) for kind in KINDS}


@pytest.mark.parametrize("digest", ["sha256", "sha512"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_verifies_and_writes_back(kind: str, digest: str) -> None:
    """A signature verifies over its message, for its purpose only, and has one text."""
    armored = armor(signature_blob(kind, MESSAGE, namespace=SPACE, digest=digest))
    read = parse_sshsig(armored)
    assert read.armor() == armored
    assert (read.key.kind, read.hash_name, read.touched) == (kind, digest, True)
    assert read.key.blob() == key_blob(kind)
    assert read.verify(MESSAGE, namespace=NAMESPACE)
    assert not read.verify(MESSAGE + b"x", namespace=NAMESPACE)
    assert not read.verify(MESSAGE, namespace="git")


def test_a_device_says_whether_it_was_touched() -> None:
    """The flags and the counter of a security key are shown, and are signed."""
    quiet = signature_blob(KINDS[2], MESSAGE, namespace=SPACE, flags=0, counter=9)
    read = parse_sshsig(armor(quiet))
    assert (read.touched, read.flags, read.counter) == (False, 0, 9)
    assert read.verify(MESSAGE, namespace=NAMESPACE)
    spoiled = parse_sshsig(armor(quiet[:-5] + b"\x01" + quiet[-4:]))
    assert spoiled.touched
    assert not spoiled.verify(MESSAGE, namespace=NAMESPACE)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_changed_bit_never_verifies(kind: str, data: st.DataObject) -> None:
    """Whatever single bit is changed, the signature is unreadable or does not verify."""
    blob = bytearray(BLOBS[kind])
    at = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[at // 8] ^= 1 << at % 8
    try:
        read = parse_sshsig(armor(bytes(blob)))
    except Malformed:
        return
    assert not read.verify(MESSAGE, namespace=NAMESPACE)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_what_is_read_has_one_spelling(kind: str, data: st.DataObject) -> None:
    """Cut, lengthened or overwritten anywhere: if it reads at all, it writes back the same."""
    blob = BLOBS[kind]
    at = data.draw(st.integers(0, len(blob)))
    drop = data.draw(st.integers(0, 8))
    put = data.draw(st.binary(max_size=8))
    changed = armor(blob[:at] + put + blob[at + drop :])
    try:
        read = parse_sshsig(changed)
    except Malformed:
        return
    assert read.armor() == changed


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(content: str) -> None:
    """Text of any kind inside the armor raises Malformed and nothing else."""
    for candidate in (
        content,
        f"-----BEGIN SSH SIGNATURE-----\n{content}\n-----END SSH SIGNATURE-----\n",
    ):
        with pytest.raises(Malformed):
            parse_sshsig(candidate)


GOOD = armor(BLOBS[KINDS[0]])
BODY = BLOBS[KINDS[0]]
CORPUS = {
    "empty": "",
    "no line end at the end": GOOD[:-1],
    "a line end too many": GOOD + "\n",
    "carriage returns": GOOD.replace("\n", "\r\n"),
    "a leading space": " " + GOOD,
    "other line length": armor(BODY, width=64),
    "one line": armor(BODY, width=10_000),
    "an empty line": GOOD.replace("\n", "\n\n", 1),
    "no padding": GOOD.replace("=", ""),
    "too long": armor(BODY + bytes(9000)),
    "version 2": armor(BODY[:6] + struct.pack(">I", 2) + BODY[10:]),
    "other magic": armor(b"SSHSIX" + BODY[6:]),
    "a byte too many": armor(BODY + b"\0"),
    "a byte too few": armor(BODY[:-1]),
    "a huge string": armor(BODY[:10] + b"\xff\xff\xff\xff" + BODY[14:]),
    "something reserved": armor(signature_blob(KINDS[0], MESSAGE, namespace=SPACE, reserved=b"x")),
    "no namespace": armor(signature_blob(KINDS[0], MESSAGE, namespace=b"")),
    "a namespace with a line end": armor(signature_blob(KINDS[0], MESSAGE, namespace=b"a\nb")),
    "sha1": armor(signature_blob(KINDS[0], MESSAGE, namespace=SPACE, digest="sha1")),
    "a web site's security key": armor(
        signature_blob(KINDS[2], MESSAGE, namespace=SPACE, application=b"https://example.org")
    ),
    "another kind inside": armor(
        BODY.replace(b"ssh-ed25519", b"ssh-ed25518", 2).replace(b"ssh-ed25518", b"ssh-ed25519", 1)
    ),
}


@pytest.mark.parametrize("name", CORPUS)
def test_the_corpus_is_refused(name: str) -> None:
    """Each text that is nearly a signature is refused."""
    with pytest.raises(Malformed):
        parse_sshsig(CORPUS[name])


@pytest.mark.parametrize(
    "kind", [b"ssh-rsa", b"ssh-dss", b"ecdsa-sha2-nistp384", b"ssh-ed25519-cert-v01@openssh.com",
             b"webauthn-sk-ecdsa-sha2-nistp256@openssh.com", b""],
)  # fmt: skip
def test_other_kinds_are_named_and_refused(kind: bytes) -> None:
    """A key that cannot endorse is refused by its name."""
    with pytest.raises(Malformed, match="cannot endorse here"):
        parse_ssh_key(text(kind) + text(bytes(32)))


def test_a_key_of_another_curve_is_refused() -> None:
    """The curve inside a P-256 key is P-256."""
    blob = key_blob(KINDS[1]).replace(text(b"nistp256"), text(b"nistp384"))
    with pytest.raises(Malformed, match="curve"):
        parse_ssh_key(blob)


@pytest.mark.parametrize(
    "data",
    [
        number(5), number(5) + number(1 << 256), text(b"") + number(5),
        text(b"\0\x05") + number(5), text(b"\x80") + number(5), number(5) + number(5) + b"\0",
    ],
)  # fmt: skip
def test_ecdsa_numbers_have_one_spelling(data: bytes) -> None:
    """Zero, negative, padded, oversized, missing and surplus numbers are refused."""
    with pytest.raises(Malformed):
        read_ecdsa(data)


@given(st.integers(1, (1 << 300) - 1))
def test_numbers_read_back(value: int) -> None:
    """A big integer is written in its shortest form and read back."""
    assert ssh_positive(value) == number(value)
    reader = SshReader(ssh_positive(value), what="it")
    assert reader.positive() == value
    reader.end()


def test_a_string_beyond_the_limit_is_refused() -> None:
    """A length alone does not make the reader take memory."""
    with pytest.raises(Malformed, match="claims a string"):
        SshReader((MAX_STRING + 1).to_bytes(4) + bytes(MAX_STRING + 1), what="it").string()


@needs_ssh_keygen
@pytest.mark.parametrize("kind", KINDS)
def test_ssh_keygen_accepts_the_vectors(kind: str, tmp_path: Path) -> None:
    """OpenSSH itself verifies the constructed signatures, those of security keys too."""
    (tmp_path / "sig").write_text(armor(BLOBS[kind]))
    public = f"{kind} {base64.b64encode(key_blob(kind)).decode()}"
    (tmp_path / "allowed").write_text(f"somebody {public}\n")
    command = ["ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", "somebody", "-n", NAMESPACE]
    done = subprocess.run(
        [*command, "-s", "sig"], cwd=tmp_path, input=MESSAGE, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (tmp_path / "pub").write_text(public + "\n")
    listed = subprocess.run(
        ["ssh-keygen", "-l", "-f", "pub"], cwd=tmp_path, capture_output=True, check=True
    )
    assert parse_sshsig(armor(BLOBS[kind])).key.fingerprint.encode() in listed.stdout


@needs_ssh_keygen
@pytest.mark.parametrize("digest", ["sha256", "sha512"])
@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_signatures_of_ssh_keygen_verify_here(kind: str, digest: str, tmp_path: Path) -> None:
    """What OpenSSH signs reads, verifies and writes back to the same file."""
    make = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", "key"]
    subprocess.run(make, cwd=tmp_path, check=True)
    (tmp_path / "message").write_bytes(MESSAGE)
    sign = ["ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-O", f"hashalg={digest}"]
    subprocess.run([*sign, "-f", "key", "message"], cwd=tmp_path, check=True, capture_output=True)
    armored = (tmp_path / "message.sig").read_text()
    read = parse_sshsig(armored)
    assert read.hash_name == digest
    assert read.verify(MESSAGE, namespace=NAMESPACE)
    assert read.armor() == armored
