"""What people sign: one entry per act on a verdict, append-only, and its JSON form.

A signed or corrected entry opens a version and carries the suggestion it answers; a countersigned
or withdrawn entry refers to a version. Entries say what was decided, by whom and on what inputs;
the cryptographic signature over an entry is the ledger's business. Values only; `lifecycle` holds
the rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What an entry does."""

    SIGNED = "signed"
    """Opens the first version."""
    COUNTERSIGNED = "countersigned"
    """Another person's signature under a version."""
    CORRECTED = "corrected"
    """Opens a version that takes the place of an earlier one."""
    WITHDRAWN = "withdrawn"
    """We no longer stand by a version, which is not the same as false."""


class ReasonClass(StrEnum):
    """Why a version was corrected or withdrawn."""

    OUR_ERROR = "our error"
    NEW_EVIDENCE = "new evidence"
    WORDING = "wording"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """What the rules suggested for one facet at signing; kept beside the signed label for good."""

    support: int
    opposition: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The content of one version."""

    labels: Mapping[str, str]
    """Facet to the label people signed."""
    suggestion: Mapping[str, Suggested]
    """Facet to what the rules suggested then."""
    headline: str
    suggested_headline: str
    suggested_core: str
    """The suggested headline without advice on publication; what staleness compares."""
    public_wording: str
    rules_version: str
    as_of: datetime
    """UTC instant up to which records were weighed."""
    input_digest: str
    live_records: tuple[str, ...]
    """Ids of the records that counted, so that staleness can name what is new."""
    override_reasons: Mapping[str, str] = field(default_factory=dict)
    """Facet (or `headline`) to the reason for signing something else than suggested."""
    missing_checks: tuple[str, ...] = ()
    """Required examinations not done at signing."""
    impossible_checks: Mapping[str, str] = field(default_factory=dict)
    """Of those, the ones that cannot be done, each with the reason."""
    choke_points: tuple[str, ...] = ()
    """`facet: resource` through which all support passed."""
    acknowledged: tuple[str, ...] = ()
    """The choke points that the author has seen and accepts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRecord:
    """One act on the verdict of one item."""

    act: Act
    item: str
    version: int
    """The version that is opened or referred to; the first is 1."""
    signer: str
    """Key id or name of the person who signs this entry."""
    signed_at: datetime
    decision: Decision | None = None
    """Present on entries that open a version."""
    supersedes: int | None = None
    reason_class: ReasonClass | None = None
    reason: str | None = None
