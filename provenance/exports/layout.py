"""What a package holds, and under which names: maker, checker and VERIFY.sh share this list.

A package is a BagIt 1.0 bag (RFC 8493). Its names are a closed set of ASCII patterns: no name comes
from outside the desk's own numbering and digests, so nothing about a source can ride in one, and a
reader refuses every other name. Documents go by their SHA-256.

    bagit.txt  bag-info.txt  manifest-sha256.txt  manifest-sha512.txt  tagmanifest-sha256.txt
    VERIFY.txt  VERIFY.sh                    how to check without us, and a script that does
    data/report.html  data/report.json       what the audience reads
    data/entries/<seq>.sdjwt                 the entry, with the fields this audience may read
    data/entries/<seq>.tlog-proof            that the log holds it there (c2sp.org/tlog-proof@v1)
    data/log/checkpoint                      the signed tree head, as first signed
    data/log/<size>.checkpoint               an earlier head that others attest, as first signed
    data/log/<size>.cosigned                 the same with the lines of witnesses
    data/log/<size>.<k>.tsr                  an RFC 3161 answer over <size>.checkpoint
    data/log/vkey                            the log's key (c2sp.org/signed-note)
    data/log/heads                           heads seen and attested, each with its proof
    data/allowed_signers                     the roster for ssh-keygen
    data/documents/<sha256>                  the copies themselves, where the audience may have them
"""

import re
from typing import Final

BAGIT: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
"""RFC 8493 section 2.1.1: the whole of bagit.txt."""

REPORT_HTML: Final = "data/report.html"
REPORT_JSON: Final = "data/report.json"
CHECKPOINT: Final = "data/log/checkpoint"
VKEY: Final = "data/log/vkey"
HEADS: Final = "data/log/heads"
SIGNERS: Final = "data/allowed_signers"
VERIFY_SH: Final = "VERIFY.sh"
VERIFY_TXT: Final = "VERIFY.txt"

FOLDERS: Final = frozenset({"", "data/", "data/entries/", "data/log/", "data/documents/"})
"""The folders of a package, below its top one."""

_NUMBER: Final = "(?:0|[1-9][0-9]{0,14})"
_NAME: Final = re.compile(
    r"bagit\.txt|bag-info\.txt|manifest-sha256\.txt|manifest-sha512\.txt|tagmanifest-sha256\.txt"
    r"|VERIFY\.txt|VERIFY\.sh|data/report\.html|data/report\.json|data/allowed_signers"
    rf"|data/log/(?:checkpoint|vkey|heads|{_NUMBER}\.(?:checkpoint|cosigned|[0-9]{{1,2}}\.tsr))"
    rf"|data/entries/{_NUMBER}\.(?:sdjwt|tlog-proof)|data/documents/[0-9a-f]{{64}}"
)
_HELD: Final = re.compile(rf"data/log/({_NUMBER})\.checkpoint")
_ATTESTS: Final = re.compile(rf"data/log/({_NUMBER})\.(?:cosigned|[0-9]{{1,2}}\.tsr)")
_ENTRY: Final = re.compile(rf"data/entries/({_NUMBER})\.sdjwt")


def is_package_name(name: str) -> bool:
    """Tell whether a package may hold a file of this name."""
    return _NAME.fullmatch(name) is not None


def printable(name: str) -> str:
    """Return a stranger's name as it may stand in a message."""
    return ascii(name[:80])


def entry_path(seq: int) -> str:
    """Return where the presentation of entry `seq` lies."""
    return f"data/entries/{seq}.sdjwt"


def proof_path(seq: int) -> str:
    """Return where the inclusion proof of entry `seq` lies."""
    return f"data/entries/{seq}.tlog-proof"


def held_path(size: int, kind: str) -> str:
    """Return where an earlier head lies; `kind` is checkpoint, cosigned or `<k>.tsr`."""
    return f"data/log/{size}.{kind}"


def document_path(sha256: str) -> str:
    """Return where the document of this SHA-256 (hexadecimal) lies."""
    return f"data/documents/{sha256}"


def seq_of(name: str) -> int | None:
    """Return the position of the entry that a path presents; None for other paths."""
    match = _ENTRY.fullmatch(name)
    return int(match[1]) if match else None


def held_size_of(name: str) -> int | None:
    """Return the size of the earlier head that a path holds; None for other paths."""
    match = _HELD.fullmatch(name)
    return int(match[1]) if match else None


def attested_size_of(name: str) -> int | None:
    """Return the size of the head that a path attests (cosigned, time-stamped); None for others."""
    match = _ATTESTS.fullmatch(name)
    return int(match[1]) if match else None
