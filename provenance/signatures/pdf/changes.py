"""What happened to a PDF after it was signed: explained by the engine, and seen on the pages.

Two independent looks, each guarded. The difference analysis explains added objects; when it
objects, or cannot read the file, the change is UNEXPLAINED. The rendering compares what a reader
sees; when it cannot be done, visibility is UNKNOWN. Neither look can excuse what the other found.
An analysis that broke off by a mistake of its own is no finding: where the pages look the same and
nothing else objects, the question stays open (NOT_ANALYSED), which is never a good answer.
Imports the PDF engine and the renderer: only a worker imports this module.
"""

from dataclasses import replace
from typing import Any, Final

from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, ModificationLevel

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import ChangedAfter, Scope, Visible
from provenance.signatures.model import Change, SignatureStatus
from provenance.signatures.pdf.raw import RawSurvey
from provenance.signatures.pdf.render import Comparer, Mask, RenderDifference
from provenance.signatures.text import tame, with_detail

_STOPPED: Final = "diff-stopped"
_FILE_AT_FAULT: Final = "Pdf"
"""The engine's exceptions on a file that it cannot read begin so; others are its own mistakes."""
_UNKNOWN: Final = "whether what was added later changes the document could not be worked out"
_UNREAD: Final = "the added objects are laid out so that no list of changes could be made"
_NOT_PERMITTED: Final = "the added objects are not of a kind that a signer can permit"
_UNDRAWN: Final = "the pages could not be compared, since they cannot be drawn as they were or are"
_PERMITS: Final = {
    "NO_CHANGES": "no changes at all",
    "FILL_FORMS": "filling in forms and signing",
    "ANNOTATE": "notes, filling in forms and signing",
}
_FOUND: Final = {
    "NONE": "nothing was changed",
    "LTA_UPDATES": "data for long-term checking was added",
    "FORM_FILLING": "forms were filled in or signatures added",
    "ANNOTATIONS": "notes were added",
    "OTHER": "other changes were made",
}
_LEVELS: Final = {
    ModificationLevel.NONE: ChangedAfter.MAINTENANCE,
    ModificationLevel.LTA_UPDATES: ChangedAfter.MAINTENANCE,
    ModificationLevel.FORM_FILLING: ChangedAfter.FORM_FILL,
    ModificationLevel.ANNOTATIONS: ChangedAfter.ANNOTATION,
    ModificationLevel.OTHER: ChangedAfter.UNEXPLAINED,
}


def judge_changes(
    status: SignatureStatus,
    signatures: tuple[Any, ...],
    survey: RawSurvey,
    end: int,
    comparer: Comparer | Fault,
    masks: tuple[Mask, ...],
) -> SignatureStatus:
    """Judge everything that follows the signed bytes.

    Args:
        status: the status so far; its scope is decided.
        signatures: the signature as the strict reader sees it, then as the forgiving one does;
            the second is asked only when the first cannot come to an end.
        survey: what the bytes say.
        end: offset just behind the last signed byte.
        comparer: renders earlier states, or the reason why it cannot.
        masks: stamps of later signatures.
    """
    if status.scope is Scope.WHOLE:
        return replace(status, changed_after=ChangedAfter.NONE, visible=Visible.NO)
    status = _explain(status, signatures)
    if survey.trailing:
        # An end mark followed by other bytes passes the difference analysis as "nothing changed".
        status = _add(
            replace(status, changed_after=ChangedAfter.UNEXPLAINED),
            Change(
                category="trailing-bytes",
                where=f"{survey.trailing} bytes behind the last end mark of the file",
                visible=Visible.UNKNOWN,
            ),
            code="trailing-bytes",
        )
    return _weighed(_look(status, end, comparer, masks))


def _weighed(status: SignatureStatus) -> SignatureStatus:
    """An analysis that broke off on its own, over pages that look the same, says nothing."""
    alone = _STOPPED in status.native_codes and "trailing-bytes" not in status.native_codes
    if not alone or status.visible is not Visible.NO:
        return status
    why = f"{_STOPPED}: the signed bytes are unchanged; {_UNKNOWN}"
    return replace(status, changed_after=ChangedAfter.NOT_ANALYSED, error=status.error or why)


def _explain(status: SignatureStatus, signatures: tuple[Any, ...]) -> SignatureStatus:
    result: Any = Fault(step="difference", kind="none", message="not run")
    for signature in signatures:
        result = attempt(
            "difference",
            lambda one=signature: one.evaluate_modifications(DEFAULT_DIFF_POLICY),  # type: ignore[misc] # bound now
        )
        if not isinstance(result, Fault):
            break
    if isinstance(result, Fault):
        # Objects laid out so that the analysis fails are a known way to hide a change
        # ("shadow attack, hide"): a failure here counts against the document, not for it.
        if result.kind.startswith(_FILE_AT_FAULT):
            return _objection(status, f"{_UNREAD}{result.because}", "diff-failed")
        return _objection(status, f"{_UNKNOWN}{result.because}", _STOPPED)
    if isinstance(result, Exception):
        raw = f"{type(result).__name__}: {tame(result, 300)}"
        return _objection(status, with_detail(_NOT_PERMITTED, raw), "diff-objection")
    level = result.modification_level
    status = replace(
        status,
        changed_after=_LEVELS[level],
        native_codes=(*status.native_codes, f"modification-level-{level.name.lower()}"),
    )
    permission = attempt("docmdp", lambda: signatures[0].docmdp_level)
    if isinstance(permission, Fault):
        words = "what the signer permitted cannot be read"
        return _objection(status, f"{words}{permission.because}", "docmdp-unreadable")
    if permission is not None and level.value > permission.value:
        return _objection(
            status,
            f"the signer permitted {_PERMITS[permission.name]}, and {_FOUND[level.name]}",
            "docmdp-violated",
        )
    return status


def _objection(status: SignatureStatus, where: str, code: str) -> SignatureStatus:
    return _add(
        replace(status, changed_after=ChangedAfter.UNEXPLAINED),
        Change(category=code, where=where),
        code=code,
    )


def _look(
    status: SignatureStatus, end: int, comparer: Comparer | Fault, masks: tuple[Mask, ...]
) -> SignatureStatus:
    seen = (
        comparer
        if isinstance(comparer, Fault)
        else attempt("render", lambda: comparer.compare(end, masks))
    )
    if isinstance(seen, Fault):
        return replace(
            status,
            visible=Visible.UNKNOWN,
            native_codes=(*status.native_codes, "render-failed"),
            warnings=(*status.warnings, f"{_UNDRAWN}{seen.because}"),
        )
    for change in _seen_changes(seen):
        status = _add(status, change, code=change.category)
    if seen.different or seen.pages_before != seen.pages_after:
        pages = tuple(page for page, _ in seen.different)
        return replace(status, visible=Visible.YES, pages=pages)
    return replace(status, visible=Visible.NO if seen.complete else Visible.UNKNOWN)


def _seen_changes(seen: RenderDifference) -> list[Change]:
    changes = []
    if seen.pages_before != seen.pages_after:
        changes.append(
            Change(
                category="page-count",
                where=f"{seen.pages_before} pages when signed, {seen.pages_after} now",
                visible=Visible.YES,
            )
        )
    if seen.different:
        pages = tuple(page for page, _ in seen.different)
        changes.append(
            Change(
                category="visible-difference",
                where="page " + ", ".join(map(str, pages)),
                visible=Visible.YES,
                pixels=sum(pixels for _, pixels in seen.different),
                pages=pages,
            )
        )
    if seen.masked:
        changes.append(
            Change(
                category="signature-widget",
                where="the area of a later signature was left out of the comparison",
                visible=Visible.UNKNOWN,
                pages=seen.masked,
            )
        )
    return changes


def _add(status: SignatureStatus, change: Change, *, code: str) -> SignatureStatus:
    return replace(
        status,
        changes=(*status.changes, change),
        native_codes=tuple(dict.fromkeys((*status.native_codes, code))),
    )
