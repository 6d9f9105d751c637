"""The sentence for each kind of flag."""

from collections.abc import Mapping
from typing import Final

from provenance.verdict.assessment import Flag, FlagKind
from provenance.verdict.sentences import Ref, Sentence, Step

_WORDS: Final[Mapping[FlagKind, tuple[str, str]]] = {
    FlagKind.OVERREACH: (" says more on {facet} than its sources", ""),
    FlagKind.UNSOURCED: (" names no source, so it is worth 1 at most", ""),
    FlagKind.CIRCULAR: (" stands in a loop without a beginning and has no weight", ""),
    FlagKind.RETRACTED: (" was taken back by ", ", and what relayed only it fell with it"),
    FlagKind.FOREIGN_RETRACTION: (" was struck by another voice, in ", ""),
    FlagKind.REVERSED: (" was reversed without account by ", " and is worth one grade less"),
    FlagKind.UNDERCUT: (" was undercut by ", ""),
    FlagKind.DECLINED: (" declines, queries or qualifies {facet}", ""),
    FlagKind.NOT_ON_FILE: (" is not held by the desk and no held record passes it on", ""),
    FlagKind.BOUNDED: (" is among too many lines on {facet} to count exactly", ""),
}
_NAMES_OTHERS: Final = {
    FlagKind.RETRACTED,
    FlagKind.FOREIGN_RETRACTION,
    FlagKind.REVERSED,
    FlagKind.UNDERCUT,
}


def flag_sentence(flag: Flag) -> Sentence:
    """Return the sentence that tells a flag."""
    middle, end = _WORDS[flag.kind]
    middle = middle.format(facet=flag.facet)
    parts: list[str | Ref] = [Ref(record=flag.records[0]), middle]
    if flag.kind in _NAMES_OTHERS:
        parts.append(Ref(record=flag.records[1], described=True))
    elif flag.records[1:]:
        parts.append(" (with ")
        for place, key in enumerate(flag.records[1:]):
            parts.extend((", ", Ref(record=key)) if place else (Ref(record=key),))
        parts.append(")")
    return Sentence(step=Step.FLAG, facet=flag.facet, parts=(*parts, end + "."))
