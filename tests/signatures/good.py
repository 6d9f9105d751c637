"""Which headlines a reader would take for "fine": what no bad file may ever come out as."""

from provenance.signatures.axes import Headline


def is_good(headline: Headline) -> bool:
    """Say whether a reader would take the headline for "fine"."""
    return headline.value.startswith(("VERIFIED", "INTACT", "TIME_STAMPED"))
