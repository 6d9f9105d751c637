"""Read one record of a dossier, from text or from a ledger entry.

Checks everything that can be seen in the record alone: fields, ranges, facet names, that a
finding has its catalogue grade and a statement has a basis. References to other records are
checked where all of them are known (`parse_dossier`).
"""

import re
from typing import Final

from provenance.verdict.catalogue import CATALOGUE, catalogue_grade
from provenance.verdict.dossier import MAX_TEXT, Assertion, Basis, Kind, Link, Record
from provenance.verdict.facets import facet_problem
from provenance.verdict.fields import Fields
from provenance.verdict.located import Complaints, Located, locate
from provenance.verdict.rules import ADMIRALTY, MAX_GRADE

_SHA256: Final = re.compile(r"[0-9a-f]{64}\Z")
_HANDLE: Final = re.compile(
    r"(?:source-erased|(?=.*[0-9])(?=.*-)[A-Za-z0-9][A-Za-z0-9._-]{2,63})\Z"
)
"""A hyphen and a digit: a name has neither. What stands for an erased handle is read back too."""
_GRADED: Final = frozenset({Kind.FINDING, Kind.READING})
_MAX_ASSERTS: Final = 100  # assertions of one record: a dozen facets, with room for claims


def record_from_json(value: object) -> Record:
    """Return the record that `record_to_json` wrote.

    Raises:
        DossierInvalid: not a record; names the field.
    """
    return read_record(locate(value), "record", Complaints("record"))


def read_record(found: Located, path: str, complaints: Complaints) -> Record:
    """Return one record.

    Raises:
        DossierInvalid: names line, field and what was wanted.
    """
    fields = Fields(found, path, complaints)
    identity = fields.text("id")
    kind = Kind(fields.choice("kind", [kind.value for kind in Kind]))
    record = Record(
        id=identity,
        kind=kind,
        recorded_at=fields.instant("recorded_at"),
        voice=fields.text("voice"),
        basis=_basis(fields, kind, complaints),
        speaker=fields.optional_text("speaker"),
        held=fields.flag("held", default=True),
        asserts=_assertions(fields, kind, complaints),
        relays=fields.texts("relays"),
        premises=fields.texts("premises"),
        retracts=fields.texts("retracts"),
        reverses=fields.texts("reverses"),
        undercuts=fields.texts("undercuts"),
        undercut_grade=fields.optional_number("undercut_grade", 0, MAX_GRADE),
        links=_links(fields, complaints),
        checks=fields.texts("checks"),
        said_at=fields.optional_instant("said_at"),
        quote=fields.optional_text("quote", longest=MAX_TEXT),
        archive=_pattern(fields, "archive", _SHA256, "64 hexadecimal digits (SHA-256)"),
        recorder=fields.optional_text("recorder"),
        source=_pattern(fields, "source", _HANDLE, "a handle such as S-7, never a name"),
        note=fields.optional_text("note", longest=MAX_TEXT),
    )
    fields.finish()
    _check_alone(record, fields)
    return record


def _check_alone(record: Record, fields: Fields) -> None:
    """Refuse what contradicts itself within one record."""
    if record.relays and record.kind is not Kind.RELAY:
        raise fields.wrong(
            "relays", f"only a relay passes on others; this is a {record.kind.value}"
        )
    if bool(record.undercuts) != (record.undercut_grade is not None):
        name = "undercuts" if record.undercuts else "undercut_grade"
        raise fields.wrong(name, "undercuts and undercut_grade come together")
    for name in ("relays", "retracts", "reverses", "undercuts"):
        if record.id in getattr(record, name):
            raise fields.wrong(name, "a record cannot act on itself")
    if record.source is not None and record.source in record.id:
        raise fields.wrong("id", "contains the source's handle, and ids are printed in public")


def _pattern(fields: Fields, name: str, pattern: re.Pattern[str], wanted: str) -> str | None:
    value = fields.optional_text(name)
    if value is not None and not pattern.match(value):
        raise fields.wrong(name, f"wanted {wanted}")
    return value


def _basis(fields: Fields, kind: Kind, complaints: Complaints) -> Basis | None:
    found = fields.take("basis")
    if found is None:
        if kind in {Kind.STATEMENT, Kind.RELAY}:
            raise fields.wrong("basis", f"a {kind.value} needs its basis", line=fields.line)
        return None
    inner = Fields(found, fields.under("basis"), complaints)
    basis = Basis(
        access=inner.number("access", 0, MAX_GRADE),
        identification=inner.number("identification", 0, MAX_GRADE),
        words=inner.number("words", 0, MAX_GRADE),
        reliability=inner.choice("reliability", sorted(ADMIRALTY)),
    )
    inner.finish()
    return basis


def _links(fields: Fields, complaints: Complaints) -> tuple[Link, ...]:
    links: list[Link] = []
    for place, item in enumerate(fields.items("links")):
        inner = Fields(item, fields.under(f"links[{place}]"), complaints)
        link = Link(child=inner.text("child"), parent=inner.text("parent"))
        inner.finish()
        if link.child == link.parent:
            raise inner.wrong("parent", "nothing is derived from itself")
        links.append(link)
    return tuple(links)


def _assertions(fields: Fields, kind: Kind, complaints: Complaints) -> tuple[Assertion, ...]:
    items = fields.items("asserts")
    if len(items) > _MAX_ASSERTS:
        raise fields.wrong("asserts", f"more than {_MAX_ASSERTS} assertions in one record")
    found: list[Assertion] = []
    for place, item in enumerate(items):
        inner = Fields(item, fields.under(f"asserts[{place}]"), complaints)
        assertion = _assertion(inner, kind)
        if any((a.facet, a.sign) == (assertion.facet, assertion.sign) for a in found):
            raise inner.wrong("facet", f"{assertion.facet!r} with this sign stands twice")
        found.append(assertion)
    return tuple(found)


def _assertion(fields: Fields, kind: Kind) -> Assertion:
    facet = fields.text("facet")
    problem = facet_problem(facet)
    if problem:
        raise fields.wrong("facet", problem)
    assertion = Assertion(
        facet=facet,
        sign=fields.number("sign", -1, 1),
        implied=fields.flag("implied", default=False),
        interest=fields.optional_number("interest", -1, 1),
        access=fields.optional_number("access", 0, MAX_GRADE),
        grade=fields.optional_number("grade", 0, MAX_GRADE),
        catalogue=fields.optional_text("catalogue"),
    )
    fields.finish()
    problem = _grade_problem(assertion, kind)
    if problem:
        raise fields.wrong("catalogue" if assertion.catalogue else "grade", problem)
    return assertion


def _grade_problem(assertion: Assertion, kind: Kind) -> str | None:
    """Return what is wrong with the way an assertion is graded, or None."""
    if kind in {Kind.STATEMENT, Kind.RELAY} and (
        assertion.grade is not None or assertion.catalogue
    ):
        return f"a {kind.value} is graded by its basis; only findings and readings carry a grade"
    if assertion.catalogue is None:
        bare = kind in _GRADED and assertion.sign != 0 and assertion.grade is None
        return f"a {kind.value} needs its grade or a catalogue entry" if bare else None
    if assertion.catalogue not in CATALOGUE:
        return f"no such entry; wanted one of {', '.join(sorted(CATALOGUE))}"
    grade = catalogue_grade(assertion.catalogue, assertion.facet)
    if grade is None or grade * assertion.sign < 0:
        return f"the entry {assertion.catalogue!r} does not assert this facet with this sign"
    if assertion.grade is not None and assertion.grade > abs(grade):
        return f"the entry gives {abs(grade)} at most"
    return None
