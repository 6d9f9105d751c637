"""Each wall around a worker, tried from inside; and what the supervisor makes of the ending."""

import io
import os
import signal
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil  # type: ignore[import-untyped] # has no stubs of its own
import pytest

from provenance.errors import NotFound, SurroundingsError, UsageError
from provenance.examine import engines
from provenance.examine.endings import ENDINGS, say_ending
from provenance.examine.outcome import Limits, OutcomeKind
from provenance.examine.runner import Companion, Runner, jail_level
from provenance.signatures.axes import Headline
from provenance.signatures.pairing import How, Relation
from provenance.trust.model import TrustSet
from tests.signatures.pdf.letters import bare_page

NOW = datetime(2040, 1, 1, tzinfo=UTC)
QUICK = Limits(seconds=1.5, memory=512 << 20)
FULL = jail_level().level == "full"
needs_full = pytest.mark.skipif(not FULL, reason="this system does not offer every wall")


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A file to examine."""
    path = tmp_path / "page.pdf"
    path.write_bytes(bare_page())
    return path


def probe(name: str, **settings: object) -> Runner:
    """A runner whose workers run a probe."""
    limits = settings.pop("limits", Limits(seconds=20))
    return Runner(job=f"tests.examine.probes:{name}", limits=limits, **settings)  # type: ignore[arg-type] # test


def test_required_walls_that_do_not_stand_refuse(document: Path) -> None:
    """A runner that demands every wall does not open a document behind fewer."""
    with Runner(require_full_jail=True, landlock=False) as runner:
        examination = runner.examine(document, name=None, at=NOW, trust=TrustSet())
    assert examination.outcome.kind is OutcomeKind.REFUSED
    assert examination.outcome.code == "jail-below-level"
    assert examination.headline is Headline.ERROR


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("spin", OutcomeKind.TIMEOUT, "timeout"),
        ("sleep", OutcomeKind.TIMEOUT, "timeout"),
        ("hog", OutcomeKind.OUT_OF_MEMORY, "out-of-memory"),
        ("crash", OutcomeKind.CRASHED, f"crashed-signal-{signal.SIGSEGV.value}"),
        ("raise_error", OutcomeKind.REFUSED, "refused-by-parser"),
        ("flood", OutcomeKind.ANSWER_TOO_LARGE, "answer-too-large"),
        ("garble", OutcomeKind.ANSWER_MALFORMED, "answer-malformed"),
        ("nest", OutcomeKind.ANSWER_MALFORMED, "answer-malformed"),
        ("leave", OutcomeKind.ANSWER_MALFORMED, "answer-malformed"),
        ("lie", OutcomeKind.ANSWER_MALFORMED, "answer-malformed"),
        ("surplus", OutcomeKind.ANSWER_MALFORMED, "answer-malformed"),
        ("nibble", OutcomeKind.OUT_OF_MEMORY, "out-of-memory"),
        ("cling", OutcomeKind.TIMEOUT, "timeout"),
        ("hang_up", OutcomeKind.TIMEOUT, "timeout"),
        ("gush", OutcomeKind.ANSWER_TOO_LARGE, "answer-too-large"),
        ("break_off", OutcomeKind.ANSWER_MALFORMED, "answer-malformed"),
        ("repeat", OutcomeKind.ANSWER_MALFORMED, "answer-malformed"),
        ("repeat_lines", OutcomeKind.ANSWER_MALFORMED, "answer-malformed"),
        ("pretend_walls", OutcomeKind.ANSWER_MALFORMED, "answer-malformed"),
        ("say_nan", OutcomeKind.ANSWER_MALFORMED, "answer-malformed"),
        ("say_much", OutcomeKind.ANSWER_MALFORMED, "answer-malformed"),
        ("say_long", OutcomeKind.ANSWER_MALFORMED, "answer-malformed"),
        ("say_many", OutcomeKind.ANSWER_MALFORMED, "answer-malformed"),
        ("say_verified", OutcomeKind.ANSWER_MALFORMED, "answer-malformed"),
        ("end_with_code", OutcomeKind.CRASHED, "exit-3"),
    ],
)
def test_every_ending_is_a_value(document: Path, name: str, kind: OutcomeKind, code: str) -> None:
    """Each bad ending has its own code, is ERROR and never "unsigned", and the next one works."""
    with probe(name, limits=QUICK) as runner:
        examination = runner.examine(document, name=None, at=NOW, trust=TrustSet())
        again = runner.examine(document, name=None, at=NOW, trust=TrustSet())
    assert (examination.outcome.kind, examination.outcome.code) == (kind, code)
    assert examination.headline is Headline.ERROR
    assert again.outcome.kind is kind
    assert type(examination).from_json(examination.to_json()) == examination


def test_a_library_that_gives_up_is_a_crash(document: Path) -> None:
    """`abort` ends the worker by a signal; which one depends on what the walls leave of it."""
    with probe("abort", limits=QUICK) as runner:
        examination = runner.examine(document, name=None, at=NOW, trust=TrustSet())
    assert examination.outcome.kind is OutcomeKind.CRASHED
    assert say_ending(examination.outcome.code) == ENDINGS["crashed-signal"]


def test_the_zygote_outlives_a_bad_document(document: Path) -> None:
    """After a crash the same zygote serves a good document."""
    with probe("crash", limits=QUICK) as runner:
        runner.examine(document, name=None, at=NOW, trust=TrustSet())
        first = _children()
        runner._job = None
        good = runner.examine(document, name=None, at=NOW, trust=TrustSet())
        assert _children() == first
    assert good.headline is Headline.UNSIGNED


def test_a_killed_zygote_is_replaced(document: Path) -> None:
    """When the zygote itself is killed, that document fails and the next one is served."""
    with probe("sleep", limits=Limits(seconds=30)) as runner:
        done: list[str] = []
        thread = threading.Thread(
            target=lambda: done.append(
                runner.examine(document, name=None, at=NOW, trust=TrustSet()).outcome.code
            )
        )
        thread.start()
        while not [one for one in _children() if psutil.Process(one).children()]:
            time.sleep(0.01)
        for one in _children():
            os.kill(one, signal.SIGKILL)
        thread.join(20)
        assert done == ["worker-lost"]
        runner._job = None
        good = runner.examine(document, name=None, at=NOW, trust=TrustSet())
    assert good.outcome.examined


def test_hidden_characters_of_an_answer_are_escaped(document: Path) -> None:
    """Text from a worker that would reorder or ring is shown, not obeyed."""
    with probe("decorate") as runner:
        examination = runner.examine(document, name=None, at=NOW, trust=TrustSet())
    assert examination.detectors_run == ("gpj.\\u{202e}exe\\u{0007}",)
    with probe("raise_error") as runner:
        message = runner.examine(document, name=None, at=NOW, trust=TrustSet()).outcome.message
    assert message == "ValueError: bad \\u{001b}[2J\\u{202e}txt.exe"


def _children() -> list[int]:
    me = psutil.Process()
    return sorted(
        one.pid for one in me.children() if "provenance.examine.worker" in str(one.cmdline())
    )


def test_nothing_is_left_behind(document: Path) -> None:
    """Closing ends every process, also in the middle of a job, and leaves no open descriptor."""
    before = psutil.Process().num_fds()
    runner = probe("sleep", limits=Limits(seconds=1))
    runner.examine(document, name=None, at=NOW, trust=TrustSet())
    assert _children()
    runner.close()
    runner.close()
    assert _children() == []
    assert psutil.Process().num_fds() == before
    with pytest.raises(UsageError):
        runner.examine(document, name=None, at=NOW, trust=TrustSet())


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_a_supervisor_that_dies_takes_its_workers_along(
    document: Path, ending: signal.Signals
) -> None:
    """Killing the supervisor, or Ctrl-C, in the middle of a job ends zygote and child."""
    import subprocess  # noqa: PLC0415 - only here
    import sys  # noqa: PLC0415 - only here

    script = (
        "import sys; sys.path[:0]=sys.argv[2:]\n"
        "from datetime import UTC, datetime\n"
        "from provenance.examine.runner import Runner\n"
        "from provenance.trust.model import TrustSet\n"
        "with Runner(job='tests.examine.probes:sleep') as runner:\n"
        "    runner.examine(sys.argv[1], name=None, at=datetime(2040,1,1,tzinfo=UTC),"
        " trust=TrustSet())\n"
    )
    root = str(Path(__file__).resolve().parents[2])
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(document), root], stderr=subprocess.DEVNULL
    )
    try:
        watched = psutil.Process(process.pid)
        while len(family := watched.children(recursive=True)) < 2:
            time.sleep(0.01)
    finally:
        process.send_signal(ending)
        process.wait(timeout=30)
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []


def test_an_open_file_and_bytes_are_examined_alike(document: Path) -> None:
    """A path, an open file and a file in memory give one answer; positions are left alone."""
    with Runner() as runner:
        by_path = runner.examine(document, name="a.pdf", at=NOW, trust=TrustSet())
        with document.open("rb") as opened:
            opened.seek(5)
            by_file = runner.examine(opened, name="a.pdf", at=NOW, trust=TrustSet())
            assert opened.tell() == 5
        memory = io.BytesIO(document.read_bytes())
        memory.seek(7)
        by_memory = runner.examine(memory, name="a.pdf", at=NOW, trust=TrustSet())
        assert memory.tell() == 7
    assert by_path.signatures == by_file.signatures == by_memory.signatures
    assert by_path.headline is Headline.UNSIGNED


def test_callers_mistakes_are_errors(tmp_path: Path) -> None:
    """A missing file, a folder and a time without a zone are the caller's mistakes."""
    with Runner() as runner:
        with pytest.raises(NotFound):
            runner.examine(tmp_path / "none", name=None, at=NOW, trust=TrustSet())
        with pytest.raises(UsageError):
            runner.examine(tmp_path, name=None, at=NOW, trust=TrustSet())
        naive = NOW.replace(tzinfo=None)
        with pytest.raises(UsageError):
            runner.examine(tmp_path / "none", name=None, at=naive, trust=TrustSet())


def test_too_large_is_refused_unseen(document: Path) -> None:
    """A document beyond the limit is refused before a worker starts."""
    with Runner(limits=Limits(file=100)) as runner:
        examination = runner.examine(document, name=None, at=NOW, trust=TrustSet())
        assert _children() == []
    assert examination.outcome.code == "document-too-large"


def test_a_large_file_beside_it_keeps_no_document_from_being_looked_at(tmp_path: Path) -> None:
    """Laid there under a fitting name it is left out, and told; named by hand it counts."""
    large, text = tmp_path / "a.txt.sig", tmp_path / "a.txt"
    large.write_bytes(bytes(2000))
    text.write_bytes(b"Dear Sir,\n")
    with Runner(limits=Limits(file=1000)) as runner:
        beside = [Companion(document=large, role=Relation.SIGNATURE, how=How.NAME)]
        found = runner.examine(text, name=None, at=NOW, trust=TrustSet(), beside=beside)
        assert found.outcome.code == "examined"
        assert found.beside == ()
        assert any("too large" in one for one in found.signatures.not_determined)
        beside = [Companion(document=large, role=Relation.SIGNATURE, how=How.HAND)]
        found = runner.examine(text, name=None, at=NOW, trust=TrustSet(), beside=beside)
        assert len(found.beside) == 1


def test_other_formats_say_unsupported(tmp_path: Path) -> None:
    """A format without a parser is UNSUPPORTED with its type; a picture leaves ink open."""
    path = tmp_path / "scan.pdf"
    path.write_bytes(b"8BPS" + bytes(100))
    with Runner() as runner:
        examination = runner.examine(path, name="scan.pdf", at=NOW, trust=TrustSet())
    assert examination.headline is Headline.UNSUPPORTED
    assert examination.signatures.unsupported_media_type == "image/vnd.adobe.photoshop"
    assert examination.identification.mismatch
    assert examination.signatures.not_determined
    assert examination.facts is not None
    assert [one.code for one in examination.facts.observations] == ["extension-mismatch"]


def test_a_large_file_that_nothing_parses_is_no_failure(tmp_path: Path) -> None:
    """A film beyond the limit is UNSUPPORTED as a small one is, and says what was not done."""
    path = tmp_path / "film.mkv"
    path.write_bytes(b"\x1a\x45\xdf\xa3" + bytes(200))
    with Runner(limits=Limits(file=100)) as runner:
        examination = runner.examine(path, name="film.mkv", at=NOW, trust=TrustSet())
        assert _children() == []
    assert examination.outcome.examined
    assert examination.headline is Headline.UNSUPPORTED
    assert examination.jail_level == "no parser ran"
    assert examination.facts is not None
    assert examination.facts.notes


def test_several_threads_share_a_runner(document: Path) -> None:
    """Examinations from several threads, with two workers, all come back right."""
    answers: list[Headline] = []
    with Runner(workers=2) as runner:

        def work() -> None:
            one = runner.examine(document, name=None, at=NOW, trust=TrustSet())
            answers.append(one.headline)

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == [Headline.UNSIGNED] * 6


def test_a_parser_that_cannot_be_loaded_is_a_finding(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One engine that does not load leaves the others of its row at work, and is told as ERROR."""
    row = ("no_such_engine", *engines.ENGINES["application/pdf"])
    monkeypatch.setattr(engines, "ENGINES", {"application/pdf": row})
    with Runner() as runner:
        for _ in range(2):
            found = runner.examine(document, name=None, at=NOW, trust=TrustSet())
            assert found.outcome.examined
            assert found.headline is Headline.ERROR
            (failure,) = found.signatures.detectors_failed
            assert (failure.detector, failure.code) == ("no_such_engine", "parser-not-loadable")
            assert "ModuleNotFoundError" in failure.message
            assert found.detectors_run
            assert found.facts is not None
            assert found.facts.pages == 1


def test_a_worker_whose_own_code_is_gone_is_the_machines_fault(document: Path) -> None:
    """A job that is not there is broken surroundings, never a finding about the document."""
    with Runner(job="tests.examine.no_such_module:run") as runner:
        for _ in range(2):
            with pytest.raises(SurroundingsError, match="ModuleNotFoundError"):
                runner.examine(document, name=None, at=NOW, trust=TrustSet())
        runner._job = None
        assert runner.examine(document, name=None, at=NOW, trust=TrustSet()).outcome.examined
    assert _children() == []


def test_examinations_under_way_can_be_cut_off(document: Path) -> None:
    """`interrupt` ends what runs within moments, leaves no process, and the runner works on."""
    with probe("sleep", limits=Limits(seconds=60), workers=2) as runner:
        codes: list[str] = []

        def work() -> None:
            one = runner.examine(document, name=None, at=NOW, trust=TrustSet())
            codes.append(one.outcome.code)

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        while len([one for one in _children() if psutil.Process(one).children()]) < 2:
            time.sleep(0.01)
        family = [grand for one in _children() for grand in psutil.Process(one).children()]
        runner.interrupt()
        for thread in threads:
            thread.join(20)
        assert codes == ["worker-lost", "worker-lost"]
        _, alive = psutil.wait_procs(family, timeout=10)
        assert alive == []
        runner._job = None
        assert runner.examine(document, name=None, at=NOW, trust=TrustSet()).outcome.examined


def test_a_zygote_with_every_engine_has_one_thread(document: Path) -> None:
    """A library that starts threads when it is loaded could not be used after a fork."""
    with Runner() as runner:
        for engine in sorted({name for row in engines.ENGINES.values() for name in row}):
            engines_now = {"application/pdf": (engine,)}
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(engines, "ENGINES", engines_now)
                runner.examine(document, name=None, at=NOW, trust=TrustSet())
            (zygote,) = _children()
            assert psutil.Process(zygote).num_threads() == 1, engine
