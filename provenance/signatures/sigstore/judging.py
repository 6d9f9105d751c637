"""Judge Sigstore bundles: what they are about, whether they hold, who is behind them.

Order, each step able to end the judgement:
  1. a bundle that cannot be read is ERROR, one with a bare key instead of a certificate
     UNSUPPORTED;
  2. a signature over a document needs the document. A signed statement stands in the bundle, and
     speaks for a document whose SHA-256 it names, and for no other;
  3. the library's answer: a signature or digest that does not fit is BROKEN; anything else that is
     not in order is NOT_CHECKABLE with its reason: a log that this root does not know is no
     forgery, and a document that only a name led to may be another's;
  4. the identity, issuer and subject, is PINNED when the desk has pinned it for that time. Only
     then does the log's time count as proven: who pins a Sigstore identity relies on Sigstore.
"""

import hashlib
from dataclasses import replace
from typing import Any, Final

from provenance.facts.signed_digests import states
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import (
    CertAtTime,
    ChangedAfter,
    Integrity,
    Kind,
    Presence,
    Scope,
    Signer,
    TimeBasis,
)
from provenance.signatures.bench import Bench
from provenance.signatures.disowning import disowned, is_out
from provenance.signatures.model import Locator, SignatureStatus, SignerIdentity
from provenance.signatures.nearby import Nearby, doubted
from provenance.signatures.pinning import coded, covers, noted
from provenance.signatures.plain import OF_NONE, WHERE_TO_PUT_IT, ended
from provenance.signatures.sigstore.bundle import (
    ENGINE,
    ENGINE_VERSION,
    Answer,
    ReadBundle,
    ask_library,
    read_bundle,
    shipped_root,
)
from provenance.signatures.sigstore.identity import read_signer
from provenance.signatures.text import with_detail
from provenance.signatures.unread_pins import with_unread_pins
from provenance.trust.model import PinKind

MAX_SUBJECTS: Final = 10_000  # documents that one statement is read for
_JSON: Final = "application/vnd.dev.sigstore.bundle+json"
NOT_IN_ORDER: Final = (
    "something around the signature is not in order by the rules of Sigstore and the list of its"
    " logs and authorities that comes with this program"
)
_LOG: Final = "a transparency log or time-stamp authority of Sigstore"


def judge_sigstore(
    data: bytes,
    documents: tuple[Nearby, ...],
    bench: Bench,
    *,
    name: str,
    detached: bool = False,
    root: bytes | None = None,
) -> tuple[SignatureStatus, ...]:
    """Judge the one signature of a bundle; total on any bytes.

    Args:
        data: the bundle.
        documents: files that it may be of.
        bench: the document examined, the trust, the time.
        name: where it is, for the record.
        detached: leave out a statement that names none of the documents.
        root: another root of trust than the one that ships, JSON.
    """
    status = _blank(data, bench, name)
    read = attempt("bundle", lambda: read_bundle(data))
    if isinstance(read, Fault):
        return (_unreadable(status, read),)
    identity = attempt("identity", lambda: read_signer(read.certificate))
    if not isinstance(identity, Fault):
        status = replace(status, identity=identity)
    used = root or shipped_root()
    if read.carries_statement:
        found = _over_statement(status, read, documents, bench, used)
        foreign = "document-not-named" in found.native_codes
        return () if detached and foreign else (found,)
    found = _over_document(status, read, documents, bench, used)
    # What lies beside a document, and how it was found, the detached engine weighs.
    sure = detached or any(one.by_hand or states(data, _JSON, one.data) for one in documents)
    return (found if sure else doubted(found),)


def _over_document(
    status: SignatureStatus,
    read: ReadBundle,
    documents: tuple[Nearby, ...],
    bench: Bench,
    root: bytes,
) -> SignatureStatus:
    if not documents:
        why = f"the document that this is a signature of is not here: {WHERE_TO_PUT_IT}"
        return ended(status, Integrity.NOT_CHECKABLE, "document-not-here", why)
    answers = [(one, ask_library(read, one.data, root)) for one in documents]
    of, answer = next((pair for pair in answers if pair[1].holds), answers[0])
    if len(documents) > 1 and answer.holds is False:
        return ended(status, Integrity.NOT_CHECKABLE, "several-candidates", OF_NONE)
    status = replace(status, covered=(of.wholly,), scope=Scope.WHOLE)
    return _concluded(status, answer, bench)


def _over_statement(
    status: SignatureStatus,
    read: ReadBundle,
    documents: tuple[Nearby, ...],
    bench: Bench,
    root: bytes,
) -> SignatureStatus:
    answer = ask_library(read, None, root)
    status = replace(status, covered=("the statement in the same file",), scope=Scope.WHOLE)
    if answer.holds and documents:
        named = [one for one in documents if _names(answer.statement or {}, one.data)]
        if named:
            said = "this document" if named[0].number == 0 else named[0].said
            covered = (f"{said}, whose SHA-256 stands in the signed statement", *status.covered)
            status = replace(status, covered=covered)
        else:
            beside = tuple(f"{one.said}, which the statement does not name" for one in documents)
            status = replace(coded(status, "document-not-named"), uncovered=beside)
    return _concluded(status, answer, bench)


def _names(statement: dict[str, Any], document: bytes) -> bool:
    """Tell whether an in-toto statement names a document by its SHA-256."""
    subjects = statement.get("subject")
    if not isinstance(subjects, list):
        return False
    wanted = hashlib.sha256(document).hexdigest()
    digests = (one.get("digest") for one in subjects[:MAX_SUBJECTS] if isinstance(one, dict))
    return any(isinstance(one, dict) and one.get("sha256") == wanted for one in digests)


def _concluded(status: SignatureStatus, answer: Answer, bench: Bench) -> SignatureStatus:
    if answer.holds is None:
        why = with_detail(NOT_IN_ORDER, answer.why)
        return ended(status, Integrity.NOT_CHECKABLE, "sigstore-not-verified", why)
    if not answer.holds:
        return replace(status, integrity=Integrity.BROKEN)
    status = replace(
        status,
        integrity=Integrity.INTACT,
        signer=Signer.UNKNOWN,
        cert_at_time=CertAtTime.VALID,
        claimed_time=answer.moment,
        time_basis=TimeBasis.CLAIMED if answer.moment else TimeBasis.NONE,
        reference_time_used=answer.moment,
    )
    if is_out(status.identity.spki_sha256, bench.trust):
        status = disowned(status)
    judged = _pinned(status, answer, bench)
    return with_unread_pins(judged, bench.trust, PinKind.SIGSTORE)


def _pinned(status: SignatureStatus, answer: Answer, bench: Bench) -> SignatureStatus:
    key = _key(status.identity)
    pins = [one for one in bench.trust.keys if one.kind is PinKind.SIGSTORE and one.key == key]
    if not pins:
        return noted(status, "log-time", "the time is the one that Sigstore's own log states")
    moment = answer.moment
    pin = next((one for one in pins if moment is not None and covers(one, moment)), None)
    if pin is None:
        return coded(status, "outside-pin-window")
    return replace(
        status,
        signer=Signer.PINNED,
        time_basis=TimeBasis.TRUSTED_TIMESTAMP,
        proven_not_after=moment,
        time_authority=_LOG,
        anchor_id=hashlib.sha256(pin.key.encode()).hexdigest(),
    )


def _key(identity: SignerIdentity) -> str | None:
    """Spell an identity as a pin does; one that is not whole matches none."""
    whole = identity.issuer and identity.subject
    return f"{identity.issuer} {identity.subject}" if whole else None


def _unreadable(status: SignatureStatus, fault: Fault) -> SignatureStatus:
    if fault.kind == "ManagedKeyError":
        why = "it names a bare key instead of a certificate, which is not checked here"
        status = ended(status, Integrity.NOT_CHECKABLE, "managed-key", why)
        return replace(status, presence=Presence.UNSUPPORTED)
    return ended(status, Integrity.ERROR, "malformed", f"the bundle cannot be read{fault.because}")


def _blank(data: bytes, bench: Bench, name: str) -> SignatureStatus:
    return SignatureStatus(
        id=f"sigstore-{hashlib.sha256(data).hexdigest()[:8]}",
        document_sha256=bench.sha256,
        kind=Kind.SIGSTORE,
        locator=Locator(name=name),
        presence=Presence.PRESENT,
        integrity=Integrity.NOT_CHECKABLE,
        changed_after=ChangedAfter.NONE,
        algorithms=("sha256", "ecdsa"),
        trust_set_sha256=bench.trust.sha256,
        engine=ENGINE,
        engine_version=ENGINE_VERSION,
    )
