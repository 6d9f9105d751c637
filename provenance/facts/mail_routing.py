"""The way a message says it took: Received times in order, against Date and against each other.

Rules: the Date field may differ from the first server by MAX_SKEW when later, by MAX_WAIT when
earlier, else the two contradict each other; so does a signature's own time that is a day off; a hop
earlier than the one before it by more than MAX_SKEW runs backwards; a zone that no clock on earth
has had, a weekday that is not the date's, and a date to come are contradictions. Agreement is noted
too, with the small weight the catalogue gives it: every field below the first server that the desk
trusts can be forged. Computers' addresses are not repeated, only the names servers give themselves.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from provenance.facts.model import Facts, Observation, Weight
from provenance.instants import format_instant
from provenance.signatures.mail.claim import Claim, Role, read_claim
from provenance.signatures.mail.message import Message
from provenance.signatures.mail.moments import MAX_SKEW, Stated, hops_of, read_date
from provenance.signatures.text import tame

MAX_WAIT: Final = timedelta(days=1)  # a message may lie in an outbox overnight
MAX_HOPS: Final = 60  # told one by one; RFC 5321 6.3 asks servers to give up at 100
MAX_SIGNATURES: Final = 30  # whose own times are compared

_BY: Final = re.compile(
    rb"\bby\s{1,20}((?:[a-z0-9_-]{1,63}\.){1,10}[a-z][a-z0-9-]{1,62})\b", re.IGNORECASE
)
_WEST, _EAST, _STEP = -12 * 60, 14 * 60, 15  # minutes; zones in use since 1972


def read_routing(message: Message, at: datetime) -> Facts:
    """Read the hops, and where times do not go together."""
    fields = message.named("received")[::-1]
    hops = hops_of(message)
    properties = {"mail.hops": str(len(fields))} if fields else {}
    for number, (field, hop) in enumerate(zip(fields, hops, strict=True), 1):
        if number <= MAX_HOPS:
            host = _BY.search(field.value)
            by = f" by {tame(host[1].decode('ascii'), 253)}" if host else ""
            when = format_instant(hop.moment) if hop else "no readable time"
            properties[f"mail.received.{number:02d}"] = when + by
    dates = [one for one in (read_date(field.value) for field in message.named("date")) if one]
    observations = (
        *_clock(dates, at),
        *_hops(hops, bool(fields)),
        *(_against_hops(dates[0], hops) if len(dates) == 1 else ()),
        *(_against_signatures(dates[0], message) if len(dates) == 1 else ()),
    )
    unread = len(message.named("date")) - len(dates)
    notes = (f"{unread} Date fields could not be read as a date",) if unread else ()
    return Facts(properties=properties, observations=observations, notes=notes)


def _contradiction(code: str, text: str, *, evidence: bool = False) -> Observation:
    return Observation(
        code=code,
        weight=Weight.CONTRADICTION,
        text=text,
        where="routing" if "routing" in code or "hop" in code else "field Date",
        evidence="metadata-date-contradicts" if evidence else None,
    )


def _clock(dates: list[Stated], at: datetime) -> Iterator[Observation]:
    for date in dates:
        if not date.weekday_fits:
            text = f"The Date field names a weekday that {date.wall:%Y-%m-%d} was not."
            yield _contradiction("mail-wrong-weekday", text)
        zone = date.zone
        if zone is not None and (not _WEST <= zone <= _EAST or zone % _STEP):
            text = f"The Date field has a time zone that no place uses ({_offset(zone)})."
            yield _contradiction("mail-impossible-zone", text)
        if date.moment > at + MAX_WAIT:
            text = f"The Date field lies in the future: {format_instant(date.moment)}."
            yield _contradiction("mail-date-in-the-future", text)


def _offset(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}{rest:02d}"


def _hops(hops: tuple[Stated | None, ...], any_field: bool) -> Iterator[Observation]:
    if not any_field:
        text = (
            "No server left a mark: this copy was never seen in transit. It may be a draft, a copy"
            " from the sender's own folder, or the marks were taken out."
        )
        yield Observation(code="mail-no-routing", weight=Weight.NOTE, text=text, where="routing")
    stated = [one for one in hops if one is not None]
    back = [(one, two) for one, two in pairwise(stated) if two.moment < one.moment - MAX_SKEW]
    if back:
        one, two = max(back, key=lambda pair: pair[0].moment - pair[1].moment)
        text = (
            f"Time runs backwards along the way, {len(back)} times; at worst one server took the"
            f" message in at {format_instant(two.moment)} from one that had it only at"
            f" {format_instant(one.moment)}."
        )
        yield _contradiction("mail-routing-backwards", text)
    waits = [(one, two) for one, two in pairwise(stated) if two.moment > one.moment + MAX_WAIT]
    if waits:
        one, two = max(waits, key=lambda pair: pair[1].moment - pair[0].moment)
        text = (
            f"The message lay still on its way from {format_instant(one.moment)} to"
            f" {format_instant(two.moment)}."
        )
        yield Observation(code="mail-long-wait", weight=Weight.NOTE, text=text, where="routing")


def _against_hops(date: Stated, hops: tuple[Stated | None, ...]) -> Iterator[Observation]:
    first = next((one for one in hops if one is not None), None)
    if first is None:
        return
    said, seen = format_instant(date.moment), format_instant(first.moment)
    if date.moment > first.moment + MAX_SKEW:
        text = f"The Date field ({said}) is later than the first server saw the message ({seen})."
        yield _contradiction("mail-date-after-first-hop", text, evidence=True)
    elif date.moment < first.moment - MAX_WAIT:
        text = f"The Date field ({said}) is long before the first server saw the message ({seen})."
        yield _contradiction("mail-date-before-first-hop", text, evidence=True)
    else:
        text = f"The Date field ({said}) agrees with the first server's time ({seen})."
        yield Observation(
            code="mail-date-agrees",
            weight=Weight.NOTE,
            text=text,
            where="field Date",
            evidence="metadata-date-agrees",
        )
    if date.zone is not None and first.zone is not None and date.zone != first.zone:
        text = (
            f"The sender's clock was set to {_offset(date.zone)}, the first server's to"
            f" {_offset(first.zone)}."
        )
        yield Observation(
            code="mail-zones-differ", weight=Weight.NOTE, text=text, where="field Date"
        )


def _against_signatures(date: Stated, message: Message) -> Iterator[Observation]:
    for field in message.named("dkim-signature")[:MAX_SIGNATURES]:
        claim = read_claim(Role.DKIM, field)
        if not isinstance(claim, Claim) or claim.signed_at is None:
            continue
        if abs(claim.signed_at - date.moment) > MAX_WAIT:
            text = (
                f"The Date field says {format_instant(date.moment)}, the mail signature of"
                f" {claim.domain} says that it was made at {format_instant(claim.signed_at)}."
            )
            yield _contradiction("mail-date-against-signature", text, evidence=True)
