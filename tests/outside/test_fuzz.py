"""Every parser of strangers' bytes is total, and what it accepts re-encodes to the same bytes.

The corpus holds one good example of each format and damaged ones that once were, or nearly were,
taken for good; each is tried against every parser, and so are random changes to it.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import CheckFailed, DeskError, Malformed
from provenance.outside.certificate_files import parse_certificates
from provenance.outside.cosignatures import encode_lines, parse_lines, parse_size
from provenance.outside.der import require_der
from provenance.outside.ots_proof import parse_ots
from provenance.outside.policy import parse_policy
from provenance.outside.timestamp_chain import parse_certificate
from provenance.outside.timestamp_check import Authority, check_timestamp
from provenance.outside.timestamp_file import parse_timestamps
from provenance.outside.timestamp_request import TimestampRequest, parse_timestamp_request
from provenance.outside.timestamp_response import parse_response, parse_token
from provenance.outside.witness_judge import judge_request
from provenance.outside.witness_request import parse_request
from tests.outside.authority import later
from tests.outside.conftest import cosigner

CORPUS = sorted(Path(__file__).with_name("corpus").iterdir())
SEEDS = [path.read_bytes() for path in CORPUS]


def _response(data: bytes) -> bytes:
    found = parse_response(data)
    if found.token is not None:
        parse_token(found.token)
    return found.der


def _policy(data: bytes) -> bytes:
    policy = parse_policy(data)
    plain = policy.encode()
    assert parse_policy(plain) == policy
    return data


def _judged(data: bytes) -> bytes:
    answer = judge_request(lambda _: None, data, logs=(), cosigner=cosigner("w/w"), now=1)
    assert answer.status in {400, 404}
    return data


def _checked(data: bytes) -> bytes:
    request = TimestampRequest(imprint=bytes(32), nonce=1)
    authority = Authority(name="x", roots=())
    with pytest.raises((Malformed, CheckFailed)):
        check_timestamp(data, signed=b"", request=request, authority=authority, now=later())
    return data


def _whole(parse: Callable[[bytes], object], data: bytes) -> bytes:
    parse(data)
    return data


PARSERS: dict[str, Callable[[bytes], bytes]] = {
    "witness request": lambda data: parse_request(data).encode(),
    "cosignature lines": lambda data: encode_lines(parse_lines(data)),
    "size": lambda data: f"{parse_size(data)}\n".encode(),
    "timestamp request": lambda data: parse_timestamp_request(data).encode(),
    "timestamp response": _response,
    "OpenTimestamps proof": lambda data: parse_ots(data).encode(),
    "kept timestamps": lambda data: parse_timestamps(data).encode(),
    "policy": _policy,
    "witness": _judged,
    "check": _checked,
    "certificate": lambda data: _whole(parse_certificate, data),
    "certificates": lambda data: _whole(parse_certificates, data),
    "der": lambda data: _whole(require_der, data),
}
GOOD = {
    "witness-request.txt": "witness request",
    "cosignature-lines.txt": "cosignature lines",
    "size.txt": "size",
    "request.tsq": "timestamp request",
    "granted.tsr": "timestamp response",
    "refused.tsr": "timestamp response",
    "kept-timestamps.txt": "kept timestamps",
    "kept-with-proofs.txt": "kept timestamps",
    "promise.ots": "OpenTimestamps proof",
    "policy.txt": "policy",
    "root.der": "certificate",
}


BAD = {
    "bad-granted-without-token.tsr": "timestamp response",
    "bad-indefinite-length.tsq": "timestamp request",
    "bad-kept-name-twice.txt": "kept timestamps",
    "bad-kept-proof-first.txt": "kept timestamps",
    "bad-kept-proof-twice.txt": "kept timestamps",
    "bad-padded-length.ots": "OpenTimestamps proof",
    "bad-lines-gap.txt": "cosignature lines",
    "bad-long-length.tsq": "timestamp request",
    "bad-no-nonce.tsq": "timestamp request",
    "bad-policy-octets.txt": "policy",
    "bad-request-64-hashes.txt": "witness request",
    "bad-request-crlf.txt": "witness request",
    "bad-request-extension-line.txt": "witness request",
    "bad-request-leading-zero.txt": "witness request",
    "bad-request-second-base64.txt": "witness request",
    "bad-size-leading-zero.txt": "size",
    "bad-two-signers.tsr": "timestamp response",
}


def test_every_file_of_the_corpus_is_good_or_bad() -> None:
    """No file lies in the corpus without a test that says what it is."""
    assert {path.name for path in CORPUS} == GOOD.keys() | BAD.keys()


@pytest.mark.parametrize(("name", "parser"), BAD.items())
def test_the_bad_examples_are_refused(name: str, parser: str) -> None:
    """Each damaged example is Malformed to the parser of its own format."""
    data = Path(__file__).with_name("corpus").joinpath(name).read_bytes()
    with pytest.raises(Malformed):
        PARSERS[parser](data)


@pytest.mark.parametrize(("name", "parser"), GOOD.items())
def test_the_good_examples_are_accepted(name: str, parser: str) -> None:
    """One good example of each format parses and re-encodes to itself."""
    data = Path(__file__).with_name("corpus").joinpath(name).read_bytes()
    assert PARSERS[parser](data) == data


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_the_corpus_breaks_no_parser(path: Path) -> None:
    """Any file of the corpus is accepted whole or refused in our own words, by every parser."""
    _try_all(path.read_bytes())


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_no_prefix_and_no_extension_of_a_good_file_passes_for_it(path: Path) -> None:
    """Cut at every eleventh byte or with a byte more, a file never re-encodes wrongly."""
    data = path.read_bytes()
    for end in range(0, len(data), 11):
        _try_all(data[:end])
    for extra in (b"\n", b"\0", b"x"):
        _try_all(data + extra)


_seeds = st.sampled_from(SEEDS)
_changes = st.lists(
    st.tuples(st.integers(0, 1 << 16), st.integers(0, 3), st.binary(max_size=4)), max_size=6
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=_seeds, changes=_changes)
def test_changed_files_break_no_parser(seed: bytes, changes: list[tuple[int, int, bytes]]) -> None:
    """Good files with bytes changed, cut out and put in are accepted whole or refused."""
    for at, cut, new in changes:
        place = at % (len(seed) + 1)
        seed = seed[:place] + new + seed[place + cut :]
    _try_all(seed)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=300))
def test_random_bytes_break_no_parser(data: bytes) -> None:
    """Bytes from nowhere are refused in our own words."""
    _try_all(data)
    _try_all(b"\x30" + bytes([len(data) % 128]) + data)


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="witness group quorum all any none log\n\t #123ab+/=", max_size=200))
def test_policy_like_text_breaks_no_parser(text: str) -> None:
    """Text made of a policy's own words is accepted or refused."""
    _try_all(text.encode())


def test_deep_and_wide_der_is_refused_quickly() -> None:
    """Ten thousand levels, or a hundred thousand elements, cost one look."""
    deep = b""
    for _ in range(5000):
        length = len(deep)
        size = length.to_bytes((length.bit_length() + 7) // 8 or 1)
        deep = b"\x30" + (size if length < 128 else bytes([0x80 | len(size)]) + size) + deep
    wide = b"\x30\x83\x03\x0d\x40" + b"\x05\x00" * 100_000
    for data in (deep, wide):
        with pytest.raises(Malformed):
            require_der(data)


def _try_all(data: bytes) -> None:
    for parse in PARSERS.values():
        try:
            again = parse(data)
        except DeskError:
            continue
        assert again == data
