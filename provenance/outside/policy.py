"""Trust policies, c2sp.org/tlog-policy: whose signatures make a checkpoint good.

Lines: `log <vkey> [<url>]`, `witness <name> <vkey> [<url>]`, `group <name> all|any|<k> <name>...`,
exactly one `quorum <name>|none`; blanks and `#` comments are passed over. Refused: any other line,
control characters, a name used twice or before it is defined, a key listed twice under any name, a
member of two groups, k out of range, `none` as a name, a last line without its newline.
Names are octets without meaning; they are held as text in which undecodable octets survive.
The judgement never raises on a checkpoint that does not fulfil it: it says what is missing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from provenance.errors import CheckFailed, Malformed
from provenance.ledger.checkpoint import read_checkpoint
from provenance.ledger.note import COSIGNATURE, ED25519, NoteKey, parse_vkey

MAX_POLICY: Final = 65_536  # bytes
_MAX_LINES: Final = 256  # of each kind; the specification asks for at least 32
NONE: Final = "none"
_FORBIDDEN: Final = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_BLANK: Final = re.compile(r"[ \t]+")
_ESCAPED: Final = re.compile("[\ud800-\udfff]")  # octets that were no UTF-8
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLog:
    """A log whose checkpoints count."""

    key: NoteKey
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyWitness:
    """A witness, under the name that this policy gives it."""

    name: str
    key: NoteKey
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Witnesses or groups of which at least `threshold` must have cosigned."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A well-formed policy."""

    logs: tuple[PolicyLog, ...]
    """Empty: the log is known from elsewhere."""
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[Group, ...]
    """In an order in which each uses only earlier ones."""
    quorum: str
    """Name of a witness or group, or NONE."""

    def encode(self) -> bytes:
        """Return the policy in its plain form, without comments; it parses to this very value."""
        lines = [_joined("log", each.key.vkey(), each.url) for each in self.logs]
        lines += [
            _joined("witness", each.name, each.key.vkey(), each.url) for each in self.witnesses
        ]
        lines += [
            _joined("group", each.name, str(each.threshold), *each.members) for each in self.groups
        ]
        lines.append(_joined("quorum", self.quorum))
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFinding:
    """Whether a checkpoint fulfils a policy, and by whom."""

    fulfilled: bool
    cosigned: tuple[str, ...]
    """Witnesses of the policy, by its names, whose cosignatures verify."""
    lacking: tuple[str, ...]
    """Witnesses of the policy that have not cosigned."""
    sentence: str


def parse_policy(data: bytes) -> Policy:
    """Return the policy of a text.

    Raises:
        Malformed: it breaks a rule; the message names the line.
    """
    if len(data) > MAX_POLICY or _FORBIDDEN.search(data):
        raise Malformed("a policy is text without control characters, of at most 65,536 bytes")
    *lines, last = data.decode("utf-8", "surrogateescape").split("\n")
    if last:
        raise Malformed("a policy's last line ends in a newline")
    reading = _Reading()
    for number, line in enumerate(lines, 1):
        words = _BLANK.split(line.strip(" \t"))
        if words != [""] and not words[0].startswith("#"):
            reading.take(words, number)
    return reading.finish()


def judge_policy(policy: Policy, note: bytes, log_key: NoteKey | None = None) -> PolicyFinding:
    """Tell whether a checkpoint fulfils a policy.

    Args:
        policy: The policy.
        note: The checkpoint with its cosignatures.
        log_key: The log, for a policy that names none.

    Raises:
        Malformed: the note is no checkpoint.
    """
    keys = [each.key for each in policy.logs] or ([log_key] if log_key else [])
    witnesses = {each.key: each.name for each in policy.witnesses}
    fault = "the policy names no log"
    for key in keys:
        try:
            signed = read_checkpoint(note, key, witnesses)
        except CheckFailed as error:
            fault = str(error)
            continue
        return _judged(policy, {witnesses[each.key] for each in signed.cosignatures})
    lacking = tuple(each.name for each in policy.witnesses)
    return PolicyFinding(fulfilled=False, cosigned=(), lacking=lacking, sentence=f"{fault}.")


def _judged(policy: Policy, cosigned: set[str]) -> PolicyFinding:
    good = set(cosigned) | {NONE}
    for group in policy.groups:  # each uses only earlier names, so one pass is enough
        if sum(member in good for member in group.members) >= group.threshold:
            good.add(group.name)
    fulfilled = policy.quorum in good
    names = [each.name for each in policy.witnesses]
    words = "holds" if fulfilled else "does not hold"
    return PolicyFinding(
        fulfilled=fulfilled,
        cosigned=tuple(name for name in names if name in cosigned),
        lacking=tuple(name for name in names if name not in cosigned),
        sentence=f"The quorum {policy.quorum} {words}: "
        f"{len(cosigned)} of {len(names)} witnesses have cosigned.",
    )


class _Reading:
    """A policy while its lines come in."""

    def __init__(self) -> None:
        self._logs: list[PolicyLog] = []
        self._witnesses: list[PolicyWitness] = []
        self._groups: list[Group] = []
        self._quorum: str | None = None
        self._names: set[str] = {NONE}
        self._members: set[str] = set()
        self._line = 0

    def take(self, words: Sequence[str], line: int) -> None:
        """Take the words of one line."""
        self._line = line
        kind, *rest = words
        match kind, rest:
            case "log", [vkey, *url] if len(url) <= 1:
                self._add_log(vkey, *url)
            case "witness", [name, vkey, *url] if len(url) <= 1:
                self._add_witness(name, vkey, *url)
            case "group", [name, number, *members] if members:
                self._add_group(name, number, members)
            case "quorum", [name]:
                self._set_quorum(name)
            case _:
                raise self._fault("not a line of a policy")

    def finish(self) -> Policy:
        """Return the policy."""
        if self._quorum is None:
            raise Malformed("a policy has exactly one quorum line; this one has none")
        if max(len(self._logs), len(self._witnesses), len(self._groups)) > _MAX_LINES:
            raise Malformed(f"a policy of more than {_MAX_LINES} logs, witnesses or groups")
        return Policy(
            logs=tuple(self._logs),
            witnesses=tuple(self._witnesses),
            groups=tuple(self._groups),
            quorum=self._quorum,
        )

    def _add_log(self, vkey: str, url: str | None = None) -> None:
        key = self._key(vkey, ED25519, [each.key for each in self._logs])
        self._logs.append(PolicyLog(key=key, url=url))

    def _add_witness(self, name: str, vkey: str, url: str | None = None) -> None:
        key = self._key(vkey, COSIGNATURE, [each.key for each in self._witnesses])
        self._define(name)
        self._witnesses.append(PolicyWitness(name=name, key=key, url=url))

    def _add_group(self, name: str, number: str, members: Sequence[str]) -> None:
        words: Mapping[str, int] = {"all": len(members), "any": 1}
        threshold = words.get(number, int(number) if _NUMBER.fullmatch(number) else 0)
        if not 1 <= threshold <= len(members):
            raise self._fault("a group needs `all`, `any`, or a number up to that of its members")
        for member in members:
            self._use(member)
            if member == NONE or member in self._members:
                raise self._fault(f"{member!r} cannot be a member, or is one already")
            self._members.add(member)
        self._define(name)
        self._groups.append(Group(name=name, threshold=threshold, members=tuple(members)))

    def _set_quorum(self, name: str) -> None:
        if self._quorum is not None:
            raise self._fault("a second quorum line")
        self._use(name)
        self._quorum = name

    def _key(self, vkey: str, kind: int, others: Sequence[NoteKey]) -> NoteKey:
        if _ESCAPED.search(vkey):
            raise self._fault("a key whose name is not UTF-8")
        try:
            key = parse_vkey(vkey)
        except Malformed as error:
            raise self._fault(str(error)) from error
        if key.kind != kind:
            raise self._fault("a key of the wrong kind: logs sign (01), witnesses cosign (04)")
        if any(other.key == key.key for other in others):
            raise self._fault("this key is listed twice")
        return key

    def _define(self, name: str) -> None:
        if name in self._names:
            raise self._fault(f"the name {name!r} is taken")
        self._names.add(name)

    def _use(self, name: str) -> None:
        if name not in self._names:
            raise self._fault(f"{name!r} is not defined before this line")

    def _fault(self, what: str) -> Malformed:
        return Malformed(f"policy line {self._line}: {what}")


def _joined(*words: str | None) -> str:
    return " ".join(word for word in words if word is not None)
