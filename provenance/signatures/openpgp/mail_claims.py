"""List every OpenPGP signature of a mail and what exactly each one signs; checks nothing.

What is signed where is found by `mime.openpgp_parts`, byte for byte; each signature becomes a claim
with the scope that it has in the mail: a signed part beside unsigned ones is a PART, and the header
fields are never covered (RFC 3156). Of the scope in the mail and that within the block the smaller
counts. The part of a signature must hold lone signatures: a message or a clear-signed text in it
signs itself and not the part beside it, and is a fault; so is a part without any signature, which
may be one that was spoilt to hide that the mail was altered. A signature of the mail's text is
compared with the mail's sender later; one of an attachment is not, an attachment may be anybody's.
Keys that are attached come along and prove nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from provenance.errors import Malformed
from provenance.signatures.axes import Scope
from provenance.signatures.mime.openpgp_parts import PgpForm, PgpPart, openpgp_parts
from provenance.signatures.mime.parts import Part, decode_body, parse_parts
from provenance.signatures.nearby import Nearby
from provenance.signatures.openpgp.armor import PUBLIC_KEY, begins, read_armor
from provenance.signatures.openpgp.certificate import Certificate, read_certificates
from provenance.signatures.openpgp.claims import (
    MAX_CLAIMS,
    Claim,
    Claims,
    claims_in,
    is_binary,
    number_claims,
    own_claims,
)

MAIL: Final = "message/rfc822"
NONE_THERE: Final = "signature-not-found"
"""Code: a part is called a signature, and none can be read in it."""
SIGNS_ELSE: Final = "signs-something-else"
"""Code: the part of a signature holds something with a content of its own."""

_SMALLER: Final = (
    Scope.WHOLE,
    Scope.REVISION,
    Scope.UNKNOWN,
    Scope.METADATA_ONLY,
    Scope.PART,
)  # each says less than the one before it, or says more exactly what is missing


def claims_in_mail(message: bytes) -> Claims:
    """Return the signatures of a mail and of the mails attached to it."""
    claims = Claims()
    for part in openpgp_parts(message):
        if len(claims.found) <= MAX_CLAIMS:  # one more, so that it can be told
            _take(claims, part)
    for each in parse_parts(message).walk():
        if each.kind.word == "application/pgp-keys":
            claims.keys.extend(_certificates(each))
    claims.found = number_claims(claims.found)
    return claims


def document_claims(data: bytes, media_type: str, nearby: Iterable[Nearby]) -> Claims:
    """Return the signatures that a document holds itself, a mail or another."""
    return claims_in_mail(data) if media_type == MAIL else own_claims(data, media_type, nearby)


def _take(claims: Claims, part: PgpPart) -> None:
    if part.form is PgpForm.ENCRYPTED:
        claims.encrypted = True
        return
    detached = part.form in {PgpForm.DETACHED, PgpForm.ATTACHED}
    inside = _lone(part) if detached else claims_in(part.signed)
    claims.keys.extend(inside.keys)
    claims.encrypted = claims.encrypted or inside.encrypted
    claims.found.extend(_placed(part, claim) for claim in inside.found)


def _lone(part: PgpPart) -> Claims:
    """Read the part of a signature: lone signatures, over the signed part and nothing else."""
    missing = part.form is PgpForm.ATTACHED and not part.signed
    inside = claims_in(part.signature, () if missing else (_as_file(part.signed),))
    inside.found = [_over_the_part(claim) for claim in inside.found]
    if not inside.found:
        fault = "there is no OpenPGP signature in the part that should hold it"
        inside.found = [Claim(place="", fault=fault, code=NONE_THERE)]
    return inside


def _over_the_part(claim: Claim) -> Claim:
    """Refuse what brings its own content: anything that was ever signed would sign this mail."""
    if claim.content is None or claim.file == 0:
        return claim
    fault = "what stands in place of the signature signs a content of its own, not this part"
    return Claim(place=claim.place, fault=fault, code=SIGNS_ELSE)


def _as_file(data: bytes) -> Nearby:
    return Nearby(number=0, data=data, sha256="", media_type=MAIL)


def _placed(part: PgpPart, claim: Claim) -> Claim:
    """Give a claim the place and the scope that it has in the mail."""
    known = claim.content is not None
    return replace(
        claim,
        place=f"MIME part {part.path} ({part.form.value})",
        file=None,
        scope=max(claim.scope, part.coverage.scope, key=_SMALLER.index),
        covered=part.coverage.covered if known else (),
        uncovered=(*claim.uncovered, *part.coverage.uncovered),
        warnings=part.coverage.warnings,
        codes=part.coverage.codes,
        senders=None if part.form is PgpForm.ATTACHED else part.senders,
    )


def _certificates(part: Part) -> Iterator[Certificate]:
    """Read an attached key; one that cannot be read is none."""
    data = decode_body(part) or part.body
    try:
        if is_binary(data):
            yield from read_certificates(data)
            return
        for begin in begins(data):
            if begin[1].decode("ascii") == PUBLIC_KEY:
                yield from read_certificates(read_armor(data, begin).data)
    except Malformed:
        return
