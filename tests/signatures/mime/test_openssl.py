"""Signatures made by OpenSSL, and ours read by it."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from provenance.signatures.axes import Headline
from provenance.signatures.cms.documents import inspect_cms
from provenance.signatures.detected import report_of
from provenance.signatures.mime.judging import inspect_mail
from tests.signatures.cms.world import NOW, World, as_ber, sign_cms
from tests.signatures.mime.letters import honest, honest_opaque, text
from tests.signatures.party import Party

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
# OpenSSL stamps its own clock into what it signs: a date that certificates of the test cover.
HEADER = ("-from", "Ann Author <ann@desk.example>", "-to", "desk@news.example", "-subject", "x")


def files(folder: Path, party: Party) -> list[str]:
    """Write a party's certificate and key; return them as options."""
    (folder / "signer.pem").write_bytes(party.pem)
    (folder / "key.pem").write_bytes(party.key_pem)
    return ["-signer", str(folder / "signer.pem"), "-inkey", str(folder / "key.pem")]


def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run openssl."""
    return subprocess.run(["openssl", *arguments], capture_output=True, check=True, timeout=60)


def headline(data: bytes, world: World, *, container: bool = False) -> Headline:
    """Judge a mail or a container."""
    digest = hashlib.sha256(data).hexdigest()
    inspect = inspect_cms if container else inspect_mail
    found = inspect(data, sha256=digest, trust=world.trust, at=NOW, reference_time=NOW)
    return report_of(digest, [found]).headline


@pytest.mark.parametrize(
    "how",
    [
        ("cms", "-sign"),
        ("cms", "-sign", "-nodetach"),
        ("cms", "-sign", "-keyid"),
        ("cms", "-sign", "-nodetach", "-stream"),
        ("cms", "-sign", "-md", "sha512"),
        ("cms", "-sign", "-nosmimecap", "-noattr"),
        ("smime", "-sign"),
        ("smime", "-sign", "-nodetach"),
    ],
)
def test_mail_signed_by_openssl_is_verified(
    world: World, tmp_path: Path, how: tuple[str, ...]
) -> None:
    """Clear-signed and opaque mail, streamed or not; a changed word is never good."""
    letter = tmp_path / "letter.txt"
    letter.write_bytes(text())
    made = tmp_path / "mail.eml"
    party = world.rsa if how[0] == "smime" else world.ann
    run(*how, *HEADER, *files(tmp_path, party), "-in", str(letter), "-out", str(made))
    data = made.read_bytes()
    assert headline(data, world) is Headline.VERIFIED
    if b"at noon" in data:
        assert headline(data.replace(b"at noon", b"at five"), world) is Headline.BROKEN


@pytest.mark.parametrize("form", ["DER", "PEM"])
@pytest.mark.parametrize("stream", [(), ("-stream",)])
def test_containers_made_by_openssl_are_verified(
    world: World, tmp_path: Path, form: str, stream: tuple[str, ...]
) -> None:
    """DER, BER in pieces, and PEM."""
    letter = tmp_path / "letter.bin"
    letter.write_bytes(bytes(range(256)) * 200)
    made = tmp_path / "letter.p7m"
    options = ("-nodetach", "-binary", "-outform", form, *stream)
    inside = ("-in", str(letter), "-out", str(made))
    run("cms", "-sign", *options, *files(tmp_path, world.ann), *inside)
    data = made.read_bytes()
    assert headline(data, world, container=True) is Headline.VERIFIED
    if form == "DER" and stream:
        assert data.startswith(b"\x30\x80")


def test_two_signers_of_openssl(world: World, tmp_path: Path) -> None:
    """Each signer has its own answer."""
    letter = tmp_path / "letter.txt"
    letter.write_bytes(b"x")
    first, second = tmp_path / "ann", tmp_path / "sam"
    first.mkdir()
    second.mkdir()
    both = [*files(first, world.ann), *files(second, world.sam)]
    options = ("-nodetach", "-binary", "-outform", "DER", "-in", str(letter))
    data = run("cms", "-sign", *options, *both).stdout
    digest = hashlib.sha256(data).hexdigest()
    found = inspect_cms(data, sha256=digest, trust=world.trust, at=NOW, reference_time=NOW)
    assert {one.headline for one in found.statuses} == {
        Headline.VERIFIED,
        Headline.INTACT_UNKNOWN_SIGNER,
    }


def test_openssl_reads_what_the_tests_make(world: World, tmp_path: Path) -> None:
    """The makers of the tests make what others take for a signature: mails, DER and BER."""
    roots = tmp_path / "roots.pem"
    roots.write_bytes(world.authority.pem)
    trust = ("-CAfile", str(roots), "-purpose", "smimesign", "-attime", str(int(NOW.timestamp())))
    for number, made in enumerate((honest(world.ann), honest_opaque(world.ann))):
        path = tmp_path / f"{number}.eml"
        path.write_bytes(made)
        assert b"at noon" in run("cms", "-verify", *trust, "-in", str(path)).stdout
    for number, made in enumerate((sign_cms(b"x", world.ann), as_ber(sign_cms(b"x", world.ann)))):
        path = tmp_path / f"{number}.p7m"
        path.write_bytes(made)
        options = ("-inform", "DER", "-in", str(path))
        assert run("cms", "-verify", *trust, *options).stdout == b"x"
