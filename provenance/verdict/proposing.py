"""Propose dossier records from what an examination found: the catalogue's entries, nothing freer.

Rules, in order, for one exemplar:
  1. a mail signature that is VERIFIED, over the whole body, by a key known from the time, is
     `dkim-valid`; one that is broken, or whose mail got further fields afterwards, is `dkim-fails`;
  2. a PDF signature that is VERIFIED or VERIFIED_EXTENDED is `pdf-signature-valid`; one, or a PDF's
     own time stamp, after which the file was changed, or whose bytes have another digest now, is
     `pdf-changed-after-signing`. A signature value alone that fails says nothing about the bytes;
  3. a place for a signature found empty with high confidence is `no-ink-copy`: a file is a copy
     until somebody says otherwise;
  4. an observation that names an entry of the catalogue is that entry, save one that rests on a day
     which somebody claims for the document: the claim is not the document's own date;
  5. that signatures, and in a PDF earlier states, were looked for is a check done, where the
     detectors came to their end.
What speaks for a document is read off the headline, the worst of all answers; what speaks against
it off the answer itself, since a headline names only the worst: a revoked key hides no change.
Signatures that the catalogue grades neither way (S/MIME, OpenPGP, Office, C2PA) license nothing.
A finding is one copy's. Where an item has several, each record names its copy in words; and what
speaks against the integrity of one copy is asserted of that copy alone (`integrity@copy-...`) where
another copy is shown whole by its own signature. Otherwise it is asserted of the item: a copy
nobody knows to be whole does not answer for one that was changed.
Grades are never written: the weighing looks them up. A proposal is not evidence: a person reads it,
strikes what does not fit (is the signer the author?), and imports the rest as records of the desk.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from provenance.examine.examination import Examination
from provenance.facts.claimed import CODES
from provenance.signatures.axes import Headline, Integrity, Presence, Scope, TimeBasis
from provenance.signatures.axes import Kind as SignatureKind
from provenance.signatures.headline import is_changed
from provenance.signatures.model import SignatureStatus
from provenance.signatures.sentence import say_signature
from provenance.verdict.catalogue import CATALOGUE
from provenance.verdict.dossier import Assertion, Kind, Record

VOICE: Final = "examination"
PREMISES: Final = {"dkim-valid": ("domain key",), "pdf-signature-valid": ("signing key",)}
"""What every line through such a finding needs."""

_GOOD: Final = frozenset({Headline.VERIFIED, Headline.VERIFIED_EXTENDED})
_INTEGRITY: Final = "integrity"
_PDF: Final = "application/pdf"
_OVER_PDF: Final = frozenset({SignatureKind.PDF_SIG, SignatureKind.PDF_TIMESTAMP})
"""Marks over a PDF's bytes that show whether it was changed; usage rights are a program's own."""


def propose(found: Examination) -> tuple[Record, ...]:
    """Return the records that an examination licenses, oldest rule first, each entry once."""
    notes: dict[str, list[str]] = {}
    for key, note in _findings(found):
        notes.setdefault(key, []).append(note)
    records = [_record(found, key, tuple(dict.fromkeys(said))) for key, said in notes.items()]
    checks = _checks(found)
    if checks:
        records.append(_base(found, "checked", checks=checks))
    return tuple(records)


def propose_all(found: Iterable[Examination]) -> tuple[Record, ...]:
    """Return the records that the examinations of an item's copies license, copy by copy."""
    copies = [(one.document_sha256, propose(one)) for one in found]
    if len(copies) == 1:
        return copies[0][1]
    whole = {sha256 for sha256, records in copies if _signs(records) == {1}}
    return tuple(
        _of_copy(record, sha256, alone=bool(whole - {sha256}))
        for sha256, records in copies
        for record in records
    )


def _signs(records: Iterable[Record]) -> set[int]:
    """Return which ways records speak about a copy's integrity."""
    return {one.sign for record in records for one in record.asserts if one.facet == _INTEGRITY}


def _of_copy(record: Record, sha256: str, *, alone: bool) -> Record:
    copy = sha256[:8]
    asserts = tuple(
        replace(one, facet=f"{_INTEGRITY}@copy-{copy}")
        if alone and one.facet == _INTEGRITY and one.sign < 0
        else one
        for one in record.asserts
    )
    words = f"Of the copy whose SHA-256 begins {copy}."
    return replace(record, asserts=asserts, note=f"{words} {record.note}" if record.note else words)


def _findings(found: Examination) -> Iterator[tuple[str, str]]:
    for status in found.signatures.statuses:
        key = _of_signature(status)
        if key is not None:
            yield key, say_signature(status)
    if found.facts is not None:
        for one in found.facts.observations:
            if one.evidence is not None and one.code not in CODES:
                yield one.evidence, one.text


def _of_signature(status: SignatureStatus) -> str | None:
    if status.presence is Presence.PRESENT:
        return _for(status) or _against(status)
    empty = status.kind is SignatureKind.INK_REGION and status.headline is Headline.EMPTY_SLOT
    return "no-ink-copy" if empty and status.confidence == "high" else None


def _for(status: SignatureStatus) -> str | None:
    if status.kind is SignatureKind.DKIM:
        from_then = status.time_basis is TimeBasis.ARCHIVED_KEY_WINDOW
        whole = status.headline is Headline.VERIFIED and status.scope is Scope.WHOLE
        return "dkim-valid" if whole and from_then else None
    good = status.kind is SignatureKind.PDF_SIG and status.headline in _GOOD
    return "pdf-signature-valid" if good else None


def _against(status: SignatureStatus) -> str | None:
    broken = status.integrity is Integrity.BROKEN
    if status.kind is SignatureKind.DKIM:
        return "dkim-fails" if broken or is_changed(status) else None
    if status.kind in _OVER_PDF:
        other = broken and "hash-failure" in status.native_codes
        return "pdf-changed-after-signing" if other or is_changed(status) else None
    return None


def _checks(found: Examination) -> tuple[str, ...]:
    """What was looked for to the end; a failed detector leaves its check undone."""
    report = found.signatures
    if report.detectors_failed or not report.detectors_run or report.unsupported_media_type:
        return ()
    pdf = found.identification.media_type == _PDF and found.facts is not None
    return ("signatures", "revisions") if pdf else ("signatures",)


def _record(found: Examination, key: str, notes: tuple[str, ...]) -> Record:
    asserts = tuple(
        Assertion(facet=facet, sign=1 if grade > 0 else -1, catalogue=key)
        for facet, grade in CATALOGUE[key].grades.items()
    )
    note = f"{' '.join(notes)} Undercut by: {CATALOGUE[key].undercut_by or 'nothing known'}."
    return _base(found, key, asserts=asserts, premises=PREMISES.get(key, ()), note=note)


def _base(
    found: Examination,
    what: str,
    *,
    asserts: tuple[Assertion, ...] = (),
    premises: tuple[str, ...] = (),
    checks: tuple[str, ...] = (),
    note: str | None = None,
) -> Record:
    return Record(
        id=f"x.{found.document_sha256[:8]}.{what}",
        kind=Kind.FINDING,
        recorded_at=found.at,
        voice=VOICE,
        asserts=asserts,
        premises=premises,
        checks=checks,
        note=note,
    )
