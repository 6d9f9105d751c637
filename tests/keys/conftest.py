"""Fixtures: a desk of three people, copied for each test, and a real ssh-agent if there is one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.ledger import keyfile
from tests.desk.scene import AMAL, Scene, make_scene


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A desk with one item; not to be changed."""
    scene = make_scene(tmp_path_factory.mktemp("keys"))
    scene.write("a.txt", b"a plain text\n")
    with scene.open(AMAL) as desk:
        desk.ingest([scene.inbox])
    return scene


@pytest.fixture
def scene(made: Scene, tmp_path: Path) -> Scene:
    """A desk with one item, this test's own."""
    return made.copy(tmp_path / "scene")


@pytest.fixture
def item(scene: Scene) -> bytes:
    """The one item."""
    with scene.open() as desk:
        return next(iter(desk.items())).item


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """One bcrypt round instead of 64: half a second a guess is for attackers, not for tests."""
    monkeypatch.setattr(keyfile, "KDF_ROUNDS", 1)


@pytest.fixture(scope="session")
def agent_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The socket of a real ssh-agent with an Ed25519, a P-256 and an RSA key."""
    if not all(shutil.which(each) for each in ("ssh-agent", "ssh-add", "ssh-keygen")):
        pytest.skip("needs OpenSSH's ssh-agent, ssh-add and ssh-keygen")
    folder = tmp_path_factory.mktemp("agent")
    path = folder / "s"
    if len(os.fsencode(path)) > 100:
        pytest.skip("the temporary folder's name is too long for a unix socket")
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.PIPE) as agent:
        assert agent.stdout is not None
        agent.stdout.readline()  # it speaks when the socket is there
        environment = {**os.environ, "SSH_AUTH_SOCK": str(path)}
        for kind in ("ed25519", "ecdsa", "rsa"):
            make = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", f"{kind}@test", "-f", kind]
            subprocess.run(make, cwd=folder, check=True)
            subprocess.run(["ssh-add", "-q", kind], cwd=folder, env=environment, check=True)
        yield path
        agent.terminate()
