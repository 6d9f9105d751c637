"""P-256 keys on a token: SoftHSM2 stands for a smart card."""

import importlib
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from provenance.errors import KeyUnavailable, PassphraseWrong, UsageError
from provenance_store.opening import open_desk
from provenance_store.pkcs11_key import TokenSigner, parse_token_name, token_key
from provenance_store.signers import open_signer
from tests.desk.scene import AMAL, Scene

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
MODULE = next((path for path in MODULES if Path(path).is_file()), "")
PIN = b"314159"


def _never(_name: str) -> bytes:
    raise AssertionError("nothing is to be asked")


def _asked(names: list[str]) -> Callable[[str], bytes]:
    def ask(name: str) -> bytes:
        names.append(name)
        return PIN

    return ask


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A token `desk` with one P-256 key `joan` and one P-384 key `other`."""
    if not MODULE or shutil.which("softhsm2-util") is None:
        pytest.skip("needs SoftHSM2 (Debian: softhsm2)")
    if importlib.util.find_spec("pkcs11") is None:
        pytest.skip("needs python-pkcs11 (the extra `pkcs11`)")
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    # Read once, when the module is loaded, so it must stand in this process's own environment.
    os.environ["SOFTHSM2_CONF"] = str(folder / "conf")
    make = ["softhsm2-util", "--init-token", "--free", "--label", "desk", "--so-pin", "271828"]
    subprocess.run([*make, "--pin", PIN.decode()], check=True, capture_output=True)
    _generate("joan", "secp256r1")
    _generate("other", "secp384r1")
    return f"pkcs11:{MODULE}:desk:joan"


def _generate(label: str, curve: str) -> None:
    import pkcs11  # noqa: PLC0415 - an extra
    from pkcs11.util.ec import encode_named_curve_parameters  # noqa: PLC0415 - an extra

    library = pkcs11.lib(MODULE)
    library.reinitialize()  # it may have looked at its tokens before ours was there
    with library.get_token(token_label="desk").open(rw=True, user_pin=PIN.decode()) as session:
        parameters = session.create_domain_parameters(
            pkcs11.KeyType.EC,
            {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(curve)},
            local=True,
        )
        parameters.generate_keypair(
            store=True, label=label, mechanism=pkcs11.Mechanism.EC_KEY_PAIR_GEN
        )


def test_a_token_keeps_a_desk(scene: Scene, token: str) -> None:
    """Enrolled by its own signature, a token's key signs ES256 and the audit agrees."""
    signer = open_signer(scene.keys, token, passphrase=PIN, ask=_never)
    assert isinstance(signer, TokenSigner)
    assert signer.public_key.alg == "ES256"
    assert signer.public_key.verify(signer.sign(b"message"), b"message")
    with scene.open(AMAL) as desk:
        desk.enrol(signer, role="editor", name="Joan on a card")
        item = next(iter(desk.items())).item
    with open_desk(scene.desk, signer=signer) as desk:
        desk.note(item, text="signed on a card")
        assert desk.audit().log_holds
    signer.close()


def test_a_second_key_of_a_token_opens(token: str) -> None:
    """Old and new key of a rotation may lie on one token: one login serves both."""
    first = token_key(token, passphrase=PIN, ask=_never)
    second = token_key(token, passphrase=PIN, ask=_never)
    assert first.public_key.verify(second.sign(b"m"), b"m")
    first.close()
    second.close()


def test_a_wrong_pin_is_not_told(token: str) -> None:
    """A wrong PIN is refused once, and stands in no message and no traceback."""
    with pytest.raises(PassphraseWrong) as caught:
        token_key(token, passphrase=b"000000", ask=_never)
    fault: BaseException | None = caught.value
    assert fault is not None
    assert "000000" not in str(fault)
    assert fault.__cause__ is None


def test_the_pin_is_asked_for(token: str) -> None:
    """Without a file the PIN is asked for by the token's name."""
    asked: list[str] = []
    token_key(token, passphrase=None, ask=_asked(asked)).close()
    assert asked == ["desk"]


@pytest.mark.parametrize(
    ("module", "name", "label"),
    [(MODULE, "desk", "nobody"), (MODULE, "nowhere", "joan"), ("/nowhere.so", "desk", "joan"),
     (MODULE, "desk", "other")],
)  # fmt: skip
def test_what_is_not_there_is_said(token: str, module: str, name: str, label: str) -> None:
    """A missing module, token or key, and a key on another curve, end in one line."""
    with pytest.raises(KeyUnavailable):
        token_key(f"pkcs11:{module}:{name}:{label}", passphrase=PIN, ask=_never)


@pytest.mark.parametrize(
    "name", ["pkcs11:", "pkcs11:a:b", "pkcs11:a::c", "pkcs11:a:b:c:d", "a:b:c"]
)
def test_names_have_three_parts(name: str) -> None:
    """Another form is a usage error that says the form."""
    with pytest.raises(UsageError, match="MODULE:TOKEN:LABEL"):
        parse_token_name(name)


def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has not installed the extra learns its name."""

    def absent(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(KeyUnavailable, match=r"provenance-desk\[pkcs11\]"):
        token_key("pkcs11:a:b:c", passphrase=PIN, ask=_never)
