"""What a message says about itself, and where it contradicts itself.

Order, each reader guarded on its own: the header (`mail_header`), the way it took (`mail_routing`),
its parts (`mail_parts`) and what its HTML does (`mail_html`). Properties hold the fields that a
mail program shows, the times of the servers, and the attachments; no network address and no address
of a person from any other field is repeated. All of it can be forged by whoever holds the file; the
absence of a contradiction proves nothing. Signatures are judged elsewhere.
"""

from collections.abc import Callable
from datetime import datetime

from provenance.facts.mail_header import read_header
from provenance.facts.mail_parts import read_parts
from provenance.facts.mail_routing import read_routing
from provenance.facts.model import Facts, merge_facts
from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.mail.message import split_message


def read_mail_facts(data: bytes, *, at: datetime) -> Facts:
    """Read the facts of a message; what cannot be read is noted, not raised.

    Args:
        data: the whole file.
        at: now, UTC.
    """
    message = split_message(data)
    if isinstance(message, str):
        return Facts(notes=(f"the message could not be split: {message}",))
    readers: tuple[tuple[str, Callable[[], Facts]], ...] = (
        ("header", lambda: read_header(message)),
        ("routing", lambda: read_routing(message, at)),
        ("parts", lambda: read_parts(data)),
    )
    return merge_facts(tuple(_guarded(name, read) for name, read in readers))


def _guarded(name: str, read: Callable[[], Facts]) -> Facts:
    found = attempt(name, read)
    return Facts(notes=(found.text,)) if isinstance(found, Fault) else found
