"""Files that are CMS containers, and containers that lie beside a document."""

import hashlib
from collections.abc import Sequence

import pytest

from provenance.signatures.axes import Headline, Scope, Signer, TimeBasis
from provenance.signatures.cms.documents import MAX_LEVELS, inspect_cms, inspect_detached
from provenance.signatures.detected import Detected, report_of
from provenance.signatures.model import SignatureStatus
from provenance.signatures.vouching import TrustContext
from provenance.trust.model import TrustSet
from tests.signatures.cms.world import NOW, World, sign_cms, stamp

TEXT = b"To whom it may concern.\n"


def inspect(data: bytes, trust: TrustSet, beside: Sequence[bytes] = ()) -> Detected:
    """Inspect with a true digest."""
    digest = hashlib.sha256(data).hexdigest()
    return inspect_cms(data, sha256=digest, trust=trust, at=NOW, beside=beside)


def only(data: bytes, trust: TrustSet, beside: Sequence[bytes] = ()) -> SignatureStatus:
    """Return the one status there must be."""
    (status,) = inspect(data, trust, beside).statuses
    return status


def test_content_inside_is_named_by_its_digest(world: World) -> None:
    """The content's digest is told, and whether the document beside is that content."""
    data = sign_cms(TEXT, world.ann)
    status = only(data, world.trust)
    assert status.headline is Headline.VERIFIED
    assert status.covered[1] == f"the content has SHA-256 {hashlib.sha256(TEXT).hexdigest()}"
    assert only(data, world.trust, [TEXT]).warnings == (
        "the document beside it is the signed content",
    )
    assert only(data, world.trust, [b"x"]).warnings == (
        "the document beside it is not the signed content",
    )


def test_a_detached_signature_finds_its_document(world: World) -> None:
    """None: not checkable; the right one among several: verified; one wrong: not checkable."""
    data = sign_cms(TEXT, world.ann, detached=True)
    assert only(data, world.trust).headline is Headline.NOT_CHECKABLE
    assert only(data, world.trust, [b"x", TEXT]).headline is Headline.VERIFIED
    wrong = only(data, world.trust, [b"x"])
    assert wrong.headline is Headline.NOT_CHECKABLE
    assert "it may belong to another document" in wrong.warnings
    digest = hashlib.sha256(data).hexdigest()
    by_hand = inspect_cms(
        data, sha256=digest, trust=world.trust, at=NOW, beside=[b"x"], by_hand=True
    )
    assert report_of(digest, [by_hand]).headline is Headline.BROKEN
    several = only(data, world.trust, [b"x", b"y"])
    assert several.headline is Headline.NOT_CHECKABLE
    assert several.native_codes == ("signed-data-not-found",)


def test_signing_one_after_another_is_judged_level_by_level(world: World) -> None:
    """A container in a container: both signers, the outer first, each over its content."""
    inner = sign_cms(TEXT, world.sam)
    outer, below = inspect(sign_cms(inner, world.ann), world.trust).statuses
    assert outer.headline is Headline.VERIFIED
    assert below.headline is Headline.INTACT_UNKNOWN_SIGNER
    assert below.locator.name == "CMS container inside another, level 2"
    altered = sign_cms(inner.replace(b"concern", b"CONCERN"), world.ann)
    assert report_of("", [inspect(altered, world.trust)]).headline is Headline.BROKEN


def test_too_many_levels_are_a_failed_detector(world: World) -> None:
    """What was not looked at is not "unsigned"."""
    data = TEXT
    for _ in range(MAX_LEVELS + 1):
        data = sign_cms(data, world.ann)
    found = inspect(data, world.trust)
    assert len(found.statuses) == MAX_LEVELS
    assert (found.ran, found.failures[0].code) == ((), "too-many-levels")


def test_a_time_stamp_token_is_about_a_digest(world: World) -> None:
    """Alone: an authority signed a digest. With the document: it existed at that time."""
    token = stamp(world.tsa, TEXT)
    alone = only(token, world.trust)
    assert alone.scope is Scope.METADATA_ONLY
    assert alone.headline is Headline.INTACT_PARTIAL
    assert alone.signer is Signer.TRUSTED
    status = only(token, world.trust, [TEXT])
    assert status.headline is Headline.TIME_STAMPED
    assert status.time_basis is TimeBasis.TRUSTED_TIMESTAMP
    assert status.proven_not_after == world.tsa.at
    other = only(token, world.trust, [b"x"])
    assert other.headline is Headline.INTACT_PARTIAL
    assert "timestamp-other-data" in other.native_codes


def test_only_a_time_authority_makes_tokens(world: World) -> None:
    """A token signed with a mail certificate vouches for no time."""
    info = b"\x30\x03\x02\x01\x01"
    forged = sign_cms(info, world.ann, kind="tst_info")
    assert only(forged, world.trust).signer is Signer.UNKNOWN


@pytest.mark.parametrize("inside", [False, True])
def test_a_container_beside_a_document(world: World, *, inside: bool) -> None:
    """Detached, or with a copy of the document inside: judged over the document."""
    context = TrustContext(trust=world.trust, at=NOW)
    data = sign_cms(TEXT, world.ann, detached=not inside)
    (status,) = inspect_detached(TEXT, data, sha256="0", context=context)
    assert status.headline is Headline.VERIFIED
    assert status.document_sha256 == "0"
    assert hashlib.sha256(data).hexdigest() in status.locator.name


def test_a_container_beside_another_document(world: World) -> None:
    """Not checkable, unless named by hand or by digest. A signed copy of another: nothing."""
    context = TrustContext(trust=world.trust, at=NOW)
    detached = sign_cms(TEXT, world.ann, detached=True)
    (status,) = inspect_detached(b"x", detached, sha256="0", context=context)
    assert status.headline is Headline.NOT_CHECKABLE
    assert "it may belong to another document" in status.warnings
    (said,) = inspect_detached(b"x", detached, sha256="0", context=context, by_hand=True)
    assert said.headline is Headline.BROKEN
    junk = detached[:-3] + bytes([detached[-3] ^ 1]) + detached[-2:]
    (stated,) = inspect_detached(TEXT, junk, sha256="0", context=context)
    assert stated.headline is Headline.BROKEN
    assert only(junk, world.trust, [TEXT]).headline is Headline.BROKEN
    assert inspect_detached(b"x", sign_cms(TEXT, world.ann), sha256="0", context=context) == ()
    (unreadable,) = inspect_detached(TEXT, b"x", sha256="0", context=context)
    assert unreadable.headline is Headline.NOT_CHECKABLE
