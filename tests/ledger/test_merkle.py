"""Merkle tree: published roots and vectors, the RFC's own recursion, tiles and their paths."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.errors import DeskCorrupt, Malformed, UsageError
from provenance.ledger.merkle import (
    EMPTY_ROOT,
    MAX_PROOF,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from provenance.ledger.tilepath import (
    ENTRIES,
    TileName,
    pack_entries,
    parse_tile_path,
    tile_names,
    unpack_entries,
)
from provenance.ledger.tiles import append_hashes, prove_consistency, prove_inclusion, root_at
from tests.ledger import naive

PUBLISHED = Path(__file__).resolve().parents[2] / "../shared/vectors/merkle"
CASES = sorted(PUBLISHED.rglob("*.json"))

# The eight leaves of the Certificate Transparency reference tests, and the root at each size.
VECTOR = json.loads((Path(__file__).parents[1] / "vectors/rfc6962-roots.json").read_text())
LEAVES: list[str] = VECTOR["leaves"]
ROOTS: list[str] = VECTOR["roots"]


def hashes(count: int) -> list[bytes]:
    """Return leaf hashes that differ."""
    return [leaf_hash(str(at).encode()) for at in range(count)]


class Tree:
    """Tiles in memory, grown in steps."""

    def __init__(self, *steps: int) -> None:
        """Append that many leaves in each step."""
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.size = 0
        every = hashes(sum(steps))
        for step in steps:
            new = every[self.size : self.size + step]
            self.tiles |= append_hashes(self.size, new, self.tile)
            self.size += step

    def tile(self, level: int, index: int) -> bytes:
        """Read a tile."""
        return self.tiles.get((level, index), b"")


def test_published_roots() -> None:
    """The eight published leaves give the published root at every size."""
    row = b"".join(leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES)
    roots = [root_of(row[: 32 * size]).hex() for size in range(1, 9)]
    assert roots == ROOTS
    assert root_of(b"") == EMPTY_ROOT


@pytest.mark.skipif(not CASES, reason="the published vectors do not lie beside this checkout")
def test_all_published_vectors_are_there() -> None:
    """The published set has its 196 cases: an empty folder must not pass for agreement."""
    assert len(CASES) == 196


@pytest.mark.parametrize("case", CASES, ids=[str(each.relative_to(PUBLISHED)) for each in CASES])
def test_published_vector(case: Path) -> None:
    """Each published case is accepted or refused as its publisher says."""
    told = json.loads(case.read_text())
    proof = [base64.b64decode(each) for each in told["proof"] or []]
    if "leafIdx" in told:
        holds = verify_inclusion(
            index=told["leafIdx"],
            size=told["treeSize"],
            leaf=base64.b64decode(told["leafHash"] or ""),
            proof=proof,
            root=base64.b64decode(told["root"] or ""),
        )
    else:
        holds = verify_consistency(
            size1=told["size1"],
            size2=told["size2"],
            root1=base64.b64decode(told["root1"] or ""),
            root2=base64.b64decode(told["root2"] or ""),
            proof=proof,
        )
    assert holds is not told["wantErr"]


def test_small_trees_like_the_published() -> None:
    """Proofs of the eight published leaves hold; each of seven ways to spoil one is refused."""
    row = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
    for size in range(1, 9):
        root = bytes.fromhex(ROOTS[size - 1])
        for index in range(size):
            proof = naive.path(index, row[:size])
            good = {"index": index, "size": size, "leaf": row[index], "proof": proof, "root": root}
            assert _included(good)
            spoiled = [
                good | {"index": -1},
                good | {"index": size},
                good | {"leaf": row[index][:-1]},
                good | {"root": EMPTY_ROOT},
                good | {"proof": [*proof, root]},
                good | {"proof": [EMPTY_ROOT, *proof]},
            ]
            spoiled += [good | {"proof": proof[:-1]}] if proof else []
            assert not any(_included(each) for each in spoiled)


def _included(case: dict[str, object]) -> bool:
    return verify_inclusion(**case)  # type: ignore[arg-type]  # a table of keyword arguments


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 100, 255, 256, 257, 300])
def test_tiles_against_the_rfc(size: int) -> None:
    """Root and proofs from tiles are those of the RFC's recursion, also around a full tile."""
    tree, row = Tree(300), hashes(size)
    root = naive.mth(row)
    assert root_at(size, tree.tile) == root
    for index in range(size):
        proof = prove_inclusion(index, size, tree.tile)
        assert verify_inclusion(index=index, size=size, leaf=row[index], proof=proof, root=root)
    for index in {0, 1, size // 2, size - 1} & set(range(size)):
        assert prove_inclusion(index, size, tree.tile) == naive.path(index, row)


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param((*range(1, 40), 63, 64, 65, 255, 256, 257, 300), id="chosen"),
        pytest.param(range(1, 301), id="all-to-300", marks=pytest.mark.slow),
    ],
)
def test_consistency_proofs(sizes: Sequence[int]) -> None:
    """For every m up to each n the proof from tiles verifies; a sample equals the RFC's own."""
    tree, row = Tree(300), hashes(300)
    roots = [root_at(size, tree.tile) for size in range(301)]
    for size2 in sizes:
        for size1 in range(1, size2 + 1):
            proof = prove_consistency(size1, size2, tree.tile)
            assert verify_consistency(
                size1=size1, size2=size2, root1=roots[size1], root2=roots[size2], proof=proof
            )
            if size2 < 40 or size1 % 37 == 0:
                assert proof == naive.proof(size1, row[:size2])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=6))
def test_appending_in_steps(steps: list[int]) -> None:
    """However the leaves are cut into batches, the tiles come out the same."""
    assert Tree(*steps).tiles == Tree(sum(steps)).tiles


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_large_trees(data: st.DataObject) -> None:
    """Beyond one tile's height, proofs between any two sizes verify, and not for another root."""
    tree = _large()
    size2 = data.draw(st.integers(1, tree.size))
    size1 = data.draw(st.integers(1, size2))
    index = data.draw(st.integers(0, size2 - 1))
    root1, root2 = root_at(size1, tree.tile), root_at(size2, tree.tile)
    leaf = leaf_hash(str(index).encode())
    path = prove_inclusion(index, size2, tree.tile)
    assert verify_inclusion(index=index, size=size2, leaf=leaf, proof=path, root=root2)
    proof = prove_consistency(size1, size2, tree.tile)
    both = {"size1": size1, "size2": size2}
    assert verify_consistency(**both, root1=root1, root2=root2, proof=proof)
    if size1 != size2:
        assert not verify_consistency(**both, root1=root2, root2=root1, proof=proof)
        assert not verify_consistency(**both, root1=root1, root2=root2, proof=[*proof, root1])


_LARGE: list[Tree] = []


def _large() -> Tree:
    if not _LARGE:
        _LARGE.append(Tree(70_001))
    return _LARGE[0]


def test_storage_per_leaf() -> None:
    """Tiles cost less than 33 bytes a leaf."""
    tree = _large()
    assert sum(len(each) for each in tree.tiles.values()) < 33 * tree.size


def test_verifiers_are_total() -> None:
    """Absurd input is answered with no, and in bounded work."""
    root = bytes(32)
    endless = [root] * (MAX_PROOF + 1)
    huge = 1 << 70
    assert not verify_inclusion(index=0, size=huge, leaf=root, proof=endless, root=root)
    assert not verify_consistency(size1=1, size2=huge, root1=root, root2=root, proof=endless)
    assert not verify_consistency(size1=-1, size2=1, root1=root, root2=root, proof=[])
    assert not verify_consistency(size1=2, size2=1, root1=root, root2=root, proof=[])


def test_prover_refuses_what_is_not_there() -> None:
    """Proofs outside the log are the caller's mistake; missing tiles are the store's."""
    tree = Tree(10)
    with pytest.raises(UsageError, match="no entry 10"):
        prove_inclusion(10, 10, tree.tile)
    with pytest.raises(UsageError, match="no prefix"):
        prove_consistency(11, 10, tree.tile)
    with pytest.raises(DeskCorrupt, match="shorter than the log"):
        root_at(11, tree.tile)
    with pytest.raises(DeskCorrupt, match="9 are due"):
        append_hashes(9, hashes(1), tree.tile)
    assert prove_consistency(0, 10, tree.tile) == []
    assert prove_consistency(10, 10, tree.tile) == []
    assert append_hashes(10, [], tree.tile) == {}


def test_tile_paths_of_the_specification() -> None:
    """Paths are written as tlog-tiles writes them."""
    assert TileName(level=0, index=1_234_067).path() == "tile/0/x001/x234/067"
    assert TileName(level=1, index=0, width=5).path() == "tile/1/000.p/5"
    assert TileName(level=ENTRIES, index=273, width=1).path() == "tile/entries/273.p/1"
    # tlog-tiles: a tree of 70,000 has 273 full tiles at level 0, one partial of 112, and so on.
    edge = {each.path() for each in tile_names(70_000) if each.width < 256}
    assert edge == {
        "tile/0/273.p/112", "tile/entries/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"
    }  # fmt: skip


@given(st.integers(-1, 63), st.integers(0, 10**9), st.integers(1, 256))
def test_tile_paths_round_trip(level: int, index: int, width: int) -> None:
    """A path is read back as what it was written for."""
    name = TileName(level=level, index=index, width=width)
    assert parse_tile_path(name.path()) == name


@pytest.mark.parametrize(
    "path",
    ["tile/0/1", "tile/00/001", "tile/64/001", "tile/0/x000/001", "tile/0/001.p/0",
     "tile/0/001.p/256", "tile/0/001.p/257", "tile/0/001/", "/tile/0/001", "tile/0/001\n",
     "tile/0/../001", "tile/-1/001"],
)  # fmt: skip
def test_other_spellings_of_paths(path: str) -> None:
    """A path in another spelling names no tile."""
    with pytest.raises(Malformed):
        parse_tile_path(path)


def test_impossible_tiles() -> None:
    """No path is written for a tile that cannot be."""
    for name in ({"level": 64, "index": 0}, {"level": 0, "index": 0, "width": 257}):
        with pytest.raises(UsageError):
            TileName(**name).path()


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_tile_names_since(one: int, other: int) -> None:
    """What is published in two steps is what is published in one, partial tiles left aside."""
    before, size = sorted((one, other))
    full = {each for each in tile_names(size) if each.width == 256}
    steps = {*tile_names(before), *tile_names(size, since=before)}
    assert full == {each for each in steps if each.width == 256}


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_bundles_round_trip(leaves: list[bytes]) -> None:
    """A bundle of entries is read back as it was; cut short, it is refused."""
    bundle = pack_entries(leaves)
    assert unpack_entries(bundle) == tuple(leaves)
    if bundle:
        with pytest.raises(Malformed):
            unpack_entries(bundle[:-1])


def test_bundles_have_limits() -> None:
    """No bundle holds 257 entries, or one that two bytes cannot measure."""
    with pytest.raises(UsageError):
        pack_entries([b""] * 257)
    with pytest.raises(UsageError):
        pack_entries([bytes(65_536)])
    with pytest.raises(Malformed):
        unpack_entries(b"\0\0" * 257)
