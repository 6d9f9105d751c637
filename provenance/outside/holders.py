"""Who holds this log outside the desk, as the ledger itself records it.

`policy.changed` with the field `witness` adds a witness, or gives a known one another address; with
`witness_policy` it sets the policy (c2sp.org/tlog-policy). `trust.changed` with the field
`timestamp_authority` adds an authority with its roots, or replaces it. Only what an admin signed
counts, by position in the log; a record that cannot be read changes nothing and is told. A witness
keeps its key for good: a new key is a new witness, so that old cosignatures go on to verify.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from provenance.errors import Malformed, NotFound, UsageError
from provenance.journal.keeping import Keepers
from provenance.journal.reading import OpenedEntry
from provenance.ledger.base64text import decode_base64, encode_base64
from provenance.ledger.note import COSIGNATURE, NoteKey, parse_vkey
from provenance.outside.policy import Policy, parse_policy
from provenance.outside.timestamp_chain import parse_certificate
from provenance.outside.timestamp_check import Authority
from provenance.outside.timestamp_file import NAME
from provenance.outside.transport import require_url
from provenance.records import DESK_ITEM, HiddenField, Json, NewRecord

POLICY: Final = "policy.changed"
TRUST: Final = "trust.changed"
_SUBJECT: Final = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Somebody who cosigns this desk's checkpoints."""

    name: str
    """The desk's own name for it; the key has a name of its own."""
    key: NoteKey
    url: str | None
    """Submission prefix of c2sp.org/tlog-witness; None = reached by files only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Everybody outside whom the desk asks, and what it demands of them."""

    witnesses: tuple[Witness, ...] = ()
    authorities: tuple[Authority, ...] = ()
    policy: Policy | None = None
    policy_text: str | None = None
    """The policy as it was set, comments included."""
    faults: tuple[str, ...] = ()
    """One sentence for each record that cannot be read."""

    @property
    def keys(self) -> tuple[NoteKey, ...]:
        """The keys of all witnesses, of the list and of the policy, each once."""
        named = [each.key for each in self.policy.witnesses] if self.policy else []
        return tuple(dict.fromkeys([*(each.key for each in self.witnesses), *named]))

    def witness(self, name: str) -> Witness:
        """Return the witness of this name.

        Raises:
            NotFound: none.
        """
        for each in self.witnesses:
            if each.name == name:
                return each
        raise NotFound(f"no witness {name!r} (`prov ledger witness list` shows who there is)")

    def authority(self, name: str) -> Authority:
        """Return the authority of this name.

        Raises:
            NotFound: none.
        """
        for each in self.authorities:
            if each.name == name:
                return each
        raise NotFound(f"no timestamp authority {name!r} (`prov ledger timestamp list` shows them)")


def read_holders(entries: Iterable[OpenedEntry], keepers: Keepers) -> Holders:
    """Return who holds the log, from the desk's own entries in order."""
    found = Holders()
    for opened in entries:
        if opened.type not in {POLICY, TRUST}:
            continue
        if opened.kid not in keepers.roster.admins_at(opened.seq):
            continue
        try:
            found = _with(found, opened.fields)
        except (Malformed, UsageError) as error:
            sentence = f"Entry {opened.seq} ({opened.type}) cannot be read: {error}."
            found = replace(found, faults=(*found.faults, sentence))
    return found


def witness_record(witness: Witness) -> NewRecord:
    """Compose the record that adds a witness or changes its address.

    Raises:
        UsageError: a name or address that cannot be used, or a key that does not cosign.
    """
    value: dict[str, Json] = {"name": witness.name, "key": witness.key.vkey()}
    if witness.url is not None:
        value["url"] = witness.url
    _require(lambda: _witness(value))
    return _record(POLICY, "witness", value)


def policy_record(text: bytes) -> NewRecord:
    """Compose the record that sets the witness policy.

    Raises:
        Malformed: not a policy.
        UsageError: a policy that is not UTF-8, which a record cannot hold.
    """
    parse_policy(text)
    try:
        value = text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError("this desk keeps policies in UTF-8 only") from error
    return _record(POLICY, "witness_policy", value)


def authority_record(authority: Authority) -> NewRecord:
    """Compose the record that adds or replaces a timestamp authority.

    Raises:
        UsageError: a name or address that cannot be used, or no certificate.
    """
    value: dict[str, Json] = {
        "name": authority.name,
        "roots": [encode_base64(der) for der in authority.roots],
        "links": [encode_base64(der) for der in authority.links],
        "policies": [*sorted(authority.policies)],
    }
    if authority.url is not None:
        value["url"] = authority.url
    _require(lambda: _authority(value))
    return _record(TRUST, "timestamp_authority", value)


def _require(read: Callable[[], object]) -> None:
    try:
        read()
    except Malformed as error:
        raise UsageError(str(error)) from error


def _record(kind: str, field: str, value: Json) -> NewRecord:
    hidden = HiddenField(name=field, value=value, subject=_SUBJECT)
    return NewRecord(item=DESK_ITEM, type=kind, fields=(hidden,))


def _with(found: Holders, fields: Mapping[str, Json]) -> Holders:
    if not fields:
        raise Malformed("what it says is gone")
    if "witness" in fields:
        found = _with_witness(found, _witness(fields["witness"]))
    if "witness_policy" in fields:
        text = fields["witness_policy"]
        if not isinstance(text, str):
            raise Malformed("a policy is a text")
        found = replace(found, policy=parse_policy(text.encode()), policy_text=text)
    if "timestamp_authority" in fields:
        new = _authority(fields["timestamp_authority"])
        others = tuple(each for each in found.authorities if each.name != new.name)
        found = replace(found, authorities=(*others, new))
    return found


def _with_witness(found: Holders, new: Witness) -> Holders:
    for each in found.witnesses:
        same_key = each.key.key == new.key.key
        if (each.name == new.name) != same_key or (same_key and each.key != new.key):
            raise Malformed(f"the name {new.name!r} or its key belongs to another witness already")
    others = tuple(each for each in found.witnesses if each.name != new.name)
    return replace(found, witnesses=(*others, new))


def _witness(value: Json) -> Witness:
    match value:
        case {"name": str(name), "key": str(vkey), **rest} if set(rest) <= {"url"}:
            key = parse_vkey(vkey)
        case _:
            raise Malformed("a witness has a name, a key and perhaps a url")
    if key.kind != COSIGNATURE:
        raise Malformed("a witness's key is one that cosigns (its text begins BA after the id)")
    return Witness(name=_name(name), key=key, url=_url(rest.get("url")))


def _authority(value: Json) -> Authority:
    match value:
        case {
            "name": str(name),
            "roots": [*roots],
            "links": [*links],
            "policies": [*policies],
            **rest,
        } if roots and set(rest) <= {"url"}:
            texts = [each for each in policies if isinstance(each, str)]
        case _:
            raise Malformed("a timestamp authority has a name, roots, links and policies")
    return Authority(
        name=_name(name),
        roots=tuple(_certificate(each) for each in roots),
        links=tuple(_certificate(each) for each in links),
        policies=frozenset(texts),
        url=_url(rest.get("url")),
    )


def _certificate(value: Json) -> bytes:
    if not isinstance(value, str):
        raise Malformed("a certificate is base64 text")
    der = decode_base64(value)
    parse_certificate(der)
    return der


def _name(text: str) -> str:
    if NAME.fullmatch(text) is None:
        raise Malformed("such a name has letters, digits, dots, hyphens, underscores; at most 64")
    return text


def _url(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise Malformed("an address is a text")
    return require_url(value)
