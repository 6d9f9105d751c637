"""A trust set as files that people can read, mail and keep under version control.

    trust.toml               what each file is for: purposes, persons, windows, sources
    anchors/<sha256>.der     certificates          pgp/<fingerprint>.pgp   OpenPGP certificates
    crl/<sha256>.der         revocation lists      ocsp/<sha256>.der       revocation responses
    c2pa/<sha256>.der        certificates accepted by themselves

Reading is strict and total, in this order: `version = 1`; only known tables and keys; every file
named is there and every file there is named; names stay inside the folder; each entry is read by
the same rules as records are. The first that fails refuses the whole folder: half a trust set is
another trust set. Certificates, lists and keys may also lie there as people have them (PEM, ASCII
armour): they are taken as what they are, and written back in binary. Never opens a file itself.
"""

import base64
import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from provenance.errors import Malformed
from provenance.instants import format_instant
from provenance.signatures.codec import from_jsonable, to_jsonable
from provenance.trust.model import Anchor, DkimKey, KeyPin, PgpPin, Purpose, TrustSet
from provenance.trust.private_keys import refuse_private_key
from provenance.trust.recognise import Particulars, recognise

CONTENTS: Final = "trust.toml"
MAX_FILES: Final = 5000  # files in one folder; more than all limits of a set together need
_NAME: Final = re.compile(r"[a-z0-9]+/[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
_TABLES: Final = frozenset({"version", "anchor", "dkim", "pgp", "key", "list", "c2pa"})
_HEADER: Final = "# What this newsroom relies on when it judges signatures. See docs/trust.md.\n"

T = TypeVar("T")


def read_folder(files: Mapping[str, bytes]) -> TrustSet:
    """Read a folder's files, by name relative to it, as a set.

    Raises:
        Malformed: it is not a trust folder, or says something that is not understood.
    """
    if CONTENTS not in files:
        raise Malformed(f"not a trust folder: {CONTENTS} is not in it")
    try:
        value = tomllib.loads(files[CONTENTS].decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Malformed(f"{CONTENTS}: {error}") from error
    except RecursionError as error:
        raise Malformed(f"{CONTENTS}: nested too deep") from error
    version = value.get("version")
    # True and 1.0 equal 1.
    if type(version) is not int or version != 1 or not set(value) <= _TABLES:
        raise Malformed(f"{CONTENTS}: want version = 1 and only {', '.join(sorted(_TABLES))}")
    shelf = _Shelf(files)
    c2pa = _table(value.get("c2pa", {}), "c2pa", {"allowed", "ekus"})
    found = TrustSet(
        anchors=tuple(_anchor(one, shelf) for one in _tables(value, "anchor")),
        dkim_keys=tuple(_entry(DkimKey, one, "dkim") for one in _tables(value, "dkim")),
        pgp=tuple(_pgp(one, shelf) for one in _tables(value, "pgp")),
        keys=tuple(_key(one) for one in _tables(value, "key")),
        c2pa_allowed=tuple(shelf.certificate(name) for name in c2pa.get("allowed", ())),
        c2pa_ekus=tuple(map(str, c2pa.get("ekus", ()))),
        **_lists(_table(value.get("list", {}), "list", {"crl", "ocsp", "compromised"}), shelf),
    )
    shelf.require_all_named()
    return found


class _Shelf:
    """The files of the folder, and which of them were named."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        if len(files) > MAX_FILES:
            raise Malformed(f"more than {MAX_FILES} files in a trust folder")
        self._files = files
        self._named = {CONTENTS}

    def take(self, name: object) -> bytes:
        """Return a named file's bytes."""
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name not in self._files:
            raise Malformed(f"{CONTENTS} names a file that is not in the folder: {name!r}")
        self._named.add(name)
        return self._files[name]

    def certificate(self, name: object) -> bytes:
        """Return the one certificate in a named file, DER."""
        found = recognise(self.take(name), Particulars(purposes=(Purpose.C2PA,))).anchors
        if len(found) != 1:
            raise Malformed(f"{name}: want one certificate in the file")
        return found[0].der

    def require_all_named(self) -> None:
        """A file that nobody says anything about would be silently without effect."""
        spare = sorted(set(self._files) - self._named)
        if spare:
            raise Malformed(f"{CONTENTS} does not say what this file is for: {spare[0]}")


def _anchor(table: dict[str, Any], shelf: _Shelf) -> Anchor:
    der = shelf.certificate(table.pop("file", None))
    if not table.get("purposes"):  # the value's default is all of them: too much for a slip
        raise Malformed(f"{CONTENTS}: [[anchor]]: say what it vouches for, in purposes")
    return _entry(Anchor, table | {"der": base64.b64encode(der).decode()}, "anchor")


def _pgp(table: dict[str, Any], shelf: _Shelf) -> PgpPin:
    data = shelf.take(table.pop("file", None))
    pins = recognise(data, Particulars(person="-")).pgp
    if len(pins) != 1:
        raise Malformed("pgp: want one OpenPGP certificate in the file")
    known = {
        "certificate": base64.b64encode(pins[0].certificate).decode(),
        "fingerprint": pins[0].fingerprint,
    }
    stated = table.pop("fingerprint", pins[0].fingerprint)
    if stated != pins[0].fingerprint:
        raise Malformed(f"pgp: {CONTENTS} states another fingerprint than the key has: {stated!r}")
    return _entry(PgpPin, table | known, "pgp")


def _key(table: dict[str, Any]) -> KeyPin:
    pin = _entry(KeyPin, table, "key")
    refuse_private_key(pin.key.encode())
    return pin


def _lists(table: dict[str, Any], shelf: _Shelf) -> dict[str, tuple[Any, ...]]:
    crls = [recognise(shelf.take(name), Particulars()).crls for name in table.get("crl", ())]
    ocsp = [recognise(shelf.take(name), Particulars()).ocsp for name in table.get("ocsp", ())]
    return {
        "crls": tuple(der for group in crls for der in group),
        "ocsp": tuple(der for group in ocsp for der in group),
        "compromised_spki": tuple(map(str, table.get("compromised", ()))),
    }


def _tables(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = value.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Malformed(f"{CONTENTS}: {name} is written as [[{name}]] tables")
    return [dict(one) for one in found]


def _table(value: object, name: str, known: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or not set(value) <= known:
        raise Malformed(f"{CONTENTS}: [{name}] has only {', '.join(sorted(known))}")
    if not all(isinstance(one, list) for one in value.values()):
        raise Malformed(f"{CONTENTS}: entries of [{name}] are lists")
    return value


def _entry(kind: type[T], table: dict[str, Any], name: str) -> T:
    """Read one table by the rules of the codec; what is left out has its default."""
    value = {key: _plain(one) for key, one in table.items()}
    for field in fields(kind):  # type: ignore[arg-type] # always a dataclass
        if field.name not in value and field.default is not MISSING:
            value[field.name] = to_jsonable(field.default)
    try:
        return from_jsonable(kind, value)
    except Malformed as error:
        raise Malformed(f"{CONTENTS}: [[{name}]]: {error}") from error


def _plain(value: object) -> object:
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise Malformed(f"{CONTENTS}: an instant needs its offset (add Z for UTC): {value}")
    return format_instant(value.astimezone(UTC))


def write_folder(trust: TrustSet) -> dict[str, bytes]:
    """Return the files that `read_folder` reads as this very set."""
    files: dict[str, bytes] = {}

    def put(folder: str, name: str, data: bytes) -> str:
        path = f"{folder}/{name}"
        files[path] = data
        return path

    tables = [_HEADER, "version = 1\n"]
    for anchor in trust.anchors:
        path = put("anchors", f"{anchor.sha256}.der", anchor.der)
        tables.append(_written("anchor", anchor, skip={"der"}, file=path))
    tables += [_written("dkim", one) for one in trust.dkim_keys]
    for pin in trust.pgp:
        path = put("pgp", f"{pin.fingerprint}.pgp", pin.certificate)
        tables.append(_written("pgp", pin, skip={"certificate"}, file=path))
    tables += [_written("key", one) for one in trust.keys]
    tables.append(_written_lists(trust, put))
    files[CONTENTS] = "\n".join(tables).encode()
    return files


def _written_lists(trust: TrustSet, put: Callable[[str, str, bytes], str]) -> str:
    def paths(folder: str, values: tuple[bytes, ...]) -> list[str]:
        return [put(folder, f"{_digest(one)}.der", one) for one in values]

    groups = {
        "list": {
            "crl": paths("crl", trust.crls),
            "ocsp": paths("ocsp", trust.ocsp),
            "compromised": list(trust.compromised_spki),
        },
        "c2pa": {"allowed": paths("c2pa", trust.c2pa_allowed), "ekus": list(trust.c2pa_ekus)},
    }
    return "\n".join(
        "\n".join([f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in group.items()), ""])
        for name, group in groups.items()
    )


def _written(
    name: str, entry: object, *, skip: frozenset[str] | set[str] = frozenset(), file: str = ""
) -> str:
    lines = [f"[[{name}]]"] + ([f"file = {_toml(file)}"] if file else [])
    for field in fields(entry):  # type: ignore[arg-type] # always a dataclass
        value = getattr(entry, field.name)
        if field.name not in skip and value is not None:
            lines.append(f"{field.name} = {_toml(value)}")
    return "\n".join([*lines, ""])


def _toml(value: object) -> str:
    """One TOML value: an instant bare, a list in brackets, all else a basic string."""
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    # Basic strings escape as JSON does, but for the delete character (toml.io 1.0, "String").
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
