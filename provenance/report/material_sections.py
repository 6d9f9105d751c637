"""Sections on the material: the chain of custody, the copies, signatures and examinations."""

from collections.abc import Iterable

from provenance.report.figures import LEGEND, timeline
from provenance.report.item_parts import (
    Arrival,
    Custody,
    CustodyLine,
    Exemplar,
    SignatureCard,
    ToolRun,
)
from provenance.report.markup import Markup, Node, element, join, said
from provenance.report.model import ReportModel
from provenance.report.saying import count, entry_link, instant, say_size, say_stretch
from provenance.report.tables import (
    bullets,
    chip,
    facts,
    hexadecimal,
    lines,
    notice,
    section,
    table,
)


def custody(model: ReportModel) -> Markup:
    """Return the chain of custody: figure, gap statement, log."""
    figure = timeline(model)
    chain = model.custody
    log: Markup = element("p", "No custody event is on file.")
    if chain.lines:
        log = table(
            f"{count(len(chain.lines), 'event')}, in the order of the ledger",
            ["Entry", "Time (signer's clock)", "Who signed", "What happened", "Bytes"],
            (_line(line) for line in chain.lines),
        )
    return section(
        "custody",
        "3",
        "Chain of custody",
        None if figure is None else _figure(figure),
        element("p", *_holder(chain)),
        *_gap_statement(chain),
        bullets(chain.remarks),
        log,
    )


def _figure(drawing: Markup) -> Markup:
    scroll = element(
        "div",
        drawing,
        class_="scroll",
        role="region",
        aria_label="Timeline of the item",
        tabindex=0,
    )
    return element("figure", scroll, element("figcaption", LEGEND))


def _holder(chain: Custody) -> Iterable[Node]:
    if chain.holder:
        who = element("strong", said(chain.holder))
        yield join(["The item is now in the custody of ", who, "."])
    else:
        yield "Who holds the item now is not named in this report."
    if chain.open_offer:
        yield join([" It was offered to ", said(chain.open_offer), ", who has not answered yet."])


def _gap_statement(chain: Custody) -> Iterable[Markup]:
    if chain.gaps is None:
        yield notice("Gaps: not looked for. This is not a statement that there are none.")
    elif not chain.gaps:
        yield element(
            "p",
            element("strong", "No gaps: "),
            "each hand-over that was offered and"
            " accepted joins the one before, by the entries listed below. It does not"
            " follow that nobody else saw the item.",
        )
    else:
        yield notice(element("strong", count(len(chain.gaps), "gap")), " in the chain:", loud=True)
        yield table("Gaps", ["After entry", "Before entry", "Length", "Explanation"], (
            [entry_link(gap.after_entry), entry_link(gap.before_entry), say_stretch(gap.seconds),
             said(gap.explanation) if gap.explanation else "none given"]
            for gap in chain.gaps
        ))  # fmt: skip


def _line(line: CustodyLine) -> list[Node]:
    return [
        entry_link(line.entry),
        instant(line.at),
        said(line.who),
        join(
            [element("span", said(line.sentence)), element("div", line.type, class_="small soft")]
        ),
        _agreement(line.agree),
    ]


def _agreement(agree: bool | None) -> Markup:
    if agree is None:
        return element("span", "not compared", class_="absent")
    return chip("same", "ok") if agree else chip("DIFFERENT", "bad")


def copies(model: ReportModel) -> Markup:
    """Return one card for each copy, and every re-reading of their bytes."""
    cards = [_copy(one) for one in model.exemplars]
    checks: list[list[Node]] = [
        [instant(one.at), f"copy {one.exemplar}", _agreement(one.agree), said(one.tool),
         join([entry_link(one.entry), " ", said(one.note)])]
        for one in model.integrity
    ]  # fmt: skip
    heads = ["Time", "Which", "Bytes", "Tool", "Entry and note"]
    return section(
        "copies",
        "4",
        "The copies and their integrity",
        *(cards or [element("p", "No copy is part of this report.")]),
        element("h3", "Every re-reading of the bytes"),
        table("Bytes read again and compared with the digest taken on arrival", heads, checks)
        if checks
        else element("p", "The bytes were not read again since they arrived."),
    )


def _copy(one: Exemplar) -> Markup:
    shown = one.sha256 or one.size is not None
    return element(
        "div",
        element("h3", f"Copy {one.number}", f": {one.form}" if one.form else None),
        facts(
            [
                ("Size", say_size(one.size)),
                ("Kind, as found in the bytes", said(one.media_type) if one.media_type else None),
                ("SHA-256", hexadecimal(one.sha256)),
                ("SHA-512", hexadecimal(one.sha512)),
                ("BLAKE3", hexadecimal(one.blake3)),
            ]
        )
        if shown
        else element(
            "p",
            "Digests and size of this copy are withheld: the desk has not published these bytes.",
            class_="soft",
        ),
        table(
            "Arrivals",
            ["Entry", "Time", "Name", "From", "Claimed digest"],
            (_arrival(each) for each in one.arrivals),
        )
        if one.arrivals
        else None,
        _signature(one.signature),
        _examinations(one.examinations),
        class_="card long",
    )


def _arrival(one: Arrival) -> list[Node]:
    absent = element("span", "withheld or not stated", class_="absent")
    origin: list[Node] = [said(text) for text in (one.source, one.channel) if text]
    return [
        entry_link(one.entry),
        instant(one.at),
        said(one.name) if one.name else absent,
        join(origin, ", ") if origin else absent,
        one.claim or "none claimed",
    ]


def _signature(card: SignatureCard | None) -> Markup:
    heading = element("h4", "Signature")
    if card is None:
        nobody = "Not examined. Nothing follows from that: it does not mean unsigned."
        return join([heading, notice(nobody)])
    failed = ", ".join(card.detectors_failed)
    return join(
        [
            heading,
            element("p", card.headline.replace("_", " "), class_="word"),
            bullets(card.sentences),
            notice("These detectors could not run, so their silence proves nothing: ", said(failed),
                   loud=True) if failed else None,
            element("p", "Looked for by: ", said(", ".join(card.detectors) or "no detector"), ".",
                    class_="small soft"),
        ]
    )  # fmt: skip


def _examinations(runs: tuple[ToolRun, ...]) -> Markup | None:
    if not runs:
        return None
    return table(
        "Examinations",
        ["Tool", "Result", "Confined by", "Entry"],
        (
            [
                lines([said(run.tool), element("span", said(run.version), class_="soft")]),
                said(run.result) if run.result else ("ran" if run.ran else "COULD NOT RUN"),
                said(run.jail) if run.jail else element("span", "not stated", class_="absent"),
                entry_link(run.entry),
            ]
            for run in runs
        ),
    )
