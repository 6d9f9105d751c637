"""Judge a signature by a bare public key: SSH, minisign, signify.

Such a signature names a key or a number of one, no person, and mostly no time. Rules, in order:
  1. what cannot be read is ERROR; a kind of key or certificate that is not checked is UNSUPPORTED;
  2. without the document that it is of: NOT_CHECKABLE;
  3. the mathematics of the key that it carries, or of a pinned key of the number that it names; no
     such key: NOT_CHECKABLE; it fails: BROKEN, because one Ed25519 equation has one answer, but
     over a file that only a name led to NOT_CHECKABLE: that file may be another's;
  4. made for another purpose than documents: NOT_CHECKABLE, whoever made it;
  5. a pinned key by the rules of `pinning`; a key that it carries itself makes an unknown signer.
Of several files that it may be of, the one for which it holds is taken, and none is called broken.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from provenance.errors import Malformed
from provenance.signatures.axes import (
    ChangedAfter,
    Crypto,
    Integrity,
    Kind,
    Presence,
    Scope,
    Signer,
    TimeBasis,
)
from provenance.signatures.bench import Bench
from provenance.signatures.detected import Detected
from provenance.signatures.disowning import disowned, is_out
from provenance.signatures.model import Locator, SignatureStatus, SignerIdentity
from provenance.signatures.nearby import Nearby, doubted
from provenance.signatures.pinning import coded, judge_pin, noted
from provenance.signatures.text import tame
from provenance.signatures.unread_pins import with_unread_pins
from provenance.trust.model import KeyPin, PinKind, TrustSet

OF_NONE: Final = "it holds for none of the files beside it; name its own with --signed DOCUMENT"
WHERE_TO_PUT_IT: Final = "put it beside this file, or name it with --signed DOCUMENT"


class Unsupported(Exception):
    """Well formed, and of a sort that is not checked here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What mathematics and the desk's pins say of a signature over one content."""

    holds: bool | None
    """None: no key to check with."""
    pin: KeyPin | None = None
    fingerprint: str | None = None
    """How the format's own tools name the key."""
    spki_sha256: str | None = None
    purpose: str | None = None
    """What it was made for, when that is not documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainSignature:
    """A signature as it is read; not checked."""

    kind: Kind
    verify: Callable[[bytes, TrustSet], Outcome]
    algorithms: tuple[str, ...]
    key_bits: int | None = None
    crypto: Crypto = Crypto.OK
    content: bytes | None = None
    """What it signs, where that is part of the same file."""
    claimed_time: datetime | None = None
    covered: tuple[str, ...] = ()
    """What it signs beside the document."""
    uncovered: tuple[str, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)
    """Code to warning."""


Read = Callable[[bytes], PlainSignature | None]
"""Reads a file; None = not a signature but, say, a public key. Raises Malformed, Unsupported."""


def inspect_plain(
    read: Read, data: bytes, documents: tuple[Nearby, ...], bench: Bench, *, kind: Kind
) -> Detected:
    """Judge the one signature of a file that is itself examined; for the rest see `judge_plain`."""
    name = "the signature in this file"
    statuses = judge_plain(read, data, documents, bench, kind=kind, name=name)
    return Detected(statuses=statuses, ran=(kind.value,))


def judge_plain(
    read: Read,
    data: bytes,
    documents: tuple[Nearby, ...],
    bench: Bench,
    *,
    kind: Kind,
    name: str,
    detached: bool = False,
) -> tuple[SignatureStatus, ...]:
    """Judge the one signature in a file; none where it holds something else.

    Args:
        read: the format's reader.
        data: the signature file.
        documents: files that it may be of.
        bench: the document examined, the trust, the time.
        kind: of signature.
        name: where it is, for the record.
        detached: leave out a signature of what stands in the same file.
    """
    blank = _blank(data, bench, kind=kind, name=name)
    try:
        signature = read(data)
    except Malformed as error:
        return (ended(blank, Integrity.ERROR, "malformed", str(error)),)
    except Unsupported as error:
        status = ended(blank, Integrity.NOT_CHECKABLE, "kind-not-checked", str(error))
        return (replace(status, presence=Presence.UNSUPPORTED),)
    if signature is None or (detached and signature.content is not None):
        return ()
    judged = _judge(_said(blank, signature), signature, documents, bench)
    return (with_unread_pins(judged, bench.trust, PinKind(signature.kind.value)),)


def _judge(
    status: SignatureStatus,
    signature: PlainSignature,
    documents: tuple[Nearby, ...],
    bench: Bench,
) -> SignatureStatus:
    if signature.content is not None:
        covered = ("the message in the same file", *signature.covered)
        beside = tuple(f"{one.said}, which lies beside it" for one in documents)
        status = replace(status, covered=covered, uncovered=(*status.uncovered, *beside))
        return _checked(status, signature, signature.verify(signature.content, bench.trust), bench)
    if not documents:
        why = f"the document that this is a signature of is not here: {WHERE_TO_PUT_IT}"
        return ended(status, Integrity.NOT_CHECKABLE, "document-not-here", why)
    outcomes = [(one, signature.verify(one.data, bench.trust)) for one in documents]
    of, outcome = next((pair for pair in outcomes if pair[1].holds), outcomes[0])
    if len(documents) > 1 and outcome.holds is False:
        return ended(status, Integrity.NOT_CHECKABLE, "several-candidates", OF_NONE)
    status = replace(status, covered=(of.wholly, *signature.covered))
    checked = _checked(status, signature, outcome, bench)
    # The document itself is 0: of what lies beside it, `detached` knows how it was found.
    return checked if of.by_hand or of.number == 0 else doubted(checked)


def _checked(
    status: SignatureStatus, signature: PlainSignature, outcome: Outcome, bench: Bench
) -> SignatureStatus:
    identity = SignerIdentity(fingerprint=outcome.fingerprint, spki_sha256=outcome.spki_sha256)
    status = replace(status, identity=identity, scope=Scope.WHOLE)
    for code, warning in signature.notes.items():
        status = noted(status, code, warning)
    if outcome.holds is None:
        why = f"no key of this desk has the number that it names ({outcome.fingerprint})"
        return ended(status, Integrity.NOT_CHECKABLE, "no-key", why)
    if not outcome.holds:
        return replace(status, integrity=Integrity.BROKEN)
    if outcome.purpose is not None:
        why = f'it was made for the purpose "{tame(outcome.purpose, 80)}", not for documents'
        return ended(status, Integrity.NOT_CHECKABLE, "namespace-mismatch", why)
    return _vouched(replace(status, integrity=Integrity.INTACT), outcome, bench)


def _vouched(status: SignatureStatus, outcome: Outcome, bench: Bench) -> SignatureStatus:
    if outcome.pin is None:
        status = replace(status, signer=Signer.UNKNOWN, reference_time_used=bench.reference.now)
    else:
        status = judge_pin(status, outcome.pin, bench.reference)
        identity = replace(status.identity, subject=tame(outcome.pin.person, 500))
        anchor = hashlib.sha256(outcome.pin.key.encode()).hexdigest()
        status = replace(status, identity=identity, anchor_id=anchor)
    return disowned(status) if is_out(outcome.spki_sha256, bench.trust) else status


def _blank(data: bytes, bench: Bench, *, kind: Kind, name: str) -> SignatureStatus:
    return SignatureStatus(
        id=f"{kind.value}-{hashlib.sha256(data).hexdigest()[:8]}",
        document_sha256=bench.sha256,
        kind=kind,
        locator=Locator(name=name),
        presence=Presence.PRESENT,
        integrity=Integrity.NOT_CHECKABLE,
        changed_after=ChangedAfter.NONE,
        trust_set_sha256=bench.trust.sha256,
    )


def _said(status: SignatureStatus, signature: PlainSignature) -> SignatureStatus:
    return replace(
        status,
        claimed_time=signature.claimed_time,
        time_basis=TimeBasis.CLAIMED if signature.claimed_time else TimeBasis.NONE,
        algorithms=signature.algorithms,
        key_bits=signature.key_bits,
        crypto=signature.crypto,
        uncovered=signature.uncovered,
    )


def ended(status: SignatureStatus, integrity: Integrity, code: str, why: str) -> SignatureStatus:
    """Return the status with a code, and the reason why nothing more is known."""
    return replace(coded(status, code), integrity=integrity, error=f"{code}: {why}")
