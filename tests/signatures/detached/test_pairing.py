"""Which files belong together, by name and by digest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.signatures.checksums import names_digest
from provenance.signatures.pairing import (
    ENDINGS,
    MAX_COMPANIONS,
    STATED,
    Known,
    Relation,
    bucket_of,
    is_signature_name,
    pair_by_digest,
    pair_by_name,
    signs_by_name,
    stated_in,
)

SIGNATURE, LIST, SIGNED = Relation.SIGNATURE, Relation.LIST, Relation.SIGNED


def paired(name: str, *others: str) -> dict[str, Relation]:
    """Return what belongs to a name, by name."""
    return {others[one.index]: one.relation for one in pair_by_name(name, others)}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_name_and_an_ending_belong_to_the_name(ending: str) -> None:
    """`letter.pdf.sig` is of `letter.pdf`, from either side, in either case of the ending."""
    for spelled in (ending, ending.upper()):
        name = f"letter.pdf{spelled}"
        assert paired("letter.pdf", name, "other.pdf") == {name: SIGNATURE}
        assert paired(name, "letter.pdf", "other.pdf") == {"letter.pdf": SIGNED}
        assert signs_by_name(name, "letter.pdf")
        assert is_signature_name(name)


def test_an_ending_in_the_place_of_another_belongs_to_the_only_one() -> None:
    """`letter.asc` is of `letter.pdf`, and of nothing when there are two letters."""
    assert paired("letter.pdf", "letter.asc") == {"letter.asc": SIGNATURE}
    assert paired("letter.pdf", "letter.asc", "letter.docx") == {}
    both = paired("letter.asc", "letter.pdf", "letter.docx")
    assert both == {"letter.pdf": SIGNED, "letter.docx": SIGNED}


def test_credentials_belong_to_the_picture_of_their_stem() -> None:
    """`picture.c2pa` is of `picture.jpg` (C2PA 11.4), and of nothing where there are two."""
    assert paired("picture.jpg", "picture.c2pa") == {"picture.c2pa": SIGNATURE}
    assert paired("picture.c2pa", "picture.jpg", "other.jpg") == {"picture.jpg": SIGNED}
    assert paired("picture.jpg", "picture.c2pa", "picture.png") == {}


def test_the_whole_name_goes_before_the_stem() -> None:
    """Where a signature carries the whole name, one with the stem alone is another's."""
    assert paired("letter.pdf", "letter.pdf.sig", "letter.asc") == {"letter.pdf.sig": SIGNATURE}
    assert paired("letter.pdf.sig", "letter.pdf", "letter.txt") == {"letter.pdf": SIGNED}


def test_a_signature_of_a_signature() -> None:
    """`letter.txt.sig.asc` may be of the signature, or the armored form of it."""
    assert paired("a.txt.sig.asc", "a.txt.sig", "a.txt") == {"a.txt.sig": SIGNED, "a.txt": SIGNED}
    assert paired("a.txt.sig", "a.txt.sig.asc", "a.txt") == {
        "a.txt.sig.asc": SIGNATURE,
        "a.txt": SIGNED,
    }


@pytest.mark.parametrize("name", ["SHA256SUMS", "sha512sum.txt", "CHECKSUMS", "letter.pdf.sha256"])
def test_a_list_comes_with_its_signatures_and_not_without(name: str) -> None:
    """A list nobody signed says nothing; a list signed inside comes alone."""
    assert paired("letter.pdf", name) == {}
    assert paired("letter.pdf", name, f"{name}.asc") == {name: LIST, f"{name}.asc": LIST}
    assert paired("letter.pdf", f"{name}.asc") == {f"{name}.asc": LIST}
    assert paired(name, f"{name}.asc", "letter.pdf") == {f"{name}.asc": SIGNATURE}
    assert paired(f"{name}.asc", name, "letter.pdf") == {name: SIGNED}


def test_a_list_about_one_document_is_not_about_another() -> None:
    """`other.pdf.sha256` says nothing about `letter.pdf`."""
    assert paired("letter.pdf", "other.pdf.sha256", "other.pdf.sha256.asc") == {}


@pytest.mark.parametrize("name", ["", ".sig", ".asc", "letter", "letter.pdf"])
def test_names_that_are_no_signature(name: str) -> None:
    """An ending alone is not a signature of nothing."""
    assert not is_signature_name(name)
    assert not signs_by_name(".sig", "")


names = st.text(alphabet="ab.", max_size=6)
full_names = st.builds(lambda a, b: a + b, names, st.sampled_from(["", *ENDINGS, ".sha256"]))


@given(full_names, st.lists(full_names, max_size=12))
def test_pairing_is_total_bounded_and_within_its_bucket(name: str, others: list[str]) -> None:
    """Any names: no more than MAX_COMPANIONS, each once, and none outside the bucket it names."""
    found = pair_by_name(name, others)
    assert len(found) <= MAX_COMPANIONS
    assert len({one.index for one in found}) == len(found)
    for one in found:
        assert bucket_of(others[one.index]) in {bucket_of(name), "", name.partition(".")[0]}


def test_digests_pair_both_ways() -> None:
    """What states a digest is a signature of what has it, under any name."""
    document = Known(digests=frozenset({"sha256:" + "a" * 64}))
    signature = Known(
        digests=frozenset({"sha256:" + "b" * 64}), stated=frozenset({"sha256:" + "a" * 64})
    )
    stranger = Known(digests=frozenset({"sha256:" + "c" * 64}))
    (one,) = pair_by_digest(document, [stranger, signature])
    assert (one.index, one.relation) == (1, SIGNATURE)
    (other,) = pair_by_digest(signature, [document, stranger])
    assert (other.index, other.relation) == (0, SIGNED)
    assert pair_by_digest(stranger, [document, signature]) == ()


def test_only_whole_digests_of_the_right_property_are_stated() -> None:
    """A fact reader's other properties, and texts that are no digest, state nothing."""
    good = "sha256:" + "0" * 64
    properties = {STATED: good, f"{STATED}#2": "sha512:" + "1" * 128, "info.Title": good}
    assert stated_in(properties) == {good, "sha512:" + "1" * 128}
    assert stated_in({STATED: "sha1:" + "0" * 40, f"{STATED}#2": good.upper()}) == frozenset()


HEX = "ab" * 32


@pytest.mark.parametrize(
    "line",
    [
        f"{HEX}  letter.pdf",
        f"{HEX} *letter.pdf",
        f"{HEX.upper()}  letter.pdf\r",
        f"\\{HEX}  a\\nb",
        f"SHA256 (letter (2).pdf) = {HEX}",
    ],
)
def test_lists_name_documents_by_digest(line: str) -> None:
    """In every spelling of the usual programs, among other lines."""
    listed = f"# a comment\n{'0' * 64}  other\n{line}\n".encode()
    assert names_digest(listed, HEX)
    assert not names_digest(listed, "cd" * 32)


@pytest.mark.parametrize("line", [HEX, f"  {HEX}  name", f"{HEX[:-1]}  name", f"MD5 (x) = {HEX}"])
def test_other_lines_name_nothing(line: str) -> None:
    """A bare digest, a short one, one in the middle of a line: not a list's line."""
    assert not names_digest(line.encode() + b"\n", HEX, HEX[:-1])


@pytest.mark.parametrize("line", ["WARNING, a forgery:", "Ann", f"see {HEX}  x", "MD5 (x) = 1"])
def test_a_text_with_prose_is_no_list(line: str) -> None:
    """One line that is neither digest nor comment, and the whole names nothing."""
    for text in (f"{line}\n{HEX}  letter\n", f"{HEX}  letter\n{line}\n"):
        assert not names_digest(text.encode(), HEX)


def test_lines_of_other_digests_are_lines_of_a_list() -> None:
    """They name nothing, and do not undo what the list names."""
    listed = f"MD5 (x) = {'0' * 32}\n{'0' * 40}  x\n\n{HEX}  letter\n".encode()
    assert names_digest(listed, HEX)
    assert not names_digest(f"BLAKE2S (x) = {HEX}\n".encode(), HEX)
