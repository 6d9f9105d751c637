"""Examine documents in sealed worker processes; every ending is a value.

Per document, in order: identify it from its first and last bytes (our own code, no parser); if no
parser exists for that format, say so and stop; digest it; hand it to a zygote, which forks one
jailed child; take back at most `limits.answer` bytes; treat them as hostile: strict JSON, strict
schema, hidden characters escaped, digests compared. Timeout, crash, out of memory, an answer too
large or malformed, and refusal each become an Outcome. Raises only for the caller's mistakes and
broken surroundings. Safe to use from several threads; uses no clock but for its own time limits.
"""

import base64
import os
import queue
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from provenance import __version__
from provenance.errors import SurroundingsError, UsageError
from provenance.examine.answers import failed, judge_answer, split_answer, without_parser
from provenance.examine.documents import digest_document, open_document, read_ends
from provenance.examine.examination import Examination
from provenance.examine.identify import Identification, identify_bytes
from provenance.examine.jail import describe_level
from provenance.examine.outcome import Limits, Outcome, OutcomeKind
from provenance.examine.zygote import RawAnswer, Zygote
from provenance.instants import format_instant
from provenance.signatures.model import SignatureReport
from provenance.signatures.trust import TrustSet

JOBS: Final[dict[str, str]] = {"application/pdf": "provenance.examine.pdf_job:examine_pdf"}
"""Media type to the function that examines it in a worker; a new format adds one row."""

MAX_WORKERS: Final = 64  # zygotes; more would only compete for the same cores
NO_PARSER: Final = "no parser ran"


@dataclass(frozen=True, slots=True, kw_only=True)
class JailLevel:
    """What the walls around a parser are on this machine."""

    level: str
    """`full`, `partial (...)` or `process only`."""
    walls: tuple[str, ...]


class Runner:
    """Runs examinations; use it as a context manager.

    Args:
        limits: what one examination may use.
        workers: zygotes kept ready, each serving one document at a time.
        require_full_jail: refuse to open a document behind weaker walls.
        job: `module:function` to run instead of the table's; for tests of the walls.
        landlock: try Landlock; for tests of what holds without it.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        workers: int = 1,
        require_full_jail: bool = False,
        job: str | None = None,
        landlock: bool = True,
    ) -> None:
        if not 1 <= workers <= MAX_WORKERS:
            raise UsageError(f"workers must be 1 to {MAX_WORKERS}, not {workers}")
        self._limits = limits or Limits()
        self._require_full = require_full_jail
        self._job = job
        self._landlock = landlock
        self._slots: queue.SimpleQueue[Zygote | None] = queue.SimpleQueue()
        self._workers = workers
        for _ in range(workers):
            self._slots.put(None)  # started when first needed: most files need no parser
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all workers; returns when they are gone. May be called more than once."""
        if self._closed:
            return
        self._closed = True
        for _ in range(self._workers):
            zygote = self._slots.get()
            if zygote is not None:
                zygote.close()

    def examine(
        self,
        document: str | os.PathLike[str] | BinaryIO,
        *,
        name: str | None,
        at: datetime,
        trust: TrustSet,
        reference_time: datetime | None = None,
    ) -> Examination:
        """Examine one document.

        Args:
            document: a path, or a binary file open for reading; its position is left alone
                where it has a descriptor.
            name: the name it came with, compared with its bytes and then forgotten.
            at: now; aware.
            trust: the desk's anchors; an empty set is a good start.
            reference_time: judge certificates for this instant; aware.

        Raises:
            NotFound: no file at this path.
            UsageError: not a file, a time without its zone, or the runner is closed.
            SurroundingsError: the file cannot be read, or no worker or parser can be started.
        """
        if self._closed:
            raise UsageError("this runner is closed")
        if at.tzinfo is None or (reference_time is not None and reference_time.tzinfo is None):
            raise UsageError("times need a zone")
        with open_document(document) as descriptor:
            try:
                size = os.fstat(descriptor).st_size
                head, tail = read_ends(descriptor, size)
                sha256 = digest_document(descriptor)
            except OSError as error:
                raise SurroundingsError(f"the document cannot be read: {error}") from error
            blank = self._blank(identify_bytes(head, tail, name=name), sha256, size, at)
            blank = replace(blank, reference_time=reference_time)
            return self._dispatch(descriptor, blank, trust)

    def _dispatch(self, descriptor: int, blank: Examination, trust: TrustSet) -> Examination:
        media_type = blank.identification.media_type
        job = self._job or JOBS.get(media_type)
        if job is None:
            return without_parser(blank)
        if blank.size > self._limits.file:
            outcome = Outcome(
                kind=OutcomeKind.REFUSED,
                code="document-too-large",
                message=f"{blank.size} bytes; the limit is {self._limits.file}",
            )
            return failed(blank, outcome)
        raw = self._run(self._request(job, blank, trust), descriptor)
        return judge_answer(blank, raw, self._limits)

    def _request(self, job: str, blank: Examination, trust: TrustSet) -> dict[str, Any]:
        reference = blank.reference_time
        return {
            "job": job,
            "media_type": blank.identification.media_type,
            "sha256": blank.document_sha256,
            "size": blank.size,
            "at": format_instant(blank.at),
            "reference_time": format_instant(reference) if reference else None,
            "anchors": [base64.b64encode(der).decode() for der in trust.anchors],
            "limits": {
                "seconds": self._limits.seconds,
                "memory": self._limits.memory,
                "answer": self._limits.answer,
            },
            "landlock": self._landlock,
            "require_full_jail": self._require_full,
        }

    def _run(self, request: dict[str, Any], descriptor: int) -> RawAnswer:
        """Borrow a zygote; one that is lost or interrupted is never given back."""
        zygote = self._slots.get()
        keep = False
        try:
            if zygote is None:
                zygote = Zygote()
            raw = zygote.run(request, descriptor)
            keep = not raw.lost
            return raw
        finally:
            if zygote is not None and not keep:
                zygote.close()
                zygote = None
            self._slots.put(zygote)

    def _blank(
        self, identification: Identification, sha256: str, size: int, at: datetime
    ) -> Examination:
        return Examination(
            document_sha256=sha256,
            size=size,
            at=at,
            reference_time=None,
            identification=identification,
            outcome=Outcome(kind=OutcomeKind.EXAMINED, code="examined"),
            signatures=SignatureReport(document_sha256=sha256),
            facts=None,
            tools={"provenance": __version__},
            jail=(),
            jail_level=NO_PARSER,
            limits=self._limits,
            cpu_seconds=0.0,
            max_rss=0,
        )


def jail_level() -> JailLevel:
    """Raise a jail around a process that does nothing, and say which walls stand.

    Raises:
        SurroundingsError: no worker can be started.
    """
    request = {
        "job": "provenance.examine.worker:report_walls",
        "limits": {"seconds": 10.0, "memory": 1 << 28, "answer": 4096},
        "landlock": True,
        "require_full_jail": False,
    }
    zygote = Zygote()
    try:
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a descriptor, not a path
            raw = zygote.run(request, nothing.fileno())
    finally:
        zygote.close()
    walls, _ = split_answer(raw.body)
    return JailLevel(level=describe_level(walls), walls=walls)
