"""Every error this project raises, with what the user is told.

A forged document is a normal answer and never an exception; these are callers' mistakes and broken
surroundings. Builtin errors do not cross a public border: they are re-raised from one of these.

DeskError
├── UsageError              2  the call itself is wrong
│   ├── NotFound               no such file, item, entry or key
│   ├── Ambiguous              a prefix that names several things
│   ├── DossierInvalid         a dossier that does not follow its schema; names the line
│   └── Refused                a rule of the desk forbids this act (one person signing twice ...)
├── Malformed               1  foreign bytes break the grammar they claim (entry, note, proof, key)
├── CheckFailed             1  something was checked and does not hold
├── NothingToCheck          3  there was nothing to check, or the tool for it is missing
└── SurroundingsError       4  disk, database, key file, tool
    ├── DeskLocked             another process holds the desk and did not let go in time
    ├── DeskCorrupt            the database cannot be read, or contradicts itself
    ├── DiskFull               no space left; nothing half-written is kept
    ├── StoreFault             any other failure of disk or database
    ├── BlobMissing            the bytes are not where the ledger says they are
    ├── BlobCorrupt            stored bytes no longer match their digest
    ├── RolledBack             the store is older than what this desk's key has already signed
    ├── KeyUnavailable         a key file is absent or unreadable
    └── PassphraseWrong        the key file does not open with this passphrase

Exit codes (design: the command line): 0 checked, nothing failed; 1 something failed; 2 usage;
3 could not be checked; 4 the surroundings are broken.
"""

from typing import ClassVar


class DeskError(Exception):
    """Root of all errors; `code` is stable, `hint` is one line on what to do."""

    code: ClassVar[str] = "desk-error"
    exit_code: ClassVar[int] = 4
    hint: ClassVar[str] = ""


class UsageError(DeskError):
    """The call itself is wrong: a bad argument, a bad combination."""

    code = "usage"
    exit_code = 2


class NotFound(UsageError):
    """No file, item, entry or key answers to this name."""

    code = "not-found"


class Ambiguous(UsageError):
    """A shortened id names several things; give more of it."""

    code = "ambiguous"
    hint = "Give more characters of the id."


class DossierInvalid(UsageError):
    """A dossier does not follow its schema; the message names file, line and field."""

    code = "dossier-invalid"
    hint = "docs/dossier.md describes every field."


class Refused(UsageError):
    """A rule of the desk forbids this act; the message says which."""

    code = "refused"


class Malformed(DeskError):
    """Foreign bytes break the grammar of the format they claim to be in."""

    code = "malformed"
    exit_code = 1


class CheckFailed(DeskError):
    """Something was checked and does not hold."""

    code = "check-failed"
    exit_code = 1


class NothingToCheck(DeskError):
    """There was nothing to check, or what it takes to check it is missing."""

    code = "nothing-to-check"
    exit_code = 3


class SurroundingsError(DeskError):
    """Disk, database, key file or system tool is not as it must be."""

    code = "surroundings"


class DeskLocked(SurroundingsError):
    """Another process holds the desk and did not let go in time; nothing was written."""

    code = "desk-locked"
    hint = "Wait for the other command to end, then run this one again."


class DeskCorrupt(SurroundingsError):
    """The desk's database cannot be read, or contradicts itself; nothing was written."""

    code = "desk-corrupt"
    hint = "Keep the folder as it is and restore a backup beside it; then run `prov audit` on both."


class DiskFull(SurroundingsError):
    """No space left; what was acknowledged before is safe, this act did not happen."""

    code = "disk-full"
    hint = "Free some space and run the same command again: it goes on where it stopped."


class StoreFault(SurroundingsError):
    """Disk or database failed in a way that no narrower error names; this act did not happen."""

    code = "store-fault"


class BlobMissing(SurroundingsError):
    """The ledger names bytes that the blob store does not hold."""

    code = "blob-missing"
    hint = "Restore this blob from a backup."


class BlobCorrupt(SurroundingsError):
    """Stored bytes no longer match their digest."""

    code = "blob-corrupt"
    hint = "Restore this blob from a backup; do not re-ingest over it."


class RolledBack(SurroundingsError):
    """The store is shorter than, or forks from, what this desk's key has already signed."""

    code = "rolled-back"
    hint = "An old backup was restored, or entries were removed. Find the newest copy of the desk."


class KeyUnavailable(SurroundingsError):
    """A key file is absent or cannot be read."""

    code = "key-unavailable"


class PassphraseWrong(SurroundingsError):
    """The key file does not open with this passphrase."""

    code = "passphrase-wrong"
