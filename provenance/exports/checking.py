"""Check a package that somebody handed over: offline, without a desk, without the network.

Order: names and sizes, the bag, the log's key and head, each entry, signatures and keys, nothing
missing, heads seen and attested, allowed_signers, documents, the report. A step whose ground is
gone is listed as not checked, with the reason. A forged package is a report, never an exception;
only what is no package at all raises.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provenance.errors import Malformed, NothingToCheck
from provenance.exports.check_bag import check_bag, read_info
from provenance.exports.check_entries import check_entries
from provenance.exports.check_held import check_held
from provenance.exports.check_log import SignedHead, Trust, check_log
from provenance.exports.check_roster import (
    check_allowed_signers,
    check_chains,
    check_seen,
    check_signatures,
)
from provenance.exports.checklist import Checklist, Line, State
from provenance.exports.layout import VERIFY_SH
from provenance.exports.opened import PackageFiles, open_package, read_file
from provenance.exports.release import verify_script
from provenance.exports.traces import has_traces

_MAX_SCRIPT: Final = 1 << 20  # bytes; ours has some 30,000


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageCheck:
    """What was checked, what holds, what does not, what was not looked at."""

    lines: tuple[Line, ...]
    log_key: str | None
    """The log's key as the package has it; None if it names none that signed its checkpoint."""
    log_size: int | None
    """Entries in the log at the package's checkpoint."""

    @property
    def holds(self) -> bool:
        """Whether nothing that was checked fails. Read `lines` for what was not checked."""
        return all(line.state is not State.FAILS for line in self.lines)


def check_package(place: Path, trust: Trust | None = None) -> PackageCheck:
    """Check a package in a folder or a zip archive.

    Args:
        place: the package.
        trust: what the caller knows from elsewhere: the log's key, witnesses.

    Raises:
        NothingToCheck: there is nothing that could be a package.
    """
    out = Checklist()
    head: SignedHead | None = None
    try:
        with open_package(place) as files:
            head = _check(files, trust or Trust(), out)
    except Malformed as error:
        if not has_traces(place):
            raise NothingToCheck(f"{place} is no package, and holds no file of one") from error
        out.fails("form", f"This is not a whole package: {error}.")
        out.unchecked("rest", "Whatever comes after that was not looked at.")
    return PackageCheck(
        lines=tuple(out.lines),
        log_key=head.log_key.vkey() if head else None,
        log_size=head.checkpoint.size if head else None,
    )


def _check(files: PackageFiles, trust: Trust, out: Checklist) -> SignedHead | None:
    sums = check_bag(files, out)
    info = read_info(files)
    head = check_log(files, trust, out)
    entries = check_entries(files, head, out) if head else None
    if head is None or entries is None:
        out.unchecked("rest", "Signatures, completeness and report: the entries do not stand.")
        return head
    from provenance.exports.check_report import (  # noqa: PLC0415 - heavy, and only for what stands
        check_documents,
        check_report,
    )

    roster = check_signatures(entries, head, out)
    check_chains(entries, out)
    check_held(files, trust, head, check_seen(files, entries, head, out), out)
    check_allowed_signers(files, entries, roster, out)
    check_documents(sums, entries, out)
    check_report(files, info, entries, head, roster, out)
    _say_rest(files, out)
    return head


def _say_rest(files: PackageFiles, out: Checklist) -> None:
    if read_file(files, VERIFY_SH, limit=_MAX_SCRIPT) == verify_script():
        out.holds("script", "VERIFY.sh is the script of this release.")
    else:
        out.unchecked("script", "VERIFY.sh is not this release's: read it before you run it.")
