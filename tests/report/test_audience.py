"""What leaves the desk: an allow-list, held by planting secrets everywhere else."""

import re
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, datetime
from random import Random
from types import SimpleNamespace
from typing import Any, cast, get_args, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.custody import Offer
from provenance.custody_chain import Chain, CustodyEvent
from provenance.errors import Refused
from provenance.report import audience as table
from provenance.report import item_parts, ledger_parts, verdict_parts
from provenance.report.audience import AUDITOR_TOO, PUBLIC, PUBLIC_IF, WORDS, for_audience
from provenance.report.custody_part import custody_part
from provenance.report.html import render_html
from provenance.report.item_parts import Arrival
from provenance.report.json_form import report_json
from provenance.report.ledger_parts import Absence, Command
from provenance.report.model import Audience, ReportModel
from provenance.report.narrowing import TWIN
from provenance.report.verdict_parts import Statement
from tests.report import worlds as w

PARTS = [
    one
    for module in (item_parts, verdict_parts, ledger_parts)
    for one in vars(module).values()
    if isinstance(one, type) and is_dataclass(one) and one.__module__ == module.__name__
] + [ReportModel]
MARK = "zq"
PROTECTED = (
    *("S-7", "S-14", "signal", "Ben Osei", "copy-4", "an officer in", "defence official"),
    *("/srv/desk", "s7.milley", "since 2017", w.digest("scan")),
)


class Planter:
    """Fills a report: a text that must not leave is a secret, all others are plain."""

    def __init__(self, choices: Random) -> None:
        self.choices = choices
        self.secrets: list[str] = []

    def secret(self) -> str:
        """Return a new text that may not leave, and remember it."""
        shape = self.choices.choice(["{}", "/srv/{}.pdf", "S-{}", "Jane {} Doe", "{}-{}", "'{}'"])
        core = f"{MARK}{len(self.secrets)}{MARK}x"
        self.secrets.append(core)
        return shape.format(core, core)

    def part(self, kind: type) -> Any:  # noqa: ANN401 - any dataclass of the model
        """Return a filled part."""
        keep = set(PUBLIC[kind].split())
        flag, more = PUBLIC_IF.get(kind, ("", ""))
        marked = bool(flag) and self.choices.random() < 1 / 2
        if marked:
            keep |= set(more.split())
        names = {slot.name for slot in fields(kind)}
        found: dict[str, object] = {}
        for name, hint in get_type_hints(kind).items():
            plain = name in keep or (name.startswith(TWIN) and name.removeprefix(TWIN) in names)
            found[name] = marked if name == flag else self.value(kind, name, hint, plain=plain)
        return kind(**found)

    def value(self, kind: type, name: str, hint: Any, *, plain: bool) -> object:  # noqa: ANN401
        """Return a value of the hinted type; a text or list of texts is secret unless plain."""
        special = {"audience": Audience.INTERNAL, "state": "published", "absence": Absence.WITHHELD}
        if name in special and kind.__name__ != "KeyLine":
            return special[name]
        plain = plain and not (kind is Statement and name == "id")
        options = [one for one in get_args(hint) if one is not type(None)]
        if options and getattr(hint, "__origin__", None) is not tuple:
            return self.value(kind, name, options[0], plain=plain)
        if getattr(hint, "__origin__", None) is tuple:
            return tuple(self.value(kind, name, options[0], plain=plain) for _ in range(2))
        if is_dataclass(hint):
            return self.part(cast("type", hint))
        scalars = {int: 1, bool: True, datetime: datetime(2020, 1, 6, tzinfo=UTC), str: name}
        return self.secret() if hint is str and not plain else scalars[hint]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 1 << 32))
def test_public_report_holds_no_secret(seed: int) -> None:
    """No text of a field outside the table reaches the public page or its JSON."""
    planter = Planter(Random(seed))  # noqa: S311 - test data
    model = planter.part(ReportModel)
    assert len(planter.secrets) > 50
    public = for_audience(model, Audience.PUBLIC)
    for written in (render_html(public), report_json(public)):
        assert re.findall(f".{{60}}{MARK}.{{20}}", written) == []
        assert MARK not in written
    inside = report_json(model)
    assert all(secret in inside for secret in planter.secrets)


def test_every_part_is_in_the_table() -> None:
    """Every part has a row; every field of a row exists; every withheld field has words."""
    assert set(PUBLIC) == set(PARTS)
    for kind in PARTS:
        names = {slot.name for slot in fields(kind)}
        extra = PUBLIC_IF.get(kind, ("", ""))[1]
        listed = set(f"{PUBLIC[kind]} {AUDITOR_TOO.get(kind, '')} {extra}".split())
        assert listed <= names
        free = set(PUBLIC[kind].split())
        dropped = {n for n in names - free if not n.startswith(TWIN)}
        if kind is Command:  # leaves as a whole with `commands`, never field by field
            continue
        assert {n for n in dropped if (kind, n) not in WORDS} == set(), kind
    assert {(k, n) for k, n in WORDS if n not in {s.name for s in fields(k)}} == set()


def test_a_new_field_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    """A field that nobody listed does not leave: taking a row away takes the field away."""
    rows = {**table.PUBLIC, Arrival: "entry at"}
    monkeypatch.setattr(table, "PUBLIC", rows)
    public = for_audience(w.sample_model(), Audience.PUBLIC)
    assert all(one.claim == "" for copy in public.exemplars for one in copy.arrivals)


def test_auditor_sees_custody_but_no_handle() -> None:
    """An auditor reads people, file names and digests; source handles occur nowhere."""
    auditor = for_audience(w.sample_model(), Audience.AUDITOR)
    for written in (render_html(auditor), report_json(auditor)):
        assert "S-7" not in written
        assert "S-14" not in written
        assert "Ben Osei" in written
        assert "MFR_06JAN_copy-4.pdf" in written
        assert w.digest("scan") in written
        assert "countersigning version 2" in written


def test_public_sample() -> None:
    """The public report of the sample names nobody protected and keeps the disagreement."""
    public = for_audience(w.sample_model(), Audience.PUBLIC)
    for written in (render_html(public), report_json(public)):
        for secret in PROTECTED:
            assert secret not in written, secret
        for kept in ("fell off the printer", "Mark Esper", w.digest("photo"), "CLAIM v DENIAL"):
            assert kept in written, kept


def test_typed_secrets_are_blotted_out() -> None:
    """A handle that somebody typed into a public text is blotted out, and the log stays exact."""
    model = w.sample_model()
    head = model.tree_head
    assert head is not None
    model = replace(
        model,
        public_title="From S-7 (s-7), see MFR_06JAN_copy-4.pdf",
        tree_head=replace(head, note="S-7 exact"),
    )
    public = for_audience(model, Audience.PUBLIC)
    assert public.title == "From [withheld] ([withheld]), see [withheld]"
    assert public.tree_head is not None
    assert public.tree_head.note == "S-7 exact"


def test_withheld_and_erased_stay_apart() -> None:
    """What was narrowed away is listed as withheld with its entries; erased stays erased."""
    public = for_audience(w.sample_model(), Audience.PUBLIC)
    by_words = {one.what: one for one in public.omissions}
    assert by_words["source handles"].entries == (5, 10, 15)
    assert by_words["source handles"].absence is Absence.WITHHELD
    erased = [one for one in public.omissions if one.absence is Absence.ERASED]
    assert [one.entries for one in erased] == [(9,)]
    html = render_html(public)
    assert html.index("Withheld: the desk has it") < html.index("Erased: its key was destroyed")


def test_provisional_is_not_public() -> None:
    """A version with one signature and the suggestion beside it stay inside."""
    model = w.sample_model()
    waiting = replace(model.verdicts[0], state="provisional", headline="FABRICATED", entries=(30,))
    public = for_audience(replace(model, verdicts=(waiting,)), Audience.PUBLIC)
    assert public.verdicts == ()
    assert public.suggestion is None
    assert "FABRICATED" not in report_json(public)
    assert any("second signature" in one.what for one in public.omissions)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (Audience.PUBLIC, Audience.AUDITOR),
        (Audience.PUBLIC, Audience.INTERNAL),
        (Audience.AUDITOR, Audience.INTERNAL),
    ],
)
def test_never_widened(first: Audience, then: Audience) -> None:
    """A narrowed report is refused as a wider one."""
    narrowed = for_audience(w.sample_model(), first)
    with pytest.raises(Refused):
        for_audience(narrowed, then)


def test_results_survive() -> None:
    """Narrowing removes no entry, no custody event, no gap and no facet's two columns."""
    model, public = w.sample_model(), for_audience(w.sample_model(), Audience.PUBLIC)
    assert model.suggestion is not None
    assert public.suggestion is not None
    for count in ("entries", "integrity", "statements", "verdicts", "exemplars"):
        assert len(getattr(public, count)) == len(getattr(model, count))
    assert len(public.custody.lines) == len(model.custody.lines)
    before, after = (
        [(f.label, f.support.strength, f.opposition.strength) for f in one.facets]
        for one in (model.suggestion, public.suggestion)
    )
    assert before == after


def test_custody_part_has_public_words() -> None:
    """Words for the public come from the type of the event, never from what a person typed."""
    events = tuple(
        CustodyEvent(seq=n, type=kind, claimed_at=w.at(6, "19:00"), who="Ben", sentence="secret",
                     digests_agree=agree)
        for n, (kind, agree) in enumerate(
            [("item.received", None), ("fixity.checked", False), ("made.up", None),
             ("transfer.refused", None)]
        )
    )  # fmt: skip
    chain = Chain(events=events, holder="Ben", open_offer=None, remarks=("x",))
    part = custody_part(chain, names={})
    assert [line.public_sentence for line in part.lines] == [
        "received by the desk",
        "bytes re-read: DIFFERENT BYTES",
        "another custody event",
        "the hand-over was refused",
    ]
    assert [line.without_source for line in part.lines] == [False, True, True, True]
    assert len(part.public_remarks) == 2
    assert part.gaps is None


@pytest.mark.parametrize(
    ("to", "says"), [("kid-1", "Kim"), ("desk:other.example", "desk other.example"), ("x", "x")]
)
def test_an_open_offer_names_a_person(to: str, says: str) -> None:
    """Whoever has not answered yet is told by the enrolled name, another desk as a desk."""
    offer = Offer(record=cast("Any", SimpleNamespace(seq=3)), to=to, digests=())
    chain = Chain(events=(), holder="Ben", open_offer=offer, remarks=())
    assert custody_part(chain, names={"kid-1": "Kim"}).open_offer == says


def test_parts_have_honest_defaults() -> None:
    """A withheld number is None: no default of a part could pass for a measured value."""
    size = next(slot for slot in fields(item_parts.Exemplar) if slot.name == "size")
    assert size.default is None
    assert all(slot.default is not MISSING or slot.default_factory is not MISSING
               for slot in fields(item_parts.Custody))  # fmt: skip
