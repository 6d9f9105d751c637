"""Read SSH public keys as people have them: `.pub` lines and lines of an `allowed_signers` file.

    type base64 [comment]                        ~/.ssh/id_ed25519.pub
    principals [options] type base64 [comment]   ssh-keygen(1), ALLOWED SIGNERS

Every line that is neither empty nor a comment must be understood, else all of it is refused and the
line is named by its number: a key that was silently left out would make its owner a stranger, and
an option that was passed over would let a key sign more than was meant. `namespaces` and the times
are kept; of two bounds the narrower counts. Refused: `cert-authority` (authorities of SSH are not
relied on here), unknown options, times without Z (a guessed zone is a wrong time), kinds of keys
that are not checked here. Nothing of a refused line is shown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from provenance.errors import Malformed
from provenance.signatures.unread_pins import SSH_KINDS, is_ssh_key

_OPTION: Final = re.compile(r'([a-zA-Z-]{1,40})="([^"]{0,500})"(?:,|$)')
_WORD: Final = re.compile(r'(?:[^\s"]|"[^"]*")+')
_TIME: Final = re.compile(r"(\d{8})(?:(\d{4})(\d{2})?)?Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class SshLine:
    """One key, with what its line says of it."""

    key: str
    """`type base64`."""
    namespaces: tuple[str, ...] = ()
    valid_from: datetime | None = None
    valid_to: datetime | None = None


def read_ssh_lines(data: bytes) -> tuple[SshLine, ...]:
    """Return the keys; empty where no line names a kind of SSH key.

    Raises:
        Malformed: one line does, and one cannot be understood; it says which.
    """
    lines = list(_lines(data.decode("utf-8", "replace")))
    if not any(SSH_KINDS & {*_WORD.findall(line)} for _, line in lines):
        return ()
    return tuple(_read(number, line) for number, line in lines)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()


def _read(number: int, line: str) -> SshLine:
    words = _WORD.findall(line)
    at = next((n for n, word in enumerate(words[:3]) if word in SSH_KINDS), None)
    if at is None or len(words) <= at + 1:
        raise _refused(number, "names no kind of SSH key that is checked here")
    key = f"{words[at]} {words[at + 1]}"
    if not is_ssh_key(key):
        raise _refused(number, "holds a key that cannot be read")
    return _with_options(number, key, words[1] if at == 2 else "")


def _with_options(number: int, key: str, options: str) -> SshLine:
    if options.lower().split(",")[0] == "cert-authority":
        raise _refused(number, "is for a certificate authority, which is not relied on here")
    found = {name.lower(): value for name, value in _OPTION.findall(options)}
    spelled = ",".join(f'{name}="{value}"' for name, value in _OPTION.findall(options))
    if spelled != options or not set(found) <= {"namespaces", "valid-after", "valid-before"}:
        raise _refused(number, "has an option that is not known here")
    names = tuple(filter(None, map(str.strip, found.get("namespaces", "").split(","))))
    if any(set("*?!") & set(name) for name in names):
        raise _refused(number, "has namespaces with wildcards, which are not read here")
    return SshLine(
        key=key,
        namespaces=names,
        valid_from=_time(number, found.get("valid-after")),
        valid_to=_time(number, found.get("valid-before")),
    )


def _time(number: int, text: str | None) -> datetime | None:
    if text is None:
        return None
    match = _TIME.fullmatch(text)
    wrong = _refused(number, "has a time that is not written like 20200106Z or 20200106190400Z")
    if match is None:
        raise wrong
    try:
        whole = match[1] + (match[2] or "0000") + (match[3] or "00")
        return datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise wrong from error


def _refused(number: int, why: str) -> Malformed:
    return Malformed(f"line {number} {why}; nothing was taken")
