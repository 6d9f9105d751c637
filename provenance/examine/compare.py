"""What is different between two examinations of the same bytes, and whether it should be.

An examination is repeatable: the same bytes, tools and trust give the same answer. So a difference
in the answer is told beside the differences in what it rests on; an answer that changed although
nothing it rests on changed is told as just that, because either the program or a parser is at
fault. Time used, memory and the walls are no part of the answer.
"""

from dataclasses import dataclass, replace

from provenance.examine.examination import Examination
from provenance.facts.model import Facts, Observation
from provenance.instants import format_instant
from provenance.signatures.model import SignatureStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two examinations, compared."""

    grounds: tuple[str, ...]
    """What the answers rest on and is not the same: tools, trust, reference time, limits."""
    answers: tuple[str, ...]
    """What is not the same in the answers; plain sentences."""

    @property
    def unexplained(self) -> bool:
        """Whether the answer changed and nothing it rests on did."""
        return bool(self.answers) and not self.grounds

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it, for a person."""
        if not self.answers and not self.grounds:
            return ("The same as before: same tools, same trust, same answer.",)
        said = [*self.grounds]
        if not self.answers:
            said.append("The answer is the same as before.")
        elif self.unexplained:
            said.append("The answer changed although nothing it rests on did: look into that.")
        return (*said, *self.answers)


def compare(old: Examination, new: Examination) -> Difference:
    """Compare a newer examination with an older one of the same document."""
    return Difference(grounds=tuple(_grounds(old, new)), answers=tuple(_answers(old, new)))


def _grounds(old: Examination, new: Examination) -> list[str]:
    said = [
        f"{name} was {old.tools.get(name, 'not there')}, is {new.tools.get(name, 'not there')}."
        for name in sorted(old.tools.keys() | new.tools.keys())
        if old.tools.get(name) != new.tools.get(name)
    ]
    if old.trust_set_sha256 != new.trust_set_sha256:
        said.append(
            f"The trust set was {old.trust_set_sha256[:12]}, is {new.trust_set_sha256[:12]}."
        )
    if old.reference_time != new.reference_time:
        said.append(f"Judged as of {_when(old)} then, as of {_when(new)} now.")
    if old.claimed_date != new.claimed_date:
        then, now = (one.claimed_date or "no stated date" for one in (old, new))
        said.append(f"Claimed to be of {then} then, of {now} now.")
    if old.beside != new.beside:
        said.append("It was looked at together with other files, or for another reason.")
    if old.limits != new.limits:
        said.append("The limits of the examination were others.")
    if _needs_time(old, new):
        said.append(f"Time has passed: {format_instant(old.at)}, {format_instant(new.at)}.")
    return said


def _needs_time(old: Examination, new: Examination) -> bool:
    """Without a reference time, now is what certificates are judged for: ground enough."""
    signed = any(status.identity.fingerprint for status in new.signatures.statuses)
    moved = old.at != new.at and new.reference_time is None
    return moved and signed and _timeless(old) != _timeless(new)


def _when(one: Examination) -> str:
    return format_instant(one.reference_time) if one.reference_time else "the moment of looking"


def _answers(old: Examination, new: Examination) -> list[str]:
    said = []
    if old.outcome != new.outcome:
        said.append(f"It ended as {old.outcome.code} then, as {new.outcome.code} now.")
    if old.headline != new.headline:
        said.append(f"The headline was {old.headline.value}, is {new.headline.value}.")
    before, after = _timeless(old), _timeless(new)
    for name in sorted(before.keys() | after.keys()):
        one, other = before.get(name), after.get(name)
        if one is None and other is not None:
            said.append(f"Signature {name} was not seen before: {other.headline.value}.")
        elif one is not None and other is None:
            said.append(f"Signature {name} is not seen any more: it was {one.headline.value}.")
        elif one is not None and other is not None and one != other:
            said.append(_moved(name, one, other))
    return said + _facts(old.facts, new.facts)


def _moved(name: str, one: SignatureStatus, other: SignatureStatus) -> str:
    names = [
        field for field in SignatureStatus.__slots__ if getattr(one, field) != getattr(other, field)
    ]
    change = (
        f"{one.headline.value}, is {other.headline.value}"
        if one.headline != other.headline
        else f"{one.headline.value} and still is"
    )
    return f"Signature {name} was {change}; different: {', '.join(names).replace('_', ' ')}."


def _timeless(one: Examination) -> dict[str, SignatureStatus]:
    """Statuses by id, without what differs at every look: now itself, and the digest of the set."""
    found = {}
    for status in one.signatures.statuses:
        used = status.reference_time_used
        bare = replace(status, trust_set_sha256=None)
        found[status.id] = replace(bare, reference_time_used=None) if used == one.at else bare
    return found


def _facts(old: Facts | None, new: Facts | None) -> list[str]:
    before = set(old.observations) if old else set()
    after = set(new.observations) if new else set()
    said = [f"Not observed before: {_told(one)}" for one in _sorted(after - before)]
    said += [f"Not observed any more: {_told(one)}" for one in _sorted(before - after)]
    if (
        old
        and new
        and (old.properties, old.pages, old.revisions)
        != (
            new.properties,
            new.pages,
            new.revisions,
        )
    ):
        said.append("What the document says about itself was read differently.")
    return said


def _sorted(observations: set[Observation]) -> list[Observation]:
    return sorted(observations, key=lambda one: (one.code, one.text, one.where or ""))


def _told(one: Observation) -> str:
    return f"{one.code}: {one.text}"
