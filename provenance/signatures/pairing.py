"""Which files belong together: a document, its detached signatures, and signed lists of digests.

By name, in this order:
  1. `letter.pdf.sig` is of `letter.pdf`: the document's whole name, and an ending from ENDINGS;
  2. `letter.asc` is of `letter.pdf`, where exactly one document has that stem: signers' programs
     replace an ending as often as they add one, and `picture.c2pa` is how the standard names the
     credentials of `picture.jpg`;
  3. a list of digests (`SHA256SUMS`, `letter.pdf.sha256`) may name any document beside it; it
     comes with its own signatures, and not without one, unless it may be signed inside
     (`SHA256SUMS.asc`).
By digest: a signature that states what it is of (CMS, RFC 3161, Sigstore) finds it under any name.
Names and digests only nominate: whether a signature holds, an engine says over the bytes. Names
are compared without regard to the case of the ending, and never leave this module.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

MAX_COMPANIONS: Final = 8  # beside one document; as many as a worker is handed

ENDINGS: Final = (
    ".asc",
    ".c2pa",
    ".minisig",
    ".p7s",
    ".sig",
    ".sign",
    ".sigstore",
    ".sigstore.json",
    ".tsr",
    ".tst",
)
"""What a detached signature's name ends with."""
STATED: Final = "signature.of"
"""Property under which fact readers put a digest that a signature states; a second is `...#2`."""
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_LIST: Final = re.compile(
    r"(?:sha(?:256|512)(?:sums?)?|check_?sums?(?:[._-]sha(?:256|512))?|digests?)(?:\.txt)?"
    r"|.+\.sha(?:256|512)(?:sums?)?(?:\.txt)?",
    re.IGNORECASE,
)
_ABOUT: Final = re.compile(r"(.+)\.sha(?:256|512)(?:sums?)?(?:\.txt)?", re.IGNORECASE)


@unique
class Relation(StrEnum):
    """What a file is to the document it was paired with."""

    SIGNATURE = "signature"
    """It may be a detached signature of the document."""
    LIST = "list"
    """A list that may name the document's digest, or a signature of such a list."""
    SIGNED = "signed"
    """The document is a signature, and may be of this file."""


@unique
class How(StrEnum):
    """By what two files were paired."""

    NAME = "name"
    DIGEST = "digest"
    HAND = "hand"
    """Somebody said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """One file that belongs to the document."""

    index: int
    """Its place in the sequence that was searched."""
    relation: Relation
    how: How


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known about one file by its digests, each as `sha256:` and hexadecimal."""

    digests: frozenset[str]
    """Its own."""
    stated: frozenset[str] = frozenset()
    """Those that it states, as a signature, of what it is of."""


def is_signature_name(name: str) -> bool:
    """Tell whether a name ends as detached signatures do."""
    return bool(_bases(name))


def is_list_name(name: str) -> bool:
    """Tell whether a name is that of a list of digests."""
    return _LIST.fullmatch(name) is not None


def signs_by_name(signature: str, document: str) -> bool:
    """Tell whether a signature's name is the document's whole name and an ending."""
    return document != "" and document in _bases(signature)


def pair_by_name(
    name: str, others: Sequence[str], *, most: int = MAX_COMPANIONS
) -> tuple[Pairing, ...]:
    """Return what belongs to a file by name, the nearest first.

    Args:
        name: last part of the file's name.
        others: last parts of the names in the same place, its own not among them.
        most: how many are returned at most.
    """
    found: dict[int, Relation] = {}
    for index, relation in (
        *_signatures_of(name, others),
        *_documents_of(name, others),
        *_lists_for(name, others),
    ):
        found.setdefault(index, relation)
    pairs = (Pairing(index=n, relation=one, how=How.NAME) for n, one in found.items())
    return tuple(pairs)[:most]


def pair_by_digest(one: Known, others: Sequence[Known]) -> tuple[Pairing, ...]:
    """Return the files that state one's digest, and those whose digest it states."""
    found = []
    for index, other in enumerate(others):
        if one.digests & other.stated:
            found.append(Pairing(index=index, relation=Relation.SIGNATURE, how=How.DIGEST))
        elif one.stated & other.digests:
            found.append(Pairing(index=index, relation=Relation.SIGNED, how=How.DIGEST))
    return tuple(found[:MAX_COMPANIONS])


def stated_in(properties: Mapping[str, str]) -> frozenset[str]:
    """Return the digests that a signature states, as its fact reader wrote them down.

    Args:
        properties: of the file's facts; those under STATED and its numbered followers count.
    """
    return frozenset(
        value
        for key, value in properties.items()
        if key.partition("#")[0] == STATED and _DIGEST.fullmatch(value)
    )


def bucket_of(name: str) -> str:
    """Return what all names have in common that can be paired with this one.

    Empty for a list that may name anything, and for its signatures: they go with every bucket.
    """
    if any(is_list_name(one) and not _ABOUT.fullmatch(one) for one in (name, *_bases(name))):
        return ""
    return name.partition(".")[0]


def _bases(name: str) -> tuple[str, ...]:
    """Return what a signature's name may be built on; empty for another name.

    `letter.pdf.sig.asc` is the armored form of `letter.pdf.sig`, or a signature of it.
    """
    lower = name.lower()
    ending = max((one for one in ENDINGS if lower.endswith(one)), key=len, default="")
    base = name[: len(name) - len(ending)]
    if not ending or not base:
        return ()
    return (base, *_bases(base))


def _stem(name: str) -> str:
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else ""


def _signatures_of(name: str, others: Sequence[str]) -> Iterator[tuple[int, Relation]]:
    whole = [n for n, other in enumerate(others) if signs_by_name(other, name)]
    if not whole and not is_signature_name(name):
        namesakes = [one for one in others if not is_signature_name(one)]
        if _stem(name) and not any(_stem(one) == _stem(name) for one in namesakes):
            whole = [n for n, other in enumerate(others) if signs_by_name(other, _stem(name))]
    yield from ((n, Relation.SIGNATURE) for n in whole)


def _documents_of(name: str, others: Sequence[str]) -> Iterator[tuple[int, Relation]]:
    """All that it may be of by its stem: which of them, the engine finds out."""
    bases = _bases(name)
    whole = [n for base in bases for n, other in enumerate(others) if other == base]
    if not whole:
        whole = [
            n
            for n, other in enumerate(others)
            if _stem(other) in bases and not is_signature_name(other)
        ]
    yield from ((n, Relation.SIGNED) for n in whole)


def _lists_for(name: str, others: Sequence[str]) -> Iterator[tuple[int, Relation]]:
    if is_signature_name(name) or is_list_name(name):
        return
    for n, other in enumerate(others):
        if is_list_name(other) and _may_name(other, name):
            seals = [m for m, one in enumerate(others) if signs_by_name(one, other)]
            yield from ([(n, Relation.LIST)] if seals else [])
            yield from ((m, Relation.LIST) for m in seals)
        elif any(is_list_name(base) and base not in others for base in _bases(other)):
            yield n, Relation.LIST  # a list that is signed inside


def _may_name(listed: str, name: str) -> bool:
    """A list that carries one document's name is about that one."""
    about = _ABOUT.fullmatch(listed)
    return about is None or about[1] == name
