"""What is recorded about one signature, and about all signatures of one document.

A record keeps every answer (`axes`), the evidence for it, and what was not checked. The headline
is never stored as an independent fact: it is a property derived from the axes (`headline`), and
the JSON form carries it only for the reader; reading JSON derives it anew and refuses a
contradiction (`codec`). Times are aware UTC. Digests are lower-case hexadecimal.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from provenance.errors import Malformed
from provenance.signatures.axes import (
    CertAtTime,
    ChangedAfter,
    Crypto,
    Headline,
    Integrity,
    Kind,
    Presence,
    Scope,
    Signer,
    TimeBasis,
    Visible,
)
from provenance.signatures.codec import from_jsonable, to_jsonable
from provenance.signatures.headline import derive_headline, derive_report_headline, etsi_result


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerIdentity:
    """What the signature says about its maker; a claim unless `signer` is trusted or pinned."""

    subject: str | None = None
    """Distinguished name in the certificate. Anyone can make a certificate with any name."""
    email: str | None = None
    issuer: str | None = None
    """Who issued the certificate, as the certificate itself says."""
    serial: str | None = None
    """Certificate serial number, decimal."""
    spki_sha256: str | None = None
    """SHA-256 of the public key structure: the only part that the signature itself proves."""
    fingerprint: str | None = None
    """SHA-256 of the certificate, or the key fingerprint where there is no certificate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is in the document now and was not when it was signed."""

    category: str
    """`visible-difference`, `page-count`, `trailing-bytes`, `diff-objection` ..."""
    where: str
    """Plain words: which object, page or bytes."""
    visible: Visible = Visible.UNKNOWN
    pixels: int | None = None
    """Differing pixels at the render scale used, over all named pages; None = not measured."""
    pages: tuple[int, ...] = ()
    """Page numbers, the first page is 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """What was asked about revocation. Not checked is not the same as not revoked."""

    source: str = "none"
    """`embedded`: lists or responses inside the document; `desk`: the desk's own; else `none`."""
    checked: bool = False
    as_of: datetime | None = None
    """UTC instant for which the answer holds; None when nothing was checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on a page, in points (1/72 inch), origin at the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """A small grey picture as bare pixels: whoever shows it parses nothing of the document."""

    width: int
    """Pixels."""
    height: int
    grey: bytes
    """One byte a pixel, row by row from the top; width times height of them."""

    def __post_init__(self) -> None:
        """Refuse pixels that do not fill the picture."""
        if not 0 < self.width * self.height == len(self.grey) or self.width < 0:
            raise Malformed("a picture whose pixels do not fill it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """Where in the document the signature or slot is."""

    name: str
    """Field name, MIME path, part name, or a description of the place."""
    page: int | None = None
    """Page number, the first page is 1."""
    box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureStatus:
    """Everything known about one signature, or about one place where a signature could be."""

    id: str
    """Stable within one document and one version of this program; no meaning beyond that."""
    document_sha256: str
    kind: Kind
    locator: Locator
    presence: Presence
    integrity: Integrity
    scope: Scope = Scope.UNKNOWN
    changed_after: ChangedAfter = ChangedAfter.NOT_ANALYSED
    visible: Visible = Visible.UNKNOWN
    """Whether pages look different from what was signed."""
    pages: tuple[int, ...] = ()
    """Pages that look different; the first page is 1."""
    signer: Signer = Signer.NO_IDENTITY
    time_basis: TimeBasis = TimeBasis.NONE
    cert_at_time: CertAtTime = CertAtTime.UNPROVEN
    crypto: Crypto = Crypto.OK
    native_codes: tuple[str, ...] = ()
    """The engine's own result words and our reason codes; stable, for look-up and statistics."""
    identity: SignerIdentity = SignerIdentity()
    claimed_author: str | None = None
    """What the document says beside the signature (for PDF the /Name entry). Unverified."""
    claimed_time: datetime | None = None
    """The signer's own clock. Can be set to anything."""
    proven_not_before: datetime | None = None
    proven_not_after: datetime | None = None
    """The signature existed at this instant, by a time authority that `trust` accepts."""
    time_authority: str | None = None
    reference_time_used: datetime | None = None
    """The instant for which the certificate was judged; it decides the answer."""
    algorithms: tuple[str, ...] = ()
    key_bits: int | None = None
    covered: tuple[str, ...] = ()
    uncovered: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    revision_count: int | None = None
    anchor_id: str | None = None
    """SHA-256 of the anchor certificate that the chain ends in."""
    trust_set_sha256: str | None = None
    engine: str = "provenance"
    engine_version: str = ""
    mode: str = "strict"
    """`strict` or `lax`: how forgiving the reader had to be."""
    network_used: bool = False
    revocation: Revocation = Revocation()
    confidence: str | None = None
    """For slots only: `high` or `not determined`."""
    warnings: tuple[str, ...] = ()
    error: str | None = None
    """A code and a short text when a step failed; None when every step ran."""
    reproduce_command: str = "prov inspect FILE"
    crop: Crop | None = None
    """For slots only: what is there, to be looked at."""

    DERIVED: ClassVar[tuple[tuple[str, Callable[["SignatureStatus"], str]], ...]] = (
        ("headline", lambda status: status.headline.value),
        ("etsi_indication", lambda status: status.etsi[0]),
        ("etsi_subindication", lambda status: status.etsi[1]),
    )
    """Words added to the JSON form for its reader; derived anew when it is read."""

    @property
    def headline(self) -> Headline:
        """The one word for this signature, derived from the axes."""
        return derive_headline(self)

    @property
    def etsi(self) -> tuple[str, str]:
        """ETSI EN 319 102-1 indication and sub-indication ("" when there is none)."""
        return etsi_result(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorFailure:
    """A detector that ought to have run and could not, so its silence proves nothing."""

    detector: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """All signatures and slots of one document, and which detectors looked for them."""

    document_sha256: str
    statuses: tuple[SignatureStatus, ...] = ()
    detectors_run: tuple[str, ...] = ()
    """Detectors that ran to their end. "Unsigned" means: none of THESE found anything."""
    detectors_failed: tuple[DetectorFailure, ...] = ()
    unsupported_media_type: str | None = None
    """Set when no detector exists for this format yet: the document may well be signed."""
    undetermined: tuple[SignatureStatus, ...] = ()
    """Places for a signature of which it was not determined what is in them: page, box, picture and
    what it looks like. They count for no headline."""
    not_determined: tuple[str, ...] = ()
    """Questions left open, in plain words, such as ink on a scan."""
    warnings: tuple[str, ...] = ()

    DERIVED: ClassVar[tuple[tuple[str, Callable[["SignatureReport"], str]], ...]] = (
        ("headline", lambda report: report.headline.value),
    )
    """Words added to the JSON form for its reader; derived anew when it is read."""

    def to_json(self) -> str:
        """Return canonical JSON text: sorted keys, no spaces, UTF-8 as it is."""
        return json.dumps(
            to_jsonable(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )

    @classmethod
    def from_json(cls, text: str) -> "SignatureReport":
        """Read what `to_json` wrote.

        Raises:
            Malformed: anything else.
        """
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Malformed("signature report: not JSON") from error
        return from_jsonable(cls, value)

    @property
    def headline(self) -> Headline:
        """The worst headline; UNSIGNED only when every detector ran and found none."""
        return derive_report_headline(self)
