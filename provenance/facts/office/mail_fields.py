"""Read a block of mail headers that a message brings along (RFC 5322 2.2), without believing it.

Lines are unfolded, split at the first colon, and kept in order; a line that is no field is left
out. Encoded words (RFC 2047) and dates are read as those of a mail file. Addresses are read by the
standard library, which was not written for hostile input: what it raises makes the answer empty.
"""

from dataclasses import dataclass
from email.utils import parseaddr
from typing import Final

from provenance.facts.stated_dates import Stated
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.mail.moments import read_date
from provenance.signatures.mail.shown import decode_words

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
        return decode_words(self.first(name))

    def address(self, name: str) -> str:
        """Return the address in the first field of a name, lower case, "" if there is none."""
        pair = attempt(name, lambda: parseaddr(self.first(name)))
        return "" if isinstance(pair, Fault) or "@" not in pair[1] else pair[1].strip().lower()

    def date(self) -> Stated | None:
        """Return the Date field, None if there is none."""
        found = read_date(self.first("date").encode("utf-8", "replace"))
        return Stated(moment=found.moment, zoned=found.zone is not None) if found else None


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
