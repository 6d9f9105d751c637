"""The hand-over between two desks from the command line, each desk its own process."""

from functools import partial
from pathlib import Path

import pytest

from tests.desk.scene import prov_process
from tests.exchange.conftest import Two


@pytest.mark.slow
def test_offer_accept_close(two: Two, tmp_path: Path) -> None:
    """Files and documents go one way, the answer the other; a file of noise is exit code 1."""
    offer, answer, papers = tmp_path / "offer.json", tmp_path / "answer.json", tmp_path / "papers"
    giver = partial(prov_process, PROV_DESK=str(two.giver.desk), PROV_KEY="amal-haddad")
    receiver = partial(prov_process, PROV_DESK=str(two.receiver.desk), PROV_KEY="joan")
    words = ["--to-desk", "The Lookout", "--purpose", "second opinion", "--out", offer]
    done = giver("custody", "offer", two.item.hex(), *words, "--documents", papers)
    assert done.returncode == 0, done.stderr
    assert len(list(papers.iterdir())) == 2
    words = ["--documents", papers, "--out", answer]
    done = receiver("custody", "accept", offer, *words)
    assert done.returncode == 0, done.stderr
    assert "compare this log key" in done.stderr
    done = giver("custody", "close", answer)
    assert done.returncode == 0, done.stderr
    done = giver("custody", "log", two.item.hex())
    assert "Held by desk The Lookout" in done.stdout
    noise = tmp_path / "noise.json"
    noise.write_bytes(b"\x00 not a file\n")
    done = receiver("custody", "accept", noise, "--out", answer)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
