"""Read the second engine's answer (GnuPG's gpgv) and settle what the first left open.

Rules, in order: only lines that begin with the status mark count; exactly one line must say how the
one signature came out, or there is no answer; a good one must also name the key that the status
names (VALIDSIG). Then:
  * bad, and the first engine said no as well: BROKEN; where a name alone says what it is of,
    NOT_CHECKABLE (`nearby`);
  * good, and something is known for which the first engine refuses good signatures (a weak digest,
    a key file younger than the signature ...): INTACT, with that reason kept;
  * good for no known reason, or no answer: NOT_CHECKABLE. Two engines that disagree settle nothing.
The answer comes out of a process that read a hostile file: nothing in it is shown but known words.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum, unique
from typing import Final

from provenance.signatures.axes import Integrity
from provenance.signatures.model import SignatureStatus
from provenance.signatures.nearby import PAIRED_BY_NAME, doubted

WANTED: Final = "second-opinion-wanted"
ENGINE: Final = "gpgv"
EXPLAINED: Final = frozenset(
    {
        "binding-newer-than-signature",
        "claimed-in-future",
        "key-expired",
        "key-not-yet",
        "key-revoked",
        "revoked-no-poe",
        "signature-expired",
        "weak-binding",
        "weak-digest",
        "weak-key",
    }
)
"""Reasons for which the first engine refuses a signature that is mathematically good."""
MAX_LINES: Final = 200  # a signature makes about ten; notations can make more

_MARK: Final = b"[GNUPG:] "
_GOOD: Final = frozenset({b"GOODSIG", b"EXPSIG", b"EXPKEYSIG", b"REVKEYSIG"})
_ENDINGS: Final = _GOOD | {b"BADSIG", b"ERRSIG"}


@unique
class Opinion(StrEnum):
    """What the second engine says of the mathematics."""

    GOOD = "good"
    BAD = "bad"
    UNDECIDED = "undecided"
    ABSENT = "absent"
    """It is not on this machine, or its walls do not stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of the second engine."""

    opinion: Opinion
    word: str = ""
    """Its own word for how the signature came out; one of a known few."""
    fingerprint: str | None = None
    """Of the primary key whose signature it is; upper-case hexadecimal."""


def read_status_lines(output: bytes) -> Answer:
    """Return what gpgv's status lines say of the one signature it was given."""
    lines = output.split(b"\n", MAX_LINES + 1)
    if len(lines) > MAX_LINES:  # a second ending may stand behind
        return Answer(opinion=Opinion.UNDECIDED)
    words = [line.removeprefix(_MARK).split() for line in lines if line.startswith(_MARK)]
    endings = [one for one in words if one and one[0] in _ENDINGS]
    if len(endings) != 1:
        return Answer(opinion=Opinion.UNDECIDED)
    word = endings[0][0]
    if word == b"BADSIG":
        return Answer(opinion=Opinion.BAD, word="BADSIG")
    if word == b"ERRSIG":
        return Answer(opinion=Opinion.UNDECIDED, word="ERRSIG")
    return Answer(opinion=Opinion.GOOD, word=word.decode("ascii"), fingerprint=_valid(words))


def _valid(words: Iterable[list[bytes]]) -> str | None:
    """The primary key's fingerprint, last word of the one VALIDSIG line."""
    lines = [one for one in words if one and one[0] == b"VALIDSIG" and len(one) >= 11]
    if len(lines) != 1:
        return None
    last = lines[0][10]
    wellformed = len(last) in {40, 64} and all(byte in b"0123456789ABCDEF" for byte in last)
    return last.decode("ascii") if wellformed else None


def found_by_name(status: SignatureStatus) -> SignatureStatus:
    """Return the status of a signature of which a name alone says what it is of, still open."""
    if WANTED in status.native_codes:
        return replace(status, native_codes=(*status.native_codes, PAIRED_BY_NAME))
    return doubted(status)


def wants_second_opinion(status: SignatureStatus) -> bool:
    """Tell whether the first engine left a signature open."""
    return WANTED in status.native_codes and status.integrity is Integrity.NOT_CHECKABLE


def settle(status: SignatureStatus, answer: Answer, *, version: str) -> SignatureStatus:
    """Return the status with the second engine's answer taken in.

    Args:
        status: for which `wants_second_opinion` holds.
        answer: what the engine said.
        version: of the engine; empty when it is not here.
    """
    by_name = PAIRED_BY_NAME in status.native_codes
    codes = tuple(code for code in status.native_codes if code not in {WANTED, PAIRED_BY_NAME})
    status = replace(status, native_codes=codes)
    if answer.opinion is Opinion.ABSENT:
        why = "the first engine does not accept it, and the second engine (gpgv) is not here"
        return _open(status, "second-engine-not-here", why)
    status = replace(
        status,
        engine=f"{status.engine}+{ENGINE}",
        engine_version=f"{status.engine_version}+{version}",
    )
    if answer.word:
        status = replace(status, native_codes=(*codes, f"gpgv-{answer.word.lower()}"))
    if answer.opinion is Opinion.BAD:
        broken = replace(status, integrity=Integrity.BROKEN, error=None)
        return doubted(broken) if by_name else broken
    if answer.opinion is Opinion.UNDECIDED:
        why = "the first engine does not accept it, and the second engine cannot decide"
        return _open(status, "second-engine-undecided", why)
    if answer.fingerprint != status.identity.fingerprint or not EXPLAINED & set(codes):
        return _open(status, "engines-disagree", "two engines disagree about it")
    return replace(status, integrity=Integrity.INTACT, error=None)


def _open(status: SignatureStatus, code: str, why: str) -> SignatureStatus:
    return replace(status, native_codes=(*status.native_codes, code), error=f"{code}: {why}")
