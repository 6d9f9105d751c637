"""Copies whose newest finding was made before something arrived that belongs to them.

A signature that comes after its document leaves the document's finding out of date. Rule: when a
copy was examined together with another one, and the newest finding of that other one does not name
this copy, the other is to be examined again. The new finding is a record like any other; nothing is
rewritten. What was never examined is left to its first examination.
"""

from collections.abc import Iterable, Iterator

from provenance.acts.examining import Exhibit, exhibits_of, findings_of, read_result
from provenance.acts.workbench import Workbench
from provenance.errors import BlobMissing, Malformed


def outdated_by(bench: Workbench, pairs: Iterable[tuple[bytes, bytes]]) -> Iterator[Exhibit]:
    """Yield the copies that are to be examined again, each once.

    Args:
        bench: the open desk.
        pairs: (SHA-256 of a copy that was just examined, SHA-256 of one it was examined with).
    """
    came: dict[bytes, set[str]] = {}
    for new, other in pairs:
        came.setdefault(other, set()).add(new.hex())
    for sha256, beside in came.items():
        yield from _outdated(bench, sha256, beside)


def _outdated(bench: Workbench, sha256: bytes, beside: set[str]) -> Iterator[Exhibit]:
    for view in bench.parts.views.find(sha256.hex()):
        finding = findings_of(bench.entries(view.item, ("finding",))).get(sha256.hex())
        if finding is None:
            continue
        try:
            known = {one.sha256 for one in read_result(bench, finding).beside}
        except (BlobMissing, Malformed):
            known = set()  # the result is lost: another examination brings one back
        if not beside <= known:
            yield from (one for one in exhibits_of(bench, view.item) if one.sha256 == sha256)
