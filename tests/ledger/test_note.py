"""Signed notes, checkpoints, cosignatures, proofs and the latch."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import CheckFailed, Malformed, RolledBack, UsageError
from provenance.ledger.checkpoint import (
    Checkpoint,
    as_first_signed,
    cosign_checkpoint,
    parse_checkpoint_text,
    read_checkpoint,
    sign_checkpoint,
)
from provenance.ledger.keys import Ed25519Signer, ed25519_key
from provenance.ledger.latch import Latch, LatchVerdict, judge_latch, parse_latch, require_latch
from provenance.ledger.merkle import EMPTY_ROOT, leaf_hash, node_hash
from provenance.ledger.note import (
    COSIGNATURE,
    ED25519,
    MAX_SIGNATURES,
    Note,
    NoteSignature,
    cosign_text,
    note_key,
    open_note,
    parse_note,
    parse_vkey,
    sign_text,
)
from provenance.ledger.proof import TlogProof, parse_proof, verify_proof

# Published examples: Go's sumdb/note documentation, and the example key of c2sp.org/signed-note.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpR"
    "Zb6KE6RyyBwJnAM=\n"
)
FOO_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRK"
    "uwHjG1Yu72IneyaQM=\n"
)
# The sample checkpoint of c2sp.org/tlog-cosignature: keys unpublished, so grammar only.
SAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2"
    "q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2"
    "oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)

LOG = Ed25519Signer(b"\x01" * 32)
WITNESS = Ed25519Signer(b"\x02" * 32)
LOG_KEY = note_key("log.example/1", ED25519, LOG.public_key)
WITNESS_KEY = note_key("witness.example/w", COSIGNATURE, WITNESS.public_key)
LEFT, RIGHT = leaf_hash(b"left"), leaf_hash(b"right")
HEAD = Checkpoint(origin="log.example/1", size=2, root=node_hash(LEFT, RIGHT))
SIGNED = sign_checkpoint(HEAD, LOG)
COSIGNED = cosign_checkpoint(SIGNED, "witness.example/w", WITNESS, time=1_700_000_000)
PROOF = TlogProof(index=0, hashes=(RIGHT,), checkpoint=COSIGNED)


def _text(raw: bytes) -> str:
    return raw.decode("latin-1")


def _checkpoint_text(raw: bytes) -> bytes:
    return parse_checkpoint_text(_text(raw)).text().encode("latin-1")


READERS: list[tuple[bytes, Callable[[bytes], bytes]]] = [
    (COSIGNED, lambda raw: parse_note(raw).encode()),
    (PROOF.encode(), lambda raw: parse_proof(raw).encode()),
    (SIGNED.partition(b"\n\n")[0] + b"\n", _checkpoint_text),
    (LOG_KEY.vkey().encode(), lambda raw: parse_vkey(_text(raw)).vkey().encode("latin-1")),
]


def test_go_example() -> None:
    """Go's documented key and text give Go's documented signature, and it opens."""
    seed = parse_seed(GO_SEED)
    line = sign_text(GO_TEXT, "PeterNeumann", Ed25519Signer(seed))
    note = Note(text=GO_TEXT, signatures=(line,)).encode()
    assert note.decode() == f"{GO_TEXT}\n{GO_LINE}"
    key = parse_vkey(GO_VKEY)
    assert key.vkey() == GO_VKEY
    assert open_note(note, [key])[1][0].key == key


def parse_seed(text: str) -> bytes:
    """Return the seed inside Go's private key text: one byte of kind, then the seed."""
    return base64.b64decode(text)[1:]


def test_c2sp_example() -> None:
    """The example note of the specification opens under the example key."""
    note, verified = open_note(FOO_NOTE.encode(), [parse_vkey(FOO_VKEY)])
    assert note.text == "This is an example message.\n"
    assert [each.time for each in verified] == [None]


def test_c2sp_sample_checkpoint() -> None:
    """The sample checkpoint parses, re-encodes to itself, and states the cosigner's time."""
    note = parse_note(SAMPLE.encode())
    assert note.encode() == SAMPLE.encode()
    assert parse_checkpoint_text(note.text).size == 20_852_163
    assert int.from_bytes(note.signatures[1].signature[:8]) == 1_679_315_147


@pytest.mark.parametrize("at", range(len(GO_VKEY)))
def test_mangled_vkey(at: int) -> None:
    """A key text with any one character changed names no key."""
    changed = GO_VKEY[:at] + chr(ord(GO_VKEY[at]) + 1) + GO_VKEY[at + 1 :]
    with pytest.raises(Malformed):
        parse_vkey(changed)


@pytest.mark.parametrize(
    "text",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        GO_VKEY.replace("c74f20a3", "C74F20A3"),
        "+" + GO_VKEY.partition("+")[2],
        "",
    ],
    ids=["long-key", "unknown-kind", "upper-case-id", "no-name", "empty"],
)
def test_other_vkeys(text: str) -> None:
    """Go's negative examples, and second spellings, name no key."""
    with pytest.raises(Malformed):
        parse_vkey(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb", "a\tb"])
def test_key_names(name: str) -> None:
    """A key name has no spaces of any kind and no plus sign."""
    with pytest.raises(Malformed):
        note_key(name, ED25519, LOG.public_key)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        SIGNED[:-1],
        SIGNED + b"\n",
        SIGNED.replace("—".encode(), b"-"),
        SIGNED.replace(b"\n\n", b"\r\n\r\n"),
        SIGNED.replace(b"=\n", b"\n"),
        b"\xff" + SIGNED,
        b"\x01" + SIGNED,
        b"t\n\n" + "— n AAAAAA==\n".encode(),
        b"t\n\n" + "— n\n".encode(),
        b"t\n\n" + "—  AAAAAAA=\n".encode(),
        b"t\n\n" + "— a+b AAAAAAA=\n".encode(),
    ],
)
def test_malformed_notes(data: bytes) -> None:
    """What is not a signed note is refused as such."""
    with pytest.raises(Malformed):
        parse_note(data)


def test_note_limits() -> None:
    """Sixteen signatures are read, more than the limit are not, nor a note without end."""
    line = NoteSignature(name="n", key_id=b"1234", signature=b"s")
    sixteen = Note(text="t\n", signatures=(line,) * 16)
    assert parse_note(sixteen.encode()) == sixteen
    with pytest.raises(Malformed, match="more than"):
        parse_note(Note(text="t\n", signatures=(line,) * (MAX_SIGNATURES + 1)).encode())
    with pytest.raises(Malformed, match="more than"):
        parse_note(b"t" * 1_000_001)


def test_text_with_empty_lines() -> None:
    """The last empty line parts the text from the signatures."""
    line = sign_text("a\n\nb\n", "n", LOG)
    note, _ = open_note(
        Note(text="a\n\nb\n", signatures=(line,)).encode(), [note_key("n", ED25519, LOG.public_key)]
    )
    assert note.text == "a\n\nb\n"


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n"])
def test_unsignable_text(text: str) -> None:
    """A text that could not be read back is not signed."""
    with pytest.raises(UsageError):
        sign_text(text, "n", LOG)


def test_unknown_lines_are_passed_over() -> None:
    """Lines of keys we do not know neither help nor harm; a known name may have another id."""
    stranger = note_key("log.example/1", ED25519, WITNESS.public_key)
    with pytest.raises(CheckFailed, match="no key that we know"):
        open_note(SIGNED, [stranger])
    assert len(open_note(COSIGNED, [LOG_KEY])[1]) == 1


def test_one_wrong_line_of_a_known_key() -> None:
    """One wrong signature of a known key refuses the whole note, whatever else stands there."""
    note = parse_note(COSIGNED)
    wrong = NoteSignature(name=LOG_KEY.name, key_id=LOG_KEY.key_id, signature=bytes(64))
    both = Note(text=note.text, signatures=(*note.signatures, wrong)).encode()
    with pytest.raises(CheckFailed, match="wrong"):
        open_note(both, [LOG_KEY, WITNESS_KEY])


def test_kinds_cannot_be_swapped() -> None:
    """A cosignature does not pass for the log's signature under the same key, nor the reverse."""
    as_cosigner = note_key("log.example/1", COSIGNATURE, LOG.public_key)
    own = parse_note(SIGNED).signatures[0]
    relabelled = NoteSignature(
        name=own.name, key_id=as_cosigner.key_id, signature=bytes(8) + own.signature
    )
    with pytest.raises(CheckFailed):
        open_note(Note(text=HEAD.text(), signatures=(relabelled,)).encode(), [as_cosigner])
    line = cosign_text(HEAD.text(), "log.example/1", LOG, 7)
    relabelled = NoteSignature(name=line.name, key_id=LOG_KEY.key_id, signature=line.signature[8:])
    with pytest.raises(CheckFailed):
        open_note(Note(text=HEAD.text(), signatures=(relabelled,)).encode(), [LOG_KEY])


def test_cosignature_times() -> None:
    """The time is signed; times that the format cannot hold are refused on both sides."""
    with pytest.raises(UsageError):
        cosign_text("t\n", "w", WITNESS, 1 << 63)
    with pytest.raises(UsageError):
        cosign_text("t\n", "w", WITNESS, -1)
    line = cosign_text("t\n", "w", WITNESS, (1 << 63) - 1)
    late = NoteSignature(name="w", key_id=line.key_id, signature=b"\xff" * 8 + line.signature[8:])
    key = note_key("w", COSIGNATURE, WITNESS.public_key)
    with pytest.raises(CheckFailed):
        open_note(Note(text="t\n", signatures=(late,)).encode(), [key])


def test_checkpoint_of_another_log() -> None:
    """A checkpoint of another origin is refused, even under the log's own key."""
    foreign = Checkpoint(origin="log.example/2", size=2, root=HEAD.root)
    line = sign_text(foreign.text(), "log.example/1", LOG)
    data = Note(text=foreign.text(), signatures=(line,)).encode()
    with pytest.raises(CheckFailed, match=r"not of log\.example/1"):
        read_checkpoint(data, LOG_KEY)


def test_checkpoint_without_log_signature() -> None:
    """A witness's line alone does not make a checkpoint of the log."""
    line = cosign_text(HEAD.text(), WITNESS_KEY.name, WITNESS, 5)
    data = Note(text=HEAD.text(), signatures=(line,)).encode()
    with pytest.raises(CheckFailed, match="has not signed"):
        read_checkpoint(data, LOG_KEY, [WITNESS_KEY])


def test_swapped_vkey() -> None:
    """Under another log key of the same name nothing is accepted."""
    other = note_key("log.example/1", ED25519, WITNESS.public_key)
    with pytest.raises(CheckFailed):
        verify_proof(PROOF, LEFT, other)


@pytest.mark.parametrize(
    "text",
    ["log.example/1\n2\n", HEAD.text() + "extension\n", HEAD.text().replace("\n2\n", "\n02\n"),
     HEAD.text().replace("\n2\n", "\n-2\n"), HEAD.text()[:-1], HEAD.text().replace("=", ""),
     HEAD.text().replace("\n2\n", "\n9999999999999999\n"), "two words" + HEAD.text()[13:]],
)  # fmt: skip
def test_malformed_checkpoints(text: str) -> None:
    """Anything but the three canonical lines is refused."""
    with pytest.raises(Malformed):
        parse_checkpoint_text(text)


def test_unwritable_checkpoint() -> None:
    """A head that could not be read back is not signed."""
    with pytest.raises(Malformed):
        sign_checkpoint(Checkpoint(origin="two words", size=1, root=bytes(32)), LOG)


def test_timestamp_target() -> None:
    """However many witnesses sign, what a timestamp is taken over stays the same."""
    assert as_first_signed(COSIGNED, LOG_KEY) == SIGNED


def test_proof_verifies() -> None:
    """A proof holds for its entry at its index, and for nothing else."""
    signed = verify_proof(PROOF, LEFT, LOG_KEY, [WITNESS_KEY])
    assert signed.checkpoint == HEAD
    assert signed.cosignatures[0].time == 1_700_000_000
    with pytest.raises(CheckFailed):
        verify_proof(PROOF, RIGHT, LOG_KEY)
    moved = TlogProof(index=1, hashes=PROOF.hashes, checkpoint=COSIGNED)
    with pytest.raises(CheckFailed):
        verify_proof(moved, LEFT, LOG_KEY)


def test_proof_of_a_single_entry() -> None:
    """A log of one entry needs no hashes: the empty line follows the index."""
    note = sign_checkpoint(Checkpoint(origin="log.example/1", size=1, root=LEFT), LOG)
    proof = TlogProof(index=0, hashes=(), checkpoint=note)
    assert parse_proof(proof.encode()) == proof
    verify_proof(proof, LEFT, LOG_KEY)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PROOF.encode().replace(b"@v1", b"@v2"),
        PROOF.encode().replace(b"index 0", b"index 00"),
        PROOF.encode().replace(b"index 0\n", b""),
        PROOF.encode().replace(b"index 0", b"extra \nindex 0"),
        PROOF.encode().replace(b"index 0", b"extra"),
        PROOF.encode().replace(b"index 0", b"index 0\nextra AAAA"),
        b"c2sp.org/tlog-proof@v1\nextra AAAA\n\n" + COSIGNED,
        b"c2sp.org/tlog-proof@v1\n\n" + COSIGNED,
        PROOF.encode().replace(b"\n\n", b"\n\n\n", 1),
        PROOF.encode()[:-1],
    ],
)
def test_malformed_proofs(data: bytes) -> None:
    """Anything but the canonical file is refused."""
    with pytest.raises(Malformed):
        parse_proof(data)


def test_extra_is_not_empty() -> None:
    """Empty extra data have two spellings, so there are none."""
    with pytest.raises(UsageError):
        TlogProof(index=0, hashes=(), checkpoint=SIGNED, extra=b"").encode()


@given(st.integers(0, (1 << 50) - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=6),
       st.none() | st.binary(min_size=1, max_size=50))  # fmt: skip
def test_proofs_round_trip(index: int, hashes: list[bytes], extra: bytes | None) -> None:
    """A proof is read back as it was written."""
    proof = TlogProof(index=index, hashes=tuple(hashes), checkpoint=SIGNED, extra=extra)
    assert parse_proof(proof.encode()) == proof


@given(st.data())
def test_flipped_bit(data: st.DataObject) -> None:
    """One flipped bit anywhere in a proof file is refused, by its grammar or by a check."""
    good = PROOF.encode()
    at = data.draw(st.integers(0, 8 * len(good) - 1))
    bad = bytearray(good)
    bad[at // 8] ^= 1 << at % 8
    try:
        signed = verify_proof(parse_proof(bytes(bad)), LEFT, LOG_KEY, [WITNESS_KEY])
    except (Malformed, CheckFailed):
        return
    # The one thing that may happen: the witness's line becomes a stranger's, and counts no more.
    assert not signed.cosignatures


@given(st.data())
def test_notes_are_not_malleable(data: st.DataObject) -> None:
    """If changed bytes still parse, they re-encode to themselves."""
    for good, again in READERS:
        at = data.draw(st.integers(0, len(good)))
        cut = data.draw(st.integers(0, 3))
        changed = good[:at] + data.draw(st.binary(max_size=3)) + good[at + cut :]
        try:
            assert again(changed) == changed
        except Malformed:
            continue


def test_latch_round_trip() -> None:
    """A latch is read back as it was written, in one spelling only."""
    latch = Latch(origin="log.example/1", size=2, root=HEAD.root, note_sha256=bytes(32))
    assert parse_latch(latch.text()) == latch
    for bad in (
        "",
        latch.text()[:-1],
        latch.text() + "\n",
        latch.text().replace("\n2\n", "\n02\n"),
    ):
        with pytest.raises(Malformed):
            parse_latch(bad)


def test_latch_verdicts() -> None:
    """The key signs the same head or a continuation of it, and nothing else."""
    one = Checkpoint(origin="log.example/1", size=1, root=LEFT)
    latch = Latch(origin="log.example/1", size=1, root=LEFT, note_sha256=bytes(32))
    forked = Latch(origin="log.example/1", size=1, root=RIGHT, note_sha256=bytes(32))
    later = Latch(origin="log.example/1", size=2, root=HEAD.root, note_sha256=bytes(32))
    empty = Latch(origin="log.example/1", size=0, root=EMPTY_ROOT, note_sha256=bytes(32))
    assert judge_latch(latch, one, []) is LatchVerdict.MAY_SIGN
    assert judge_latch(latch, HEAD, [RIGHT]) is LatchVerdict.MAY_SIGN
    assert judge_latch(latch, HEAD, []) is LatchVerdict.FORKED
    assert judge_latch(forked, HEAD, [RIGHT]) is LatchVerdict.FORKED
    assert judge_latch(forked, one, []) is LatchVerdict.FORKED
    assert judge_latch(later, one, []) is LatchVerdict.SHORTER
    assert judge_latch(empty, HEAD, []) is LatchVerdict.MAY_SIGN
    foreign = Checkpoint(origin="log.example/2", size=1, root=LEFT)
    assert judge_latch(latch, foreign, []) is LatchVerdict.FOREIGN
    require_latch(latch, HEAD, [RIGHT])
    with pytest.raises(RolledBack, match="shorter"):
        require_latch(later, one, [])


def test_weak_keys() -> None:
    """Points of small order, computed here from the curve, are no keys; nor second spellings."""
    p = (1 << 255) - 19
    d = -121665 * pow(121666, -1, p) % p
    # y of the points of order 8: y^2 = x^2 there up to sign, so -2 ... solve d*y^4 + 2*y^2 - 1 = 0.
    root = pow(1 + d, (p + 3) // 8, p)
    root = root if root * root % p == (1 + d) % p else root * pow(2, (p - 1) // 4, p) % p
    assert root * root % p == (1 + d) % p
    squares = [(-1 + sign * root) * pow(d, -1, p) % p for sign in (1, -1)]
    eighth = set()
    for square in squares:
        y = pow(square, (p + 3) // 8, p)
        for each in (y, y * pow(2, (p - 1) // 4, p) % p):
            if each * each % p == square:
                eighth |= {each, p - each}
    assert len(eighth) == 2
    for y in {0, 1, p - 1, p, p + 1} | eighth:
        for sign in (0, 1 << 255):
            with pytest.raises(Malformed, match="small order"):
                ed25519_key((y | sign).to_bytes(32, "little"))
