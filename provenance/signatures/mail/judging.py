"""Judge every mail signature of a message: each DKIM-Signature, and the ARC chain as one.

Order: split the message (`message`); read author and times once; judge each signature guarded on
its own; say which detectors came to their end. An exception is ERROR with a code, never BROKEN and
never UNSIGNED; a header beyond the limits is a failed detector. No network, no clock: keys come
from the desk's archive, times from the caller. Imports the mail engine: only a worker does that.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import Integrity, Kind
from provenance.signatures.detected import Detected
from provenance.signatures.mail.alignment import read_author
from provenance.signatures.mail.chain import MESSAGE as ARC_MESSAGE
from provenance.signatures.mail.chain import RESULTS, SEAL, judge_chain
from provenance.signatures.mail.covering import Body
from provenance.signatures.mail.dating import Dates
from provenance.signatures.mail.domainkeys import Case, judge_signature, start_status
from provenance.signatures.mail.message import Field, Message, split_message
from provenance.signatures.mail.moments import date_of, received_at
from provenance.signatures.model import DetectorFailure, SignatureStatus
from provenance.signatures.vouching import TrustContext
from provenance.trust.model import TrustSet

DETECTORS: Final = ("dkim-signatures", "arc-chain")
MAX_SIGNATURES: Final = 30  # DKIM signatures judged in one message; mail with 6 has been seen


def inspect_mail(
    data: bytes,
    *,
    sha256: str,
    trust: TrustSet,
    at: datetime,
    reference_time: datetime | None = None,
) -> Detected:
    """Judge all mail signatures of a message; total on any bytes.

    Args:
        data: the whole file.
        sha256: hexadecimal digest of the file, for the records.
        trust: holds the archive of mail keys.
        at: now, UTC.
        reference_time: when the message is known to have been received, if the caller knows.
    """
    message = split_message(data)
    if isinstance(message, str):
        return Detected(failures=tuple(_failure(name, message) for name in DETECTORS))
    dates = date_of(message)
    case = Case(
        message=message,
        body=Body(message.body),
        sha256=sha256,
        author=read_author(message),
        dates=Dates(date=dates.moment if dates else None, received=received_at(message)),
        context=TrustContext(trust=trust, at=at, reference_time=reference_time),
    )
    fields = message.named("dkim-signature")
    statuses = [
        _guarded(case, Kind.DKIM, field, lambda n=number, one=field: judge_signature(case, n, one))  # type: ignore[misc] # bound now
        for number, field in enumerate(fields[:MAX_SIGNATURES], 1)
    ]
    chain = _chain(case, message)
    left = len(fields) - MAX_SIGNATURES
    return Detected(
        statuses=tuple(one for one in (*statuses, chain) if one is not None),
        ran=DETECTORS,
        warnings=message.notes,
        not_determined=(
            (f"{left} further DKIM signatures were not looked at",) if left > 0 else ()
        ),
    )


def _chain(case: Case, message: Message) -> SignatureStatus | None:
    fields = [field for field in message.fields if field.key in {RESULTS, ARC_MESSAGE, SEAL}]
    if not fields:
        return None
    return _guarded(case, Kind.ARC, fields[0], lambda: judge_chain(case, fields))


def _guarded(
    case: Case, kind: Kind, field: Field, judge: Callable[[], SignatureStatus]
) -> SignatureStatus:
    judged = attempt("judge", judge)
    if not isinstance(judged, Fault):
        return judged
    status = start_status(case, kind, f"{kind.value} signature", field)
    return replace(
        status,
        integrity=Integrity.ERROR,
        native_codes=("engine-failed",),
        error=f"engine-failed: its check did not come to its end{judged.because}",
    )


def _failure(detector: str, text: str) -> DetectorFailure:
    return DetectorFailure(detector=detector, code="message-unreadable", message=text)
