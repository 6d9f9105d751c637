"""Does the mail come from the one who signed it? Compare its header with the signer's addresses.

Rules (RFC 8550 section 3; "Johnny, you are fired", section 4.4), for an intact signature only:
  1. every address in From, and every address that a display name pretends to be, must be one of the
     signer's; else MISMATCH, whatever Sender says: programs that compare Sender show From;
  2. a signer without any address cannot be compared: UNKNOWN, with a warning. A mail whose sender
     cannot be read is the same, and so is one of whose several senders one cannot be read;
  3. answers that go elsewhere, several From fields and hidden characters are warnings.
Compared are whole addresses without regard to case, character by character: a look-alike differs.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from provenance.signatures.axes import CertAtTime, Integrity, Signer
from provenance.signatures.headline import VOUCHED
from provenance.signatures.mime.senders import Senders, fold_address
from provenance.signatures.model import SignatureStatus
from provenance.signatures.pinning import coded, noted

_NOT_ALL_READ: Final = frozenset({"from-unreadable", "from-too-long"})


def judge_sender(
    status: SignatureStatus, emails: Iterable[str], senders: Senders
) -> SignatureStatus:
    """Return the status with who the mail says it is from, and whether that is the signer.

    Args:
        status: judged by its own trust already.
        emails: addresses that the certificate or key states.
        senders: of the mail that the signed part belongs to.
    """
    status = replace(status, claimed_author=senders.shown)
    if status.integrity is not Integrity.INTACT:
        return status
    own = {fold_address(one) for one in emails}
    warnings = (*status.warnings, *senders.warnings)
    status = replace(coded(status, *senders.codes), warnings=warnings)
    status = _replies(status, own, senders)
    if not own:
        why = "the signer's certificate names no mail address, so nothing ties it to the sender"
        return _unknown(status, "no-email-in-certificate", why)
    if not senders.addresses:
        return _unknown(status, "sender-not-comparable", "nothing ties the signer to a sender")
    foreign = [one for one in (*senders.addresses, *senders.named) if one not in own]
    if foreign:
        return _mismatch(status, own, foreign, senders)
    if _NOT_ALL_READ & set(senders.codes):
        why = "it names another sender besides, or may, who cannot be read as a mail address"
        return _unknown(status, "sender-not-comparable", why)
    return status


def _mismatch(
    status: SignatureStatus, own: set[str], foreign: list[str], senders: Senders
) -> SignatureStatus:
    shown, signed = ", ".join(foreign[:5]), ", ".join(sorted(own)[:5])
    warning = f"the mail shows {shown} as its sender, and the signer's address is {signed}"
    status = replace(noted(status, "sender-not-signer", warning), signer=Signer.MISMATCH)
    if not own & set(senders.sender):
        return status
    warning = "only its Sender field, which few programs show, names the signer"
    return noted(status, "sender-field-only", warning)


def _replies(status: SignatureStatus, own: set[str], senders: Senders) -> SignatureStatus:
    away = [one for one in senders.reply_to if one not in own and one not in senders.addresses]
    if not away:
        return status
    warning = f"answers to it would go elsewhere, to {', '.join(away[:5])}"
    return noted(status, "reply-to-elsewhere", warning)


def _unknown(status: SignatureStatus, code: str, why: str) -> SignatureStatus:
    status = noted(status, code, why)
    if status.signer not in VOUCHED:
        return status
    return replace(status, signer=Signer.UNKNOWN, cert_at_time=_unproven(status.cert_at_time))


def _unproven(state: CertAtTime) -> CertAtTime:
    """Keep what counts against a certificate; take back what counted for the sender."""
    return CertAtTime.UNPROVEN if state is CertAtTime.VALID else state
