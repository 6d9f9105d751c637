"""Compare our answers with what two public collections say of their own files.

`python -m tests.signatures.c2pa.conformance CORPUS` writes Markdown. Truth comes from the published
codes (`c2pa-public`) and from what the SDK's own tests expect of its fixtures (`c2pa-rs`); a file
whose maker calls it bad must never come out VERIFIED or INTACT*.
"""

import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from provenance.examine.examination import Examination
from provenance.examine.runner import Runner
from provenance.signatures.axes import Headline, Integrity
from provenance.trust.model import Anchor, Purpose, TrustSet
from tests.signatures.good import PATIENT, is_good

AT = datetime(2026, 11, 1, tzinfo=UTC)
_GOOD: Final = "intact"
_BAD: Final = "bad"
_IDENTITY: Final = "bad identity"
_NONE: Final = "no credentials"
_OTHER: Final = "cannot be read"
TRUTH: Final[dict[str, str]] = {
    "CA.jpg": _GOOD,
    "CACA.jpg": _GOOD,
    "C.jpg": _GOOD,
    "C_with_CAWG_data.jpg": _GOOD,
    "extra_field.jpg": _GOOD,
    "legacy.mp4": _GOOD,
    "legacy_ingredient_hash.jpg": _GOOD,
    "ocsp.jpg": _GOOD,
    "valid_time_stamp.jpg": _GOOD,
    "cloud_manifest.c2pa": "manifest without its file",
    "ims_multiple_manifests.jpg": "intact, identity on the web",
    "libpng-test_with_url.png": "manifest on the web",
    "adobe-20220124-E-clm-CAICAI.jpg": _BAD,
    "CACAE-uri-CA.jpg": _BAD,
    "CIE-sig-CA.jpg": _BAD,
    "E-sig-CA.jpg": _BAD,
    "XCA.jpg": _BAD,
    "no_alg.jpg": _BAD,
    "invalid_content_type_assigned.jpg": _IDENTITY,
    "invalid_sig_type.jpg": _IDENTITY,
    "missing_cose_sign_alg.jpg": _IDENTITY,
    "signature_mismatch.jpg": _IDENTITY,
    "signer_payload_mismatch.jpg": _IDENTITY,
    "unresolvable_did.jpg": _IDENTITY,
    "unsupported_did_method.jpg": _IDENTITY,
    "valid_from_after_time_stamp.jpg": _IDENTITY,
    "valid_from_in_future.jpg": _IDENTITY,
    "valid_from_missing.jpg": _IDENTITY,
    "nested_moov_1000.mp4": _OTHER,
    "prerelease.jpg": _OTHER,
    **dict.fromkeys(
        (
            "TUSCANY.TIF", "basic-annotation.pdf", "basic-attachments.pdf", "basic-no-xmp.pdf",
            "basic-retest.pdf", "basic-signed.pdf", "c2pa.thumbnail.claim.jpeg",
            "earth_apollo17.jpg", "libpng-test.png", "mars.webp", "no_manifest.jpg", "sample1.avif",
            "sample1.gif", "sample1.heif", "sample1.webp", "test.avi",
        ),
        _NONE,
    ),
}  # fmt: skip
"""What the fixtures' own tests expect; files that are not here have no truth, or no reader."""


@dataclass(frozen=True)
class Row:
    """One file: what its makers say, and what we say."""

    name: str
    truth: str
    headline: Headline
    agreement: str
    """`agrees`, `not determined`, `disagrees`."""
    outcome: str
    codes: tuple[str, ...]


def agreement(corpus: Path) -> list[Row]:
    """Examine every file with a truth in jailed workers."""
    trust = _trust(corpus / "c2pa-rs" / "trust" / "anchors.pem")
    truths, published = _truths(corpus)
    rows = []
    with Runner(limits=PATIENT) as runner:
        for path, truth in sorted(truths.items()):
            one = runner.examine(path, name=path.name, at=AT, trust=trust)
            codes = tuple(code for each in one.signatures.statuses for code in each.native_codes)
            agrees = _compare(truth, one, published.get(path, ()), codes)
            rows.append(Row(path.name, truth, one.headline, agrees, one.outcome.code, codes))
    return rows


def _trust(bundle: Path) -> TrustSet:
    found = x509.load_pem_x509_certificates(bundle.read_bytes())
    anchors = (one.public_bytes(Encoding.DER) for one in found)
    return TrustSet(anchors=tuple(Anchor(der=der, purposes=(Purpose.C2PA,)) for der in anchors))


def _truths(corpus: Path) -> tuple[dict[Path, str], dict[Path, tuple[str, ...]]]:
    truths = {
        path: TRUTH[path.name] for path in (corpus / "c2pa-rs").iterdir() if path.name in TRUTH
    }
    folder = corpus / "c2pa-public"
    published = {}
    for name, codes in json.loads((folder / "expected.json").read_text("utf-8")).items():
        if name.endswith(".jpg"):  # the reader has no fonts
            plain = re.fullmatch(r"adobe-\d+-[AI]\.jpg", name) is not None
            truths[folder / name] = _BAD if codes else _NONE if plain else _GOOD
            published[folder / name] = tuple(codes)
    return truths, published


def _compare(
    truth: str, one: Examination, published: tuple[str, ...], codes: tuple[str, ...]
) -> str:
    if truth == _NONE:
        signed = any(status.kind.value.startswith("c2pa") for status in one.signatures.statuses)
        return "disagrees" if signed else "agrees"
    if truth.startswith(_GOOD):
        first = one.signatures.statuses[:1]
        intact = first and first[0].integrity is Integrity.INTACT
        return "agrees" if intact and one.headline is not Headline.BROKEN else "disagrees"
    if is_good(one.headline):
        return "disagrees"
    named = not published or any(code in codes for code in published)
    if truth == _BAD and one.headline is Headline.BROKEN and named:
        return "agrees"
    if truth == _IDENTITY and one.headline is Headline.BROKEN:
        return "agrees"
    return "not determined" if truth in {_BAD, _IDENTITY} else "agrees"


def as_markdown(rows: list[Row]) -> str:
    """Return the table of agreement and its sums."""
    lines = ["| file | truth | headline | agreement |", "|---|---|---|---|"]
    lines += [f"| {row.name} | {row.truth} | {row.headline} | {row.agreement} |" for row in rows]
    sums = Counter((row.truth, row.agreement) for row in rows)
    lines += ["", "| truth | agreement | files |", "|---|---|---|"]
    lines += [f"| {truth} | {word} | {count} |" for (truth, word), count in sorted(sums.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_markdown(agreement(Path(sys.argv[1]))))
