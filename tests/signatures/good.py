"""Which headlines a reader would take for "fine": what no bad file may ever come out as."""

from typing import Final

from provenance.examine.outcome import Limits
from provenance.signatures.axes import Headline


def is_good(headline: Headline) -> bool:
    """Say whether a reader would take the headline for "fine"."""
    return headline.value.startswith(("VERIFIED", "INTACT", "TIME_STAMPED"))


HOLDS: Final = frozenset({*filter(is_good, Headline), Headline.EXPIRED_AT_SIGNING})
"""Headlines by which what was signed is as it was, though perhaps not all of the file."""
WHOLE: Final = HOLDS - {Headline.INTACT_PARTIAL}
"""Those by which the whole file is: what no attack may come out as, whatever it is told of."""

PATIENT: Final = Limits(seconds=300)
"""For whole collections: what an answer is must not depend on how busy the machine is."""
