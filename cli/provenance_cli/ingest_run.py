"""One `prov ingest`: count, take, examine, and close with a summary and a failure list.

Order: options are checked before anything is read; files are listed once for the bar; what arrives
is acknowledged in batches; then everything on the desk without a finding is examined: what is new,
and what a run that was stopped left; then what was examined before something came that belongs to
it, such as the signature of a letter. The failure list is written as failures happen, so that it is
there after Ctrl-C too; without failures there is no list. A path that is not there is a slip of the
pen and refused before anything is read; one that vanishes meanwhile is a failure.
"""

import errno
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from provenance.acts.examining import unexamined
from provenance.acts.ingesting import Event, IngestSummary, Source
from provenance.acts.receiving import IngestOptions, Receipt
from provenance.errors import DiskFull, NotFound, StoreFault, UsageError
from provenance.intake.arrivals import Skipped
from provenance.intake.failure_list import Standing, failure_line, read_failures, retry_roots
from provenance.intake.failures import Failure
from provenance.intake.manifest import parse_manifest
from provenance.intake.source import parse_channel, parse_handle
from provenance.intake.walk import walk
from provenance_cli import voice
from provenance_cli.arrival_lines import ArrivalLines
from provenance_cli.cards import duration_text, size_text
from provenance_cli.progress import Progress

if TYPE_CHECKING:
    from provenance.acts.examining import Exhibit
    from provenance.desk import Desk
    from provenance.examine.examination import Examination
    from provenance.intake.claims import Claims

FORMS: Final = ("native", "scan", "photo", "print")
FAILURES_SHOWN: Final = 5  # on the terminal; the list has them all
AGAIN_SHOWN: Final = 5  # numbers of items that were examined again
LIST_NAME: Final = "failures-{number}.jsonl"


def ingest_options(
    desk: "Desk",
    *,
    source: str | None,
    channel: str | None,
    form: str,
    item: str | None,
    note: str | None,
    examine: bool,
    unpack: bool,
) -> IngestOptions:
    """Return the options these words make.

    Raises:
        UsageError: a source that is no handle, a channel that is no word, or no such form.
        NotFound: no such item.
    """
    if form not in FORMS:
        raise UsageError(f"--form is one of {', '.join(FORMS)}")
    return IngestOptions(
        source=parse_handle(source) if source else None,
        channel=parse_channel(channel) if channel else None,
        form=form,
        item=desk.find(item).item if item else None,
        note=note,
        examine=examine,
        unpack=unpack,
    )


class IngestRun:
    """Takes files in and tells about it."""

    def __init__(
        self, desk: "Desk", options: IngestOptions, *, as_json: bool, failures: Path | None
    ) -> None:
        self._desk = desk
        self._options = options
        self._json = as_json
        self._list_path = failures
        self._list: BinaryIO | None = None
        self._shown = 0
        self._before = Standing(())
        self._stood = 0
        self._summary = IngestSummary()
        self._examined = 0
        self._again = ""
        self._lines = ArrivalLines()

    @property
    def problems(self) -> bool:
        """Whether something failed, or is not what the manifest claims."""
        summary = self._summary
        return bool(summary.failed or self._stood or summary.mismatched or summary.absent)

    @property
    def nothing(self) -> bool:
        """Whether there was nothing to take."""
        summary = self._summary
        return not (summary.received or summary.again or summary.skipped)

    def take(self, paths: list[Path], *, manifest: Path | None, retry: Path | None) -> None:
        """Take everything that was named, examine it, and print the summary.

        Raises:
            UsageError: nothing was named, or both paths and a failure list.
            NotFound: a path, the manifest or the failure list is not there.
        """
        if bool(paths) == bool(retry):
            raise UsageError("name files and folders, or a failure list with --retry; not both")
        claims = _read_claims(manifest) if manifest else None
        listed = _listed(retry) if retry else []
        self._before = Standing(listed)
        roots = list[Source](retry_roots(listed) if retry else _there(paths))
        with ExitStack() as stack:
            stack.callback(self._close_list)
            self._progress = stack.enter_context(_counted(roots, self._desk))
            try:
                self._summary = self._desk.ingest(
                    roots, self._options, claims=claims, notify=self._event
                )
            finally:
                seconds = self._progress.seconds
            self._examine_new()
        if not self._json:
            self._lines.tell(self._desk)
        self._tell(seconds)

    def _event(self, event: Event) -> None:
        if isinstance(event, Receipt):
            self._progress.add(size=event.size)
            self._lines.add(event)
            if self._json:
                voice.result_json(_receipt_json(event))
                sys.stdout.flush()  # an acknowledgement that a killed run still held was none
        elif isinstance(event, Skipped):
            self._progress.add()
            for failure in self._before.of(event.candidate.place):
                self._stood += 1
                self._fail(failure, "as before")
        elif event.remark_only:
            self._say(event, "taken")
        else:
            self._fail(event, "taken, not wholly unpacked" if event.taken else "not taken")

    def _fail(self, failure: Failure, what: str) -> None:
        self._progress.add(errors=1)
        self._write_failure(failure)
        self._say(failure, what)

    def _say(self, failure: Failure, what: str) -> None:
        if self._shown < FAILURES_SHOWN:
            self._shown += 1
            where = " > ".join((failure.place.relative, *failure.place.members))
            voice.say(voice.visible(f"{what}: {where}: {failure.sentence}"))

    def _write_failure(self, failure: Failure) -> None:
        if self._list is None:
            self._list_path = self._list_path or self._free_list()
            try:
                self._list = self._list_path.open("wb")
            except OSError as error:
                raise _unwritten(error) from error
        try:
            self._list.write(failure_line(failure))
            self._list.flush()
        except OSError as error:
            raise _unwritten(error) from error

    def _free_list(self) -> Path:
        folder = Path(self._desk.parts.own_folders[0])
        number = 1
        while (path := folder / LIST_NAME.format(number=number)).exists():
            number += 1
        return path

    def _close_list(self) -> None:
        if self._list is not None:
            self._list.close()

    def _examine_new(self) -> None:
        if not self._options.examine:
            return
        from provenance_cli.sandbox import examine_and_tell

        # Never all at once in memory: a first run over a large folder leaves as much to examine.
        live = sys.stderr.isatty()
        total = sum(1 for _ in unexamined(self._desk)) if live else None
        pairs: set[tuple[bytes, bytes]] = set()

        def told(exhibit: "Exhibit", found: "Examination") -> None:
            pairs.update((exhibit.sha256, bytes.fromhex(one.sha256)) for one in found.beside)

        self._examined = examine_and_tell(
            self._desk, unexamined(self._desk), total=total, notify=told
        )
        self._examine_again(pairs)

    def _examine_again(self, pairs: set[tuple[bytes, bytes]]) -> None:
        """Examine what was examined before something came that belongs to it."""
        from provenance_cli.sandbox import examine_and_tell

        exhibits = list(self._desk.outdated_by(pairs))
        if not exhibits:
            return
        examine_and_tell(self._desk, exhibits, what="examining again", total=len(exhibits))
        names = {one.item: one.accession for one in self._desk.items()}
        again = list(dict.fromkeys(names[one.item] for one in exhibits))
        more = f" and {len(again) - AGAIN_SHOWN} more" if len(again) > AGAIN_SHOWN else ""
        self._again = f"{', '.join(again[:AGAIN_SHOWN])}{more}"

    def _tell(self, seconds: float) -> None:
        summary = self._summary
        parts = [f"{summary.received} received"]
        parts += [f"{summary.again} again"] if summary.again else []
        parts += [f"{summary.skipped} known already"] if summary.skipped else []
        # Whatever is new is examined here; what was examined beyond that was left undone before.
        left = max(self._examined - summary.received, 0) if self._examined else 0
        earlier = f" ({left} left by earlier runs)" if left else ""
        parts += [f"{self._examined} examined{earlier}"] if self._examined else []
        parts += [f"{summary.failed} failed"] if summary.failed else []
        parts += [f"{self._stood} failed as before"] if self._stood else []
        parts += [f"{summary.mismatched} NOT as claimed"] if summary.mismatched else []
        parts += [f"{len(summary.absent)} claimed but absent"] if summary.absent else []
        took = f" in {lasted}" if (lasted := duration_text(seconds)) else ""
        voice.say(f"{', '.join(parts)}; {size_text(summary.bytes)}{took}")
        if self._again:
            voice.say(f"examined again, with what came now: {self._again}")
        if self._list_path is not None and self._list is not None:
            voice.say_hint(
                [f"Failures: {self._list_path}", f"Again: prov ingest --retry {self._list_path}"]
            )
        for name in summary.absent[:FAILURES_SHOWN]:
            voice.say_hint([voice.visible(f"claimed but absent: {name}")])


def _counted(roots: Iterable[Source], desk: "Desk") -> Progress:
    """List everything once for the bar, if there is a terminal to draw it on."""
    if not sys.stderr.isatty():
        return Progress("taking")
    return Progress("taking", total=sum(1 for _ in walk(roots, exclude=desk.parts.own_folders)))


def _there(paths: list[Path]) -> list[Path]:
    for path in paths:
        try:
            path.lstat()
        except OSError as error:
            raise NotFound(f"{path} cannot be taken in: {error.strerror}") from error
    return paths


def _unwritten(error: OSError) -> DiskFull | StoreFault:
    kind = DiskFull if error.errno in {errno.ENOSPC, errno.EDQUOT} else StoreFault
    return kind(f"the failure list cannot be written: {error.strerror}")


def _listed(path: Path) -> list[Failure]:
    try:
        with path.open("rb") as lines:
            return list(read_failures(lines))
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}") from error


def _read_claims(path: Path) -> "Claims":
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}") from error
    return parse_manifest(data, name=path.name)


def _receipt_json(receipt: Receipt) -> dict[str, object]:
    return {
        "accession": receipt.accession,
        "item": receipt.item.hex(),
        "sha256": receipt.sha256.hex(),
        "seq": receipt.seq,
        "new": receipt.new_bytes,
        "name": receipt.name,
    }
