"""The examples of `docs/outside-holds.md` run as they stand, in one shell, in order."""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.outside.authority import Tsa

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "outside-holds.md"
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_START = """
set -euo pipefail
prov() { "$PYTHON" -m provenance_cli.main "$@"; }
"""


def _shell(folder: Path, script: str) -> "subprocess.CompletedProcess[str]":
    paths = os.pathsep.join(str(ROOT / part) for part in ("", "store", "cli"))
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PROV_")}
    return subprocess.run(
        ["bash", "-c", _START + script],
        cwd=folder,
        env=plain | {"PYTHONPATH": paths, "PYTHON": sys.executable, "PROV_DESK": "desk"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("bash") is None or shutil.which("openssl") is None,
    reason="bash or openssl is not installed",
)
def test_the_examples_run_in_order(tmp_path: Path) -> None:
    """Partner, desk, policy, stamps, openssl: no step fails, and the audit counts it all."""
    tsa = Tsa(at=datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=1))
    (tmp_path / "root.pem").write_bytes(tsa.root.certificate.public_bytes(Encoding.PEM))
    made = _shell(tmp_path, "prov init desk --name joan --no-passphrase")
    assert made.returncode == 0, made.stderr
    blocks = _BLOCK.findall(PAGE.read_text("utf-8"))
    assert len(blocks) == 8
    for block in blocks:
        if "timestamp accept" in block:
            answer = tsa.answer((tmp_path / "checkpoint.tsq").read_bytes())
            (tmp_path / "checkpoint.tsr").write_bytes(answer)
        lines = [line.removeprefix("$ ") for line in block.splitlines()]
        done = _shell(tmp_path, "\n".join(lines))
        assert done.returncode == 0, f"{block}{done.stdout}{done.stderr}"
    audited = _shell(tmp_path, "prov audit --json")
    assert audited.returncode == 0, audited.stdout
    assert '"cosigned": 1' in audited.stdout
    assert '"timestamps": 1' in audited.stdout
