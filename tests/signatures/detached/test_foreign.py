"""Signatures of the programs themselves: ssh-keygen, minisign, signify, gpg; and they read ours."""

import base64
import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provenance.examine.runner import Companion, Runner
from provenance.signatures.axes import Headline
from provenance.signatures.pairing import How, Relation
from provenance.trust.model import KeyPin, PgpPin, PinKind, TrustSet
from tests.signatures.detached.maker import Numbered, SshParty
from tests.signatures.openpgp.maker import NOW, Person, armored

LETTER = b"Dear Sir,\n\nwe shall be repositioning forces.\n"


def needs(program: str) -> pytest.MarkDecorator:
    """Skip where a program is not installed."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"no {program} here")


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One runner for all."""
    with Runner() as one:
        yield one


def run(*words: object, folder: Path, stdin: bytes = b"") -> bytes:
    """Run a program in a folder and return what it says."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        input=stdin,
        capture_output=True,
        check=True,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "GNUPGHOME": str(folder)},
    )
    return done.stdout


def headline(runner: Runner, data: bytes, trust: TrustSet, document: bytes = LETTER) -> Headline:
    """Examine a signature file beside its document, today."""
    beside = [Companion(document=io.BytesIO(document), role=Relation.SIGNED, how=How.HAND)]
    at = datetime.now(UTC)
    return runner.examine(io.BytesIO(data), name=None, at=at, trust=trust, beside=beside).headline


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """The letter in a folder of its own."""
    path = tmp_path / "letter.txt"
    path.write_bytes(LETTER)
    return path


@needs("ssh-keygen")
@pytest.mark.parametrize("kind", [("ed25519", "256"), ("rsa", "2048"), ("ecdsa", "384")])
def test_ssh_keygen(runner: Runner, letter: Path, kind: tuple[str, str]) -> None:
    """Its signatures verify; ours verify under it."""
    folder = letter.parent
    run("ssh-keygen", "-q", "-t", kind[0], "-b", kind[1], "-N", "", "-f", "key", folder=folder)
    run("ssh-keygen", "-Y", "sign", "-n", "file", "-f", "key", letter, folder=folder)
    key = (folder / "key.pub").read_text("ascii").strip()
    trust = TrustSet(keys=(KeyPin(kind=PinKind.SSH, key=key, person="Ann"),))
    data = (folder / "letter.txt.sig").read_bytes()
    assert headline(runner, data, trust) is Headline.VERIFIED
    assert headline(runner, data, trust, LETTER + b"!") is Headline.BROKEN


@needs("ssh-keygen")
def test_ssh_keygen_reads_what_the_tests_make(letter: Path) -> None:
    """The maker of these tests makes what OpenSSH takes for a signature."""
    party, folder = SshParty(), letter.parent
    (folder / "made.sig").write_bytes(party.sign(LETTER))
    (folder / "allowed").write_bytes(b"ann@desk " + party.line + b"\n")
    words = ("ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", "ann@desk", "-n", "file")
    assert b"Good" in run(*words, "-s", "made.sig", folder=folder, stdin=LETTER)


@needs("minisign")
@pytest.mark.parametrize("form", ["-H", "-l"])
def test_minisign(runner: Runner, letter: Path, form: str) -> None:
    """Prehashed and legacy signatures of the program verify; ours verify under it."""
    folder = letter.parent
    run("minisign", "-G", "-W", "-f", "-p", "key.pub", "-s", "key.sec", folder=folder)
    run("minisign", "-S", form, "-s", "key.sec", "-m", letter, folder=folder)
    key = (folder / "key.pub").read_text("ascii").splitlines()[1]
    trust = TrustSet(keys=(KeyPin(kind=PinKind.MINISIGN, key=key, person="Ann"),))
    data = (folder / "letter.txt.minisig").read_bytes()
    assert headline(runner, data, trust) is Headline.VERIFIED
    assert headline(runner, data, trust, LETTER + b"!") is Headline.BROKEN
    ann = Numbered()
    (folder / "letter.txt.minisig").write_bytes(ann.minisign(LETTER))
    assert b"verified" in run("minisign", "-V", "-P", ann.line(), "-m", letter, folder=folder)


@needs("signify-openbsd")
def test_signify(runner: Runner, letter: Path) -> None:
    """Detached and embedded signatures of the program verify; ours verify under it."""
    folder = letter.parent
    run("signify-openbsd", "-G", "-n", "-p", "key.pub", "-s", "key.sec", folder=folder)
    run("signify-openbsd", "-S", "-s", "key.sec", "-m", letter, "-x", "d.sig", folder=folder)
    run("signify-openbsd", "-S", "-e", "-s", "key.sec", "-m", letter, "-x", "e.sig", folder=folder)
    key = (folder / "key.pub").read_text("ascii").splitlines()[1]
    trust = TrustSet(keys=(KeyPin(kind=PinKind.SIGNIFY, key=key, person="Ann"),))
    for name in ("d.sig", "e.sig"):
        assert headline(runner, (folder / name).read_bytes(), trust) is Headline.VERIFIED
    ann = Numbered()
    (folder / "ann.pub").write_text(f"untrusted comment: x\n{ann.line()}\n", encoding="ascii")
    (folder / "made.sig").write_bytes(ann.signify(LETTER))
    words = ("signify-openbsd", "-V", "-p", "ann.pub", "-m", letter, "-x", "made.sig")
    assert b"Verified" in run(*words, folder=folder)


@needs("gpg")
def test_gpg(runner: Runner, letter: Path) -> None:
    """Detached, inline and clearsigned signatures of the program verify."""
    folder = letter.parent
    folder.chmod(0o700)
    gpg = ("gpg", "--batch", "--quiet", "--yes", "--passphrase", "", "--pinentry-mode", "loopback")
    try:
        run(*gpg, "--quick-gen-key", "ann@example.org", "ed25519", "sign", "never", folder=folder)
        certificate = run(*gpg, "--export", "ann@example.org", folder=folder)
        listed = run(*gpg, "--with-colons", "--list-keys", folder=folder).decode()
        made = {
            form: run(*gpg, form, "--output", "-", letter, folder=folder)
            for form in ("--detach-sign", "--sign", "--clearsign")
        }
    finally:
        run("gpgconf", "--kill", "all", folder=folder)
    name = next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))
    pin = PgpPin(certificate=certificate, fingerprint=name, person="Ann")
    for form, data in made.items():
        assert headline(runner, data, TrustSet(pgp=(pin,))) is Headline.VERIFIED, form


@needs("gpgv")
@pytest.mark.parametrize("form", ["detached", "message", "clearsigned"])
def test_gpgv_reads_what_the_tests_make(letter: Path, form: str) -> None:
    """The maker of these tests makes what GnuPG takes for OpenPGP."""
    person, folder = Person(), letter.parent
    made = {
        "detached": person.detached(LETTER),
        "message": person.message(LETTER),
        "clearsigned": person.clearsigned("Dear Sir\n- dash"),
    }[form]
    (folder / "ring").write_bytes(person.certificate())
    (folder / "made").write_bytes(made)
    words = ["gpgv", "--status-fd", "1", "--keyring", str(folder / "ring"), "made"]
    words += [str(letter)] if form == "detached" else []
    assert b"GOODSIG" in run(*words, folder=folder)


def test_the_key_of_the_tests_is_what_a_pin_holds() -> None:
    """The fingerprint that the maker computes is the one that the reader computes."""
    from provenance.signatures.openpgp.certificate import read_certificate  # noqa: PLC0415

    person = Person()
    assert read_certificate(person.certificate()).primary.fingerprint == person.key.fingerprint
    assert armored(person.certificate(), "PUBLIC KEY BLOCK").startswith(b"-----BEGIN")
    assert base64.b64decode(Numbered().line()).startswith(b"Ed")
    assert NOW.tzinfo is UTC
