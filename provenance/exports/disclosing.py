"""Which hidden fields of an entry leave the desk, for whom: one table, and nothing beside it.

Rules, in order; the first that withholds a field ends the question:
  1. the desk itself gets every field that still opens, of records about the item and of keys; other
     acts of the desk (notes on sources, erasures) concern other items too, and stay inside;
  2. a record type or field that is not in SHOWN is withheld: a field added later stays inside until
     somebody lists it here;
  3. a field shows no more than the report for the same reader does: where a value holds more than
     that (a statement with a source handle, a file name with its folders), it is withheld whole,
     for a disclosure cannot be cut;
  4. a document's digests go to the public only if the desk has published those very bytes;
  5. a value in which a secret occurs as a word (a source handle; for the public also file names and
     unnamed speakers) is withheld, whoever typed it there. The fields that make keys verify are
     exempt: they hold keys, and no text that a person typed.
`source`, `note` and `arrival` of an arrival stand in no row: neither auditor nor public sees them.
Nor does the list of an entry's fields (`provenance.ledger.manifest`): it tells decoys from fields.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from provenance.ledger.disclosure import Disclosure
from provenance.records import RECORD_TYPES, Json
from provenance.report.model import Audience
from provenance.report.secret_words import secret_pattern

_EVERYBODY: Final = frozenset({Audience.PUBLIC, Audience.AUDITOR})
_AUDITOR: Final = frozenset({Audience.AUDITOR})

_ARRIVAL: Final = {
    "document": _EVERYBODY,  # the public: rule 4
    "label": _EVERYBODY,
    "claim": _EVERYBODY,
    "name": _AUDITOR,
}
_ANSWER: Final = {"offer": _EVERYBODY, "answer": _AUDITOR, "digests": _AUDITOR}
_STATEMENT: Final = {"record": _AUDITOR}
_VERDICT: Final = {"verdict": _AUDITOR}

SHOWN: Final[Mapping[str, Mapping[str, frozenset[Audience]]]] = {
    "log.genesis": {
        "charter": _EVERYBODY,
        "admins": _EVERYBODY,
        "person_1": _AUDITOR,
        "person_2": _AUDITOR,
    },
    "key.enrolled": {"key": _EVERYBODY, "role": _EVERYBODY, "person": _AUDITOR},
    "key.rotated": {"key": _EVERYBODY, "replaces": _EVERYBODY},
    "key.revoked": {"revoked": _EVERYBODY, "second": _EVERYBODY, "reason": _AUDITOR},
    "item.received": _ARRIVAL,
    "item.split": _ARRIVAL,
    "transfer.offered": {"transfer": _AUDITOR, "digests": _AUDITOR},
    "transfer.accepted": _ANSWER,
    "transfer.refused": _ANSWER,
    "accessed": {"access": _AUDITOR},
    "note": {"note": _AUDITOR},
    "endorsed": {"endorsement": _AUDITOR},
    "fixity.checked": {"result": _EVERYBODY, "digests": _AUDITOR},
    "finding": {"finding": _AUDITOR},
    "dossier": {"dossier": _AUDITOR},
    **dict.fromkeys(
        ("statement", "relay", "link", "retract", "reverse", "undercut", "stake", "attribute"),
        _STATEMENT,
    ),
    **dict.fromkeys(
        ("verdict.signed", "verdict.countersigned", "verdict.corrected", "verdict.withdrawn"),
        _VERDICT,
    ),
    "report.exported": {"export": _EVERYBODY},
}
"""Record type -> field -> who, outside the desk, may read it."""

_KEY_FIELDS: Final = frozenset(
    {"charter", "admins", "key", "role", "replaces", "revoked", "second"}
)
_RECORD_KEYS: Final = frozenset(
    {
        "id",
        "kind",
        "recorded_at",
        "voice",
        "speaker",
        "basis",
        "held",
        "asserts",
        "links",
        "undercut_grade",
        "said_at",
        "relays",
        "premises",
        "retracts",
        "reverses",
        "undercuts",
        "checks",
        "quote",
        "archive",
        "note",
    }
)
"""What a statement may hold to be shown: everything but the source's handle and the recorder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """For whom, and what must not occur."""

    audience: Audience
    secrets: tuple[str, ...] = ()
    """Words that must not leave: handles; for the public also file names and unnamed speakers."""
    published: frozenset[str] = frozenset()
    """SHA-256 (hexadecimal) of the copies that the desk has published."""


def shown(kind: str, fields: Iterable[Disclosure], showing: Showing) -> list[Disclosure]:
    """Return those of an entry's opened fields that this audience may read, in order of digest."""
    swept = _finder(showing.secrets)
    kept = [field for field in fields if _may_leave(kind, field, showing, swept)]
    return sorted(kept, key=lambda field: field.digest)


def _may_leave(
    kind: str, field: Disclosure, showing: Showing, secret: Callable[[str], bool]
) -> bool:
    if showing.audience is Audience.INTERNAL:
        return kind in SHOWN or RECORD_TYPES[kind].family != "desk"
    if showing.audience not in SHOWN.get(kind, {}).get(field.name, frozenset()):
        return False
    if field.name in _KEY_FIELDS:
        return True
    if field.name in _WHOLE and not _WHOLE[field.name](field.value):
        return False
    if field.name == "document" and showing.audience is Audience.PUBLIC:
        return _sha256(field.value) in showing.published
    return not any(secret(text) for text in _texts(field.value))


def _name_only(value: Json) -> bool:
    """Whether a name brings no folders and no container with it: the report prints the name."""
    return (
        isinstance(value, dict)
        and value.get("path") == value.get("name")
        and value.get("members") == []
    )


def _no_source(value: Json) -> bool:
    return isinstance(value, dict) and value.keys() <= _RECORD_KEYS


_WHOLE: Final[Mapping[str, Callable[[Json], bool]]] = {"name": _name_only, "record": _no_source}


def _sha256(value: Json) -> str:
    found = value.get("sha256") if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _finder(secrets: Collection[str]) -> Callable[[str], bool]:
    words = sorted({secret.casefold() for secret in secrets if len(secret) > 1})
    if not words:
        return lambda _text: False
    pattern = secret_pattern(words)
    return lambda text: pattern.search(unicodedata.normalize("NFKC", text)) is not None


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)
    elif isinstance(value, dict):
        for key, member in value.items():
            yield key
            yield from _texts(member)
