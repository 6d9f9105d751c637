"""What examination costs, as jobs for a child process."""

import io
import os
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, Final

from desks import make_desk, unlock
from timing import timed

from provenance.acts.examining import unexamined
from provenance.examine.engines import rows_for
from provenance.examine.job import preload as load_row
from provenance.examine.runner import Runner
from provenance.trust.model import TrustSet
from provenance_store.opening import open_desk
from tests.hostile.mixed.ordinary import MAKERS

NOW: Final = datetime(2040, 1, 1, tzinfo=UTC)
FEW, MANY = 20, 520  # documents; what they differ by costs neither a start nor an end


_loaded: set[str] = set()  # media types whose engines this zygote holds


def preload(request: dict[str, Any]) -> None:
    """Load the engines of the document's own format, as the product does."""
    _load(request, request["media_type"])


def _load(request: dict[str, Any], media_type: str) -> None:
    if media_type not in _loaded:
        engines, _ = rows_for(media_type, beside=())
        load_row(request | {"engines": list(engines)})
        _loaded.add(media_type)


def nothing(_document: int, request: dict[str, Any]) -> dict[str, Any]:
    """Answer at once, in a jail: what is left is the cost of the walls."""
    signatures = {
        "document_sha256": request["sha256"],
        "statuses": [],
        "detectors_run": ["nothing"],
        "detectors_failed": [],
        "unsupported_media_type": None,
        "undetermined": [],
        "not_determined": [],
        "warnings": [],
        "headline": "UNSIGNED",
    }
    return {"signatures": signatures, "facts": None, "tools": {}}


def overhead(file: str, work: str) -> dict[str, Any]:
    """Examine a small file with a job that does nothing; CPU and wall time per document."""
    few, many = _spent(Path(file), work, FEW), _spent(Path(file), work, MANY)
    return {key: (many[key] - few[key]) / (MANY - FEW) for key in ("cpu", "wall")}


def _spent(file: Path, work: str, documents: int) -> dict[str, float]:
    trust = TrustSet()  # one for the whole run, as on a desk
    with timed() as taken, Runner(job=work) as runner:
        for _ in range(documents):
            found = runner.examine(file, name=file.name, at=NOW, trust=trust)
            if not found.outcome.examined:
                raise RuntimeError(f"the job that does nothing ended as {found.outcome.code}")
    return taken


def pdf_status(file: str, rounds: int) -> dict[str, Any]:
    """Judge one signed PDF by us and by the bare library, in turns; medians of CPU time."""
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 - not for the other jobs
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415 - same
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 - same

    from provenance.digests import digest_bytes  # noqa: PLC0415 - same
    from provenance.signatures.pdf.judging import inspect_pdf  # noqa: PLC0415 - same

    data = Path(file).read_bytes()
    sha256 = digest_bytes(data).sha256.hex()

    def ours() -> None:
        inspect_pdf(data, sha256=sha256, trust=TrustSet(), at=NOW, reference_time=None)

    def bare() -> None:
        for signature in PdfFileReader(io.BytesIO(data)).embedded_signatures:
            context = ValidationContext(trust_roots=[], allow_fetching=False, moment=NOW)
            validate_pdf_signature(signature, signer_validation_context=context)

    spent: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(rounds + 3):
        for name, work in (("ours", ours), ("bare", bare)):
            before = process_time()
            work()
            spent[name].append(process_time() - before)
    return {name: median(values[3:]) for name, values in spent.items()}


def examine_desk(desk: str, files: int) -> dict[str, Any]:
    """Make mixed small files, take them in, and examine them all; only the last counts."""
    source = Path(f"{desk}-files")
    for number in range(files):
        extension, make = MAKERS[number % len(MAKERS)]
        path = source / f"{number % 50:02}" / f"{number:06}.{extension}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make(number))
    make_desk(Path(desk))
    with open_desk(desk, signer=unlock(Path(desk))) as opened:
        opened.ingest([source])
        workers = len(os.sched_getaffinity(0))
        with timed() as taken, Runner(workers=workers) as runner:
            done = opened.examine_all(unexamined(opened), runner=runner)
    return {**taken, "files": done, "workers": workers}
