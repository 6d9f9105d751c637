"""The arrival mark: by it a second run knows a file that it has taken already, without reading it.

A mark is a keyed BLAKE2b (RFC 7693) of 16 bytes over size, modification time, inode, device and the
absolute path. It is keyed because it stands in a view: without the desk's key nobody can test
whether a path of a known name was ever taken. It says that the file looks untouched, not that its
bytes
are: a rewrite of equal length that also restores the modification time keeps the mark. Evidence
is compared by digest, never by mark.
"""

import struct
from hashlib import blake2b
from typing import Final

from provenance.errors import UsageError
from provenance.intake.walk import Candidate

MARK_SIZE: Final = 16  # bytes; a chance hit among 2**32 marks has odds of 2**-96
KEY_SIZE: Final = 32  # bytes
_PERSON: Final = b"arrival-mark-1"  # domain separation, should the key ever serve elsewhere
_U64: Final = (1 << 64) - 1
_STAMP: Final = struct.Struct("<QqQQ")  # fixed length, so the path after it needs no length field


def require_mark_key(key: bytes) -> bytes:
    """Return the key.

    Raises:
        UsageError: it is not `KEY_SIZE` bytes long.
    """
    if len(key) != KEY_SIZE:
        raise UsageError(f"the key for arrival marks must be {KEY_SIZE} bytes long")
    return key


def arrival_mark(candidate: Candidate, key: bytes) -> bytes:
    """Return the candidate's mark under this key (32 bytes, checked by `require_mark_key`)."""
    stamp = _STAMP.pack(
        candidate.size, candidate.mtime_ns, candidate.inode & _U64, candidate.device & _U64
    )
    return blake2b(stamp + candidate.path, digest_size=MARK_SIZE, key=key, person=_PERSON).digest()
