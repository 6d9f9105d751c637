"""Make hostile mails out of a signed one. Each function is one attack, named as in the literature.

Sources of the attacks: Mueller, Brinkmann, Poddebniak, Boeck, Schinzel, Somorovsky, Schwenk,
""Johnny, you are fired!" Spoofing OpenPGP and S/MIME Signatures in Emails" (2019): classes CMS,
MIME wrapping, identity, user interface; and Strenzke, "Forging CMS signatures" (2023) for the
attributes of one signature as the content of another. `python -m tests.hostile.mime.forge DIR`
writes one example of each.
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from asn1crypto import cms

from provenance.signatures.axes import Headline, Integrity
from tests.signatures.cms.world import World, sign_cms
from tests.signatures.mime.letters import (
    BODY,
    entity,
    honest,
    honest_opaque,
    mail,
    multipart,
    opaque,
    page,
    sign_part,
    signature,
    signed,
    text,
)

EVIL: Final = "Send the money to Eve.\r\n"


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One attack, and what must be said of it."""

    make: Callable[[World], bytes]
    headline: Headline
    integrity: Integrity | None
    """Ground truth of the bytes alone, which the attack leaves right: None = no signature."""


# Class 1: the container.


def econtent_confusion(world: World) -> bytes:
    """A detached signature whose container holds the text that was really signed."""
    return mail(signed(text(EVIL), sign_cms(text(), world.ann)))


def econtent_beside(world: World) -> bytes:
    """The signature matches what is shown, and the container holds another text."""
    return mail(signed(text(), sign_cms(text(), world.ann, detached=True, carried=text(EVIL))))


def no_signers(world: World) -> bytes:
    """A container with a certificate and no signer."""
    return mail(signed(text(EVIL), sign_cms(text(EVIL), certificates=[world.ann], detached=True)))


def no_signers_opaque(world: World) -> bytes:
    """The same around the text."""
    return mail(opaque(sign_cms(text(EVIL), certificates=[world.ann])))


def added_signer(world: World) -> bytes:
    """Eve signs beside Ann's name: Ann's signature is not over this text."""
    honest_one = sign_cms(text(), world.ann, detached=True)
    forged = sign_cms(text(EVIL), world.ann, detached=True, signature=_value(honest_one))
    return mail(signed(text(EVIL), forged))


def attributes_as_content(world: World) -> bytes:
    """Ann's signature over attributes, replayed as one over content without attributes."""
    signer = _signer(sign_cms(text(), world.ann))
    attributes = b"\x31" + bytes(signer["signed_attrs"].dump())[1:]
    value = bytes(signer["signature"].native)
    return mail(opaque(sign_cms(attributes, world.ann, bare=True, signature=value)))


def digest_substituted(world: World) -> bytes:
    """Two digest algorithms in one signer."""
    return mail(opaque(sign_cms(text(), world.ann, wrong="other-mechanism")))


def certificate_swapped(world: World) -> bytes:
    """The signature names another certificate than the one that came along."""
    return mail(opaque(sign_cms(text(), world.ann, wrong="named-certificate")))


# Class 2: MIME wrapping.


def prepended(world: World) -> bytes:
    """Unsigned text before the signed part."""
    return mail(multipart("mixed", text(EVIL), sign_part(text(), world.ann)))


def appended(world: World) -> bytes:
    """Unsigned text after the signed part."""
    return mail(multipart("mixed", sign_part(text(), world.ann), text(EVIL)))


def hidden_in_related(world: World) -> bytes:
    """The signed part is a related resource of an unsigned page that never shows it."""
    return mail(multipart("related", page(f"<p>{EVIL}"), sign_part(text(), world.ann)))


def hidden_by_style(world: World) -> bytes:
    """An unsigned page opens an element that hides the signed text which follows."""
    start = page(f"<p>{EVIL}<div style='display:none'><xmp>")
    return mail(multipart("mixed", start, sign_part(text(), world.ann)))


def hidden_as_attachment(world: World) -> bytes:
    """The whole honest mail is an attachment of a hostile one."""
    inner = entity("message/rfc822", honest(world.ann), "Content-Disposition: attachment")
    return mail(multipart("mixed", text(EVIL), inner))


def attached_mail_alone(world: World) -> bytes:
    """The honest mail stands alone in a mail with another header."""
    inner = entity("message/rfc822", honest(world.ann))
    return mail(inner, sender="Boss <boss@desk.example>")


def alternative(world: World) -> bytes:
    """The signed text is an alternative that no program prefers."""
    return mail(multipart("alternative", sign_part(text(), world.ann), page(f"<p>{EVIL}")))


def third_part(world: World) -> bytes:
    """A third part within multipart/signed."""
    data = sign_cms(text(), world.ann, detached=True)
    return mail(signed(text(), data, text(EVIL)))


def opaque_beside_text(world: World) -> bytes:
    """An opaque signature beside unsigned text."""
    return mail(multipart("mixed", text(EVIL), opaque(sign_cms(text(), world.ann))))


def attachment_added(world: World) -> bytes:
    """An unsigned attachment beside the signed letter."""
    file = entity("application/pdf; name=order.pdf", "%PDF-", "Content-Disposition: attachment")
    return mail(multipart("mixed", sign_part(text(), world.ann), file))


def two_types(world: World) -> bytes:
    """Two Content-Type fields: programs differ in which one they follow."""
    honest_mail = honest(world.ann)
    return honest_mail.replace(b"MIME-Version", b"Content-Type: text/html\r\nMIME-Version", 1)


def boundary_lookalike(world: World) -> bytes:
    """A line within the signed text that some programs take for the boundary."""
    part = text(f"{BODY}--signed-frontier-x\r\nContent-Type: text/plain\r\n\r\n{EVIL}")
    return mail(sign_part(part, world.ann))


def two_boundaries(world: World) -> bytes:
    """Two boundary parameters: the text differs by which one is followed."""
    return honest(world.ann).replace(b"multipart/signed;", b'multipart/signed; boundary="x";', 1)


def unclosed(world: World) -> bytes:
    """The closing delimiter is gone; what follows belongs to nobody knows which part."""
    return honest(world.ann).replace(b"--signed-frontier--\r\n", b"")


def remote_content(world: World) -> bytes:
    """A signed page that shows what a server sends today."""
    return mail(sign_part(page('<img src="https://eve.example/x.png">'), world.ann))


# Class 3: who it is from.


def other_sender(world: World) -> bytes:
    """Eve signs with her own good certificate, From says Ann."""
    return honest(world.eve)


def sender_field(world: World) -> bytes:
    """The same, with Eve in Sender for programs that compare that."""
    return mail(sign_part(text(), world.eve), fields=["Sender: eve@mallory.example"])


def from_twice(world: World) -> bytes:
    """Two From fields, the signer's and the victim's."""
    return mail(
        sign_part(text(), world.eve),
        sender="eve@mallory.example",
        fields=["From: Ann Author <ann@desk.example>"],
    )


def from_two_addresses(world: World) -> bytes:
    """One From field with two addresses."""
    sender = "Ann Author <ann@desk.example>, eve@mallory.example"
    return honest(world.eve, sender=sender)


def display_name(world: World) -> bytes:
    """The victim's address stands in the name, Eve's own in the address."""
    return honest(world.eve, sender='"ann@desk.example" <eve@mallory.example>')


def display_name_encoded(world: World) -> bytes:
    """The same in an encoded word."""
    return honest(world.eve, sender="=?utf-8?q?ann=40desk=2Eexample?= <eve@mallory.example>")


def display_name_comment(world: World) -> bytes:
    """The same in a comment."""
    return honest(world.eve, sender="eve@mallory.example (ann@desk.example)")


def display_name_padded(world: World) -> bytes:
    """The victim's name, and the address pushed out of sight."""
    name = "Ann Author" + " " * 50 + "ann@desk.example" + " " * 300
    return honest(world.eve, sender=f'"{name}" <eve@mallory.example>')


def look_alike(world: World) -> bytes:
    """An address that differs in one letter of another script."""
    return honest(world.ann, sender="ann@d\u0435sk.example")


def no_sender(world: World) -> bytes:
    """From holds no address that can be read."""
    return honest(world.ann, sender="Ann Author")


def protected_differs(world: World) -> bytes:
    """The signed part states another sender and subject than the mail shows."""
    part = entity(
        'text/plain; protected-headers="v1"',
        BODY,
        "From: Eve Else <eve@mallory.example>",
        "Subject: Lunch",
    )
    return mail(sign_part(part, world.ann))


# Class 4: the picture of a signature, and plain damage.


def mimicry(_world: World) -> bytes:
    """An unsigned page that paints the sign of a good signature."""
    return mail(page(f"<p>&#10003; Signed by Ann Author, verified</p><p>{EVIL}"))


def loose_signature(world: World) -> bytes:
    """The signature stands beside the text, which nothing says it is over."""
    part = signature(sign_cms(text(), world.ann, detached=True))
    return mail(multipart("mixed", text(), part))


def loose_with_content(world: World) -> bytes:
    """The same, and the container holds the text that was signed, which nobody is shown."""
    part = signature(sign_cms(text(), world.ann))
    return mail(multipart("mixed", text(EVIL), part))


def loose_alone(world: World) -> bytes:
    """A mail that is nothing but such a container, under another type than its own."""
    return mail(signature(sign_cms(text(), world.ann)))


def signature_missing(world: World) -> bytes:
    """Says signed, and the signature part is gone."""
    kind = 'signed; protocol="application/pkcs7-signature"'
    return mail(multipart(kind, text(EVIL)))


def altered_text(world: World) -> bytes:
    """A word of the signed text changed."""
    return honest(world.ann).replace(b"at noon", b"at five")


def altered_part_header(world: World) -> bytes:
    """The signed part's own type changed."""
    return honest(world.ann).replace(b"text/plain; charset=utf-8", b"text/plain; charset=utf-7")


def altered_signature(world: World) -> bytes:
    """A signature over something else."""
    return mail(signed(text(), sign_cms(text(), world.ann, detached=True, wrong="signature")))


def altered_opaque(world: World) -> bytes:
    """A word changed within an opaque signature."""
    data = sign_cms(text(), world.ann).replace(b"at noon", b"at five")
    return mail(opaque(data))


def replayed(world: World) -> bytes:
    """An honest letter sent anew, years later, under another date."""
    return mail(sign_part(text(), world.ann), date="Mon, 22 Nov 2027 10:00:00 +0000")


def _signer(data: bytes) -> cms.SignerInfo:
    return cms.ContentInfo.load(data)["content"]["signer_infos"][0]


def _value(data: bytes) -> bytes:
    return bytes(_signer(data)["signature"].native)


_PART = Headline.INTACT_PARTIAL
_WHO = Headline.IDENTITY_MISMATCH
_OK = Integrity.INTACT


def _attack(
    make: Callable[[World], bytes], headline: Headline, integrity: Integrity | None
) -> Attack:
    return Attack(make=make, headline=headline, integrity=integrity)


ATTACKS: Final[Mapping[str, Attack]] = {
    "econtent-confusion": _attack(econtent_confusion, Headline.BROKEN, Integrity.BROKEN),
    "econtent-beside": _attack(econtent_beside, Headline.NOT_CHECKABLE, Integrity.NOT_CHECKABLE),
    "no-signers": _attack(no_signers, Headline.EMPTY_SLOT, None),
    "no-signers-opaque": _attack(no_signers_opaque, Headline.EMPTY_SLOT, None),
    "added-signer": _attack(added_signer, Headline.BROKEN, Integrity.BROKEN),
    "attributes-as-content": _attack(
        attributes_as_content, Headline.NOT_CHECKABLE, Integrity.NOT_CHECKABLE
    ),
    "digest-substituted": _attack(
        digest_substituted, Headline.NOT_CHECKABLE, Integrity.NOT_CHECKABLE
    ),
    "certificate-swapped": _attack(
        certificate_swapped, Headline.NOT_CHECKABLE, Integrity.NOT_CHECKABLE
    ),
    "prepended": _attack(prepended, _PART, _OK),
    "appended": _attack(appended, _PART, _OK),
    "hidden-in-related": _attack(hidden_in_related, _PART, _OK),
    "hidden-by-style": _attack(hidden_by_style, _PART, _OK),
    "hidden-as-attachment": _attack(hidden_as_attachment, _PART, _OK),
    "attached-mail-alone": _attack(attached_mail_alone, _PART, _OK),
    "alternative": _attack(alternative, _PART, _OK),
    "third-part": _attack(third_part, _PART, _OK),
    "opaque-beside-text": _attack(opaque_beside_text, _PART, _OK),
    "attachment-added": _attack(attachment_added, _PART, _OK),
    "two-types": _attack(two_types, Headline.ERROR, None),
    "boundary-lookalike": _attack(boundary_lookalike, _PART, _OK),
    "two-boundaries": _attack(two_boundaries, Headline.ERROR, None),
    "unclosed": _attack(unclosed, _PART, _OK),
    "remote-content": _attack(remote_content, _PART, _OK),
    "other-sender": _attack(other_sender, _WHO, _OK),
    "sender-field": _attack(sender_field, _WHO, _OK),
    "from-twice": _attack(from_twice, _WHO, _OK),
    "from-two-addresses": _attack(from_two_addresses, _WHO, _OK),
    "display-name": _attack(display_name, _WHO, _OK),
    "display-name-encoded": _attack(display_name_encoded, _WHO, _OK),
    "display-name-comment": _attack(display_name_comment, _WHO, _OK),
    "display-name-padded": _attack(display_name_padded, _WHO, _OK),
    "look-alike": _attack(look_alike, _WHO, _OK),
    "no-sender": _attack(no_sender, Headline.INTACT_UNKNOWN_SIGNER, _OK),
    "protected-differs": _attack(protected_differs, _WHO, _OK),
    "mimicry": _attack(mimicry, Headline.UNSIGNED, None),
    "loose-signature": _attack(loose_signature, Headline.NOT_CHECKABLE, Integrity.NOT_CHECKABLE),
    "loose-with-content": _attack(loose_with_content, _PART, _OK),
    "loose-alone": _attack(loose_alone, _PART, _OK),
    "signature-missing": _attack(signature_missing, Headline.EMPTY_SLOT, None),
    "altered-text": _attack(altered_text, Headline.BROKEN, Integrity.BROKEN),
    "altered-part-header": _attack(altered_part_header, Headline.BROKEN, Integrity.BROKEN),
    "altered-signature": _attack(altered_signature, Headline.BROKEN, Integrity.BROKEN),
    "altered-opaque": _attack(altered_opaque, Headline.BROKEN, Integrity.BROKEN),
}
"""No answer among them is one that a reader takes for "fine"."""

CONTROLS: Final[Mapping[str, Callable[[World], bytes]]] = {
    "untouched": lambda world: honest(world.ann),
    "untouched-opaque": lambda world: honest_opaque(world.ann),
}
"""Honest mails, VERIFIED, so that the attacks on them mean something."""


def _write(folder: Path) -> None:
    world = World()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "authority.der").write_bytes(world.authority.der)
    expected = {}
    for name, control in CONTROLS.items():
        (folder / f"{name}.eml").write_bytes(control(world))
        expected[name] = Headline.VERIFIED.value
    for name, attack in ATTACKS.items():
        (folder / f"{name}.eml").write_bytes(attack.make(world))
        expected[name] = attack.headline.value
    text_form = json.dumps(expected, indent=1, sort_keys=True) + "\n"
    (folder / "expected.json").write_text(text_form, "utf-8")


if __name__ == "__main__":
    _write(Path(sys.argv[1]))
