"""The custody report as one value: everything that is printed, nothing that is looked up later.

The desk builds it for the internal audience; `audience.for_audience` derives the others. A field
that is absent has a default which says "absent", never one which says "fine".
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from provenance.report.item_parts import Custody, Exemplar, IntegrityCheck
from provenance.report.ledger_parts import (
    Command,
    EntryLine,
    KeyLine,
    Omission,
    OpenQuestion,
    TreeHead,
)
from provenance.report.verdict_parts import SignedVerdict, Statement, Suggestion

REPORT_FORMAT: Final = 1
"""The value of `report` in the JSON form that this code writes and reads."""


class Audience(StrEnum):
    """Who may read a report. Each reader gets no more than the one before."""

    INTERNAL = "internal"
    """The desk itself: names sources and people."""
    AUDITOR = "auditor"
    """Somebody who checks the desk's work: custody and people, no source handles."""
    PUBLIC = "public"
    """Everybody: only what is published, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportModel:
    """One custody report."""

    desk: str
    """Origin of the desk's log, for instance `desk.example.org/2026`."""
    number: str
    """The report's own number."""
    made_at: datetime
    prepared_by: str
    accession: str
    """The item's number, for instance 2026-0001."""
    item: str
    """32 hexadecimal digits: the item's random id."""
    audience: Audience = Audience.INTERNAL
    title: str = ""
    """Working title; the public reads `public_title`."""
    public_title: str = ""
    case: str = ""
    question: str = ""
    """What the desk was asked."""
    authority: str = ""
    """On what ground the desk holds the item, restrictions, embargo."""
    in_charge: str = ""
    one_person_desk: bool = False
    """True: one person holds every role, so no second pair of eyes stands behind a signature."""
    exemplars: tuple[Exemplar, ...] = ()
    custody: Custody = field(default_factory=Custody)
    integrity: tuple[IntegrityCheck, ...] = ()
    statements: tuple[Statement, ...] = ()
    suggestion: Suggestion | None = None
    """None = nothing was weighed."""
    verdicts: tuple[SignedVerdict, ...] = ()
    """Every version, oldest first."""
    open_questions: tuple[OpenQuestion, ...] = ()
    omissions: tuple[Omission, ...] = ()
    entries: tuple[EntryLine, ...] = ()
    tree_head: TreeHead | None = None
    """None = the log had no checkpoint yet."""
    keys: tuple[KeyLine, ...] = ()
    commands: tuple[Command, ...] = ()
    """Exact commands for this desk; may name paths."""


def standing_verdict(model: ReportModel) -> SignedVerdict | None:
    """Return the newest version that carries its second signature, withdrawn or not."""
    signed = [one for one in model.verdicts if one.state != "provisional"]
    return signed[-1] if signed else None
