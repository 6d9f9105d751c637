"""What `--json` prints: JSON and nothing else, with keys that stay; and no colour when piped."""

import json
import os
import pty
import subprocess

import pytest

from tests.cli.conftest import Prov
from tests.desk.scene import AMAL, LETTER, ROOT, Scene, environment, prov_command

DOSSIER = ROOT / "cli" / "provenance_cli" / "demo" / "letter.dossier.yaml"
ASSESSMENT = {
    "as_of", "attributes", "coverage", "facets", "flags", "headline", "headline_parts",
    "input_digest", "live_records", "missing_checks", "rules_version", "title",
}  # fmt: skip
EXAMINATION = {
    "at", "cpu_seconds", "detectors_run", "document_sha256", "facts", "headline", "identification",
    "jail", "jail_level", "limits", "max_rss", "outcome", "reference_time", "signatures", "size",
    "tools",
}  # fmt: skip
VERDICT = {
    "act", "decision", "item", "reason", "reason_class", "signed_at", "signer", "supersedes",
    "version",
}  # fmt: skip

KEYS: dict[str, set[str]] = {
    "list": {"accession", "form", "item", "name", "signature", "verdict"},
    "show ITEM": {
        "accession", "custody_remarks", "exemplars", "freshness", "holder", "item", "published",
        "suggested",
    },
    "custody log ITEM": {"claimed_at", "digests_agree", "sentence", "seq", "type", "who"},
    "statement list ITEM": {"asserts", "id", "kind", "recorded_at", "voice"},
    "verdict show ITEM": {"history", "signers", "staleness", "state", "suggestion", "version"},
    "verdict history ITEM": VERDICT,
    "audit": {"evidence", "log"},
    "ledger recount": {
        "beside_the_key", "checked", "findings", "holds", "remarks", "root", "size",
    },
    "ledger checkpoint": {"note", "size", "verifier_key"},
    "key list": {"ended", "enrolled", "kid", "person", "public_key", "role"},
    "doctor": {"detail", "name", "ok"},
    "examine ITEM": EXAMINATION,
    "ingest FILE": {"accession", "item", "name", "new", "seq", "sha256"},
    "inspect LETTER": EXAMINATION,
    "statement evaluate DOSSIER": ASSESSMENT,
    "statement import DOSSIER --item ITEM": {"added", "known", "later"},
}  # fmt: skip
NO_DESK = {"inspect LETTER", "statement evaluate DOSSIER"}
SIGNED = {"examine ITEM", "ingest FILE", "statement import DOSSIER --item ITEM"}


def letter(prov: Prov, scene: Scene) -> str:
    """The accession number of the letter."""
    lines = prov("list", "--json", desk=scene).lines
    return next(str(line["accession"]) for line in lines if line["name"] == "letter.pdf")


@pytest.mark.parametrize("command", KEYS)
def test_every_line_is_json_with_its_keys(prov: Prov, full: Scene, command: str) -> None:
    """Every line on stdout is a JSON object that has at least these keys; new keys may join."""
    stands = {
        "ITEM": letter(prov, full),
        "FILE": full.write("new.txt", b"new"),
        "LETTER": LETTER,
        "DOSSIER": DOSSIER,
    }
    words = [stands.get(word, word) for word in command.split()]
    desk = {} if command in NO_DESK else {"desk": full}
    key = {"key": AMAL} if command in SIGNED else {}
    ran = prov(*words, "--json", **desk, **key)
    assert ran.code in {0, 3}, ran.err
    assert ran.lines
    for line in ran.lines:
        assert line.keys() >= KEYS[command], command
    assert "\x1b" not in ran.out + ran.err


def test_stale_verdicts_as_json(prov: Prov, full: Scene) -> None:
    """A verdict that waits for a review is a line of its own; without one stdout is empty."""
    ran = prov("verdict", "stale", "--json", desk=full)
    assert (ran.code, ran.out) == (0, "")


def test_arrivals_as_json(prov: Prov, full: Scene) -> None:
    """An item's copies and arrivals have their keys."""
    card = json.loads(prov("show", letter(prov, full), "--json", desk=full).out)
    for copy in card["exemplars"]:
        assert copy.keys() >= {
            "sha256", "sha512", "blake3", "size", "form", "media_type", "signature", "outcome",
            "arrivals",
        }  # fmt: skip
        for arrival in copy["arrivals"]:
            assert arrival.keys() >= {
                "seq", "at", "by", "name", "path", "source", "channel", "claim", "container",
                "member",
            }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("no_color", [False, True])
def test_colour_on_a_terminal_only(full: Scene, no_color: bool) -> None:
    """A terminal gets colour, unless NO_COLOR is set; a pipe never does."""
    extra = {"NO_COLOR": "1"} if no_color else {}
    surroundings = {k: v for k, v in environment(TERM="xterm").items() if k != "NO_COLOR"} | extra
    words = prov_command("audit", "--desk", full.desk)
    ours, theirs = pty.openpty()
    child = subprocess.Popen(words, env=surroundings, stdout=theirs, stderr=subprocess.DEVNULL)
    os.close(theirs)
    seen = b""
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:  # Linux says so when the other side has closed
            break
        if not block:
            break
        seen += block
    os.close(ours)
    assert child.wait(60) == 0
    assert (b"\x1b[" in seen) is not no_color
    piped = subprocess.run(words, env=surroundings, capture_output=True, check=True)
    assert b"\x1b" not in piped.stdout + piped.stderr
