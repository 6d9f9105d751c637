"""A hash chain in a table, as a job: each row is signed, and holds the hash of the row before.

What most custody logs do. Whoever appends must know that what he continues is whole, and a chain
can only tell by hashing all of it again: its cost grows with its length. The signatures of the
older rows are left unverified, in the chain's favour. Nothing of the product is at work here.
"""

import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from timing import timed

RECORD: Final = 200  # bytes: shorter than any of our entries
_MADE: Final = "CREATE TABLE chain (seq INTEGER PRIMARY KEY, link BLOB, record BLOB, signed BLOB)"
_INSERT: Final = "INSERT INTO chain VALUES (?, ?, ?, ?)"


def append_to_chain(database: str, log: int, count: int) -> dict[str, Any]:
    """Append records one at a time, durably, to a chain that has `log` records already."""
    key = Ed25519PrivateKey.generate()
    table = sqlite3.connect(database, isolation_level=None)
    for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", _MADE, "BEGIN"):
        table.execute(line)
    table.executemany(_INSERT, _fillers(log))
    table.execute("COMMIT")
    with timed() as taken:
        for number in range(log, log + count):
            table.execute("BEGIN IMMEDIATE")
            link, record = _verified(table), number.to_bytes(RECORD)
            table.execute(_INSERT, (number, link, record, key.sign(link + record)))
            table.execute("COMMIT")
    table.close()
    return {**taken, "events": count}


def _verified(table: sqlite3.Connection) -> bytes:
    """Return the link to the last row, every row before it having been hashed."""
    expected = bytes(32)
    for link, record, signed in table.execute(
        "SELECT link, record, signed FROM chain ORDER BY seq"
    ):
        if link != expected:
            raise RuntimeError("the chain is broken")
        expected = sha256(link + record + signed).digest()
    return expected


def _fillers(count: int) -> Iterator[tuple[int, bytes, bytes, bytes]]:
    link, signed = bytes(32), bytes(64)
    for number in range(count):
        record = number.to_bytes(RECORD)
        yield number, link, record, signed
        link = sha256(link + record + signed).digest()
