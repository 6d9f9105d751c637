"""The files of a package whose signatures name them by plain paths (OpenDocument, ASiC).

A reference is a path relative to the root of the package, percent-encoded (ODF 1.2 part 3,
EN 319 162-1). Refused: anything with a scheme, an authority, a query or a fragment, and any path
that climbs. Where a name and its decoded form are both in the package, the archive has been refused
already.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from provenance.signatures.containers.archive import Archive
from provenance.signatures.text import tame
from provenance.signatures.xmldsig.refusal import Found, Refusal, unsupported

META: Final = "META-INF/"
MIMETYPE: Final = "mimetype"
_ELSEWHERE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|.*[?#]|(?:.*/)?\.\.(?:/|$)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePackage:
    """What the signatures of such a package may sign."""

    archive: Archive

    def locate(self, uri: str) -> str:
        """Return the member that a reference means.

        Raises:
            Refusal: it is no plain path, or leads to nothing in the package.
        """
        if _ELSEWHERE.match(uri):
            why = "is no plain path to a file in the package"
            raise unsupported("reference-refused", f"{tame(uri, 120)} {why}")
        path = uri.removeprefix("/").removeprefix("./")
        for name in (unquote(path), path):
            if name in self.archive.members:
                return name
        raise Refusal("signed-part-missing", f"{tame(path, 120)} is missing", Found.MISSING)

    def digest(self, member: str, algorithm: str) -> bytes:
        """Return the digest of a member."""
        return self.archive.digest(member, algorithm)

    def read(self, member: str, *, most: int) -> bytes:
        """Return the bytes of a member."""
        return self.archive.read(member, most=most)
