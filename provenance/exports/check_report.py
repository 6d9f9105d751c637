"""Does the report say what the entries say, where it quotes them? And are the documents theirs?

Checked: who reads it, the item, the list of entries with their leaf hashes, the tree head, keys,
digests of copies, headlines of signed verdicts; and that the page is the one which the JSON gives.
Not checked: what the desk says in its own words. A quotation of a field that is withheld from this
reader cannot be compared, and has a line that says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from provenance.errors import Malformed
from provenance.exports.bag import INFO
from provenance.exports.check_entries import Presented
from provenance.exports.check_log import SignedHead
from provenance.exports.checklist import Checklist
from provenance.exports.layout import REPORT_HTML, REPORT_JSON, document_path
from provenance.exports.opened import PackageFiles, read_file
from provenance.exports.release import agent
from provenance.journal.projecting import ARRIVALS
from provenance.ledger.roster import Roster
from provenance.records import DESK_ITEM, Json
from provenance.report.html import render_html
from provenance.report.item_parts import Exemplar
from provenance.report.json_form import parse_report_json, report_json
from provenance.report.model import ReportModel
from provenance.report.verdict_parts import SignedVerdict

MAX_REPORT: Final = 256 << 20  # bytes
MAX_PAGE: Final = 512 << 20  # bytes
_LAST_SECOND: Final = 253_402_300_799  # the end of the year 9999
_UNPRINTABLE: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What rendering a report may end with whose values no program of ours ever wrote."""


def check_documents(sums: Mapping[str, str], entries: Sequence[Presented], out: Checklist) -> None:
    """Check that exactly the documents are here whose digests the entries disclose."""
    wanted = {document_path(str(one["sha256"])) for one in documents(entries)}
    there = {name for name in sums if name.startswith("data/documents/")}
    faults = [f"{name} is disclosed, and not here." for name in sorted(wanted - there)]
    faults += [f"No entry discloses {name}." for name in sorted(there - wanted)]
    faults += [
        f"{name} is not the document of its name."
        for name in sorted(there)
        if name != document_path(sums[name])
    ]
    if wanted or faults:
        out.settle("documents", faults, f"{len(there)} documents are those of the entries.")
    else:
        out.unchecked("documents", "No document is shown to this reader.")


def documents(entries: Sequence[Presented]) -> Iterator[Mapping[str, Json]]:
    """Yield the digests that arrivals disclose."""
    for each in entries:
        value = each.fields.get("document")
        if each.entry.type in ARRIVALS and isinstance(value, dict):
            yield value


def check_report(
    files: PackageFiles,
    info: Mapping[str, str],
    entries: Sequence[Presented],
    head: SignedHead,
    roster: Roster,
    out: Checklist,
) -> None:
    """Check the report against the entries.

    Raises:
        Malformed: the report is missing, too large, or not one.
    """
    text = read_file(files, REPORT_JSON, limit=MAX_REPORT)
    try:
        model = parse_report_json(text.decode("ascii"))
    except (UnicodeDecodeError, OverflowError) as error:  # an instant beyond every calendar
        raise Malformed("report.json is not ASCII, or states an impossible time") from error
    faults = [*_cover(model, info, entries, head), *_lines(model, entries), *_keys(model, roster)]
    if report_json(model).encode() != text:
        faults.append("report.json is not spelled as the program spells it.")
    digests = {str(one.get("sha256")): one for one in documents(entries)}
    faults += [fault for copy in model.exemplars for fault in _copy(copy, digests)]
    out.settle("report", faults, "The report quotes entries, keys, digests and tree head rightly.")
    _check_headlines(model, entries, out)
    _check_page(files, model, info, out)


def _cover(
    model: ReportModel, info: Mapping[str, str], entries: Sequence[Presented], head: SignedHead
) -> Iterator[str]:
    own = [each for each in entries if each.entry.item != DESK_ITEM]
    export = own[-1].fields.get("export") if own else None
    audience = export.get("audience") if isinstance(export, dict) else None
    if not model.audience.value == info.get("Audience") == audience:
        yield "The report is for other readers than the record of this export says."
    if not own or model.item != own[0].entry.item.hex():
        yield "The report is about another item."
    if not model.desk == info.get("Source-Organization") == head.log_key.name:
        yield "The report names another log."
    if model.accession != info.get("External-Identifier"):
        yield f"The report has another number than {INFO}."
    for each in own:
        label = each.fields.get("label")
        if isinstance(label, dict) and label.get("accession", model.accession) != model.accession:
            yield "The report has another number than the item's first entry."
    tree = model.tree_head
    if tree is None or tree.note != head.note.decode() or tree.log_key != head.log_key.vkey():
        yield "The report prints another tree head."
    elif not str(tree.size) == info.get("Log-Size") == str(head.checkpoint.size):
        yield "The report states another size of the log."


def _lines(model: ReportModel, entries: Sequence[Presented]) -> Iterator[str]:
    stated = [(one.entry, one.type, one.leaf_hash, one.at, one.kid) for one in model.entries]
    found = [
        (
            each.seq,
            each.entry.type,
            each.entry.leaf_hash.hex(),
            _instant(each.entry.iat),
            each.entry.kid,
        )
        for each in entries
        if each.entry.item != DESK_ITEM
    ]
    if stated != found:
        yield "The report's list of entries is not that of the entries."


def _instant(seconds: int) -> datetime | None:
    """Return a claimed time; None if no calendar has it, and then no report can state it."""
    return datetime.fromtimestamp(seconds, UTC) if seconds <= _LAST_SECOND else None


def _keys(model: ReportModel, roster: Roster) -> Iterator[str]:
    for line in model.keys:
        key = roster.find(line.kid)
        if key is None or (line.public_key, line.entry) != (key.key.ssh_text(), key.enrolled):
            yield f"The report prints a key that is not the roster's: {line.kid!a}."


def _copy(copy: Exemplar, digests: Mapping[str, Mapping[str, Json]]) -> Iterator[str]:
    if not copy.sha256:
        return
    found = digests.get(copy.sha256)
    if found is None or (copy.sha512, copy.blake3, copy.size) != (
        found.get("sha512"),
        found.get("blake3"),
        found.get("size"),
    ):
        yield f"The report's digests of copy {copy.number} are in no entry."


def _check_headlines(model: ReportModel, entries: Sequence[Presented], out: Checklist) -> None:
    acts = {each.seq: each.fields.get("verdict") for each in entries}
    faults: list[str] = []
    compared = 0
    for verdict in model.verdicts:
        signed = [headline for seq in verdict.entries if (headline := _headline(acts.get(seq)))]
        compared += bool(signed)
        if signed and verdict.headline not in signed:
            faults.append(f"Version {verdict.version} of the verdict was signed with other words.")
        if not signed:
            out.unchecked("headlines", _withheld(verdict))
    if compared or faults:
        text = f"{compared} verdicts in the report have the words that people signed."
        out.settle("headlines", faults, text)


def _headline(act: Json) -> str:
    match act:
        case {"decision": {"headline": str(headline)}}:
            return headline
    return ""


def _withheld(verdict: SignedVerdict) -> str:
    return (
        f"Version {verdict.version} of the verdict: its signed entry is in the log, and what it "
        "says is withheld from this reader."
    )


def _check_page(
    files: PackageFiles, model: ReportModel, info: Mapping[str, str], out: Checklist
) -> None:
    try:
        page = render_html(model).encode()
    except _UNPRINTABLE as error:
        raise Malformed("report.json holds values that no report has") from error
    same = read_file(files, REPORT_HTML, limit=MAX_PAGE) == page
    if same:
        out.holds("page", "report.html is the page that report.json gives.")
    elif info.get("Bag-Software-Agent") == agent():
        out.fails("page", "report.html is not the page that report.json gives.")
    else:
        out.unchecked("page", "report.html was made by another release: not compared.")
