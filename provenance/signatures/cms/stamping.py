"""Judge every time stamp that a CMS signer carries, over its signature and over the content.

A stamp over the signature value (unsigned attribute, RFC 3161 appendix A) says the signature
existed by then; the earliest one that holds counts. A stamp over the content (signed attribute,
RFC 5126 5.11.4) says the content existed by then, so the signature was not made before; the latest
one that holds counts. Stamps that do not hold leave a code and a warning, nothing else.
"""

from dataclasses import replace
from typing import Any, Final

from provenance.signatures.attempt import Fault, attempt
from provenance.signatures.cms.attributes import attributes_of, values_of
from provenance.signatures.cms.stamps import NoStamp, judge_timestamp_token
from provenance.signatures.cms.work import Work
from provenance.signatures.model import SignatureStatus
from provenance.signatures.vouching import Stamp

MAX_STAMPS: Final = 10  # time stamps judged of one sort; real signers have one or two


def weigh_stamps(
    work: Work,
    signer: Any,  # noqa: ANN401 asn1crypto has no types
    status: SignatureStatus,
) -> tuple[SignatureStatus, Stamp | None]:
    """Return the status with what the stamps say, and the stamp over the signature that counts."""
    signature = bytes(signer["signature"].native)
    after = _judge(work, signer, ("unsigned_attrs", "signature_time_stamp_token"), signature)
    before = _judge(work, signer, ("signed_attrs", "content_time_stamp"), work.content or b"")
    useless = [one for one in (*after, *before) if isinstance(one, NoStamp)]
    warnings = dict.fromkeys(f"a time stamp in it counts for nothing: {one.why}" for one in useless)
    earliest = [one.moment for one in before if isinstance(one, Stamp)]
    status = replace(
        status,
        proven_not_before=max(earliest, default=None),
        native_codes=(*status.native_codes, *dict.fromkeys(one.code for one in useless)),
        warnings=(*status.warnings, *warnings),
    )
    held = [one for one in after if isinstance(one, Stamp)]
    return status, min(held, key=lambda one: one.moment, default=None)


def _judge(
    work: Work,
    signer: Any,  # noqa: ANN401 asn1crypto has no types
    where: tuple[str, str],
    over: bytes,
) -> list[Stamp | NoStamp]:
    which, name = where
    tokens = attempt(
        "time-stamps",
        lambda: [bytes(one.dump()) for one in values_of(attributes_of(signer, which), name)],
    )
    if isinstance(tokens, Fault):
        return [NoStamp(code="timestamp-unreadable", why=f"it cannot be read{tokens.because}")]
    found = [
        judge_timestamp_token(one, imprint_of=over, context=work.context)
        for one in tokens[:MAX_STAMPS]
    ]
    more = len(tokens) - MAX_STAMPS
    why = f"{more} more of them were not looked at"
    return [*found, NoStamp(code="timestamps-cut", why=why)] if more > 0 else found
