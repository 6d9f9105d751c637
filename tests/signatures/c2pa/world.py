"""Files signed by the format's own tool, offline, with the desk's test authority."""

import io
import struct
import wave
import zipfile
from typing import Any

from PIL import Image

from provenance.signatures.c2pa.library import C2PA
from tests.signatures.party import Party

MANIFEST: dict[str, Any] = {
    "claim_generator_info": [{"name": "test maker", "version": "1.0"}],
    "title": "picture",
    "assertions": [
        {
            "label": "c2pa.actions.v2",
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "digitalSourceType": (
                            "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
                        ),
                    },
                    {"action": "c2pa.cropped"},
                ]
            },
        }
    ],
}
_OFFLINE: dict[str, Any] = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_after_sign": False},
    "core": {"allowed_network_hosts": []},
    "builder": {"thumbnail": {"enabled": False}},
}
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="5" height="5"><path/></svg>'


def picture(form: str = "JPEG", colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    """Return a small picture of one colour."""
    stream = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(stream, form)
    return stream.getvalue()


def sign(
    data: bytes,
    media_type: str,
    signer: Party,
    authority: Party,
    *,
    manifest: dict[str, Any] | None = None,
    made_from: tuple[tuple[str, bytes], ...] = (),
    intent: Any = None,  # noqa: ANN401 - the library has no types
    remote: str | None = None,
) -> bytes:
    """Return the file with credentials by the library's own builder.

    Args:
        data: the file.
        media_type: of the file.
        signer: whose key signs.
        authority: whose certificate goes along.
        manifest: other statements than MANIFEST.
        made_from: (title, bytes) of JPEG files that went into it.
        intent: what kind of manifest, of the library's own enumeration.
        remote: address to write in the place of the credentials.
    """
    context = C2PA.Context.from_dict(_OFFLINE)
    builder = C2PA.Builder(manifest or MANIFEST, context=context)
    if intent is not None:
        builder.set_intent(intent)
    if remote is not None:
        builder.set_no_embed()
        builder.set_remote_url(remote)
    for title, file in made_from:
        said = {"title": title, "relationship": "parentOf"}
        builder.add_ingredient(said, "image/jpeg", io.BytesIO(file))
    chain = signer.pem + authority.pem
    key = C2PA.Signer.from_info(C2PA.C2paSignerInfo("es256", chain, signer.key_pem, None))
    out = io.BytesIO()
    builder.sign(key, media_type, io.BytesIO(data), out)
    return out.getvalue()


def sign_beside(data: bytes, media_type: str, signer: Party, authority: Party) -> bytes:
    """Return credentials of a file, to lie beside it, by the library's own builder."""
    builder = C2PA.Builder(MANIFEST, context=C2PA.Context.from_dict(_OFFLINE))
    builder.set_no_embed()
    chain = signer.pem + authority.pem
    key = C2PA.Signer.from_info(C2PA.C2paSignerInfo("es256", chain, signer.key_pem, None))
    return bytes(builder.sign(key, media_type, io.BytesIO(data), io.BytesIO()))


def bare_files() -> dict[str, bytes]:
    """Return an unsigned file of each format, by media type."""
    return {
        "image/jpeg": picture(),
        "image/png": picture("PNG"),
        "image/webp": picture("WEBP"),
        "image/tiff": picture("TIFF"),
        "image/gif": picture("GIF"),
        "image/avif": picture("AVIF"),
        "image/svg+xml": _SVG,
        "audio/wav": _sound(),
        "audio/mpeg": b"ID3\x04" + bytes(6) + (b"\xff\xfb\x90\x00" + bytes(413)) * 5,
        "application/epub+zip": _book(),
        "video/mp4": _film(),
    }


def _sound() -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(200))
    return stream.getvalue()


def _book() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("chapter.txt", "A chapter.")
    return stream.getvalue()


def _film() -> bytes:
    """A file of boxes: type, an empty movie, media data."""

    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I4s", len(content) + 8, kind) + content

    header = box(b"mvhd", bytes(12) + struct.pack(">II", 1000, 0) + bytes(80))
    return box(b"ftyp", b"isom\0\0\2\0isom") + box(b"moov", header) + box(b"mdat", bytes(400))
