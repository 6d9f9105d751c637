"""What one examination of one document yields, as a value that can be stored and read back.

Holds no file name: names may lead to a source. Everything the document says about itself has been
escaped (no control, bidirectional or invisible characters). `to_json` and `from_json` are exact
inverses; a stored headline that contradicts its own record is refused when read.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from provenance.errors import Malformed
from provenance.examine.identify import Identification
from provenance.examine.outcome import Limits, Outcome
from provenance.facts.model import Facts
from provenance.signatures.axes import Headline
from provenance.signatures.codec import from_jsonable, to_jsonable
from provenance.signatures.model import SignatureReport
from provenance.signatures.pairing import How, Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a worker sends back when it came to its end."""

    signatures: SignatureReport
    facts: Facts | None
    tools: dict[str, str]
    """Parser name to version; an answer is only as good as the version that gave it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideRef:
    """A second file that was looked at together with the document."""

    role: Relation
    sha256: str
    size: int
    """Bytes."""
    how: How
    """Who decided that the two belong together: their names, a digest that one of them states, or
    somebody by hand. Only a hand's word makes a signature that does not hold BROKEN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """One examination of one document."""

    document_sha256: str
    size: int
    """Bytes."""
    at: datetime
    """UTC instant that the caller gave as now."""
    reference_time: datetime | None
    """Instant that certificates were to be judged for, when the caller gave one."""
    claimed_date: str | None
    """Day that was claimed for the document, `2020-01-06`, when the caller gave one."""
    trust_set_sha256: str
    """Digest of what the desk relied on; another set is another examination."""
    beside: tuple[BesideRef, ...]
    identification: Identification
    outcome: Outcome
    signatures: SignatureReport
    facts: Facts | None
    """None when the format has no fact reader yet, or the examination did not end well."""
    tools: dict[str, str]
    jail: tuple[str, ...]
    """Walls that stood around the parser; empty when no parser ran (see `jail_level`)."""
    jail_level: str
    """`full`, `partial (...)`, `process only`, or `no parser ran`."""
    limits: Limits
    cpu_seconds: float
    max_rss: int
    """Largest resident memory of the worker, bytes."""

    DERIVED: ClassVar[tuple[tuple[str, Callable[["Examination"], object]], ...]] = (
        ("headline", lambda one: one.headline.value),
        ("detectors_run", lambda one: one.detectors_run),
    )
    """Words added to the JSON form for its reader; derived anew when it is read."""

    @property
    def headline(self) -> Headline:
        """The signature headline of the document."""
        return self.signatures.headline

    @property
    def detectors_run(self) -> tuple[str, ...]:
        """Detectors that ran to their end."""
        return self.signatures.detectors_run

    def to_json(self) -> str:
        """Return canonical JSON text: sorted keys, no spaces, UTF-8 as it is."""
        return json.dumps(
            to_jsonable(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )

    @classmethod
    def from_json(cls, text: str) -> "Examination":
        """Read what `to_json` wrote.

        Raises:
            Malformed: anything else.
        """
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Malformed("examination: not JSON") from error
        return from_jsonable(cls, value)
