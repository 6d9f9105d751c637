"""Put the report of one item together, out of its entries, which are read once.

Its making is recorded before (`provenance.compiling.exporting`), so that the report's own
checkpoint covers that record. An erased or sealed field is named as missing, with its entry.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from provenance.acts.erased import Erasures, deleted_fields, erased_by
from provenance.acts.handles import secret_texts
from provenance.acts.judging import VerdictCard
from provenance.acts.showing import ItemCard, item_card_of
from provenance.acts.workbench import Workbench
from provenance.compiling.material import copies, rereadings
from provenance.compiling.reasoning import statements, suggestion, versions
from provenance.journal.keeping import Keepers, log_note_key
from provenance.journal.reading import OpenedEntry
from provenance.report.audience import for_audience
from provenance.report.custody_part import custody_part
from provenance.report.item_parts import IntegrityCheck
from provenance.report.ledger_parts import (
    Absence,
    Command,
    EntryLine,
    KeyLine,
    Omission,
    OpenQuestion,
    TreeHead,
)
from provenance.report.model import Audience, ReportModel
from provenance.views import ItemView


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A report, and what must not leave the desk with it."""

    full: ReportModel
    """For the desk itself."""
    reader: Audience
    secrets: frozenset[str]
    """Handles of sources, and texts that named a source which was erased, whoever typed them there;
    empty where the desk itself reads."""

    def narrowed(self) -> ReportModel:
        """Return the report that the reader may read."""
        return for_audience(self.full, self.reader, secrets=self.secrets)


def compile_report(bench: Workbench, view: ItemView, reader: Audience) -> Compiled:
    """Return the report of an item, whose entries are read once for all of it.

    Raises:
        KeyUnavailable: the desk was opened without a key.
        DeskCorrupt: the index and the entries disagree.
    """
    entries = bench.entries(view.item)
    internal = reader is Audience.INTERNAL
    return Compiled(
        full=_full(bench, view, entries),
        reader=reader,
        secrets=frozenset() if internal else secret_texts(bench, entries, bench.named_erased()),
    )


def _full(bench: Workbench, view: ItemView, entries: Sequence[OpenedEntry]) -> ReportModel:
    keepers = bench.keepers()
    names = dict(keepers.names)
    card = item_card_of(bench, view, entries, names)
    exports = sum(entry.type == "report.exported" for entry in entries)
    signer = bench.signer.public_key.kid
    checks = tuple(rereadings(bench, card))
    return ReportModel(
        desk=bench.parts.origin,
        number=f"{view.accession}/R{exports}",
        made_at=bench.parts.clock(),
        prepared_by=names.get(signer, signer),
        accession=view.accession,
        item=view.item.hex(),
        title=_title(view, card),
        one_person_desk=keepers.one_person,
        exemplars=copies(card),
        # A hand-over passes the item at the acceptance: nobody is ever without it, so no gaps.
        custody=custody_part(card.chain, names=names, gaps=()),
        integrity=checks,
        statements=statements(card.verdict, entries),
        suggestion=suggestion(card.verdict),
        verdicts=versions(card.verdict, names),
        open_questions=(*_unread(checks), *_questions(card)),
        omissions=tuple(_omissions(entries, bench.erasures())),
        entries=tuple(_line(entry, names) for entry in entries),
        tree_head=_tree_head(bench),
        keys=tuple(_keys(keepers, entries)),
        commands=tuple(_commands(card)),
    )


def _title(view: ItemView, card: ItemCard) -> str:
    """Return the working title; none where nobody gave one, and the number stands for it."""
    dossier = card.verdict.dossier
    return dossier.title if dossier.records and dossier.title != view.accession else ""


def _unread(checks: Sequence[IntegrityCheck]) -> Iterator[OpenQuestion]:
    """Say first of all which copy is not what was received."""
    for check in checks:
        if check.agree is not True:
            state = "are not those that were received" if check.agree is False else check.note
            text = f"Copy {check.exemplar} could not be read again as received: its bytes {state}."
            yield OpenQuestion(text=text, public_text=text)


def _questions(card: ItemCard) -> Iterator[OpenQuestion]:
    """Say what was not established or not checked; absence is never silence."""
    for number, copy in enumerate(card.exemplars, start=1):
        found = copy.examination
        if found is None:
            text = f"Copy {number} was not examined."
            yield OpenQuestion(text=text, public_text=text)
            continue
        if found.signatures.unsupported_media_type is not None:
            text = f"Signatures in copy {number} cannot be checked yet in its format."
            yield OpenQuestion(text=text, public_text=text)
        for question in found.signatures.not_determined:
            yield OpenQuestion(text=f"Copy {number}: {question}")
    yield from _unweighed(card.verdict)
    text = (
        "No outside witness or time-stamp stands behind this log yet: whoever holds all keys of "
        "the desk could have rewritten it before this report was made."
    )
    yield OpenQuestion(text=text, public_text=text)


def _unweighed(card: VerdictCard) -> Iterator[OpenQuestion]:
    for remark in card.remarks:
        text = f"Entry {remark.seq} cannot be read, or does not count."
        yield OpenQuestion(text=f"At {remark}.", public_text=text)
    if not card.dossier.records:
        text = "No statement about the item is on record, so nothing was weighed."
        yield OpenQuestion(text=text, public_text=text)
    for check in card.assessment.missing_checks:
        text = f"Not yet examined: {check}."
        yield OpenQuestion(text=text, public_text=text)


def _omissions(entries: Sequence[OpenedEntry], erasures: Erasures) -> Iterator[Omission]:
    by: dict[int, list[int]] = {}
    for entry in entries:
        if deleted_fields(entry, erasures) or not (entry.listed or entry.closed):
            what = "particulars that are gone from the desk's database"
            yield Omission(absence=Absence.DELETED, what=what, entries=(entry.seq,))
        erasure = erased_by(entry.entry, erasures)
        if erasure is not None:
            by.setdefault(erasure, []).append(entry.seq)
        elif entry.closed:
            # No record names it: its key is not at hand, and nobody may call that an erasure.
            what = "fields whose key is not at hand"
            yield Omission(absence=Absence.SEALED, what=what, entries=(entry.seq,))
    for erasure, seqs in sorted(by.items()):
        what = f"particulars of a source, erased as entry {erasure} records"
        yield Omission(absence=Absence.ERASED, what=what, entries=tuple(seqs))


def _line(entry: OpenedEntry, names: Mapping[str, str]) -> EntryLine:
    return EntryLine(
        entry=entry.seq,
        type=entry.type,
        leaf_hash=entry.leaf_hash.hex(),
        at=entry.claimed_at,
        kid=entry.kid,
        signer=names.get(entry.kid, ""),
    )


def _tree_head(bench: Workbench) -> TreeHead | None:
    kept = bench.heads.checkpoint()
    if kept is None:
        return None
    key = log_note_key(bench.parts.origin, bench.parts.log_signer)
    return TreeHead(note=kept.note.decode("utf-8"), size=kept.size, log_key=key.vkey())


def _keys(keepers: Keepers, entries: Sequence[OpenedEntry]) -> Iterator[KeyLine]:
    used = {entry.kid for entry in entries}
    for key in keepers.roster:
        if key.key.kid in used:
            yield KeyLine(
                kid=key.key.kid,
                name=keepers.names.get(key.key.kid, ""),
                public_key=key.key.ssh_text(),
                state="enrolled" if key.ended is None else "revoked",
                entry=key.enrolled,
            )


def _commands(card: ItemCard) -> Iterator[Command]:
    for copy in card.exemplars:
        yield Command(
            line=f'echo "{copy.sha256}  FILE" | sha256sum --check',
            answers="Is the copy in your hands the one this report speaks of?",
        )
    yield Command(
        line="prov audit --desk DIR",
        answers="On the desk itself: did the evidence change, did the log change?",
    )
    yield Command(
        line=f"prov verdict why {card.accession} --desk DIR",
        answers="On the desk itself: every step of the reasoning.",
    )
