"""What is too long to be looked at whole is told, and nothing hides behind the cut."""

import hashlib

import pytest

from provenance.signatures.axes import Headline, Scope
from provenance.signatures.mime import coverage, senders
from provenance.signatures.mime.judging import inspect_mail
from provenance.signatures.model import SignatureStatus
from tests.signatures.cms.world import NOW, World
from tests.signatures.mime.letters import FROM, mail, multipart, page, sign_part, text

EVE = "Eve <eve@desk.example>"


@pytest.fixture(scope="module")
def world() -> World:
    """The parties."""
    return World()


def only(data: bytes, world: World) -> SignatureStatus:
    """Judge the one signature of a mail."""
    digest = hashlib.sha256(data).hexdigest()
    (status,) = inspect_mail(data, sha256=digest, trust=world.trust, at=NOW).statuses
    return status


def test_a_sender_behind_a_hundred_others(world: World) -> None:
    """Ann a hundred times and then Eve is not Ann."""
    many = ", ".join(["<ann@desk.example>"] * senders.MAX_ADDRESSES)
    status = only(mail(sign_part(text(), world.ann), sender=f"{many}, {EVE}"), world)
    assert status.headline is Headline.IDENTITY_MISMATCH


def test_a_sender_behind_the_end_of_a_long_field(world: World) -> None:
    """Whatever stands behind the part of From that is looked at may be another sender."""
    for filler in ('"' + "Ann " * 3000 + '" <ann@desk.example>', FROM + " " * senders.MAX_VALUE):
        status = only(mail(sign_part(text(), world.ann), sender=f"{filler}, {EVE}"), world)
        assert status.headline is not Headline.VERIFIED
    padded = f"{FROM},{' ' * senders.MAX_VALUE}{EVE}"
    status = only(mail(sign_part(text(), world.ann), sender=padded), world)
    assert status.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert {"from-too-long", "sender-not-comparable"} <= set(status.native_codes)


def test_a_page_too_large_to_search(world: World) -> None:
    """A picture that is loaded from elsewhere at the end of a huge page is not passed over."""
    filler = "<p>" + "x" * coverage.MAX_HTML + "</p>"
    whole = page(f'{filler}<img src="https://desk.example/today.png">')
    status = only(mail(sign_part(whole, world.ann)), world)
    assert (status.scope, status.headline) == (Scope.PART, Headline.INTACT_PARTIAL)


def test_more_parts_than_are_listed(world: World) -> None:
    """What is covered is counted to its end."""
    many = multipart("mixed", *[text(f"Part {number}.\r\n") for number in range(60)])
    status = only(mail(sign_part(many, world.ann)), world)
    assert status.headline is Headline.VERIFIED
    assert "10 more parts" in status.covered
