"""Judge the S/MIME signature of a message saved by Outlook (.msg, MS-OXOSMIME).

A signed message keeps what was signed in its one attachment: a whole multipart/signed entity with
its Content-Type (2.1.3.1), or the CMS container itself (2.1.3.2). Everything else, sender,
recipients, subject, dates and a copy of the text, are properties that nobody signed. Rules:
  1. signed is what says so by its class (`IPM.Note.SMIME`, `....SMIME.MultipartSigned`); of another
     message it is said that this kind of file was not looked into;
  2. exactly one attachment, by value, under one spelling of its names, in a file without a fault:
     of a header or a directory that breaks the rules two programs may read two messages. Else
     nothing is judged;
  3. its bytes are judged as the mail they are (`judging`), under the header that Outlook shows
     (`outlook_header`): whose address it shows must be the signer's;
  4. a copy of the text among the properties is what a program without S/MIME shows. One that is not
     the signed text, or cannot be compared, is not covered (INTACT_PARTIAL).
Messages attached to the message are not looked into, and that is said. Total. No network.
"""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from provenance.errors import Malformed
from provenance.facts.office.compound import Compound, Path, open_compound
from provenance.facts.office.outlook_store import Bag, read_bag
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import Integrity, Kind, Presence, Scope
from provenance.signatures.cms.judging import blank_status
from provenance.signatures.detected import Detected
from provenance.signatures.mime.coverage import HEADER
from provenance.signatures.mime.judging import inspect_mail
from provenance.signatures.mime.outlook_bodies import copies_beside
from provenance.signatures.mime.outlook_header import shown_header
from provenance.signatures.mime.parts import parse_parts
from provenance.signatures.model import DetectorFailure, Locator, SignatureStatus
from provenance.signatures.text import tame
from provenance.signatures.vouching import TrustContext
from provenance.trust.model import TrustSet

DETECTOR: Final = "smime-outlook"
OUTLOOK: Final = "application/vnd.ms-outlook"
MAX_ENTITY: Final = 64 << 20  # bytes of the attachment; servers pass on mails of some 25 MiB
UNSIGNED_FIELDS: Final = (
    "what Outlook shows as sender, recipients, subject and dates: properties of the file, which"
    " nobody signed"
)
_CLASS, _DATA, _METHOD, _BY_VALUE = 0x001A, 0x3701, 0x3705, 1
_KINDS: Final = frozenset(
    {"multipart/signed", "application/pkcs7-mime", "application/x-pkcs7-mime"}
)
_OPAQUE: Final = (
    b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n"
)


def inspect_outlook(
    data: bytes,
    *,
    sha256: str,
    trust: TrustSet,
    at: datetime,
    reference_time: datetime | None = None,
) -> Detected:
    """Judge the S/MIME signatures of a saved message; total on any bytes.

    Args:
        data: the whole file.
        sha256: its hexadecimal digest, for the records.
        trust: the desk's anchors.
        at: now, UTC.
        reference_time: overrides the instant for which certificates are judged.
    """
    compound = open_compound(data)
    if compound is None:
        words = "its directory or a chain of its sectors is broken"
        failure = DetectorFailure(detector=DETECTOR, code="compound-unreadable", message=words)
        return Detected(failures=(failure,))
    bag = read_bag(compound)
    if "smime" not in bag.text(_CLASS).rstrip("\0").lower().split("."):
        return _not_signed(compound)
    read = attempt("attachment", lambda: _read(compound, bag))
    if isinstance(read, Fault):
        context = TrustContext(trust=trust, at=at, reference_time=reference_time)
        return Detected(statuses=(_unread(sha256, context, read),), ran=(DETECTOR,))
    mail, beside = read
    found = inspect_mail(mail, sha256=sha256, trust=trust, at=at, reference_time=reference_time)
    return replace(
        found,
        statuses=tuple(_beside(one, beside) for one in found.statuses),
        not_determined=tuple(_within(compound)),
    )


def _not_signed(compound: Compound) -> Detected:
    """Rule 1: no signature that this looks at; an attachment may be one all the same."""
    named = [
        read_bag(compound, one)
        for one in _attachments(compound)
        if read_bag(compound, one).text(0x3707).lower().endswith((".p7m", ".p7s"))
        or read_bag(compound, one).text(0x370E).lower() in _KINDS
    ]
    words = "an attachment that calls itself a signature: take it out and examine it"
    return Detected(
        unsupported=OUTLOOK,
        not_determined=(*((words,) if named else ()), *_within(compound)),
    )


def _within(compound: Compound) -> Iterator[str]:
    inner = "__substg1.0_3701000d"
    if any(len(one) == 2 and one[1].lower() == inner for one in compound.storages):
        yield "signatures of messages that are attached to it"


def _attachments(compound: Compound) -> list[Path]:
    prefix = "__attach_version1.0_"
    return [one for one in compound.storages if len(one) == 1 and one[0].lower().startswith(prefix)]


def _read(compound: Compound, bag: Bag) -> tuple[bytes, tuple[str, ...]]:
    """Return the mail to be judged, and the copies of its text that are not the signed one.

    Raises:
        Malformed: it can be read in more ways than one.
    """
    mail = shown_header(bag) + _entity(compound)
    beside = copies_beside(bag, mail)
    if compound.faults:  # the last are found while its streams are read
        raise Malformed(
            "the file breaks the rules of its format: programs may differ in what is in it"
        )
    return mail, beside


def _entity(compound: Compound) -> bytes:
    """Rule 2: return the attachment as an entity, header and all.

    Raises:
        Malformed: there is not exactly one that can be read in one way only.
    """
    found = _attachments(compound)
    if len(found) != 1:
        raise Malformed(f"{len(found)} attachments, where a signed message has one")
    if compound.cut:
        raise Malformed("more streams than are read")
    names = {part for one in (*compound.streams, *compound.storages) for part in one}
    if not all(one.isascii() and one.isprintable() for one in names):
        raise Malformed("a name in it that programs may read in two ways")
    spelled = [tuple(part.lower() for part in one) for one in compound.streams]
    if len(spelled) != len(set(spelled)):
        raise Malformed("two streams of one name")
    attachment = read_bag(compound, found[0])
    if attachment.numbers.get(_METHOD, _BY_VALUE) != _BY_VALUE:
        raise Malformed("its attachment is not in it by value")
    content = attachment.binary(_DATA, limit=MAX_ENTITY)
    if not content:
        raise Malformed("its attachment is empty, or cannot be read")
    if content[:1] == b"\x30":  # a SEQUENCE: the container itself
        return _OPAQUE + base64.encodebytes(content)
    return _checked(content)


def _checked(content: bytes) -> bytes:
    root = parse_parts(content)
    if content[:1] in {b" ", b"\t", b"\r", b"\n"} or root.kind.word not in _KINDS:
        kind = tame(root.kind.word, 80) or "of no readable type"
        raise Malformed(f"its attachment is no signed entity ({kind})")
    return content


def _unread(sha256: str, context: TrustContext, fault: Fault) -> SignatureStatus:
    """A message that says that it is signed, and whose signature cannot be had."""
    blank = blank_status(
        "smime-0",
        sha256=sha256,
        kind=Kind.SMIME,
        locator=Locator(name="the attachment of the message"),
        context=context,
    )
    code = "signed-entity-unreadable"
    return replace(
        blank,
        integrity=Integrity.NOT_CHECKABLE,
        native_codes=(code,),
        error=f"{code}: {fault.message}",
        uncovered=(UNSIGNED_FIELDS,),
    )


def _beside(status: SignatureStatus, copies: tuple[str, ...]) -> SignatureStatus:
    """Rule 4, and whose place it is."""
    name = f"{status.locator.name} of the signed message in the attachment"
    status = replace(status, locator=Locator(name=name))
    if status.presence is not Presence.PRESENT:
        return status
    rest = [one for one in status.uncovered if not one.startswith(HEADER)]  # made of properties
    whole = status.scope is Scope.WHOLE and not copies
    return replace(
        status,
        scope=status.scope if whole or status.scope is not Scope.WHOLE else Scope.PART,
        uncovered=(*rest, UNSIGNED_FIELDS, *copies),
    )
