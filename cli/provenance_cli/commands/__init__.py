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
    app.add_typer(custody.app, name="custody", help="Who held it, and were the bytes the same.")
    app.add_typer(source.app, name="source", help="What came from whom, and forgetting a source.")
    app.add_typer(statement.app, name="statement", help="Who confirmed, denied, qualified what.")
    app.add_typer(verdict.app, name="verdict", help="What follows, and what people signed.")
    app.command("audit")(audit.audit)
    app.command("report")(report.report)
    app.command("package")(package.package)
    app.command("check")(check.check)
    app.add_typer(ledger.app, name="ledger", help="The append-only log itself.")
    key_acts.add_to(key.app)
    app.add_typer(key.app, name="key", help="Who may sign.")
    app.add_typer(trust.app, name="trust", help="What signatures are judged by.")
    app.command("rebuild")(doctor.rebuild)
    app.command("doctor")(doctor.doctor)
