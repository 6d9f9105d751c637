"""What the commands of `prov trust` share: change the set, say what came of it, judge anew."""

from typing import TYPE_CHECKING

from provenance_cli import voice

if TYPE_CHECKING:
    from collections.abc import Callable

    from provenance.acts.examining import Exhibit
    from provenance.acts.trusting import TrustChange
    from provenance.desk import Desk
    from provenance.examine.examination import Examination
    from provenance.trust.members import Member
    from provenance.trust.model import TrustSet


def change_and_tell(
    desk: "Desk",
    compose: "Callable[[TrustSet], TrustSet]",
    *,
    reason: str,
    examine: bool,
    as_json: bool,
) -> None:
    """Put another set in force, tell the difference, and judge anew what it may change."""
    done = desk.change_trust(compose, reason=reason)
    moved = judge_stale(desk)[1] if examine else []
    if as_json:
        voice.result_json(_change_json(done, moved))
        return
    voice.say(f"trust set {done.trust.sha256[:12]} is in force (entry {done.seq})")
    for sign, group in (("+", done.came), ("-", done.went)):
        for member in group:
            voice.result(member_line(member, sign=sign))
    for name, before, after in moved:
        voice.result(f"{name}: was {before}, is {after}")
    if not examine:
        waiting = sum(1 for _ in desk.judged_otherwise())
        if waiting:
            voice.say(f"{waiting} signed copies were judged under another set")
            voice.say_hint(["`prov examine --stale` judges them under this one."])


def rely_and_tell(
    desk: "Desk", more: "TrustSet", *, reason: str, examine: bool, as_json: bool
) -> None:
    """Rely on more than before; the rest as in `change_and_tell`."""
    from provenance.trust.editing import united

    change_and_tell(
        desk, lambda base: united(base, more), reason=reason, examine=examine, as_json=as_json
    )


def judge_stale(desk: "Desk") -> tuple[int, list[tuple[str, str, str]]]:
    """Examine every signed copy that was judged under another set.

    Returns how many, and for each headline that moved the item, what it was and what it is.
    """
    from provenance_cli.sandbox import examine_and_tell

    exhibits = list(desk.judged_otherwise())
    if not exhibits:
        return 0, []
    names = {one.item: one.accession for one in desk.items()}
    before = {
        (exhibit.item, exhibit.sha256): desk.findings(exhibit.item)[exhibit.sha256.hex()]
        for exhibit in exhibits
    }
    moved: list[tuple[str, str, str]] = []

    def told(exhibit: "Exhibit", found: "Examination") -> None:
        old = before[exhibit.item, exhibit.sha256].headline
        if old != found.headline:
            moved.append((names[exhibit.item], old.value, found.headline.value))

    examine_and_tell(desk, exhibits, what="judging anew", total=len(exhibits), notify=told)
    return len(exhibits), moved


def member_line(member: "Member", *, sign: str = " ") -> str:
    """Return one member as a line."""
    said = f"  ({member.particulars})" if member.particulars else ""
    fault = f"  CANNOT BE READ: {member.fault}; it vouches for nobody" if member.fault else ""
    return voice.visible(f"{sign} {member.id}  {member.what}{said}{fault}")


def member_json(member: "Member") -> dict[str, str | None]:
    """Return one member as JSON values."""
    return {
        "id": member.id,
        "what": member.what,
        "particulars": member.particulars,
        "fault": member.fault,
    }


def _change_json(done: "TrustChange", moved: list[tuple[str, str, str]]) -> dict[str, object]:
    return {
        "entry": done.seq,
        "sha256": done.trust.sha256,
        "came": [member_json(one) for one in done.came],
        "went": [member_json(one) for one in done.went],
        "judged_anew": [
            {"item": name, "before": before, "after": after} for name, before, after in moved
        ],
    }
