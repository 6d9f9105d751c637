"""From command-line words to a ruling: `FACET=LABEL`, `FACET=TEXT`, `CHECK=TEXT`."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from provenance.errors import UsageError

if TYPE_CHECKING:
    from provenance.verdict.signing import Ruling
    from provenance.verdict.verdict_record import ReasonClass


def make_ruling(
    acknowledged: Iterable[str],
    *,
    labels: Sequence[str] = (),
    reasons: Sequence[str] = (),
    impossible: Sequence[str] = (),
    headline: str | None = None,
    wording: str | None = None,
) -> "Ruling":
    """Return the ruling these words make.

    Raises:
        UsageError: a word without `=`, or one key given twice.
    """
    from provenance.verdict.signing import Ruling

    return Ruling(
        labels=_pairs(labels, "--label"),
        headline=headline,
        public_wording=wording,
        override_reasons=_pairs(reasons, "--reason"),
        impossible_checks=_pairs(impossible, "--impossible"),
        acknowledged=tuple(acknowledged),
    )


def parse_reason_class(text: str) -> "ReasonClass":
    """Return the class of a correction's reason.

    Raises:
        UsageError: there is no such class.
    """
    from provenance.verdict.verdict_record import ReasonClass

    try:
        return ReasonClass(text)
    except ValueError as error:
        choices = ", ".join(f"`{choice}`" for choice in ReasonClass)
        raise UsageError(f"--class is one of {choices}") from error


def _pairs(words: Sequence[str], option: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key or key in found:
            raise UsageError(f"{option} wants NAME=TEXT, each name once: {word!r}")
        found[key] = value
    return found
