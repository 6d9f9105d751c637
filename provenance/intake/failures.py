"""One file or member that could not be taken, and why, in one plain sentence.

Rules: a failure concerns one place only and the rest goes on; its code is stable, so that a list of
failures can be sorted and repeated by code; its sentence never holds text from the file. Places do
hold names: they belong in the desk's own working files, never in a log or an error message.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from provenance.errors import Malformed


class FailureCode(StrEnum):
    """Why something was not taken. The values are stable."""

    NOT_FOUND = "not-found"
    VANISHED = "vanished"
    UNREADABLE = "unreadable"
    READ_ERROR = "read-error"
    CHANGED = "changed"
    LINK_NOT_FOLLOWED = "link-not-followed"
    LINK_DANGLING = "link-dangling"
    LINK_LOOP = "link-loop"
    DEVICE = "device"
    FIFO = "fifo"
    SOCKET = "socket"
    FOLDER_LOOP = "folder-loop"
    OWN_DESK = "own-desk"
    PATH_TOO_LONG = "path-too-long"
    TOO_DEEP = "too-deep"
    TOO_MANY_MEMBERS = "too-many-members"
    TOO_MANY_IN_ALL = "too-many-in-all"
    TOO_LARGE_IN_ALL = "too-large-in-all"
    RATIO = "ratio"
    NAME_TOO_LONG = "name-too-long"
    DUPLICATE_NAME = "duplicate-name"
    ZIP_TRUNCATED = "zip-truncated"
    ZIP_MALFORMED = "zip-malformed"
    ZIP_ENCRYPTED = "zip-encrypted"
    ZIP_COMPRESSION = "zip-compression"
    ZIP_OVERLAP = "zip-overlap"
    ZIP_SIZES = "zip-sizes"
    ZIP_CRC = "zip-crc"
    MAIL_HEADER = "mail-header"
    MAIL_ENCODING = "mail-encoding"
    MAIL_CUT_SHORT = "mail-cut-short"


SENTENCES: Final = MappingProxyType(
    {
        FailureCode.NOT_FOUND: "There is nothing of this name.",
        FailureCode.VANISHED: "It was listed, then vanished before it could be read.",
        FailureCode.UNREADABLE: "The system does not let this user read it.",
        FailureCode.READ_ERROR: "The disk or the file system failed while it was read.",
        FailureCode.CHANGED: "It changed while it was read; nothing of it was kept.",
        FailureCode.LINK_NOT_FOLLOWED: "It is a link inside a folder: name the target to take it.",
        FailureCode.LINK_DANGLING: "It is a link that points to nothing.",
        FailureCode.LINK_LOOP: "It is a link that leads back to itself.",
        FailureCode.DEVICE: "It is a device, not a file.",
        FailureCode.FIFO: "It is a named pipe, not a file.",
        FailureCode.SOCKET: "It is a socket, not a file.",
        FailureCode.FOLDER_LOOP: "This folder contains itself.",
        FailureCode.OWN_DESK: "It is the desk itself, or lies inside it.",
        FailureCode.PATH_TOO_LONG: "Its path is longer than the system can open.",
        FailureCode.TOO_DEEP: "Containers are nested deeper here than the limit; not unpacked.",
        FailureCode.TOO_MANY_MEMBERS: "It has more members than the limit; the first were taken.",
        FailureCode.TOO_MANY_IN_ALL: "Unpacking stopped here: more members in all than the limit.",
        FailureCode.TOO_LARGE_IN_ALL: "Unpacking stopped here: more bytes in all than the limit.",
        FailureCode.RATIO: "It claims to unpack to far more than it holds, as a zip bomb does.",
        FailureCode.NAME_TOO_LONG: "Its name is longer than the limit.",
        FailureCode.DUPLICATE_NAME: "An earlier member has the same name; both were taken.",
        FailureCode.ZIP_TRUNCATED: "The archive is cut short, or its directory is gone.",
        FailureCode.ZIP_MALFORMED: "The archive contradicts itself here.",
        FailureCode.ZIP_ENCRYPTED: "It is encrypted.",
        FailureCode.ZIP_COMPRESSION: "It is compressed in a way that is not supported.",
        FailureCode.ZIP_OVERLAP: "Its bytes overlap another member's, as in a zip bomb.",
        FailureCode.ZIP_SIZES: "It unpacks to another size than the archive claims.",
        FailureCode.ZIP_CRC: "Its checksum does not match its bytes.",
        FailureCode.MAIL_HEADER: "Its headers cannot be read, or are larger than the limit.",
        FailureCode.MAIL_ENCODING: "Its transfer encoding is broken or not supported.",
        FailureCode.MAIL_CUT_SHORT: "The message ends before its closing boundary.",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something was found. All names in their text form (see `names`)."""

    path: str
    """Absolute path of the file on disk."""
    relative: str
    """The same file seen from the folder that was given; a file's own name if it was given."""
    members: tuple[str, ...] = ()
    """Names from the outermost container inward; empty for the file itself. Text, never a path."""

    def within(self, member: str) -> "Place":
        """Return the place of a member of the container that lies here."""
        return Place(path=self.path, relative=self.relative, members=(*self.members, member))


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that could not be taken, in whole or in part."""

    code: FailureCode
    place: Place
    taken: bool = field(default=False, compare=False)
    """True: the file itself arrived, and what lies in it did not, or not all. A list of failures
    does not hold this."""

    @property
    def remark_only(self) -> bool:
        """Whether everything was taken: worth saying, and nothing to try again."""
        return self.code is FailureCode.DUPLICATE_NAME

    @property
    def sentence(self) -> str:
        """The reason in plain words."""
        return SENTENCES[self.code]


class Untaken(Malformed):
    """Carries a failure code out of a stream of blocks; turned into a `Failure` by its reader."""

    code = "untaken"

    def __init__(self, failure: FailureCode) -> None:
        super().__init__(SENTENCES[failure])
        self.failure = failure
