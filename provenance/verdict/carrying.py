"""What a correction takes over from the version before it, so that nothing published gets lost.

Rules, in order:
  1. a correction of wording says in so many words what the public reads now, and is one only while
     labels and headline that the rules suggest are those of the version before; its overrules,
     their reasons and its checks shown impossible stay, save those that are given anew;
  2. whatever the class: words that are given are taken; without any, the public goes on reading
     what it read as long as the headline is the same;
  3. a wording that people wrote is never dropped for a bare headline: if the headline changes, the
     new wording must be given. One that the rules made is made again.
What its author must have seen (choke points) is never taken over: another person may sign.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from provenance.errors import Refused
from provenance.verdict import wording
from provenance.verdict.lifecycle import HEADLINE

if TYPE_CHECKING:
    from provenance.verdict.assessment import Assessment
    from provenance.verdict.signing import Ruling
    from provenance.verdict.verdict_record import Decision

NEEDS_WORDING: Final = "a correction of wording says what the public reads now: give --wording TEXT"


def carried(
    before: "Decision", assessment: "Assessment", ruling: "Ruling", *, words_only: bool
) -> "Ruling":
    """Return the ruling of a correction with what it takes over from the version before.

    Args:
        before: the decision that is corrected.
        assessment: what the rules suggest now.
        ruling: what is decided now.
        words_only: the correction is one of wording.

    Raises:
        Refused: a wording is missing, or more than the wording changes.
    """
    if words_only:
        if not ruling.public_wording:
            raise Refused(NEEDS_WORDING)
        return _with_overrules(before, assessment, ruling)
    if ruling.public_wording:
        return ruling
    if (ruling.headline or assessment.headline.text) == before.headline:
        return replace(ruling, public_wording=before.public_wording)
    if before.public_wording in _made_by_rules(before):
        return ruling
    raise Refused(
        "the headline changes, and people wrote what the public reads so far: say what it reads "
        "now with --wording TEXT"
    )


def _with_overrules(before: "Decision", assessment: "Assessment", ruling: "Ruling") -> "Ruling":
    now = {facet.name: facet.label for facet in assessment.facets}
    then = {name: one.label for name, one in before.suggestion.items()}
    if (now, assessment.headline.text) != (then, before.suggested_headline):
        raise Refused(
            "what the records suggest has changed since that version was signed, so more than its "
            "wording would change: correct it as `new evidence` or `our error`"
        )
    overruled = {name: label for name, label in before.labels.items() if label != then[name]}
    own = before.headline if before.headline != before.suggested_headline else None
    anew = {*ruling.labels, *((HEADLINE,) if ruling.headline else ())}
    reasons = {name: why for name, why in before.override_reasons.items() if name not in anew}
    return replace(
        ruling,
        labels={**overruled, **ruling.labels},
        headline=ruling.headline or own,
        override_reasons={**reasons, **ruling.override_reasons},
        impossible_checks={**before.impossible_checks, **ruling.impossible_checks},
    )


def _made_by_rules(before: "Decision") -> frozenset[str]:
    """Return what the public reads of a version for which nobody wrote a wording."""
    plain = before.suggested_headline
    staged = plain.replace(wording.FALSE_CONTENT, wording.STAGED)
    return frozenset({before.headline, plain, staged})
