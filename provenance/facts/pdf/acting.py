"""Say what the actions of a PDF mean for whoever opens it.

An action of which opening, showing, leaving, printing, saving or closing is the cause is told one
by one, with what it names: nothing has to be touched for it. What waits for a click or for a field
to be filled in is told together, by kind: links to the net by host, since the rest of an address
may point to a person. A viewer may ask before it obeys; that is not counted on.
"""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from provenance.facts.gathering import Gathered, counted, joined, listed, quoted
from provenance.facts.model import Weight
from provenance.facts.pdf.actions import Action
from provenance.facts.places import Kind, read_place
from provenance.signatures.attempt import attempt
from provenance.signatures.text import tame

MAX_ADDRESSES: Final = 5  # named of one script

_ADDRESS: Final = re.compile(r"(?i)\b(?:https?|ftp|file)://[^\s\"'<>()\\]{1,200}")
_FILES: Final = frozenset({"GoToR", "GoToE", "Thread"})
_OPENS: Final = _FILES | {"Launch"}
_MEDIA: Final = frozenset({"Rendition", "Movie", "Sound", "RichMediaExecute"})
_NOTHING: Final = re.compile(r"(?i)javascript:\s*(?:void\s*\(?\s*0\s*\)?)?\s*;?")
_SCRIPTED: Final = ("javascript:", "vbscript:", "data:")


def tell_actions(gathered: Gathered, actions: list[Action]) -> None:
    """Observe what each action does by itself, and together what waits for somebody."""
    waiting: list[Action] = []
    for one in actions:
        if one.cause.alone:
            _tell_alone(gathered, one)
        elif one.cause.known:
            waiting.append(one)
    for kinds, tell in _TOGETHER:
        group = [one for one in waiting if one.kind in kinds]
        if group:
            tell(gathered, group)
    lost = [one for one in actions if not one.cause.known]
    if lost:
        text = (
            f"Nothing that was read leads to {counted(len(lost), 'action')} in it:"
            f" {joined(one.kind for one in lost)}{_naming(lost)}. A viewer may find a way."
        )
        gathered.observe("action-without-cause", Weight.RISK, text)


def _tell_alone(gathered: Gathered, one: Action) -> None:
    """Tell an action that nobody needs to click for."""
    cause, where = one.cause.alone, one.cause.where
    if one.kind == "JavaScript" or (one.kind == "URI" and _is_script(one.target)):
        text = f"{cause} runs a script{_script(one.target)}"
        gathered.observe("script-in-document", Weight.RISK, text, where=where)
    elif one.kind in _MEDIA:
        named = f": {quoted(one.target)}" if one.target else ""
        text = f"{cause} plays or controls a film, a sound or a space{named}."
        gathered.observe("media-by-itself", Weight.RISK, text, where=where)
    elif one.kind == "ImportData":
        text = f"{cause} takes values for its form from a file: {_shown(one.target)}."
        gathered.observe("form-takes", Weight.RISK, text, where=where)
    elif not _tell_asking(gathered, one) or one.kind in _OPENS:
        what = "opens another file" if one.kind in _FILES else "starts a program or opens a file"
        text = f"{cause} {what}: {_shown(one.target)}."
        gathered.observe("launch-by-itself", Weight.RISK, text, where=where)


def _tell_asking(gathered: Gathered, one: Action) -> bool:
    """Tell an action that asks a server or sends it something; False if it does not."""
    place = read_place(one.target)
    local = place.kind is Kind.LOCAL or one.target.strip().lower().startswith("mailto:")
    asks = place.kind in {Kind.REMOTE, Kind.SHARE} or (one.kind == "URI" and not local)
    if not asks and one.kind != "SubmitForm":
        return False
    does = "sends what is filled in to" if one.kind == "SubmitForm" else "asks for"
    who = f"runs {quoted(place.host, 80)}" if place.host else "is behind it"
    text = (
        f"{one.cause.alone} {does} {_shown(place.text)}: whoever {who} learns that it was read,"
        " when, and from which address."
    )
    gathered.observe("remote-content", Weight.RISK, text, where=one.cause.where)
    return True


def _is_script(target: str) -> bool:
    return target.strip().lower().startswith(_SCRIPTED) and not _NOTHING.fullmatch(target.strip())


def _tell_scripts(gathered: Gathered, group: list[Action]) -> None:
    fields = [one.cause.field for one in group if one.cause.field]
    named = f", in the fields {listed(fields)}" if fields else ""
    runs = "script runs" if len(group) == 1 else "scripts run"
    text = (
        f"{len(group)} {runs} when somebody clicks or fills something in{named};"
        f" the first: {_shown(group[0].target)}."
    )
    hosts = [_host(found) for one in group for found in _addresses(one.target)]
    text += f" Addresses in them are of {joined(hosts)}." if hosts else ""
    gathered.observe("script-on-use", Weight.RISK, text, where=_one_place(group))


def _tell_links(gathered: Gathered, group: list[Action]) -> None:
    group = [one for one in group if not _NOTHING.fullmatch(one.target.strip())]
    acting = [one for one in group if _is_script(one.target)]
    if acting:
        _tell_scripts(gathered, acting)
    hosts = [_host(one.target) for one in group if one not in acting]
    if hosts:
        text = f"Links lead out of the document, to {joined(hosts, 20)}."
        gathered.observe("links-out", Weight.NOTE, text)


def _tell_launches(gathered: Gathered, group: list[Action]) -> None:
    text = (
        f"{counted(len(group), 'link')} would open another file or start a program{_naming(group)}."
    )
    gathered.observe("launch-action", Weight.RISK, text, where=_one_place(group))


def _tell_sending(gathered: Gathered, group: list[Action]) -> None:
    text = f"A click sends what is filled in to {joined(_host(one.target) for one in group)}."
    gathered.observe("form-sends", Weight.RISK, text, where=_one_place(group))


def _tell_taking(gathered: Gathered, group: list[Action]) -> None:
    text = f"A click takes values for its form from a file{_naming(group)}."
    gathered.observe("form-takes", Weight.RISK, text, where=_one_place(group))


def _tell_media(gathered: Gathered, group: list[Action]) -> None:
    text = f"A click plays or controls a film, a sound or a space{_naming(group)}."
    gathered.observe("rich-media", Weight.RISK, text, where=_one_place(group))


_TOGETHER: Final[tuple[tuple[frozenset[str], Callable[[Gathered, list[Action]], None]], ...]] = (
    (frozenset({"JavaScript"}), _tell_scripts),
    (_OPENS, _tell_launches),
    (frozenset({"SubmitForm"}), _tell_sending),
    (frozenset({"ImportData"}), _tell_taking),
    (_MEDIA, _tell_media),
    (frozenset({"URI"}), _tell_links),
)


def _script(text: str) -> str:
    """Return the beginning of a script, and the addresses in it, as the end of a sentence."""
    if not text.strip():
        return ", which could not be read."
    addresses = _addresses(text)
    names = f" It names {listed(addresses)}." if addresses else ""
    return f": {quoted(text)}.{names}"


def _addresses(text: str) -> list[str]:
    found = dict.fromkeys(match[0] for match in _ADDRESS.finditer(text))
    return list(found)[:MAX_ADDRESSES]


def _naming(group: list[Action]) -> str:
    """Return what the actions name as the rest of a phrase; scripts by their beginning."""
    named = listed(one.target for one in group)
    return f": {named}" if named else ""


def _one_place(group: list[Action]) -> str | None:
    """Return the place of all of them, if it is one."""
    places = {one.cause.where for one in group}
    return places.pop() if len(places) == 1 else None


def _shown(target: str) -> str:
    return quoted(target) if target.strip() else "what could not be read"


def _host(target: str) -> str:
    """Name where a link leads without its path: a path may hold a token of a person."""
    parts = attempt("link", lambda: urlsplit(target.strip()))
    host = getattr(parts, "hostname", None)
    scheme = getattr(parts, "scheme", "")
    if not host and scheme == "mailto":
        domain = target.partition("@")[2].partition("?")[0]
        return f"a mailbox at {tame(domain or 'no domain', 80)}"
    if not host and not scheme and target.strip():
        return "places relative to where the document lies"
    return tame(host or "an address that cannot be read", 80)
