"""The questions asked of every signature, each with a closed set of answers.

One enum per question, so that an answer to one never hides another: a signature can be intact and
say nothing about who made it, or name a person and cover half the document. The values are the
words stored in records and must never be renamed.
"""

from enum import StrEnum, unique


@unique
class Kind(StrEnum):
    """What sort of signature, or place for one, this is."""

    PDF_SIG = "pdf_sig"
    PDF_TIMESTAMP = "pdf_timestamp"
    PDF_USAGE_RIGHTS = "pdf_usage_rights"
    C2PA = "c2pa"
    C2PA_INGREDIENT = "c2pa_ingredient"
    """Of an earlier file that went into this one."""
    CAWG_IDENTITY = "cawg_identity"
    """A person's or publisher's own signature inside content credentials."""
    DKIM = "dkim"
    ARC = "arc"
    SMIME = "smime"
    CMS = "cms"
    OPENPGP = "openpgp"
    XMLDSIG_OOXML = "xmldsig_ooxml"
    XMLDSIG_ODF = "xmldsig_odf"
    XMLDSIG_EPUB = "xmldsig_epub"
    ASIC = "asic"
    ASIC_TIMESTAMP = "asic_timestamp"
    TIMESTAMP_TOKEN = "timestamp_token"  # noqa: S105 - a token of time (RFC 3161), no secret
    XMLDSIG = "xmldsig"
    SSH = "ssh"
    MINISIGN = "minisign"
    SIGNIFY = "signify"
    SIGSTORE = "sigstore"
    INK_REGION = "ink_region"
    TYPED_NAME = "typed_name"
    IMAGE_SIGNATURE = "image_signature"


@unique
class Presence(StrEnum):
    """Is there a signature at all?"""

    PRESENT = "present"
    EMPTY_SLOT = "empty_slot"
    NONE = "none"
    UNSUPPORTED = "unsupported"


@unique
class Integrity(StrEnum):
    """Do the signed bytes still match the signature? Nothing else is meant."""

    INTACT = "intact"
    BROKEN = "broken"
    NOT_CHECKABLE = "not_checkable"
    ERROR = "error"


@unique
class Scope(StrEnum):
    """How much of the document the signature covers."""

    WHOLE = "whole"
    REVISION = "revision"
    PART = "part"
    METADATA_ONLY = "metadata_only"
    UNKNOWN = "unknown"


@unique
class ChangedAfter(StrEnum):
    """What was added after signing, as far as it can be explained."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    FORM_FILL = "form_fill"
    ANNOTATION = "annotation"
    UNEXPLAINED = "unexplained"
    NOT_ANALYSED = "not_analysed"


@unique
class Visible(StrEnum):
    """Does what was added after signing change what a reader sees?"""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@unique
class Signer(StrEnum):
    """What is known about who signed. `unknown` is not a reproach: nobody vouched either way."""

    TRUSTED = "trusted"
    PINNED = "pinned"
    UNKNOWN = "unknown"
    SELF_SIGNED = "self_signed"
    MISMATCH = "mismatch"
    NO_IDENTITY = "no_identity"


@unique
class TimeBasis(StrEnum):
    """On whose word the signing time rests."""

    TRUSTED_TIMESTAMP = "trusted_timestamp"
    ARCHIVED_KEY_WINDOW = "archived_key_window"
    CLAIMED = "claimed"
    NONE = "none"


@unique
class CertAtTime(StrEnum):
    """State of the certificate at the time of signing."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    REVOKED = "revoked"
    COMPROMISED_KEY = "compromised_key"
    UNPROVEN = "unproven"


@unique
class Crypto(StrEnum):
    """Strength of the algorithms: `legacy` = SHA-1, RSA below 2048 bits, DSA; `broken` = MD5."""

    OK = "ok"
    LEGACY = "legacy"
    BROKEN = "broken"


@unique
class Headline(StrEnum):
    """The one word a person reads first; derived, never set by hand (`headline`)."""

    BROKEN = "BROKEN"
    REVOKED = "REVOKED"
    CHANGED_AFTER_SIGNING = "CHANGED_AFTER_SIGNING"
    ERROR = "ERROR"
    IDENTITY_MISMATCH = "IDENTITY_MISMATCH"
    NOT_CHECKABLE = "NOT_CHECKABLE"
    UNSUPPORTED = "UNSUPPORTED"
    INTACT_PARTIAL = "INTACT_PARTIAL"
    INTACT_WEAK = "INTACT_WEAK"
    EXPIRED_AT_SIGNING = "EXPIRED_AT_SIGNING"
    INTACT_TIME_UNPROVEN = "INTACT_TIME_UNPROVEN"
    INTACT_UNKNOWN_SIGNER = "INTACT_UNKNOWN_SIGNER"
    VERIFIED_EXTENDED = "VERIFIED_EXTENDED"
    VERIFIED = "VERIFIED"
    EMPTY_SLOT = "EMPTY_SLOT"
    TIME_STAMPED = "TIME_STAMPED"
    IMAGE_PLACED = "IMAGE_PLACED"
    TYPED_NAME = "TYPED_NAME"
    INK_OBSERVED = "INK_OBSERVED"
    UNSIGNED = "UNSIGNED"


SEVERITY: tuple[Headline, ...] = tuple(Headline)
"""Worst first; the order in which `Headline` is written above IS the rule "worst wins".

Places without a signature rank below every signature, so an unused field never makes a signed
document look worse and never makes a bad one look better.
"""
