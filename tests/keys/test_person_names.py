"""Names that deceive the eye enrol nobody; names of the world's writing systems do."""

import pytest

from provenance.acts.person_names import MAX_NAME, looks_like, require_name
from provenance.errors import Refused, UsageError
from provenance.ledger.keys import Ed25519Signer
from tests.desk.scene import AMAL, JOAN, PEOPLE, Scene

NEW = Ed25519Signer(bytes(range(2, 34)))


@pytest.mark.parametrize(
    "name",
    [
        "", " ", "Joan\nOkafor", "Joan \u202eOkafor", "Joan\u200bOkafor", "Jo\u200dan",
        "Joan\ufe0f", "Jo\u034fan", "Joan\u3164", "\u2800", "Joan Okaf\u043er", "\u0391nna Lind",
        "J\x1b[2Joan",
        " Joan", "Joan ", "x" * (MAX_NAME + 1), "desk:Lookout", "Desk:Lookout", "Joan\ud800",
        "\uff2aoan\u043e",
    ],
)  # fmt: skip
def test_a_name_that_deceives(name: str) -> None:
    """What cannot be seen, what mixes alphabets, what stands for a desk: refused."""
    with pytest.raises(UsageError):
        require_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Joan Okafor", "Joan Okafor (laptop)", "Zoë Ødegård-Nuñez", "D'Angelo, J. R.", "Анна Ким",
        "Γιάννης Παππάς", "אמל חדאד", "محمد", "می\u200cخ", "王小明", "山田タロウ", "김민준",
        "क्\u200dष", "Nguyễn Văn A", "Kim 2", "Иван Petrov",
    ],
)  # fmt: skip
def test_a_name_of_the_world(name: str) -> None:
    """Names of every writing system are names; two alphabets in two words are no disguise."""
    require_name(name)
    assert looks_like(name, name.upper())


def test_names_that_read_alike() -> None:
    """Whole words of look-alike letters, full-width letters, case and blanks make no other name."""
    for one, other in (
        ("Caxa", "\u0421\u0430\u0445\u0430"), ("TOM", "\u0422\u041e\u041c"),
        ("Joan  Okafor", "joan okafor"), ("Nina", "\uff2e\uff29\uff2e\uff21"), ("Kim", "Kim\ufe0f"),
        ("HOBO", "\u041d\u041e\u0412\u041e"),
    ):  # fmt: skip
        assert looks_like(one, other), one
    assert not looks_like("Joan Okafor", "Joan Okoro")
    assert not looks_like("Ада", "Ida")


def test_the_desk_enrols_under_no_such_name(scene: Scene) -> None:
    """Nobody is enrolled beside a person of whom the eye cannot tell them apart."""
    taken = PEOPLE[JOAN]
    with scene.open(AMAL) as desk:
        size = desk.keepers().size
        with pytest.raises(Refused, match="reads as"):
            desk.enrol(NEW, role="editor", name=taken.upper())
        with pytest.raises(UsageError):
            desk.enrol(NEW, role="editor", name=taken + "\ufe0f")
        assert desk.keepers().size == size
