"""Ask the second OpenPGP engine about the signatures that the first left open, and take it in.

Per open signature, at most MAX_QUESTIONS a document: one more child of the zygote, in the jail of
`program_jail`, which turns into gpgv. Its answer is bounded and read as hostile. Where the engine
is not on this machine or one of its walls does not stand, nothing of it runs, and the signature
stays open with a code that says so. The engine is asked for its version once.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, TypeAlias

from provenance.examine.answers import split_answer
from provenance.examine.examination import Examination
from provenance.examine.jail import describe_level
from provenance.examine.zygote import RawAnswer
from provenance.signatures.model import SignatureStatus
from provenance.signatures.openpgp.second import (
    ENGINE,
    Answer,
    Opinion,
    read_status_lines,
    settle,
    wants_second_opinion,
)

MAX_QUESTIONS: Final = 16  # a document; each costs a process
SECONDS: Final = 15.0  # wall-clock, for one answer; a signature takes hundredths
ANSWER: Final = 64 << 10  # bytes of status lines; a signature makes one thousand

_JOB: Final = "provenance.examine.gpgv_job"
Ask: TypeAlias = Callable[[dict[str, Any]], RawAnswer]
"""Runs a job on the descriptors of the document under examination."""


class SecondEngine:
    """Remembers whether the engine is here; use it from several threads."""

    def __init__(self) -> None:
        self._version: str | None = None  # "" = it is not here

    def consult(self, found: Examination, request: dict[str, Any], ask: Ask) -> Examination:
        """Return the examination with every open signature settled or marked.

        Args:
            found: what the first engine left.
            request: the request that led to it.
            ask: runs another request on the same descriptors.

        Raises:
            SurroundingsError: no worker can be started.
        """
        wanted = [one for one in found.signatures.statuses if wants_second_opinion(one)]
        if not wanted:
            return found
        limits = {**request["limits"], "seconds": SECONDS, "answer": ANSWER}
        base = {**request, "limits": limits, "require_full_jail": True}
        version = self._find(base, ask)
        settled = {one.id: self._settled(one, base, ask, version) for one in wanted[:MAX_QUESTIONS]}
        statuses = tuple(settled.get(one.id, one) for one in found.signatures.statuses)
        tools = {**found.tools, ENGINE: version} if version else found.tools
        return replace(found, signatures=replace(found.signatures, statuses=statuses), tools=tools)

    def _find(self, base: dict[str, Any], ask: Ask) -> str:
        """Return the engine's version; empty when it is not here."""
        if self._version is None:
            body = _answer(ask({**base, "job": f"{_JOB}:report_version"}))
            words = (body or b"").split(b"\n")[0].split()
            known = len(words) == 3 and words[0] == b"gpgv" and len(words[2]) < 20
            self._version = words[2].decode("ascii", "replace") if known else ""
        return self._version

    def _settled(
        self, status: SignatureStatus, base: dict[str, Any], ask: Ask, version: str
    ) -> SignatureStatus:
        if not version:
            return settle(status, Answer(opinion=Opinion.ABSENT), version="")
        body = _answer(ask({**base, "job": f"{_JOB}:ask", "claim": status.id}))
        answer = read_status_lines(body) if body else Answer(opinion=Opinion.UNDECIDED)
        return settle(status, answer, version=version)


def _answer(raw: RawAnswer) -> bytes | None:
    """Return what the program said; None where a wall was missing or it was cut off."""
    walls, body = split_answer(raw.body)
    if describe_level(walls) != "full" or raw.too_large or raw.timed_out or raw.lost:
        return None
    return body
