"""DKIM signatures: one test for each answer, and for each trap that bare engines fall into."""

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import dkim
import pytest
from asn1crypto import keys as asn1_keys
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.signatures.axes import (
    CertAtTime,
    ChangedAfter,
    Crypto,
    Headline,
    Integrity,
    Kind,
    Scope,
    Signer,
    TimeBasis,
)
from provenance.signatures.mail import covering
from provenance.signatures.mail.claim import MAX_SIGNATURE
from provenance.signatures.mail.judging import DETECTORS, MAX_SIGNATURES
from provenance.signatures.mail.message import MAX_FIELDS, MAX_HEADER
from provenance.signatures.mail.trying import Outcome, Trial
from provenance.signatures.model import SignatureStatus
from provenance.trust.model import DkimKey, DkimSource, TrustSet
from tests.signatures.good import is_good
from tests.signatures.mail.world import (
    FIRST,
    LAST,
    LETTER,
    NAMES,
    NOW,
    SENT,
    Server,
    ed_server,
    judge,
    only,
    rsa_server,
    seal,
    sign,
    trust_of,
)


@pytest.fixture(scope="module")
def server() -> Server:
    """The server of the author's domain."""
    return rsa_server()


@pytest.fixture(scope="module")
def trust(server: Server) -> TrustSet:
    """A desk that saw the key in DNS for two years."""
    return trust_of(server.key(), ed_server().key(), rsa_server(1024, selector="old").key())


def status_of(data: bytes, trust: TrustSet, **options: object) -> SignatureStatus:
    """Judge a message with one signature."""
    return only(judge(data, trust, **options))  # type: ignore[arg-type] # the caller's options


@pytest.mark.parametrize(
    "form", ["simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed", "relaxed"]
)
@pytest.mark.parametrize("maker", [rsa_server, ed_server])
def test_a_good_signature_is_verified(
    form: str, maker: Callable[[], Server], trust: TrustSet
) -> None:
    """Every canonicalization, both kinds of key: intact, whole, aligned, in the key's period."""
    status = status_of(sign(LETTER, maker(), form=form), trust)
    assert status.headline is Headline.VERIFIED
    assert (status.integrity, status.scope) == (Integrity.INTACT, Scope.WHOLE)
    assert status.signer is Signer.PINNED
    assert status.time_basis is TimeBasis.ARCHIVED_KEY_WINDOW
    assert (status.proven_not_before, status.proven_not_after) == (FIRST, LAST)
    assert status.claimed_time == SENT
    assert status.claimed_author == "ann@example.org"
    assert status.identity.subject == "example.org"
    assert status.covered[1] == "the whole body"
    assert status.uncovered == ("the fields Received",)
    assert (status.engine, status.mode, status.network_used) == ("dkimpy", "strict", False)
    assert status.trust_set_sha256 == trust.sha256
    assert status.warnings == ()


def test_the_strength_of_keys_is_said(trust: TrustSet) -> None:
    """RSA below 2048 bits and SHA-1 are weak; the size and the algorithm are recorded."""
    weak = status_of(sign(LETTER, rsa_server(1024, selector="old")), trust)
    assert (weak.headline, weak.crypto) == (Headline.INTACT_WEAK, Crypto.LEGACY)
    assert (weak.key_bits, weak.algorithms) == (1024, ("rsa-sha256", "rsa-1024"))
    sha1 = status_of(sign(LETTER, rsa_server(), algorithm="rsa-sha1"), trust)
    assert (sha1.headline, sha1.crypto) == (Headline.INTACT_WEAK, Crypto.LEGACY)
    assert status_of(sign(LETTER, rsa_server()), trust).key_bits == 2048
    assert status_of(sign(LETTER, ed_server()), trust).key_bits is None


def test_a_key_that_anyone_can_break_proves_nothing() -> None:
    """A match under RSA-512 is not an intact signature (RFC 8301 section 3.2)."""
    short = rsa_server(512)
    status = status_of(sign(LETTER, short), trust_of(short.key()))
    assert status.headline is Headline.NOT_CHECKABLE
    assert status.crypto is Crypto.BROKEN
    assert "key-too-short" in status.native_codes


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_line_ends_do_not_matter_and_are_told(ends: bytes, server: Server, trust: TrustSet) -> None:
    """A leaked copy with LF verifies like one with CRLF; the mode and a warning say so."""
    report = judge(sign(LETTER, server).replace(b"\r\n", ends), trust)
    assert report.headline is Headline.VERIFIED
    assert only(report).mode == ("lax" if ends == b"\n" else "strict")
    for warnings in (report.warnings, only(report).warnings):
        assert any("LF" in one for one in warnings) == (ends == b"\n")


def test_a_changed_subject_is_broken(server: Server, trust: TrustSet) -> None:
    """A changed signed field: broken, the body's digest still holds, and the caution is said."""
    status = status_of(sign(LETTER, server).replace(b"about moving", b"about paying"), trust)
    assert status.headline is Headline.BROKEN
    assert "header-signature-mismatch" in status.native_codes
    assert "body-hash-mismatch" not in status.native_codes


def test_a_changed_body_is_broken_and_told_apart(server: Server, trust: TrustSet) -> None:
    """A changed body: broken, and the fields are said to be as signed."""
    changed = sign(LETTER, server).replace(b"the troops", b"the money!")
    status = status_of(changed, trust)
    assert status.headline is Headline.BROKEN
    assert status.native_codes[:2] == ("body-hash-mismatch", "key-found")
    assert any("as they were signed" in one for one in status.warnings)
    both = status_of(changed.replace(b"about moving", b"about paying"), trust)
    assert both.native_codes[:2] == ("body-hash-mismatch", "header-signature-mismatch")


def test_without_a_key_nothing_is_claimed(server: Server) -> None:
    """No archived key: not checkable. A body that is not the signed one is broken all the same."""
    signed = sign(LETTER, server)
    status = status_of(signed, TrustSet())
    assert status.headline is Headline.NOT_CHECKABLE
    assert status.native_codes == ("no-key",)
    assert status.etsi == ("INDETERMINATE", "NO_SIGNING_CERTIFICATE_FOUND")
    broken = status_of(signed.replace(b"the troops", b"the money!"), TrustSet())
    assert broken.headline is Headline.BROKEN


def test_no_signature_is_unsigned(trust: TrustSet) -> None:
    """Unsigned only after both detectors ran."""
    report = judge(LETTER, trust)
    assert report.headline is Headline.UNSIGNED
    assert report.detectors_run == DETECTORS


@pytest.mark.parametrize(
    ("change", "drop"),
    [
        *(({}, [name]) for name in ("v", "a", "d", "h", "s", "bh")),
        ({"d": "exa mple.org"}, []),
        ({"d": "example..org"}, []),
        ({"h": "to:subject"}, []),
        ({"h": ""}, []),
        ({"i": "ann@elsewhere.org"}, []),
        ({"i": "ann@notexample.org"}, []),
        ({"i": "example.org"}, []),
        ({"c": "loose/loose"}, []),
        ({"l": "-1"}, []),
        ({"l": "many"}, []),
        ({"t": "yesterday"}, []),
        ({"t": "999999999999"}, []),
        ({"t": "1000", "x": "999"}, []),
        ({"bh": "!!!"}, []),
        ({"bh": ""}, []),
        ({"bad tag": "1"}, []),
        ({"x": "10 00"}, []),
    ],
)
def test_a_malformed_signature_is_not_judged(
    change: dict[str, str], drop: list[str], server: Server, trust: TrustSet
) -> None:
    """Each broken rule of RFC 6376: neither broken nor good, and named."""
    status = status_of(sign(LETTER, server, tags=change, drop=drop), trust)
    assert status.headline is Headline.NOT_CHECKABLE
    assert status.native_codes == ("malformed",)
    assert status.error is not None
    assert status.error.startswith("malformed: ")


def test_a_tag_given_twice_is_malformed(server: Server, trust: TrustSet) -> None:
    """Two d= tags: engines pick different ones, so none is picked."""
    signed = sign(LETTER, server).replace(b"; s=s1", b"; d=other.org; s=s1", 1)
    assert status_of(signed, trust).native_codes == ("malformed",)


@pytest.mark.parametrize("change", [{"a": "rsa-sha512"}, {"v": "2"}, {"q": "http"}, {"a": ""}])
def test_what_is_not_known_is_unsupported(
    change: dict[str, str], server: Server, trust: TrustSet
) -> None:
    """Algorithms, versions and key look-ups of the future are named, not called broken."""
    assert status_of(sign(LETTER, server, tags=change), trust).headline is Headline.UNSUPPORTED


@pytest.mark.parametrize("name", ["From", "Subject", "Date", "To", "Reply-To", "Content-Type"])
def test_a_field_added_on_top_is_never_good(name: str, server: Server, trust: TrustSet) -> None:
    """A second Subject or Date above the signed one, which many programs show (8.15)."""
    letter = LETTER.replace(b"Subject:", b"Reply-To: ann@example.org\r\nSubject:")
    signed = sign(letter, server, names=(*NAMES, "reply-to"))
    assert status_of(signed, trust).headline is Headline.VERIFIED
    added = f"{name}: Boss <boss@example.org>, pay; now\r\n".encode()
    for data in (added + signed, signed.replace(b"From: Ann", added + b"From: Ann", 1)):
        status = status_of(data, trust)
        assert status.headline is Headline.CHANGED_AFTER_SIGNING
        assert status.integrity is Integrity.INTACT
        assert "added-header" in status.native_codes
        assert any(f"a further {name} field" in one.where for one in status.changes)


def test_a_field_added_below_breaks(server: Server, trust: TrustSet) -> None:
    """Signed instances are counted from the bottom, so one added there is taken for the signed."""
    data = sign(LETTER, server).replace(b"\r\n\r\n", b"\r\nSubject: pay now\r\n\r\n", 1)
    assert status_of(data, trust).headline is Headline.BROKEN


def test_an_added_field_that_was_signed_against_breaks(server: Server, trust: TrustSet) -> None:
    """A name that h= lists once more than it occurs cannot be added (5.4.2)."""
    signed = sign(LETTER, server, names=(*NAMES, "subject", "from"))
    assert status_of(signed, trust).headline is Headline.VERIFIED
    assert status_of(b"Subject: pay now\r\n" + signed, trust).headline is Headline.BROKEN


def test_an_equal_second_field_is_harmless(server: Server, trust: TrustSet) -> None:
    """A repeated MIME-Version says nothing else and changes nothing."""
    status = status_of(b"MIME-Version:  1.0\r\n" + sign(LETTER, server), trust)
    assert status.headline is Headline.VERIFIED


def test_text_behind_the_signed_length_is_named(server: Server, trust: TrustSet) -> None:
    """l= and text after it: a part only, and the text is quoted."""
    length = len(LETTER.partition(b"\r\n\r\n")[2])
    signed = sign(LETTER, server, length=length)
    assert status_of(signed, trust).headline is Headline.VERIFIED
    status = status_of(signed + b"Pay ten million to Bob.\r\n", trust)
    assert (status.headline, status.scope) == (Headline.INTACT_PARTIAL, Scope.PART)
    assert "Pay ten million to Bob." in status.uncovered[0]
    assert status.covered[1] == f"the first {length} of {length + 25} bytes of the body"
    assert "body-length-limited" in status.native_codes
    nothing = status_of(sign(LETTER, server, length=0), trust)
    assert (nothing.headline, nothing.scope) == (Headline.INTACT_PARTIAL, Scope.METADATA_ONLY)
    assert status_of(signed + b"\r\n\r\n", trust).headline is Headline.VERIFIED


def test_a_length_beyond_the_body_is_refused(server: Server, trust: TrustSet) -> None:
    """A signer that counts more than there is has not followed RFC 6376 3.5."""
    status = status_of(sign(LETTER, server, length=100_000), trust)
    assert status.headline is Headline.NOT_CHECKABLE
    cut = sign(LETTER, server, length=60)
    cut = cut[: cut.index(b"we are")]
    assert status_of(cut, trust).headline is Headline.BROKEN


@pytest.mark.parametrize("name", ["subject", "date", "to"])
def test_an_unsigned_field_that_readers_see_makes_it_a_part(
    name: str, server: Server, trust: TrustSet
) -> None:
    """What every mail program shows has to be signed for the message to be covered."""
    names = [one for one in NAMES if one != name]
    status = status_of(sign(LETTER, server, names=names), trust)
    assert status.headline is Headline.INTACT_PARTIAL
    assert name.capitalize() in status.uncovered[0]


def test_other_unsigned_fields_are_listed(server: Server, trust: TrustSet) -> None:
    """Fields that programs act on are named in a warning and leave the scope alone."""
    status = status_of(b"Reply-To: bob@evil.example\r\n" + sign(LETTER, server), trust)
    assert status.headline is Headline.VERIFIED
    assert "unsigned-header" in status.native_codes
    assert any("Reply-To" in one for one in status.warnings)
    assert "Reply-To" in status.uncovered[0]


PARTS = (
    b"From: ann@example.org\r\nTo: joan@example.net\r\nSubject: x\r\nDate: Mon, 6 Jan 2020"
    b" 19:04:00 +0000\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\n\r\nWe do not move.\r\n--c\r\n\r\nWe move.\r\n--b--\r\n"
)
SEEN = ("from", "to", "subject", "date")


@pytest.mark.parametrize(
    ("content_type", "headline"),
    [
        (b"multipart/mixed; boundary=b", Headline.VERIFIED),
        (b'multipart/alternative; boundary="b"', Headline.VERIFIED),
        (b"text/plain", Headline.VERIFIED),
        (b"multipart/mixed; boundary=c", Headline.INTACT_PARTIAL),
        (b"multipart/mixed; boundary=nowhere", Headline.INTACT_PARTIAL),
        (b"multipart/mixed", Headline.INTACT_PARTIAL),
    ],
)
def test_an_unsigned_content_type_must_not_hide_text(
    content_type: bytes, headline: Headline, server: Server, trust: TrustSet
) -> None:
    """Another boundary makes signed text vanish from view: that is a part only."""
    signed = sign(PARTS, server, names=SEEN)
    data = signed.replace(b"multipart/mixed; boundary=b", content_type)
    assert status_of(data, trust).headline is headline


@pytest.mark.parametrize(
    "line", [b"This line is no field\r\n", b" continues nothing\r\n", b"N\xc3\xa4me: x\r\n"]
)
def test_lines_that_are_no_field_make_it_a_part(
    line: bytes, server: Server, trust: TrustSet
) -> None:
    """Programs show such lines as text, or not at all; nobody signed them."""
    status = status_of(line + sign(LETTER, server), trust)
    assert status.headline is Headline.INTACT_PARTIAL


def test_a_bare_carriage_return_makes_it_a_part(server: Server, trust: TrustSet) -> None:
    """Some programs end a line at it: an unsigned field can smuggle a second Subject."""
    status = status_of(b"X-Any: x\rSubject: pay now\r\n" + sign(LETTER, server), trust)
    assert status.headline is Headline.INTACT_PARTIAL


@pytest.mark.parametrize("domain", ["example.com", "org", "xample.org", "evil-example.org"])
def test_a_foreign_domain_is_a_mismatch(domain: str) -> None:
    """A good signature of a domain that does not speak for From."""
    other = rsa_server(domain=domain)
    status = status_of(sign(LETTER, other), trust_of(other.key()))
    assert (status.headline, status.signer) == (Headline.IDENTITY_MISMATCH, Signer.MISMATCH)
    assert "from-not-aligned" in status.native_codes


def test_a_domain_of_the_same_organisation_is_aligned() -> None:
    """The public suffix list decides, without the network."""
    other = rsa_server(domain="mail.example.org")
    status = status_of(sign(LETTER, other), trust_of(other.key()))
    assert status.headline is Headline.VERIFIED
    assert "aligned-by-organisation" in status.native_codes


@pytest.mark.parametrize(
    "author",
    [
        b"Ann <ann@example.org>, Boss <boss@bank.example>",
        b"boss@bank.example <ann@example.org>",
        b"undisclosed:;",
        b"Ann",
        b'"Ann <ann@example.org>',
        b"Ann (never closed <ann@example.org>",
        b"ann@example.org@bank.example",
        b"=?utf-8?q?=22?= <ann@example.org>, =?utf-8?q?=22?= <boss@bank.example>",
    ],
)
def test_every_address_in_from_must_be_aligned(
    author: bytes, server: Server, trust: TrustSet
) -> None:
    """A second address, one in a display name, or one that cannot be read is never VERIFIED."""
    letter = LETTER.replace(b"Ann Author <ann@example.org>", author)
    assert status_of(sign(letter, server), trust).headline is Headline.IDENTITY_MISMATCH


@pytest.mark.parametrize(
    "author",
    [
        b"ann@example.org",
        b'"Author, Ann (really)" <ann@example.org>',
        b"Ann <ann@sub.example.org> (a comment (nested) boss@bank.example)",
        b"=?utf-8?q?=C3=84nn?= <Ann@EXAMPLE.org>",
        b'"quoted local"@example.org',
    ],
)
def test_ordinary_authors_are_read(author: bytes, server: Server, trust: TrustSet) -> None:
    """Display names, comments and capitals do not matter."""
    letter = LETTER.replace(b"Ann Author <ann@example.org>", author)
    assert status_of(sign(letter, server), trust).headline is Headline.VERIFIED


def test_a_strict_key_does_not_sign_for_subdomains(server: Server) -> None:
    """t=s: i= must name the very domain (RFC 6376 3.6.1)."""
    strict = trust_of(server.key(record=server.record + "; t=s"))
    good = sign(LETTER, server, tags={"i": "ann@example.org"})
    assert status_of(good, strict).headline is Headline.VERIFIED
    below = sign(LETTER, server, tags={"i": "@mail.example.org"})
    assert status_of(below, strict).headline is Headline.IDENTITY_MISMATCH
    assert status_of(below, trust_of(server.key())).headline is Headline.VERIFIED


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ("v=DKIM1; p=", "key-revoked"),
        ("v=DKIM1; k=rsa", "key-unusable"),
        ("v=DKIM2; p=AAAA", "key-unusable"),
        ("v=DKIM1; p=AAAA", "key-unusable"),
        ("v=DKIM1; p=!!!!", "key-unusable"),
        ("v=DKIM1; k=ed25519; p=AAAA", "key-unusable"),
        ("v=DKIM1; k=dsa; p=AAAA", "key-unusable"),
        ("no tags at all", "key-unusable"),
        ("", "key-unusable"),
    ],
)
def test_keys_that_cannot_be_used_are_told_apart(record: str, code: str, server: Server) -> None:
    """Withdrawn, unreadable, of another version: not checkable, each with its code."""
    status = status_of(sign(LETTER, server), trust_of(server.key(record=record)))
    assert status.headline is Headline.NOT_CHECKABLE
    assert status.native_codes == (code,)


@pytest.mark.parametrize(
    ("more", "headline"),
    [
        ("; s=email", Headline.VERIFIED),
        ("; s=other:*", Headline.VERIFIED),
        ("; s=tlsrpt", Headline.NOT_CHECKABLE),
        ("; h=sha256", Headline.VERIFIED),
        ("; h=sha1", Headline.NOT_CHECKABLE),
        ("; n=a note; t=y", Headline.VERIFIED),
        (";", Headline.VERIFIED),
    ],
)
def test_what_a_key_record_permits(more: str, headline: Headline, server: Server) -> None:
    """Services and digests that the domain allows are kept to; trying out is told."""
    status = status_of(sign(LETTER, server), trust_of(server.key(record=server.record + more)))
    assert status.headline is headline
    assert any("trying out" in one for one in status.warnings) == ("t=y" in more)


def test_keys_of_absurd_sizes_are_not_tried(server: Server) -> None:
    """Too small to hold a signature, too large to be honest: unusable, and no time is spent."""
    for bits in (256, 40_000):
        public = asn1_keys.RSAPublicKey({"modulus": (1 << bits) - 1, "public_exponent": 65537})
        spki = asn1_keys.PublicKeyInfo.wrap(public, "rsa").dump()
        record = f"p={base64.b64encode(spki).decode()}"
        status = status_of(sign(LETTER, server), trust_of(server.key(record=record)))
        assert status.native_codes == ("key-unusable",)


def test_a_key_without_its_outer_structure_is_read(server: Server) -> None:
    """Some domains publish the bare RSAPublicKey (RFC 6376 3.6.1 asks for that form)."""
    spki = base64.b64decode(server.record.rpartition("p=")[2])
    bare = asn1_keys.PublicKeyInfo.load(spki)["public_key"].parsed.dump()
    record = f"v=DKIM1; p={base64.b64encode(bare).decode()}"
    status = status_of(sign(LETTER, server), trust_of(server.key(record=record)))
    assert status.headline is Headline.VERIFIED
    assert status.identity.spki_sha256 == hashlib.sha256(spki).hexdigest()


def test_domains_beyond_ascii_are_compared_in_a_labels() -> None:
    """RFC 8616: d= and From may be written in letters of a language."""
    server = rsa_server(domain="xn--bcher-kva.example")
    letter = LETTER.replace(b"ann@example.org", "ann@bücher.example".encode())
    signed = sign(letter, server, tags={"d": "bücher.example"})
    assert status_of(signed, trust_of(server.key())).headline is Headline.VERIFIED
    bad = sign(LETTER, server, tags={"d": "b\u00fc..example"})
    assert status_of(bad, trust_of(server.key())).native_codes == ("malformed",)


def test_a_failing_engine_is_an_error(
    server: Server, trust: TrustSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the engine raises says nothing on the message: ERROR, never BROKEN, for both kinds."""

    def fail(*args: object) -> bool:
        raise KeyError(args)

    data = seal(sign(LETTER, server), server)
    monkeypatch.setattr(dkim.DomainSigner, "verify_sig_process", fail)
    report = judge(data, trust)
    assert [one.headline for one in report.statuses] == [Headline.ERROR, Headline.ERROR]
    assert {"engine-failed"} <= set(report.statuses[0].native_codes)
    monkeypatch.undo()
    monkeypatch.setattr(covering, "hidden_by_type", fail)
    report = judge(data, trust)
    assert [one.headline for one in report.statuses] == [Headline.ERROR, Headline.ERROR]
    assert report.headline is Headline.ERROR


def test_a_key_of_another_kind_is_not_tried(server: Server) -> None:
    """An Ed25519 key where the signature says RSA, and the other way round."""
    ed = ed_server()
    status = status_of(sign(LETTER, server), trust_of(ed.key(selector="s1")))
    assert status.native_codes == ("key-of-another-kind",)
    status = status_of(sign(LETTER, ed), trust_of(server.key(selector="ed")))
    assert status.native_codes == ("key-of-another-kind",)


def test_an_algorithm_that_is_not_the_keys_is_refused() -> None:
    """An Ed25519 signature that calls itself RSA: the engine alone would call it good."""
    ed = ed_server()
    data = sign(LETTER, ed, algorithm="rsa-sha256")
    assert status_of(data, trust_of(ed.key())).headline is Headline.NOT_CHECKABLE


def test_a_user_supplied_key_is_visible(server: Server) -> None:
    """A key that somebody handed in makes the signer unknown, and it is said."""
    status = status_of(sign(LETTER, server), trust_of(server.key(source=DkimSource.MANUAL)))
    assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert "key-source-manual" in status.native_codes
    assert any("user-supplied key" in one for one in status.warnings)
    both = trust_of(server.key(source=DkimSource.MANUAL), server.key(source=DkimSource.ARCHIVE))
    assert status_of(sign(LETTER, server), both).headline is Headline.VERIFIED


def test_no_matching_key_cannot_be_asked_for() -> None:
    """A caller that did not look at the outcome gets a fault, not a key."""
    with pytest.raises(ValueError, match="no key matched"):
        _ = Trial(outcome=Outcome.NO_KEY, text="").matching


def test_all_keys_of_a_selector_are_tried(server: Server) -> None:
    """Of several keys over the years the one that fits is found and its period counts."""
    other = rsa_server(number=1)
    later = {"first_seen": LAST, "last_seen": NOW}
    status = status_of(sign(LETTER, server), trust_of(other.key(**later), server.key()))
    assert status.headline is Headline.VERIFIED
    assert (status.proven_not_before, status.proven_not_after) == (FIRST, LAST)
    alone = status_of(sign(LETTER, server), trust_of(other.key()))
    assert alone.headline is Headline.BROKEN


def test_keys_of_another_time_do_not_call_it_broken(server: Server) -> None:
    """The only archived key is of ten years later: the right one may simply be missing."""
    other = rsa_server(number=1)
    later = datetime(2030, 1, 1, tzinfo=UTC)
    status = status_of(sign(LETTER, server), trust_of(other.key(first_seen=later, last_seen=later)))
    assert status.headline is Headline.NOT_CHECKABLE
    assert status.native_codes == ("key-of-another-time",)


@pytest.mark.parametrize(
    ("window", "code"),
    [
        ({"first_seen": None, "last_seen": None}, "key-period-open"),
        ({"first_seen": None}, "key-period-open"),
        ({"last_seen": None}, "key-period-open"),
        ({"first_seen": SENT + timedelta(days=1)}, "claimed-time-outside-key-period"),
        ({"last_seen": SENT - timedelta(days=1)}, "claimed-time-outside-key-period"),
    ],
)
def test_an_open_or_other_period_proves_no_time(
    window: dict[str, datetime | None], code: str, server: Server
) -> None:
    """The period bounds the signing only when both ends are known and the claim lies within."""
    status = status_of(sign(LETTER, server), trust_of(server.key(**window)))
    assert status.headline is Headline.INTACT_TIME_UNPROVEN
    assert code in status.native_codes
    assert status.time_basis is TimeBasis.CLAIMED
    assert status.proven_not_before is status.proven_not_after is None


def test_without_any_time_the_period_alone_speaks(server: Server, trust: TrustSet) -> None:
    """No t= and no Date: nothing is claimed, the key's period still bounds the signing."""
    letter = LETTER.replace(b"Date: Mon, 6 Jan 2020 19:04:00 +0000\r\n", b"")
    status = status_of(sign(letter, server, at=None), trust)
    assert (status.claimed_time, status.time_basis) == (None, TimeBasis.ARCHIVED_KEY_WINDOW)
    assert status.headline is Headline.VERIFIED
    bare = status_of(sign(letter, server, at=None), trust_of(server.key(first_seen=None)))
    assert bare.time_basis is TimeBasis.NONE


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({"x": str(int((SENT + timedelta(minutes=1)).timestamp()))}, None),
        (
            {"t": str(int((SENT - timedelta(days=5)).timestamp())), "x": "1577923200"},
            "signature-expired",
        ),
        ({"t": str(int((SENT + timedelta(days=3)).timestamp()))}, "signed-after-receipt"),
        ({"x": "999999999999"}, None),
    ],
)
def test_expiry_is_judged_at_receipt(
    tags: dict[str, str], code: str | None, server: Server, trust: TrustSet
) -> None:
    """x= and t= are held against the uppermost Received, not against today."""
    status = status_of(sign(LETTER, server, tags=tags), trust)
    assert status.reference_time_used == SENT + timedelta(seconds=10)
    wanted = Headline.INTACT_TIME_UNPROVEN if code else Headline.VERIFIED
    assert status.headline is wanted
    assert code is None or code in status.native_codes


def test_the_callers_reference_time_counts_more(server: Server, trust: TrustSet) -> None:
    """A desk that knows when it got the mail judges x= by that."""
    expires = {"x": str(int((SENT + timedelta(days=7)).timestamp()))}
    signed = sign(LETTER, server, tags=expires)
    assert status_of(signed, trust).headline is Headline.VERIFIED
    late = status_of(signed, trust, reference_time=SENT + timedelta(days=30))
    assert late.headline is Headline.INTACT_TIME_UNPROVEN
    assert late.reference_time_used == SENT + timedelta(days=30)


def test_a_signature_from_the_future(server: Server) -> None:
    """t= after the caller's now is said; no clock of the machine is asked."""
    wide = trust_of(server.key(last_seen=datetime(2090, 1, 1, tzinfo=UTC)))
    signed = sign(LETTER, server, at=datetime(2080, 1, 1, tzinfo=UTC))
    assert "signing-time-in-future" in status_of(signed, wide).native_codes
    later = status_of(signed, wide, at=datetime(2085, 1, 1, tzinfo=UTC))
    assert "signing-time-in-future" not in later.native_codes


def test_a_published_private_key_makes_it_worthless(server: Server) -> None:
    """Once the private key is out, any date can be forged; an older reference time saves it."""
    published = trust_of(server.key(private_key_published_at=LAST))
    status = status_of(sign(LETTER, server), published)
    assert (status.headline, status.cert_at_time) == (
        Headline.REVOKED,
        CertAtTime.COMPROMISED_KEY,
    )
    assert "private-key-published" in status.native_codes
    known = status_of(sign(LETTER, server), published, reference_time=LAST - timedelta(days=1))
    assert known.headline is Headline.VERIFIED
    assert "private-key-published-later" in known.native_codes


def test_publication_in_another_record_of_the_same_key_counts(server: Server) -> None:
    """The note stands beside one record, the match is with another: same key, same judgement."""
    told = server.key(source=DkimSource.MANUAL, private_key_published_at=LAST, evidence="a note")
    assert (
        status_of(sign(LETTER, server), trust_of(told, server.key())).headline is Headline.REVOKED
    )


def test_a_compromised_key_is_revoked(server: Server) -> None:
    """The desk's list of compromised keys counts for mail too."""
    der = base64.b64decode(server.record.rpartition("p=")[2])
    trust = trust_of(server.key(), compromised_spki=(hashlib.sha256(der).hexdigest(),))
    assert status_of(sign(LETTER, server), trust).headline is Headline.REVOKED


@pytest.mark.parametrize(
    ("since", "headline"),
    [
        (SENT - timedelta(days=1), Headline.REVOKED),
        (SENT + timedelta(days=1), Headline.VERIFIED),
        (None, Headline.INTACT_TIME_UNPROVEN),
    ],
)
def test_a_withdrawn_key(since: datetime | None, headline: Headline, server: Server) -> None:
    """Withdrawn before the claimed time: revoked. Later, as rotation does: fine. Unknown: open."""
    gone = server.key(record="v=DKIM1; p=", first_seen=since, last_seen=None)
    status = status_of(sign(LETTER, server), trust_of(server.key(), gone))
    assert status.headline is headline
    assert "key-withdrawn" in status.native_codes


def test_mailbox_quoting_is_undone_and_told(server: Server, trust: TrustSet) -> None:
    """A mailbox turns From at a line's start into >From; the signature is found all the same."""
    quoted = sign(LETTER, server).replace(b"\r\nFrom now on", b"\r\n>From now on")
    status = status_of(quoted, trust)
    assert status.headline is Headline.VERIFIED
    assert (status.mode, "mailbox-quoting-undone" in status.native_codes) == ("lax", True)
    mailbox = b"From ann@example.org Mon Jan  6 19:04:00 2020\n" + sign(LETTER, server)
    assert status_of(mailbox, trust).headline is Headline.VERIFIED


def test_other_servers_do_not_spoil_the_authors_signature(server: Server, trust: TrustSet) -> None:
    """A mail service's signature without a key, or of its own name, says nothing against it."""
    service = rsa_server(domain="service.example")
    data = sign(sign(LETTER, server), service)
    assert judge(data, trust).headline is Headline.VERIFIED
    known = trust_of(server.key(), service.key())
    report = judge(data, known)
    assert [one.headline for one in report.statuses] == [
        Headline.IDENTITY_MISMATCH,
        Headline.VERIFIED,
    ]
    assert report.headline is Headline.VERIFIED
    assert judge(sign(LETTER, service), known).headline is Headline.IDENTITY_MISMATCH
    broken = data.replace(b"the troops", b"the money!")
    assert judge(broken, known).headline is Headline.BROKEN


def test_limits_are_failures_or_open_questions(server: Server, trust: TrustSet) -> None:
    """What is beyond the limits is never "unsigned" and never passed over silently."""
    many = judge(b"X: y\r\n" * (MAX_FIELDS + 1) + LETTER, trust)
    assert many.headline is Headline.ERROR
    assert [one.detector for one in many.detectors_failed] == list(DETECTORS)
    long = judge(b"X: " + b"y" * MAX_HEADER + b"\r\n" + LETTER, trust)
    assert long.headline is Headline.ERROR
    signed = sign(LETTER, server)
    field = signed[: len(signed) - len(LETTER)]
    crowd = judge(field * (MAX_SIGNATURES + 2) + LETTER, trust)
    assert len(crowd.statuses) == MAX_SIGNATURES
    assert crowd.not_determined == ("2 further DKIM signatures were not looked at",)
    wide = signed.replace(b"; s=s1", b"; s=s1" + b" " * 300, 1)
    assert only(judge(wide, trust)).native_codes == ("malformed",)
    huge = signed.replace(b"; s=s1", b"; z=" + b"y" * MAX_SIGNATURE + b"; s=s1", 1)
    assert only(judge(huge, trust)).native_codes == ("malformed",)


SIGNED = sign(LETTER, ed_server(), names=("received", *NAMES))
VALUE = (SIGNED.index(b"\tb=") + 3, SIGNED.index(b"Received"))


@settings(max_examples=400, deadline=None)
@given(position=st.integers(0, len(SIGNED) - 1), bit=st.integers(0, 7))
def test_no_flipped_bit_is_accepted(position: int, bit: int) -> None:
    """Any single flipped bit of a wholly signed message changes the answer.

    The signature value itself is left out: the last character of base64 holds bits of no meaning,
    and white space around it is nobody's (RFC 6376 section 3.7).
    """
    if VALUE[0] <= position < VALUE[1]:
        position = (position + VALUE[1]) % len(SIGNED)
    data = bytearray(SIGNED)
    data[position] ^= 1 << bit
    report = judge(bytes(data), trust_of(ed_server().key()))
    assert not is_good(report.headline)


def test_the_fuzzed_message_is_good() -> None:
    """Without a flip the message of the fuzz tests is VERIFIED, so that they can fail."""
    assert judge(SIGNED, trust_of(ed_server().key())).headline is Headline.VERIFIED


@settings(max_examples=300, deadline=None)
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, 1200), st.integers(0, 40), st.binary(max_size=30)), max_size=6
    )
)
def test_mutations_never_raise(cuts: list[tuple[int, int, bytes]]) -> None:
    """Whatever is cut out of a message or put in: an answer, and one that can be written."""
    data = SIGNED
    for start, length, new in cuts:
        data = data[:start] + new + data[start + length :]
    report = judge(data, trust_of(ed_server().key()))
    assert type(report).from_json(report.to_json()) == report
    assert all(one.integrity is not Integrity.ERROR for one in report.statuses)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    """Random bytes, with a signature's name before them."""
    for start in (b"", b"DKIM-Signature:", b"ARC-Seal: i=1;", b"From: "):
        report = judge(start + data, TrustSet())
        assert type(report).from_json(report.to_json()) == report
        assert not is_good(report.headline)


def test_a_key_record_can_be_any_text() -> None:
    """The archive may hold what it likes."""
    entry = DkimKey(
        domain="example.org",
        selector="ED",
        record='"v=DKIM1; k=ed25519; p="',
        source=DkimSource.DNS,
    )
    status = only(judge(SIGNED, TrustSet(dkim_keys=(entry,))))
    assert status.native_codes == ("key-revoked",)
    assert status.kind is Kind.DKIM
    assert status.changed_after is ChangedAfter.NONE
