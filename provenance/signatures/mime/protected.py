"""Header fields repeated inside the signed part, where they are covered ("memory hole", RFC 9788).

Rules: they count as such where the part says so (`protected-headers`, or `hp`), or where the signed
part is a whole mail (RFC 8551 section 3.1). Each of the fields that a reader sees is compared with
the one outside, decoded and with spaces folded: the same is covered and said; a different one is
said with both, and a From that differs is another sender than the one that was signed.
"""

from dataclasses import replace
from typing import Final

from provenance.signatures.axes import Integrity, Signer
from provenance.signatures.mime.fields import Block
from provenance.signatures.mime.parts import Part
from provenance.signatures.mime.senders import decode_text
from provenance.signatures.model import SignatureStatus
from provenance.signatures.text import tame

_COMPARED: Final = ("from", "to", "cc", "reply-to", "date", "subject")
_MARKS: Final = ("protected-headers", "hp")


def protected_fields(signed: Part) -> Block | None:
    """Return the header block that a signed part protects; None if it protects none."""
    if signed.holds_mail and signed.children:
        return signed.children[0].block
    return signed.block if any(one in signed.kind.parameters for one in _MARKS) else None


def judge_protected(status: SignatureStatus, mail: Block, signed: Part) -> SignatureStatus:
    """Return the status with what the signed part says of the mail's header fields."""
    inner = protected_fields(signed)
    if inner is None or status.integrity is not Integrity.INTACT:
        return status
    stated = [name for name in _COMPARED if inner.all(name)]
    same = [name for name in stated if _texts(inner, name) == _texts(mail, name)]
    other = [name for name in stated if name not in same]
    codes = [f"protected-{name}-differs" for name in other]
    warnings = [
        f"the mail shows {name.capitalize()} as {_said(mail, name)}, and what was signed says"
        f" {_said(inner, name)}"
        for name in other
    ]
    covered = f"the header fields {', '.join(one.capitalize() for one in same)}" if same else ""
    return replace(
        status,
        signer=Signer.MISMATCH if "from" in other else status.signer,
        covered=(*status.covered, f"{covered}, repeated inside it") if same else status.covered,
        native_codes=(*status.native_codes, *(("protected-headers",) if stated else ()), *codes),
        warnings=(*status.warnings, *warnings),
    )


def _texts(block: Block, name: str) -> tuple[str, ...]:
    return tuple(" ".join(decode_text(one).split()) for one in block.all(name))


def _said(block: Block, name: str) -> str:
    texts = _texts(block, name)
    return repr(tame(texts[0], 120)) if texts else "absent"
