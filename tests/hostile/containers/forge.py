"""Make hostile Office, OpenDocument and ASiC packages out of signed ones; one function per attack.

Each attack says which answer it must get. Sources: Rohlmann, Mladenov, Mainka, Hirschberger,
Schwenk, "Every Signature is Broken" (2023) for Office; McIntosh and Austel, "XML Signature Element
Wrapping" (2005); CVE-2009-0217 (HMAC truncation); CVE-2021-25633 to 25636 (two certificates,
unsigned times, bare keys in OpenDocument). `python -m tests.hostile.containers.forge DIR` writes
the files that are kept, with the anchor and the answers.
"""

import hashlib
import hmac
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import keys
from asn1crypto import x509 as asn1

from provenance.signatures.axes import Headline
from tests.hostile.containers import zipforge
from tests.signatures.containers.packages import (
    ASIC_S,
    TYPES,
    Members,
    asic_files,
    file_references,
    office_references,
    package_object,
    part_ref,
    sign_asic,
    sign_odf,
    sign_office,
    text_document,
    word_document,
    word_text,
    zipped,
)
from tests.signatures.containers.signing import (
    DSIG,
    MORE,
    Maker,
    Ref,
    b64,
    object_text,
    transform,
)
from tests.signatures.party import Party
from tests.signatures.pdf.world import make_party

SIGNATURE = "_xmlsignatures/sig1.xml"
DOCUMENT = "word/document.xml"
ASIC_SIGNATURE = "META-INF/signatures001.xml"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
EVIL = "We move the money today."


@dataclass(frozen=True)
class Attack:
    """One hostile file."""

    name: str
    data: bytes
    answer: Headline
    suffix: str = "docx"


@dataclass(frozen=True)
class Victims:
    """What is attacked: three signed packages, and who may sign."""

    ann: Party
    eve: Party
    """Nobody vouches for her."""

    @property
    def office(self) -> Members:
        """A signed Word document."""
        return sign_office(word_document(), Maker(self.ann), details={"SignatureText": "Ann"})

    @property
    def text(self) -> Members:
        """A signed OpenDocument text."""
        return sign_odf(text_document(), Maker(self.ann))

    @property
    def container(self) -> Members:
        """A signed container."""
        return sign_asic(asic_files(), Maker(self.ann))


def edited(members: Members, name: str, change: Callable[[str], str]) -> Members:
    """Return the members with one text changed; a change that changes nothing is an error."""
    before = members[name].decode()
    after = change(before)
    if after == before:
        raise ValueError(f"the attack does not touch {name}")
    return {**members, name: after.encode()}


def swapped(old: str, new: str) -> Callable[[str], str]:
    """Return a change that replaces the first occurrence."""
    return lambda text: text.replace(old, new, 1)


def every_attack(victims: Victims) -> Iterator[Attack]:
    """Yield each attack once."""
    yield from content_attacks(victims)
    yield from package_attacks(victims)
    yield from wrapping_attacks(victims)
    yield from layout_attacks(victims)
    yield from algorithm_attacks(victims)
    yield from identity_attacks(victims)
    yield from text_attacks(victims)
    yield from container_attacks(victims)
    yield from zip_attacks(victims)


def _office(name: str, members: Members, answer: Headline) -> Attack:
    return Attack(name, zipped(members), answer)


def content_attacks(victims: Victims) -> Iterator[Attack]:
    """Change what is signed, and what keeps it from being noticed."""
    signed = victims.office
    evil = {**signed, DOCUMENT: word_text(EVIL)}
    yield _office("changed-part", evil, Headline.BROKEN)
    new, old = _digest(evil[DOCUMENT]), _digest(signed[DOCUMENT])
    yield _office(
        "changed-part-and-manifest", edited(evil, SIGNATURE, swapped(old, new)), Headline.BROKEN
    )
    yield _office("rewritten-up-to-the-value", _rewritten(evil, victims), Headline.BROKEN)
    yield _office(
        "second-manifest-unsigned",
        edited(evil, SIGNATURE, swapped("</Signature>", _manifest_of(evil) + "</Signature>")),
        Headline.BROKEN,
    )
    yield _office("removed-part", _without(signed, "word/styles.xml"), Headline.BROKEN)
    yield _office(
        "changed-link",
        edited(signed, "word/_rels/document.xml.rels", swapped("desk.example", "evil.example")),
        Headline.BROKEN,
    )
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"
    yield _office(
        "changed-type",
        edited(signed, "[Content_Types].xml", swapped(TYPES["/word/document.xml"], macro)),
        Headline.BROKEN,
    )


def _digest(data: bytes) -> str:
    return b64(hashlib.sha256(data).digest())


def _manifest_of(members: Members) -> str:
    return package_object(office_references(members)).replace("idPackageObject", "idOther")


def _without(members: Members, name: str) -> Members:
    return {key: data for key, data in members.items() if key != name}


def _rewritten(members: Members, victims: Victims) -> Members:
    """All digests are right; only the signature value is of another document."""
    fresh = sign_office(
        {**word_document(), DOCUMENT: members[DOCUMENT]},
        Maker(victims.ann),
        details={"SignatureText": "Ann"},
    )
    value = re.search(r"<SignatureValue>.*?</SignatureValue>", members[SIGNATURE].decode())
    if value is None:
        raise ValueError("no signature value")
    return edited(
        fresh,
        SIGNATURE,
        lambda text: re.sub(r"<SignatureValue>.*?</SignatureValue>", value[0], text),
    )


def package_attacks(victims: Victims) -> Iterator[Attack]:
    """Add to the package what nothing signed, and hide or misplace the signature."""
    signed = victims.office
    rels = "word/_rels/document.xml.rels"
    comments = {**signed, "word/comments.xml": word_text(EVIL)}
    line = f'<Relationship Id="rId9" Type="{_R}comments" Target="comments.xml"/></Relationships>'
    yield _office(
        "injected-part",
        edited(comments, rels, swapped("</Relationships>", line)),
        Headline.INTACT_PARTIAL,
    )
    yield _office("added-orphan", comments, Headline.INTACT_PARTIAL)
    line = f'<Relationship Id="rId9" Type="{_R}officeDocument" Target="word/comments.xml"/>'
    yield _office(
        "second-main-document",
        edited(comments, "_rels/.rels", swapped("</Rel", f"{line}</Rel")),
        Headline.INTACT_PARTIAL,
    )
    line = f'<Relationship Id="rId9" Type="{_R}header" Target="/docProps/core.xml"/>'
    yield _office(
        "properties-as-header",
        edited(signed, rels, swapped("</Rel", f"{line}</Rel")),
        Headline.INTACT_PARTIAL,
    )
    yield _office("origin-unlinked", _unlinked(signed), Headline.NOT_CHECKABLE)
    origin = re.search(r'<Relationship Id="rIdSig".*?/>', signed["_rels/.rels"].decode())
    if origin is None:
        raise ValueError("no origin")
    again = origin[0].replace("rIdSig", "rIdSig2").replace("origin.sigs", "other.sigs")
    yield _office(
        "two-origins",
        edited(
            {**signed, "_xmlsignatures/other.sigs": b""},
            "_rels/.rels",
            swapped("</Rel", f"{again}</Rel"),
        ),
        Headline.NOT_CHECKABLE,
    )
    yield _office("empty-signature-file", {**signed, SIGNATURE: b""}, Headline.NOT_CHECKABLE)
    yield _office(
        "ignorable-relationships",
        edited(
            signed,
            rels,
            swapped(
                "<Relationships ",
                '<Relationships xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
                ' mc:Ignorable="x" xmlns:x="urn:x" ',
            ),
        ),
        Headline.ERROR,
    )


def _unlinked(members: Members) -> Members:
    root = members["_rels/.rels"].decode()
    return {
        **members,
        "_rels/.rels": re.sub(r'<Relationship Id="rIdSig".*?/>', "", root).encode(),
    }


def wrapping_attacks(victims: Victims) -> Iterator[Attack]:
    """Move what was signed out of the way (XSW); the evil manifest takes its place."""
    signed = victims.office
    evil = {**signed, DOCUMENT: word_text(EVIL)}
    original = _object(signed)
    false = package_object(office_references(evil))
    other = false.replace('Id="idPackageObject"', 'Id="idOther"')
    moves = {
        "xsw-same-id-before": false + original,
        "xsw-same-id-after": original + false,
        "xsw-nested-in-object": object_text("idOther", original) + false,
        "xsw-original-renamed-place": f"<Object>{original}</Object>{other}",
        "xsw-in-foreign-element": f'<Object><x xmlns="urn:x">{original}</x></Object>{other}',
    }
    for name, text in moves.items():
        yield _office(
            name,
            edited(evil, SIGNATURE, swapped(original, text)),
            Headline.UNSUPPORTED if name in _OUT_OF_PLACE else Headline.NOT_CHECKABLE,
        )
    for name, change in _MOVED.items():
        yield _office(name, edited(evil, SIGNATURE, change), Headline.NOT_CHECKABLE)


_OUT_OF_PLACE = frozenset({"xsw-original-renamed-place", "xsw-in-foreign-element"})


def _below(text: str) -> str:
    return text.replace("<Signature ", '<x xmlns="urn:x"><Signature ', 1) + "</x>"


_MOVED: dict[str, Callable[[str], str]] = {
    "signature-below-the-root": _below,
    "second-signed-info": lambda text: text.replace(
        "<SignatureValue>", "<SignedInfo></SignedInfo><SignatureValue>", 1
    ),
    "signed-info-not-first": lambda text: text.replace(
        "<SignedInfo>", "<Object></Object><SignedInfo>", 1
    ),
    "text-between": lambda text: text.replace("<SignatureValue>", "sold<SignatureValue>", 1),
    "comment-in-digest": lambda text: text.replace("</DigestValue>", "<!-- --></DigestValue>", 1),
}


def _object(members: Members) -> str:
    found = re.search(r'<Object Id="idPackageObject">.*?</Object>', members[SIGNATURE].decode())
    if found is None:
        raise ValueError("no package object")
    return found[0]


_DOCTYPES = {
    "doctype-empty": "<!DOCTYPE Signature>",
    "doctype-external-entity": '<!DOCTYPE S [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    "doctype-laughs": "<!DOCTYPE S [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{'&' + chr(97 + n) + ';'}'>" for n in range(12))
    + "]>",
    "doctype-default-id": '<!DOCTYPE S [<!ATTLIST Object Id CDATA "idPackageObject">]>',
}


def layout_attacks(victims: Victims) -> Iterator[Attack]:
    """Signature files that only some parsers read as they stand."""
    signed = victims.office
    for name, doctype in _DOCTYPES.items():
        change = swapped("<Signature ", f"{doctype}<Signature ")
        yield _office(name, edited(signed, SIGNATURE, change), Headline.NOT_CHECKABLE)
    wide = signed[SIGNATURE].decode().replace('<?xml version="1.0"?>', "")
    hidden = wide.replace("<Signature ", f"{_DOCTYPES['doctype-empty']}<Signature ", 1)
    yield _office(
        "doctype-in-utf-16", {**signed, SIGNATURE: hidden.encode("utf-16")}, Headline.NOT_CHECKABLE
    )
    deep = "<a>" * 100_000 + "</a>" * 100_000
    yield _office(
        "deeply-nested",
        edited(signed, SIGNATURE, swapped("</Signature>", f"<Object>{deep}</Object></Signature>")),
        Headline.NOT_CHECKABLE,
    )
    declared = signed[SIGNATURE].replace(b'"1.0"?>', b'"1.0" encoding="UTF-7"?>')
    yield _office("odd-encoding", {**signed, SIGNATURE: declared}, Headline.NOT_CHECKABLE)


def algorithm_attacks(victims: Victims) -> Iterator[Attack]:
    """Let the signature choose how it is checked; each is signed by the real key."""
    members = word_document()
    refused = {
        "transform-xpath": transform(
            "http://www.w3.org/TR/1999/REC-xpath-19991116", "<XPath>false()</XPath>"
        ),
        "transform-xpath-filter": transform("http://www.w3.org/2002/06/xmldsig-filter2"),
        "transform-xslt": transform("http://www.w3.org/TR/1999/REC-xslt-19991116"),
        "transform-enveloped": transform(DSIG + "enveloped-signature"),
        "transform-base64": transform(DSIG + "base64"),
    }
    kind = TYPES["/word/document.xml"]
    for name, text in refused.items():
        one = Ref(uri=f"/{DOCUMENT}?ContentType={kind}", data=b"", transforms=text)
        yield _signed(name, members, victims, [one, *office_references(members)[1:]])
    leads = {
        "uri-absent": office_references(members)[0].text.replace(' URI="', ' Other="'),
        "uri-empty": Ref(uri="", data=b"").text,
        "uri-file": Ref(uri="file:///etc/hostname?ContentType=a", data=b"").text,
        "uri-web": Ref(uri="https://evil.example/a?ContentType=a", data=b"").text,
        "uri-xpointer": Ref(uri="#xpointer(/)", data=b"").text,
        "digest-md5": office_references(members)[0].text.replace(
            "http://www.w3.org/2001/04/xmlenc#sha256", MORE + "md5"
        ),
        "reference-twice": "".join([office_references(members)[0].text] * 2),
    }
    for name, text in leads.items():
        maker = Maker(victims.ann, extra=[text])
        yield _office(name, sign_office(members, maker), Headline.UNSUPPORTED)
    yield from _method_attacks(members, victims)


def _signed(name: str, members: Members, victims: Victims, references: list[Ref]) -> Attack:
    made = sign_office(members, Maker(victims.ann), references=references)
    return _office(name, made, Headline.UNSUPPORTED)


def _method_attacks(members: Members, victims: Victims) -> Iterator[Attack]:
    for word in ("hmac-sha1", "rsa-md5"):
        space = DSIG if word == "hmac-sha1" else MORE
        made = sign_office(members, Maker(victims.eve, method=space + word))
        yield _office(f"method-{word}", made, Headline.UNSUPPORTED)
    made = sign_office(members, Maker(victims.ann))
    text = made[SIGNATURE].decode()
    info = re.search(r"<SignedInfo>(.*?)</SignedInfo>", text)
    if info is None:
        raise ValueError("no signed info")
    method = f'<SignatureMethod Algorithm="{MORE}hmac-sha256"><HMACOutputLength>'
    for name, length in (("hmac-confusion", 256), ("hmac-no-bits", 0)):
        changed = re.sub(
            r"<SignatureMethod.*?</SignatureMethod>",
            f"{method}{length}</HMACOutputLength></SignatureMethod>",
            info[1],
        )
        canonical = f'<SignedInfo xmlns="{DSIG}">{changed}</SignedInfo>'.encode()
        value = hmac.digest(victims.ann.der, canonical, "sha256")[: length // 8]
        forged = text.replace(info[1], changed)
        forged = re.sub(
            r"(<SignatureValue>).*?(</SignatureValue>)", rf"\g<1>{b64(value)}\2", forged
        )
        yield _office(name, {**made, SIGNATURE: forged.encode()}, Headline.UNSUPPORTED)


def identity_attacks(victims: Victims) -> Iterator[Attack]:
    """Sign as oneself and look like somebody else."""
    members = {**word_document(), DOCUMENT: word_text(EVIL)}
    ann, eve = victims.ann, victims.eve
    both = Maker(eve, certificates=[ann, eve])
    yield _office("two-certificates", sign_office(members, both), Headline.INTACT_UNKNOWN_SIGNER)
    only = Maker(eve, certificates=[ann])
    yield _office("certificate-of-another", sign_office(members, only), Headline.NOT_CHECKABLE)
    plain = Maker(eve, certificates=[ann], xades=False)
    yield _office("certificate-of-another-plain", sign_office(members, plain), Headline.BROKEN)
    named = Maker(ann, named=eve)
    yield _office("another-certificate-named", sign_office(members, named), Headline.NOT_CHECKABLE)
    yield _office(
        "no-certificate",
        sign_office(members, Maker(ann, certificates=[])),
        Headline.NOT_CHECKABLE,
    )
    bare = sign_office(members, Maker(eve, certificates=[]))
    value = "<KeyInfo><KeyValue><RSAKeyValue></RSAKeyValue></KeyValue></KeyInfo>"
    yield _office(
        "bare-key",
        edited(bare, SIGNATURE, swapped("</SignatureValue>", f"</SignatureValue>{value}")),
        Headline.NOT_CHECKABLE,
    )
    null = Maker(nobody(), value=null_signature, method=MORE + "rsa-sha256", xades=False)
    yield _office("null-rsa", sign_office(members, null), Headline.NOT_CHECKABLE)


@dataclass(frozen=True)
class Nobody:
    """A certificate without a private key: with its public exponent of 1 nobody needs one."""

    der: bytes


NULL_BITS = 2048


def nobody() -> Nobody:
    """Return a certificate whose key makes every message its own signature."""
    known = asn1.Certificate.load(make_party("Max Minister").der)
    known["tbs_certificate"]["subject_public_key_info"] = keys.PublicKeyInfo.wrap(
        keys.RSAPublicKey({"modulus": (1 << NULL_BITS) - 1, "public_exponent": 1}), "rsa"
    )
    return Nobody(known.dump(force=True))


def null_signature(data: bytes) -> bytes:
    """Return a signature that was never made: the padded digest itself (RFC 8017 section 9.2)."""
    head = bytes.fromhex("3031300d060960864801650304020105000420")
    digest = head + hashlib.sha256(data).digest()
    return b"\x00\x01" + b"\xff" * (NULL_BITS // 8 - 3 - len(digest)) + b"\x00" + digest


def text_attacks(victims: Victims) -> Iterator[Attack]:
    """The same in an OpenDocument text."""
    signed = victims.text

    def made(name: str, members: Members, answer: Headline) -> Attack:
        return Attack(name, zipped(members), answer, "odt")

    evil = edited(signed, "content.xml", swapped("in March", "today"))
    yield made("odf-changed-text", evil, Headline.BROKEN)
    added = {**signed, "Pictures/other.png": b"added"}
    yield made("odf-added-file", added, Headline.INTACT_PARTIAL)
    yield made("odf-removed-file", _without(signed, "styles.xml"), Headline.BROKEN)
    yield made(
        "odf-doctype-in-content",
        edited(signed, "content.xml", swapped("?>\n", "?>\n<!DOCTYPE o>")),
        Headline.NOT_CHECKABLE,
    )
    manifest = [one for one in file_references(text_document()) if "manifest" not in one.uri]
    yield made(
        "odf-manifest-not-signed",
        sign_odf(text_document(), Maker(victims.ann), references=manifest),
        Headline.INTACT_PARTIAL,
    )
    twice = sign_odf(text_document(), Maker(victims.ann), Maker(victims.eve))
    yield made("odf-two-signatures-one-id", twice, Headline.NOT_CHECKABLE)


def container_attacks(victims: Victims) -> Iterator[Attack]:
    """The same in an ASiC container."""
    signed = victims.container

    def made(name: str, members: Members, answer: Headline) -> Attack:
        return Attack(name, zipped(members), answer, "asice")

    evil = edited(signed, "contract.txt", swapped("contract", "contraband"))
    yield made("asic-changed-file", evil, Headline.BROKEN)
    yield made("asic-added-file", {**signed, "more.txt": b"more"}, Headline.INTACT_PARTIAL)
    yield made("asic-removed-file", _without(signed, "contract.txt"), Headline.NOT_CHECKABLE)
    yield made(
        "asic-file-in-meta", {**signed, "META-INF/more.txt": b"more"}, Headline.INTACT_PARTIAL
    )
    yield made(
        "asic-unknown-root",
        edited(signed, ASIC_SIGNATURE, lambda text: text.replace("XAdESSignatures", "Signatures")),
        Headline.NOT_CHECKABLE,
    )
    inner = re.sub(r"</?asic:[^>]*>|<\?xml.*?\?>", "", signed[ASIC_SIGNATURE].decode())
    nested = f"<Object>{inner}</Object></Signature>"
    outer = sign_asic(asic_files(), Maker(victims.eve, identifier="outer"))
    yield made(
        "asic-signature-in-signature",
        edited(outer, ASIC_SIGNATURE, swapped("</Signature>", nested)),
        Headline.INTACT_UNKNOWN_SIGNER,
    )
    climbing = [Ref(uri="../contract.txt", data=signed["contract.txt"])]
    yield made(
        "asic-climbing-path",
        sign_asic(asic_files(), Maker(victims.ann), references=climbing),
        Headline.UNSUPPORTED,
    )
    simple = {**asic_files("a.txt"), "mimetype": ASIC_S.encode()}
    nothing = sign_asic(simple, Maker(victims.ann), references=[])
    yield made("asic-nothing-signed", nothing, Headline.INTACT_PARTIAL)


def zip_attacks(victims: Victims) -> Iterator[Attack]:
    """Archives that two readers read in two ways, and bombs."""
    signed = victims.office
    whole = zipped(signed)
    evil = word_text(EVIL)
    for name, data in zipforge.ambiguous(whole, DOCUMENT, evil):
        yield Attack(f"zip-{name}", data, Headline.ERROR)
    twins = {
        "case-twin": "Word/Document.xml",
        "percent-twin": "word/%64ocument.xml",
        "dot-twin": "word/./document.xml",
        "slash-twin": "word\\document.xml",
    }
    for name, twin in twins.items():
        yield Attack(f"zip-{name}", zipped({**signed, twin: evil}), Headline.ERROR)
    yield Attack("zip-encrypted-part", zipforge.flagged(whole, DOCUMENT, 1), Headline.NOT_CHECKABLE)
    yield Attack(
        "zip-bomb-part",
        zipped({**sign_with_bomb(victims)}),
        Headline.NOT_CHECKABLE,
    )


def sign_with_bomb(victims: Victims) -> Members:
    """A signed part that unpacks to a thousand times what it holds."""
    members = {**word_document(), "word/media/a.bin": bytes(20 << 20)}
    types = members["[Content_Types].xml"].decode()
    bin_type = '<Default Extension="bin" ContentType="a/b"/></Types>'
    members["[Content_Types].xml"] = types.replace("</Types>", bin_type).encode()
    references = [*office_references(members), part_ref(members, "word/media/a.bin", "a/b")]
    return sign_office(members, Maker(victims.ann), references=references)


KEPT = (
    "changed-part",
    "changed-part-and-manifest",
    "second-manifest-unsigned",
    "changed-type",
    "injected-part",
    "origin-unlinked",
    "empty-signature-file",
    "xsw-same-id-before",
    "xsw-in-foreign-element",
    "second-signed-info",
    "comment-in-digest",
    "doctype-external-entity",
    "transform-xpath",
    "uri-web",
    "hmac-confusion",
    "two-certificates",
    "another-certificate-named",
    "odf-changed-text",
    "odf-added-file",
    "asic-changed-file",
    "asic-removed-file",
    "asic-signature-in-signature",
    "zip-second-member",
    "zip-hidden-member",
)


def make_victims() -> tuple[Party, Victims]:
    """Make keys; returns the authority too."""
    authority = make_party("Test Authority", authority=True)
    return authority, Victims(
        ann=make_party("Ann Author", issuer=authority), eve=make_party("Eve Else")
    )


def main(folder: Path) -> None:
    """Write the kept files."""
    authority, victims = make_victims()
    (folder / "authority.der").write_bytes(authority.der)
    attacks = {one.name: one for one in every_attack(victims)}
    untouched = Attack("untouched", zipped(victims.office), Headline.VERIFIED)
    answers = {}
    for one in (untouched, *(attacks[name] for name in KEPT)):
        file = f"{one.name}.{one.suffix}"
        (folder / file).write_bytes(one.data)
        answers[file] = one.answer.value
    text = json.dumps(answers, indent=1, sort_keys=True) + "\n"
    (folder / "expected.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
