"""Put the report of one item together, and log that it was made.

Order: the export is recorded first (`report.exported`, with how many entries the item has), so that
the report's own checkpoint covers it; whoever later leaves an entry out contradicts a signed count.
Then everything is read. An erased or sealed field is named as missing, with its entry.
"""

from collections.abc import Iterator, Mapping, Sequence

from provenance.acts.erased import Erasures, deleted_fields, erased_by
from provenance.acts.handles import secret_texts
from provenance.acts.judging import VerdictCard
from provenance.acts.showing import ItemCard, item_card
from provenance.acts.workbench import Workbench
from provenance.compiling.material import copies, rereadings
from provenance.compiling.reasoning import statements, suggestion, versions
from provenance.errors import UsageError
from provenance.journal.keeping import Keepers, log_note_key
from provenance.journal.reading import OpenedEntry
from provenance.records import HiddenField, Json, NewRecord
from provenance.report.audience import for_audience
from provenance.report.custody_part import custody_part
from provenance.report.html import render_html
from provenance.report.item_parts import IntegrityCheck
from provenance.report.json_form import report_json
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

FORMS = ("html", "json")


def make_report(bench: Workbench, view: ItemView, *, audience: str, form: str) -> str:
    """Return the report's text, and record that it was made.

    Raises:
        UsageError: no such audience or form.
        KeyUnavailable: the desk was opened without a key.
    """
    if audience not in {each.value for each in Audience} or form not in FORMS:
        raise UsageError("a report is for internal, auditor or public readers, as html or json")
    _record_export(bench, view, audience=audience)
    secrets = secrets_of(bench, view) if audience != Audience.INTERNAL else ()
    model = for_audience(compile_report(bench, view), Audience(audience), secrets=secrets)
    return render_html(model) if form == "html" else report_json(model)


def secrets_of(bench: Workbench, view: ItemView) -> frozenset[str]:
    """Return what of an item's texts must not leave the desk, whoever typed it there.

    Handles of other items' sources, and whole texts that named a source which was erased.
    """
    return secret_texts(bench, bench.entries(view.item), bench.named_erased())


def compile_report(bench: Workbench, view: ItemView) -> ReportModel:
    """Return the full report, for the desk itself."""
    entries = bench.entries(view.item)
    keepers = bench.keepers()
    card = item_card(bench, view)
    names = dict(keepers.names)
    exports = sum(entry.type == "report.exported" for entry in entries)
    signer = bench.signer.public_key.kid
    checks = tuple(rereadings(bench, view.item))
    return ReportModel(
        desk=bench.parts.origin,
        number=f"{view.accession}/R{exports}",
        made_at=bench.parts.clock(),
        prepared_by=names.get(signer, signer),
        accession=view.accession,
        item=view.item.hex(),
        title=card.verdict.dossier.title if card.verdict.dossier.records else "",
        one_person_desk=keepers.one_person,
        exemplars=copies(card),
        # A hand-over passes the item at the acceptance: nobody is ever without it, so no gaps.
        custody=custody_part(card.chain, gaps=()),
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


def _record_export(bench: Workbench, view: ItemView, *, audience: str) -> None:
    count = len(bench.entries(view.item))
    value: dict[str, Json] = {
        "audience": audience,
        "entries": count + 1,
        "size": bench.parts.ledger.size() + 1,
    }
    field = HiddenField(name="export", value=value, subject=f"item:{view.item.hex()}")
    bench.record(NewRecord(item=view.item, type="report.exported", fields=(field,)))


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
