"""Read a dossier from JSON or YAML text; refuse everything that does not follow its schema.

In order: size, the grammar of the text, the header, each record alone, then what only shows with
all records at hand: duplicate ids, dangling references, contradictory stakes. The first thing found
wrong is reported with file, line, field and what was wanted. `dossier.schema.json` states the same
structure for other tools. Never weighs anything and never guesses a missing value.
"""

from collections.abc import Iterator
from typing import Final

from provenance.verdict.dossier import (
    FORMAT,
    MAX_RECORDS,
    MAX_TEXT,
    Collection,
    Dossier,
    Record,
    Stake,
)
from provenance.verdict.facets import facet_problem
from provenance.verdict.fields import Fields
from provenance.verdict.located import MAX_BYTES, Complaints, Located
from provenance.verdict.parse_record import read_record
from provenance.verdict.read_json import read_json
from provenance.verdict.read_yaml import read_yaml

_YAML_NAMES: Final = (".yaml", ".yml")
_MAX_MEMBERS: Final = 10**12  # members of a collection: beyond any leak, within 64 bits
_MAX_STAKES: Final = 1_000


def parse_dossier(text: str, *, name: str) -> Dossier:
    """Return the dossier written in `text`.

    Args:
        text: JSON, or the plain subset of YAML that `read_yaml` takes.
        name: What to call the text in messages; an ending .json, .yaml or .yml settles the form,
            otherwise a text that begins with a brace is JSON.

    Raises:
        DossierInvalid: names file, line, field and what was wanted.
    """
    complaints = Complaints(name)
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise complaints.at(0, f"larger than {MAX_BYTES} bytes")
    return read_dossier(_tree(text, name), complaints)


def read_dossier(tree: Located, complaints: Complaints) -> Dossier:
    """Return the dossier held in a located tree.

    Raises:
        DossierInvalid: names line, field and what was wanted.
    """
    fields = Fields(tree, "", complaints)
    version = fields.require("dossier")
    if version.value != FORMAT or isinstance(version.value, bool):
        raise fields.wrong("dossier", f"wanted {FORMAT}, the only version there is")
    items = fields.items("records")
    if len(items) > MAX_RECORDS:
        raise fields.wrong("records", f"more than {MAX_RECORDS} records")
    records = [read_record(item, f"records[{n}]", complaints) for n, item in enumerate(items)]
    dossier = Dossier(
        title=fields.text("title"),
        issuer=fields.optional_text("issuer"),
        required_checks=fields.texts("required_checks"),
        stakes=_stakes(fields, complaints),
        item_class=fields.optional_text("class"),
        central_claim=fields.optional_text("central_claim"),
        collection=_collection(fields, complaints),
        records=tuple(records),
    )
    fields.finish()
    _check_together(dossier.records, items, complaints)
    return dossier


def _tree(text: str, name: str) -> Located:
    body = text.removeprefix("\ufeff")
    if name.endswith(_YAML_NAMES):
        return read_yaml(body, name=name)
    if name.endswith(".json") or body.lstrip().startswith("{"):
        return read_json(body, name=name)
    return read_yaml(body, name=name)


def _stakes(fields: Fields, complaints: Complaints) -> tuple[Stake, ...]:
    items = fields.items("stakes")
    if len(items) > _MAX_STAKES:
        raise fields.wrong("stakes", f"more than {_MAX_STAKES} stakes")
    found: list[Stake] = []
    for place, item in enumerate(items):
        inner = Fields(item, f"stakes[{place}]", complaints)
        stake = _stake(inner)
        if any((s.principal, s.facet) == (stake.principal, stake.facet) for s in found):
            raise inner.wrong("facet", f"{stake.principal!r} has a stake in it already")
        found.append(stake)
    return tuple(found)


def _stake(fields: Fields) -> Stake:
    stake = Stake(
        principal=fields.text("principal"),
        facet=fields.text("facet"),
        wants=fields.number("wants", -1, 1),
        why=fields.optional_text("why", longest=MAX_TEXT),
    )
    fields.finish()
    family = stake.facet.removesuffix("*")
    named = f"{family}any" if stake.facet.endswith(":*") else stake.facet
    problem = None if stake.facet == "*" else facet_problem(named)
    if problem:
        raise fields.wrong("facet", problem)
    if stake.wants == 0:
        raise fields.wrong("wants", "wanted 1 or -1; a principal that wants nothing has no stake")
    return stake


def _collection(fields: Fields, complaints: Complaints) -> Collection | None:
    found = fields.take("collection")
    if found is None or found.value is None:
        return None
    inner = Fields(found, "collection", complaints)
    collection = Collection(
        members=inner.number("members", 1, _MAX_MEMBERS),
        verified=inner.number("verified", 0, _MAX_MEMBERS),
        member_altered=inner.flag("member_altered", default=False),
        custody_broken=inner.flag("custody_broken", default=False),
    )
    inner.finish()
    if collection.verified > collection.members:
        raise inner.wrong("verified", "more members verified than there are")
    return collection


def _check_together(
    records: tuple[Record, ...], items: list[Located], complaints: Complaints
) -> None:
    """Refuse duplicate ids, references to nothing, and ids that give a source's handle away."""
    first: dict[str, int] = {}
    for place, (record, item) in enumerate(zip(records, items, strict=True)):
        if record.id in first:
            message = f"id {record.id!r} stands already in records[{first[record.id]}]"
            raise complaints.at(_line(item, "id"), f"records[{place}].id: {message}")
        first[record.id] = place
    handles = {record.source for record in records if record.source is not None}
    for place, (record, item) in enumerate(zip(records, items, strict=True)):
        for field, target, line in _references(record, item):
            if target not in first:
                message = f"no record has the id {target!r}"
                raise complaints.at(line, f"records[{place}].{field}: {message}")
        if any(handle in record.id for handle in handles):
            message = "contains a source's handle, and ids are printed in public"
            raise complaints.at(_line(item, "id"), f"records[{place}].id: {message}")


def _references(record: Record, item: Located) -> Iterator[tuple[str, str, int]]:
    """Give each reference of a record: its path, the id it names and its line."""
    for name in ("relays", "retracts", "reverses", "undercuts"):
        for place, target in enumerate(getattr(record, name)):
            yield f"{name}[{place}]", target, _line(item, name, place)
    for place, link in enumerate(record.links):
        yield f"links[{place}].child", link.child, _line(item, "links", place, "child")
        yield f"links[{place}].parent", link.parent, _line(item, "links", place, "parent")


def _line(found: Located, *path: str | int) -> int:
    """Return the line of a value deep in a tree that has been read already."""
    for step in path:
        match found.value, step:
            case dict() as mapping, str() as key:
                found = mapping[key]
            case list() as items, int() as place:
                found = items[place]
    return found.line
