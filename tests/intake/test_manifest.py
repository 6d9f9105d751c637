"""Manifests: every form that the usual tools write is read, all else refused by line."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.digests import digest_bytes
from provenance.errors import UsageError
from provenance.intake.claims import Claim, ClaimOutcome
from provenance.intake.manifest import MAX_MANIFEST, parse_manifest

FACTS = digest_bytes(b"evidence")
HEX256, HEX512, HEXB3 = FACTS.sha256.hex(), FACTS.sha512.hex(), FACTS.blake3.hex()
OTHER = digest_bytes(b"something else")


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (f"{HEX256}  a.pdf", b"a.pdf"),
        (f"{HEX256} *a.pdf", b"a.pdf"),
        (f"{HEX256.upper()}  ./d/a.pdf\r", b"d/a.pdf"),
        (f"{HEX512}  two words", b"two words"),
        (f"{HEXB3}  a", b"a"),
        (f"\\{HEX256}  new\\nline\\\\\\r", b"new\nline\\\r"),
        (f"{HEX256}  back\\slash", b"back\\slash"),
        (f"SHA256 (a (1).pdf) = {HEX256}", b"a (1).pdf"),
        (f"SHA2-256(a)= {HEX256}", b"a"),
        (f"SHA512 (a) = {HEX512}", b"a"),
        (f"BLAKE3 (a) = {HEXB3}", b"a"),
        (f"\\SHA256 (a\\nb) = {HEX256}", b"a\nb"),
        (json.dumps([{"path": "a", "sha256": HEX256, "blake3": HEXB3, "size": 8}]), b"a"),
        (json.dumps([{"path": "ä\n", "sha512": HEX512}]), "ä\n".encode()),
    ],
)
def test_forms(line: str, path: bytes) -> None:
    """Each form names its file and is borne out by the right bytes and no others."""
    claims = parse_manifest(f"\n{line}\n".encode(), name="SUMS")
    assert len(claims) == 1
    assert claims.check(path, OTHER) is ClaimOutcome.MISMATCH
    assert claims.check(path, FACTS) is ClaimOutcome.MATCH
    assert claims.check(b"not named", FACTS) is ClaimOutcome.UNCLAIMED


@pytest.mark.parametrize("algorithm", ["sha256", "SHA512", "blake3"])
def test_bagit(algorithm: str) -> None:
    """A BagIt manifest takes its algorithm from its name and its escapes from RFC 8493."""
    digest = getattr(FACTS, algorithm.lower()).hex()
    text = f"{digest} data/100%25%0a%0D.pdf\n{digest}\t*data/b%20c\n"
    claims = parse_manifest(text.encode(), name=f"manifest-{algorithm}.txt")
    assert claims.check(b"data/100%\n\r.pdf", FACTS) is ClaimOutcome.MATCH
    assert claims.check(b"data/b%20c", FACTS) is ClaimOutcome.MATCH


@pytest.mark.parametrize(
    ("text", "name", "where"),
    [
        ("not a line", "S", "line 1"),
        (f"{HEX256}  a\n\nxx  b", "S", "line 3"),
        (f"{HEX256} a", "S", "line 1"),
        (f"{HEX256[:-2]}  a", "S", "64 or 128"),
        (f"{'0' * 32}  a", "S", "line 1: MD5"),
        (f"{'0' * 40}  a", "S", "line 1: SHA-1"),
        (f"MD5 (a) = {'0' * 32}", "S", "line 1: MD5"),
        (f"SHA384 (a) = {'0' * 96}", "S", "line 1"),
        (f"SHA512 (a) = {HEX256}", "S", "128 hex digits"),
        (f"\\{HEX256}  a\\x", "S", "escape"),
        (f"\\{HEX256}  a\\", "S", "escape"),
        (f"{HEX256}  /etc/passwd", "S", "line 1"),
        (f"{HEX256}  a/../b", "S", "line 1"),
        (f"{HEX256}  a//b", "S", "line 1"),
        (f"{HEX256}  a\0b", "S", "line 1"),
        (f"{HEX256}  a\n{OTHER.sha256.hex()}  a", "S", "line 2: this path was claimed before"),
        (f"{HEX512}  a", "B2SUMS.b2sum", "BLAKE2"),
        (f"{HEX256} a", "manifest-md5.txt", "MD5"),
        (f"{HEX256} a", "manifest-whirlpool.txt", "whirlpool"),
        (HEX256, "manifest-sha256.txt", "line 1"),
        (f"{HEX256} a", "manifest-sha512.txt", "line 1"),
        ("[", "S", "line 1"),
        ("[\n{", "S", "line 2"),
        ("[1]", "S", "entry 1"),
        ('[{"path": "a"}]', "S", "entry 1: no digest"),
        (json.dumps([{"sha256": HEX256}]), "S", "entry 1"),
        (json.dumps([{"path": "a", "sha256": 5}]), "S", "entry 1"),
        (json.dumps([{"path": "a", "sha256": HEX256, "size": -1}]), "S", "entry 1"),
        (json.dumps([{"path": "a", "sha256": HEX256, "size": True}]), "S", "entry 1"),
        (json.dumps([{"path": "a", "md5": "x"}]), "S", "entry 1: MD5"),
        (json.dumps([{"path": "a", "sha256": HEX256, "note": ""}]), "S", "unknown key"),
        (f'[{{"path": "a", "path": "b", "sha256": "{HEX256}"}}]', "S", "JSON"),
        (f'[{{"path": "\\ud800", "sha256": "{HEX256}"}}]', "S", "entry 1"),
        ("[" * 100_000, "S", "JSON"),
    ],
)
def test_refused(text: str, name: str, where: str) -> None:
    """What is not understood, or proves nothing, is refused with its place."""
    with pytest.raises(UsageError, match=where):
        parse_manifest(text.encode(), name=name)


def test_not_text_and_too_large() -> None:
    """JSON that is no UTF-8 and a manifest beyond the limit are refused."""
    with pytest.raises(UsageError, match="JSON"):
        parse_manifest(b"[\xff", name="S")
    with pytest.raises(UsageError, match="MiB"):
        parse_manifest(bytes(MAX_MANIFEST + 1), name="S")


def test_several_claims_on_one_file() -> None:
    """Digests of several algorithms add up, and all of them must hold."""
    text = f"{HEX256}  a\n{HEX512}  a\n{HEX256}  a\nBLAKE3 (a) = {HEXB3}\n"
    claims = parse_manifest(text.encode(), name="S")
    assert claims[b"a"] == Claim(either=FACTS.sha256, sha512=FACTS.sha512, blake3=FACTS.blake3)
    assert claims.check(b"a", FACTS) is ClaimOutcome.MATCH
    wrong = parse_manifest(f"{HEX256}  a\n{OTHER.sha512.hex()}  a\n".encode(), name="S")
    assert wrong.check(b"a", FACTS) is ClaimOutcome.MISMATCH


def test_size_is_a_claim() -> None:
    """A size that does not hold is a mismatch."""
    entry = {"path": "a", "sha256": HEX256, "size": 9}
    claims = parse_manifest(json.dumps([entry]).encode(), name="S")
    assert claims.check(b"a", FACTS) is ClaimOutcome.MISMATCH


def test_unmet() -> None:
    """What was claimed and never met is listed; what was passed over counts as there, unread."""
    claims = parse_manifest(f"{HEX256}  a\n{HEX256}  b\n{HEX256}  c\n".encode(), name="S")
    assert claims.unmet() == ("a", "b", "c")
    claims.check(b"b", OTHER)
    assert claims.pass_over(b"a") is ClaimOutcome.UNREAD
    assert claims.pass_over(b"z") is ClaimOutcome.UNCLAIMED
    assert claims.unmet() == ("c",)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="coreutils are not installed")
@pytest.mark.parametrize("options", [[], ["--binary"], ["--tag"]], ids=str)
def test_coreutils_agree(tmp_path: Path, options: list[str]) -> None:
    """What sha256sum and sha512sum write about awkward names is read back as those names."""
    names = [b"plain", b"two words", b"new\nline", b"back\\slash", b"\xff\xfe", b"(x) = y", b"*s"]
    for name in names:
        (Path(tmp_path) / name.decode("utf-8", "surrogateescape")).write_bytes(name)
    for tool in ("sha256sum", "sha512sum"):
        ran = subprocess.run(
            [tool, *options, "--", *names], cwd=tmp_path, capture_output=True, check=True
        )
        claims = parse_manifest(ran.stdout, name="SUMS")
        assert len(claims) == len(names)
        assert {claims.check(name, digest_bytes(name)) for name in names} == {ClaimOutcome.MATCH}


_HEX = st.sampled_from([HEX256, HEX512, HEXB3, "0" * 32, "zz"]).map(str.encode)
_BITS = st.one_of(_HEX, st.sampled_from([b"  ", b" *", b"\\", b"SHA256 (", b") = ", b"\n", b"["]))


@given(
    st.lists(st.one_of(_BITS, st.binary(max_size=9)), max_size=12).map(b"".join),
    st.sampled_from(["S", "manifest-sha256.txt", "x.json"]),
)
def test_total(data: bytes, name: str) -> None:
    """Any bytes are a manifest or refused as none; every claim it makes can be checked."""
    try:
        claims = parse_manifest(data, name=name)
    except UsageError:
        return
    assert len(claims.unmet()) == len(claims)


_NAMES = st.binary(min_size=1, max_size=12).filter(
    lambda raw: b"\0" not in raw and not {b"", b".", b".."} & set(raw.split(b"/"))
)


@given(st.dictionaries(_NAMES, st.binary(max_size=4), min_size=1, max_size=5))
def test_gnu_round_trip(files: dict[bytes, bytes]) -> None:
    """Any names written as the GNU tools write them come back as they were."""
    lines = []
    for name, data in files.items():
        safe = name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
        mark = b"\\" if safe != name else b""
        lines.append(mark + hashlib.sha256(data).hexdigest().encode() + b"  " + safe + b"\n")
    claims = parse_manifest(b"".join(lines), name="S")
    for name, data in files.items():
        assert claims.check(name, digest_bytes(data)) is ClaimOutcome.MATCH
    assert claims.unmet() == ()
