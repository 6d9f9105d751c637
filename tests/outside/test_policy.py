"""Trust policies (c2sp.org/tlog-policy): grammar, quorum, and what a verdict names."""

import itertools

import pytest

from provenance.errors import Malformed
from provenance.ledger.checkpoint import Checkpoint, cosign_checkpoint, sign_checkpoint
from provenance.ledger.keys import Ed25519Signer
from provenance.ledger.note import ED25519, note_key
from provenance.outside.policy import judge_policy, parse_policy
from tests.outside.conftest import cosigner

LOG = Ed25519Signer(bytes(range(32)))
LOG_KEY = note_key("desk.example/log", ED25519, LOG.public_key)
WITNESSES = [cosigner(f"w{at}.example/w") for at in range(6)]
VKEYS = [each.key.vkey() for each in WITNESSES]
NAMES = ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
LINES = [f"witness {name} {vkey}\n" for name, vkey in zip(NAMES, VKEYS, strict=True)]
EXAMPLE = (
    f"# two organisations\n\tlog   {LOG_KEY.vkey()} https://desk.example/ \n\n"
    + "".join(LINES[:3])
    + "group X-witnesses 2 X1 X2 X3\n"
    + "".join(LINES[3:])
    + "group Y-witnesses any Y1 Y2 Y3\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
).encode()


def _note(*cosigners: int, signer: Ed25519Signer = LOG) -> bytes:
    head = Checkpoint(origin=LOG_KEY.name, size=7, root=bytes(32))
    note = sign_checkpoint(head, signer)
    for at in cosigners:
        each = WITNESSES[at]
        note = cosign_checkpoint(note, each.name, each.signer, time=1_795_000_000)
    return note


def test_the_example_of_the_specification() -> None:
    """Two of the X and one of the Y: judged for every set of witnesses."""
    policy = parse_policy(EXAMPLE)
    for count in range(7):
        for chosen in itertools.combinations(range(6), count):
            due = sum(at < 3 for at in chosen) >= 2 and any(at >= 3 for at in chosen)
            found = judge_policy(policy, _note(*chosen))
            assert found.fulfilled == due
            assert found.cosigned == tuple(NAMES[at] for at in chosen)
            assert set(found.lacking) == set(NAMES) - set(found.cosigned)


def test_the_plain_form_means_the_same() -> None:
    """Encoding drops comments and spacing only, and parses to the same policy."""
    policy = parse_policy(EXAMPLE)
    assert parse_policy(policy.encode()) == policy
    assert policy.logs[0].url == "https://desk.example/"


def test_a_wrong_signature_fulfils_nothing() -> None:
    """A log or a witness of the policy that signed wrongly is told, not raised."""
    policy = parse_policy(EXAMPLE)
    other = _note(0, 1, 3, signer=Ed25519Signer(bytes(32)))
    assert not judge_policy(policy, other).fulfilled
    right, wrong = _note(0, 1, 3), _note(0).decode()
    damaged = right.replace(wrong.split("\n")[5].encode(), _line(size=8).encode())
    found = judge_policy(policy, damaged)
    assert (found.fulfilled, "wrong" in found.sentence) == (False, True)


def _line(*, size: int) -> str:
    head = Checkpoint(origin=LOG_KEY.name, size=size, root=bytes(32))
    each = WITNESSES[0]
    note = cosign_checkpoint(sign_checkpoint(head, LOG), each.name, each.signer, time=1_795_000_000)
    return note.decode().split("\n")[5]


def test_quorum_none_still_needs_the_log() -> None:
    """`quorum none` asks for no witness; the log must have signed all the same."""
    policy = parse_policy(b"quorum none\n")
    assert judge_policy(policy, _note(), LOG_KEY).fulfilled
    assert not judge_policy(policy, _note()).fulfilled
    assert not judge_policy(policy, _note(signer=Ed25519Signer(bytes(32))), LOG_KEY).fulfilled


def test_names_are_octets() -> None:
    """Octets that are no UTF-8 name a witness as well as any, and come back unchanged."""
    text = b"witness \xff\xfe " + VKEYS[0].encode() + b"\nquorum \xff\xfe\n"
    policy = parse_policy(text)
    assert policy.encode() == text
    assert judge_policy(policy, _note(0), LOG_KEY).fulfilled


W = f"witness a {VKEYS[0]}\nwitness b {VKEYS[1]}\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        W,
        f"{W}quorum a\nquorum b\n",
        f"{W}quorum c\n",
        f"{W}quorum a",
        f"{W}quorum a\r\n",
        f"{W}quorum a\x00\n",
        f"{W}quorum a\x7f\n",
        f"{W}quorum a b\n",
        f"{W}quorum\n",
        f"{W}Quorum a\n",
        f"quorum a\n{W}",
        f"{W}witness a {VKEYS[2]}\nquorum a\n",
        f"{W}witness c {VKEYS[0]}\nquorum a\n",
        f"{W}witness none {VKEYS[2]}\nquorum a\n",
        f"{W}witness c {LOG_KEY.vkey()}\nquorum a\n",
        f"{W}witness c rubbish\nquorum a\n",
        f"{W}witness c {VKEYS[2]} u v\nquorum a\n",
        f"log {VKEYS[2]}\n{W}quorum a\n",
        f"log {LOG_KEY.vkey()}\nlog {LOG_KEY.vkey()}\nquorum none\n",
        f"log\n{W}quorum a\n",
        f"{W}group g 0 a b\nquorum g\n",
        f"{W}group g 3 a b\nquorum g\n",
        f"{W}group g 01 a b\nquorum g\n",
        f"{W}group g -1 a b\nquorum g\n",
        f"{W}group g some a b\nquorum g\n",
        f"{W}group g any\nquorum g\n",
        f"{W}group g any a a\nquorum g\n",
        f"{W}group g any a none\nquorum g\n",
        f"{W}group g any g\nquorum g\n",
        f"{W}group g any h\ngroup h any a\nquorum g\n",
        f"{W}group g any a\ngroup h any a b\nquorum h\n",
        f"{W}group a any b\nquorum a\n",
        f"{W}group none any b\nquorum none\n",
        f"{W}# {'x' * 70_000}\nquorum a\n",
        "".join(f"group g{at} any {'w' if not at else f'g{at - 1}'}\n" for at in range(3)),
    ],
)
def test_what_is_no_policy_is_refused(text: str) -> None:
    """Each breach of the grammar is Malformed."""
    with pytest.raises(Malformed):
        parse_policy(text.encode())


def test_the_line_is_named() -> None:
    """A message names the line at fault, counted from 1."""
    with pytest.raises(Malformed, match="line 3"):
        parse_policy(f"{W}nonsense\n".encode())


def test_a_key_whose_name_is_not_utf8_is_refused() -> None:
    """A vkey with undecodable octets is Malformed and nothing else."""
    with pytest.raises(Malformed):
        parse_policy(b"witness a \xff+00000000+BAAA\nquorum a\n")
