"""What the statements in a manifest say: who, how it was made, what was done to it.

Each is a claim of whoever signed, no more; an unsigned file can say the same in its metadata.
Total: statements of another shape are passed over. Texts are tamed, lists cut at MAX_LIST.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from provenance.signatures.c2pa.report import Manifest, read_instant
from provenance.signatures.text import tame

MAX_LIST: Final = 200  # actions or names of one manifest; an afternoon in an editor makes some 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that was done to the file."""

    name: str
    """`c2pa.created`, `c2pa.cropped` ...; programs add words of their own."""
    when: datetime | None = None
    """By the clock of the program that did it."""
    source: str | None = None
    """Last part of the IPTC digital source type, such as `trainedAlgorithmicMedia`."""
    agent: str | None = None
    """The program that did it."""
    about: str | None = None
    """Its own words on what it did."""


def actions_of(manifest: Manifest) -> tuple[Action, ...]:
    """Return what the manifest says was done, in its order."""
    return tuple(_actions(manifest))


def _actions(manifest: Manifest) -> Iterator[Action]:
    for assertion in manifest.named("c2pa.actions"):
        listed = assertion.data.get("actions") if isinstance(assertion.data, dict) else None
        for one in listed if isinstance(listed, list) else []:
            if isinstance(one, dict):
                yield _action(one)


def _action(one: dict[str, Any]) -> Action:
    agent = one.get("softwareAgent")
    named = agent.get("name") if isinstance(agent, dict) else agent
    return Action(
        name=_text(one.get("action")) or "an action without a name",
        when=read_instant(one.get("when")),
        source=_last(one.get("digitalSourceType")),
        agent=_text(named),
        about=_text(one.get("description") or one.get("reason")),
    )


def sources_of(manifest: Manifest) -> tuple[str, ...]:
    """Return every digital source type that the manifest names, each once."""
    found = [one.source for one in actions_of(manifest)]
    found += [
        _last(assertion.data.get("digitalSourceType"))
        for assertion in manifest.assertions
        if isinstance(assertion.data, dict)
    ]
    return tuple(dict.fromkeys(one for one in found if one))


def author_of(manifest: Manifest) -> str | None:
    """Return the authors that the manifest names (schema.org CreativeWork); unverified."""
    names = []
    for assertion in manifest.named("stds.schema-org.CreativeWork"):
        authors = assertion.data.get("author") if isinstance(assertion.data, dict) else None
        for one in authors if isinstance(authors, list) else [authors]:
            name = _text(one.get("name")) if isinstance(one, dict) else None
            names += [name] if name else []
    return ", ".join(dict.fromkeys(names[:MAX_LIST])) or None


def _last(value: object) -> str | None:
    text = _text(value)
    return text.rstrip("/").rpartition("/")[2] if text else None


def _text(value: object) -> str | None:
    return tame(value, 200) if isinstance(value, str) and value.strip() else None
