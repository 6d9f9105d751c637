"""Under which name a sealed field lies in the store.

Fields of a source are composed under `source:<handle>`. The handle itself never reaches the
database: its rows carry a label that is derived from the source's key, so that a copy of the desk
lists no source, and once the key is destroyed nobody can tell whose rows these were. The key store
holds a source's key under both names, for rows are found by label and sources by handle.
Every other subject (`item:`, `person:`, `desk`) lies under its own name.
"""

import hmac
from typing import Final

HANDLE: Final = "source:"
"""Beginning of the subject that a record is composed with."""
LABEL: Final = "source-label:"
"""Beginning of the subject that the store sees."""


def stored_subject(subject: str, key: bytes) -> str:
    """Return the name under which a field of this subject is stored.

    Args:
        subject: as composed.
        key: the subject's key, 32 bytes.
    """
    if not subject.startswith(HANDLE):
        return subject
    # 128 bits: two sources never share a label, and nobody finds the key from it.
    return LABEL + hmac.digest(key, b"provenance-desk source label", "sha256")[:16].hex()
