"""What `prov doctor` looks at."""

import importlib.util
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import DeskError


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    detail: str
    needed: bool = False
    """Whether the desk cannot work without it."""


def examine_surroundings(desk: Path | None) -> list[Check]:
    """Return what is here, what is not, and what that means."""
    tools = (_tool(*tool) for tool in _TOOLS)
    return [_python(), *_sandbox(), _second_engine(), _postgres(), *tools, *_desk(desk)]


_TOOLS = (
    ("openssl", "checks exported signatures and time-stamps without us"),
    ("ssh-keygen", "checks endorsements by SSH keys without us"),
    ("sha256sum", "checks exported bytes without us"),
)


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check(name="python", ok=True, detail=version, needed=True)


def _sandbox() -> list[Check]:
    from provenance.examine.runner import jail_level
    from provenance.examine.walls import explain_walls

    try:
        found = jail_level()
    except DeskError as error:
        return [Check(name="sandbox", ok=False, detail=str(error), needed=True)]
    level = Check(
        name="sandbox",
        ok=found.level == "full",
        detail=f"{found.level} isolation for parsers, wall by wall:",
    )
    walls = explain_walls(found.walls)
    return [
        level,
        *(Check(name=f"wall-{one.name}", ok=one.stands, detail=one.text) for one in walls),
    ]


def _second_engine() -> Check:
    from provenance.examine.gpgv_job import PROGRAMS, find_gpgv

    purpose = "the second engine, without which no OpenPGP signature is called BROKEN"
    here = find_gpgv()
    detail = f"{here}: {purpose}" if here else f"not at {', '.join(PROGRAMS)}; {purpose}"
    return Check(name="gpgv", ok=here is not None, detail=detail)


def _postgres() -> Check:
    found = importlib.util.find_spec("psycopg") is not None
    detail = (
        "psycopg is here" if found else "for PostgreSQL: pip install 'provenance-desk[postgres]'"
    )
    return Check(name="postgres", ok=found, detail=detail)


def _tool(name: str, purpose: str) -> Check:
    path = shutil.which(name)
    return Check(name=name, ok=path is not None, detail=purpose if path else f"not here; {purpose}")


def _desk(desk: Path | None) -> list[Check]:
    from provenance_cli.options import find_desk, open_reading

    try:
        folder = find_desk(desk)
    except DeskError as error:
        return [Check(name="desk", ok=desk is None, detail=str(error), needed=desk is not None)]
    try:
        with open_reading(folder) as opened:
            size = opened.parts.ledger.size()
            keepers = opened.keepers()
    except DeskError as error:
        return [Check(name="desk", ok=False, detail=f"{folder}: {error}", needed=True)]
    detail = f"{folder}: {size} entries, {len(keepers.valid())} keys"
    alone = "one key only: nobody can countersign" if keepers.one_person else "two people can sign"
    return [
        Check(name="desk", ok=True, detail=detail, needed=True),
        Check(name="people", ok=not keepers.one_person, detail=alone),
    ]
