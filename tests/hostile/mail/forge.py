"""Make hostile messages out of a signed one. Each function or name is one attack.

Sources: RFC 6376 section 8 (l=, header fields added on top, short keys), RFC 8301 (keys that anyone
can factor), RFC 8617 section 9 (chains), and the ways in which engines were seen to accept what
they should not: a key of another kind, t=s, tags given twice. `python -m tests.hostile.mail.forge
DIR` writes one example of each with the archive of keys and what is to be expected.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from provenance.signatures.codec import to_jsonable
from provenance.trust.model import TrustSet
from tests.signatures.mail.world import (
    LETTER,
    NAMES,
    SENT,
    Server,
    ed_server,
    judge,
    rsa_server,
    seal,
    sign,
    trust_of,
)

OWN = rsa_server()
"""The server of the author's domain."""
EVIL = rsa_server(domain="evil.example")
RELAY = rsa_server(domain="relay.example")
SHORT = rsa_server(512, selector="short")
STRICT = rsa_server(selector="strict", number=2)
LEAKED = rsa_server(selector="leaked", number=3)
GONE = rsa_server(selector="gone", number=4)
_ED = ed_server()
BOMB = 60_000  # repetitions; enough for minutes in an engine that takes time by the square


def archive() -> TrustSet:
    """Return the keys a desk holds: of everybody, the attacker included."""
    return trust_of(
        OWN.key(),
        EVIL.key(),
        RELAY.key(),
        SHORT.key(),
        _ED.key(),
        STRICT.key(record=STRICT.record + "; t=s"),
        LEAKED.key(private_key_published_at=SENT),
        GONE.key(),
        GONE.key(record="v=DKIM1; p=", first_seen=OWN.key().first_seen),
    )


def untouched() -> bytes:
    """Return the victim."""
    return sign(LETTER, OWN)


def changed() -> Iterator[tuple[str, bytes]]:
    """Signed bytes altered."""
    signed = untouched()
    yield "body-altered", signed.replace(b"the troops", b"the money!")
    yield "subject-altered", signed.replace(b"about moving", b"about paying")
    yield "date-altered", signed.replace(b"Mon, 6 Jan 2020 19:04:00", b"Wed, 6 Jan 2010 19:04:00")
    yield "from-altered", signed.replace(b"<ann@", b"<bob@")
    yield "body-cut", signed[:-40]
    yield "body-appended", signed + b"P.S. Pay Bob.\r\n"
    yield "signature-replayed", signed.partition(b"Received")[0] + LETTER.replace(b"we", b"they")
    value = signed.index(b"\tb=") + 3
    yield "signature-zeroed", signed[:value] + b"AAAA" + signed[signed.index(b"\r\n", value) :]
    yield "signature-emptied", signed[:value] + signed[signed.index(b"\r\n", value) :]


def added() -> Iterator[tuple[str, bytes]]:
    """Fields and text added around what is signed, which the engine alone calls good."""
    signed = untouched()
    for name in ("From", "Subject", "Date", "To", "Message-ID"):
        yield f"added-{name.lower()}", f"{name}: Boss <boss@example.org>\r\n".encode() + signed
    yield "added-subject-spaced", b"Subject : pay now\r\n" + signed
    yield "added-subject-lower", b"sUBJECT: pay now\r\n" + signed
    yield "added-subject-bare-return", b"X-Any: x\rSubject: pay now\r\n" + signed
    yield "added-text-in-header", b"Dear Joan, pay now.\r\n" + signed
    yield "added-content-type", b"Content-Type: multipart/mixed; boundary=x\r\n" + signed
    length = len(LETTER.partition(b"\r\n\r\n")[2])
    limited = sign(LETTER, OWN, length=length)
    yield "length-appended", limited + b"P.S. Pay Bob.\r\n"
    yield "length-zero", sign(LETTER, OWN, length=0).replace(b"moving  the", b"paying  the")
    yield "length-beyond", sign(LETTER, OWN, length=10_000)
    bare = [name for name in NAMES if name not in {"content-type", "mime-version"}]
    hidden = sign(LETTER, OWN, names=bare)
    yield (
        "boundary-switched",
        hidden.replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=none"),
    )
    yield "subject-unsigned", sign(LETTER, OWN, names=["from"])
    yield "from-unsigned", sign(LETTER, OWN, names=["to"])


def misattributed() -> Iterator[tuple[str, bytes]]:
    """Good signatures of somebody else."""
    yield "signed-by-another", sign(LETTER, EVIL)
    for name, author in {
        "second-author": b"Boss <boss@bank.example>, Ann <ann@example.org>",
        "author-in-name": b"boss@bank.example <ann@example.org>",
        "author-in-encoded-quotes": (
            b"=?utf-8?q?=22?= <boss@bank.example>, =?utf-8?q?=22?= <ann@example.org>"
        ),
        "author-unclosed": b'"Boss <boss@bank.example> Ann <ann@example.org>',
        "author-missing": b"",
    }.items():
        yield name, sign(LETTER.replace(b"Ann Author <ann@example.org>", author), OWN)
    yield "identity-outside", sign(LETTER, OWN, tags={"i": "ann@evil.example"})
    yield "identity-below-strict-key", sign(LETTER, STRICT, tags={"i": "@sub.example.org"})


def confused() -> Iterator[tuple[str, bytes]]:
    """Tags, keys and algorithms that do not go together."""
    yield "key-of-another-kind", sign(LETTER, _ED, algorithm="rsa-sha256")
    yield "key-too-short", sign(LETTER, SHORT)
    yield "key-leaked", sign(LETTER, LEAKED)
    yield "key-withdrawn", sign(LETTER, GONE)
    yield "key-unknown", sign(LETTER, rsa_server(selector="other", number=5))
    yield "key-guessed", sign(LETTER, rsa_server(number=6))
    yield "domain-twice", untouched().replace(b"; s=s1", b"; d=evil.example; s=s1", 1)
    yield "domain-with-suffix", sign(LETTER, OWN, tags={"d": "example.org.evil.example"})
    yield "version-missing", sign(LETTER, OWN, drop=["v"])
    yield "algorithm-none", sign(LETTER, OWN, tags={"a": "none"})
    yield "expired", sign(LETTER, OWN, tags={"x": "1577923200", "t": "1577836800"})
    yield "signed-in-future", sign(LETTER, OWN, tags={"t": "4102444800"})


def chained() -> Iterator[tuple[str, bytes]]:
    """ARC chains, none of which may make a message good."""
    chain = seal(seal(LETTER, RELAY), EVIL, instance=2)
    yield "chain-claims-altered", chain.replace(b"relay.example; spf=pass", b"relay.example; x=y")
    yield "chain-body-altered", chain.replace(b"the troops", b"the money!")
    yield "chain-gap", chain.replace(b"ARC-Seal: i=1;", b"X-Seal: i=1;")
    yield "chain-doubled", b"ARC-Seal: i=1; a=rsa-sha256; cv=none; d=x; s=y; b=AAAA\r\n" + chain
    yield "chain-of-51", seal(LETTER, RELAY, instance=51, state="none")
    yield "chain-sealed-as-failed", seal(seal(LETTER, RELAY), EVIL, instance=2, state="fail")
    yield "chain-says-pass-first", seal(LETTER, RELAY, state="pass")
    yield "chain-short-key", seal(LETTER, SHORT)
    yield "chain-subject-added", b"Subject: pay now\r\n" + chain


def bombs() -> Iterator[tuple[str, bytes]]:
    """Messages that cost time by the square in careless parsers."""
    signed = untouched()
    yield "bomb-spaces-in-body", sign(LETTER + b" " * BOMB * 20 + b"x", OWN, form="relaxed/relaxed")
    yield "bomb-spaces-in-signature", signed.replace(b"\tb=", b"\tb=" + b"\r\n " * BOMB, 1)
    yield "bomb-tags", signed.replace(b"\tb=", b" q1=1;" * BOMB + b"\tb=", 1)
    yield "bomb-folded-field", b"X-Any: x\r\n" + b" y\r\n" * BOMB + signed
    yield "bomb-fields", b"X-Any: x\r\n" * BOMB + signed
    yield "bomb-signatures", signed[: -len(LETTER)] * 200 + signed
    yield "bomb-comments-in-from", signed.replace(b"Ann Author", b"(" * BOMB, 1)
    yield "bomb-quotes-in-from", signed.replace(b"Ann Author", b'"' * BOMB, 1)
    yield "bomb-encoded-words", signed.replace(b"The letter", b"=?utf-8?q?" * BOMB, 1)
    yield "bomb-dates", signed.replace(b"Date: ", b"Date: " + b"Mon, 6 Jan 2020 " * BOMB, 1)
    yield "bomb-line-ends", signed + b"\r\n" * BOMB * 20
    yield "bomb-received", b"Received: by a.example; x\r\n" * 2500 + signed


def every_attack() -> Iterator[tuple[str, bytes]]:
    """Yield (name, file) of everything above, the bombs aside."""
    for source in (changed, added, misattributed, confused, chained):
        yield from source()


def servers() -> tuple[Server, ...]:
    """Return all that have a key in the archive."""
    return (OWN, EVIL, RELAY, SHORT, STRICT, LEAKED, GONE, _ED)


def write_all(folder: Path) -> None:
    """Write every attack, the archive of keys, and the answer each gets today."""
    folder.mkdir(parents=True, exist_ok=True)
    trust = archive()
    (folder / "trust.json").write_text(json.dumps(to_jsonable(trust), indent=1), "utf-8")
    expected = {}
    for name, data in [("untouched", untouched()), *every_attack()]:
        (folder / f"{name}.eml").write_bytes(data)
        expected[name] = judge(data, trust).headline.value
    text = json.dumps(expected, indent=1, sort_keys=True) + "\n"
    (folder / "expected.json").write_text(text, "utf-8")


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
