"""One `prov recover`: earlier states become exemplars, are examined, and are told."""

from typing import TYPE_CHECKING

from provenance_cli import voice
from provenance_cli.cards import size_text

if TYPE_CHECKING:
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
                }
            )
            continue
        where = f"entry {one.seq}" if one.seq is not None else f"item {holder} held it already"
        voice.result(f"{one.sha256}  {size_text(one.size)}, {where}")
        if one.note:
            voice.wrapped(voice.visible(one.note), first="  ", indent="  ")
    if not found:
        voice.say("no earlier state is known to be inside; `prov examine` looks for them")
    return bool(found)
