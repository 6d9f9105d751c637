"""Jobs that try to get out of the jail, or to harm whoever reads their answer.

Each is run by a worker in place of an examiner. Those that only ask report what they were told.
"""

import ctypes
import json
import os
import signal
import sys
import time
from typing import Any


def nothing(_document: int, request: dict[str, Any]) -> dict[str, Any]:
    """Answer at once: what is left is the cost of the walls."""
    return _answer(request["sha256"], "x")


def spin(_document: int, _request: dict[str, Any]) -> None:
    """Never end, using the processor."""
    while True:
        pass


def sleep(_document: int, _request: dict[str, Any]) -> None:
    """Never end, using nothing."""
    while True:
        time.sleep(1)


def hog(_document: int, _request: dict[str, Any]) -> int:
    """Ask for more memory than there may be."""
    return len(bytearray(50 << 30))


def crash(_document: int, _request: dict[str, Any]) -> str:
    """Read address zero."""
    return str(ctypes.string_at(0))


def raise_error(_document: int, _request: dict[str, Any]) -> None:
    """Raise with text that would reorder a terminal."""
    raise ValueError("bad \x1b[2J\u202etxt.exe")


def leave(_document: int, _request: dict[str, Any]) -> None:
    """End without an answer."""
    os._exit(0)


def flood(_document: int, _request: dict[str, Any]) -> dict[str, str]:
    """Answer 20 MB."""
    return {"a": "x" * 20_000_000}


def garble(_document: int, _request: dict[str, Any]) -> None:
    """Answer what is not JSON."""
    os.write(4, b"\xff\xfe{not json")
    os._exit(0)


def nest(_document: int, _request: dict[str, Any]) -> None:
    """Answer JSON so deep that a parser runs out of stack."""
    os.write(4, b"[" * 200_000)
    os._exit(0)


def lie(_document: int, request: dict[str, Any]) -> dict[str, Any]:
    """Answer about another document."""
    return _answer("0" * 64, "x") if request else {}


def decorate(_document: int, request: dict[str, Any]) -> dict[str, Any]:
    """Answer well, with hidden characters in the texts."""
    return _answer(request["sha256"], "gpj.\u202eexe\x07")


def surplus(_document: int, request: dict[str, Any]) -> dict[str, Any]:
    """Answer well, with one member too many."""
    return {**_answer(request["sha256"], "x"), "extra": 1}


def _answer(sha256: str, text: str) -> dict[str, Any]:
    return {
        "signatures": {
            "document_sha256": sha256,
            "statuses": [],
            "detectors_run": [text],
            "detectors_failed": [],
            "unsupported_media_type": None,
            "undetermined": [],
            "not_determined": [],
            "warnings": [],
            "headline": "UNSIGNED",
        },
        "facts": {
            "pages": None,
            "revisions": None,
            "properties": {},
            "observations": [],
            "earlier": [],
            "notes": [],
        },
        "tools": {"python": sys.version.split()[0]},
    }


def answer_with(request: dict[str, Any], told: dict[str, str]) -> dict[str, Any]:
    """Return an answer of the right form that carries these words out."""
    answer = _answer(request["sha256"], "x")
    answer["facts"]["properties"] = told
    return answer


def nibble(_document: int, _request: dict[str, Any]) -> int:
    """Ask for a little memory at a time, and use it."""
    held = []
    while True:
        held.append(bytearray(b"x" * (1 << 20)))


def cling(_document: int, _request: dict[str, Any]) -> None:
    """Use the processor, and ignore every signal that can be ignored."""
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass


def gush(_document: int, _request: dict[str, Any]) -> None:
    """Answer without end."""
    while True:
        os.write(4, b" " * 65536)


def hang_up(_document: int, request: dict[str, Any]) -> None:
    """Answer well, close the pipe, and go on for ever."""
    os.write(4, json.dumps(_answer(request["sha256"], "x")).encode())
    os.close(4)
    while True:
        time.sleep(1)


def _say(*texts: str) -> None:
    for text in texts:
        os.write(4, text.encode())
    os._exit(0)


def break_off(_document: int, request: dict[str, Any]) -> None:
    """Answer half."""
    text = json.dumps(_answer(request["sha256"], "x"))
    _say(text[: len(text) // 2])


def repeat(_document: int, request: dict[str, Any]) -> None:
    """Answer twice."""
    text = json.dumps(_answer(request["sha256"], "x"))
    _say(text, text)


def repeat_lines(_document: int, request: dict[str, Any]) -> None:
    """Answer twice, on two lines, the second about another document."""
    _say(json.dumps(_answer(request["sha256"], "x")), "\n", json.dumps(_answer("0" * 64, "x")))


def pretend_walls(_document: int, request: dict[str, Any]) -> None:
    """Write a second line about walls before the answer."""
    _say('{"walls": ["full"]}\n', json.dumps(_answer(request["sha256"], "x")))


def say_nan(_document: int, request: dict[str, Any]) -> None:
    """Answer with a number that is none."""
    answer = _answer(request["sha256"], "x")
    answer["facts"]["pages"] = float("nan")
    _say(json.dumps(answer))


def say_much(_document: int, request: dict[str, Any]) -> None:
    """Answer with a number of a hundred thousand digits."""
    text = json.dumps(_answer(request["sha256"], "x"))
    _say(text.replace('"pages": null', '"pages": ' + "9" * 100_000))


def say_surrogate(_document: int, request: dict[str, Any]) -> None:
    """Answer with half a character."""
    _say(json.dumps(_answer(request["sha256"], "\ud800")))


def say_long(_document: int, request: dict[str, Any]) -> None:
    """Answer with one text of a megabyte."""
    _say(json.dumps(_answer(request["sha256"], "x" * (1 << 20))))


def say_many(_document: int, request: dict[str, Any]) -> None:
    """Answer with a hundred thousand properties."""
    _say(json.dumps(answer_with(request, {str(number): "" for number in range(100_000)})))


def say_verified(_document: int, request: dict[str, Any]) -> None:
    """Answer with a headline that the answer itself does not yield."""
    answer = _answer(request["sha256"], "x")
    answer["signatures"]["headline"] = "VERIFIED"
    _say(json.dumps(answer))


def end_with_code(_document: int, _request: dict[str, Any]) -> None:
    """End as some libraries do when they give up."""
    os._exit(3)


def abort(_document: int, _request: dict[str, Any]) -> None:
    """End as a C library does whose memory check failed."""
    os.abort()


def tell_fcntl(document: int, request: dict[str, Any]) -> dict[str, Any]:
    """Try every kind of fcntl command, and carry the results out."""
    import ctypes  # noqa: PLC0415 - only this probe needs them
    import fcntl  # noqa: PLC0415

    commands = {
        "F_GETFD": (fcntl.F_GETFD, 0),
        "F_SETFD": (fcntl.F_SETFD, fcntl.FD_CLOEXEC),
        "F_GETFL": (fcntl.F_GETFL, 0),
        "F_DUPFD": (fcntl.F_DUPFD, 8),
        "F_DUPFD_CLOEXEC": (fcntl.F_DUPFD_CLOEXEC, 8),
        "F_SETFL O_ASYNC": (fcntl.F_SETFL, os.O_ASYNC),
        "F_SETOWN": (fcntl.F_SETOWN, os.getpid()),
        "F_GETOWN": (fcntl.F_GETOWN, 0),
        "F_SETSIG": (10, 9),
        "F_SETOWN_EX": (15, 0),
        "F_SETLEASE": (fcntl.F_SETLEASE, fcntl.F_UNLCK),
        "F_NOTIFY": (fcntl.F_NOTIFY, 0),
        "F_SETLK": (fcntl.F_SETLK, 0),
        "F_SETPIPE_SZ": (1031, 4096),
        "F_ADD_SEALS": (1033, 1),
    }
    told = {}
    for name, (command, argument) in commands.items():
        try:
            fcntl.fcntl(document, command, argument)
            told[name] = "allowed"
        except OSError as error:
            told[name] = type(error).__name__
    # The kernel looks at 32 bits of the command; the filter must not be told another half.
    libc = ctypes.CDLL(None, use_errno=True)
    number = {"x86_64": 72, "aarch64": 25}[os.uname().machine]
    done = libc.syscall(number, document, ctypes.c_uint64((1 << 40) | fcntl.F_GETFD), 0)
    told["high half"] = "allowed" if done >= 0 else type(OSError(ctypes.get_errno(), "")).__name__
    answer = _answer(request["sha256"], "x")
    answer["facts"]["properties"] = told
    return answer
