"""Judge one DKIM signature of a message (RFC 6376 section 6.1).

Order: read it (`claim`); pick what it covers and compare the body (`covering`); try the archived
keys (`trying`); then answer integrity:
  * the body is not the one whose digest it carries: BROKEN, whatever the keys say;
  * a key matches and the body too: INTACT;
  * no archived key matches though one of that time is held: BROKEN;
  * no key, a withdrawn, unusable or too short one, or keys of another time only: NOT_CHECKABLE.
Of an intact one: scope and added fields, key strength, time (`dating`), and who: PINNED when the
key came from the DNS or an archive of it, UNKNOWN when a person supplied it, MISMATCH when From is
of another organisation or the key may not speak for i= (t=s, RFC 6376 3.6.1).
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Final

from provenance.signatures.axes import (
    CertAtTime,
    ChangedAfter,
    Crypto,
    Integrity,
    Kind,
    Presence,
    Signer,
    TimeBasis,
)
from provenance.signatures.certificates import MIN_RSA_BITS
from provenance.signatures.mail.alignment import Author, author_is_aligned
from provenance.signatures.mail.checking import ENGINE_VERSION
from provenance.signatures.mail.claim import Claim, Refused, Role, read_claim
from provenance.signatures.mail.covering import (
    ACTING,
    Body,
    BodyCheck,
    Coverage,
    check_body,
    cover_fields,
    scope_of,
    title,
)
from provenance.signatures.mail.dating import Dates, judge_time
from provenance.signatures.mail.keys import SOURCES, ArchivedKey
from provenance.signatures.mail.message import Field, Message
from provenance.signatures.mail.shown import show_field
from provenance.signatures.mail.trying import Outcome, Trial, try_keys
from provenance.signatures.model import Change, Locator, Revocation, SignatureStatus, SignerIdentity
from provenance.signatures.text import tame
from provenance.signatures.vouching import TrustContext
from provenance.trust.model import DkimSource

MAX_NAMED: Final = 80  # field names listed in one status
MAX_ADDED: Final = 20  # added fields quoted in one status


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that is the same for all signatures of one message."""

    message: Message
    body: Body
    """Of the message."""
    sha256: str
    author: Author
    dates: Dates
    context: TrustContext


def judge_signature(case: Case, number: int, field: Field) -> SignatureStatus:
    """Judge the signature in one DKIM-Signature field; `number` counts from the top, from 1."""
    claim = read_claim(Role.DKIM, field)
    status = start_status(case, Kind.DKIM, f"DKIM-Signature {number}", field)
    if isinstance(claim, Refused):
        return refuse(status, claim)
    status = claimed_status(case, status, claim)
    coverage = cover_fields(case.message, claim.names, field)
    body = check_body(case.body, claim.body_form, claim.digest, claim.length, claim.body_hash)
    trial = try_keys(claim, coverage.signed, case.context.trust, case.dates.claimed(claim))
    status = judge_integrity(status, claim, body, trial)
    if status.integrity is not Integrity.INTACT:
        return status
    status = judge_scope(status, case.message, coverage, body)
    status = judge_key(status, claim, trial.matching)
    status = judge_time(status, claim, trial, case.dates, case.context)
    return _judge_identity(status, claim, trial.matching, case.author)


def start_status(case: Case, kind: Kind, name: str, field: Field) -> SignatureStatus:
    """Return a status of which nothing is known but where it is."""
    mark = hashlib.sha256(field.value).hexdigest()[:8]
    return SignatureStatus(
        id=f"{kind.value}-{name.rpartition(' ')[2]}-{mark}",
        document_sha256=case.sha256,
        kind=kind,
        locator=Locator(name=name),
        presence=Presence.PRESENT,
        integrity=Integrity.NOT_CHECKABLE,
        changed_after=ChangedAfter.NONE,
        claimed_author=case.author.text,
        trust_set_sha256=case.context.trust.sha256,
        engine="dkimpy",
        engine_version=ENGINE_VERSION,
        mode=case.message.mode,
        revocation=Revocation(source="desk"),
    )


def refuse(status: SignatureStatus, refused: Refused) -> SignatureStatus:
    """Return the status of a signature field that cannot be judged."""
    unsupported = refused.code == "unsupported"
    return replace(
        status,
        presence=Presence.UNSUPPORTED if unsupported else Presence.PRESENT,
        native_codes=(*status.native_codes, refused.code),
        error=f"{refused.code}: {refused.text}",
    )


def claimed_status(case: Case, status: SignatureStatus, claim: Claim) -> SignatureStatus:
    """Add what the signature says of itself."""
    claimed = case.dates.claimed(claim)
    return replace(
        status,
        identity=SignerIdentity(
            subject=claim.domain, email=claim.identity and tame(claim.identity)
        ),
        algorithms=(claim.algorithm,),
        claimed_time=claimed,
        time_basis=TimeBasis.CLAIMED if claimed else TimeBasis.NONE,
    )


def judge_integrity(
    status: SignatureStatus, claim: Claim, body: BodyCheck, trial: Trial
) -> SignatureStatus:
    """Answer integrity alone, with a code for each reason."""
    codes, warnings = [trial.outcome.value], list[str]()
    error: str | None = None
    matched = trial.outcome is Outcome.MATCH
    if not body.matches:
        integrity = Integrity.BROKEN
        codes.insert(0, "body-hash-mismatch")
        warnings.append(
            "the body is not the one whose digest the signature carries; the signed fields are as"
            " they were signed"
            if matched
            else "the body is not the one whose digest the signature carries"
        )
    elif trial.outcome is Outcome.MISMATCH:
        integrity = Integrity.BROKEN
        warnings.append(f"the body has the digest that the signature carries, but {trial.text}")
    elif trial.outcome is Outcome.FAULT:
        integrity, error = Integrity.ERROR, f"{trial.outcome.value}: {trial.text}"
    else:
        integrity = Integrity.INTACT if matched else Integrity.NOT_CHECKABLE
        error = None if matched else f"{trial.outcome.value}: {trial.text}"
    if claim.length is not None and claim.length > body.total and integrity is Integrity.INTACT:
        # RFC 6376 3.5: l= must not exceed the body; the signer's own count is wrong.
        integrity, error = Integrity.NOT_CHECKABLE, "malformed: l= counts more than the body has"
    return replace(
        status,
        integrity=integrity,
        crypto=Crypto.BROKEN if trial.outcome is Outcome.TOO_SHORT else Crypto.OK,
        key_bits=trial.key.bits or None if trial.key else None,
        cert_at_time=(
            CertAtTime.REVOKED if trial.outcome is Outcome.WITHDRAWN else CertAtTime.UNPROVEN
        ),
        native_codes=(*status.native_codes, *codes),
        warnings=(*status.warnings, *warnings),
        error=error,
    )


def judge_scope(
    status: SignatureStatus, message: Message, coverage: Coverage, body: BodyCheck
) -> SignatureStatus:
    """Answer scope, the lists of what is covered and not, and what was added."""
    scope, reasons = scope_of(message, coverage, body)
    codes, warnings, changes = list[str](), [*message.notes], list[Change]()
    if body.signed < body.total or body.tail:
        codes.append("body-length-limited")
    if body.tail_text:
        text = f"{len(body.tail_text)} bytes of text behind the signed length of the body"
        changes.append(Change(category="text-behind-signed-length", where=text))
    if body.unquoted:
        codes.append("mailbox-quoting-undone")
        warnings.append("lines that a mailbox had changed to >From were read as From")
    acting = coverage.bare(ACTING)
    if acting:
        codes.append("unsigned-header")
        names = ", ".join(map(title, acting))
        warnings.append(f"not signed, though mail programs act on it: {names}")
    if coverage.added:
        codes.append("added-header")
    for field in coverage.added[:MAX_ADDED]:
        where = f'a further {title(field.key)} field, not signed: "{show_field(field.value, 200)}"'
        changes.append(Change(category="added-header", where=where))
        warnings.append(f"{where}; RFC 6376 section 8.15 describes this as an attack")
    if len(coverage.added) > MAX_ADDED:
        warnings.append(f"{len(coverage.added) - MAX_ADDED} more fields were added like that")
    return replace(
        status,
        scope=scope,
        changed_after=ChangedAfter.UNEXPLAINED if coverage.added else ChangedAfter.NONE,
        changes=tuple(changes),
        covered=_covered(coverage, body),
        uncovered=(*reasons, *_uncovered(coverage)),
        mode="lax" if body.unquoted else status.mode,
        native_codes=(*status.native_codes, *codes),
        warnings=(*status.warnings, *warnings),
    )


def _covered(coverage: Coverage, body: BodyCheck) -> tuple[str, ...]:
    names = ", ".join(tame(title(key), 60) for key in coverage.names[:MAX_NAMED])
    names += f" and {len(coverage.names) - MAX_NAMED} more" * (len(coverage.names) > MAX_NAMED)
    fields = f"the fields {names}" if names else "no field of the header"
    whole = body.signed == body.total
    text = (
        "the whole body" if whole else f"the first {body.signed} of {body.total} bytes of the body"
    )
    return fields, text


def _uncovered(coverage: Coverage) -> tuple[str, ...]:
    added = [f"a further {title(key)}" for key in sorted({one.key for one in coverage.added})]
    keys = dict.fromkeys(
        field.key for field in coverage.unsigned if field.key not in coverage.names
    )
    names = [*added, *(tame(title(key), 60) for key in list(keys)[:MAX_NAMED])]
    more = f" and {len(keys) - MAX_NAMED} more" if len(keys) > MAX_NAMED else ""
    return (f"the fields {', '.join(names)}{more}",) if names else ()


def judge_key(status: SignatureStatus, claim: Claim, key: ArchivedKey) -> SignatureStatus:
    """Answer strength, and name the key and its source."""
    short = key.kind == "rsa" and key.bits < MIN_RSA_BITS
    # RFC 8301 section 3.1: signatures by rsa-sha1 are no longer to be made or believed.
    legacy = short or claim.digest == "sha1"
    source = key.entry.source
    warnings = [f"the key comes from {SOURCES[source]}"] if source is DkimSource.MANUAL else []
    if key.testing:
        warnings.append("the domain marked this key as one it was only trying out (t=y)")
    return replace(
        status,
        crypto=Crypto.LEGACY if legacy else Crypto.OK,
        key_bits=key.bits or None,
        algorithms=(claim.algorithm, f"{key.kind}-{key.bits}" if key.bits else key.kind),
        identity=replace(status.identity, spki_sha256=key.spki_sha256),
        native_codes=(*status.native_codes, f"key-source-{source.value}"),
        warnings=(*status.warnings, *warnings),
    )


def _judge_identity(
    status: SignatureStatus, claim: Claim, key: ArchivedKey, author: Author
) -> SignatureStatus:
    codes, warnings = list[str](), list[str]()
    if not author_is_aligned(author, claim.domain):
        codes.append("from-not-aligned")
        warnings.append(
            f"From names {author.text or 'nobody that could be read'}, which is not of the domain"
            f" {claim.domain} that signed"
        )
    elif author.domains != (claim.domain,):
        codes.append("aligned-by-organisation")
    else:
        codes.append("aligned")
    if key.exact_identity and claim.identity_domain != claim.domain:
        codes.append("key-not-for-subdomains")
        warnings.append(
            f"the domain's key may sign for {claim.domain} alone (t=s), and this signature is for"
            f" {claim.identity_domain}"
        )
    signer = Signer.UNKNOWN if key.entry.source is DkimSource.MANUAL else Signer.PINNED
    if warnings:
        signer = Signer.MISMATCH
    return replace(
        status,
        signer=signer,
        native_codes=(*status.native_codes, *codes),
        warnings=(*status.warnings, *warnings),
    )
