"""Find every S/MIME signature in the tree of a mail, and what each is said to be over.

In the order of the tree (RFC 8551 sections 3.5 and 3.6):
  * multipart/signed: each further part that is a CMS signature, over the first part. Without any
    such part, and a protocol that is S/MIME's: a place without a signature;
  * application/pkcs7-mime, or an attachment with its name: over the content inside;
  * a signature outside multipart/signed: over the attachment it is named after, else over
    something that is not known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto, unique
from typing import Final

from provenance.signatures.mime.coverage import named_by
from provenance.signatures.mime.opaque import is_opaque
from provenance.signatures.mime.parts import Part

MAX_SIGNATURES: Final = 100  # signatures judged in one mail; real mail has one or two

_CMS: Final = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
_PGP: Final = "application/pgp-signature"


@unique
class Form(Enum):
    """How a signature stands in a mail."""

    DETACHED = auto()
    OPAQUE = auto()
    ATTACHED = auto()
    MISSING = auto()
    """multipart/signed without a signature part."""
    FOREIGN = auto()
    """multipart/signed of another protocol than S/MIME and OpenPGP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One signature, or a place for one."""

    form: Form
    part: Part
    """The signature; for MISSING and FOREIGN the multipart."""
    signed: Part | None
    """What it is said to be over; None = not known."""
    mail: Part
    """The mail, or attached mail, that it belongs to."""


def find_candidates(root: Part) -> tuple[Candidate, ...]:
    """Return what is found, at most MAX_SIGNATURES + 1, so that more can be told."""
    found = []
    for one in _search(root, root, root, inside=False):
        found.append(one)
        if len(found) > MAX_SIGNATURES:
            break
    return tuple(found)


def _search(root: Part, mail: Part, part: Part, *, inside: bool) -> Iterator[Candidate]:
    """Yield the candidates of a part; `inside` = it is a part of a multipart/signed."""
    if part.kind.word == "multipart/signed":
        yield from _signed(mail, part)
    elif is_opaque(part):
        signed = part.children[0] if part.children else None
        yield Candidate(form=Form.OPAQUE, part=part, signed=signed, mail=mail)
    elif not inside and _is_signature(part):
        signed = named_by(root, part, (".p7s",))
        yield Candidate(form=Form.ATTACHED, part=part, signed=signed, mail=mail)
    for number, one in enumerate(part.children):
        within = one if part.holds_mail else mail
        below = part.kind.word == "multipart/signed" and number > 0
        yield from _search(root, within, one, inside=below)


def _signed(mail: Part, part: Part) -> Iterator[Candidate]:
    held = [one for one in part.children[1:] if _is_signature(one)]
    for one in held:
        yield Candidate(form=Form.DETACHED, part=one, signed=part.children[0], mail=mail)
    protocol = part.kind.parameters.get("protocol", "").lower()
    if held or protocol == _PGP or any(one.kind.word == _PGP for one in part.children):
        return
    form = Form.MISSING if protocol in _CMS | {""} else Form.FOREIGN
    yield Candidate(form=form, part=part, signed=None, mail=mail)


def _is_signature(part: Part) -> bool:
    if part.kind.word in _CMS:
        return True
    return part.kind.word == "application/octet-stream" and part.file_name.lower().endswith(".p7s")
