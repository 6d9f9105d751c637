"""The job that asks the second OpenPGP engine: a child that reads one claim and turns into gpgv.

In order: make three memory files; enter the jail that allows one program (`program_jail`); read the
document and the files beside it, as the first engine's child did; find the one signature that is
asked about, by name; write the keys it may be made with, its packet, and what it signs (or take the
descriptor of the whole file) into the memory files; execute gpgv, whose status lines go straight to
the supervisor. No home folder, no agent, no key but those. Raises when the signature is not found:
then there is no opinion. `report_version` turns into gpgv to say which one it is.
"""

import os
from typing import Any, Final, NoReturn

from provenance.errors import Malformed
from provenance.examine import job
from provenance.examine.program_jail import make_spools, prepare_program_jail
from provenance.examine.subject import Subject
from provenance.examine.worker import ANSWER, DOCUMENT, readable_folders
from provenance.signatures.openpgp.asking import Question, find_question

PROGRAMS: Final = ("/usr/bin/gpgv", "/bin/gpgv", "/usr/local/bin/gpgv")
"""Where it may be; no search path is followed, which an environment could point elsewhere."""

_spools: list[int] = []


def find_gpgv() -> str | None:
    """Return the path of the second engine on this machine; None where it is not."""
    return next((path for path in PROGRAMS if os.access(path, os.X_OK)), None)


def preload(request: dict[str, Any]) -> None:
    """Import in the zygote what the first engine's job imports."""
    if "engines" in request:
        job.preload(request)


def enter(**limits: Any) -> tuple[str, ...]:  # noqa: ANN401 - the arguments of a jail
    """Make the memory files, then close the walls; without the program there are none."""
    program = find_gpgv()
    jail = prepare_program_jail(program, readable_folders()) if program else None
    if jail is None:
        return ()
    _spools[:] = make_spools(3)
    walls = jail.enter(**limits, ruleset=jail.ruleset)
    os.close(jail.ruleset)
    return walls


def ask(document: int, request: dict[str, Any]) -> dict[str, Any]:
    """Turn into gpgv, asked about the signature that `request["claim"]` names.

    Raises:
        Malformed: there is no such signature.
        OSError: the program cannot be executed.
    """
    subject = job.subject_of(document, request)
    question = _question(subject, request["claim"])
    keyring, signature, content = _spools
    _spool(keyring, question.keyring)
    _spool(signature, question.signature)
    if question.file is None:
        _spool(content, question.content)
    else:
        content = ANSWER + question.file if question.file else DOCUMENT
    os.lseek(content, 0, os.SEEK_SET)
    _become(
        *("--status-fd", str(ANSWER), "--keyring", f"/proc/self/fd/{keyring}"),
        # Times are judged by our own rules: a clock that is wrong must not hide the mathematics.
        "--ignore-time-conflict",
        "--enable-special-filenames",
        *("--", f"-&{signature}", f"-&{content}"),
    )


def report_version(_document: int, _request: dict[str, Any]) -> dict[str, Any]:
    """Turn into gpgv, asked which version it is.

    Raises:
        OSError: the program cannot be executed.
    """
    os.dup2(ANSWER, 1)
    _become("--version")


def _question(subject: Subject, name: str) -> Question:
    question = find_question(
        subject.data, subject.media_type, subject.beside, subject.trust, name=name
    )
    if question is None:
        raise Malformed("no such signature in this document")
    return question


def _spool(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)


def _become(*arguments: str) -> NoReturn:
    program = find_gpgv() or PROGRAMS[0]
    os.execve(program, ["gpgv", "--homedir", "/nonexistent", *arguments], {"LC_ALL": "C"})  # noqa: S606 - no shell
