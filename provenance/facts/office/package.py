"""Open a zipped office file and read its parts, never more than a hostile one may cost.

Rules, in order: the directory is read by `provenance.intake.zip_directory`, strictly; at most
MAX_MEMBERS parts; names are compared without case, as OPC does (ECMA-376 part 2, 6.2.2); of two
parts of one name the last is read and the fact is told; one part yields at most what the caller
asks for, all parts together MAX_UNPACKED, and no part more than `ratio` times what it holds
(`provenance.intake.limits`). A part that breaks a rule is told and the others are read.
"""

import hashlib
import io
import itertools
from collections import Counter
from dataclasses import dataclass
from typing import Final

from provenance.facts.gathering import Gathered, counted, listed
from provenance.facts.model import Weight
from provenance.facts.office.markup import MAX_XML, Element, Unread, parse_markup
from provenance.facts.stated_dates import Stated, from_dos
from provenance.intake.failures import FailureCode, Untaken
from provenance.intake.limits import Budget, Limits
from provenance.intake.names import name_text
from provenance.intake.zip_directory import ZipDirectory, ZipEntry, find_directory, read_entries
from provenance.intake.zips import unpack_entry

MAX_MEMBERS: Final = 10_000  # parts of one file; a workbook of a thousand sheets has some four
MAX_UNPACKED: Final = 512 << 20  # bytes unpacked of one file, all parts together
MAX_BINARY: Final = 64 << 20  # bytes of one binary part that is looked into
_LIMITS: Final = Limits(
    members=MAX_MEMBERS, all_bytes=MAX_UNPACKED, free_bytes=MAX_UNPACKED, name=512
)
_BOMB: Final = frozenset({FailureCode.RATIO, FailureCode.TOO_LARGE_IN_ALL, FailureCode.ZIP_OVERLAP})
_UNSET: Final = 0x00210000  # 1980-01-01 00:00:00: what Office writes instead of a time
_WPS: Final = 0x40E24E87  # 2012-07-02 09:52:14: what WPS Office (Kingsoft) writes for every part
_SYSTEMS: Final = {0: "MS-DOS or Windows", 3: "Unix", 10: "Windows NTFS", 19: "macOS"}  # 4.4.2.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Size and digest of a part."""

    size: int
    """Bytes, unpacked."""
    sha256: str


class Package:
    """A zipped office file; its parts are read one by one, each guarded.

    Args:
        data: the file.
        gathered: is told of every part that cannot be read.

    Raises:
        Untaken: there is no directory that can be believed.
    """

    def __init__(self, data: bytes, gathered: Gathered) -> None:
        self._stream = io.BytesIO(data)
        self._gathered = gathered
        self._budget = Budget(limits=_LIMITS, size=len(data))
        self._directory: ZipDirectory = find_directory(self._stream)
        self.entries: tuple[ZipEntry, ...] = tuple(
            read_entries(self._stream, self._directory, _LIMITS)
        )
        self.names: tuple[str, ...] = tuple(_name(entry) for entry in self.entries)
        """In the order of the directory, with `/` between folders."""
        self._parts = {
            name.lower(): entry for name, entry in zip(self.names, self.entries, strict=True)
        }

    def has(self, name: str) -> bool:
        """Whether there is a part of this name, whatever its case."""
        return name.lower() in self._parts

    def find(self, prefix: str, suffix: str = "") -> tuple[str, ...]:
        """Return the names that begin and end like this, whatever their case."""
        low, end = prefix.lower(), suffix.lower()
        return tuple(
            name
            for name in self.names
            if name.lower().startswith(low)
            and name.lower().endswith(end)
            and not name.endswith("/")
        )

    def size(self, name: str) -> int:
        """Return the size that the directory claims for a part, in bytes."""
        entry = self._parts.get(name.lower())
        return 0 if entry is None else entry.unpacked

    def read(self, name: str, limit: int = MAX_BINARY) -> bytes | None:
        """Return the bytes of a part; None if there is none or it breaks a rule (which is told)."""
        entry = self._parts.get(name.lower())
        if entry is None:
            return None
        if entry.unpacked > limit:  # the claim bounds the work: a false one is found on reading
            text = f"It claims {entry.unpacked} bytes; at most {limit} of a part are read."
            self._gathered.observe("part-too-large", Weight.RISK, text, where=name)
            return None
        try:
            blocks = unpack_entry(self._stream, self._directory, entry, self._budget)
            return b"".join(blocks)
        except Untaken as fault:
            self._tell(name, fault)
            return None

    def digest(self, name: str) -> Digest | None:
        """Return size and digest of a part without holding it; None as in `read`."""
        entry = self._parts.get(name.lower())
        if entry is None:
            return None
        digest, size = hashlib.sha256(), 0
        try:
            for block in unpack_entry(self._stream, self._directory, entry, self._budget):
                digest.update(block)
                size += len(block)
        except Untaken as fault:
            self._tell(name, fault)
            return None
        return Digest(size=size, sha256=digest.hexdigest())

    def markup(self, name: str) -> Element | None:
        """Return the root element of an XML part; None as in `read`."""
        data = self.read(name, MAX_XML)
        if data is None:
            return None
        root = parse_markup(data)
        if isinstance(root, Unread):
            self.tell_unread(name, root)
            return None
        return root

    def tell_unread(self, name: str, unread: Unread) -> None:
        """Say that an XML part was not read, and warn of one that declares a document type."""
        if unread.doctype:
            text = (
                "It declares a document type, as no office program has since 2005: such"
                " declarations can read other files or grow without end. It was not read."
            )
            self._gathered.observe("document-type-declaration", Weight.RISK, text, where=name)
        else:
            self._gathered.note(f"part {name} was not read: {unread.reason}")

    def _tell(self, name: str, fault: Untaken) -> None:
        if fault.failure in _BOMB:
            text = f"It was not read: {fault}"
            self._gathered.observe("archive-bomb", Weight.RISK, text, where=name)
        elif fault.failure is FailureCode.ZIP_ENCRYPTED:
            self._gathered.note(f"part {name} was not read: it is encrypted")
        else:
            text = f"It cannot be read as the archive describes it: {fault}"
            self._gathered.observe("part-unreadable", Weight.CONTRADICTION, text, where=name)


def _name(entry: ZipEntry) -> str:
    r"""Return a part's name; `xl\styles.xml` is read as what its writer meant (and told)."""
    return name_text(entry.name.replace(b"\\", b"/"))


def tell_packing(gathered: Gathered, package: Package) -> Stated | None:
    """Observe how the archive was made; returns the newest time in its directory."""
    _tell_twice(gathered, package)
    _tell_overlap(gathered, package)
    odd = [name for name in package.names if name.startswith("/") or ".." in name.split("/")]
    if odd:
        text = f"Names of parts lead out of the archive: {listed(odd)}."
        gathered.observe("odd-part-name", Weight.RISK, text)
    if any(b"\\" in entry.name for entry in package.entries):
        text = "Its parts are named with backslashes, as no office program writes them."
        gathered.observe("backslash-part-names", Weight.NOTE, text)
    made = Counter(entry.made_by for entry in package.entries)
    by = ", ".join(
        f"{_SYSTEMS.get(value >> 8, f'system {value >> 8}')}, version"
        f" {(value & 255) // 10}.{(value & 255) % 10}"
        for value, _ in made.most_common(3)
    )
    gathered.state("zip.made-by", by)
    gathered.state("zip.parts", len(package.entries))
    if all(entry.stamp == _WPS for entry in package.entries):
        gathered.state("zip.packer", "WPS Office, by the time it gives every part")
    times = [from_dos(one.stamp) for one in package.entries if one.stamp not in {_UNSET, _WPS}]
    known = sorted((time for time in times if time is not None), key=lambda one: one.moment)
    if not known:
        return None
    gathered.state("zip.oldest-part", known[0].shown)
    gathered.state("zip.newest-part", known[-1].shown)
    return known[-1]


def tell_packer(gathered: Gathered, package: Package, program: str) -> None:
    """Observe that a package of Microsoft Office was not packed by it.

    Office writes 1980-01-01 for every part and states version 4.5 of MS-DOS as the maker; seen in
    files of Word, Excel and PowerPoint 2007 to 2016. Word for Mac writes times, and is let pass.
    """
    if not program.startswith("Microsoft ") or "Macintosh" in program:
        return
    if all(entry.stamp == _UNSET and entry.made_by == 45 for entry in package.entries):
        return
    text = (
        f"It names {program} as its program, and its archive was written by another one, as when it"
        " was signed, converted, edited or made by a tool."
    )
    gathered.observe("packed-by-other-program", Weight.NOTE, text)


def _tell_twice(gathered: Gathered, package: Package) -> None:
    counts = Counter(name.lower() for name in package.names)
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        text = (
            f"Two parts have one name ({listed(twice)}): one program may show the first, another"
            " the last, so that two readers see two documents."
        )
        gathered.observe("duplicate-part", Weight.CONTRADICTION, text)


def _tell_overlap(gathered: Gathered, package: Package) -> None:
    ordered = sorted(package.entries, key=lambda entry: entry.offset)
    for one, other in itertools.pairwise(ordered):
        if one.held and one.offset + one.held > other.offset:
            text = f"{counted(len(ordered), 'part')}, some of which share their bytes."
            gathered.observe("archive-bomb", Weight.RISK, text)
            return
