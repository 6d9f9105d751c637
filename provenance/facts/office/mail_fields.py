"""Read a block of mail headers that a message brings along (RFC 5322 2.2), without believing it.

Lines are unfolded, split at the first colon, and kept in order; a line that is no field is left
out. Encoded words (RFC 2047), dates and addresses are read by the standard library, which was not
written for hostile input: whatever it raises makes the answer empty.
"""

from dataclasses import dataclass
from datetime import UTC
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime
from typing import Final

from provenance.facts.stated_dates import Stated
from provenance.signatures.attempt import Fault, attempt

MAX_BLOCK: Final = 1 << 20  # characters of a header block
MAX_FIELDS: Final = 1_000  # fields of one block
MAX_FIELD: Final = 8_000  # characters of one field


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFields:
    """Header fields in order, names in lower case."""

    fields: tuple[tuple[str, str], ...]

    @property
    def count(self) -> int:
        """How many fields there are."""
        return len(self.fields)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every field of a name, in order."""
        return tuple(value for key, value in self.fields if key == name)

    def first(self, name: str) -> str:
        """Return the first field of a name, "" if there is none."""
        return next(iter(self.all(name)), "")

    def decoded(self, name: str) -> str:
        """Return the first field of a name with its encoded words decoded."""
        raw = self.first(name)
        text = attempt(name, lambda: str(make_header(decode_header(raw))))
        return raw if isinstance(text, Fault) else text

    def address(self, name: str) -> str:
        """Return the address in the first field of a name, lower case, "" if there is none."""
        pair = attempt(name, lambda: parseaddr(self.first(name)))
        return "" if isinstance(pair, Fault) or "@" not in pair[1] else pair[1].strip().lower()

    def date(self) -> Stated | None:
        """Return the Date field, None if there is none."""
        value = self.first("date")
        stated = attempt("date", lambda: _read_date(value)) if value else None
        return None if isinstance(stated, Fault) else stated


def _read_date(value: str) -> Stated:
    moment = parsedate_to_datetime(value)
    # RFC 5322 3.3: -0000 says that the zone is not known; the library gives no zone then.
    zoned = moment.tzinfo is not None
    aware = moment if zoned else moment.replace(tzinfo=UTC)
    return Stated(moment=aware.astimezone(UTC), zoned=zoned)


def read_mail_fields(block: str) -> MailFields:
    """Return the fields of a header block."""
    fields: list[tuple[str, str]] = []
    for line in block[:MAX_BLOCK].splitlines():
        if line[:1] in {" ", "\t"} and fields:
            name, value = fields[-1]
            if len(value) < MAX_FIELD:
                fields[-1] = (name, f"{value} {line.strip()}"[:MAX_FIELD])
            continue
        name, colon, value = line.partition(":")
        if colon and name and len(name) < 80 and name.isascii() and " " not in name.strip():
            if len(fields) >= MAX_FIELDS:
                break
            fields.append((name.strip().lower(), value.strip()[:MAX_FIELD]))
    return MailFields(fields=tuple(fields))
