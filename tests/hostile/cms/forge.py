"""Make hostile CMS containers. Each function is one attack or one way of being broken, named.

Sources: RFC 5652 and RFC 8933 (what a verifier must refuse), Strenzke, "Forging CMS signatures"
(2023), and the time-stamp copies of CAdES test suites. `python -m tests.hostile.cms.forge DIR`
writes one example of each.
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from asn1crypto import cms

from provenance.signatures.axes import Headline
from tests.signatures.cms.world import World, as_ber, attribute, make_party, sign_cms, stamp, tlv

TEXT: Final = b"To whom it may concern: we meet at noon.\r\n"


def content_altered(world: World) -> bytes:
    """A word of the content changed."""
    return sign_cms(TEXT, world.ann).replace(b"noon", b"five")


def content_piece_altered(world: World) -> bytes:
    """The same in a container of indefinite length, in one piece of the content."""
    return as_ber(sign_cms(TEXT, world.ann)).replace(b"To w", b"to w")


def content_removed(world: World) -> bytes:
    """The content is gone: nobody can say what was signed."""
    return sign_cms(TEXT, world.ann, detached=True)


def signature_of_another(world: World) -> bytes:
    """Ann's name and certificate, a signature value of somebody else."""
    other = cms.ContentInfo.load(sign_cms(TEXT, world.eve))["content"]["signer_infos"][0]
    return sign_cms(TEXT, world.ann, signature=bytes(other["signature"].native))


def signature_zeroed(world: World) -> bytes:
    """A signature value of nothing."""
    return sign_cms(TEXT, world.ann, signature=b"")


def no_signers(world: World) -> bytes:
    """A certificate, a text, and nobody who signed it."""
    return sign_cms(TEXT, certificates=[world.ann])


def no_certificate(world: World) -> bytes:
    """A signer without a certificate."""
    return sign_cms(TEXT, world.ann, certificates=[])


def twin_certificate(world: World) -> bytes:
    """Two certificates with one issuer and serial number; the signature names neither."""
    serial = world.ann.certificate.serial_number
    twin = make_party("Somebody Else", issuer=world.authority, serial=serial)
    return sign_cms(TEXT, world.ann, certificates=[twin, world.ann], wrong="unnamed-certificate")


def certificate_swapped(world: World) -> bytes:
    """The signature names another certificate than the one that came along."""
    return sign_cms(TEXT, world.ann, wrong="named-certificate")


def digest_twice(world: World) -> bytes:
    """Two message digests: a program may compare the one, and another program the other."""
    return sign_cms(TEXT, world.ann, wrong="digest-twice")


def digest_missing(world: World) -> bytes:
    """No message digest: the attributes are signed, the content is not."""
    return sign_cms(TEXT, world.ann, wrong="no-digest")


def digest_substituted(world: World) -> bytes:
    """Two digest algorithms in one signer."""
    return sign_cms(TEXT, world.ann, wrong="other-mechanism")


def content_type_confused(world: World) -> bytes:
    """The signed attributes speak of another type of content."""
    return sign_cms(TEXT, world.ann, wrong="content-type")


def attributes_as_content(world: World) -> bytes:
    """The attributes of one signature as the content of another."""
    signer = cms.ContentInfo.load(sign_cms(TEXT, world.ann))["content"]["signer_infos"][0]
    attributes = b"\x31" + bytes(signer["signed_attrs"].dump())[1:]
    value = bytes(signer["signature"].native)
    return sign_cms(attributes, world.ann, bare=True, signature=value)


def trailing_bytes(world: World) -> bytes:
    """Something else behind the container."""
    return sign_cms(TEXT, world.ann) + b"<html>another document</html>"


def inner_altered(world: World) -> bytes:
    """A good signature around a container whose own signature does not hold."""
    return sign_cms(content_altered(world), world.ann)


def stamp_forged(world: World) -> bytes:
    """A time stamp that is no token but bytes that look like one, over an expired certificate."""
    info = bytes.fromhex("3003020101")
    token = sign_cms(info, world.eve, kind="tst_info")
    return sign_cms(
        TEXT, world.sam, adds=lambda _: [attribute("signature_time_stamp_token", token)]
    )


def stamp_copied(world: World) -> bytes:
    """A good time stamp, over the signature of something else."""
    token = stamp(world.tsa, b"another signature")
    return sign_cms(
        TEXT, world.sam, adds=lambda _: [attribute("signature_time_stamp_token", token)]
    )


def authority_as_signer(world: World) -> bytes:
    """An authority's certificate, which signs certificates and no letters."""
    return sign_cms(TEXT, make_party("Test Middle", issuer=world.authority, authority=True))


def name_borrowed(_world: World) -> bytes:
    """A certificate with the name of the signer, made by whoever liked to."""
    return sign_cms(TEXT, make_party("Ann Author", "ann@desk.example"))


def nested_deep(_world: World) -> bytes:
    """Values within values, for parsers that go down one call at a time."""
    return b"\x30\x80" * 50_000


def length_lies(world: World) -> bytes:
    """A length beyond the end of the file."""
    return b"\x30\x84\x7f\xff\xff\xff" + sign_cms(TEXT, world.ann)[4:]


def cut_off(world: World) -> bytes:
    """The last bytes are gone."""
    return sign_cms(TEXT, world.ann)[:-20]


def data_only(_world: World) -> bytes:
    """A container of plain data: not signed, and not "unsigned" either."""
    identifier = bytes(cms.ContentType("data").dump())
    return tlv(0x30, identifier + tlv(0xA0, tlv(0x04, TEXT)))


ATTACKS: Final[Mapping[str, tuple[Callable[[World], bytes], Headline]]] = {
    "content-altered": (content_altered, Headline.BROKEN),
    "content-piece-altered": (content_piece_altered, Headline.BROKEN),
    "content-removed": (content_removed, Headline.NOT_CHECKABLE),
    "signature-of-another": (signature_of_another, Headline.BROKEN),
    "signature-zeroed": (signature_zeroed, Headline.BROKEN),
    "no-signers": (no_signers, Headline.EMPTY_SLOT),
    "no-certificate": (no_certificate, Headline.NOT_CHECKABLE),
    "twin-certificate": (twin_certificate, Headline.NOT_CHECKABLE),
    "certificate-swapped": (certificate_swapped, Headline.NOT_CHECKABLE),
    "digest-twice": (digest_twice, Headline.NOT_CHECKABLE),
    "digest-missing": (digest_missing, Headline.NOT_CHECKABLE),
    "digest-substituted": (digest_substituted, Headline.NOT_CHECKABLE),
    "content-type-confused": (content_type_confused, Headline.NOT_CHECKABLE),
    "attributes-as-content": (attributes_as_content, Headline.NOT_CHECKABLE),
    "trailing-bytes": (trailing_bytes, Headline.INTACT_PARTIAL),
    "inner-altered": (inner_altered, Headline.BROKEN),
    "stamp-forged": (stamp_forged, Headline.INTACT_UNKNOWN_SIGNER),
    "stamp-copied": (stamp_copied, Headline.INTACT_UNKNOWN_SIGNER),
    "authority-as-signer": (authority_as_signer, Headline.INTACT_UNKNOWN_SIGNER),
    "name-borrowed": (name_borrowed, Headline.INTACT_UNKNOWN_SIGNER),
    "nested-deep": (nested_deep, Headline.ERROR),
    "length-lies": (length_lies, Headline.ERROR),
    "cut-off": (cut_off, Headline.ERROR),
    "data-only": (data_only, Headline.UNSUPPORTED),
}
"""Name to maker and what must be said; none is VERIFIED."""


def _write(folder: Path) -> None:
    world = World()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "authority.der").write_bytes(world.authority.der)
    (folder / "untouched.p7m").write_bytes(sign_cms(TEXT, world.ann))
    expected = {"untouched": Headline.VERIFIED.value}
    for name, (make, headline) in ATTACKS.items():
        if name != "nested-deep":  # large, and made of one pair of bytes
            (folder / f"{name}.p7m").write_bytes(make(world))
            expected[name] = headline.value
    text = json.dumps(expected, indent=1, sort_keys=True) + "\n"
    (folder / "expected.json").write_text(text, "utf-8")


if __name__ == "__main__":
    _write(Path(sys.argv[1]))
