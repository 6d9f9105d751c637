"""Attacks on content credentials, each a file named for what it tries.

`python -m tests.hostile.c2pa.forge FOLDER` writes them with a fresh authority, and `expected.json`
by hand says what each must come out as. Made by hand (`tests.signatures.c2pa.maker`): the library's
own builder refuses to make most of them. Two need it: an edit of a broken file, a remote manifest.
"""

import dataclasses
import hashlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.signatures.c2pa.clock import clock_at
from tests.signatures.c2pa.maker import (
    Raw,
    Recipe,
    box,
    cbor,
    make_manifest,
    segments,
    sign_jpeg,
    superbox,
)
from tests.signatures.c2pa.parties import World, make_party, make_world
from tests.signatures.c2pa.world import MANIFEST, picture, sign

ENDED = datetime(2024, 1, 1, tzinfo=UTC)


def every_attack(world: World) -> Iterator[tuple[str, bytes]]:
    """All attacks, with an honest file first."""
    honest = Recipe(signer=world.camera, chain=(world.authority,))
    good = sign_jpeg(picture(), honest)
    yield "honest", good
    yield from _altered(good)
    yield from _other_bytes(good, honest)
    yield from _left_out(honest)
    yield from _keys_and_clocks(world, honest)
    yield from _ingredients(world, honest)
    yield from _identities(honest)
    yield from _malformed(honest)
    yield (
        "remote-manifest",
        sign(
            picture(), "image/jpeg", world.camera, world.authority, remote="http://desk.test/m.c2pa"
        ),
    )


def _altered(good: bytes) -> Iterator[tuple[str, bytes]]:
    yield "altered-picture", _flipped(good, len(good) - 40)
    yield "altered-claim", good.replace(b"dc:titlegpicture", b"dc:titlegPicture")
    yield "altered-assertion", good.replace(b"digitalCapture", b"digitalCaptura")
    yield "altered-signature", _flipped(good, good.rindex(b"\xf6\x58\x40") + 20)
    yield "appended-after-end", good + b"and more"
    comment = b"\xff\xfe\x00\x0cnot signed"
    yield "inserted-before", good[:2] + comment + good[2:]
    end = good.index(b"\xff\xdb")
    yield "inserted-behind", good[:end] + comment + good[end:]
    yield "truncated", good[:-100]


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _other_bytes(good: bytes, honest: Recipe) -> Iterator[tuple[str, bytes]]:
    other = picture(colour=(0, 0, 0))
    end = good.index(b"\xff\xdb")
    yield "transplanted", other[:20] + good[20:end] + other[20:]
    yield "stripped", good[:20] + good[end:]
    yield "split-to-hide", sign_jpeg(picture(), dataclasses.replace(honest, cut=22))
    second = segments(superbox(b"c2pa", "c2pa", make_manifest(honest, None)), instance=2)
    yield "second-store", good[:end] + second + good[end:]
    yield "behind-another-picture", picture() + good


def _left_out(honest: Recipe) -> Iterator[tuple[str, bytes]]:
    yield "picture-left-out", sign_jpeg(picture(), dataclasses.replace(honest, spread=600))
    room = {"start": 7400, "length": 100}
    again = dataclasses.replace(honest, extra_exclusions=(room,))
    yield "second-range-left-out", sign_jpeg(picture(), again)


def _keys_and_clocks(world: World, honest: Recipe) -> Iterator[tuple[str, bytes]]:
    yield (
        "swapped-certificate",
        sign_jpeg(
            picture(), dataclasses.replace(honest, signer=world.stranger, shown=world.camera)
        ),
    )
    old = make_party("Old Camera", issuer=world.authority, finish=ENDED)
    clock = clock_at(2023)
    backdated = dataclasses.replace(honest, signer=old, version=1, stamp=clock.response)
    yield "backdated-by-own-clock", sign_jpeg(picture(), backdated)
    foreign = clock_at(2023).token(b"something else")
    yield (
        "stamp-over-something-else",
        sign_jpeg(picture(), dataclasses.replace(honest, signer=old, stamp=lambda _over: foreign)),
    )
    stamping = make_party("Clock", issuer=world.authority, use=ExtendedKeyUsageOID.TIME_STAMPING)
    yield "signed-by-a-clock", sign_jpeg(picture(), dataclasses.replace(honest, signer=stamping))
    yield "unknown-signer", sign_jpeg(picture(), dataclasses.replace(honest, signer=world.stranger))


def _ingredients(world: World, honest: Recipe) -> Iterator[tuple[str, bytes]]:
    said = dict(MANIFEST, assertions=[])
    broken = sign_jpeg(picture(), honest)
    broken = _flipped(broken, len(broken) - 40)
    yield (
        "edit-of-a-broken-file",
        sign(
            picture(),
            "image/jpeg",
            world.camera,
            world.authority,
            manifest=said,
            made_from=(("earlier", broken),),
            intent=1,  # an edit of a parent
        ),
    )
    lower = dataclasses.replace(honest, label="urn:c2pa:00000000-2222-4333-8444-555555555555")
    claimed = {
        "dc:title": "earlier",
        "dc:format": "image/jpeg",
        "relationship": "parentOf",
        "activeManifest": {
            "url": f"self#jumbf=/c2pa/{lower.label}",
            "alg": "sha256",
            "hash": bytes(32),
        },
        "claimSignature": {
            "url": f"self#jumbf=/c2pa/{lower.label}/c2pa.signature",
            "alg": "sha256",
            "hash": bytes(32),
        },
        "validationResults": {
            "activeManifest": {"success": [], "informational": [], "failure": []}
        },
    }
    opened = {
        "action": "c2pa.opened",
        "parameters": {"ingredients": [_link("c2pa.ingredient.v3", claimed)]},
    }
    yield (
        "ingredient-exchanged",
        sign_jpeg(
            picture(),
            dataclasses.replace(
                honest,
                ingredients=(claimed,),
                actions={"actions": [opened]},
                below=make_manifest(lower, {"hash": bytes(32), "alg": "sha256", "pad": b""}),
            ),
        ),
    )


def _link(label: str, content: object) -> dict[str, Any]:
    content_box = superbox(b"cbor", label, box(b"cbor", cbor(content)))
    digest = hashlib.sha256(content_box[8:]).digest()
    return {"url": f"self#jumbf=c2pa.assertions/{label}", "hash": digest}


def _identities(honest: Recipe) -> Iterator[tuple[str, bytes]]:
    web = '{"issuer": "did:web:desk.test"}'
    for name, credential in (
        ("identity-from-the-web", web),
        ("identity-from-the-web-escaped", web.replace(":web", "\\u003aweb")),
        ("identity-issuer-twice", '{"issuer": "did:web:desk.test", "issuer": "did:jwk:e30"}'),
    ):
        yield name, sign_jpeg(picture(), dataclasses.replace(honest, more=web_identity(credential)))
    unknown = web_identity(web, kind="desk.test.naive")
    yield (
        "identity-of-unknown-kind",
        sign_jpeg(picture(), dataclasses.replace(honest, more=unknown)),
    )


def web_identity(credential: str, kind: str = "cawg.identity_claims_aggregation") -> dict[str, Any]:
    """Return an identity assertion, unsigned, by its label."""
    header = cbor({1: -8, 3: "application/vc"})
    signature = b"\xd2" + cbor([header, {}, credential.encode(), bytes(64)])
    payload = {"referenced_assertions": [], "sig_type": kind}
    return {"cawg.identity": {"signer_payload": payload, "signature": signature, "pad1": bytes(8)}}


def _malformed(honest: Recipe) -> Iterator[tuple[str, bytes]]:
    yield (
        "undeclared-assertion",
        sign_jpeg(
            picture(),
            dataclasses.replace(honest, undeclared={"org.test.more": {"note": "planted"}}),
        ),
    )
    yield "wrong-hash", sign_jpeg(picture(), dataclasses.replace(honest, flip_hash=True))
    yield "unknown-algorithm", sign_jpeg(picture(), dataclasses.replace(honest, algorithm=-65535))
    start = picture()[:20], picture()[20:]
    deep = box(b"jumb", b"")
    for _ in range(3000):
        deep = box(b"jumb", deep)
    yield "nested-boxes", start[0] + segments(superbox(b"c2pa", "c2pa", deep)) + start[1]
    endless = superbox(b"c2pa", "c2pa", b"\xff\xff\xff\xffjumb" + bytes(40))
    yield "box-longer-than-the-file", start[0] + segments(endless) + start[1]
    nested = {"org.test.nested": Raw(b"\x81" * 20_000 + b"\x00")}
    yield "nested-assertion", sign_jpeg(picture(), dataclasses.replace(honest, more=nested))


def write(folder: Path) -> None:
    """Write every attack, and the authority they claim."""
    world = make_world()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "authority.der").write_bytes(world.authority.der)
    for name, data in every_attack(world):
        (folder / f"{name}.jpg").write_bytes(data)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
