"""Notice entries that stand twice in one dictionary of a PDF while its objects are read.

ISO 32000-2 7.3.7 forbids them and says nothing of which counts: the engine takes the first, other
programs the last, so that one may do what a report on the other does not show. The engine forgives
them and says so in its log only; whoever reads objects listens there.
"""

import logging
from typing import Final, Self

# The engine logs what it forgives; a worker has nowhere to write to.
logging.getLogger("pyhanko").addHandler(logging.NullHandler())
logging.getLogger("pyhanko").propagate = False
_ENGINE: Final = logging.getLogger("pyhanko.pdf_utils.generic")
_DOUBLE: Final = "Multiple definitions in dictionary"  # what the engine says of one it forgives
_MATTERS: Final = frozenset(
    {"/OpenAction", "/AA", "/A", "/PA", "/S", "/JS", "/URI", "/F", "/Win", "/Next", "/Names"}
    | {"/JavaScript", "/Annots", "/Kids", "/Pages", "/AcroForm", "/Fields", "/Subtype", "/XFA"}
)


class Doubles(logging.Handler):
    """Entries that stand twice in one dictionary: the engine takes the first, others the last."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = set[str]()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the key, if it says what is done or when."""
        message = record.getMessage()
        if message.startswith(_DOUBLE) and (key := message.rpartition(" ")[2]) in _MATTERS:
            self.keys.add(key)

    def __enter__(self) -> Self:
        """Listen to the engine."""
        _ENGINE.addHandler(self)
        return self

    def __exit__(self, *fault: object) -> None:
        """Listen no more."""
        _ENGINE.removeHandler(self)
