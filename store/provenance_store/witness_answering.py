"""Answering a witness request from a folder: the order of writes, for files and for HTTP alike.

  1. hold the log's lock; 2. read the last cosigned checkpoint; 3. judge; 4. put the new one in its
place, on the disk; 5. let go; 6. hand out the answer. Killed before 4 nothing was cosigned; killed
after it the asker repeats and gets the cosignature of the same head. Evidence of a fork is kept in
the same hold. A memory that cannot be read refuses to sign: it never counts as an empty one.
"""

from collections.abc import Callable

from provenance.errors import CheckFailed, DeskCorrupt, Malformed
from provenance.outside.witness_judge import Answer, Cosigner, judge_request
from provenance.outside.witness_request import parse_request
from provenance_store.witness_folder import WitnessFolder


def answer_request(
    folder: WitnessFolder, data: bytes, *, cosigner: Cosigner, clock: Callable[[], int]
) -> Answer:
    """Return the answer to a request; what it rests on is on the disk.

    Args:
        folder: The witness's memory.
        data: The request as it came.
        cosigner: Who signs.
        clock: Returns seconds since 1970 UTC.

    Raises:
        DeskCorrupt: the witness's own memory is damaged; nothing was signed.
        SurroundingsError: the disk failed; nothing was handed out.
    """
    logs = folder.logs()

    def judge() -> Answer:
        return judge_request(folder.last, data, logs=logs, cosigner=cosigner, now=clock())

    try:
        origin = parse_request(data).head.origin
    except Malformed:
        return judge()
    if origin not in {key.name for key in logs}:
        return judge()  # a stranger's log leaves no trace here, not even an empty folder
    with folder.holding(origin):
        try:
            answer = judge()
        except (Malformed, CheckFailed) as error:
            raise DeskCorrupt(f"the witness's memory of {origin} is damaged: {error}") from error
        if answer.fork is not None:
            folder.keep_fork(origin, answer.fork)
        if answer.record is not None:
            folder.replace(origin, answer.record)
    return answer
