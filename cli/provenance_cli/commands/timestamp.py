"""`prov ledger timestamp`: when the log was as it is, says somebody else's clock.

An authority's (RFC 3161), or that of a public chain of blocks (OpenTimestamps).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provenance_cli import voice
from provenance_cli.files import read_file, write_file
from provenance_cli.options import (
    DeskOption,
    JsonOption,
    KeyOption,
    PassphraseOption,
    open_reading,
    open_signing,
)

if TYPE_CHECKING:
    from provenance.outside.block_stamping import BlockStamp
    from provenance.outside.stamping import Stamp

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

MAX_PEM = 1_000_000  # bytes of certificates in one file; a long chain has some 10,000


@app.callback()
def timestamp() -> None:
    """Have checkpoints timestamped, and check the timestamps."""


@app.command()
def authority(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Your own name for it.")],
    root: Annotated[
        list[Path], typer.Option("--root", metavar="FILE", help="Its root certificate, PEM or DER.")
    ],
    chain: Annotated[
        list[Path] | None,
        typer.Option("--chain", metavar="FILE", help="Certificates between, PEM or DER."),
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option("--policy", metavar="OID", help="Accept stamps under this policy only."),
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", help="Where it answers; leave out for files.")
    ] = None,
    desk: DeskOption = None,
    key: KeyOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Record a timestamp authority to rely on, or replace one; you must be an admin."""
    from provenance.outside.certificate_files import parse_certificates
    from provenance.outside.timestamp_check import Authority

    def load(paths: list[Path]) -> tuple[bytes, ...]:
        return tuple(der for p in paths for der in parse_certificates(read_file(p, MAX_PEM)))

    new = Authority(
        name=name,
        roots=load(root),
        links=load(chain or []),
        policies=frozenset(policy or []),
        url=url,
    )
    with open_signing(desk, key, passphrase_file) as opened:
        seq = opened.outside.add_authority(new)
    voice.say(f"timestamp authority {name} recorded (entry {seq})")


@app.command("list")
def list_(desk: DeskOption = None, *, as_json: JsonOption = False) -> None:
    """List the timestamp authorities that this desk relies on."""
    from hashlib import sha256

    with open_reading(desk) as opened:
        authorities = opened.outside.holders().authorities
    rows = []
    for each in authorities:
        roots = [sha256(der).hexdigest() for der in each.roots]
        if as_json:
            policies = sorted(each.policies)
            voice.result_json(
                {"name": each.name, "url": each.url, "roots": roots, "policies": policies}
            )
        rows.append((each.name, each.url or "by file", ", ".join(r[:16] for r in roots)))
    if not as_json:
        voice.table(rows, header=("authority", "address", "roots (SHA-256)"))


@app.command()
def request(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Write to this file (.tsq).")],
    desk: DeskOption = None,
) -> None:
    """Write a request over the newest checkpoint; it is kept, so that the answer can be matched."""
    with open_reading(desk) as opened:
        size, data = opened.outside.timestamp_request()
    write_file(out, data)
    voice.say(f"request over the checkpoint of {size} entries in {voice.visible(str(out))}")
    voice.say_hint(["What comes back: prov ledger timestamp accept FILE --authority NAME"])


@app.command()
def accept(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The answer (.tsr).")],
    authority: Annotated[str, typer.Option("--authority", metavar="NAME", help="Who sent it.")],
    desk: DeskOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Check an authority's answer and keep it."""
    from provenance.outside.der import MAX_DER

    response = read_file(file, MAX_DER)
    with open_reading(desk) as opened:
        stamp = opened.outside.accept_timestamp(response, authority=authority)
    _tell(stamp, as_json=as_json)


@app.command()
def run(desk: DeskOption = None, *, as_json: JsonOption = False) -> None:
    """Have the newest checkpoint stamped by every authority that has an address; for cron."""
    from provenance_cli.commands.witness import tell_asked
    from provenance_cli.http_client import HttpTransport

    with open_reading(desk) as opened:
        asked = opened.outside.ask_authorities(HttpTransport())
    nobody = "no timestamp authority has an address"
    tell_asked(asked, done="stamped", nobody=nobody, as_json=as_json)


@app.command()
def verify(desk: DeskOption = None, *, as_json: JsonOption = False) -> None:
    """Check every kept timestamp again, offline; exit code 1 if one does not hold."""
    from provenance.errors import NothingToCheck

    with open_reading(desk) as opened:
        stamps = opened.outside.check_stamps()
    if not stamps:
        raise NothingToCheck("no timestamp is kept")
    for stamp in stamps:
        _tell(stamp, as_json=as_json)
    if any(stamp.finding is None for stamp in stamps):
        raise typer.Exit(1)


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Write into this folder.")],
    desk: DeskOption = None,
) -> None:
    """Write stamped checkpoints, requests, answers and roots as files for `openssl ts -verify`."""
    from provenance.outside.certificate_files import pem
    from provenance_store.faults import os_faults

    with open_reading(desk) as opened:
        files = opened.outside.timestamp_files()
        authorities = opened.outside.holders().authorities
    with os_faults("the folder could not be made"):
        out.mkdir(parents=True, exist_ok=True)
    for each in authorities:
        write_file(out / f"{each.name}.roots.pem", pem(each.roots))
        write_file(out / f"{each.name}.chain.pem", pem(each.links))
    for name, data in files:
        write_file(out / name, data)
    voice.say(f"{len(files)} files in {voice.visible(str(out))}")


@app.command("ots-request")
def ots_request(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Write to this file.")],
    desk: DeskOption = None,
) -> None:
    """Write the newest checkpoint as a file for an OpenTimestamps client to stamp."""
    with open_reading(desk) as opened:
        size, data = opened.outside.ots_file()
    write_file(out, data)
    voice.say(f"the checkpoint of {size} entries, as first signed, in {voice.visible(str(out))}")
    voice.say_hint(["Stamp that file; then: prov ledger timestamp ots-accept FILE.ots"])


@app.command("ots-accept")
def ots_accept(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The proof (.ots).")],
    desk: DeskOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Check that an OpenTimestamps proof is over a checkpoint of this desk, and keep it."""
    from provenance.outside.ots_proof import MAX_PROOF

    proof = read_file(file, MAX_PROOF)
    with open_reading(desk) as opened:
        stamp = opened.outside.accept_ots(proof)
    _tell_ots(stamp, as_json=as_json)


@app.command("ots-verify")
def ots_verify(
    block_headers: Annotated[
        Path | None,
        typer.Option("--block-headers", metavar="FILE", help="Bitcoin block headers you trust."),
    ] = None,
    desk: DeskOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Follow kept OpenTimestamps proofs, offline; exit code 1: one is wrong, 3: none checked."""
    from provenance.errors import NothingToCheck
    from provenance.outside.block_headers import MAX_HEADERS, parse_block_headers
    from provenance.outside.block_stamping import NO_HEADERS

    headers = NO_HEADERS
    if block_headers is not None:
        headers = parse_block_headers(read_file(block_headers, MAX_HEADERS))
    with open_reading(desk) as opened:
        stamps = opened.outside.check_proofs(headers)
    for stamp in stamps:
        _tell_ots(stamp, as_json=as_json)
    if any(stamp.failed for stamp in stamps):
        raise typer.Exit(1)
    if not any(stamp.no_later_than for stamp in stamps):
        raise NothingToCheck("no OpenTimestamps proof could be held against a block header")


def _tell_ots(stamp: "BlockStamp", *, as_json: bool) -> None:
    from provenance.instants import format_instant

    if as_json:
        blocks = [
            {
                "height": each.height,
                "state": str(each.state),
                "block": each.block_hash,
                "no_later_than": each.no_later_than and format_instant(each.no_later_than),
            }
            for each in stamp.blocks
        ]
        value = {"size": stamp.size, "pending": stamp.pending, "blocks": blocks}
        error = None if stamp.error is None else str(stamp.error)
        voice.result_json(value | {"unread": stamp.unread, "error": error})
        return
    lines = [f"promised by {calendar}, not in a block yet" for calendar in stamp.pending]
    for each in stamp.blocks:
        line = f"block {each.height}: {each.state}"
        if each.no_later_than is not None:
            line += f"; existed by {format_instant(each.no_later_than)} if {each.block_hash} is it"
        lines.append(line)
    if stamp.unread:
        lines.append(f"{stamp.unread} attestations of a kind that is not read")
    if stamp.error is not None:
        lines.append(f"DOES NOT HOLD: {stamp.error}")
    for line in lines:
        voice.result(voice.visible(f"{stamp.size}  {line}"))


def _tell(stamp: "Stamp", *, as_json: bool) -> None:
    from provenance.instants import format_instant

    found = stamp.finding
    if as_json:
        value: dict[str, object] = {"size": stamp.size, "authority": stamp.authority}
        if found is None:
            value |= {"holds": False, "error": str(stamp.error)}
        else:
            seconds = None if found.accuracy is None else f"{found.accuracy.total_seconds():.6f}"
            value |= {"holds": True, "at": format_instant(found.at), "accuracy_seconds": seconds}
            value |= {"serial": str(found.serial), "policy": found.policy}
        voice.result_json(value)
    elif found is None:
        voice.result(
            voice.visible(f"{stamp.size}  {stamp.authority}  DOES NOT HOLD: {stamp.error}")
        )
    else:
        accuracy = "" if found.accuracy is None else f" ± {found.accuracy.total_seconds():g} s"
        voice.result(f"{stamp.size}  {stamp.authority}  {format_instant(found.at)}{accuracy}")
