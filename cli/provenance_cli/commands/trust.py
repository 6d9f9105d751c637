"""`prov trust`: what this desk relies on when it judges signatures."""

from pathlib import Path
from typing import Annotated

import typer

from provenance_cli import voice
from provenance_cli.options import (
    DeskOption,
    JsonOption,
    KeyOption,
    PassphraseOption,
    open_reading,
    open_signing,
)

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stays in the record.")]
NoExamineOption = Annotated[
    bool, typer.Option("--no-examine", help="Judge nothing anew; `prov examine --stale` later.")
]
FromOption = Annotated[
    str | None, typer.Option("--from", metavar="TIME", help="Relied on from then on.")
]
ToOption = Annotated[str | None, typer.Option("--to", metavar="TIME", help="Relied on until then.")]


@app.command("list")
def list_(
    version: Annotated[
        str | None, typer.Option("--version", help="An earlier set, by its digest.")
    ] = None,
    desk: DeskOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List everything the desk relies on."""
    from provenance.trust.members import members
    from provenance_cli.trust_run import member_json, member_line

    with open_reading(desk) as opened:
        trust = opened.trust_version(version) if version else opened.trust()
    found = list(members(trust))
    for member in found:
        if as_json:
            voice.result_json(member_json(member))
        else:
            voice.result(member_line(member).strip())
    if not as_json:
        count = "1 entry" if len(found) == 1 else f"{len(found)} entries"
        voice.say(f"{count}, set {trust.sha256[:12]}")


@app.command()
def show(desk: DeskOption = None, *, as_json: JsonOption = False) -> None:
    """Show every version of the set: when, by whom, why, and what came and went."""
    from provenance.instants import format_instant
    from provenance.trust.members import difference
    from provenance_cli.trust_run import member_json, member_line

    with open_reading(desk) as opened:
        names = opened.keepers().names
        for one in opened.trust_versions():
            old, new = opened.trust_version(one.before), opened.trust_version(one.sha256)
            came, went = difference(old, new)
            who, when = names.get(one.kid, one.kid), format_instant(one.claimed_at)
            if as_json:
                voice.result_json(
                    {
                        "entry": one.seq,
                        "sha256": one.sha256,
                        "before": one.before,
                        "who": who,
                        "claimed_at": when,
                        "reason": one.reason,
                        "came": [member_json(each) for each in came],
                        "went": [member_json(each) for each in went],
                    }
                )
                continue
            voice.result(f"{one.sha256[:12]}  {when}  {voice.visible(who)} (entry {one.seq})")
            voice.wrapped(voice.visible(one.reason), first="  ", indent="  ")
            for sign, group in (("+", came), ("-", went)):
                for member in group:
                    voice.result("  " + member_line(member, sign=sign))


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Certificates or keys.")],
    reason: ReasonOption,
    purpose: Annotated[
        list[str] | None,
        typer.Option("--purpose", help="pdf, smime, cms, c2pa, tsa, ooxml, odf, asic; repeat."),
    ] = None,
    person: Annotated[str, typer.Option("--person", help="Whose key it is.")] = "",
    how: Annotated[str, typer.Option("--how", help="How you made sure.")] = "",
    source: Annotated[str, typer.Option("--from-where", help="Where you have it from.")] = "",
    begin: FromOption = None,
    end: ToOption = None,
    no_examine: NoExamineOption = False,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Rely on certificates, revocation lists or public keys; signed copies are judged anew."""
    from provenance.trust.editing import united
    from provenance.trust.model import TrustSet
    from provenance_cli.trust_files import particulars, recognise_file
    from provenance_cli.trust_run import rely_and_tell

    said = particulars(purpose or [], person=person, how=how, source=source, begin=begin, end=end)
    more = TrustSet()
    for file in files:
        more = united(more, recognise_file(file, said))
    with open_signing(desk, key, passphrase_file) as opened:
        rely_and_tell(opened, more, reason=reason, examine=not no_examine, as_json=as_json)


@app.command("add-dkim")
def add_dkim(
    domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="The d= of the signature.")],
    selector: Annotated[str, typer.Argument(metavar="SELECTOR", help="The s= of it.")],
    record: Annotated[Path, typer.Option("--record", help="File with the DNS TXT record.")],
    reason: ReasonOption,
    source: Annotated[
        str, typer.Option("--source", help="dnssec, dns, archive or manual.")
    ] = "manual",
    evidence: Annotated[str, typer.Option("--evidence", help="What backs it up.")] = "",
    first_seen: Annotated[
        str | None, typer.Option("--first-seen", metavar="TIME", help="It was in DNS then.")
    ] = None,
    last_seen: Annotated[
        str | None, typer.Option("--last-seen", metavar="TIME", help="It was still there then.")
    ] = None,
    published: Annotated[
        str | None,
        typer.Option("--private-key-published", metavar="TIME", help="Anybody can sign since."),
    ] = None,
    no_examine: NoExamineOption = False,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Archive a mail domain's DKIM key, with when it was seen and by whom."""
    from provenance_cli.trust_files import read_dkim
    from provenance_cli.trust_run import rely_and_tell

    more = read_dkim(
        record,
        domain=domain,
        selector=selector,
        source=source,
        evidence=evidence,
        times=(first_seen, last_seen, published),
    )
    with open_signing(desk, key, passphrase_file) as opened:
        rely_and_tell(opened, more, reason=reason, examine=not no_examine, as_json=as_json)


@app.command("mark-compromised")
def mark_compromised(
    what: Annotated[
        str,
        typer.Argument(metavar="KEY", help="A certificate file, or SHA-256 of the public key."),
    ],
    reason: ReasonOption,
    no_examine: NoExamineOption = False,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Say that a signing key is in the wrong hands: its signatures read REVOKED from now on."""
    from provenance_cli.trust_files import read_compromised
    from provenance_cli.trust_run import rely_and_tell

    more = read_compromised(what)
    with open_signing(desk, key, passphrase_file) as opened:
        rely_and_tell(opened, more, reason=reason, examine=not no_examine, as_json=as_json)


@app.command()
def drop(
    member: Annotated[str, typer.Argument(metavar="ID", help="As listed; a prefix will do.")],
    reason: ReasonOption,
    no_examine: NoExamineOption = False,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Rely on something no longer; signed copies are judged anew."""
    from provenance.trust.editing import without
    from provenance_cli.trust_run import change_and_tell

    with open_signing(desk, key, passphrase_file) as opened:
        change_and_tell(
            opened,
            lambda base: without(base, member),
            reason=reason,
            examine=not no_examine,
            as_json=as_json,
        )


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="With a trust.toml in it.")],
    reason: ReasonOption,
    replace: Annotated[
        bool, typer.Option("--replace", help="Rely on this and on nothing else.")
    ] = False,
    no_examine: NoExamineOption = False,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Take a trust folder in: all of it, or nothing if a word of it is not understood."""
    from provenance.trust.editing import united
    from provenance_cli.trust_run import change_and_tell
    from provenance_store.trust_folder import read_trust_folder

    more = read_trust_folder(folder)
    with open_signing(desk, key, passphrase_file) as opened:
        change_and_tell(
            opened,
            lambda base: more if replace else united(base, more),
            reason=reason,
            examine=not no_examine,
            as_json=as_json,
        )


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Empty, or not there yet.")],
    version: Annotated[
        str | None, typer.Option("--version", help="An earlier set, by its digest.")
    ] = None,
    desk: DeskOption = None,
) -> None:
    """Write the set as a trust folder: for another desk, or `prov inspect --trust`."""
    from provenance_store.trust_folder import write_trust_folder

    with open_reading(desk) as opened:
        trust = opened.trust_version(version) if version else opened.trust()
    count = write_trust_folder(trust, folder)
    named = "; it names the people whose keys are pinned" if trust.pgp or trust.keys else ""
    voice.say(f"{count} files written to {folder}{named}")
