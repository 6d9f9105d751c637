"""Every phrase of a headline, in one table.

The phrases after the dash are the ones of the published cases, unchanged. A phrase that needs the
name of a claim has `{claim}`. At level -2 or 2 the editor reads "probably"; at -1 only the issuer's
or somebody's word stands behind it, and the phrase says so.
"""

from typing import Final

FABRICATED: Final = "FABRICATED"
PROBABLY_FABRICATED: Final = "PROBABLY FABRICATED"
DISPUTED: Final = "DISPUTED"
ALTERED: Final = "ALTERED"
AUTHENTIC: Final = "AUTHENTIC"
PROBABLY_AUTHENTIC: Final = "PROBABLY AUTHENTIC"
UNVERIFIED: Final = "UNVERIFIED"

DRAFT: Final = "DRAFT"
FALSE_CONTENT: Final = "FALSE CONTENT"
STAGED: Final = "STAGED"  # the public word for FALSE CONTENT of a photograph
MISREAD: Final = "MISREAD"
DISOWNED: Final = "DISOWNED BY ISSUER"

MODIFIERS: Final = {
    "one line": "one line of evidence for origin",
    "integrity": "integrity not established",
    "checks": "not yet examined: {checks}",
    "execution": "unsigned/draft",
    "mandate": "not sanctioned",
    "delivery": "delivered",
    "dating": "misdated",
    "custody": "chain of custody broken",
    "content supported": "content '{claim}' supported",
    "content false": "content '{claim}' false",
    "content contested": "content '{claim}' contested",
    "content claimed": "{claim} claimed and denied",
    "quote": "wording may be quoted; do not write 'issuer says {claim}'",
}
"""Modifiers in the fixed order in which they are printed."""

PROBABLY: Final = "probably {phrase}"
ISSUERS_WORD: Final = "{phrase} (issuer's word)"
SOMEBODYS_WORD: Final = "{phrase} (claimed only)"
COVERAGE: Final = "{verified:,} of {members:,} individually verified; inheritance cap {cap}{why}"
