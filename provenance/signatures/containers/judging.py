"""The way in: judge every signature of a zip package, whatever kind of package it claims to be.

The bytes decide, not the media type: an Office package and the signature files of OpenDocument,
EPUB and ASiC are each looked for in every archive, and a file that is two of them is judged as
both. An archive that cannot be opened strictly, or a package whose skeleton cannot be read, is a
failed detector: nothing is known of its signatures, and it is never "unsigned". Bytes between the
members are covered by no signature, and another program may show them. No network. Imports
lxml and the signature engine: only a worker imports this module.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import Scope
from provenance.signatures.containers import asic, epub, odf, ooxml
from provenance.signatures.containers.archive import Archive, open_archive
from provenance.signatures.containers.opc import is_opc
from provenance.signatures.containers.steps import Job
from provenance.signatures.detected import Detected
from provenance.signatures.model import DetectorFailure, SignatureStatus
from provenance.signatures.vouching import TrustContext
from provenance.signatures.xmldsig.refusal import Refusal
from provenance.trust.model import TrustSet

DETECTORS: Final = (
    ooxml.DETECTOR,
    ooxml.LINES,
    odf.DETECTOR,
    epub.DETECTOR,
    asic.DETECTOR,
)

_LOOSE: Final = "bytes between the members"

T = TypeVar("T")


def inspect_container(
    data: bytes,
    *,
    sha256: str,
    trust: TrustSet,
    at: datetime,
    reference_time: datetime | None = None,
) -> Detected:
    """Judge all signatures of a zip package; total on any bytes.

    Args:
        data: the whole file.
        sha256: hexadecimal digest of the file, for the records.
        trust: the desk's anchors.
        at: now, UTC.
        reference_time: overrides the instant for which certificates are judged.
    """
    archive = _guarded("zip", lambda: open_archive(data))
    if isinstance(archive, DetectorFailure):
        return Detected(failures=(archive,))
    job = Job(
        sha256=sha256,
        context=TrustContext(trust=trust, at=at, reference_time=reference_time),
    )
    office = Detected(ran=(ooxml.DETECTOR, ooxml.LINES))
    if is_opc(archive):
        office = _inspect(ooxml.DETECTOR, lambda: ooxml.inspect_ooxml(archive, job))
    return _joined(
        archive,
        office,
        _inspect(odf.DETECTOR, lambda: odf.inspect_odf(archive, job)),
        _inspect(epub.DETECTOR, lambda: epub.inspect_epub(archive, job)),
        _inspect(asic.DETECTOR, lambda: asic.inspect_asic(archive, job)),
    )


def _inspect(name: str, action: Callable[[], Detected]) -> Detected:
    found = _guarded(name, action)
    return Detected(failures=(found,)) if isinstance(found, DetectorFailure) else found


def _guarded(name: str, action: Callable[[], T]) -> T | DetectorFailure:
    """Run a step; what it refuses, and what it trips over, is a failure of its detector."""

    def step() -> T | Refusal:
        try:
            return action()
        except Refusal as refusal:
            return refusal

    found = attempt(name, step)
    if isinstance(found, Fault):
        return DetectorFailure(detector=name, code="engine-failed", message=found.text)
    if isinstance(found, Refusal):
        return DetectorFailure(detector=name, code=found.reason, message=found.text)
    return found


def _joined(archive: Archive, *parts: Detected) -> Detected:
    warnings = [one for part in parts for one in part.warnings]
    statuses = tuple(one for part in parts for one in part.statuses)
    if archive.loose:
        statuses = tuple(map(_short_of_loose, statuses))
        warnings.append(f"{archive.loose} bytes in the archive belong to none of its files")
    return Detected(
        statuses=statuses,
        ran=tuple(one for part in parts for one in part.ran),
        failures=tuple(one for part in parts for one in part.failures),
        not_determined=tuple(one for part in parts for one in part.not_determined),
        warnings=tuple(warnings),
    )


def _short_of_loose(status: SignatureStatus) -> SignatureStatus:
    """No signature of a package covers what lies between its members: a whole PDF fits there."""
    scope = Scope.PART if status.scope in {Scope.WHOLE, Scope.REVISION} else status.scope
    return replace(status, scope=scope, uncovered=(*status.uncovered, _LOOSE))
