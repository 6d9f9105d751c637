"""Ask the first engine (Sequoia) whether one of the given certificates made a signature.

It says yes, or it says no without a reason: a bad signature, a weak digest and a key file that is
younger than the signature all look the same. So "no" is never an answer about the document; it
only means that the second engine has to be asked. Of an engine's own message only the first line
is shown: the rest is a trace with paths of the machine that built it. The engine reads this
machine's clock, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

import pysequoia

from provenance.signatures.openpgp.certificate import Certificate
from provenance.signatures.openpgp.signature import SignaturePacket
from provenance.signatures.text import tame

ENGINE: Final = "pysequoia"
ENGINE_VERSION: Final = version("pysequoia")
_NO: Final = "no valid signatures found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The engine takes the signature for good."""

    certificate: str
    """Fingerprint of the primary key, upper-case hexadecimal."""
    key: str
    """Fingerprint of the key that signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The engine does not take it for good; why is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """The engine cannot read the signature at all."""

    message: str


def ask_first_engine(
    signature: SignaturePacket, content: bytes, certificates: Sequence[Certificate]
) -> Accepted | Refused | Unreadable:
    """Return what the engine says of a signature over `content`.

    Raises:
        MemoryError: there is too little of it.
    """
    try:
        offered = [pysequoia.Cert.from_bytes(one.data) for one in certificates]
        packet = pysequoia.Sig.from_bytes(signature.packet.framed())
        done = pysequoia.verify(bytes=content, store=lambda _ids: offered, signature=packet)
        (good,) = done.valid_sigs
        return Accepted(certificate=good.certificate.upper(), key=good.signing_key.upper())
    except MemoryError:
        raise
    except BaseException as error:  # a panic of the engine is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        return _refusal(error)


def _refusal(error: BaseException) -> Refused | Unreadable:
    lines = str(error).strip().splitlines()
    first = lines[0] if lines else type(error).__name__
    return Refused() if _NO in first else Unreadable(message=tame(first, 200))
