"""One `prov recover`: earlier states become exemplars, are examined, and are told."""

from typing import TYPE_CHECKING

from provenance_cli import voice
from provenance_cli.cards import size_text

if TYPE_CHECKING:
    from provenance.acts.recovering import Recovered
    from provenance.desk import Desk


def recover_item(desk: "Desk", text: str, *, as_json: bool) -> bool:
    """Recover, examine what is new, and tell; returns whether there was anything to recover.

    Raises:
        NotFound: no such item.
        CheckFailed: a state is not what the finding saw.
    """
    from provenance.acts.examining import unexamined
    from provenance_cli.sandbox import examine_and_tell

    view = desk.find(text)
    found = desk.recover(view.item)
    if any(one.seq is not None for one in found):
        new = [one for one in unexamined(desk) if one.item == view.item]
        examine_and_tell(desk, new, total=len(new))
    names = {one.item: one.accession for one in desk.items()}
    for one in found:
        holder = names.get(one.held_by) if one.held_by else None
        if as_json:
            voice.result_json(
                {
                    "sha256": one.sha256,
                    "size": one.size,
                    "out_of": one.out_of,
                    "note": one.note,
                    "entry": one.seq,
                    "held_by": holder,
                    "held_entry": one.held_entry,
                    "held_derived": one.held_derived,
                }
            )
            continue
        voice.result(f"{one.sha256}  {size_text(one.size)}, {_where(one, holder)}")
        if one.note:
            voice.wrapped(voice.visible(one.note), first="  ", indent="  ")
    if not found:
        voice.say("no earlier state is known to be inside; `prov examine` looks for them")
    elif all(one.seq is None for one in found):
        count = "1 earlier state was" if len(found) == 1 else f"{len(found)} earlier states were"
        voice.say(f"nothing new: {count} on the desk already")
    return bool(found)


def _where(one: "Recovered", holder: str | None) -> str:
    if one.seq is not None:
        return f"recovered now, entry {one.seq}"
    entry = f", entry {one.held_entry}" if one.held_entry is not None else ""
    if one.held_derived:
        return f"recovered before{entry}" if entry else "the same state as one above"
    return f"received by itself as item {holder}{entry}: a match"
