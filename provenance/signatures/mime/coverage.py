"""What a reader of a mail is shown, and how much of it lies inside a signed part.

Rules ("Johnny, you are fired", USENIX Security 2019: the cryptography was right in every attack):
  1. shown is every part without parts of its own that is not blank: text, pictures, messages, and
     attachments too, since a reader opens them; a part that is a signature and nothing else is
     not shown, and one that only calls itself so is: a text can hide behind that name;
  2. WHOLE is only said when every shown part lies inside the signed one, and the structure is such
     that no program could read it differently (`parts.Part.faults`); else PART, or UNKNOWN;
  3. header fields of the mail are never covered by a mail signature and are always listed; text
     around the first and last delimiter is listed, though programs do not show it;
  4. a signed page that loads pictures, styles or frames from elsewhere shows what is there today,
     not what was signed: that is shown and not covered. Found by what a plain page writes; a page
     made to hide it may pass. One that is too large to be searched counts as one that loads.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.axes import Scope
from provenance.signatures.cms.reading import read_container
from provenance.signatures.mime.parts import Part, decode_body
from provenance.signatures.model import SignatureStatus
from provenance.signatures.openpgp.message import is_bare_signature
from provenance.signatures.text import tame

_PGP: Final = "application/pgp-signature"
SIGNATURE_TYPES: Final = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        _PGP,
    }
)
MAX_LISTED: Final = 50  # parts listed as not covered; the rest are counted
MAX_BARE: Final = 32  # signature parts of one mail looked into; the rest are taken for shown
MAX_BARE_BYTES: Final = 1 << 18  # bytes of one; real ones, with certificates, are below 20,000
MAX_HTML: Final = 2 << 20  # bytes of a page searched for what it loads
HEADER: Final = "the header fields of the mail"
_SHOWN_FIELDS: Final = ("from", "to", "cc", "date", "subject")
_LOADS: Final = re.compile(
    rb"\b(?:src|srcset|background|data|poster)\s*=\s*[\"']?\s*(?!cid:|data:|#)[^\s\"'>#]"
    rb"|<(?:link|base|script|iframe|frame|object|embed)\b|\bhttp-equiv\s*=\s*[\"']?\s*refresh"
    rb"|\burl\(\s*[\"']?\s*(?!cid:|data:|#)[^\s\"')#]|@import\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How a signed part stands to the whole mail."""

    scope: Scope
    covered: tuple[str, ...]
    uncovered: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


def describe(part: Part) -> str:
    """Return a part's place and kind in plain words, tamed."""
    name = f' "{tame(part.file_name, 80)}"' if part.file_name else ""
    how = ", an attachment" if part.attached else ""
    return f"part {part.path}{name} ({tame(part.kind.word, 80) or 'of no readable type'}{how})"


def leaves(root: Part) -> tuple[Part, ...]:
    """Return every part that shows something of its own, attached mails for their header too."""
    return tuple(one for one in root.walk() if one.holds_mail or not (one.children or one.blank))


def signatures_of(root: Part) -> tuple[Part, ...]:
    """Return the signature parts of every multipart/signed: second parts, and only those."""
    return tuple(
        one.children[1]
        for one in root.walk()
        if one.kind.word == "multipart/signed"
        and len(one.children) > 1
        and one.children[1].kind.word in SIGNATURE_TYPES
    )


class Shown:
    """What one mail shows; its signature parts are looked into once, however many signatures ask.

    Args:
        root: the mail, with the contents of opaque signatures in it.
    """

    def __init__(self, root: Part) -> None:
        self.root = root
        self._leaves = leaves(root)
        self._faults = tuple(name for one in root.walk() for name in one.faults)
        self._signatures = signatures_of(root)
        self._bare: dict[str, bool] = {}

    def coverage(self, signed: Part, signature: Iterable[Part] = ()) -> Coverage:
        """Compare what is signed with what is shown.

        Args:
            signed: the signed part, one of the tree.
            signature: parts that are its signature, where that is not its multipart's second part.
        """
        inside = {one.path for one in signed.walk()}
        named = {one.path: one for one in (*signature, *self._signatures)}
        own = {one.path for one in list(named.values())[:MAX_BARE] if self._is_bare(one)}
        rest = [one for one in self._leaves if one.path not in inside | own]
        outside = any(one.outside for one in self.root.walk() if one.path not in inside)
        loading = [one for one in leaves(signed) if _loads(one)]
        unclear = Scope.UNKNOWN if self._faults else Scope.WHOLE
        listed = [
            describe(one)
            + (", which is more than a signature or none" if one.path in named else "")
            for one in rest[:MAX_LISTED]
        ]
        listed += [f"what {describe(one)} loads from elsewhere" for one in loading[:MAX_LISTED]]
        more = max(len(rest) - MAX_LISTED, 0) + max(len(loading) - MAX_LISTED, 0)
        if more:
            listed.append(f"{more} more parts")
        if outside:
            listed.append("text outside the delimiters, which most programs do not show")
        return Coverage(
            scope=Scope.PART if rest or loading else unclear,
            covered=_covered(leaves(signed)),
            uncovered=(*listed, _headers(self.root)),
            warnings=_ambiguous(self._faults),
            codes=tuple(dict.fromkeys(self._faults)),
        )

    def _is_bare(self, part: Part) -> bool:
        if part.path not in self._bare:
            self._bare[part.path] = _bare(part)
        return self._bare[part.path]


def _ambiguous(faults: tuple[str, ...]) -> tuple[str, ...]:
    return ("the structure of the mail can be read in more than one way",) if faults else ()


def _covered(parts: tuple[Part, ...]) -> tuple[str, ...]:
    more = len(parts) - MAX_LISTED
    told = tuple(map(describe, parts[:MAX_LISTED]))
    return (*told, f"{more} more parts") if more > 0 else told


def _bare(part: Part) -> bool:
    """Tell whether a part is exactly one signature, of the kind that it says."""
    if part.end - part.block.body > MAX_BARE_BYTES:
        return False
    body = decode_body(part)
    if body is None:
        return False
    return is_bare_signature(body) if part.kind.word == _PGP else _bare_cms(body)


def _bare_cms(body: bytes) -> bool:
    """Tell whether a part is one container with signers, and no content within or behind it."""
    read = attempt("container", lambda: read_container(body))
    if isinstance(read, Fault):
        return False
    return bool(read.signers) and read.content is None and not read.trailing


def named_by(root: Part, signature: Part, endings: tuple[str, ...]) -> Part | None:
    """Return the one part whose file name is that of a signature without its ending."""
    name = signature.file_name
    wanted = next((name[: -len(one)] for one in endings if name.lower().endswith(one)), "")
    held = [one for one in leaves(root) if wanted and one.file_name == wanted]
    return held[0] if len(held) == 1 else None


def _headers(root: Part) -> str:
    there = [name.capitalize() for name in _SHOWN_FIELDS if root.block.first(name) is not None]
    return f"{HEADER} ({', '.join(there) or 'none of the usual ones'})"


def _loads(part: Part) -> bool:
    if part.kind.word != "text/html":
        return False
    body = decode_body(part) or part.body
    # Without zero bytes it is found in the two bytes of UTF-16, too.
    return len(body) > MAX_HTML or bool(_LOADS.search(body.replace(b"\x00", b"")))


def with_coverage(status: SignatureStatus, coverage: Coverage) -> SignatureStatus:
    """Return a status with its scope; the smaller of two answers counts."""
    narrowed = status.scope if status.scope is not Scope.WHOLE else coverage.scope
    return replace(
        status,
        scope=narrowed,
        covered=coverage.covered or status.covered,
        uncovered=(*status.uncovered, *coverage.uncovered),
        warnings=(*status.warnings, *coverage.warnings),
        native_codes=(*status.native_codes, *coverage.codes),
    )
