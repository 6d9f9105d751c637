"""No network, no clock, and the same answer in the jail as outside of it."""

import socket
import time
from pathlib import Path
from typing import NoReturn

import dkim
import pytest

from provenance.examine.runner import Runner
from provenance.signatures.axes import Headline
from provenance.trust.model import TrustSet
from tests.signatures.inside import answers
from tests.signatures.mail.world import (
    LETTER,
    NOW,
    Server,
    ed_server,
    judge,
    rsa_server,
    seal,
    sign,
    trust_of,
)


@pytest.fixture(scope="module")
def message() -> bytes:
    """A letter with two signatures and a chain, one of the domains without a key at the desk."""
    unknown = rsa_server(domain="nowhere.example")
    return seal(sign(sign(LETTER, ed_server()), unknown), rsa_server(domain="lists.example"))


@pytest.fixture(scope="module")
def trust() -> TrustSet:
    """A desk that knows two of three."""
    servers: tuple[Server, ...] = (ed_server(), rsa_server(domain="lists.example"))
    return trust_of(*(server.key() for server in servers))


def _refuse(*args: object, **kwargs: object) -> NoReturn:
    raise AssertionError("out of bounds")


def test_neither_resolver_nor_clock_is_reached(
    message: bytes, trust: TrustSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With sockets, the engine's resolver and every clock forbidden the answer is the same."""
    before = judge(message, trust)
    for module, name in (
        (socket, "socket"),
        (socket, "getaddrinfo"),
        (socket, "create_connection"),
        (dkim, "get_txt"),
        (dkim.dnsplug, "_get_txt"),
        (dkim, "load_pk_from_dns"),
        (dkim, "time"),
        (time, "time"),
    ):
        monkeypatch.setattr(module, name, _refuse)
    after = judge(message, trust)
    monkeypatch.undo()
    assert after == before
    assert before.headline is Headline.VERIFIED
    assert [one.headline for one in before.statuses] == [
        Headline.NOT_CHECKABLE,
        Headline.VERIFIED,
        Headline.INTACT_UNKNOWN_SIGNER,
    ]
    assert not any(one.network_used for one in before.statuses)


@pytest.mark.parametrize("landlock", [True, False])
def test_the_jail_changes_no_answer(
    landlock: bool, message: bytes, trust: TrustSet, tmp_path: Path
) -> None:
    """In the jail, with and without the wall that lets codecs be read, the same statuses."""
    path = tmp_path / "letter.eml"
    encoded = message.replace(b"Subject: The", b"Subject: =?iso-2022-jp?q?The?=")
    with Runner(landlock=landlock) as runner:
        for data in (message, encoded, LETTER):
            path.write_bytes(data)
            examination = runner.examine(path, name="letter.eml", at=NOW, trust=trust)
            assert examination.outcome.examined
            assert examination.identification.media_type == "message/rfc822"
            assert answers(examination.signatures.statuses) == judge(data, trust).statuses
            assert examination.tools.keys() >= {"dkimpy", "pynacl", "publicsuffixlist", "lxml"}
            assert examination.facts is not None
            assert examination.facts.notes == ()
            assert "mail.From" in examination.facts.properties
