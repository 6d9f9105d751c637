"""Compare our answers about OpenPGP with what the makers of a public corpus expect of each file.

`python -m tests.signatures.openpgp.conformance CORPUS [KEYS...]` writes Markdown to standard
output; KEYS are further files with certificates that are then pinned. Agreement is counted per
signature's file. The rule without exception: what its makers call bad never comes out VERIFIED or
INTACT*.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from provenance.errors import Malformed
from provenance.examine.runner import Companion, Runner
from provenance.signatures.axes import Headline
from provenance.signatures.openpgp.armor import begins, read_armor
from provenance.signatures.openpgp.certificate import Certificate, read_certificates
from provenance.signatures.pairing import How, Relation
from provenance.trust.model import PgpPin, TrustSet
from tests.signatures.good import PATIENT, is_good

AT = datetime(2026, 11, 1, tzinfo=UTC)
GOOD, BAD, WEAK, OPEN, NONE = "good", "bad", "weak", "not to be told", "no signature"
_MESSAGES = "test_messages"
_STREAMS = "test_stream_signatures"
_DOCUMENT = "message.txt"
TRUTHS: dict[str, tuple[str, str]] = {
    # file: (what its makers' tests expect, the file it is a detached signature of)
    "eddsa-zero-r.txt.sig": (GOOD, ""),
    "eddsa-zero-s.txt.sig": (GOOD, ""),
    "message-32k-crlf.txt.gpg": (WEAK, ""),
    "message-32k-crlf.txt.sig": (WEAK, "message-32k-crlf.txt"),
    "message-signed-rsae.txt.pgp": (BAD, ""),
    "message-trailing-cr.txt.sig-text": (WEAK, "message-trailing-cr.txt"),
    "message.4k-long-lines.asc": (GOOD, ""),
    "message.sig.asc.malf": (BAD, _DOCUMENT),
    "message.text-sig-crcr.sig": (GOOD, "message.text-sig-crcr"),
    "message.txt.2sigs": (OPEN, _DOCUMENT),
    "message.txt.2sigs-2": (OPEN, _DOCUMENT),
    "message.txt.asc": (WEAK, _DOCUMENT),
    "message.txt.clear-2-sigs": (OPEN, ""),
    "message.txt.clear-2-sigs-2": (OPEN, ""),
    "message.txt.cleartext-malf": (BAD, ""),
    "message.txt.cleartext-nosig": (BAD, ""),
    "message.txt.cleartext-signed": (WEAK, ""),
    "message.txt.cleartext-signed-nonewline": (BAD, ""),
    "message.txt.empty.sig": (WEAK, ""),
    "message.txt.sig": (WEAK, _DOCUMENT),
    "message.txt.sig-text": (WEAK, _DOCUMENT),
    "message.txt.sig.malf": (BAD, _DOCUMENT),
    "message.txt.sig.wrong-mpi-bitlen": (BAD, _DOCUMENT),
    "message.txt.sign-small-eddsa-x": (GOOD, ""),
    "message.txt.signed": (WEAK, ""),
    "message.txt.signed-2-2-onepass": (GOOD, ""),
    "message.txt.signed-2-2-onepass-v10": (GOOD, ""),
    "message.txt.signed-2-2-sig-v10": (OPEN, ""),
    "message.txt.signed-2-2-sig-v10-2": (OPEN, ""),
    "message.txt.signed-2-onepass": (GOOD, ""),
    "message.txt.signed-class19": (BAD, ""),
    "message.txt.signed-dsa4096": (GOOD, ""),
    "message.txt.signed-encrypted": (OPEN, ""),
    "message.txt.signed-expired-key": (GOOD, ""),
    "message.txt.signed-expired-sub": (GOOD, ""),
    "message.txt.signed-md5-after": (WEAK, ""),
    "message.txt.signed-md5-before": (WEAK, ""),
    "message.txt.signed-mimemode": (GOOD, ""),
    "message.txt.signed-no-z": (WEAK, ""),
    "message.txt.signed-no-z-malf": (BAD, ""),
    "message.txt.signed-sha1-after": (WEAK, ""),
    "message.txt.signed-sha1-before": (WEAK, ""),
    "message.txt.signed-sm2": (OPEN, ""),
    "message.txt.signed-unknown-onepass-hash": (BAD, ""),
    "message.txt.signed-wrong-onepass": (GOOD, ""),
    "message.txt.signed-wrong-onepass-hash": (BAD, ""),
    "message.txt.signed.crit-notation": (BAD, ""),
    "message.txt.signed.invsig": (BAD, ""),
    "message.txt.signed.malfsig": (BAD, ""),
    "message.txt.signed.md5": (WEAK, ""),
    "message.txt.signed.nosig": (BAD, ""),
    "message.txt.signed.sha1": (WEAK, ""),
    "message.txt.signed.unknown": (OPEN, ""),
    "message.txt.signed.v5-clear-rsa": (OPEN, ""),
    "message.txt.signed.v5-detached-rsa": (OPEN, _DOCUMENT),
    "message.txt.signed.v5-rsa": (OPEN, ""),
    "message.zlib-quine": (BAD, ""),
    "message.compr.128-rounds": (BAD, ""),
    "message.wrong-armor.asc": (BAD, ""),
    "message.txt.encrypted": (OPEN, ""),
    "message.txt": (NONE, ""),
    "revoked-key-sig.gpg": (OPEN, "source.txt"),
    "signature-timestamp.asc": (OPEN, "source.txt"),
    "source.txt": (NONE, ""),
    "source.txt.asc": (GOOD, "source.txt"),
    "source.txt.asc.asc": (GOOD, "source.txt.asc"),
    "source.txt.sig": (GOOD, "source.txt"),
    "source.txt.sig.asc": (GOOD, "source.txt"),
    "source.txt.text.sig": (GOOD, "source.txt"),
}
FORGED = {"source.txt.sig", "source.txt.sig.asc", "source.txt.text.sig"}
"""Detached signatures that must not hold for the forged source that lies beside them."""


@dataclass(frozen=True)
class Row:
    """One file: what its makers say, and what we say."""

    name: str
    truth: str
    headline: Headline
    agreement: str
    """`agrees`, `stricter` (good, and we call it weak), `not determined`, `disagrees`."""
    codes: tuple[str, ...]


def agreement(corpus: Path, keys: Iterable[Path] = ()) -> list[Row]:
    """Examine every file with a known truth in jailed workers."""
    trust = TrustSet(pgp=tuple(_pins(corpus, keys)))
    rows = []
    with Runner(limits=PATIENT) as runner:
        for name, (truth, document) in TRUTHS.items():
            folder = corpus / (_STREAMS if _in_streams(name) else _MESSAGES)
            rows.append(_row(runner, trust, folder / name, truth, document))
        for name in sorted(FORGED):
            folder = corpus / _STREAMS
            rows.append(_row(runner, trust, folder / name, BAD, "source_forged.txt"))
    return rows


def _in_streams(name: str) -> bool:
    return name.startswith(("source", "revoked-key", "signature-"))


def _row(runner: Runner, trust: TrustSet, path: Path, truth: str, document: str) -> Row:
    named = [path.with_name(document)] if document else []
    beside = [Companion(document=one, role=Relation.SIGNED, how=How.HAND) for one in named]
    one = runner.examine(path, name=path.name, at=AT, trust=trust, beside=beside)
    codes = tuple(
        dict.fromkeys(code for status in one.signatures.statuses for code in status.native_codes)
    )
    forged = " over source_forged.txt" if document == "source_forged.txt" else ""
    return Row(path.name + forged, truth, one.headline, _compare(truth, one.headline), codes)


def _compare(truth: str, headline: Headline) -> str:
    fine = is_good(headline)
    agrees = {
        GOOD: fine and headline is not Headline.INTACT_WEAK,
        WEAK: headline is Headline.INTACT_WEAK,
        BAD: headline is Headline.BROKEN,
        OPEN: not fine and headline is not Headline.BROKEN,
        NONE: headline is Headline.UNSIGNED,
    }[truth]
    if agrees:
        return "agrees"
    if truth == GOOD and headline is Headline.INTACT_WEAK:
        return "stricter"
    wrong = (truth == BAD and fine) or (truth in {GOOD, WEAK} and headline is Headline.BROKEN)
    return "disagrees" if wrong or (truth == WEAK and fine) else "not determined"


def _pins(corpus: Path, keys: Iterable[Path]) -> list[PgpPin]:
    best: dict[str, Certificate] = {}
    for path in [*sorted(corpus.glob("*/*")), *keys]:
        for one in _certificates(path):
            held = best.get(one.primary.fingerprint)
            if held is None or len(held.data) < len(one.data):
                best[one.primary.fingerprint] = one
    return [
        PgpPin(certificate=one.data, fingerprint=name, person="its maker")
        for name, one in best.items()
    ]


def _certificates(path: Path) -> tuple[Certificate, ...]:
    data = path.read_bytes()
    try:
        blocks = [one for one in begins(data) if one[1] == b"PUBLIC KEY BLOCK"]
        return read_certificates(read_armor(data, blocks[0]).data if blocks else data)
    except Malformed:  # not a certificate: most files here are not
        return ()


def as_markdown(rows: list[Row]) -> str:
    """Return the table of agreement and its sums."""
    lines = ["| file | truth | headline | agreement | codes |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.name} | {row.truth} | {row.headline} | {row.agreement} | {', '.join(row.codes)} |"
        for row in rows
    ]
    sums = Counter((row.truth, row.agreement) for row in rows)
    lines += ["", "| truth | agreement | files |", "|---|---|---|"]
    lines += [f"| {truth} | {word} | {count} |" for (truth, word), count in sorted(sums.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_markdown(agreement(Path(sys.argv[1]), map(Path, sys.argv[2:]))))
