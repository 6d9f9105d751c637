"""What a reporter reads about a mail signature, where the common words would mislead.

A mail signature is made by a server of a domain, not by a person; there is no certificate; and a
failing one is weak evidence, because honest mail is altered on its way. Strings only: the sentences
are also composed where no parser is loaded.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from provenance.signatures.axes import (
    CertAtTime,
    ChangedAfter,
    Headline,
    Integrity,
    Kind,
    Presence,
    Signer,
)

if TYPE_CHECKING:
    from provenance.signatures.model import SignatureStatus

MAIL: Final = frozenset({Kind.DKIM, Kind.ARC})

_RECEIVED: Final = re.compile(r"\bReceived\b")
_CAUTION: Final = (
    " That alone is weak evidence against it: mailing lists, virus scanners and mail programs alter"
    " honest mail on its way, and copies for archives are often re-encoded."
)
SAY_DKIM: Final[Mapping[Headline, str]] = {
    Headline.VERIFIED: (
        "{what} {where} is intact and covers the message: a mail server of {who} sent these words."
        " It proves the domain's server, not the person, and nothing on whether they are true."
    ),
    Headline.INTACT_UNKNOWN_SIGNER: (
        "{what} {where} is intact under a key that a person supplied for {who}; nothing this desk"
        " holds shows that the domain itself ever published that key."
    ),
    Headline.INTACT_TIME_UNPROVEN: (
        "{what} {where} is intact and was made with a key of the domain {who}; when it was made is"
        " not proven, only what the message itself says of it is known."
    ),
    Headline.INTACT_PARTIAL: (
        "{what} {where} is intact but covers only a part of the message; the rest could be"
        " anybody's."
    ),
    Headline.IDENTITY_MISMATCH: (
        "{what} {where} is intact, but it was made by a mail server of {who}, and that domain does"
        " not speak for the author the message names."
    ),
    Headline.CHANGED_AFTER_SIGNING: (
        "{what} {where} matches the fields it was made for, but the message carries further fields"
        " of the same name that it does not cover, and mail programs may show those."
    ),
    Headline.BROKEN: (
        "{what} {where} does not match: signed fields or the body are not as the domain's server"
        " signed them." + _CAUTION
    ),
    Headline.REVOKED: (
        "{what} {where} matches, but the key of {who} was withdrawn or its private half is known to"
        " others, so anyone may have made it."
    ),
    Headline.NOT_CHECKABLE: (
        "There is a mail signature {where}, but it could not be checked{why}."
    ),
}
SAY_ARC: Final[Mapping[Headline, str]] = {
    Headline.INTACT_UNKNOWN_SIGNER: (
        "{what} {where} is intact: the servers that passed the message on vouch for what they"
        " received, the last of them {who}. It says nothing on who wrote the message."
    ),
    Headline.INTACT_PARTIAL: (
        "{what} {where} is intact but covers only a part of the message; the rest could be"
        " anybody's."
    ),
    Headline.CHANGED_AFTER_SIGNING: SAY_DKIM[Headline.CHANGED_AFTER_SIGNING],
    Headline.BROKEN: (
        "{what} {where} does not hold: the message, or the chain itself, was altered on its way."
        + _CAUTION
    ),
    Headline.REVOKED: SAY_DKIM[Headline.REVOKED],
    Headline.NOT_CHECKABLE: SAY_DKIM[Headline.NOT_CHECKABLE].replace(
        "a mail signature", "a chain of mail servers' seals (ARC)"
    ),
}
WHAT: Final = {
    Kind.DKIM: "The mail signature (DKIM)",
    Kind.ARC: "The chain of mail servers' seals (ARC)",
}


def say_mail(status: "SignatureStatus") -> str | None:
    """Return the sentence to fill in; None = the common one fits."""
    table = {Kind.DKIM: SAY_DKIM, Kind.ARC: SAY_ARC}.get(status.kind, {})
    return table.get(status.headline)


def mail_identity(status: "SignatureStatus") -> str:
    """Say who made it, and what that does not prove."""
    domain = status.identity.subject or "an unknown domain"
    if status.kind is Kind.ARC:
        return (
            f"Who: servers that passed the message on, the last of them of {domain}. They vouch for"
            " what reached them, not for the author."
        )
    key = "this desk's key archive says so"
    if "key-source-manual" in status.native_codes:
        key = "a person supplied the key, nothing else says that it was the domain's"
    if status.integrity is not Integrity.INTACT:
        if {"key-found", "body-hash-mismatch"} <= set(status.native_codes):
            return f"Who: a server of {domain} signed these fields ({key}), with another body."
        return f"Who: it claims to be of {domain}; nothing shows that."
    if status.signer is Signer.MISMATCH:
        return f"Who: a server of {domain} ({key}); From names {status.claimed_author or 'nobody'}."
    return (
        f"Who: a server of {domain} ({key}), for {status.claimed_author}. Whoever could send"
        " through that server could send this; that is not proof of the person."
    )


def mail_after(status: "SignatureStatus") -> str:
    """Say what is in the message beyond what was signed."""
    if status.changed_after is ChangedAfter.UNEXPLAINED:
        return "Not as signed: " + "; ".join(change.where for change in status.changes) + "."
    if status.integrity is not Integrity.INTACT:
        return ""
    # Told where it applies: a copy may have no such field, and a signature may cover it.
    told = "Fields that servers add on the way, such as Received, are not signed."
    return told if any(_RECEIVED.search(one) for one in status.uncovered) else ""


def mail_unchecked(status: "SignatureStatus") -> tuple[str, ...]:
    """Say what was not checked."""
    if status.presence is not Presence.PRESENT:
        return ()
    open_questions = ["the domain's DNS, today's or that of then, beyond this desk's key archive"]
    if status.cert_at_time is not CertAtTime.COMPROMISED_KEY:
        open_questions.append("whether the domain's private key leaked")
    return tuple(open_questions)
