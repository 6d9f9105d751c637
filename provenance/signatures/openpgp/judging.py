"""Judge every OpenPGP signature of a file, or of the files beside it.

Order, each step able to end the judgement:
  1. list the signatures and what each is over (`claims`);
  2. what cannot be read is ERROR; another version or another kind of signature is UNSUPPORTED;
  3. without the document that it is of, without a key of the bench, or with a critical part that is
     not known: NOT_CHECKABLE, with the reason as a code;
  4. the first engine says yes (`checking`): intact;
  5. it says no: every axis is filled in as if it held, integrity stays NOT_CHECKABLE, and the code
     WANTED asks for the second engine. Without its answer nothing is ever called BROKEN.
Keys: the desk's pins, then those that came along in the same file, which vouch for nobody.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from provenance.signatures.axes import (
    ChangedAfter,
    Crypto,
    Integrity,
    Kind,
    Presence,
    Scope,
    TimeBasis,
)
from provenance.signatures.bench import Bench
from provenance.signatures.certificates import MIN_EC_BITS, MIN_RSA_BITS
from provenance.signatures.detected import Detected
from provenance.signatures.mime.senders import Senders
from provenance.signatures.model import DetectorFailure, Locator, SignatureStatus
from provenance.signatures.nearby import Nearby
from provenance.signatures.openpgp.checking import (
    ENGINE,
    ENGINE_VERSION,
    Accepted,
    Unreadable,
    ask_first_engine,
)
from provenance.signatures.openpgp.claims import (
    Claim,
    Claims,
    claims_beside,
    claims_within,
)
from provenance.signatures.openpgp.keyring import Candidate, Keyring, keyring_of
from provenance.signatures.openpgp.mail_claims import MAIL, document_claims
from provenance.signatures.openpgp.second import WANTED, found_by_name
from provenance.signatures.openpgp.signature import BINARY, TEXT, SignaturePacket
from provenance.signatures.openpgp.state import bindings_of
from provenance.signatures.openpgp.vouching import describe, vouch
from provenance.signatures.pinning import Reference, coded
from provenance.signatures.plain import OF_NONE, WHERE_TO_PUT_IT, ended
from provenance.signatures.text import with_detail
from provenance.signatures.unread_pins import with_unread_pgp
from provenance.trust.model import TrustSet

DETECTOR: Final = "openpgp"

WEAK_DIGESTS: Final = frozenset({"md5", "sha1", "ripemd160"})


def inspect_openpgp(
    data: bytes,
    *,
    sha256: str,
    media_type: str,
    trust: TrustSet,
    at: datetime,
    reference_time: datetime | None = None,
    nearby: tuple[Nearby, ...] = (),
) -> Detected:
    """Judge all OpenPGP signatures that a file holds; total on any bytes.

    Args:
        data: the whole file.
        sha256: hexadecimal digest of it.
        media_type: as identified from its bytes.
        trust: the desk's pins.
        at: now, UTC.
        reference_time: overrides the instant for which keys are judged.
        nearby: files that lie beside it.
    """
    reference = Reference(at=at, by_hand=reference_time)
    bench = Bench(sha256=sha256, trust=trust, reference=reference)
    claims = document_claims(data, media_type, nearby)
    named = {one.number for one in nearby if not one.by_hand}
    doubtful = {one.name for one in claims.found if one.file in named and one.signature}
    statuses = tuple(
        found_by_name(one) if one.id in doubtful and WANTED in one.native_codes else one
        for one in judge_claims(claims, bench)
    )
    if claims.encrypted:
        failure = DetectorFailure(
            detector=DETECTOR,
            code="encrypted",
            message="it is encrypted; whether it is signed inside cannot be seen without its key",
        )
        return Detected(statuses=statuses, failures=(failure,))
    if not statuses and not claims.keys and media_type not in {MAIL, "text/plain"}:
        failure = DetectorFailure(
            detector=DETECTOR,
            code="openpgp-unreadable",
            message="no OpenPGP block that is read here",
        )
        return Detected(failures=(failure,))
    certified = ("whether what others certify about these keys holds",) if claims.keys else ()
    return Detected(statuses=statuses, ran=(DETECTOR,), not_determined=certified)


def inspect_openpgp_beside(
    signature: Nearby, document: Nearby, bench: Bench
) -> tuple[SignatureStatus, ...]:
    """Judge the detached OpenPGP signatures in one file over one document."""
    found = judge_claims(claims_beside(signature, document), bench)
    return found if signature.by_hand else tuple(map(found_by_name, found))


def inspect_openpgp_within(
    signature: Nearby, bench: Bench, *, wanted: Callable[[bytes], bool]
) -> tuple[SignatureStatus, ...]:
    """Judge the signatures in a file beside the document whose own signed text is wanted."""
    claims = claims_within(signature)
    claims.found = [one for one in claims.found if one.content is not None and wanted(one.content)]
    return tuple(map(found_by_name, judge_claims(claims, bench)))


def judge_claims(claims: Claims, bench: Bench) -> tuple[SignatureStatus, ...]:
    """Judge what was found; one status a signature."""
    ring = keyring_of(bench.trust, claims.keys)
    judged = [
        (claim, with_unread_pgp(judge_claim(claim, ring, bench), bench.trust))
        for claim in claims.found
    ]
    return tuple(_choose(judged))


def _choose(judged: list[tuple[Claim, SignatureStatus]]) -> Iterable[SignatureStatus]:
    """Of one signature over several possible documents, keep the one that holds, or say neither."""
    done: set[bytes] = set()
    for claim, status in judged:
        if not claim.several or claim.signature is None:
            yield status
            continue
        body = claim.signature.packet.body
        if body in done:
            continue
        done.add(body)
        same = [
            one
            for other, one in judged
            if other.signature is not None and other.signature.packet.body == body
        ]
        holding = [one for one in same if one.integrity is Integrity.INTACT]
        yield holding[0] if holding else _of_none(status)


def _of_none(status: SignatureStatus) -> SignatureStatus:
    if WANTED not in status.native_codes:
        return status
    codes = tuple(one for one in status.native_codes if one != WANTED)
    return replace(
        status,
        native_codes=(*codes, "several-candidates"),
        covered=(),
        error=f"several-candidates: {OF_NONE}",
    )


def judge_claim(claim: Claim, ring: Keyring, bench: Bench) -> SignatureStatus:
    """Judge one signature."""
    status = _blank(claim, bench)
    signature = claim.signature
    if claim.code == "notarised" and claim.fault:
        return _unsupported(status, claim.code, f"{claim.fault} is")
    if signature is None or claim.fault is not None:
        fault = claim.fault or "it cannot be read"
        return ended(status, Integrity.ERROR, claim.code, fault)
    if not signature.readable:
        what = f"a signature packet of version {signature.version} is"
        return _unsupported(status, f"openpgp-v{signature.version}", what)
    status = _said(status, signature)
    if signature.kind not in {BINARY, TEXT}:
        what = f"a signature of type 0x{signature.kind:02x} is not over a document and"
        return _unsupported(status, f"signature-type-0x{signature.kind:02x}", what)
    return _judge_readable(status, claim, signature, ring, bench)


def _judge_readable(
    status: SignatureStatus, claim: Claim, signature: SignaturePacket, ring: Keyring, bench: Bench
) -> SignatureStatus:
    if claim.content is None:
        why = f"the document that this is a signature of is not here: {WHERE_TO_PUT_IT}"
        return ended(describe(status, signature), Integrity.NOT_CHECKABLE, "document-not-here", why)
    if signature.unknown_critical:
        why = "it has a critical part whose meaning is not known"
        return ended(status, Integrity.NOT_CHECKABLE, "critical-part-unknown", why)
    found = ring.candidates(signature)
    if not found:
        status = describe(status, signature)
        code = "no-key" if signature.issuer_key_id or signature.issuer_fingerprint else "no-issuer"
        why = f"no key of this desk made it; it names {status.identity.fingerprint or 'none'}"
        return ended(status, Integrity.NOT_CHECKABLE, code, why)
    return _ask(status, claim.content, signature, found, bench, senders=claim.senders)


def _ask(
    status: SignatureStatus,
    content: bytes,
    signature: SignaturePacket,
    found: tuple[Candidate, ...],
    bench: Bench,
    *,
    senders: Senders | None,
) -> SignatureStatus:
    answer = ask_first_engine(signature, content, [one.certificate for one in found])
    if isinstance(answer, Unreadable):
        why = with_detail("the signature packet cannot be read", answer.message)
        return ended(status, Integrity.ERROR, "malformed", why)
    chosen = found[0]
    if isinstance(answer, Accepted):
        chosen = next(one for one in found if one.made_by(answer.certificate, answer.key))
    status = _strength(status, signature, chosen)
    status = vouch(status, chosen, signature, bench.trust, bench.reference, senders=senders)
    if isinstance(answer, Accepted):
        return replace(status, integrity=Integrity.INTACT)
    if not chosen.may_sign:
        why = "the key that it names was not made for signing"
        return ended(status, Integrity.NOT_CHECKABLE, "key-not-for-signing", why)
    why = "the first engine does not accept it, and the second was not asked"
    return ended(status, Integrity.NOT_CHECKABLE, WANTED, why)


def _blank(claim: Claim, bench: Bench) -> SignatureStatus:
    return SignatureStatus(
        id=claim.name,
        document_sha256=bench.sha256,
        kind=Kind.OPENPGP,
        locator=Locator(name=claim.place),
        presence=Presence.PRESENT,
        integrity=Integrity.NOT_CHECKABLE,
        scope=claim.scope,
        changed_after=ChangedAfter.NONE,
        covered=claim.covered if claim.content is not None else (),
        uncovered=claim.uncovered,
        warnings=claim.warnings,
        native_codes=claim.codes,
        trust_set_sha256=bench.trust.sha256,
        engine=ENGINE,
        engine_version=ENGINE_VERSION,
    )


def _said(status: SignatureStatus, signature: SignaturePacket) -> SignatureStatus:
    """Take over what the signature says of itself."""
    return replace(
        status,
        claimed_time=signature.created,
        time_basis=TimeBasis.CLAIMED if signature.created else TimeBasis.NONE,
        algorithms=(signature.hash_name, signature.algorithm_name),
    )


def _strength(
    status: SignatureStatus, signature: SignaturePacket, chosen: Candidate
) -> SignatureStatus:
    bits = chosen.key.bits
    name = chosen.key.algorithm_name
    rsa = name.startswith("rsa")
    short = bits is not None and bits < (MIN_RSA_BITS if rsa else MIN_EC_BITS)
    codes = []
    if signature.hash_name in WEAK_DIGESTS:
        codes.append("weak-digest")
    if short or name == "dsa":
        codes.append("weak-key")
    bindings = {one.hash_name for one in bindings_of(chosen.certificate, chosen.key)}
    weak_binding = bool(bindings) and bindings <= WEAK_DIGESTS
    if weak_binding:
        codes.append("weak-binding")
    crypto = Crypto.LEGACY if codes else Crypto.OK
    if signature.hash_name == "md5":
        crypto = Crypto.BROKEN
    names = [signature.hash_name, f"{name}-{bits}" if bits else name]
    names += [f"{one} in the key file" for one in sorted(bindings) if weak_binding]
    return replace(coded(status, *codes), crypto=crypto, key_bits=bits, algorithms=tuple(names))


def _unsupported(status: SignatureStatus, code: str, what: str) -> SignatureStatus:
    status = ended(status, Integrity.NOT_CHECKABLE, code, f"{what} not checked here")
    return replace(status, presence=Presence.UNSUPPORTED, scope=Scope.UNKNOWN, covered=())
