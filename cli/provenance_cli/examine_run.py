"""One `prov examine`: look again, compare with what was found before, and tell both."""

import shlex
from typing import TYPE_CHECKING

from provenance.errors import NotFound
from provenance.facts.gathering import counted
from provenance.instants import parse_day, parse_instant
from provenance_cli import voice

if TYPE_CHECKING:
    from provenance.desk import Desk


def require_language(language: str) -> None:
    """Refuse a language that cannot be read on this machine.

    Raises:
        UsageError: not a language's name.
        NotFound: the extra or the language's data are not here.
    """
    import importlib.util

    from provenance.signatures.scan.languages import data_folder

    if data_folder(language) is None:
        raise NotFound(f"no OCR data for {language!r} here (Debian: tesseract-ocr-{language})")
    if importlib.util.find_spec("tesserocr") is None:
        raise NotFound("reading pictures needs: pip install 'provenance-desk[ocr]'")


def examine_item(
    desk: "Desk", text: str, *, at: str | None, ocr: str | None, claims: str | None, as_json: bool
) -> None:
    """Examine every copy of one item and tell what is different.

    Raises:
        NotFound: no such item.
        UsageError: not a time.
    """
    from provenance.examine.compare import compare
    from provenance_cli.cards import print_examination
    from provenance_cli.sandbox import WallWarning, workers

    walls = WallWarning()
    moment = parse_instant(at) if at else None
    if ocr is not None:
        require_language(ocr)
    view = desk.find(text)
    before = desk.findings(view.item)
    again = shlex.join(["prov", "examine", view.accession, *(["--at", at] if at else [])])
    again += f" --ocr {ocr}" if ocr else ""
    again += f" --claims {claims}" if claims else ""
    for exhibit, found in desk.examine(
        view.item,
        reference_time=moment,
        claimed_date=parse_day(claims) if claims else None,
        ocr=ocr,
        workers=workers(),
    ):
        walls.look_at(found)
        if as_json:
            voice.result(found.to_json())
            continue
        print_examination(found, name=exhibit.name or view.accession, again=again)
        old = before.get(exhibit.sha256.hex())
        said = compare(old, found).sentences if old else ("Not examined before.",)
        for number, sentence in enumerate(said):
            first = f"  {'since' if number == 0 else '':<10} "
            voice.wrapped(voice.visible(sentence), first=first, indent=" " * 13)


def examine_stale(desk: "Desk", *, as_json: bool) -> None:
    """Judge every signed copy anew that was judged under another trust set."""
    from provenance_cli.trust_run import judge_stale

    done, moved = judge_stale(desk)
    for name, old, new in moved:
        if as_json:
            voice.result_json({"item": name, "before": old, "after": new})
        else:
            voice.result(f"{name}: was {old}, is {new}")
    copies = counted(done, "copy", "copies")
    voice.say(f"{copies} judged anew, {counted(len(moved), 'headline')} moved")
