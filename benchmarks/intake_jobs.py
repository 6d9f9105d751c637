"""What the product does with files, as jobs for a child process."""

from pathlib import Path
from typing import Any

from desks import make_desk, unlock
from timing import timed

from provenance.acts.receiving import IngestOptions
from provenance.evidence import BlobState, reread
from provenance_store.opening import open_desk


def ingest(desk: str, source: str) -> dict[str, Any]:
    """Take a file or folder into a new desk: a signed custody record each, no examination."""
    signer = make_desk(Path(desk))
    with open_desk(desk, signer=signer) as opened, timed() as taken:
        summary = opened.ingest([source], IngestOptions(source="S-7", channel="signal"))
    if summary.failed or summary.received == 0:
        raise RuntimeError(f"{summary.failed} files could not be taken")
    return {**taken, "files": summary.received, "bytes": summary.bytes}


def ingest_again(desk: str, source: str) -> dict[str, Any]:
    """Run over a folder that is known already."""
    with open_desk(desk, signer=unlock(Path(desk))) as opened, timed() as taken:
        summary = opened.ingest([source])
    if summary.received or not summary.skipped:
        raise RuntimeError("the folder was not known")
    return {**taken, "files": summary.skipped}


def fixity(desk: str) -> dict[str, Any]:
    """Read every blob again and compare its SHA-256: the evidence alone, without the log."""
    with open_desk(desk) as opened, timed() as taken:
        blobs = opened.parts.blobs
        found = [reread(blobs, sha256) for sha256 in blobs.list()]
    if any(each.state is not BlobState.SAME for each in found):
        raise RuntimeError("a blob was changed")
    return {**taken, "bytes": sum(each.size for each in found)}


def audit(desk: str) -> dict[str, Any]:
    """Answer both questions: did the evidence change, did the log change."""
    with open_desk(desk) as opened, timed() as taken:
        report = opened.audit()
    if not (report.evidence_holds and report.log_holds):
        raise RuntimeError("the desk does not hold")
    return {**taken, "files": report.blobs, "bytes": report.blob_bytes}
