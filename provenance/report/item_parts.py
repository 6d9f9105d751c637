"""Parts of a report about the material: copies, arrivals, custody, signatures, checks of bytes.

Plain values only. Texts may come from a hostile document: nothing here is safe to print as it is.
A field named `public_...` is the twin that takes its neighbour's place in a public report; an
empty twin means that the public reads nothing there. Times are aware UTC, sizes are bytes, digests
lower-case hexadecimal, entries are positions in the ledger counted from 0.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One time these bytes reached the desk."""

    entry: int
    at: datetime
    """As the signer's clock had it; the ledger's order is what counts."""
    name: str = ""
    """File name or path as it came. Chosen by whoever sent it."""
    source: str = ""
    """Opaque handle of the source; never leaves the desk."""
    channel: str = ""
    claim: str = ""
    """Outcome for a digest that the sender claimed, in the words of the program, never the
    sender's; empty = none was claimed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRun:
    """One examination that ran, or was tried."""

    tool: str
    version: str
    result: str = ""
    """One line. A failed run says so: it is not the same as finding nothing."""
    jail: str = ""
    """How strictly the tool was confined; empty = the desk did not say."""
    entry: int | None = None
    ran: bool = True
    """False: it ought to have run and could not."""
    public_result: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureCard:
    """What is known about the signatures of one copy."""

    headline: str
    """A word of the signature vocabulary, for instance UNSIGNED or CHANGED_AFTER_SIGNING."""
    sentences: tuple[str, ...] = ()
    detectors: tuple[str, ...] = ()
    """Detectors that ran to their end. "Unsigned" means: none of THESE found anything."""
    detectors_failed: tuple[str, ...] = ()
    public_sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemplar:
    """One particular copy of the item: its bytes."""

    number: int
    """1, 2 ... within this report."""
    sha256: str = ""
    """The identity of these bytes. Empty only where it is withheld."""
    size: int | None = None
    """None = withheld."""
    sha512: str = ""
    blake3: str = ""
    form: str = ""
    """native, scan, photo, print ..."""
    media_type: str = ""
    """As found in the bytes, not as the file's name says."""
    arrivals: tuple[Arrival, ...] = ()
    signature: SignatureCard | None = None
    """None = nobody looked, which is not "unsigned"."""
    examinations: tuple[ToolRun, ...] = ()
    published: bool = False
    """True: the desk has published these very bytes. Only then may their digests go public: with
    the digest of a marked copy, whoever made the mark learns which copy leaked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrityCheck:
    """One re-reading of a copy's bytes."""

    at: datetime
    exemplar: int
    agree: bool | None
    """None: the bytes could not be read, so nothing was compared."""
    tool: str = ""
    entry: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyLine:
    """One event of the custody log."""

    entry: int
    type: str
    at: datetime
    who: str
    """Name of the key's holder as enrolled, or the key's id."""
    sentence: str
    agree: bool | None = None
    """Did re-read bytes match? None where nothing was compared."""
    without_source: bool = False
    """True: by its kind the sentence names no source handle, so an auditor may read it."""
    public_who: str = ""
    public_sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of time in which nobody signed for the item."""

    after_entry: int
    before_entry: int
    seconds: int
    explanation: str = ""
    """Empty = nobody explained it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """Who answered for the bytes, from first to last. Not: who has seen them."""

    lines: tuple[CustodyLine, ...] = ()
    holder: str = ""
    """Who answers for the item now."""
    open_offer: str = ""
    """Who was offered the item and has not answered; empty = no open offer."""
    remarks: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] | None = None
    """None = not looked for, which is not "no gaps"."""
    public_remarks: tuple[str, ...] = ()
