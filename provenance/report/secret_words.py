"""Finds a secret word however it was spelled: one matcher for reports and packages.

Case does not matter. A handle such as S-7 is found as `s-7`, `S 7`, `S_7`, with any dash, blank
or invisible character between its parts, and inside `S-7_scan.pdf`; not inside `S-77`. Texts are
compared in Unicode's compatibility form (the caller normalises), so full-width letters count.
Not found: `S7` (a report numbers its statements so), letters of another script that look alike, a
spelled-out number, a translation.
"""

import re
from collections.abc import Iterable

_PARTS = re.compile(r"[\W_]+")


def secret_pattern(secrets: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any of these secrets; the longest is tried first."""
    longest = sorted(set(secrets), key=len, reverse=True)
    return re.compile("|".join(map(_spelled, longest)), re.IGNORECASE)


def _spelled(secret: str) -> str:
    parts = [re.escape(part) for part in _PARTS.split(secret) if part]
    if not parts:
        return re.escape(secret)
    body = r"[\W_]{1,3}".join(parts)
    # A number must not go on: S-7 is not in S-77. After it a letter may stand (`S-7s`), after a
    # word none; the underscore of a file name is no letter.
    after = r"(?!\d)" if secret[-1].isdigit() else r"(?![^\W_])"
    return rf"(?<![^\W_]){body}{after}"
