"""What the header of a message says: the shown fields, and fields that do not go together.

Rules: a field that may stand once and stands twice with different texts is a contradiction, because
programs show different ones; hidden and reordering characters in shown fields are HIDDEN; a display
name that holds an address of another organisation is a contradiction; replies that go to another
organisation, and fields that expose where the sender sat, are a RISK. Sender, Return-Path and
Message-ID of another organisation are a NOTE: mail services do that all day. Organisations are told
apart by the public suffix list. Values are tamed; addresses of computers are never repeated.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from provenance.facts.model import Facts, Observation, Weight
from provenance.signatures.mail.alignment import (
    Author,
    is_aligned,
    read_author,
    to_domain,
    without_names,
)
from provenance.signatures.mail.chain import results_of, server_of
from provenance.signatures.mail.covering import SINGLE, title
from provenance.signatures.mail.message import Message
from provenance.signatures.mail.shown import decode_field, raw_text, show_field
from provenance.signatures.text import tame

SHOWN: Final = ("from", "to", "cc", "subject", "date", "sender", "reply-to", "message-id")
TELLING: Final = ("x-mailer", "user-agent", "x-mimeole", "organization", "list-id", "importance")
EXPOSING: Final = frozenset(
    {"x-originating-ip", "x-sender-ip", "x-client-ip", "x-source-ip", "x-real-ip", "x-remote-ip"}
    | {"x-forwarded-for", "x-originating-client", "x-aol-ip", "x-yahoo-post-ip", "x-senderip"}
)
MAX_SAME: Final = 5  # fields of one name that are shown
MAX_RESULTS: Final = 20  # Authentication-Results fields told

_OVERRIDES: Final = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
# Joiners and direction marks are part of correct text in many scripts and move nothing else.
_HARMLESS: Final = frozenset("\u200c\u200d\u200e\u200f\u061c\t\n\r")
_AT: Final = re.compile(r"[^\s<>,;:@\"()\[\]]{1,320}@([^\s<>,;:@\"()\[\]]{1,255})")


def read_header(message: Message) -> Facts:
    """Read properties and observations from the header fields."""
    author = read_author(message)
    properties = {
        f"mail.{title(key)}": _shown([show_field(one.value) for one in fields])
        for key in (*SHOWN, *TELLING)
        if (fields := message.named(key))
    }
    for number, field in enumerate(message.named("authentication-results")[:MAX_RESULTS], 1):
        claims = ", ".join(f"{name}={result}" for name, result in results_of(field))
        if claims:
            properties[f"mail.Authentication-Results.{number}"] = (
                f"{server_of(field)} claims {claims}"
            )
    observations = (
        *_structure(message),
        *_author(message, author),
        *_elsewhere(message, author),
        *_hidden(message),
        *_exposed(message),
    )
    more = len(message.named("authentication-results")) - MAX_RESULTS
    notes = (f"{more} more Authentication-Results fields were not looked at",) if more > 0 else ()
    return Facts(properties=properties, observations=observations, notes=notes)


def _shown(values: list[str]) -> str:
    """Return the values of a field that stands several times on one line."""
    more = len(values) - MAX_SAME
    return " | ".join((*values[:MAX_SAME], *([f"and {more} more"] if more > 0 else [])))


def _structure(message: Message) -> Iterator[Observation]:
    for key in sorted(SINGLE):
        fields = message.named(key)
        if len(fields) < 2:
            continue
        differ = len({b" ".join(one.value.split()) for one in fields}) > 1
        text = (
            f"The message has {len(fields)} {title(key)} fields that say different things; mail"
            " programs show different ones."
            if differ
            else f"The message has {len(fields)} equal {title(key)} fields."
        )
        yield Observation(
            code="mail-double-field" if differ else "mail-repeated-field",
            weight=Weight.CONTRADICTION if differ else Weight.NOTE,
            text=text,
            where=f"field {title(key)}",
        )
    missing = [title(key) for key in ("from", "date", "message-id") if not message.named(key)]
    if missing:
        text = f"The message lacks {', '.join(missing)}, which every sent message has."
        yield Observation(code="mail-field-missing", weight=Weight.NOTE, text=text)
    if message.strays or message.bare_returns:
        text = "The header holds lines that belong to no field; mail programs differ on them."
        yield Observation(code="mail-stray-line", weight=Weight.HIDDEN, text=text, where="header")


def _author(message: Message, author: Author) -> Iterator[Observation]:
    if message.named("from") and not author.readable:
        text = (
            "The From field breaks the rules for addresses; whom it names depends on the program."
        )
        yield Observation(
            code="mail-from-unreadable",
            weight=Weight.CONTRADICTION,
            text=text,
            where="field From",
        )
    for field in message.named("from"):
        shown = decode_field(field.value)
        others = [one[0] for one in _AT.finditer(shown) if not _is_of(one[1], author)]
        plain, _ = without_names(raw_text(field.value))
        hiding = [one for one in others if one not in plain]
        if hiding:
            text = (
                f'The name shown in From holds another address ("{tame(hiding[0], 200)}") than the'
                f" one the message is from ({author.text})."
            )
            yield Observation(
                code="mail-name-holds-address",
                weight=Weight.CONTRADICTION,
                text=text,
                where="field From",
            )
    for domain in author.domains:
        if any(label.startswith("xn--") for label in domain.split(".")):
            text = f"The From domain {tame(domain, 253)} is written in letters beyond ASCII."
            yield Observation(
                code="mail-international-domain", weight=Weight.NOTE, text=text, where="field From"
            )


def _is_of(domain: str, author: Author) -> bool:
    return any(is_aligned(to_domain(domain), one) for one in author.domains)


def _domains(message: Message, key: str) -> list[str]:
    return [
        to_domain(one[1])
        for field in message.named(key)
        for one in _AT.finditer(without_names(raw_text(field.value))[0])
    ]


_ELSEWHERE: Final = (
    (
        "reply-to",
        "mail-reply-elsewhere",
        Weight.RISK,
        "An answer would go to {0}, which is not of the organisation that From names ({1}).",
    ),
    (
        "sender",
        "mail-sender-elsewhere",
        Weight.NOTE,
        "The Sender is of {0}, not of the organisation that From names ({1}).",
    ),
    (
        "return-path",
        "mail-return-path-elsewhere",
        Weight.NOTE,
        "Errors were to go to {0}, not to the organisation that From names ({1}).",
    ),
    (
        "message-id",
        "mail-id-elsewhere",
        Weight.NOTE,
        "The Message-ID was made by {0}, not by the organisation that From names ({1}).",
    ),
)


def _elsewhere(message: Message, author: Author) -> Iterator[Observation]:
    if not author.domains:
        return
    named = tame(", ".join(author.domains), 300)
    for key, code, weight, text in _ELSEWHERE:
        others = [one for one in _domains(message, key) if one and not _is_of(one, author)]
        if others:
            yield Observation(
                code=code,
                weight=weight,
                text=text.format(tame(others[0], 253), named),
                where=f"field {title(key)}",
            )


def _hidden(message: Message) -> Iterator[Observation]:
    for key in SHOWN:
        text = "".join(decode_field(one.value) for one in message.named(key))
        if any(character in _OVERRIDES for character in text):
            yield Observation(
                code="mail-reordered-text",
                weight=Weight.HIDDEN,
                text=f"The {title(key)} field holds characters that reorder what a reader sees.",
                where=f"field {title(key)}",
            )
        elif any(_is_invisible(character) for character in text):
            yield Observation(
                code="mail-invisible-characters",
                weight=Weight.HIDDEN,
                text=f"The {title(key)} field holds characters that cannot be seen.",
                where=f"field {title(key)}",
            )


def _is_invisible(character: str) -> bool:
    return character not in _HARMLESS and unicodedata.category(character) in {"Cc", "Cf", "Co"}


def _exposed(message: Message) -> Iterator[Observation]:
    present = sorted({one.key for one in message.fields} & EXPOSING)
    if present:
        names = ", ".join(map(title, present))
        text = (
            f"The header holds {names}: it can tell from which computer or place the message was"
            " written. Think of the source before passing the file on."
        )
        yield Observation(
            code="mail-origin-exposed", weight=Weight.RISK, text=text, where=f"field {names}"
        )
