"""Take out of a report everything that a table does not allow, and remember what was taken.

Works on the values of this package only: frozen dataclasses made of texts, numbers, instants, enums
and tuples. A field that is not allowed becomes its `public_` twin, or what the class says is
absent. What was taken is kept by kind and entry number only, never by content.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from enum import Enum
from typing import Any, Final, TypeAlias, TypeVar, cast

from provenance.report.ledger_parts import Absence, EntryLine, KeyLine, Omission, TreeHead
from provenance.report.model import ReportModel
from provenance.report.secret_words import secret_pattern

Allowed: TypeAlias = Mapping[type, str]
"""Part -> names of its fields, parted by blanks."""

TWIN: Final = "public_"
BLOT: Final = "[withheld]"
MIN_SECRET: Final = 2  # characters: a single letter is no handle, and occurs everywhere
_VERBATIM: Final = (TreeHead, EntryLine, KeyLine)  # open in the log; a blot would break the check
_IDLIKE: Final = re.compile(r"(?=.*[^\W\d_])(?=.*[\d._:/-]).{2,}", re.DOTALL)

T = TypeVar("T")


class Narrowing:
    """One pass over one report."""

    __slots__ = ("_allowed", "_conditional", "_taken", "_words")

    def __init__(
        self,
        *,
        allowed: Mapping[type, frozenset[str]],
        conditional: Mapping[type, tuple[str, str]],
        words: Mapping[tuple[type, str], str],
    ) -> None:
        self._allowed = allowed
        self._conditional = conditional
        self._words = words
        self._taken: dict[str, set[int]] = {}

    def narrow(self, part: T, entry: int | None = None) -> T:
        """Return the part with only what is allowed, all the way down.

        Args:
            part: a dataclass of this package.
            entry: ledger entry that the enclosing part belongs to.
        """
        kind = type(part)
        here = getattr(part, "entry", entry)
        entry = here if isinstance(here, int) else entry
        keep = set(self._allowed.get(kind, frozenset()))
        mark, more = self._conditional.get(kind, ("", ""))
        if mark and getattr(part, mark):
            keep |= set(more.split())
        slots = fields(cast("Any", part))
        twins = {one.name: getattr(part, one.name) for one in slots if one.name.startswith(TWIN)}
        kept: dict[str, object] = {}
        for slot in slots:
            value = getattr(part, slot.name)
            if slot.name in keep:
                kept[slot.name] = self._inside(value, entry)
            elif TWIN + slot.name in twins:
                twin = kept[slot.name] = twins[TWIN + slot.name]
                if value != twin:
                    self._took(kind, slot.name, value, entry)
            else:
                kept[slot.name] = self._absent(kind, slot, value, entry)
        return kind(**kept)

    def note(self, what: str, entries: Iterable[int] = ()) -> None:
        """Remember that something of this kind was taken out."""
        self._taken.setdefault(what, set()).update(entries)

    def omissions(self) -> tuple[Omission, ...]:
        """Return what was taken out, by kind."""
        return tuple(
            Omission(absence=Absence.WITHHELD, what=what, entries=tuple(sorted(entries)))
            for what, entries in sorted(self._taken.items())
        )

    def _inside(self, value: object, entry: int | None) -> object:
        if isinstance(value, tuple):
            return tuple(self._inside(one, entry) for one in value)
        if is_dataclass(value) and not isinstance(value, type):
            return self.narrow(value, entry)
        return value

    def _absent(self, kind: type, slot: "Field[Any]", value: object, entry: int | None) -> object:
        blank = _blank(slot)
        if value != blank and not slot.name.startswith(TWIN):
            self._took(kind, slot.name, value, entry)
        return blank

    def _took(self, kind: type, name: str, value: object, entry: int | None) -> None:
        if value not in ("", (), None):
            words = self._words.get((kind, name), f"{kind.__name__} {name}".lower())
            self.note(words, () if entry is None else (entry,))


def numbered(model: ReportModel) -> ReportModel:
    """Return the report with statement ids replaced by S1, S2 ... in order.

    Inside sentences only ids that look like one (a letter and a digit or punctuation) are replaced:
    an id such as `a` or `1` would take every article or number with it.
    """
    names = {one.id: f"S{number}" for number, one in enumerate(model.statements, start=1)}
    inside = _replacer({key: name for key, name in names.items() if _IDLIKE.fullmatch(key)})
    statements = tuple(
        replace(
            one,
            id=names[one.id],
            relays=tuple(names[key] for key in one.relays if key in names),
        )
        for one in model.statements
    )
    suggestion = model.suggestion
    if suggestion is not None:
        suggestion = replace(
            suggestion,
            public_why=tuple(map(inside, suggestion.public_why)),
            facets=tuple(
                replace(
                    facet,
                    public_why=tuple(map(inside, facet.public_why)),
                    support=_renamed(facet.support, names),
                    opposition=_renamed(facet.opposition, names),
                )
                for facet in suggestion.facets
            ),
        )
    return replace(model, statements=statements, suggestion=suggestion)


def sweep(model: ReportModel, secrets: Sequence[str]) -> ReportModel:
    """Return the report with every whole-word occurrence of a secret blotted out.

    Leaves the tree head, leaf hashes and keys as they are: they are open in the log, and a reader
    must be able to check them.
    """
    chosen = [secret for secret in secrets if len(secret) >= MIN_SECRET]
    return _mapped(model, _blotter(chosen)) if chosen else model


def _renamed(column: T, names: Mapping[str, str]) -> T:
    best = [names[key] for key in cast("Any", column).best if key in names]
    return cast("T", replace(cast("Any", column), best=tuple(best)))


def _replacer(names: Mapping[str, str]) -> Callable[[str], str]:
    if not names:
        return lambda text: text
    longest = sorted(names, key=lambda name: (-len(name), name))
    pattern = re.compile(_words(longest))
    return lambda text: pattern.sub(lambda match: names[match.group()], text)


def _blotter(secrets: Iterable[str]) -> Callable[[str], str]:
    # A handle is the same handle however somebody spelled it in a note.
    pattern = secret_pattern(secrets)

    def blot(text: str) -> str:
        plain = unicodedata.normalize("NFKC", text)
        return pattern.sub(BLOT, plain) if pattern.search(plain) else text

    return blot


def _words(longest_first: Iterable[str]) -> str:
    return r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)"


def _mapped(value: T, change: Callable[[str], str]) -> T:
    if isinstance(value, (Enum, *_VERBATIM)):
        return value
    if isinstance(value, str):
        return cast("T", change(value))
    if isinstance(value, tuple):
        return cast("T", tuple(_mapped(one, change) for one in value))
    if is_dataclass(value) and not isinstance(value, type):
        found = {slot.name: _mapped(getattr(value, slot.name), change) for slot in fields(value)}
        return cast("T", type(value)(**found))
    return value


def _blank(slot: "Field[Any]") -> object:
    """Return what the class says is absent; a text that must be there becomes empty."""
    if slot.default is not MISSING:
        return slot.default
    if slot.default_factory is not MISSING:
        return slot.default_factory()
    return ""
