"""ARC chains: what holds, what does not, and that a chain never speaks for the author."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.signatures.axes import Headline, Integrity, Kind, Signer
from provenance.signatures.model import SignatureStatus
from provenance.signatures.sentence import explain_signature
from provenance.trust.model import TrustSet
from tests.signatures.mail.world import (
    LETTER,
    NAMES,
    Server,
    ed_server,
    judge,
    only,
    rsa_server,
    seal,
    sign,
    trust_of,
)


def status_of(data: bytes, trust: TrustSet) -> SignatureStatus:
    """Judge the chain of a message."""
    return only(judge(data, trust), Kind.ARC)


@pytest.fixture(scope="module")
def servers() -> tuple[Server, Server]:
    """A list server and the server behind it."""
    return rsa_server(domain="lists.example"), rsa_server(domain="inbox.example")


@pytest.fixture(scope="module")
def trust(servers: tuple[Server, Server]) -> TrustSet:
    """A desk that knows both keys."""
    return trust_of(*(server.key() for server in servers))


@pytest.fixture(scope="module")
def chain(servers: tuple[Server, Server]) -> bytes:
    """A letter that two servers passed on."""
    return seal(seal(LETTER, servers[0]), servers[1], instance=2)


def test_a_chain_that_holds(chain: bytes, trust: TrustSet) -> None:
    """Intact, each set told with what its server claims, and nobody named as author."""
    status = status_of(chain, trust)
    assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert (status.integrity, status.signer) == (Integrity.INTACT, Signer.NO_IDENTITY)
    assert status.identity.subject == "inbox.example"
    sets = [line for line in status.covered if line.startswith("ARC set")]
    assert len(sets) == 2
    assert "lists.example: seal matches (cv=none), message signature matches" in sets[0]
    assert "mx.lists.example claims spf=pass, dkim=pass" in sets[0]
    text = " ".join(explain_signature(status))
    assert "says nothing on who wrote the message" in text
    assert "valid" not in text.lower().replace("invalid", "")


def test_line_ends_do_not_matter(chain: bytes, trust: TrustSet) -> None:
    """A chain in a file with LF holds as well."""
    assert status_of(chain.replace(b"\r\n", b"\n"), trust).integrity is Integrity.INTACT


def test_the_older_message_signature_may_fail(servers: tuple[Server, Server]) -> None:
    """A list that changes the subject breaks set 1 and seals set 2: the chain holds (5.2)."""
    changed = seal(LETTER, servers[0]).replace(b"Subject: The", b"Subject: [list] The")
    data = seal(changed, servers[1], instance=2)
    status = status_of(data, trust_of(*(server.key() for server in servers)))
    assert status.integrity is Integrity.INTACT
    assert "message signature does not match" in " ".join(status.covered)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"the troops", b"the money!"),
        (b"Subject: The letter", b"Subject: The cheque"),
        (b"mx.lists.example; spf=pass", b"mx.lists.example; spf=fail"),
        (b"mx.inbox.example; spf=pass", b"mx.inbox.example; spf=fail"),
        (b"cv=pass;", b"cv=pass; z=1;"),
    ],
)
def test_a_change_breaks_the_chain(old: bytes, new: bytes, chain: bytes, trust: TrustSet) -> None:
    """Body, signed field, and each server's claims are covered."""
    assert old in chain
    status = status_of(chain.replace(old, new), trust)
    assert status.headline is Headline.BROKEN


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"ARC-Seal: i=2;", b"ARC-Seal: i=3;"),
        (b"ARC-Seal: i=2;", b"X-Seal: i=2;"),
        (b"ARC-Seal: i=2;", b"ARC-Seal: i=1;"),
        (b"ARC-Seal: i=2;", b"ARC-Seal: i=0;"),
        (b"ARC-Seal: i=2;", b"ARC-Seal: i=51;"),
        (b"ARC-Seal: i=2;", b"ARC-Seal: i=2; h=from;"),
        (b"ARC-Message-Signature: i=2;", b"X-Signature: i=2;"),
        (b"ARC-Authentication-Results: i=2;", b"ARC-Authentication-Results: mx; i=2;"),
        (b"ARC-Authentication-Results: i=1;", b"X-Results: i=1;"),
        (b"cv=pass;", b""),
        (b"cv=pass;", b"cv=maybe;"),
        (b"h=from:to", b"h=arc-seal:from:to"),
        (b"a=rsa-sha256", b"a=rsa-sha1"),
    ],
)
def test_a_chain_of_another_form_is_malformed(
    old: bytes, new: bytes, chain: bytes, trust: TrustSet
) -> None:
    """Gaps, missing parts and broken tags: not checkable, with the reason."""
    assert old in chain
    status = status_of(chain.replace(old, new, 1), trust)
    assert status.headline is Headline.NOT_CHECKABLE
    assert status.native_codes == ("malformed",)


def test_a_chain_without_its_beginning_is_malformed(
    servers: tuple[Server, Server], trust: TrustSet
) -> None:
    """Set 2 without set 1: the numbers have a gap."""
    status = status_of(seal(LETTER, servers[0], instance=2), trust)
    assert status.native_codes == ("malformed",)


def test_a_second_field_of_one_kind_is_malformed(chain: bytes, trust: TrustSet) -> None:
    """Two sets of one number: engines pick different ones."""
    extra = b"ARC-Authentication-Results: i=2; mx.evil.example; dkim=pass\r\n"
    assert status_of(extra + chain, trust).native_codes == ("malformed",)


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("none", "fail", "arc-cv-fail"),
        ("none", "none", "arc-cv-invalid"),
        ("pass", "pass", "arc-cv-invalid"),
        ("fail", "pass", "arc-cv-invalid"),
    ],
)
def test_what_the_seals_state_counts(
    first: str, second: str, code: str, servers: tuple[Server, Server], trust: TrustSet
) -> None:
    """A server that sealed a broken chain says so, and its word ends the chain."""
    data = seal(seal(LETTER, servers[0], state=first), servers[1], instance=2, state=second)
    status = status_of(data, trust)
    assert (status.headline, code in status.native_codes) == (Headline.BROKEN, True)


def test_a_missing_key_leaves_it_open(
    chain: bytes, servers: tuple[Server, Server], trust: TrustSet
) -> None:
    """One key of two: not checkable; with a seal that fails all the same: broken."""
    for server in servers:
        status = status_of(chain, trust_of(server.key()))
        assert status.headline is Headline.NOT_CHECKABLE
    altered = chain.replace(b"mx.inbox.example; spf=pass", b"mx.inbox.example; spf=fail")
    assert status_of(altered, trust_of(servers[1].key())).headline is Headline.BROKEN
    assert status_of(altered, trust).headline is Headline.BROKEN


def test_a_weak_key_anywhere_weakens_the_chain(servers: tuple[Server, Server]) -> None:
    """The weakest key of the chain counts; one that anyone can break counts as none."""
    old = rsa_server(1024, domain="old.example")
    data = seal(seal(LETTER, old), servers[1], instance=2)
    status = status_of(data, trust_of(old.key(), servers[1].key()))
    assert status.headline is Headline.INTACT_WEAK
    short = rsa_server(512, domain="short.example")
    data = seal(LETTER, short)
    assert status_of(data, trust_of(short.key())).headline is Headline.NOT_CHECKABLE


def test_added_and_unsigned_fields_count_as_for_dkim(
    chain: bytes, servers: tuple[Server, Server], trust: TrustSet
) -> None:
    """A second Subject is an alarm, an unsigned From a part only."""
    added = status_of(b"Subject: pay now\r\n" + chain, trust)
    assert added.headline is Headline.CHANGED_AFTER_SIGNING
    data = seal(LETTER, servers[0], names=NAMES[1:])
    assert status_of(data, trust).headline is Headline.INTACT_PARTIAL


def test_the_author_domains_signature_outweighs_the_chain(trust: TrustSet) -> None:
    """Beside an intact signature of the author's domain a chain changes nothing, unless broken."""
    own, relay = ed_server(), rsa_server(domain="lists.example")
    data = seal(sign(LETTER, own), relay)
    assert judge(data, trust_of(own.key())).headline is Headline.VERIFIED
    assert judge(data, trust_of(own.key(), relay.key())).headline is Headline.VERIFIED
    assert judge(data, trust).headline is Headline.NOT_CHECKABLE
    bad = data.replace(b"mx.lists.example; spf=pass", b"mx.lists.example; spf=fail")
    assert judge(bad, trust_of(own.key(), relay.key())).headline is Headline.BROKEN


CHAIN = seal(seal(LETTER, ed_server("a.example")), ed_server("b.example"), instance=2)
KEYS = trust_of(ed_server("a.example").key(), ed_server("b.example").key())


def test_the_fuzzed_chain_is_good() -> None:
    """Without a change it is intact, so that the test below can fail."""
    assert status_of(CHAIN, KEYS).integrity is Integrity.INTACT


@settings(max_examples=300, deadline=None)
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, 1800), st.integers(0, 40), st.binary(max_size=30)),
        min_size=1,
        max_size=5,
    )
)
def test_mutations_never_raise(cuts: list[tuple[int, int, bytes]]) -> None:
    """Whatever is cut out or put in: an answer, never an error of ours, never VERIFIED."""
    data = CHAIN
    for start, length, new in cuts:
        data = data[:start] + new + data[start + length :]
    report = judge(data, KEYS)
    assert type(report).from_json(report.to_json()) == report
    assert all(one.integrity is not Integrity.ERROR for one in report.statuses)
    assert not report.headline.value.startswith("VERIFIED")
