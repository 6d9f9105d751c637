"""The demonstration's material: letter, photograph and dossier.

What the letter shows and leaves blank, that both files can be made again, and that the dossier
tells the story in the order in which a desk would have lived it.
"""

import ctypes
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest
from PIL import Image, ImageChops, ImageStat
from pyhanko.pdf_utils.reader import PdfFileReader
from ruamel.yaml import YAML

from provenance.errors import StoreFault, UsageError
from provenance.verdict.assessment import Assessment
from provenance.verdict.evaluate import evaluate
from provenance.verdict.parse_dossier import parse_dossier
from provenance_cli.demo import generate, letter, typefaces
from provenance_cli.demo.pdf_page import PAGE_HEIGHT, PAGE_WIDTH
from provenance_cli.demo.photograph import PHOTO_SIZE, photograph

ASSETS = files("provenance_cli.demo")
CASES = Path(__file__).resolve().parents[2] / "../shared/cases"
MAX_PHOTO = 400_000  # bytes: the demonstration travels with the package

FACETS = (
    *("origin", "integrity", "execution", "mandate", "delivery"),
    *("reading:withdrawal", "content:US leaves Iraq", "execution@recipient"),
)
STORY = (  # per step: the headline before its modifiers, then support/opposition of FACETS
    ("UNVERIFIED", "1/0 0/0 0/2 0/0 0/0 2/0 0/0 0/0"),
    ("PROBABLY AUTHENTIC DRAFT", "3/0 0/0 0/2 0/0 1/0 2/0 0/0 0/0"),
    ("PROBABLY AUTHENTIC DRAFT", "3/0 0/0 0/2 0/0 1/0 2/0 1/0 0/0"),
    (
        "PROBABLY AUTHENTIC DRAFT, DISOWNED BY ISSUER",
        "3/0 0/0 0/2 0/1 1/0 2/0 1/1 0/0",
    ),
    ("AUTHENTIC DRAFT, DISOWNED BY ISSUER", "3/0 3/0 0/3 0/1 1/0 4/0 1/1 0/0"),
    ("AUTHENTIC DRAFT, DISOWNED BY ISSUER", "4/0 3/0 0/3 0/1 4/1 4/1 1/1 0/0"),
    ("AUTHENTIC DRAFT, DISOWNED BY ISSUER", "4/0 3/0 0/3 0/1 4/1 4/1 1/1 1/0"),
    ("AUTHENTIC DRAFT, DISOWNED BY ISSUER", "4/0 3/0 0/3 0/1 4/1 4/1 1/1 1/1"),
)
NOT_DEMO_WORDING = {"recorded_at", "speaker", "note", "title"}  # what our dossier words afresh


@pytest.fixture(scope="module")
def pdf() -> bytes:
    """The letter as it is shipped."""
    return ASSETS.joinpath("letter.pdf").read_bytes()


@pytest.fixture
def page(pdf: bytes) -> Iterator[pdfium.PdfPage]:
    """The letter's first page, opened by a reader that is not ours."""
    document = pdfium.PdfDocument(pdf)
    yield document[0]
    document.close()


@pytest.fixture(scope="module")
def photo() -> bytes:
    """The photograph as it is shipped."""
    return ASSETS.joinpath("letter-photo.jpg").read_bytes()


@pytest.fixture(scope="module")
def dossier_text() -> str:
    """The dossier as it is shipped."""
    return ASSETS.joinpath("letter.dossier.yaml").read_text("utf-8")


def moments(dossier_text: str) -> list[str]:
    """Return the distinct `recorded_at` of the dossier, in the order of the file."""
    records = YAML(typ="safe").load(dossier_text)["records"]
    return list(dict.fromkeys(record["recorded_at"] for record in records))


def place_of(page: pdfium.PdfPage, words: str) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top of the first place where `words` stand, in points."""
    text = page.get_textpage()
    found = text.search(words).get_next()
    assert found is not None, words
    boxes = [text.get_charbox(n) for n in range(found[0], found[0] + found[1])]
    left, bottom, right, top = zip(*boxes, strict=True)
    return min(left), min(bottom), max(right), max(top)


@pytest.mark.parametrize(
    "phrase",
    [
        "COMBINED TASK FORCE (STAND-IN)",
        "6 January 2020",
        "Joint Operations Command",
        "coming days and weeks",
        "in preparation for onward movement",
        "will fly at night",
        "sovereign decision",
        "Very respectfully,",
        "Commanding General, stand-in for demonstration",
        "Stand-in written for the demonstration of Provenance Desk. Not the historical document.",
    ],
)
def test_letter_is_searchable(page: pdfium.PdfPage, phrase: str) -> None:
    """The facts of the case, and the mark of a stand-in, are text and not only a picture."""
    flowing = " ".join(page.get_textpage().get_text_bounded().split())
    assert phrase in flowing


def test_letter_is_one_page_of_letter_size(pdf: bytes) -> None:
    """One page of US letter paper, as official mail is."""
    document = pdfium.PdfDocument(pdf)
    assert [page.get_size() for page in document] == [(PAGE_WIDTH, PAGE_HEIGHT)]
    document.close()


def test_letter_bears_no_signature_and_no_field(pdf: bytes) -> None:
    """A strict reader finds no form, no signature field, no script and no attachment."""
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    assert set(reader.root) == {"/Type", "/Pages", "/Lang"}
    assert list(reader.embedded_signatures) == []
    assert set(reader.root["/Pages"]["/Kids"][0]) == {
        *("/Type", "/Parent", "/MediaBox", "/Resources", "/Contents")
    }


def test_information_dictionary_is_honest(pdf: bytes) -> None:
    """The file says what made it, when, and what it is; it does not borrow the letter's date."""
    info: Any = PdfFileReader(BytesIO(pdf), strict=True).trailer["/Info"]
    assert "Provenance Desk" in info["/Producer"]
    assert "Stand-in" in info["/Title"]
    assert info["/Subject"] == letter.STAND_IN_MARK
    assert str(info["/CreationDate"]) == str(info["/ModDate"]) == letter.MADE_AT
    made_at = datetime.strptime(letter.MADE_AT, "D:%Y%m%d%H%M%S%z")
    assert made_at.year > 2020


def test_signature_block_is_blank(page: pdfium.PdfPage) -> None:
    """No mark of any kind stands between the closing and the typed line, across the whole page."""
    scale = 3
    below_closing = place_of(page, "Very respectfully,")[1]
    above_name = place_of(page, "Commanding General, stand-in")[3]
    assert below_closing - above_name > 45, "room for a signature"
    grey = page.render(scale=scale).to_pil().convert("L")
    top, bottom = (round((PAGE_HEIGHT - y) * scale) for y in (below_closing, above_name))
    assert grey.crop((0, top + 2, grey.width, bottom - 2)).getextrema() == (255, 255)
    assert grey.crop((0, top - 30, grey.width, bottom)).getextrema()[0] < 100, "the closing is ink"


def test_body_keeps_to_its_margins(page: pdfium.PdfPage) -> None:
    """All type stands within the inch on either side, and justified lines end together."""
    text = page.get_textpage()
    boxes = [text.get_charbox(n) for n in range(text.count_chars())]
    inked = [box for box in boxes if box[2] > box[0]]
    assert min(box[0] for box in inked) >= 71
    assert max(box[2] for box in inked) <= PAGE_WIDTH - 71
    for line_end in ("which the people", "of this Task Force", "act on it", "2020"):
        assert abs(place_of(page, line_end)[2] - (PAGE_WIDTH - 72)) < 1, line_end


@pytest.mark.parametrize("face", typefaces.FACES, ids=lambda face: face.base_font)
def test_widths_are_those_a_reader_uses(face: typefaces.Typeface) -> None:
    """Each width in the table is the one that a PDF reader's own copy of the face has."""
    document = pdfium.PdfDocument.new()
    font = pdfium_c.FPDFText_LoadStandardFont(document, face.base_font.encode("ascii"))
    width = ctypes.c_float()
    for code in range(typefaces.FIRST_CODE, typefaces.FIRST_CODE + len(face.ascii_widths)):
        assert pdfium_c.FPDFFont_GetGlyphWidth(font, code, 1000.0, width)
        assert face.width(chr(code), 1000) == round(width.value), chr(code)
    pdfium_c.FPDFFont_Close(font)
    document.close()


@pytest.mark.parametrize("character", ["\u0416", "\u00e9", "\n"])
def test_characters_without_a_width_are_refused(character: str) -> None:
    """Text that cannot be measured is an error that names the character, never a zero width."""
    with pytest.raises(UsageError, match=re.escape(repr(character))):
        typefaces.ROMAN.width(f"general {character}", 12)


def test_a_word_wider_than_the_column_is_refused() -> None:
    """No line is ever set beyond its measure."""
    with pytest.raises(UsageError, match="wider than the column"):
        letter.justify(["a", "movement"], 20)


def test_justify_keeps_every_word_in_order() -> None:
    """Breaking into lines loses no word, and no line exceeds the measure."""
    words = [str(word) for word in ("forces move by night over the city by day " * 8).split()]

    lines = letter.justify(words, 180)
    assert " ".join(lines).split() == words
    assert all(typefaces.ROMAN.width(line, 12) <= 180 for line in lines)


def test_photo_is_a_small_jpeg_that_claims_no_device(photo: bytes) -> None:
    """The photograph has neither EXIF nor XMP; its one comment says that it is a stand-in."""
    image = Image.open(BytesIO(photo))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", PHOTO_SIZE)
    assert len(photo) <= MAX_PHOTO
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "comment"}
    assert image.info["comment"] == letter.STAND_IN_MARK.encode("ascii")
    assert b"Exif" not in photo


def test_photo_is_lit_unevenly_and_noisy(photo: bytes) -> None:
    """The picture is a photograph to a machine too: light falls off and plain paper has grain."""
    grey = Image.open(BytesIO(photo)).convert("L")
    bright = ImageStat.Stat(grey.crop((180, 1300, 380, 1500)))
    shaded = ImageStat.Stat(grey.crop((1180, 1500, 1380, 1640)))
    assert bright.mean[0] - shaded.mean[0] > 25
    assert bright.stddev[0] > 1


def test_regeneration_holds(tmp_path: Path, pdf: bytes, photo: bytes) -> None:
    """The generator writes the shipped letter byte for byte, and a photograph equal to the eye."""
    letter_path, photo_path = generate.generate(tmp_path)
    assert letter_path.read_bytes() == pdf
    again, shipped = (Image.open(BytesIO(data)) for data in (photo_path.read_bytes(), photo))
    difference = ImageStat.Stat(ImageChops.difference(again, shipped))
    assert max(difference.mean) < 1.0
    assert max(high for _, high in difference.extrema) < 48


def test_photograph_is_of_the_file_it_was_given(pdf: bytes, photo: bytes) -> None:
    """Another letter gives another picture: the photograph is rendered, not stored."""
    other = pdf.replace(b"Very respectfully,", b"Very resentfully, ")
    assert other != pdf
    again = Image.open(BytesIO(photograph(other, comment=letter.STAND_IN_MARK)))
    box = ImageChops.difference(again, Image.open(BytesIO(photo))).convert("L")
    found = box.point([0] * 60 + [255] * 196).getbbox()
    assert found is not None
    assert 700 < found[0] < found[2] < 1000
    assert 1200 < found[1] < found[3] < 1300


def test_main_names_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints both paths, one a line."""
    generate.main([str(tmp_path)])
    written = [tmp_path / generate.LETTER_NAME, tmp_path / generate.PHOTO_NAME]
    assert capsys.readouterr().out.splitlines() == [str(path) for path in written]


def test_main_wants_one_existing_folder(tmp_path: Path) -> None:
    """A wrong call and a folder that is not there are errors of the project."""
    with pytest.raises(UsageError, match="one folder"):
        generate.main([])
    with pytest.raises(StoreFault, match="cannot write"):
        generate.main([str(tmp_path / "absent")])


def test_dossier_days_are_the_real_ones(dossier_text: str) -> None:
    """Six steps fall on 6 January 2020 and two on the 7th, in order of entry."""
    steps = [datetime.fromisoformat(moment) for moment in moments(dossier_text)]
    assert [step.day for step in steps] == [6] * 6 + [7] * 2
    assert {(step.year, step.month, step.utcoffset()) for step in steps} == {
        (2020, 1, UTC.utcoffset(None))
    }
    assert all(earlier < later for earlier, later in pairwise(steps))


def test_dossier_has_only_fields_of_the_form_and_teaches(dossier_text: str) -> None:
    """Every record has a note and a speaker, and no field beyond those of the dossier form."""
    records = YAML(typ="safe").load(dossier_text)["records"]
    needed = {"id", "kind", "recorded_at", "voice", "speaker", "basis", "asserts", "note"}
    for record in records:
        assert needed <= set(record) <= needed | {"held", "relays"}, record["id"]
    remarks = [line for line in dossier_text.splitlines() if line.lstrip().startswith("#")]
    assert len(remarks) > len(records)


def test_dossier_codes_the_shared_case(dossier_text: str) -> None:
    """Same records, voices, grades and relays as the published case; speakers map one to one."""
    shared = CASES / "unsigned-letter.dossier.json"
    if not shared.exists():
        pytest.skip("the shared cases are not beside this checkout")
    ours, theirs = YAML(typ="safe").load(dossier_text), json.loads(shared.read_text("utf-8"))

    def coding(record: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in record.items() if key not in NOT_DEMO_WORDING}

    assert [coding(r) for r in ours["records"]] == [coding(r) for r in theirs["records"]]
    pairs = {
        (a["speaker"], b["speaker"])
        for a, b in zip(ours["records"], theirs["records"], strict=True)
    }
    assert len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)


def replay(dossier_text: str) -> list[Assessment]:
    """Return what the model suggests after each step."""
    dossier = parse_dossier(dossier_text, name="letter.dossier.yaml")
    return [
        evaluate(dossier, as_of=datetime.fromisoformat(moment)) for moment in moments(dossier_text)
    ]


def test_dossier_tells_the_story_step_by_step(dossier_text: str) -> None:
    """Headline and facet levels after each step are those of the worked example."""
    told = [
        (
            found.headline.lead,
            " ".join(f"{found.facet(name).p}/{found.facet(name).c}" for name in FACETS),
        )
        for found in replay(dossier_text)
    ]
    assert told == list(STORY)


def test_dossier_matches_the_published_outcome(dossier_text: str) -> None:
    """At each step every facet and the headline agree with the shared expected file, in order."""
    shared = CASES / "unsigned-letter.expected.json"
    if not shared.exists():
        pytest.skip("the shared cases are not beside this checkout")
    expected = json.loads(shared.read_text("utf-8"))
    replayed = replay(dossier_text)
    # The modifiers' wording is free, their meaning is not: they move when the published ones do.
    moves = [a.headline.text != b.headline.text for a, b in pairwise(replayed)]
    assert moves == [a["headline"] != b["headline"] for a, b in pairwise(expected)]
    for found, wanted in zip(replayed, expected, strict=True):
        assert found.headline.lead == wanted["headline"].split(" - ")[0]
        levels = {facet.name: (facet.p, facet.c, facet.label) for facet in found.facets}
        assert levels == {
            name: (facet["support"], facet["opposition"], facet["label"])
            for name, facet in wanted["facets"].items()
        }
        for name, facet in wanted["facets"].items():
            sides = found.facet(name).support, found.facet(name).opposition
            lines = facet.get("lines", {"support": [0, 0], "opposition": [0, 0]})
            assert [list(side.lines) for side in sides] == [lines["support"], lines["opposition"]]
