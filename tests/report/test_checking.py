"""What the report says of the script in a package is what the script is."""

import re

from provenance.exports.release import verify_script
from provenance.report.html import render_html
from tests.report import worlds as w

_FAMILIES = (
    "openssl",
    "awk",
    "sha256sum",
    "xxd",
    "python",
    "perl",
    "jq",
    "od",
    "gpg",
    "ssh-keygen",
)


def test_the_report_names_the_tools_that_the_script_uses() -> None:
    """Whoever checks a package without us is told which programs he needs, and no other."""
    said = re.search(r"a script that needs ([^;]*);", render_html(w.sample_model()))
    assert said is not None
    code = re.sub(r"(?m)^\s*#.*$", "", verify_script().decode())
    for tool in _FAMILIES:
        used = re.search(rf"(?m)(?:^|[\s|(;='\"]){re.escape(tool)}(?=[\s;'\"]|$)", code)
        named = re.search(rf"\b{re.escape(tool)}\b", said[1])
        assert bool(used) == bool(named), tool
