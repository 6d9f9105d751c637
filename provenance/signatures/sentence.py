"""Say a signature's status in plain English that a reporter may quote.

`say_signature` is one sentence. `explain_signature` adds, in this order: what is covered, what is
not, who (and what that does not prove), when and how we know, what changed after, what was not
checked, and the command that reproduces the answer. Says "unknown signer", never "untrusted";
never says "valid", a word that every reader takes to mean more than it does.
"""

import re
from typing import Final

from provenance.instants import format_instant
from provenance.signatures.axes import (
    ChangedAfter,
    Headline,
    Integrity,
    Kind,
    Presence,
    Scope,
    Signer,
    TimeBasis,
    Visible,
)
from provenance.signatures.containers import wording as containers
from provenance.signatures.headline import STAMPS
from provenance.signatures.key_wording import KEYS, UNPROVEN, key_identity, paper, say_key
from provenance.signatures.mail import wording as mail
from provenance.signatures.model import SignatureReport, SignatureStatus
from provenance.signatures.text import plain_words

_SAY: Final[dict[Headline, str]] = {
    Headline.VERIFIED: (
        "{what} {where} is intact, covers the document as it is now, and was made with the key of"
        " {who}, for which this desk holds an anchor."
    ),
    Headline.VERIFIED_EXTENDED: (
        "{what} {where} is intact and was made with the key of {who}; additions of a kind the"
        " signer permitted were made afterwards and do not change what the pages show."
    ),
    Headline.INTACT_UNKNOWN_SIGNER: (
        "{what} {where} is intact: the signed bytes have not changed. The signer is unknown to"
        " this desk; the certificate calls itself {who}."
    ),
    Headline.INTACT_TIME_UNPROVEN: (
        "{what} {where} is intact and chains to an anchor of this desk, but the certificate of"
        " {who} does not hold today and nothing but the signer's own clock says when it was used."
    ),
    Headline.EXPIRED_AT_SIGNING: (
        "{what} {where} is intact, but it was made when the certificate of {who} was outside its"
        " period of use."
    ),
    Headline.INTACT_PARTIAL: (
        "{what} {where} is intact but covers only a part of the document; the rest could be"
        " anybody's."
    ),
    Headline.INTACT_WEAK: (
        "{what} {where} matches its bytes, but rests on cryptography that can be forged or soon"
        " will be ({algorithms})."
    ),
    Headline.IDENTITY_MISMATCH: (
        "{what} {where} is intact, but it was made by {who}, who is not the author the document"
        " names."
    ),
    Headline.CHANGED_AFTER_SIGNING: (
        "{what} {where} matches the bytes it was made for, but the document was changed afterwards"
        " in a way that the signature does not cover."
    ),
    Headline.BROKEN: (
        "{what} {where} does not match: the signed bytes, or the signature itself, were altered."
    ),
    Headline.REVOKED: "{what} {where} was made with a key that had been revoked ({who}).",
    Headline.NOT_CHECKABLE: "There is a signature {where}, but it could not be checked{why}.",
    Headline.UNSUPPORTED: (
        "There is a signature {where} of a kind that this program cannot check yet{why}."
    ),
    Headline.ERROR: (
        "A check of the signature {where} failed to run{why}; nothing follows from that about the"
        " document."
    ),
    Headline.TIME_STAMPED: (
        "{what} {where} is intact and comes from an authority that this desk relies on: these bytes"
        " existed at that time. It says nothing about who wrote or signed them."
    ),
    Headline.EMPTY_SLOT: "There is a place for a signature {where}, and it is empty.",
    Headline.IMAGE_PLACED: (
        "A picture was placed where a signature belongs {where}; that says nothing about who"
        " placed it."
    ),
    Headline.TYPED_NAME: (
        "A name is typed where a signature belongs {where}; anyone can type a name."
    ),
    Headline.INK_OBSERVED: (
        "There is ink or a drawing where a signature belongs {where}; that says nothing about who"
        " made it."
    ),
    Headline.UNSIGNED: "No signature was found {where}.",
}
_WHAT: Final = {
    Kind.PDF_TIMESTAMP: "The time stamp",
    Kind.TIMESTAMP_TOKEN: "The time stamp",
    **containers.WHAT,
    Kind.SMIME: "The mail's signature",
    Kind.PDF_USAGE_RIGHTS: "The software's usage-rights mark (not an author's signature)",
    **mail.WHAT,
    Kind.C2PA_INGREDIENT: "The signature of an earlier file that went into this one,",
    Kind.CAWG_IDENTITY: "The signature of a named person or publisher inside the credentials,",
}
_SAY_OF: Final[dict[tuple[Kind, Headline], str]] = {
    (Kind.SMIME, Headline.VERIFIED): (
        "{what} {where} is intact, covers everything the mail shows except its header, and was"
        " made with the key of {who}, for which this desk holds an anchor."
    ),
    (Kind.SMIME, Headline.INTACT_PARTIAL): (
        "{what} {where} is intact but covers only a part of what the mail shows; the rest could be"
        " anybody's."
    ),
    (Kind.SMIME, Headline.IDENTITY_MISMATCH): (
        "{what} {where} is intact, but it was made by {who}, and the mail shows another sender."
    ),
}
"""Kinds that need other words than `_SAY` for a headline."""
_IN_MAIL: Final = frozenset({Kind.SMIME, Kind.OPENPGP})
_REST_MAY_DIFFER: Final = (
    "What it covers was not changed; what it does not cover may have been changed or added since."
)
_SAY_OPEN: Final = (
    "{what} {where} matches the bytes it was made for; more was added afterwards, and whether that"
    " changes the document was not determined."
)
_CHANGED: Final = {
    ChangedAfter.NONE: "Nothing was added after signing.",
    ChangedAfter.MAINTENANCE: "After signing only data for long-term checking was added.",
    ChangedAfter.FORM_FILL: "After signing, fields were filled in or further signatures added.",
    ChangedAfter.ANNOTATION: "After signing, annotations were added.",
    ChangedAfter.UNEXPLAINED: "After signing, changes were made that could not be explained.",
    ChangedAfter.NOT_ANALYSED: "Whether anything was changed after signing was not determined.",
}
_CODE: Final = re.compile(r"^[a-z][a-z0-9-]*: ")
_BASIS: Final = {
    TimeBasis.TRUSTED_TIMESTAMP: "a time authority this desk relies on vouches for it",
    TimeBasis.ARCHIVED_KEY_WINDOW: "the key was seen in use in that period",
    TimeBasis.CLAIMED: "only the signer's own clock says so",
    TimeBasis.NONE: "no time is given",
}
_UNPROVEN: Final = {
    Kind.C2PA: (
        "That does not prove that what it shows is true, only that the file has not changed since."
    ),
}


def say_signature(status: SignatureStatus) -> str:
    """Return one plain sentence (two where the signer is unknown)."""
    told = _SAY_OF.get((status.kind, status.headline), _SAY[status.headline])
    open_after = status.changed_after is ChangedAfter.NOT_ANALYSED
    if status.headline is Headline.NOT_CHECKABLE and _intact(status) and open_after:
        told = _SAY_OPEN
    words = mail.say_mail(status) or say_key(status) or told
    return words.format(
        what=_WHAT.get(status.kind, "The signature"),
        where=_place(status),
        who=_who(status),
        why=_why(status.error),
        algorithms=", ".join(status.algorithms) or "unnamed algorithms",
    )


def explain_signature(status: SignatureStatus) -> tuple[str, ...]:
    """Return the sentence and what stands behind it, one line each, in a fixed order."""
    lines = [say_signature(status)]
    if status.presence is Presence.PRESENT and status.integrity is not Integrity.ERROR:
        after = containers.say_after(status) or _after(status)
        lines += [_covered(status), _made_by(status), _time(status), after]
    if status.warnings:
        lines.append("Take note: " + "; ".join(map(plain_words, status.warnings)) + ".")
    lines += [_unchecked(status), f"To see this again: {status.reproduce_command}"]
    return tuple(line for line in lines if line)


def _intact(status: SignatureStatus) -> bool:
    return status.integrity is Integrity.INTACT


def say_report(report: SignatureReport) -> str:
    """Return one sentence for the whole document."""
    if report.headline is Headline.UNSIGNED:
        ran = ", ".join(report.detectors_run)
        return f"No signature of any kind that was looked for was found (looked for by: {ran})."
    if report.unsupported_media_type is not None and not report.statuses:
        return (
            f"Signatures in this kind of file ({report.unsupported_media_type}) cannot be checked"
            " yet; it may or may not be signed."
        )
    for status in report.statuses:
        if status.headline is report.headline:
            return say_signature(status)
    failed = "; ".join(
        f"{one.detector}: {plain_words(one.message)}" for one in report.detectors_failed
    )
    return f"Whether the document is signed could not be determined ({failed or 'nothing ran'})."


def _why(error: str | None) -> str:
    """The reason in words; its code stands in the record and says nothing to a reader."""
    if not error:
        return ""
    words = plain_words(error)
    return f" ({_CODE.sub('', words, count=1)})"


_SLOTS: Final = frozenset(
    {Headline.EMPTY_SLOT, Headline.IMAGE_PLACED, Headline.TYPED_NAME, Headline.INK_OBSERVED}
)


def _place(status: SignatureStatus) -> str:
    page = f" on page {status.locator.page}" if status.locator.page is not None else ""
    if status.headline in _SLOTS:
        return f"{page.lstrip()} ({status.locator.name})".lstrip()
    return f'"{status.locator.name}"{page}'


def _who(status: SignatureStatus) -> str:
    return f'"{status.identity.subject}"' if status.identity.subject else "nobody in particular"


def _covered(status: SignatureStatus) -> str:
    if not status.covered:
        rest = f" Not covered: {'; '.join(status.uncovered)}." if status.uncovered else ""
        return f"What it covers was not determined.{rest}"
    said = "Covered" if status.integrity is Integrity.INTACT else "It claims to cover"
    rest = "; ".join(status.uncovered) or "nothing else was found"
    return f"{said}: {'; '.join(status.covered)}. Not covered: {rest}."


def _made_by(status: SignatureStatus) -> str:
    if status.kind in mail.MAIL:
        return mail.mail_identity(status)
    return key_identity(status, _who(status)) if status.kind in KEYS else _identity(status)


def _identity(status: SignatureStatus) -> str:  # noqa: PLR0911 - one return a case
    match status.signer:
        case Signer.TRUSTED | Signer.PINNED:
            unproven = _UNPROVEN.get(status.kind, UNPROVEN)
            return (
                f"Who: the key of {_who(status)}, vouched for by an anchor of this desk. {unproven}"
            )
        case Signer.SELF_SIGNED:
            return f"Who: the certificate {_who(status)} vouches for itself; anyone can make one."
        case Signer.NO_IDENTITY if status.identity.subject:
            return (
                f"Who: it carries the certificate {_who(status)}; whose key that is was not judged."
            )
        case Signer.NO_IDENTITY if status.integrity is not Integrity.INTACT:
            return "Who: not read, because the signature does not hold or was not checked."
        case Signer.NO_IDENTITY:
            return "Who: the signature names nobody."
        case Signer.MISMATCH:
            return f"Who: {_who(status)}, and the document names {status.claimed_author!r}."
        case _:
            return (
                f"Who: unknown signer; the certificate says {_who(status)}, and no anchor of this"
                " desk vouches for it as of the time that it was judged for."
            )


def _time(status: SignatureStatus) -> str:
    moment = status.proven_not_after or status.claimed_time
    if moment is None and status.integrity is not Integrity.INTACT:
        return "When: not read."
    when = format_instant(moment) if moment else "not stated"
    if status.time_basis is TimeBasis.ARCHIVED_KEY_WINDOW and status.proven_not_before and moment:
        own = (
            f"; its own clock says {format_instant(status.claimed_time)}"
            if status.claimed_time
            else ""
        )
        when = f"between {format_instant(status.proven_not_before)} and {when}{own}"
    judged = (
        f" The {paper(status)} was judged as of {format_instant(status.reference_time_used)}."
        if status.reference_time_used
        else ""
    )
    stamped = status.kind in STAMPS and status.time_basis is TimeBasis.CLAIMED
    basis = "the authority's own clock says so" if stamped else _BASIS[status.time_basis]
    return f"When: {when}; {basis}.{judged}"


def _after(status: SignatureStatus) -> str:
    if status.kind in mail.MAIL:
        return mail.mail_after(status)
    if status.changed_after is ChangedAfter.NONE and status.integrity is not Integrity.INTACT:
        return ""
    if status.changed_after is ChangedAfter.NONE and status.scope in {Scope.PART, Scope.UNKNOWN}:
        return "What is not covered may have been added by anybody, at any time."
    if status.changed_after is ChangedAfter.NONE and status.kind in _IN_MAIL and status.uncovered:
        return _REST_MAY_DIFFER  # a header, and in a saved message all its properties, come later
    pages = ", ".join(map(str, status.pages))
    seen = {
        Visible.YES: f" Pages look different: {pages or 'their count differs'}.",
        Visible.NO: " The pages look the same.",
        Visible.UNKNOWN: " Whether pages look different was not determined.",
    }[status.visible]
    if status.changed_after is ChangedAfter.NONE:
        seen = ""
    return _CHANGED[status.changed_after] + seen + _reason(status)


def _reason(status: SignatureStatus) -> str:
    """Say what the comparison stumbled over; only its first objection is known."""
    for change in status.changes:
        if change.category in {"diff-objection", "diff-failed"}:
            return f" The reason: {plain_words(change.where)}."
    return ""


def _unchecked(status: SignatureStatus) -> str:
    open_questions: list[str] = []
    if status.kind in mail.MAIL:
        open_questions += mail.mail_unchecked(status)
    elif status.presence is Presence.PRESENT:
        if not status.revocation.checked:
            open_questions.append(f"whether the {paper(status)} was revoked")
        open_questions.append("anything that would need the network")
    if status.presence is Presence.EMPTY_SLOT:
        open_questions.append("whether a signed copy exists elsewhere")
    return f"Not checked: {'; '.join(open_questions)}." if open_questions else ""
