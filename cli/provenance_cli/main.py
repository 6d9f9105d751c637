"""The command `prov`: the list of commands, and what happens when one fails.

Nothing heavy is imported here or at the top of a command module: typer and the standard library
only, so that `prov --help` costs nothing. No traceback reaches a user: what the core raises is told
in one line with its exit code; so is Ctrl-C, and an output that cannot be written; anything else is
called what it is, a fault of this program. A reader who goes away (`prov list | head`) is no fault.
"""

import errno
import os
import sys
from typing import Annotated, Final, NoReturn

import typer

from provenance import __version__
from provenance.errors import DeskError
from provenance_cli import voice
from provenance_cli.commands import register
from provenance_cli.whole_help import WholeHelp

INTERRUPTED: Final = 130  # the shell's convention for Ctrl-C
FAULT: Final = 4
NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

app = typer.Typer(
    name="prov",
    cls=WholeHelp,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
register(app)


def _say_version(asked: bool) -> None:
    if asked:
        voice.result(f"prov {__version__}")
        raise typer.Exit


@app.callback()
def prov(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Say which version this is.", callback=_say_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Provenance desk: custody, signatures, statements and verdicts of leaked documents."""


def run() -> None:
    """Run `prov`; the entry point of the installed command."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except SystemExit as leaving:
        # Typer turns Ctrl-C and a closed pipe into exits of its own before we see them.
        if isinstance(leaving.__context__, BrokenPipeError):
            _drop_output(0)
        if leaving.code == INTERRUPTED:
            _stopped()
        raise
    except DeskError as error:
        sys.exit(voice.complain(error))
    except KeyboardInterrupt:
        _stopped()
    except BrokenPipeError:
        _drop_output(0)
    except Exception as fault:
        if os.environ.get("PROV_TRACEBACK"):
            raise
        if isinstance(fault, OSError) and fault.errno in NO_ROOM:
            voice.complain_of("the output cannot be written: no space left")
            _drop_output(FAULT)
        voice.complain_of(f"a fault in this program ({type(fault).__name__}); nothing was lost")
        voice.say_hint(["Set PROV_TRACEBACK=1 and run it again to see where; please report it."])
        sys.exit(FAULT)


def _stopped() -> NoReturn:
    voice.say("stopped; everything acknowledged so far is safe. Run it again to go on.")
    sys.exit(INTERRUPTED)


def _drop_output(code: int) -> NoReturn:
    """Leave with what is still buffered thrown away: the interpreter would complain about it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())  # type: ignore[union-attr] # a console program has one
    sys.exit(code)


if __name__ == "__main__":
    run()
