r"""Parse a manifest of claimed digests.

Strict: the first line that is not understood ends it, and is named by its number. The forms are
told apart by the file's name and each line's own look:
  1. BagIt (RFC 8493 2.1.3), if the file is called manifest-<algorithm>.txt or tagmanifest-...:
     digest, blanks, path, with %0A, %0D and %25 for line feed, carriage return and per cent;
  2. a JSON list, if the first character is `[`: objects with `path`, any of `sha256`, `sha512` and
     `blake3` in hex, and optionally `size`; other keys are refused, as is a key given twice;
  3. GNU lines (sha256sum, sha512sum, b3sum): digest, blank, blank or `*`, path. A line that begins
     with a backslash has \\, \n and \r in its path;
  4. BSD tag lines: `SHA256 (path) = digest`.
A digest of 64 hex digits without an algorithm's name is SHA-256 or BLAKE3, one of 128 SHA-512.
Refused: MD5, SHA-1 and other digests that are not taken here, absolute paths, `..`, and one path
with two different claims. A path is bytes; the manifest is never asked what encoding it is in.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Final, Literal, TypeAlias

from provenance.errors import UsageError
from provenance.intake.claims import Claim, Claims

MAX_MANIFEST: Final = 64 << 20  # bytes: about half a million lines, which are held in memory
_BAG: Final = re.compile(r"(?:tag)?manifest-([a-z0-9]+)\.txt", re.IGNORECASE)
_GNU: Final = re.compile(rb"(\\?)([0-9A-Fa-f]+) [ *](.+)")
_TAG: Final = re.compile(rb"(\\?)([A-Za-z0-9-]{2,16}) ?\((.+)\) ?= ?([0-9A-Fa-f]+)")
_BAG_LINE: Final = re.compile(rb"([0-9A-Fa-f]+)[ \t]+\*?(.+)")
_Algorithm: TypeAlias = Literal["sha256", "sha512", "blake3", "either"]
_TAGS: Final[dict[str, _Algorithm]] = {
    "sha256": "sha256",
    "sha2-256": "sha256",
    "sha512": "sha512",
    "sha2-512": "sha512",
    "blake3": "blake3",
}
_LENGTHS: Final[dict[str, int]] = {"sha256": 64, "sha512": 128, "blake3": 64, "either": 64}
_BY_LENGTH: Final[dict[int, _Algorithm]] = {64: "either", 128: "sha512"}
_WEAK: Final = frozenset({"md5", "sha1", "sha-1"})
_GNU_ESCAPES: Final = {b"\\\\": b"\\", b"\\n": b"\n", b"\\r": b"\r"}
_BAG_ESCAPES: Final = {b"%0A": b"\n", b"%0D": b"\r", b"%25": b"%"}
_BAG_ESCAPE: Final = re.compile(rb"%(?:0A|0D|25)", re.IGNORECASE)
_JSON_KEYS: Final = frozenset({"path", "sha256", "sha512", "blake3", "size"})


def parse_manifest(data: bytes, *, name: str) -> Claims:
    """Return the claims of a manifest.

    Args:
        data: The whole file.
        name: Its file name; says whether it is a BagIt manifest, and its algorithm.

    Raises:
        UsageError: a line is not understood or refused; the message begins with `line` or `entry`
            and its number, counted from 1.
    """
    if len(data) > MAX_MANIFEST:
        raise UsageError(f"the manifest is larger than {MAX_MANIFEST >> 20} MiB")
    if re.search(r"b2sum|blake2", name, re.IGNORECASE):
        raise UsageError("BLAKE2 is not taken here: give SHA-256, SHA-512 or BLAKE3")
    data = data.removeprefix(b"\xef\xbb\xbf")
    claims: dict[bytes, Claim] = {}
    found = _json_claims(data) if data.lstrip()[:1] == b"[" else _line_claims(data, name)
    for where, path, claim in found:
        claims[path] = _merged(claims.get(path), claim, where)
    return Claims(claims)


def _line_claims(data: bytes, name: str) -> Iterator[tuple[str, bytes, Claim]]:
    bag = _BAG.fullmatch(name)
    algorithm = _algorithm(bag[1], "the manifest's name") if bag else None
    for number, raw in enumerate(data.split(b"\n"), start=1):
        line, where = raw.removesuffix(b"\r"), f"line {number}"
        if not line:
            continue
        path, claim = _bag_line(line, algorithm, where) if algorithm else _line(line, where)
        yield where, _require_relative(path, where), claim


def _bag_line(line: bytes, algorithm: _Algorithm, where: str) -> tuple[bytes, Claim]:
    found = _BAG_LINE.fullmatch(line)
    if found is None:
        raise UsageError(f"{where}: not a line of a BagIt manifest")
    path = _BAG_ESCAPE.sub(lambda hit: _BAG_ESCAPES[hit[0].upper()], found[2])
    return path, _claim(algorithm, found[1].decode("ascii"), where)


def _line(line: bytes, where: str) -> tuple[bytes, Claim]:
    if (tag := _TAG.fullmatch(line)) is not None:
        algorithm = _algorithm(tag[2].decode("ascii"), where)
        return _unescaped(tag[1], tag[3], where), _claim(algorithm, tag[4].decode("ascii"), where)
    gnu = _GNU.fullmatch(line)
    if gnu is None:
        raise UsageError(f"{where}: neither a digest line nor a tag line")
    text = gnu[2].decode("ascii")
    if len(text) in (32, 40):
        raise UsageError(f"{where}: {_weak('MD5' if len(text) == 32 else 'SHA-1')}")
    if len(text) not in _BY_LENGTH:
        raise UsageError(f"{where}: a digest has 64 or 128 hex digits, this has {len(text)}")
    return _unescaped(gnu[1], gnu[3], where), _claim(_BY_LENGTH[len(text)], text, where)


def _unescaped(mark: bytes, path: bytes, where: str) -> bytes:
    if not mark:
        return path
    if re.fullmatch(rb"(?:[^\\]|\\[\\nr])*", path, re.DOTALL) is None:
        raise UsageError(f"{where}: an unknown escape in the path")
    return re.sub(rb"\\[\\nr]", lambda hit: _GNU_ESCAPES[hit[0]], path)


def _weak(name: str) -> str:
    return f"{name} no longer tells two files apart: give SHA-256, SHA-512 or BLAKE3"


def _algorithm(tag: str, where: str) -> _Algorithm:
    if tag.lower() in _WEAK:
        raise UsageError(f"{where}: {_weak(tag.upper())}")
    try:
        return _TAGS[tag.lower()]
    except KeyError as fault:
        raise UsageError(f"{where}: give SHA-256, SHA-512 or BLAKE3, not {tag}") from fault


def _claim(algorithm: _Algorithm, text: object, where: str) -> Claim:
    if not isinstance(text, str) or not re.fullmatch(r"[0-9A-Fa-f]*", text):
        raise UsageError(f"{where}: a digest is text in hex")
    if len(text) != _LENGTHS[algorithm]:
        raise UsageError(f"{where}: the digest must have {_LENGTHS[algorithm]} hex digits")
    digest = bytes.fromhex(text)
    return Claim(
        sha256=digest if algorithm == "sha256" else None,
        sha512=digest if algorithm == "sha512" else None,
        blake3=digest if algorithm == "blake3" else None,
        either=digest if algorithm == "either" else None,
    )


def _require_relative(path: bytes, where: str) -> bytes:
    while path.startswith(b"./"):
        path = path[2:]
    parts = path.split(b"/")
    if b"\x00" in path or any(part in (b"", b".", b"..") for part in parts):
        raise UsageError(f"{where}: a path must lead down from the folder, without `..` or `//`")
    return path


def _merged(old: Claim | None, new: Claim, where: str) -> Claim:
    if old is None:
        return new
    for field in fields(Claim):
        first, second = getattr(old, field.name), getattr(new, field.name)
        if None not in (first, second) and first != second:
            raise UsageError(f"{where}: this path was claimed before, with another value")
        if first is not None:
            new = replace(new, **{field.name: first})
    return new


def _json_claims(data: bytes) -> Iterator[tuple[str, bytes, Claim]]:
    try:
        entries = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except json.JSONDecodeError as fault:
        raise UsageError(f"line {fault.lineno}: not JSON ({fault.msg})") from fault
    except (ValueError, RecursionError) as fault:
        raise UsageError("the manifest is not readable as a JSON list") from fault
    for number, entry in enumerate(entries, start=1):
        where = f"entry {number}"
        if not isinstance(entry, dict):
            raise UsageError(f"{where}: not an object")
        yield where, *_json_entry(entry, where)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _json_entry(entry: dict[str, object], where: str) -> tuple[bytes, Claim]:
    for key in entry:
        if key.lower() in _WEAK:
            raise UsageError(f"{where}: {_weak(key.upper())}")
        if key not in _JSON_KEYS:
            raise UsageError(f"{where}: an unknown key")
    claim, size = Claim(), entry.get("size")
    algorithms: list[_Algorithm] = [each for each in _TAGS.values() if each in entry]
    for algorithm in algorithms:
        claim = _merged(claim, _claim(algorithm, entry[algorithm], where), where)
    if claim == Claim():
        raise UsageError(f"{where}: no digest")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
        raise UsageError(f"{where}: a size is a whole number of bytes")
    try:
        path = str(entry.get("path", "")).encode("utf-8")
    except UnicodeEncodeError as fault:
        raise UsageError(f"{where}: the path holds half a character") from fault
    return _require_relative(path, where), replace(claim, size=size)
