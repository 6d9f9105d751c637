"""Fixtures: the desks of `tests/desk`, and `prov` run in this process with its exit code."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import pytest

from tests.desk.conftest import filled_scene, full, made_scene, scene
from tests.desk.scene import Scene, json_lines

__all__ = ["filled_scene", "full", "made_scene", "prov", "quiet_surroundings", "scene"]


@dataclass(frozen=True)
class Ran:
    """What one command did."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, object]]:
        """Stdout as JSON Lines, every line of it."""
        assert self.out.endswith("\n") or not self.out
        return json_lines(self.out)


Prov = Callable[..., Ran]


@pytest.fixture(autouse=True)
def quiet_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the outer world says which desk or key."""
    for name in ("PROV_DESK", "PROV_KEY", "PROV_PASSPHRASE_FILE", "PROV_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def prov(monkeypatch: pytest.MonkeyPatch) -> Iterator[Prov]:
    """Run `prov` here: `prov("list", desk=scene)`, `prov(..., desk=scene, key="joan")`."""
    from provenance_cli.main import run  # noqa: PLC0415 so that collecting the tests stays quick

    def command(*words: object, desk: Scene | None = None, key: str | None = None) -> Ran:
        full_words = ["prov", *map(str, words)]
        full_words += ["--desk", str(desk.desk)] if desk else []
        full_words += ["--key", key] if key else []
        monkeypatch.setattr(sys, "argv", full_words)
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
            run()
        code = left.value.code
        return Ran(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())

    yield command  # noqa: PT022 the patches are undone after the test
