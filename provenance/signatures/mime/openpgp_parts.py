"""Find what OpenPGP signed in a mail, and hand it out byte for byte: nothing is checked here.

Found, in the order of the mail (RFC 3156, RFC 9580 section 7):
  * multipart/signed with an OpenPGP signature: the bytes of its first part with CR LF line ends,
    and the signature; one that says it is OpenPGP's and has no such part comes with an empty
    signature, because a signed mail can be altered so;
  * a clear-signed block in a text part, transfer encoding taken off, with the text around it;
  * an armoured message in a text part, and multipart/encrypted: either may hold a signature, which
    only somebody with the key can tell;
  * a signature attached on its own, and the attachment that its name says it is for.
Blocks begin and end at the beginning of a line; one without an end is handed out as it is, marked.
Where a line of a block ends is `openpgp.armor`'s to say, for both.
A block within an HTML page may be hidden or dressed up by the page: its scope is never WHOLE.
"""

import re
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from provenance.signatures.axes import Scope
from provenance.signatures.mime.coverage import Coverage, Shown, describe, named_by
from provenance.signatures.mime.parts import Part, canonical, decode_body, parse_parts
from provenance.signatures.mime.senders import Senders, read_senders
from provenance.signatures.openpgp.armor import LINE_END

MAX_BLOCKS: Final = 200  # blocks handed out of one mail

_BEGIN_SIGNED: Final = b"-----BEGIN PGP SIGNED MESSAGE-----"
_BEGIN_MESSAGE: Final = b"-----BEGIN PGP MESSAGE-----"
_BLOCK: Final = re.compile(
    rb"^-----BEGIN PGP (SIGNED MESSAGE|MESSAGE)-----"
    + LINE_END
    + rb"|^-----END PGP (SIGNATURE|MESSAGE)-----"
    + LINE_END
    + rb"\n?",
    re.MULTILINE,
)
_SIGNATURE: Final = "application/pgp-signature"


@unique
class PgpForm(StrEnum):
    """How the signature stands in the mail."""

    DETACHED = "pgp-mime"
    """`signed` and `signature` are two parts."""
    CLEARSIGNED = "clear-signed"
    """`signed` is the whole block, text and signature."""
    MESSAGE = "armoured-message"
    """`signed` is the whole block: signed, encrypted or both."""
    ENCRYPTED = "encrypted"
    """Nothing is handed out but the fact."""
    ATTACHED = "attached"
    """`signature` is an attachment; `signed` the attachment it is named after, else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PgpPart:
    """One thing that OpenPGP signed, or may have."""

    form: PgpForm
    path: str
    """MIME path of what is signed; of the text part for a block within one."""
    signed: bytes
    signature: bytes = b""
    """Armoured or binary, as it came; DETACHED and ATTACHED only. Empty where it is gone."""
    taken: str = ""
    """MIME path of the signature."""
    start: int = 0
    """Offset of the block within the decoded text part; blocks only."""
    end: int = 0
    closed: bool = True
    """Whether the block has its end."""
    coverage: Coverage
    senders: Senders
    """Of the mail, or attached mail, that the part belongs to."""


def openpgp_parts(message: bytes) -> tuple[PgpPart, ...]:
    """Return what OpenPGP signed in a mail, at most MAX_BLOCKS; total on any bytes."""
    root = parse_parts(message)
    found: list[PgpPart] = []
    _search(Shown(root), root, root, found)
    return tuple(found[:MAX_BLOCKS])


def _search(shown: Shown, mail: Part, part: Part, found: list[PgpPart]) -> None:
    """Look at one part and all below; `mail` is the message that it belongs to."""
    if len(found) >= MAX_BLOCKS:
        return
    if part.kind.word == "multipart/signed":
        found += _detached(shown, mail, part)
    elif part.kind.word == "multipart/encrypted" and "pgp" in part.kind.parameters.get(
        "protocol", ""
    ):
        found.append(_encrypted(shown, mail, part))
    elif part.kind.word.startswith("text/"):
        found += _blocks(shown, mail, part)
    elif part.kind.word == _SIGNATURE and part.path not in {one.taken for one in found}:
        found += _attached(shown, mail, part)
    for one in part.children:
        _search(shown, one if part.holds_mail else mail, one, found)


def _detached(shown: Shown, mail: Part, part: Part) -> list[PgpPart]:
    """RFC 3156 section 5: exactly two parts, the second one the signature."""
    signed = part.children[0] if part.children else part
    held = [one for one in part.children[1:] if one.kind.word == _SIGNATURE]
    if not held and part.kind.parameters.get("protocol", "").lower() == _SIGNATURE:
        return [_without(shown, mail, signed)]
    return [
        PgpPart(
            form=PgpForm.DETACHED,
            path=signed.path,
            signed=canonical(signed.raw),
            signature=decode_body(one) or one.body,
            taken=one.path,
            coverage=shown.coverage(signed, (one,)),
            senders=read_senders(mail.block),
        )
        for one in held
    ]


def _without(shown: Shown, mail: Part, signed: Part) -> PgpPart:
    """Hand out a signed part whose signature is gone."""
    return PgpPart(
        form=PgpForm.DETACHED,
        path=signed.path,
        signed=canonical(signed.raw),
        coverage=shown.coverage(signed),
        senders=read_senders(mail.block),
    )


def _attached(shown: Shown, mail: Part, part: Part) -> list[PgpPart]:
    """Pair an attached signature with the attachment it is named after."""
    signed = named_by(shown.root, part, (".asc", ".sig", ".pgp", ".gpg"))
    return [
        PgpPart(
            form=PgpForm.ATTACHED,
            path=part.path if signed is None else signed.path,
            signed=b"" if signed is None else (decode_body(signed) or b""),
            signature=decode_body(part) or part.body,
            taken=part.path,
            coverage=shown.coverage(part if signed is None else signed, (part,)),
            senders=read_senders(mail.block),
        )
    ]


def _encrypted(shown: Shown, mail: Part, part: Part) -> PgpPart:
    return PgpPart(
        form=PgpForm.ENCRYPTED,
        path=part.path,
        signed=b"",
        coverage=shown.coverage(part),
        senders=read_senders(mail.block),
    )


def _blocks(shown: Shown, mail: Part, part: Part) -> list[PgpPart]:
    text = decode_body(part)
    if text is None or (_BEGIN_SIGNED not in text and _BEGIN_MESSAGE not in text):
        return []
    spans = _spans(text)
    senders = read_senders(mail.block)
    whole = shown.coverage(part)
    found = []
    for form, start, end, closed in spans:
        around = text[:start].strip() or text[end:].strip()
        found.append(
            PgpPart(
                form=form,
                path=part.path,
                signed=text[start:end],
                start=start,
                end=end,
                closed=closed,
                coverage=_narrowed(whole, part, around=bool(around), closed=closed),
                senders=senders,
            )
        )
    return found


def _spans(text: bytes) -> list[tuple[PgpForm, int, int, bool]]:
    """Return form, start, end and whether it ends, of each block."""
    found: list[tuple[PgpForm, int, int, bool]] = []
    open_at: tuple[PgpForm, int] | None = None
    for match in _BLOCK.finditer(text):
        if match[1] is not None:
            if open_at is not None:
                found.append((*open_at, match.start(), False))
            form = PgpForm.CLEARSIGNED if match[1].startswith(b"SIGNED") else PgpForm.MESSAGE
            open_at = (form, match.start())
        elif open_at is not None:
            wanted = b"SIGNATURE" if open_at[0] is PgpForm.CLEARSIGNED else b"MESSAGE"
            if match[2] == wanted:
                found.append((*open_at, match.end(), True))
                open_at = None
        if len(found) >= MAX_BLOCKS:
            return found
    if open_at is not None:
        found.append((*open_at, len(text), False))
    return found


def _narrowed(whole: Coverage, part: Part, *, around: bool, closed: bool) -> Coverage:
    """Return the coverage of a block within a part."""
    page = part.kind.word == "text/html"
    uncovered = whole.uncovered
    if around:
        uncovered = (f"the text around the signed block in {describe(part)}", *uncovered)
    scope = whole.scope
    if around:
        scope = Scope.PART
    elif (page or not closed) and scope is Scope.WHOLE:
        scope = Scope.UNKNOWN
    warning = "the signed block stands in a page that can hide it or dress it up"
    return Coverage(
        scope=scope,
        covered=(f"a signed block in {describe(part)}",),
        uncovered=uncovered,
        warnings=(*whole.warnings, warning) if page else whole.warnings,
        codes=whole.codes,
    )
