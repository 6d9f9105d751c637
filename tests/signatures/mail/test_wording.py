"""What a reporter reads about mail signatures."""

from dataclasses import replace

import pytest

from provenance.signatures.axes import Headline, Integrity, Kind
from provenance.signatures.mail.wording import SAY_ARC, SAY_DKIM
from provenance.signatures.model import SignerIdentity
from provenance.signatures.sentence import explain_signature, say_report, say_signature
from provenance.trust.model import DkimSource, TrustSet
from tests.signatures.mail.world import (
    LETTER,
    NAMES,
    judge,
    only,
    rsa_server,
    seal,
    sign,
    trust_of,
)

SERVER = rsa_server()
SIGNED = sign(LETTER, SERVER)
CASES = {
    Headline.VERIFIED: (SIGNED, trust_of(SERVER.key())),
    Headline.INTACT_UNKNOWN_SIGNER: (SIGNED, trust_of(SERVER.key(source=DkimSource.MANUAL))),
    Headline.INTACT_TIME_UNPROVEN: (SIGNED, trust_of(SERVER.key(first_seen=None))),
    Headline.INTACT_PARTIAL: (sign(LETTER, SERVER, names=NAMES[:2]), trust_of(SERVER.key())),
    Headline.IDENTITY_MISMATCH: (
        sign(LETTER, rsa_server(domain="service.example")),
        trust_of(rsa_server(domain="service.example").key()),
    ),
    Headline.CHANGED_AFTER_SIGNING: (b"Subject: pay\r\n" + SIGNED, trust_of(SERVER.key())),
    Headline.BROKEN: (SIGNED.replace(b"troops", b"money!"), trust_of(SERVER.key())),
    Headline.REVOKED: (
        SIGNED,
        trust_of(SERVER.key(private_key_published_at=SERVER.key().last_seen)),
    ),
    Headline.NOT_CHECKABLE: (SIGNED, TrustSet()),
    Headline.UNSUPPORTED: (sign(LETTER, SERVER, tags={"a": "rsa-sha9"}), TrustSet()),
    Headline.INTACT_WEAK: (sign(LETTER, SERVER, algorithm="rsa-sha1"), trust_of(SERVER.key())),
}


@pytest.mark.parametrize("headline", CASES)
def test_each_headline_has_its_words(headline: Headline) -> None:
    """A sentence about a server, not a certificate; nothing is called valid or untrusted."""
    data, trust = CASES[headline]
    status = only(judge(data, trust))
    assert status.headline is headline
    text = " ".join(explain_signature(status)).lower()
    for word in ("certificate", "untrusted", "valid", "pages", "{"):
        assert word not in text, word
    assert explain_signature(status)[0] == say_signature(status)
    assert say_report(judge(data, trust)) == say_signature(status)


def test_a_good_one_says_what_it_does_not_prove() -> None:
    """The domain's server, not the person; the period of the key; what was not looked up."""
    text = " ".join(explain_signature(only(judge(*CASES[Headline.VERIFIED]))))
    assert "proves the domain's server, not the person" in text
    assert "between 2019-01-01T00:00:00Z and 2021-01-01T00:00:00Z" in text
    assert "its own clock says 2020-01-06T19:04:00Z" in text
    assert "Not checked: the domain's DNS" in text


def test_what_servers_add_is_told_where_there_is_something_of_it() -> None:
    """Received is spoken of where the mail has such a field that is not signed, only there."""
    trust = trust_of(SERVER.key())
    said = "Fields that servers add on the way, such as Received, are not signed."
    hop = b"Received: from a.example by b.example; Mon, 06 Jan 2020 19:05:00 +0000\r\n"
    bare = LETTER[LETTER.index(b"From: ") :]
    assert said not in " ".join(explain_signature(only(judge(sign(bare, SERVER), trust))))
    assert said in " ".join(explain_signature(only(judge(hop + sign(bare, SERVER), trust))))
    covering = sign(hop + bare, SERVER, names=(*NAMES, "received"))
    assert said not in " ".join(explain_signature(only(judge(covering, trust))))


def test_a_broken_one_says_that_it_is_weak_evidence() -> None:
    """Mailing lists rewrite: the caution of the evidence catalogue stands in the sentence."""
    status = only(judge(*CASES[Headline.BROKEN]))
    assert "mailing lists" in say_signature(status)
    assert "a server of example.org signed these fields" in " ".join(explain_signature(status))


def test_a_mismatch_names_both() -> None:
    """Who signed, and whom the message names."""
    text = " ".join(explain_signature(only(judge(*CASES[Headline.IDENTITY_MISMATCH]))))
    assert "service.example" in text
    assert "ann@example.org" in text


def test_a_user_supplied_key_is_said() -> None:
    """In the first sentence already."""
    text = say_signature(only(judge(*CASES[Headline.INTACT_UNKNOWN_SIGNER])))
    assert "a key that a person supplied" in text


def test_every_sentence_can_be_filled() -> None:
    """No sentence asks for what a status does not have, for either kind."""
    status = only(judge(*CASES[Headline.VERIFIED]))
    chain = only(judge(seal(LETTER, SERVER), trust_of(SERVER.key())), Kind.ARC)
    assert "no certificate" not in say_signature(chain)
    for table, one in ((SAY_DKIM, status), (SAY_ARC, chain)):
        for sentence in table.values():
            assert "{" not in sentence.format(
                what="x", where="y", who="z", why="", algorithms=one.algorithms
            )


def test_unknown_identities_are_said_plainly() -> None:
    """A status of another program, without a domain, still has its lines."""
    bare = replace(
        only(judge(*CASES[Headline.NOT_CHECKABLE])),
        identity=SignerIdentity(),
        integrity=Integrity.NOT_CHECKABLE,
    )
    assert "an unknown domain" in " ".join(explain_signature(bare))
