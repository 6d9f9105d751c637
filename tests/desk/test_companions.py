"""On a desk, copies are examined together with what belongs to them."""

from collections import Counter
from pathlib import Path

import pytest

from provenance.acts import companions
from provenance.acts.receiving import IngestOptions
from provenance.desk import Desk
from provenance.evidence import exemplars
from provenance.examine.examination import Examination
from provenance.signatures.axes import Headline, Integrity
from provenance.signatures.pairing import ENDINGS, MAX_COMPANIONS, How
from provenance.trust.model import PinKind, TrustSet
from tests.desk.scene import AMAL, Scene, zip_bytes
from tests.signatures.cms.world import World, sign_cms
from tests.signatures.detached.maker import Numbered, SshParty

LETTER = b"Dear Sir,\n\nwe shall be repositioning forces.\n"
ANN = Numbered()
TRUST = TrustSet(keys=(ANN.pin(PinKind.MINISIGN), ANN.pin(PinKind.SIGNIFY)))


def examined(desk: Desk) -> dict[str, Examination]:
    """Examine every item; name to result."""
    found = {}
    for view in list(desk.items()):
        for exhibit, examination in desk.examine(view.item, trust=TRUST):
            found[exhibit.name or ""] = examination
    return found


def test_a_folder_s_signatures_find_their_documents(scene: Scene) -> None:
    """Letter and signature in one folder are two items, and each is examined with the other."""
    scene.write("leak/letter.txt", LETTER)
    scene.write("leak/letter.txt.minisig", ANN.minisign(LETTER))
    scene.write("elsewhere/letter.txt.sig", ANN.signify(b"other"))
    with scene.open(AMAL) as desk:
        desk.ingest([scene.inbox], IngestOptions())
        found = examined(desk)
        assert found["letter.txt"].headline is Headline.VERIFIED
        assert found["letter.txt.minisig"].headline is Headline.VERIFIED
        assert found["letter.txt.sig"].headline is Headline.NOT_CHECKABLE  # another folder's
        assert len(found["letter.txt"].beside) == 1


def test_a_container_is_a_place_of_its_own(scene: Scene) -> None:
    """Members of one archive belong together; a file beside the archive does not."""
    pair = {"letter.txt": LETTER, "letter.txt.minisig": ANN.minisign(LETTER)}
    scene.write("a.zip", zip_bytes(pair))
    scene.write("letter.txt.sig", ANN.signify(b"other"))
    with scene.open(AMAL) as desk:
        desk.ingest([scene.inbox], IngestOptions())
        found = examined(desk)
        assert found["letter.txt"].headline is Headline.VERIFIED
        assert len(found["letter.txt"].beside) == 1


def test_a_signature_that_comes_later_is_used_from_then_on(scene: Scene) -> None:
    """Added to the item, or arriving in the same folder: the next examination uses it."""
    scene.write("letter.txt", LETTER)
    with scene.open(AMAL) as desk:
        desk.ingest([scene.inbox], IngestOptions())
        (view,) = desk.items()
        assert examined(desk)["letter.txt"].headline is Headline.UNSIGNED
        later = scene.base / "letter.txt.minisig"
        later.write_bytes(ANN.minisign(LETTER))
        desk.ingest([later], IngestOptions(item=view.item))
        found = {one.name: result for one, result in desk.examine(view.item, trust=TRUST)}
        assert found["letter.txt"].headline is Headline.VERIFIED
        assert found["letter.txt.minisig"].headline is Headline.VERIFIED


def test_another_source_s_signature_is_not_mixed_in(scene: Scene) -> None:
    """Two sources may both have a `letter.txt`; what one gave is not held against the other."""
    first = scene.write("one/letter.txt", LETTER)
    second = scene.write("two/letter.txt.minisig", ANN.minisign(b"quite another letter"))
    with scene.open(AMAL) as desk:
        desk.ingest([first], IngestOptions(source="S-1"))
        desk.ingest([second], IngestOptions(source="S-2"))
        assert examined(desk)["letter.txt"].headline is Headline.UNSIGNED


def test_two_documents_of_one_name_are_not_called_broken(scene: Scene) -> None:
    """Of two letters of one name in one place, the signature is of the one it holds for."""
    one = scene.write("a/letter.txt", LETTER)
    two = scene.write("b/letter.txt", b"another letter\n")
    seal = scene.write("c/letter.txt.minisig", ANN.minisign(LETTER))
    with scene.open(AMAL) as desk:
        for path in (one, two, seal):
            desk.ingest([path], IngestOptions())  # each given by itself: no folder tells them apart
        by_sha = {}
        for view in list(desk.items()):
            for exhibit, examination in desk.examine(view.item, trust=TRUST):
                by_sha[exhibit.sha256] = examination
        headlines = sorted(str(one.headline) for one in by_sha.values())
        assert headlines == ["UNSIGNED", "UNSIGNED", "VERIFIED"]


@pytest.mark.parametrize(("told", "times"), [(frozenset(), 1), (None, 3)])
def test_a_silent_neighbour_is_asked_once(
    scene: Scene, told: frozenset[str] | None, times: int
) -> None:
    """A signature that states nothing is known to; one not yet examined is asked again."""
    names, ann = [f"{number}.p7s" for number in range(3)], World().ann
    for name in names:
        scene.write(name, sign_cms(name.encode(), ann, detached=True))
    asked: Counter[bytes] = Counter()

    def stated(_item: bytes, sha256: bytes) -> frozenset[str] | None:
        asked[sha256] += 1
        return told

    with scene.open(AMAL) as desk:
        desk.ingest([scene.inbox], IngestOptions(source="S-1"))
        near = companions.Companions(desk, stated=stated)
        for view in list(desk.items()):
            (copy,) = exemplars(desk.holdings(view.item))
            near.of(view.item, copy.sha256)
    assert len(asked) == len(names)
    assert min(asked.values()) >= times
    assert told is None or max(asked.values()) == times


def test_what_is_too_much_beside_a_copy_is_said(scene: Scene) -> None:
    """More signatures than are looked at with a document leave open what the others say."""
    scene.write("letter.txt", LETTER)
    for ending in ENDINGS:
        scene.write(f"letter.txt{ending}", SshParty().sign(LETTER))
    with scene.open(AMAL) as desk:
        desk.ingest([scene.inbox], IngestOptions(source="S-1"))
        letter = examined(desk)["letter.txt"]
    assert len(letter.beside) == MAX_COMPANIONS
    assert any("that may belong to it, beyond the 8" in q for q in letter.signatures.not_determined)


def test_results_hold_no_name(scene: Scene) -> None:
    """The stored finding names the companion by its digest alone."""
    scene.write("letter-from-kim.txt", LETTER)
    scene.write("letter-from-kim.txt.sig", SshParty().sign(LETTER))
    with scene.open(AMAL) as desk:
        desk.ingest([scene.inbox], IngestOptions())
        found = examined(desk)
        assert len(found) == 2
        for examination in found.values():
            assert "kim" not in examination.to_json()
            assert examination.headline is Headline.INTACT_UNKNOWN_SIGNER


def test_the_reach_is_a_limit_and_the_item_goes_beyond_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Beyond REACH entries nothing is found by name, except within the item itself."""
    monkeypatch.setattr(companions, "REACH", 10)
    first = scene.write("letter.txt", LETTER)
    with scene.open(AMAL) as desk:
        desk.ingest([first], IngestOptions())
        for number in range(30):
            desk.ingest([scene.write(f"n{number}", b"%d" % number)], IngestOptions())
        seal = scene.write("letter.txt.minisig", ANN.minisign(LETTER))
        desk.ingest([seal], IngestOptions())
        view = next(iter(desk.items()))
        ((_, found),) = desk.examine(view.item, trust=TRUST)
        assert found.headline is Headline.UNSIGNED
        # Bytes belong to one item: a legacy signature of the same letter joins this one.
        other = tmp_path / "letter.txt.sig"
        other.write_bytes(ANN.signify(LETTER))
        desk.ingest([other], IngestOptions(item=view.item))
        headlines = {e.name: x.headline for e, x in desk.examine(view.item, trust=TRUST)}
        assert headlines["letter.txt"] is Headline.VERIFIED


def test_a_desk_finds_the_document_by_digest(scene: Scene) -> None:
    """Under another name, in another place: what the signature states finds it, and it finds it."""
    world = World()
    scene.write("inbox/renamed-by-a-phone.bin", LETTER)
    scene.write("mail/unrelated-name.p7s", sign_cms(LETTER, world.ann, detached=True))
    with scene.open(AMAL) as desk:
        desk.ingest([scene.inbox], IngestOptions(source="S-1"))
        for view in list(desk.items()):
            desk.examine(view.item, trust=world.trust)  # now it is known what the file states
        found = {
            exhibit.name: examination
            for view in list(desk.items())
            for exhibit, examination in desk.examine(view.item, trust=world.trust)
        }
    for name in ("renamed-by-a-phone.bin", "unrelated-name.p7s"):
        integrity = [one.integrity for one in found[name].signatures.statuses]
        assert integrity == [Integrity.INTACT], name
        assert [one.how for one in found[name].beside] == [How.DIGEST], name


@pytest.mark.parametrize("sources", [("S-1", "S-2"), (None, "S-2"), (None, None)])
@pytest.mark.slow
def test_another_source_s_junk_does_not_change_a_headline(
    scene: Scene, sources: tuple[str | None, str | None]
) -> None:
    """A failing container that states a stranger's digest is never held against the document."""
    world = World()
    letter = scene.write("one/letter.txt", LETTER)
    good = scene.write("one/letter.txt.p7s", sign_cms(LETTER, world.ann, detached=True))
    made = sign_cms(LETTER, world.sam, detached=True)
    junk = scene.write("two/zzz.bin", made[:-3] + bytes([made[-3] ^ 1]) + made[-2:])
    with scene.open(AMAL) as desk:
        desk.ingest([letter, good], IngestOptions(source=sources[0]))
        desk.ingest([junk], IngestOptions(source=sources[1]))
        for _ in range(2):  # the second time it is known what each file states
            found = {
                exhibit.name: examination
                for view in list(desk.items())
                for exhibit, examination in desk.examine(view.item, trust=world.trust)
            }
        assert found["letter.txt"].headline is Headline.VERIFIED
        assert len(found["letter.txt"].beside) == 1
        assert found["zzz.bin"].beside == ()


def test_what_came_before_its_signature_is_outdated(scene: Scene) -> None:
    """The document is named once its signature has been examined, and no more afterwards."""
    letter = scene.write("letter.txt", LETTER)
    with scene.open(AMAL) as desk:
        desk.ingest([letter], IngestOptions())
        examined(desk)
        desk.ingest([scene.write("letter.txt.minisig", ANN.minisign(LETTER))], IngestOptions())
        first, seal = list(desk.items())
        ((exhibit, found),) = desk.examine(seal.item, trust=TRUST)
        pairs = [(exhibit.sha256, bytes.fromhex(one.sha256)) for one in found.beside]
        assert [one.item for one in desk.outdated_by(pairs)] == [first.item]
        ((_, now),) = desk.examine(first.item, trust=TRUST)
        assert now.headline is Headline.VERIFIED
        assert list(desk.outdated_by(pairs)) == []
