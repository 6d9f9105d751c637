"""Record that an item is about to leave the desk, and make the report that does.

The export is recorded first (`report.exported`), with how many entries the item has and how long
the log is, both counted under the write lock: the report's own checkpoint covers that record, and
whoever later leaves an entry out contradicts a signed count.
"""

from provenance.acts.workbench import Workbench
from provenance.compiling.compile import compile_report
from provenance.errors import UsageError
from provenance.journal.appending import Batch
from provenance.records import HiddenField, Json, NewRecord
from provenance.report.html import render_html
from provenance.report.json_form import report_json
from provenance.report.model import Audience
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
    reader = Audience(audience)
    bench.append(lambda batch: batch.add(export_record(batch, view, reader)))
    report = compile_report(bench, view, reader).narrowed()
    return render_html(report) if form == "html" else report_json(report)


def export_record(
    batch: Batch, view: ItemView, reader: Audience, *, form: str | None = None
) -> NewRecord:
    """Compose the record of an export; the batch holds the write lock, so both counts stand.

    Args:
        batch: that the record is added to next.
        view: the item.
        reader: for whom.
        form: `package` or `verdict`; None for a report.
    """
    last = batch.writer.item_heads([view.item])[view.item]
    value: dict[str, Json] = {
        "audience": reader.value,
        "entries": last.n + 2,  # n counts from 0, and this record is one more
        "size": batch.writer.size() + 1,
    }
    if form is not None:
        value["as"] = form
    field = HiddenField(name="export", value=value, subject=f"item:{view.item.hex()}")
    return NewRecord(item=view.item, type="report.exported", fields=(field,))
