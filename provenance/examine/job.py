"""The job of a jailed worker: read one document, let its format's engines look at it, answer.

In order: read every file by position and compare its digest with the one it was announced under;
run each engine of the row, guarded on its own. An engine that raises is listed as a failed
detector, and the document is then ERROR rather than "unsigned"; so is one that cannot be loaded on
this machine, which the others of its row do not suffer from. A row that reads facts only, with
no detector of the format's own, is UNSUPPORTED: nobody looked. Out of memory ends the worker
instead, with an outcome of its own. A file that another program opens as another format has a
failed detector too: what that one shows was not judged. The trust set arrives in the zygote, once
for many documents, and is inherited by every child.
"""

import encodings
import hashlib
import importlib
import os
import pkgutil
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, Final

from provenance import __version__
from provenance.errors import Malformed
from provenance.examine.engines import OCR, Engine, has, is_detached, load
from provenance.examine.examination import Answer
from provenance.examine.identify import has_second_format
from provenance.examine.jail import landlock_abi
from provenance.examine.subject import Subject
from provenance.examine.worker import FIRST_BESIDE, held_trust
from provenance.facts.claimed import judge_claimed_date
from provenance.facts.model import Facts, merge_facts
from provenance.instants import parse_instant
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.codec import from_jsonable, to_jsonable
from provenance.signatures.detected import Detected, report_of, without_detectors
from provenance.signatures.model import DetectorFailure, SignatureStatus
from provenance.signatures.nearby import Nearby
from provenance.signatures.pairing import Relation
from provenance.trust.model import TrustSet

_POLYGLOT: Final = "polyglot"  # code of `facts.shape`: another format is in the file, or around it
_NOT_HERE: Final = frozenset({"mbcs", "oem"})  # codecs of another operating system
_LOADED: dict[str, Engine | Fault] = {}  # engines, or why they cannot be had; tried once
_TRUST: dict[str, TrustSet] = {}  # the newest set, read, by digest; written in the zygote only


def preload(request: dict[str, Any]) -> None:
    """Import the engines in the zygote, once, and read the trust set if a new one came.

    Raises:
        Malformed: the trust set is not what its digest says.
    """
    for name in request["engines"]:
        if name not in _LOADED:
            _LOADED[name] = attempt("loading", partial(load, name))
        if request["ocr"]:
            _LOADED[name] = _prepared(_LOADED[name], request["ocr"])
    if not request["landlock"] or not landlock_abi():
        for module in pkgutil.iter_modules(encodings.__path__):
            if module.name not in _NOT_HERE:
                importlib.import_module(f"encodings.{module.name}")
    announced = request["trust_sha256"]
    if announced not in _TRUST:
        trust = from_jsonable(TrustSet, held_trust(announced))
        if trust.sha256 != announced:
            raise Malformed("the trust set is not the one announced")
        _TRUST.clear()
        _TRUST[announced] = trust


def _held_against_claim(facts: Facts, subject: Subject) -> Facts:
    """Hold all that was read against the day that is claimed for the document."""
    if subject.claimed_date is None:
        return facts
    claimed = judge_claimed_date(facts, subject.claimed_date)
    return replace(facts, observations=(*facts.observations, *claimed))


def _prepared(engine: Engine | Fault, language: str) -> Engine | Fault:
    """Make an engine that reads pictures ready for a language, or say why it cannot be."""
    if isinstance(engine, Fault) or not has(engine, "prepare"):
        return engine
    ready = attempt("language data", lambda: has(engine, "prepare")(language))
    return ready if isinstance(ready, Fault) else engine


def examine_document(document: int, request: dict[str, Any]) -> dict[str, Any]:
    """Examine the file on an open descriptor; returns an `Answer` as JSON values.

    Raises:
        ValueError: the document changed while it was being examined.
    """
    subject = subject_of(document, request)
    detected: list[Detected] = []
    facts: list[Facts] = []
    tools = {"provenance": __version__}
    for name in request["engines"]:
        engine = _LOADED[name]
        if isinstance(engine, Fault):
            detected.append(_not_loadable(name, engine))
            continue
        tools |= engine.tools()
        if has(engine, "detect"):
            so_far = tuple(one for part in detected for one in part.statuses)
            detected.append(_detect(name, engine, subject, so_far))
        if has(engine, "read_facts"):
            facts.append(_read_facts(name, engine, subject))
    read = merge_facts(tuple(facts)) if facts else None
    report = report_of(subject.sha256, (*detected, *_second_format(subject, read)))
    if not _has_detectors(request["engines"]):
        report = without_detectors(report, subject.media_type)
    answer = Answer(
        signatures=report,
        facts=_held_against_claim(read, subject) if read else None,
        tools=tools,
    )
    found: dict[str, Any] = to_jsonable(answer)
    return found


def _second_format(subject: Subject, facts: Facts | None) -> tuple[Detected, ...]:
    """A file that is two things: the detectors of the one say nothing of what the other shows."""
    seen = facts is not None and any(one.code == _POLYGLOT for one in facts.observations)
    if not seen and not has_second_format(subject.data, subject.media_type):
        return ()
    failure = DetectorFailure(
        detector="shape",
        code="second-format",
        message="another program opens this file as another format, whose signatures were not read",
    )
    return (Detected(failures=(failure,)),)


def _has_detectors(engines: list[str]) -> bool:
    """Tell whether the format has a detector of its own; detached signatures suit any format."""
    row = (_LOADED[name] for name in engines if not is_detached(name) and name not in OCR)
    # Of one that cannot be loaded it is not known; its failure is told either way.
    return any(isinstance(engine, Fault) or has(engine, "detect") for engine in row)


def _not_loadable(name: str, fault: Fault) -> Detected:
    failure = DetectorFailure(
        detector=name, code="parser-not-loadable", message=f"it cannot be started{fault.because}"
    )
    return Detected(failures=(failure,))


def _detect(
    name: str, engine: Engine, subject: Subject, so_far: tuple[SignatureStatus, ...]
) -> Detected:
    """Run a detector; one that raised found nothing and ruled nothing out."""
    found = attempt(name, lambda: engine.detect(subject, so_far))
    if isinstance(found, Fault):
        locked = "password" in found.message.lower()
        failure = DetectorFailure(
            detector=name,
            code="password-required" if locked else "engine-failed",
            message=f"it did not come to its end{found.because}",
        )
        return Detected(failures=(failure,))
    return found


def _read_facts(name: str, engine: Engine, subject: Subject) -> Facts:
    read = attempt(name, lambda: engine.read_facts(subject))
    if isinstance(read, Fault):
        return Facts(notes=(f"what it says of itself could not be read to the end{read.because}",))
    return read


def subject_of(document: int, request: dict[str, Any]) -> Subject:
    """Read the document and the files beside it from their descriptors.

    Raises:
        ValueError: one of them changed while it was being examined.
    """
    reference = request["reference_time"]
    return Subject(
        data=_read_all(document, request["size"], request["sha256"]),
        sha256=request["sha256"],
        media_type=request["media_type"],
        at=parse_instant(request["at"]),
        trust=_TRUST[request["trust_sha256"]],
        reference_time=parse_instant(reference) if reference else None,
        claimed_date=date.fromisoformat(request["claimed_date"])
        if request["claimed_date"]
        else None,
        ocr=request["ocr"],
        claimed_extension=request["claimed_extension"],
        declared_media_type=request["declared_media_type"],
        name_tricks=tuple(request["name_tricks"]),
        beside=tuple(
            Nearby(
                number=place + 1,
                relation=Relation(one["role"]),
                name=one["name"],
                data=_read_all(FIRST_BESIDE + place, one["size"], one["sha256"]),
                sha256=one["sha256"],
                media_type=one["media_type"],
                by_hand=one["by_hand"],
            )
            for place, one in enumerate(request["beside"])
        ),
    )


def _read_all(descriptor: int, size: int, sha256: str) -> bytes:
    """Read by position, so that a shared file offset is left alone."""
    data = os.pread(descriptor, size + 1, 0)  # whole in one call, save where it is very large
    while 0 < len(data) <= size and (part := os.pread(descriptor, size + 1 - len(data), len(data))):
        data += part
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError("the document changed while it was being examined")
    return data
