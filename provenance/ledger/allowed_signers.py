"""The roster as OpenSSH's `allowed_signers` file, so that `ssh-keygen -Y verify` knows the keys.

One line a key: its kid as the principal (names stay sealed), the namespace of endorsements, the
time from which and up to which it counts, the key. The times are those the entries CLAIM: for a
tool that knows only clocks. Where it matters, position in the log decides (`ledger.roster`).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from provenance.ledger.endorsement import NAMESPACE
from provenance.ledger.roster import RosterKey

_LAST: Final = 253_402_300_799  # seconds: the end of the year 9999, the last that has four digits


def allowed_signers(keys: Iterable[RosterKey], times: Mapping[int, int]) -> str:
    """Return the file's text.

    Args:
        keys: The roster.
        times: Index of an entry -> seconds since 1970 UTC that it claims; indexes that are not in
            it leave that side of the validity open.
    """
    return "".join(_line(each, times) for each in keys)


def _line(each: RosterKey, times: Mapping[int, int]) -> str:
    options = [f'namespaces="{NAMESPACE}"']
    if each.enrolled in times:
        options.append(f'valid-after="{_stamp(times[each.enrolled])}"')
    if each.ended is not None and each.ended in times:
        options.append(f'valid-before="{_stamp(times[each.ended])}"')
    return f"{each.key.kid} {','.join(options)} {each.key.ssh_text()}\n"


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(min(seconds, _LAST), UTC).strftime("%Y%m%d%H%M%SZ")
