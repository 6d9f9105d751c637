"""Find the files in a folder that belong to one of them: its signatures, or what it signs.

By name, in the same folder, regular files alone (a link could lead anywhere). A file named by hand
goes before what a name suggests. A signature that states the digest of its document finds it under
any name, among at most MAX_DIGESTED files. What was found is said in one line, because it changes
the answer.
"""

import os
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Final

from provenance.examine.runner import Companion
from provenance.signatures.pairing import How, Pairing, Relation, pair_by_name

MAX_DIGESTED: Final = 200  # files read to find a document by its digest
MAX_BYTES: Final = 256 << 20  # of all of them together
MAX_NAMES: Final = 20_000  # of one folder; beyond it, name the document with --signed

_SAID: Final = {
    Relation.SIGNATURE: "a signature of it",
    Relation.LIST: "of a list of digests",
    Relation.SIGNED: "what it may be a signature of",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file that is looked at together with another."""

    path: Path
    pairing: Pairing

    @property
    def companion(self) -> Companion:
        """As the runner takes it."""
        role = self.pairing.relation
        return Companion(document=self.path, role=role, name=self.path.name, how=self.pairing.how)

    @property
    def said(self) -> str:
        """What it is, for one line of talk."""
        how = "as you say" if self.pairing.how is How.HAND else f"by its {self.pairing.how}"
        return f"{self.path.name} ({_SAID[self.pairing.relation]}, {how})"


def companions_of(file: Path, *, signed: Path | None) -> list[Found]:
    """Return what belongs to a file, what somebody says first; more than can be looked at, too.

    Args:
        file: the file that is looked at.
        signed: the document that it is a signature of, as somebody says.
    """
    names = _names_beside(file)
    found = [
        Found(path=file.with_name(names[pairing.index]), pairing=pairing)
        for pairing in pair_by_name(file.name, names, most=len(names))
    ]
    if signed is None:
        return found
    by_hand = Pairing(index=-1, relation=Relation.SIGNED, how=How.HAND)
    others = [one for one in found if one.pairing.relation is not Relation.SIGNED]
    return [Found(path=signed, pairing=by_hand), *others]


def document_by_digest(file: Path, stated: AbstractSet[str]) -> Found | None:
    """Return the file in the same folder whose SHA-256 a signature states.

    Args:
        file: the signature.
        stated: digests that it states, each as `sha256:` and hexadecimal.
    """
    left = MAX_BYTES
    for name in _names_beside(file)[:MAX_DIGESTED] if stated else ():
        path = file.with_name(name)
        try:
            left -= path.stat().st_size
            if left < 0:
                return None
            with path.open("rb") as stream:
                digest = f"sha256:{file_digest(stream, 'sha256').hexdigest()}"
        except OSError:  # not to be read: then it is not looked at together with anything
            continue
        if digest in stated:
            pairing = Pairing(index=-1, relation=Relation.SIGNED, how=How.DIGEST)
            return Found(path=path, pairing=pairing)
    return None


def _names_beside(file: Path) -> list[str]:
    """Names of the other regular files in the folder; none where it may not be listed."""
    try:
        with os.scandir(file.parent) as entries:
            names = [
                entry.name
                for entry, _ in zip(entries, range(MAX_NAMES), strict=False)
                if entry.name != file.name and entry.is_file(follow_symlinks=False)
            ]
    except OSError:  # a folder that only lets its files be opened by name
        return []
    return sorted(names)
