"""An erasure that is cut short anywhere is completed by running it again."""

from collections.abc import Callable

import pytest

from provenance.acts.erasing import Stage
from provenance.acts.receiving import IngestOptions
from provenance.desk import Desk
from provenance.errors import NotFound
from tests.desk.scene import AMAL, JOAN, Scene
from tests.erasure.traces import HANDLE, NOTE, everywhere


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


def _die(*_: object) -> None:
    raise Killed


def before_the_key(desk: Desk, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(type(desk.parts.subject_keys), "destroy", _die)


def after_the_key(desk: Desk, patch: pytest.MonkeyPatch) -> None:
    keys = type(desk.parts.subject_keys)
    whole = keys.destroy

    def destroy(self: object, *subjects: str) -> None:
        whole(self, *subjects)  # type: ignore[arg-type]  # patched in as the method
        raise Killed

    patch.setattr(keys, "destroy", destroy)


def after_the_rows(desk: Desk, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(type(desk.parts.ledger), "truncate_journal", _die)


MOMENTS = [before_the_key, after_the_key, after_the_rows]


@pytest.mark.parametrize("moment", MOMENTS)
def test_running_it_again_completes_it(
    sources: Scene, moment: Callable[[Desk, pytest.MonkeyPatch], None]
) -> None:
    """Killed before, between or after key and rows: the record stands, a second run finishes."""
    with sources.open(JOAN) as desk:
        desk.erase_source(HANDLE, reason="law")
    with pytest.MonkeyPatch.context() as patch, sources.open(AMAL) as desk:
        moment(desk, patch)
        with pytest.raises(Killed):
            desk.erase_source(HANDLE, reason="law")
    with sources.open() as desk:
        assert len(desk.erasures()) == 43  # forty arrivals, particulars, statement, request
        assert desk.audit().log_holds
    with sources.open(AMAL) as desk:
        try:
            assert desk.erase_source(HANDLE, reason="law").stage is Stage.COMPLETED
        except NotFound:
            assert moment is after_the_rows  # nothing was left to do but the journal
        assert desk.parts.subject_keys.get([f"source:{HANDLE}"]) == {}
        assert len(desk.parts.ledger.subjects("source-label:")) == 1
        assert desk.audit().evidence_holds
        assert len(set(desk.erasures().values())) == 1
    assert everywhere(sources, HANDLE) == everywhere(sources, NOTE) == []


def test_what_came_in_between_is_named_too(sources: Scene) -> None:
    """An arrival between the record and the destruction is named by a further record, not lost."""
    with sources.open(JOAN) as desk:
        desk.erase_source(HANDLE, reason="law")
    with pytest.MonkeyPatch.context() as patch, sources.open(AMAL) as desk:
        before_the_key(desk, patch)
        with pytest.raises(Killed):
            desk.erase_source(HANDLE, reason="law")
    path = sources.write("between.txt", b"between\n")
    with sources.open(AMAL) as desk:
        desk.ingest([path], IngestOptions(source=HANDLE))
        assert desk.erase_source(HANDLE, reason="law").stage is Stage.COMPLETED
        assert len(desk.erasures()) == 44
        assert desk.audit().evidence_holds


def test_an_arrival_during_the_erasure_is_never_lost(
    sources: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process that seals under the key after the record was written is seen in time."""
    with sources.open(JOAN) as desk:
        desk.erase_source(HANDLE, reason="law")
    path = sources.write("during.txt", b"during\n")
    with sources.open(AMAL) as desk, sources.open(AMAL) as other:
        from provenance.acts import erasing  # noqa: PLC0415 the seam of this one test

        whole = erasing._destroy
        tries: list[int] = []

        def destroy(*arguments: object) -> int | None:
            if not tries:
                other.ingest([path], IngestOptions(source=HANDLE))
            tries.append(1)
            return whole(*arguments)  # type: ignore[arg-type]  # passed on as they came

        monkeypatch.setattr(erasing, "_destroy", destroy)
        assert desk.erase_source(HANDLE, reason="law").seq is not None
        assert len(tries) == 2
        assert len(desk.erasures()) == 44
        assert desk.audit().evidence_holds
