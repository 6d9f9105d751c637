"""The unsigned letter, told by the real commands.

Every line that begins with `$ prov` is run as it stands, in this process, in a desk of its own;
what follows it is what it printed. Between the commands stands only what a reader needs to know.
The keys have no passphrases, which a real desk would not do; the letter is a stand-in and says so.
"""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from provenance.errors import Refused
from provenance_cli import voice

Runner = Callable[[Sequence[str]], int]
SIGNING_DAY: Final = "2020-01-06"
NAMES: Final = ("Amal Haddad", "Joan Okafor")
MARKER: Final = "provenance-demonstration"  # only a folder that holds this file is ever replaced


def tell(folder: Path, *, fresh: bool, run: Runner) -> None:
    """Run the demonstration in `folder`.

    Args:
        folder: new, empty, or an earlier demonstration.
        fresh: replace an earlier demonstration.
        run: runs `prov` with these words in this process and returns its exit code.

    Raises:
        Refused: there is something in the folder that is not an earlier demonstration.
    """
    _make_room(folder, fresh=fresh)
    with _desk_in(folder), as_file(files("provenance_cli.demo")) as assets:
        _Story(folder, run).tell(assets)


def _make_room(folder: Path, *, fresh: bool) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).is_file():
            raise Refused(f"{folder} holds other files: name a new folder for the demonstration")
        if not fresh:
            raise Refused(f"{folder} holds a demonstration already: add --fresh to replace it")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text("made by `prov demo`; may be deleted\n", encoding="utf-8")


@contextmanager
def _desk_in(folder: Path) -> Iterator[None]:
    before = os.environ.get("PROV_DESK")
    os.environ["PROV_DESK"] = str(folder / "desk")
    try:
        yield
    finally:
        if before is None:
            del os.environ["PROV_DESK"]
        else:
            os.environ["PROV_DESK"] = before


def _title() -> None:
    voice.result()
    voice.result(voice.paint("The unsigned letter", "bold"))
    _caption(
        "6 January 2020. A photographed letter goes round: a US general telling Iraq's command "
        "that his troops are leaving. It is not signed. Is it real? The answer moved five times "
        "in three hours, and was questioned again the next day. (The letter used here is a "
        "stand-in written for this demonstration; the statements are those of the day, "
        "paraphrased.)"
    )


class _Story:
    """The chapters, told in a desk of their own."""

    def __init__(self, folder: Path, run: Runner) -> None:
        self._folder = folder
        self._prov = run

    def tell(self, assets: Path) -> None:
        _title()
        self._open_the_desk()
        item = self._take_the_letter_in(assets)
        self._hand_over(item)
        self._listen(item)
        self._sign(item)
        self._next_day(item)
        self._check(item)

    def _open_the_desk(self) -> None:
        _chapter("1", "A desk of two people")
        first, second = NAMES
        self._run("init", str(self._folder / "desk"), "--name", first, "--no-passphrase")
        voice.result()
        voice.result(voice.paint(f"$ export PROV_DESK={self._folder / 'desk'}", "cyan"))
        self._run("key", "new", "joan", "--no-passphrase")
        self._run("key", "enrol", "joan", "--person", second, "--role", "editor", key="amal-haddad")

    def _take_the_letter_in(self, assets: Path) -> str:
        _chapter("2", "The letter arrives twice: as a file, and as a photograph of the page")
        inbox = self._folder / "inbox"
        inbox.mkdir()
        for name in ("letter.pdf", "letter-photo.jpg", "letter.dossier.yaml"):
            shutil.copyfile(assets / name, inbox / name)
        self._run(
            "ingest", str(inbox / "letter.pdf"),
            "--source", "S-1", "--channel", "signal", key="amal-haddad",
        )  # fmt: skip
        item = _only_item(self._folder / "desk")
        self._run(
            "ingest", str(inbox / "letter-photo.jpg"),
            "--item", item, "--form", "photo", "--source", "S-2", "--channel", "upload",
            key="amal-haddad",
        )  # fmt: skip
        self._run("show", item)
        return item

    def _hand_over(self, item: str) -> None:
        _chapter("3", "Handed over, with the bytes compared on both sides")
        self._run(
            "custody", "offer", item,
            "--to", NAMES[1], "--purpose", "second reading", "--means", "encrypted drive",
            key="amal-haddad",
        )  # fmt: skip
        self._run("custody", "accept", item, key="joan")
        self._run("custody", "log", item)

    def _listen(self, item: str) -> None:
        from provenance.verdict.parse_dossier import parse_dossier
        from provenance_cli.demo.telling import moments, tell_moment

        _chapter("4", "What was said that evening, and what it does to the headline")
        path = self._folder / "inbox" / "letter.dossier.yaml"
        dossier = parse_dossier(path.read_text(encoding="utf-8"), name=path.name)
        evening = [moment for moment in moments(dossier) if moment.day == SIGNING_DAY]
        self._run(
            "statement", "import", str(path), "--item", item, "--until", f"{SIGNING_DAY}T23:59:00Z",
            key="joan",
        )  # fmt: skip
        for moment in evening:
            tell_moment(dossier, moment)

    def _sign(self, item: str) -> None:
        _chapter("5", "Two people sign what they stand behind that night")
        self._run("verdict", "sign", item, "--as-of", f"{SIGNING_DAY}T23:59:00Z", key="amal-haddad")
        self._run("verdict", "countersign", item, key="joan")
        self._run("verdict", "history", item)

    def _next_day(self, item: str) -> None:
        from provenance.verdict.parse_dossier import parse_dossier
        from provenance_cli.demo.telling import moments, tell_moment

        _chapter("6", "7 January: the prime minister says he holds a signed copy")
        path = self._folder / "inbox" / "letter.dossier.yaml"
        self._run("statement", "import", str(path), "--item", item, key="joan")
        dossier = parse_dossier(path.read_text(encoding="utf-8"), name=path.name)
        for moment in moments(dossier):
            if moment.day != SIGNING_DAY:
                tell_moment(dossier, moment)
        self._run("verdict", "stale", expect=1)
        _caption(
            "Nothing about the copy on this desk has changed: the headline stands. But a facet of "
            "ANOTHER copy is now in question, and whoever signed is told so."
        )

    def _check(self, item: str) -> None:
        _chapter("7", "Checked, and handed to somebody who trusts nobody")
        self._run("audit")
        report = self._folder / "custody-report.html"
        self._run("report", item, "--audience", "auditor", "--out", str(report), key="joan")
        package = self._folder / "package"
        self._run("package", item, "--audience", "auditor", "--out", str(package), key="joan")
        _verify(package / "VERIFY.sh")
        voice.result()
        voice.result(f"Open {voice.paint(str(report), 'bold')} in a browser.")
        voice.result(f"Look around: {_prov_here()} show {item} --desk {self._folder / 'desk'}")
        voice.result(
            f"             {_prov_here()} verdict why {item} --desk {self._folder / 'desk'}"
        )

    def _run(self, *words: str, key: str | None = None, expect: int = 0) -> None:
        """Print a command and run it as it stands."""
        full = [*words, *(["--key", key] if key else [])]
        _print_command(shlex.join(["prov", *full]))
        code = self._prov(full)
        if code != expect:
            raise Refused(f"the demonstration stopped: `prov {words[0]}` ended with {code}")


def _verify(script: Path) -> None:
    """Run the package's own script, which knows nothing of this program."""
    shell = shutil.which("sh")
    if shell is None or shutil.which("openssl") is None:
        _caption(f"(`sh {script}` checks the package without this program; it wants openssl.)")
        return
    _print_command(f"sh {script}")
    done = subprocess.run([shell, str(script)], capture_output=True, text=True, check=False)  # noqa: S603 - our own script, in a folder that was just made
    for line in done.stdout.splitlines():
        voice.wrapped(voice.visible(line), first="", indent="    ")
    if done.returncode:
        raise Refused(f"the demonstration stopped: VERIFY.sh ended with {done.returncode}")


def _print_command(text: str) -> None:
    voice.result()
    for number, line in enumerate(_command_lines(text)):
        voice.result(voice.paint(f"{'$' if number == 0 else ' '} {line}", "cyan"))
    sys.stdout.flush()


def _only_item(desk_folder: Path) -> str:
    from provenance_cli.options import open_reading

    with open_reading(desk_folder) as desk:
        return next(desk.items()).accession


def _command_lines(text: str) -> list[str]:
    """Return the command in lines that can be copied: broken between arguments only."""
    lines, room = [""], voice.columns() - 6
    for word in map(shlex.quote, shlex.split(text)):
        if lines[-1] and len(lines[-1]) + len(word) >= room:
            lines.append("   ")
        lines[-1] += f" {word}" if lines[-1] else word
    return [line + (" \\" if line is not lines[-1] else "") for line in lines]


def _prov_here() -> str:
    """Return how `prov` is called from this shell."""
    return "prov" if shutil.which("prov") else sys.argv[0]


def _chapter(number: str, title: str) -> None:
    voice.result()
    voice.result(voice.paint(f"{number}  {title}", "bold"))
    voice.result(voice.paint("─" * min(voice.columns(), len(title) + 3), "dim"))


def _caption(text: str) -> None:
    voice.wrapped(text, first="", indent="")
