"""Turn what a worker left behind into an examination, believing none of it unread.

A worker may have been taken over by its document. Its answer is bounded, parsed as strict JSON
into a closed schema, escaped, and must be about the document and the trust set it was given. The
walls are the one thing it wrote before it saw the document.
"""

import contextlib
import json
import os
import signal
from dataclasses import replace

from provenance.errors import Malformed
from provenance.examine.engines import Missing
from provenance.examine.examination import Answer, Examination
from provenance.examine.jail import describe_level
from provenance.examine.outcome import Limits, Outcome, OutcomeKind
from provenance.examine.worker import EXIT_FAULT, EXIT_JAIL, EXIT_MEMORY
from provenance.examine.zygote import RawAnswer
from provenance.facts.model import Facts
from provenance.signatures.codec import from_jsonable
from provenance.signatures.detected import without_detectors
from provenance.signatures.headline import VOUCHED
from provenance.signatures.model import DetectorFailure, SignatureReport
from provenance.signatures.pairing import MAX_COMPANIONS
from provenance.signatures.text import tame
from provenance.trust.model import TrustSet


def left_open(found: Examination, questions: tuple[str, ...]) -> Examination:
    """Return an examination with more questions that it leaves open, in plain words."""
    if not questions:
        return found
    report = found.signatures
    report = replace(report, not_determined=(*report.not_determined, *questions))
    return replace(found, signatures=report)


def left_out(found: Examination, more: int) -> Examination:
    """Leave open what those files say that may belong to it, and were too many to be looked at."""
    question = f"files that may belong to it, beyond the {MAX_COMPANIONS} looked at with it: {more}"
    return left_open(found, (question,) if more > 0 else ())


def without_parser(blank: Examination, *, limit: int) -> Examination:
    """Answer for a large file of a format that has no engine of its own: nothing was opened."""
    report = SignatureReport(document_sha256=blank.document_sha256)
    report = without_detectors(report, blank.identification.media_type)
    note = f"larger than {limit} bytes: nothing looked for a second format in it"
    return replace(blank, signatures=report, facts=Facts(notes=(note,)))


def failed(blank: Examination, outcome: Outcome) -> Examination:
    """No answer: whether the document is signed is not known, and the record says so."""
    failure = DetectorFailure(
        detector="examination", code=outcome.code, message=outcome.message or outcome.code
    )
    report = SignatureReport(document_sha256=blank.document_sha256, detectors_failed=(failure,))
    return replace(blank, outcome=outcome, signatures=report)


def judge_answer(
    blank: Examination, raw: RawAnswer, limits: Limits, *, missing: tuple[Missing, ...] = ()
) -> Examination:
    """Turn what a child left behind into an examination; nothing in it is believed unread.

    Args:
        blank: what is known without the child.
        raw: what the child left.
        limits: under which it ran.
        missing: engines that could not run: what they would have found is not known.
    """
    walls, body = split_answer(raw.body)
    blank = replace(
        blank,
        jail=walls,
        jail_level=describe_level(walls),
        cpu_seconds=round(raw.cpu, 3),
        max_rss=raw.maxrss,
    )
    ending = _ending(raw, body, limits)
    if ending is not None:
        return failed(blank, ending)
    try:
        answer = _read_answer(body)
        _require_same_document(answer, blank.document_sha256)
        _require_same_trust(answer, blank.trust_set_sha256)
    except Malformed as error:
        outcome = Outcome(
            kind=OutcomeKind.ANSWER_MALFORMED, code="answer-malformed", message=tame(error, 200)
        )
        return failed(blank, outcome)
    signatures = _with_missing(answer.signatures, missing)
    return replace(blank, signatures=signatures, facts=answer.facts, tools=answer.tools)


def _with_missing(report: SignatureReport, missing: tuple[Missing, ...]) -> SignatureReport:
    """Say which kinds of signature were not looked for, and how to have them looked for."""
    left_out = tuple(
        f"{one.engine} signatures: pip install 'provenance-desk[{one.extra}]' looks for them"
        for one in missing
    )
    return replace(report, not_determined=(*report.not_determined, *left_out))


def _ending(raw: RawAnswer, body: bytes, limits: Limits) -> Outcome | None:
    """Say how the child ended, when it did not end well."""
    if raw.too_large:
        return Outcome(
            kind=OutcomeKind.ANSWER_TOO_LARGE,
            code="answer-too-large",
            message=f"more than {limits.answer} bytes",
        )
    if raw.lost:
        return Outcome(kind=OutcomeKind.CRASHED, code="worker-lost", message="the worker went away")
    number = os.WTERMSIG(raw.status) if os.WIFSIGNALED(raw.status) else None
    out_of_time = number == signal.SIGKILL and raw.cpu >= limits.seconds
    if raw.timed_out or number == signal.SIGXCPU or out_of_time:
        return Outcome(
            kind=OutcomeKind.TIMEOUT, code="timeout", message=f"not done after {limits.seconds:g} s"
        )
    if number is not None:
        return Outcome(
            kind=OutcomeKind.CRASHED,
            code=f"crashed-signal-{number}",
            message=f"the parser was ended by signal {number}",
        )
    return _exit(os.WEXITSTATUS(raw.status), body, limits)


def _exit(code: int, body: bytes, limits: Limits) -> Outcome | None:
    """Say what an exit code means; None for the good one."""
    if code == EXIT_MEMORY:
        return Outcome(
            kind=OutcomeKind.OUT_OF_MEMORY,
            code="out-of-memory",
            message=f"more than {limits.memory} bytes of memory",
        )
    if code == EXIT_JAIL:
        return Outcome(
            kind=OutcomeKind.REFUSED,
            code="jail-below-level",
            message="the full set of walls is required and does not stand on this machine",
        )
    if code == EXIT_FAULT:
        return _fault(body)
    if code == 0:
        return None
    return Outcome(
        kind=OutcomeKind.CRASHED,
        code=f"exit-{code}",
        message=f"the parser ended with code {code}",
    )


def _fault(body: bytes) -> Outcome:
    """The job raised: a refusal by the parser, with the name of what it raised."""
    kind, message = "unknown", ""
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        value = json.loads(body)
        kind, message = tame(value["fault"], 60), tame(value["message"], 300)
    return Outcome(kind=OutcomeKind.REFUSED, code="refused-by-parser", message=f"{kind}: {message}")


def split_answer(body: bytes) -> tuple[tuple[str, ...], bytes]:
    """Part the first line, written before the document was opened, from the answer."""
    first, _, rest = body.partition(b"\n")
    try:
        walls = tuple(tame(wall, 40) for wall in json.loads(first)["walls"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return (), rest
    return walls[:16], rest


def _read_answer(body: bytes) -> Answer:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("the worker's answer is not JSON") from error
    return from_jsonable(Answer, value, escape=True)


def _require_same_document(answer: Answer, sha256: str) -> None:
    named = {answer.signatures.document_sha256}
    named |= {status.document_sha256 for status in answer.signatures.statuses}
    named |= {status.document_sha256 for status in answer.signatures.undetermined}
    if named != {sha256}:
        raise Malformed("the worker's answer is about another document")


def _require_same_trust(answer: Answer, trust_sha256: str) -> None:
    """Refuse what no honest worker says: other trust, trust out of nothing, or an open network."""
    statuses = (*answer.signatures.statuses, *answer.signatures.undetermined)
    if any(status.network_used for status in statuses):
        raise Malformed("the worker claims to have used the network")
    if {status.trust_set_sha256 for status in statuses} - {None, trust_sha256}:
        raise Malformed("the worker judged by another trust set")
    if trust_sha256 == TrustSet().sha256 and any(s.signer in VOUCHED for s in statuses):
        raise Malformed("the worker found somebody to be trusted, and this desk trusts nobody")
