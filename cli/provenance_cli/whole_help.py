"""A list of commands in `--help` whose sentences are whole.

The library cuts a command's first sentence where the terminal ends, often before the point of it.
Here it is wrapped instead. Nothing else of the help is changed.
"""

from typing import Any

from typer.core import TyperGroup


class WholeHelp(TyperGroup):
    """A group of commands that shows the first sentence of each, however long it is."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - types the library keeps to itself
        """Write each command and its first sentence, wrapped to the width there is."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [
            (name, command.get_short_help_str(limit=1000))
            for name, command in found
            if command is not None and not command.hidden
        ]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)
