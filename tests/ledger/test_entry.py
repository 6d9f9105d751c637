"""Entries, hidden fields, their sealed form, and the texts beneath them."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import CheckFailed, Malformed, UsageError
from provenance.ledger.base64text import (
    decode_base64,
    decode_base64url,
    encode_base64,
    encode_base64url,
)
from provenance.ledger.canonical import MAX_DEPTH, canonical_text, parse_canonical
from provenance.ledger.disclosure import (
    RESERVED_NAMES,
    Disclosure,
    format_presentation,
    make_disclosure,
    match_disclosures,
    parse_disclosure,
    parse_presentation,
)
from provenance.ledger.entry import (
    MAX_LEAF,
    Draft,
    Head,
    is_origin,
    parse_entry,
    seal_entry,
    verify_entry,
)
from provenance.ledger.keys import PublicKey, p256_key
from provenance.ledger.merkle import EMPTY_ROOT, leaf_hash
from provenance.ledger.sealing import (
    new_subject_key,
    open_disclosure,
    open_fields,
    seal_disclosure,
)
from provenance.records import Json
from tests.ledger.worlds import Counter, signer

ADA = signer("Ada")
DRAFT = Draft(
    log="desk.example/log",
    item=bytes(range(16)),
    n=3,
    prev=bytes(range(32)),
    seen=Head(size=7, root=EMPTY_ROOT),
    type="item.received",
    iat=1_795_000_000,
)
FIELDS = [make_disclosure(name, f"value of {name}", Counter(name)) for name in ("one", "two")]


def sealed(draft: Draft = DRAFT, width: int = 4) -> bytes:
    """Return a signed leaf with two fields and two decoys."""
    digests = [each.digest for each in FIELDS]
    return seal_entry(draft, digests, width=width, signer=ADA, random=Counter("decoys"))


LEAF = sealed()


def forged(header: object, payload: object) -> bytes:
    """Return a leaf with any header and payload, signed by Ada."""
    texts = [json.dumps(each, separators=(",", ":"), sort_keys=True) for each in (header, payload)]
    signed = ".".join(encode_base64url(text.encode()) for text in texts).encode()
    return signed + b"." + encode_base64url(ADA.sign(signed)).encode()


def parts() -> tuple[dict[str, Json], dict[str, Json]]:
    """Return header and payload of the good leaf."""
    header, payload, _ = LEAF.decode().split(".")
    return json.loads(decode_base64url(header)), json.loads(decode_base64url(payload))


def test_round_trip() -> None:
    """What was sealed is what is parsed; the header names the key; the signature holds."""
    entry = parse_entry(LEAF)
    assert Draft(
        log=entry.log, item=entry.item, n=entry.n, prev=entry.prev, seen=entry.seen,
        type=entry.type, iat=entry.iat,
    ) == DRAFT  # fmt: skip
    assert entry.kid == ADA.public_key.kid
    assert entry.leaf_hash == leaf_hash(LEAF)
    assert verify_entry(entry, ADA.public_key)
    assert not verify_entry(entry, signer("Ben").public_key)


def test_forging_helper_is_sound() -> None:
    """The forger of these tests makes good entries too: what is refused, is for its content."""
    assert parse_entry(forged(*parts())) == parse_entry(LEAF)


def test_decoys_fill_up() -> None:
    """Every entry of a kind shows as many digests, sorted, and the fields' are among them."""
    entry = parse_entry(LEAF)
    assert len(entry.digests) == 4
    assert list(entry.digest_texts) == sorted(set(entry.digest_texts))
    assert {each.digest for each in FIELDS} < set(entry.digests)
    bare = seal_entry(DRAFT, [], width=0, signer=ADA, random=Counter("none"))
    assert parse_entry(bare).digests == ()


@pytest.mark.parametrize("alg", ["none", "HS256", "RS256", "eddsa", "EdDSA ", ""])
def test_foreign_algorithms(alg: str) -> None:
    """No header with another algorithm parses (RFC 8725 section 3.1)."""
    header, payload = parts()
    with pytest.raises(Malformed, match="header"):
        parse_entry(forged(header | {"alg": alg}, payload))


def test_algorithm_comes_from_the_key() -> None:
    """A header that says ES256 does not make an Ed25519 key's signature count."""
    header, payload = parts()
    entry = parse_entry(forged(header | {"alg": "ES256"}, payload))
    assert not verify_entry(entry, ADA.public_key)


@pytest.mark.parametrize(
    "change",
    [{"typ": "JWT"}, {"typ": "custody-event+sd-jwt "}, {"jwk": {}}, {"crit": []}, {"kid": "me"}],
)
def test_foreign_headers(change: dict[str, Json]) -> None:
    """The header has three fields of fixed form: no `jwk`, no `crit`, no other `typ`."""
    header, payload = parts()
    with pytest.raises(Malformed, match="header"):
        parse_entry(forged(header | change, payload))


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2}, {"v": True}, {"_sd_alg": "sha-512"}, {"iat": -1}, {"iat": 1.5}, {"iat": "1"},
        {"iat": 1 << 53}, {"n": 0}, {"prev": None}, {"prev": "A"}, {"item": "A" * 21},
        {"item": "A" * 21 + "B"}, {"log": "two words"}, {"log": 'a"b'}, {"seen": [7]},
        {"seen": [7, "A"]}, {"type": "Item.received"}, {"type": ""}, {"extra": 1}, {"_sd": None},
        {"_sd": ["A" * 43, "A" * 43]}, {"_sd": ["B" * 42 + "A", "A" * 43]}, {"_sd": ["A" * 42]},
        {"_sd": ["A" * 42 + "B"]}, {"_sd": [f"{at:042d}A" for at in range(33)]},
    ],
    ids=str,
)  # fmt: skip
def test_foreign_payloads(change: dict[str, Json]) -> None:
    """A payload off the grammar in any one field is refused, though it is well signed."""
    header, payload = parts()
    with pytest.raises(Malformed):
        parse_entry(forged(header, payload | change))


def test_missing_fields() -> None:
    """A payload without any one of its ten fields is refused."""
    header, payload = parts()
    for name in payload:
        rest = {key: value for key, value in payload.items() if key != name}
        with pytest.raises(Malformed):
            parse_entry(forged(header, rest))


@pytest.mark.parametrize(
    "leaf",
    [b"", b"..", LEAF + b"~", LEAF + b"=", LEAF + b"\n", b" " + LEAF, LEAF[:-1], LEAF * 9,
     LEAF.replace(b".", b"", 1), LEAF + b".AAAA", "é".encode() + LEAF],
)  # fmt: skip
def test_foreign_bytes(leaf: bytes) -> None:
    """Anything but three canonical base64url parts is refused."""
    with pytest.raises(Malformed):
        parse_entry(leaf)


def test_loose_json_is_refused() -> None:
    """The same payload in another spelling is no entry: there is one text for one fact."""
    header, payload = (json.dumps(each, sort_keys=True) for each in parts())
    signed = f"{encode_base64url(header.encode())}.{encode_base64url(payload.encode())}".encode()
    with pytest.raises(Malformed):
        parse_entry(signed + b"." + encode_base64url(ADA.sign(signed)).encode())


@given(st.integers(0, 8 * len(LEAF) - 1))
def test_flipped_bit(at: int) -> None:
    """One flipped bit anywhere in an entry is refused, or the signature fails."""
    bad = bytearray(LEAF)
    bad[at // 8] ^= 1 << at % 8
    try:
        entry = parse_entry(bytes(bad))
    except Malformed:
        return
    assert not verify_entry(entry, ADA.public_key)
    assert entry.leaf_hash != leaf_hash(LEAF)


@given(st.data())
def test_entries_are_not_malleable(data: st.DataObject) -> None:
    """If a changed leaf still parses, its parts re-encode to the very same bytes."""
    at, cut = data.draw(st.integers(0, len(LEAF))), data.draw(st.integers(0, 2))
    changed = LEAF[:at] + data.draw(st.binary(max_size=2)) + LEAF[at + cut :]
    try:
        entry = parse_entry(changed)
    except Malformed:
        return
    again = [encode_base64url(decode_base64url(part)) for part in changed.decode().split(".")]
    assert ".".join(again).encode() == changed == entry.leaf
    assert parse_canonical(decode_base64url(again[1]))


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, log="two words"), replace(DRAFT, item=b"short"), replace(DRAFT, n=0),
        replace(DRAFT, prev=None), replace(DRAFT, prev=b"short"), replace(DRAFT, iat=-1),
        replace(DRAFT, iat=1 << 53), replace(DRAFT, type="Bad"),
        replace(DRAFT, seen=Head(size=-1, root=EMPTY_ROOT)),
        replace(DRAFT, seen=Head(size=1, root=b"")),
    ],
)  # fmt: skip
def test_unsealable_drafts(draft: Draft) -> None:
    """What could not be parsed again is not signed."""
    with pytest.raises(UsageError):
        sealed(draft)


def test_too_many_fields() -> None:
    """More fields than the kind shows digests do not fit; nor does the same field twice."""
    with pytest.raises(UsageError, match="do not fit"):
        sealed(width=1)
    with pytest.raises(UsageError, match="differ"):
        seal_entry(DRAFT, [bytes(32)] * 2, width=2, signer=ADA, random=Counter(""))


def test_widest_entry_fits() -> None:
    """The longest origin and the most digests make an entry within the limit."""
    draft = replace(DRAFT, log="a" * 128, iat=(1 << 53) - 1)
    leaf = seal_entry(draft, [], width=32, signer=ADA, random=Counter("wide"))
    assert len(leaf) <= MAX_LEAF
    assert parse_entry(leaf).log == "a" * 128
    assert not is_origin("a" * 129)


class CardSigner:
    """A P-256 key, as a smart card holds one."""

    def __init__(self) -> None:
        """Take a fixed key."""
        self._key = ec.derive_private_key(1234567, ec.SECP256R1())
        numbers = self._key.public_key().public_numbers()
        self.public_key = p256_key(b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32))

    def sign(self, message: bytes) -> bytes:
        """Return R || S (RFC 7518 section 3.4)."""
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)


def test_p256_entry() -> None:
    """A P-256 key's entry verifies under it alone."""
    card = CardSigner()
    entry = parse_entry(seal_entry(DRAFT, [], width=2, signer=card, random=Counter("p")))
    assert entry.alg == "ES256"
    assert verify_entry(entry, card.public_key)
    impostor = PublicKey(
        alg="ES256", raw=card.public_key.raw, kid=ADA.public_key.kid, _point=ADA.public_key._point
    )
    assert not verify_entry(entry, impostor)
    assert not card.public_key.verify(bytes(64), b"message")
    assert not card.public_key.verify(bytes(63), b"message")


# --- hidden fields ------------------------------------------------------------------------------


def test_disclosures_match() -> None:
    """An entry vouches for its fields, in any order, all or some."""
    entry = parse_entry(LEAF)
    every = {"one": "value of one", "two": "value of two"}
    assert match_disclosures(entry, reversed(FIELDS)) == every
    assert match_disclosures(entry, FIELDS[:1]) == {"one": "value of one"}
    assert match_disclosures(entry, []) == {}


def test_forged_disclosure() -> None:
    """A field that the entry does not reference is refused, not skipped (RFC 9901 section 7.1)."""
    stranger = make_disclosure("three", "forged", Counter("three"))
    with pytest.raises(CheckFailed, match="not vouch"):
        match_disclosures(parse_entry(LEAF), [*FIELDS, stranger])


def test_duplicate_disclosure() -> None:
    """The same field twice is refused, and two fields of one name are."""
    with pytest.raises(CheckFailed, match="twice"):
        match_disclosures(parse_entry(LEAF), [FIELDS[0], FIELDS[0]])
    twins = [make_disclosure("one", text, Counter(text)) for text in ("yes", "no")]
    digests = [each.digest for each in twins]
    leaf = seal_entry(DRAFT, digests, width=2, signer=ADA, random=Counter(""))
    with pytest.raises(CheckFailed, match="twice"):
        match_disclosures(parse_entry(leaf), twins)


@pytest.mark.parametrize("name", [*sorted(RESERVED_NAMES), ""])
def test_reserved_names(name: str) -> None:
    """A hidden field cannot take an open field's name or carry digests, made or parsed."""
    with pytest.raises(UsageError):
        make_disclosure(name, 1, Counter("n"))
    text = encode_base64url(canonical_text(["A" * 22, name, 1]).encode())
    with pytest.raises(Malformed):
        parse_disclosure(text)


@pytest.mark.parametrize("value", [{"_sd": []}, [{"a": {"...": "x"}}]])
def test_reserved_names_inside(value: Json) -> None:
    """Nor can an object inside its value."""
    with pytest.raises(UsageError, match="reserved"):
        make_disclosure("name", value, Counter("n"))


@pytest.mark.parametrize(
    "value",
    [{}, [], ["A" * 22, "x"], ["A" * 22, "x", 1, 2], [1, "x", 1], ["A" * 22, 1, 1],
     ["A" * 21, "x", 1],     ["A" * 21 + "B", "x", 1], "text"],
)  # fmt: skip
def test_malformed_disclosures(value: Json) -> None:
    """A disclosure is a list of 128-bit salt, name and value, and nothing else."""
    with pytest.raises(Malformed):
        parse_disclosure(encode_base64url(canonical_text(value).encode()))


def test_disclosure_limits() -> None:
    """A field that is too long is neither made nor read, and a text that is not ASCII is none."""
    with pytest.raises(UsageError, match="too long"):
        make_disclosure("long", "x" * (1 << 18), Counter(""))
    with pytest.raises(Malformed):
        parse_disclosure("A" * ((1 << 18) + 4))
    with pytest.raises(Malformed):
        parse_disclosure("é")


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(plain)
def test_disclosures_round_trip(value: Json) -> None:
    """What is disclosed is what was hidden, and it has one text."""
    made = make_disclosure("name", value, Counter("salt"))
    assert parse_disclosure(made.text) == made


def test_presentation_round_trip() -> None:
    """An entry travels with some of its fields."""
    data = format_presentation(LEAF, FIELDS[:1])
    entry, shown = parse_presentation(data)
    assert entry.leaf == LEAF
    assert match_disclosures(entry, shown) == {"one": "value of one"}
    assert format_presentation(entry.leaf, shown) == data


@pytest.mark.parametrize(
    "data",
    [LEAF, LEAF + b"~~", LEAF + b"~" + FIELDS[0].text.encode(), b"~", LEAF + b"~eyJ.e30.x",
     LEAF + b"~" + FIELDS[0].text.encode() * 2 + b"~", "é~".encode(), LEAF + b"~A" * 33 + b"~"],
)  # fmt: skip
def test_malformed_presentations(data: bytes) -> None:
    """A presentation ends in ~ and holds nothing but disclosures."""
    with pytest.raises(Malformed):
        parse_presentation(data)


# --- sealed form --------------------------------------------------------------------------------


def test_sealing_round_trip() -> None:
    """A sealed field opens with its subject's key, and costs 28 bytes."""
    key = new_subject_key(Counter("key"))
    box = seal_disclosure(FIELDS[0], subject="source:S-7", key=key, random=Counter("nonce"))
    assert len(box.sealed) == len(FIELDS[0].text) + 28
    assert open_disclosure(box, key) == FIELDS[0]


def test_sealing_is_bound() -> None:
    """Another key, subject or digest, or one flipped bit, does not open it."""
    key = new_subject_key(Counter("key"))
    box = seal_disclosure(FIELDS[0], subject="source:S-7", key=key, random=Counter("nonce"))
    wrong = [
        replace(box, subject="source:S-8"),
        replace(box, digest=FIELDS[1].digest),
        replace(box, sealed=b""),
        replace(box, sealed=box.sealed[:20]),
    ]
    for at in (0, 11, 12, len(box.sealed) - 1):
        flipped = bytearray(box.sealed)
        flipped[at] ^= 1
        wrong.append(replace(box, sealed=bytes(flipped)))
    for each in wrong:
        with pytest.raises(CheckFailed):
            open_disclosure(each, key)
    with pytest.raises(CheckFailed):
        open_disclosure(box, bytes(32))
    with pytest.raises(UsageError):
        open_disclosure(box, b"short")


def test_sealed_text_must_be_the_digested_one() -> None:
    """Whoever has the key and seals another text under the digest is found out."""
    key = new_subject_key(Counter("key"))
    lie = Disclosure(text=FIELDS[1].text, digest=FIELDS[0].digest, name="one", value=None)
    box = seal_disclosure(lie, subject="desk", key=key, random=Counter("nonce"))
    with pytest.raises(CheckFailed, match="another text"):
        open_disclosure(box, key)


def test_erased_fields_stay_closed() -> None:
    """Fields whose key is gone are left out; the others open."""
    keys = {"a": bytes(32), "b": b"\x01" * 32}
    boxes = [
        seal_disclosure(each, subject=who, key=keys[who], random=Counter(who))
        for each, who in zip(FIELDS, keys, strict=True)
    ]
    del keys["a"]
    assert open_fields(parse_entry(LEAF), boxes, keys) == {"two": "value of two"}


# --- texts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [None, True, "é"]}, '{"a":[null,true,"é"],"b":1}'),
        ('\u20ac$\x0f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),  # RFC 8785 section 3.2.2
        ("\x08\t\n\x0c\r\x7f\u2028", '"\\b\\t\\n\\f\\r\x7f\u2028"'),
        ({}, "{}"),
        (-(2**53) + 1, "-9007199254740991"),
    ],
)
def test_canonical_examples(value: Json, text: str) -> None:
    """Texts are those of RFC 8785, and read back."""
    assert canonical_text(value) == text
    assert parse_canonical(text.encode()) == value


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b" 1", b"1 ", b"01", b"1.0", b"1e3", b"-0", b"NaN", b"Infinity", b'{"a":1,"a":1}',
     b'{"b":1,"a":1}', b'{"a": 1}', b'"\\u0041"', b'"\\/"', b'"\\ud800"', b'"\xff"',
     b"9007199254740992", '{"é":1}'.encode(), b"\xef\xbb\xbf1", b"[" * 100_000,
     b"[" * 40 + b"]" * 40, b"1" * 5000,
     b'"' + b"a" * 300_000 + b'"'],
)  # fmt: skip
def test_refused_json(data: bytes) -> None:
    """Whatever is not the one canonical text of its value is refused."""
    with pytest.raises(Malformed):
        parse_canonical(data)


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, {"é": 1}, {1: 1}, "\ud800", b"", (1,)])
def test_unwritable_values(value: object) -> None:
    """A value without agreed text is the caller's mistake."""
    with pytest.raises(UsageError):
        canonical_text(value)  # type: ignore[arg-type]  # what a caller without types may pass


def test_nesting_limit() -> None:
    """Nesting is allowed to the limit and not beyond."""
    value: Json = []
    for _ in range(MAX_DEPTH - 1):
        value = [value]
    assert parse_canonical(canonical_text(value).encode()) == value
    with pytest.raises(UsageError, match="nested"):
        canonical_text([value])


@given(plain)
def test_canonical_round_trip(value: Json) -> None:
    """What is written is read back as the same value."""
    assert parse_canonical(canonical_text(value).encode()) == value


@given(st.text(alphabet=' "\\{}[]:,0123eE-.tfnu', max_size=12))
def test_json_is_not_malleable(text: str) -> None:
    """If a text parses, it re-encodes to itself."""
    try:
        value = parse_canonical(text.encode())
    except Malformed:
        return
    assert canonical_text(value) == text


@given(st.binary(max_size=40))
def test_base64_round_trip(data: bytes) -> None:
    """Both alphabets agree with the library's and read back."""
    assert decode_base64url(encode_base64url(data), length=len(data)) == data
    assert decode_base64(encode_base64(data), length=len(data)) == data
    assert encode_base64(data) == base64.b64encode(data).decode()
    assert encode_base64url(data) == base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize("decode", [decode_base64, decode_base64url])
@given(text=st.text(alphabet="AB+/-_=\né ", max_size=9))
def test_base64_is_not_malleable(decode: Callable[[str], bytes], text: str) -> None:
    """If a text decodes, it is the one text of its bytes."""
    encode = encode_base64 if decode is decode_base64 else encode_base64url
    try:
        data = decode(text)
    except Malformed:
        return
    assert encode(data) == text


def test_base64_length() -> None:
    """A hash of another length is refused."""
    with pytest.raises(Malformed, match="32 are due"):
        decode_base64url("AAAA", length=32)
