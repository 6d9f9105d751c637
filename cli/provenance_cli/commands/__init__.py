"""One module per command group; `register` puts them in the order people need them."""

import typer

from provenance_cli.commands import (
    audit,
    check,
    custody,
    demo,
    doctor,
    ingest,
    init,
    inspect,
    items,
    key,
    key_acts,
    ledger,
    package,
    report,
    source,
    statement,
    trust,
    verdict,
)
from provenance_cli.whole_help import WholeHelp


def register(app: typer.Typer) -> None:
    """Add every command to `prov`."""
    app.command("inspect")(inspect.inspect)
    app.command("demo")(demo.demo)
    app.command("init")(init.init)
    app.command("ingest")(ingest.ingest)
    app.command("list")(items.list_)
    app.command("show")(items.show)
    app.command("examine")(ingest.examine)
    app.command("recover")(ingest.recover)
    _add(app, custody.app, "custody", "Who held it, and were the bytes the same.")
    _add(app, source.app, "source", "What came from whom, and forgetting a source.")
    _add(app, statement.app, "statement", "Who confirmed, denied, qualified what.")
    _add(app, verdict.app, "verdict", "What follows, and what people signed.")
    app.command("audit")(audit.audit)
    app.command("report")(report.report)
    app.command("package")(package.package)
    app.command("check")(check.check)
    _add(app, ledger.app, "ledger", "The append-only log itself.")
    key_acts.add_to(key.app)
    _add(app, key.app, "key", "Who may sign.")
    _add(app, trust.app, "trust", "What signatures are judged by.")
    app.command("rebuild")(doctor.rebuild)
    app.command("doctor")(doctor.doctor)


def _add(app: typer.Typer, group: typer.Typer, name: str, told: str) -> None:
    app.add_typer(group, name=name, help=told, cls=WholeHelp)
