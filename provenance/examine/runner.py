"""Examine documents in sealed worker processes; every ending is a value.

Per document, in order: identify it from its first and last bytes (our own code, no parser); digest
it; hand it, and at most MAX_BESIDE files that
belong to it, to a zygote, which forks one jailed child; take back at most `limits.answer` bytes;
treat them as hostile: strict JSON, strict schema, hidden characters escaped, digests compared.
Timeout, crash, out of memory, an answer too large or malformed, and refusal each become an Outcome.
Raises only for the caller's mistakes and broken surroundings. Safe to use from several threads;
uses no clock but for its own time limits.
"""

import os
import queue
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from types import TracebackType
from typing import Any, Final, Self

from provenance import __version__
from provenance.errors import UsageError
from provenance.examine.again import repeatable, reproduce_command
from provenance.examine.answers import failed, judge_answer, left_open, split_answer, without_parser
from provenance.examine.documents import Openable, Opened, opened
from provenance.examine.engines import ALWAYS, rows_for
from provenance.examine.examination import BesideRef, Examination
from provenance.examine.jail import describe_level
from provenance.examine.outcome import Limits, Outcome, OutcomeKind
from provenance.examine.second import SecondEngine
from provenance.examine.worker import MAX_BESIDE
from provenance.examine.zygote import RawAnswer, Zygote
from provenance.instants import format_instant
from provenance.signatures.codec import to_jsonable
from provenance.signatures.model import SignatureReport
from provenance.signatures.pairing import How, Relation
from provenance.signatures.text import tame
from provenance.trust.model import TrustSet

JOB: Final = "provenance.examine.job:examine_document"
MAX_WORKERS: Final = 64  # zygotes; more would only compete for the same cores
NO_PARSER: Final = "no parser ran"


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A file that may belong to the document: its detached signature, or what it signs."""

    document: Openable
    role: Relation
    name: str | None = None
    how: How = How.NAME
    """Who decided it. Said by hand, a signature that does not hold is broken, not another's."""


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
        ocr: read pictures in this language (`eng`); None = do not read them.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        workers: int = 1,
        require_full_jail: bool = False,
        job: str | None = None,
        landlock: bool = True,
        ocr: str | None = None,
    ) -> None:
        if not 1 <= workers <= MAX_WORKERS:
            raise UsageError(f"workers must be 1 to {MAX_WORKERS}, not {workers}")
        self._limits = limits or Limits()
        self._require_full = require_full_jail
        self._job = job
        self._landlock = landlock
        self._ocr = ocr
        self._slots: queue.SimpleQueue[Zygote | None] = queue.SimpleQueue()
        self._workers = workers
        for _ in range(workers):
            self._slots.put(None)  # started when first needed: most files need no parser
        self._busy: set[Zygote] = set()
        self._guard = threading.Lock()
        self._trust: tuple[TrustSet, dict[str, Any]] | None = None
        self._second = SecondEngine()
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

    @property
    def workers(self) -> int:
        """How many documents can be examined at once."""
        return self._workers

    def interrupt(self) -> None:
        """Cut off what is under way, from another thread; those end as `worker-lost`."""
        with self._guard:
            for zygote in self._busy:
                zygote.kill()

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
        document: Openable,
        *,
        name: str | None,
        at: datetime,
        trust: TrustSet,
        media_type: str | None = None,
        reference_time: datetime | None = None,
        claimed_date: date | None = None,
        beside: Sequence[Companion] = (),
    ) -> Examination:
        """Examine one document.

        Args:
            document: a path, or a binary file open for reading; its position is left alone
                where it has a descriptor.
            name: the name it came with, compared with its bytes and then forgotten.
            at: now; aware.
            trust: what the desk relies on; an empty set is a good start.
            media_type: the label it came with (of a mail part, of an HTTP answer), only compared.
            reference_time: judge certificates for this instant; aware.
            claimed_date: day that is claimed for the document; what does not go with it is told.
            beside: files that may belong to it: detached signatures, or what it is a signature of.

        Raises:
            NotFound: no file at this path.
            UsageError: not a file, a time without its zone, too many files beside it, or the
                runner is closed.
            SurroundingsError: the file cannot be read, or no worker or parser can be started.
        """
        if self._closed:
            raise UsageError("this runner is closed")
        if at.tzinfo is None or (reference_time is not None and reference_time.tzinfo is None):
            raise UsageError("times need a zone")
        if len(beside) > MAX_BESIDE:
            raise UsageError(f"at most {MAX_BESIDE} files beside a document, not {len(beside)}")
        with ExitStack() as stack:
            main = stack.enter_context(opened(document, name=name, media_type=media_type))
            others = [
                (stack.enter_context(opened(one.document, name=one.name)), one) for one in beside
            ]
            others, too_large = _fitting(main, others, self._limits.file)
            blank = self._blank(main, at, trust)
            blank = replace(
                blank,
                reference_time=reference_time,
                claimed_date=claimed_date.isoformat() if claimed_date else None,
            )
            blank = replace(
                blank,
                beside=tuple(
                    BesideRef(role=one.role, sha256=file.sha256, size=file.size, how=one.how)
                    for file, one in others
                ),
            )
            found = left_open(self._dispatch(main, others, blank, trust), too_large)
            return repeatable(found, reproduce_command(blank, ocr=self._ocr))

    def _dispatch(
        self,
        main: Opened,
        others: list[tuple[Opened, Companion]],
        blank: Examination,
        trust: TrustSet,
    ) -> Examination:
        media_type = main.identification.media_type
        lying = [file.identification.media_type for file, _ in others]
        engines, missing = rows_for(media_type, beside=lying, ocr=self._ocr)
        total = main.size + sum(file.size for file, _ in others)
        if total > self._limits.file and set(engines) <= set(ALWAYS):
            return without_parser(blank, limit=self._limits.file)
        if total > self._limits.file:
            outcome = Outcome(
                kind=OutcomeKind.REFUSED,
                code="document-too-large",
                message=f"{total} bytes; the limit is {self._limits.file}",
            )
            return failed(blank, outcome)
        request = self._request(engines, blank)
        request["beside"] = [
            {
                "role": one.role.value,
                "name": tame(one.name or "", 200),
                "size": file.size,
                "sha256": file.sha256,
                "media_type": file.identification.media_type,
                "by_hand": one.how is How.HAND,
            }
            for file, one in others
        ]
        descriptors = [main.descriptor, *(file.descriptor for file, _ in others)]
        raw = self._run(request, descriptors, trust)
        found = judge_answer(blank, raw, self._limits, missing=missing)
        ask = partial(self._run, descriptors=descriptors, trust=trust)
        return self._second.consult(found, request, ask)

    def _request(self, engines: tuple[str, ...], blank: Examination) -> dict[str, Any]:
        reference = blank.reference_time
        return {
            "job": self._job or JOB,
            "engines": list(engines),
            "media_type": blank.identification.media_type,
            "claimed_extension": blank.identification.claimed_extension,
            "declared_media_type": blank.identification.declared_media_type,
            "name_tricks": list(blank.identification.name_tricks),
            "sha256": blank.document_sha256,
            "size": blank.size,
            "at": format_instant(blank.at),
            "reference_time": format_instant(reference) if reference else None,
            "claimed_date": blank.claimed_date,
            "trust_sha256": blank.trust_set_sha256,
            "limits": {
                "seconds": self._limits.seconds,
                "memory": self._limits.memory,
                "answer": self._limits.answer,
            },
            "landlock": self._landlock,
            "ocr": self._ocr,
            "require_full_jail": self._require_full,
        }

    def _run(
        self, request: dict[str, Any], descriptors: Sequence[int], trust: TrustSet
    ) -> RawAnswer:
        """Borrow a zygote; one that is lost or interrupted is never given back."""
        zygote = self._slots.get()
        keep = False
        try:
            if zygote is None:
                zygote = Zygote()
            with self._guard:
                self._busy.add(zygote)
            raw = zygote.run(request, *descriptors, trust=self._spelled(trust))
            keep = not raw.lost
            return raw
        finally:
            if zygote is not None:
                with self._guard:
                    self._busy.discard(zygote)
                if not keep:
                    zygote.close()
                    zygote = None
            self._slots.put(zygote)

    def _spelled(self, trust: TrustSet) -> dict[str, Any]:
        """Return the set as JSON values; spelled once for the documents of one run."""
        held = self._trust
        if held is None or held[0] is not trust:
            held = self._trust = (trust, to_jsonable(trust))
        return held[1]

    def _blank(self, main: Opened, at: datetime, trust: TrustSet) -> Examination:
        return Examination(
            document_sha256=main.sha256,
            size=main.size,
            at=at,
            reference_time=None,
            claimed_date=None,
            trust_set_sha256=trust.sha256,
            beside=(),
            identification=main.identification,
            outcome=Outcome(kind=OutcomeKind.EXAMINED, code="examined"),
            signatures=SignatureReport(document_sha256=main.sha256),
            facts=None,
            tools={"provenance": __version__},
            jail=(),
            jail_level=NO_PARSER,
            limits=self._limits,
            cpu_seconds=0.0,
            max_rss=0,
        )


def _fitting(
    main: Opened, others: list[tuple[Opened, Companion]], most: int
) -> tuple[list[tuple[Opened, Companion]], tuple[str, ...]]:
    """Return the files beside a document that fit into one examination with it, and what is not.

    Anybody can lay a large file beside a document: it must not keep the document from being looked
    at. What somebody named by hand is kept, whatever comes of it.
    """
    kept, left, total = [], list[str](), main.size
    for file, one in others:
        if one.how is How.HAND or main.size > most or total + file.size <= most:
            kept.append((file, one))
            total += file.size
        else:
            left.append(f"a file beside it, too large to be looked at (SHA-256 {file.sha256})")
    return kept, tuple(left)


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
