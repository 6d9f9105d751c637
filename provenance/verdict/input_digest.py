"""The digest of what a suggestion was made from: tells whether a signed card is still current.

SHA-256 over canonical JSON (keys sorted, no spaces, UTF-8) of: the rules version, the ids of the
live records, support and opposition of every facet, and those header fields that the headline
table reads (issuer, required checks, class, central claim). Records are append-only, so equal
digests of one item mean equal suggestions. Written as 64 hexadecimal digits; the bytes are theirs.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Final

from provenance.verdict.dossier import Dossier

FORMAT: Final = "provenance-desk/verdict-input/v1"


def input_digest(
    dossier: Dossier,
    *,
    rules_version: str,
    live_records: Iterable[str],
    levels: Mapping[str, tuple[int, int]],
) -> str:
    """Return the digest as 64 hexadecimal digits.

    Args:
        dossier: Only its header is read.
        rules_version: The rules in force.
        live_records: Ids of the records that count, in any order.
        levels: Facet to (support, opposition), OPEN facets included.
    """
    body = {
        "format": FORMAT,
        "rules": rules_version,
        "live": sorted(live_records),
        "levels": {facet: list(pair) for facet, pair in levels.items()},
        "issuer": dossier.issuer,
        "required_checks": sorted(dossier.required_checks),
        "class": dossier.item_class,
        "central_claim": dossier.central_claim,
    }
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
