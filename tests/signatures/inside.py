"""What an engine answered inside the sandbox, to be held against its answer outside of it."""

from collections.abc import Iterable
from dataclasses import fields, replace

from provenance.signatures.model import SignatureStatus

_COMMAND = next(one for one in fields(SignatureStatus) if one.name == "reproduce_command").default


def answers(statuses: Iterable[SignatureStatus]) -> tuple[SignatureStatus, ...]:
    """The statuses without the command, which is put on them when they have come out."""
    assert isinstance(_COMMAND, str)
    return tuple(replace(one, reproduce_command=_COMMAND) for one in statuses)
