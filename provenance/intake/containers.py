"""Decide whether received bytes are a container, and unpack it: archive, mailbox or message.

Rules, in order:
  1. bytes that a container called a message are unpacked as one;
  2. a zip is a container unless it is a document (see `zips`);
  3. a mailbox begins with a From line; a message with known header fields (see `mail_headers`);
  4. everything else has no members, whatever its name says;
  5. a container deeper than the limit is a failure; its own bytes have been received already.
Members come in the order of the container's bytes. No error of a parser escapes: what it trips over
becomes a `Failure`. Parsing is plain Python over bounded reads; nothing is allocated on a header's
word.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from enum import StrEnum
from typing import BinaryIO

from provenance.errors import StoreFault
from provenance.intake.failures import Failure, FailureCode, Place
from provenance.intake.limits import Budget
from provenance.intake.mail_headers import looks_like_mail
from provenance.intake.mailboxes import looks_like_mailbox, mailbox_members
from provenance.intake.members import Member
from provenance.intake.messages import message_members
from provenance.intake.zips import looks_zipped, zip_members


class ContainerKind(StrEnum):
    """The containers that intake unpacks."""

    ZIP = "zip"
    MAILBOX = "mailbox"
    MESSAGE = "message"


def container_kind(head: bytes, name: str, *, mail: bool = False) -> ContainerKind | None:
    """Return what kind of container these bytes seem to be; None for none.

    Args:
        head: The first 4 KiB.
        name: File or member name in text form; only its ending is looked at.
        mail: The container around it says that it is a message.
    """
    if mail:
        return ContainerKind.MESSAGE
    if looks_zipped(head):
        return ContainerKind.ZIP
    if looks_like_mailbox(head):
        return ContainerKind.MAILBOX
    return ContainerKind.MESSAGE if looks_like_mail(head, name) else None


def unpack(
    opener: Callable[[], BinaryIO],
    *,
    head: bytes,
    place: Place,
    budget: Budget,
    mail: bool = False,
) -> Generator[Member | Failure, None, None]:
    """Yield the members of a container, one level deep; nothing if the bytes are no container.

    Args:
        opener: Opens the container's bytes, seekable; called up to twice.
        head: Its first 4 KiB.
        place: Where it lies; its depth counts against the limit.
        budget: What the outermost file has left; shared by all its levels.
        mail: The container around it says that it is a message.

    Raises:
        StoreFault: the bytes could not be read back.
    """
    name = place.members[-1] if place.members else place.relative
    kind = container_kind(head, name, mail=mail)
    if kind is None:
        return
    if len(place.members) >= budget.limits.depth:
        yield Failure(code=FailureCode.TOO_DEEP, place=place, taken=True)
        return
    try:
        with ExitStack() as opened:
            for found in _found(kind, lambda: opened.enter_context(opener()), place, budget):
                yield found
                if budget.exhausted:
                    return
    except OSError as fault:
        raise StoreFault("a blob could not be read back") from fault


def _found(
    kind: ContainerKind, opened: Callable[[], BinaryIO], place: Place, budget: Budget
) -> Iterator[Member | Failure]:
    if kind is ContainerKind.ZIP:
        return zip_members(opened(), place, budget)
    members = mailbox_members if kind is ContainerKind.MAILBOX else message_members
    return members(opened(), opened(), place, budget)
