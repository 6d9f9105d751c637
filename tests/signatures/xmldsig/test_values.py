"""Signature values: every method, every sort of key, and what no key may do."""

import hashlib
import itertools

import pytest
from asn1crypto import keys as asn1
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provenance.signatures.xmldsig.algorithms import METHODS, Method, Scheme
from provenance.signatures.xmldsig.refusal import Found, Refusal
from provenance.signatures.xmldsig.values import check_value
from tests.hostile.containers.forge import nobody, null_signature
from tests.signatures.containers.signing import HASHES, Key, method_of, raw_pair, sign_bytes

DATA = b'<SignedInfo xmlns="urn:x"></SignedInfo>'
CURVES = (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.BrainpoolP256R1(), ec.SECP256K1())
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.fixture(scope="module")
def keys() -> dict[str, Key]:
    """One key of each sort."""
    return {
        "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "dsa": dsa.generate_private_key(key_size=2048),
        "ed25519": ed25519.Ed25519PrivateKey.generate(),
        **{curve.name: ec.generate_private_key(curve) for curve in CURVES},
    }


def spki(key: Key | ed448.Ed448PrivateKey) -> bytes:
    """The public key, DER."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_every_method_checks_its_own_values(keys: dict[str, Key]) -> None:
    """A value holds for its data, key and digest, and for no other data."""
    for (name, key), digest in itertools.product(keys.items(), HASHES):
        for pss in (False, True) if name == "rsa" else (False,):
            identifier = method_of(key, digest, pss=pss)
            if identifier not in METHODS or (name == "dsa" and digest not in {"sha1", "sha256"}):
                continue
            value = sign_bytes(key, DATA, digest, pss=pss)
            assert check_value(METHODS[identifier], spki(key), value, DATA), identifier
            assert not check_value(METHODS[identifier], spki(key), value, DATA + b" ")
            flipped = bytes([value[0] ^ 1]) + value[1:]
            assert not check_value(METHODS[identifier], spki(key), flipped, DATA)


def test_ed448() -> None:
    """The second Edwards curve."""
    key = ed448.Ed448PrivateKey.generate()
    method = METHODS["http://www.w3.org/2021/04/xmldsig-more#eddsa-ed448"]
    assert check_value(method, spki(key), key.sign(DATA), DATA)
    assert not check_value(method, spki(key), key.sign(DATA + b" "), DATA)


def test_a_key_of_another_sort_verifies_nothing(keys: dict[str, Key]) -> None:
    """The method decides, not the key."""
    for (name, key), (other, wrong) in itertools.permutations(keys.items(), 2):
        if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(
            wrong, ec.EllipticCurvePrivateKey
        ):
            continue
        value = sign_bytes(key, DATA, "sha256")
        method = METHODS[method_of(wrong, "sha256")]
        assert not check_value(method, spki(key), value, DATA), (name, other)


def test_two_numbers_and_nothing_else(keys: dict[str, Key]) -> None:
    """ASN.1 form, other lengths, zeros and numbers beyond the order are no ECDSA values."""
    key = keys["secp256r1"]
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    method = METHODS[method_of(key, "sha256")]
    der = key.sign(DATA, ec.ECDSA(HASHES["sha256"]))
    value = raw_pair(der, 32)
    assert check_value(method, spki(key), value, DATA)
    beyond = int.from_bytes(value[:32], "big") + P256_ORDER
    bad = [der, value[:63], value + b"\x00", b"\x00" * 64, value[:32] + bytes(32), b""]
    bad += [beyond.to_bytes(33, "big")[-32:] + value[32:], raw_pair(der, 33)]
    for one in bad:
        assert not check_value(method, spki(key), one, DATA)


def test_the_other_value_of_ecdsa_signs_the_same_bytes(keys: dict[str, Key]) -> None:
    """(r, n-s) verifies wherever (r, s) does: nothing may be named by its value."""
    key = keys["secp256r1"]
    method = METHODS[method_of(key, "sha256")]
    value = sign_bytes(key, DATA, "sha256")
    other = value[:32] + (P256_ORDER - int.from_bytes(value[32:], "big")).to_bytes(32, "big")
    assert check_value(method, spki(key), other, DATA)
    assert not check_value(method, spki(key), other, DATA + b" ")


def test_a_key_with_which_anything_verifies_is_refused() -> None:
    """Public exponent 1: the padded digest is its own signature."""
    from asn1crypto import x509  # noqa: PLC0415 - only here

    held = x509.Certificate.load(nobody().der).public_key.dump()
    method = Method(scheme=Scheme.PKCS1, digest="sha256")
    with pytest.raises(Refusal) as refused:
        check_value(method, held, null_signature(DATA), DATA)
    assert refused.value.found is Found.NOT_CHECKABLE


def test_malformed_keys_are_refused() -> None:
    """Bytes that are no key, absurd ones and unknown sorts end in a refusal."""
    method = Method(scheme=Scheme.PKCS1, digest="sha256")
    for modulus in ((1 << 500) - 1, (1 << 2048) - 2, (1 << 17_000) - 1):
        odd = asn1.RSAPublicKey({"modulus": modulus, "public_exponent": 3})
        with pytest.raises(Refusal):
            check_value(method, asn1.PublicKeyInfo.wrap(odd, "rsa").dump(), b"x" * 256, DATA)
    known = spki(ec.generate_private_key(ec.SECP256R1()))
    other = known.replace(bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d03017f"))
    with pytest.raises(Refusal) as refused:
        check_value(method, other, b"x" * 64, DATA)
    assert refused.value.found is Found.UNSUPPORTED
    for one in (b"", b"\x30\x00", b"\x30\x03\x02\x01\x01", b"x" * 300):
        with pytest.raises(Refusal):
            check_value(method, one, b"x" * 256, DATA)


def test_a_digest_identifier_may_come_without_its_null() -> None:
    """RFC 8017 appendix B.1, as some signers of Office files write it; but nothing else may."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    method = METHODS["http://www.w3.org/2000/09/xmldsig#rsa-sha1"]
    digest = hashlib.sha1(DATA, usedforsecurity=False).digest()
    bare = bytes.fromhex("301f300706052b0e03021a0414") + digest
    assert check_value(method, spki(key), _pkcs1(key, bare), DATA)
    assert not check_value(method, spki(key), _pkcs1(key, bare), DATA + b" ")
    garbage = [bare + b"\x00", bare[:-1], digest, b"\x00" + bare]
    for one in garbage:
        assert not check_value(method, spki(key), _pkcs1(key, one), DATA)


def _pkcs1(key: rsa.RSAPrivateKey, inside: bytes) -> bytes:
    """A signature over any inside, padded as RFC 8017 section 9.2 says."""
    numbers = key.private_numbers()
    padded = b"\x00\x01" + b"\xff" * (256 - 3 - len(inside)) + b"\x00" + inside
    value = pow(int.from_bytes(padded, "big"), numbers.d, numbers.public_numbers.n)
    return value.to_bytes(256, "big")


def test_pss_with_other_salt_or_mask_is_told_apart(keys: dict[str, Key]) -> None:
    """RSA-PSS as the method says, and in no other way."""
    key = keys["rsa"]
    value = sign_bytes(key, DATA, "sha256", pss=True)
    good = Method(scheme=Scheme.PSS, digest="sha256", salt=32, mask="sha256")
    assert check_value(good, spki(key), value, DATA)
    for bad in (
        Method(scheme=Scheme.PSS, digest="sha256", salt=20),
        Method(scheme=Scheme.PSS, digest="sha256", mask="sha1"),
        Method(scheme=Scheme.PSS, digest="sha512"),
        Method(scheme=Scheme.PKCS1, digest="sha256"),
    ):
        assert not check_value(bad, spki(key), value, DATA)
