"""Facts of pictures: what they say, and what they contradict, hide and expose."""

from datetime import UTC, datetime

import pytest

from provenance.facts.image import read_image_facts
from provenance.facts.model import Facts, Weight
from tests.facts.pictures.samples import (
    Value,
    drawing,
    exif,
    iptc,
    jpeg,
    packet,
    png,
    profile,
    saved,
    tiff_block,
    with_segments,
    xmp,
)
from tests.facts.reading import contradictions

AT = datetime(2026, 11, 1, tzinfo=UTC)
CAMERA: dict[int, Value] = {271: "Maker", 272: "Model X", 306: "2020:01:06 10:00:00"}
TAKEN: dict[int, Value] = {36867: "2020:01:06 09:00:00", 36868: "2020:01:06 09:00:00"}
PLACE: dict[int, Value] = {
    1: "N",
    2: [(33, 1), (18, 1), (30, 1)],
    3: "E",
    4: [(44, 1), (22, 1), (0, 1)],
}


def facts(data: bytes, media_type: str = "image/jpeg") -> Facts:
    """Read a picture's facts."""
    return read_image_facts(data, media_type=media_type, at=AT)


def camera(
    more: dict[int, Value] | None = None,
    inner: dict[int, Value] | None = None,
    gps: dict[int, Value] | None = None,
) -> bytes:
    """A JPEG with EXIF."""
    block = tiff_block({**CAMERA, **(more or {})}, {**TAKEN, **(inner or {})}, gps)
    return with_segments(jpeg(), exif(block))


def codes(found: Facts, weight: Weight | None = None) -> set[str]:
    """Codes of the observations, of one weight or of all."""
    return {one.code for one in found.observations if weight in {None, one.weight}}


def test_a_camera_file() -> None:
    """Device and times are read as written, and an honest file contradicts nothing."""
    found = facts(camera())
    assert found.properties["exif.Model"] == "Model X"
    assert found.properties["exif.DateTimeOriginal"] == "2020-01-06 09:00:00"
    assert found.properties["picture.size"] == "320 x 240 pixels"
    assert "quality 90" in found.properties["jpeg.tables"]
    assert found.properties["jpeg.coding"] == "baseline"
    assert contradictions(found) == []
    assert found.notes == ()


@pytest.mark.parametrize("order", ["little", "big"])
def test_both_byte_orders(order: str) -> None:
    """EXIF of either byte order reads the same."""
    block = tiff_block(CAMERA, TAKEN, PLACE, order=order)  # type: ignore[arg-type] # two words
    found = facts(with_segments(jpeg(), exif(block)))
    assert found.properties["exif.Position"] == "33.30833, 44.36667"
    assert found.properties["exif.Make"] == "Maker"


def test_a_place_is_a_risk() -> None:
    """Where it was taken is shown, and said to be exposed by publishing."""
    found = facts(camera(gps=PLACE))
    (risk,) = [one for one in found.observations if one.code == "exposes-place"]
    assert (risk.weight, "33.30833, 44.36667" in risk.text) == (Weight.RISK, True)
    nowhere = facts(camera(gps={1: "N", 2: [(0, 1)] * 3, 3: "E", 4: [(0, 1)] * 3}))
    assert "exposes-place" not in codes(nowhere)


def test_numbers_of_a_device_are_a_risk() -> None:
    """Serial numbers and owners are told; what cameras write for "none" is not."""
    found = facts(camera(inner={42033: "0012345", 42032: "Joan Doe"}))
    text = next(one.text for one in found.observations if one.code == "exposes-device-or-person")
    assert "serial number" in text
    assert "owner" in text
    assert found.properties["exif.BodySerialNumber"] == "0012345"
    for nothing in ("000000", "N/A", "  "):
        assert "exposes-device-or-person" not in codes(facts(camera(inner={42033: nothing})))


def test_maker_notes_are_counted_not_read() -> None:
    """The maker's own notes are named by their size."""
    text = next(
        one.text
        for one in facts(camera(inner={37500: bytes(5000)})).observations
        if one.code == "maker-note"
    )
    assert "5000" in text


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (camera({306: "2020:01:06 08:00:00"}), "saved-before-taken"),
        (camera(inner={36868: "2031:01:01 00:00:00"}), "date-in-the-future"),
        (
            camera(gps={**PLACE, 29: "2020:01:05", 7: [(1, 1), (0, 1), (0, 1)]}),
            "camera-and-satellite-clocks",
        ),
        (
            camera(
                inner={36881: "+03:00"},
                gps={**PLACE, 29: "2020:01:06", 7: [(9, 1), (0, 1), (0, 1)]},
            ),
            "camera-and-satellite-clocks",
        ),
        (camera(inner={40962: 4000, 40963: 3000}), "exif-size-differs"),
        (
            with_segments(camera(), (0xE2, b"ICC_PROFILE\0\1\1" + profile(2022))),
            "profile-younger-than-picture",
        ),
        (with_segments(camera(), xmp("<tiff:Model>Other</tiff:Model>")), "two-models"),
        (
            with_segments(camera(), xmp("<xmp:ModifyDate>2021-01-01T00:00:00</xmp:ModifyDate>")),
            "exif-and-xmp-dates",
        ),
        (
            with_segments(
                camera(), xmp("<photoshop:DateCreated>2019-05-01</photoshop:DateCreated>")
            ),
            "exif-and-xmp-dates",
        ),
    ],
)
def test_contradictions(picture: bytes, code: str) -> None:
    """Each pair of entries that do not go together is told, once, as a contradiction."""
    found = facts(picture)
    assert codes(found, Weight.CONTRADICTION) == {code}
    assert contradictions(found)


@pytest.mark.parametrize(
    "picture",
    [
        camera(gps={**PLACE, 29: "2020:01:06", 7: [(6, 1), (0, 1), (0, 1)]}),
        camera(
            inner={36881: "+03:00"}, gps={**PLACE, 29: "2020:01:06", 7: [(6, 1), (10, 1), (0, 1)]}
        ),
        with_segments(camera(), xmp("<xmp:CreateDate>2020-01-06T06:00:00Z</xmp:CreateDate>")),
        with_segments(camera(), xmp("<xmp:CreateDate>2020-01-06T09:01:00</xmp:CreateDate>")),
        with_segments(camera(), (0xE2, b"ICC_PROFILE\0\1\1" + profile(2017))),
        camera(inner={40962: 240, 40963: 320}),
        camera(inner={36867: "0000:00:00 00:00:00"}),
    ],
)
def test_what_only_looks_like_a_contradiction(picture: bytes) -> None:
    """Time zones, a stale fix, seconds, an old profile, a turned picture: nothing is told."""
    assert contradictions(facts(picture)) == []


def test_another_preview_is_hidden_matter() -> None:
    """A preview that shows what was painted over is told; the same picture made small is not."""
    same = drawing((160, 120))
    bars = drawing((160, 120), face=False)
    bars.paste((0, 0, 0), (0, 0, 160, 120))
    bars.paste(drawing((160, 90)), (0, 15))
    wide = jpeg(drawing((640, 360)))
    for picture, preview, differs in (
        (jpeg(), same, False),
        (wide, bars, False),
        (jpeg(drawing(face=False)), same, True),
        (jpeg(drawing().crop((0, 0, 160, 120))), same, True),
    ):
        block = tiff_block(CAMERA, TAKEN, None, jpeg(preview, quality=60))
        found = facts(with_segments(picture, exif(block)))
        assert ("preview-differs" in codes(found, Weight.HIDDEN)) is differs
        assert found.notes == ()


@pytest.mark.parametrize(
    ("media_type", "picture"),
    [
        ("image/jpeg", jpeg()),
        ("image/png", png()),
        ("image/webp", saved("WEBP")),
        ("image/gif", saved("GIF")),
    ],
)
def test_bytes_behind_the_end(media_type: str, picture: bytes) -> None:
    """What follows the end of a picture is hidden, counted and named; padding is not told."""
    found = facts(picture + b"PK\x03\x04" + bytes(40), media_type)
    text = next(one.text for one in found.observations if one.code == "bytes-behind-the-end")
    assert "44 bytes" in text
    assert "application/zip" in text
    assert codes(found, Weight.HIDDEN) == {"bytes-behind-the-end"}
    assert codes(facts(picture + bytes(100), media_type)) == set()


def test_further_pictures_of_a_telephone_are_a_note() -> None:
    """A file that says it holds several pictures is no hiding place for them."""
    data = with_segments(jpeg(), (0xE2, b"MPF\0" + bytes(20)), behind=jpeg())
    (one,) = [one for one in facts(data).observations if one.code == "bytes-behind-the-end"]
    assert one.weight is Weight.NOTE


def test_programs_and_history() -> None:
    """Editing programs, the steps of the history and the parent document are told."""
    history = (
        '<xmpMM:History><rdf:Seq><rdf:li stEvt:action="created" stEvt:when="2020-01-06T09:00:00"'
        ' stEvt:softwareAgent="Adobe Photoshop 21.0"/><rdf:li><rdf:Description>'
        "<stEvt:action>saved</stEvt:action></rdf:Description></rdf:li></rdf:Seq></xmpMM:History>"
        '<xmpMM:DerivedFrom stRef:documentID="xmp.did:1" stRef:originalDocumentID="xmp.did:0"/>'
    )
    found = facts(with_segments(jpeg(), xmp(history)))
    texts = {one.code: one.text for one in found.observations}
    assert "Adobe Photoshop 21.0" in texts["edited-with"]
    assert "2 steps: created 2020-01-06T09:00:00, saved" in texts["edit-history"]
    assert "xmp.did:0" in texts["derived-from"]
    twice = '<rdf:li stEvt:action="saved" stEvt:when="2020-01-06"/>' * 2
    one = f"<xmpMM:History><rdf:Seq>{twice}</rdf:Seq></xmpMM:History>"
    told = {each.code: each.text for each in facts(with_segments(jpeg(), xmp(one))).observations}
    assert told["edit-history"] == "Its history lists 2 steps: saved 2020-01-06 (2 times)."


@pytest.mark.parametrize(
    ("picture", "media_type"),
    [
        (png((b"tEXt", b"parameters\0a dog, Steps: 20")), "image/png"),
        (png((b"tEXt", b"Software\0Midjourney 6")), "image/png"),
        (
            with_segments(
                jpeg(),
                xmp(
                    "<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/"
                    "trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>"
                ),
            ),
            "image/jpeg",
        ),
    ],
)
def test_what_says_that_a_model_made_it(picture: bytes, media_type: str) -> None:
    """Prompts, names of generators and the source type are told as what they are: a claim."""
    found = facts(picture, media_type)
    assert codes(found, Weight.NOTE) == {"says-generated"}


def test_marks_of_a_web_site() -> None:
    """The mark that Facebook writes into IPTC is told."""
    data = with_segments(jpeg(), iptc({(2, 40): "FBMD0123", (2, 80): "A. Photographer"}))
    found = facts(data)
    assert "came-through-facebook" in codes(found)
    assert found.properties["iptc.Byline"] == "A. Photographer"


def test_a_camera_s_name_on_a_program_s_tables() -> None:
    """Tables of the reference library under a camera's name are a note, no more."""
    assert "compressed-like-a-program" in codes(facts(camera()), Weight.NOTE)
    assert "compressed-like-a-program" not in codes(facts(jpeg()))


@pytest.mark.parametrize(
    ("data", "media_type", "told"),
    [
        (png((b"pHYs", (11811).to_bytes(4, "big") * 2 + b"\1"), size=(2480, 3508)), "png", True),
        (png((b"pHYs", (5905).to_bytes(4, "big") * 2 + b"\1"), size=(2480, 3508)), "png", False),
        (png((b"pHYs", (11811).to_bytes(4, "big") * 2 + b"\1"), size=(300, 300)), "png", False),
        (png(size=(2480, 3508)), "png", False),
    ],
)
def test_printer_dots(data: bytes, media_type: str, told: bool) -> None:
    """A fine colour scan without loss is a risk to its printer; any other is not."""
    found = facts(data, f"image/{media_type}")
    assert ("printer-dots-possible" in codes(found, Weight.RISK)) is told


def test_a_fine_colour_tiff() -> None:
    """TIFF says the same by its own tags; pages are counted."""
    scan = drawing((1600, 2000))
    grey = scan.convert("L")
    for image, told in ((scan, True), (grey, False)):
        data = _tiff(image)
        found = facts(data, "image/tiff")
        assert ("printer-dots-possible" in codes(found)) is told
        assert found.pages == 2
        assert found.properties["picture.density"] == "300 per inch"


def _tiff(image: object) -> bytes:
    import io  # noqa: PLC0415 - one use

    stream = io.BytesIO()
    image.save(  # type: ignore[attr-defined] # a picture
        stream, "TIFF", dpi=(300, 300), compression="tiff_lzw", save_all=True, append_images=[image]
    )
    return stream.getvalue()


def test_other_containers_hold_the_same() -> None:
    """EXIF and XMP are found in PNG, WebP, GIF, HEIC and AVIF too."""
    block, said = tiff_block(CAMERA, TAKEN), packet("<xmp:CreatorTool>Tool 1</xmp:CreatorTool>")
    text = b"XML:com.adobe.xmp\0\0\0\0\0" + said
    heic = b"\0\0\0\x18ftypheic" + bytes(12) + b"\0\0\0\x14ispe\0\0\0\0" + (640).to_bytes(4, "big")
    heic += (480).to_bytes(4, "big") + b"Exif\0\0" + block + said
    pictures = {
        "image/png": png((b"eXIf", block), (b"iTXt", text)),
        "image/webp": saved("WEBP", exif=b"Exif\0\0" + block, xmp=said),
        "image/tiff": saved("TIFF", tiffinfo={271: "Maker", 700: said}),
        "image/heic": heic,
        "image/gif": saved("GIF")[:-1] + _xmp_of_a_gif(said) + b";",
    }
    for media_type, data in pictures.items():
        found = facts(data, media_type)
        assert found.properties["xmp:CreatorTool"] == "Tool 1", media_type
        if media_type != "image/gif":
            assert found.properties["exif.Make"] == "Maker", media_type
        assert found.properties["picture.size"]
    assert facts(heic, "image/heic").properties["picture.size"] == "640 x 480 pixels"


def _xmp_of_a_gif(said: bytes) -> bytes:
    magic = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    return b"\x21\xff\x0bXMP DataXMP" + said + magic


def test_texts_of_a_png() -> None:
    """Text chunks are shown, compressed ones too."""
    import zlib  # noqa: PLC0415 - one use

    data = png(
        (b"tEXt", b"Author\0Somebody"),
        (b"zTXt", b"Comment\0\0" + zlib.compress(b"hidden words")),
        (b"tIME", (2020).to_bytes(2, "big") + bytes([1, 6, 10, 0, 0])),
        (b"acTL", (7).to_bytes(4, "big") + bytes(4)),
    )
    found = facts(data, "image/png")
    assert found.properties["text.Comment"] == "hidden words"
    assert found.properties["png.tIME"] == "2020-01-06T10:00:00"
    assert found.properties["picture.frames"] == "7"


def test_a_format_without_a_reader_says_so() -> None:
    """Nothing is claimed about a picture that is not read."""
    found = facts(b"BM" + bytes(60), "image/bmp")
    assert found.properties == {}
    assert "not read yet" in found.notes[0]


def test_what_comes_out_is_tamed() -> None:
    """Control and direction characters of metadata are made visible."""
    found = facts(camera({305: "Photoshop\x1b[2J\u202e", 270: "a\nb"}))
    every = " ".join([*found.properties.values(), *(one.text for one in found.observations)])
    assert "\x1b" not in every
    assert "\u202e" not in every
    assert "\n" not in every
