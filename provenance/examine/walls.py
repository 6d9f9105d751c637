"""The walls around a parser, one by one: what each holds back, and what its absence means.

The names are those stored with every finding (`jail`, `outer`); one of them, `landlock-N`, stands
for several walls, by the ABI number N that the kernel offers. The level `full` asks for the walls
marked as `needed`; the others are extras that not every kernel, or not every container, offers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from provenance.examine.outer import EMPTY_NETWORK

TCP_ABI: Final = 4  # Landlock ABI of Linux 6.7: TCP rules
SIGNAL_ABI: Final = 6  # of Linux 6.12: signals and abstract UNIX sockets stay within


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """One thing that a parser cannot do, and what enforces it."""

    name: str
    holds: str
    """What it holds back, when it stands."""
    missing: str
    """What its absence means, and why it may be absent."""
    needed: bool
    """Whether the level `full` asks for it."""
    stands: Callable[[frozenset[str], int], bool]
    """Takes the stored names, and Landlock's ABI (0 = none)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WallState:
    """Whether one wall stands here."""

    name: str
    stands: bool
    needed: bool
    text: str


WALLS: Final = (
    Wall(
        name="limits",
        holds="time, memory, open files and writing to disk are limited",
        missing="a document can use up this machine's memory or time: limits were refused",
        needed=True,
        stands=lambda names, _: "rlimits" in names,
    ),
    Wall(
        name="privileges",
        holds="no program that is started can gain rights (no_new_privs)",
        missing="a set-user-id program could gain rights; without this no other wall can be raised",
        needed=True,
        stands=lambda names, _: "no-new-privs" in names,
    ),
    Wall(
        name="capabilities",
        holds="nothing of root's power is left, also where the desk runs as root",
        missing="a parser keeps the powers of whoever runs the desk: do not run it as root",
        needed=True,
        stands=lambda names, _: "no-capabilities" in names,
    ),
    Wall(
        name="calls",
        holds="only some sixty system calls: no socket, no process, no signal, no debugging",
        missing="a parser that was taken over can open connections and start programs: the kernel"
        " has no seccomp, or there is no table for this processor (x86-64 and 64-bit Arm have one)",
        needed=True,
        stands=lambda names, _: "seccomp" in names,
    ),
    Wall(
        name="files",
        holds="no file but the interpreter's own libraries can be opened, and none written"
        " (Landlock)",
        missing="only the list of system calls keeps files closed, with no second wall behind it:"
        " the kernel is older than 5.13, or Landlock is switched off (boot option `lsm=`)",
        needed=True,
        stands=lambda _, abi: abi >= 1,
    ),
    Wall(
        name="tcp",
        holds="no TCP connection, a second time (Landlock)",
        missing="only the list of system calls forbids connections: Landlock before Linux 6.7 has"
        " no rule for them",
        needed=False,
        stands=lambda _, abi: abi >= TCP_ABI,
    ),
    Wall(
        name="signals",
        holds="no signal and no abstract socket reaches outside, a second time (Landlock)",
        missing="only the list of system calls forbids signals: Landlock before Linux 6.12 has no"
        " rule for them",
        needed=False,
        stands=lambda _, abi: abi >= SIGNAL_ABI,
    ),
    Wall(
        name="network",
        holds="the whole worker sits in a network of its own, with nobody else in it",
        missing="only the other walls keep the network away: this system lets nobody make a network"
        " namespace (common in containers, and on Ubuntu since 24.04)",
        needed=False,
        stands=lambda names, _: EMPTY_NETWORK in names,
    ),
)


def explain_walls(stored: tuple[str, ...]) -> tuple[WallState, ...]:
    """Return every wall there could be, in order, with whether it is among those stored."""
    names = frozenset(stored)
    abi = landlock_of(stored)
    return tuple(
        WallState(name=wall.name, stands=stands, needed=wall.needed, text=text)
        for wall in WALLS
        for stands in (wall.stands(names, abi),)
        for text in (wall.holds if stands else wall.missing,)
    )


def landlock_of(stored: tuple[str, ...]) -> int:
    """Return the Landlock ABI among stored wall names; 0 = none."""
    for name in stored:
        kind, _, number = name.partition("-")
        if kind == "landlock" and number.isdecimal():
            return int(number)
    return 0
