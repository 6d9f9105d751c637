"""The table of what leaves, alone: nothing beside it, whatever the fields hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.exports.disclosing import SHOWN, Showing, shown
from provenance.ledger.disclosure import make_disclosure
from provenance.records import RECORD_TYPES, Json
from provenance.report.model import Audience
from tests.exports.world import Chance

HANDLE = "zebra-9000"
WORDS = st.text('abc -"\\é\n', max_size=12)
OUTSIDERS = st.sampled_from([Audience.AUDITOR, Audience.PUBLIC])


def _wrapped(text: str) -> st.SearchStrategy[Json]:
    """A value that holds a text somewhere."""
    leaf: st.SearchStrategy[Json] = st.just(text)
    return st.recursive(
        leaf,
        lambda inner: (
            st.lists(inner, min_size=1, max_size=3)
            | st.dictionaries(st.sampled_from(["text", "purpose"]), inner, min_size=1)
        ),
        max_leaves=4,
    )


def _names(kind: str, name: str, value: Json, showing: Showing) -> list[str]:
    field = make_disclosure(name, value, Chance("x"))
    return [each.name for each in shown(kind, [field], showing)]


@given(
    kind=st.sampled_from(sorted(RECORD_TYPES)),
    name=st.from_regex(r"[a-z_]{1,12}", fullmatch=True),
    audience=OUTSIDERS,
)
def test_nothing_beside_the_table(kind: str, name: str, audience: Audience) -> None:
    """A field that is not in the table for this reader is never shown."""
    allowed = audience in SHOWN.get(kind, {}).get(name, frozenset())
    if name not in {"v", "type", "item", "log", "n", "prev", "seen", "iat"}:
        assert allowed or _names(kind, name, "text", Showing(audience=audience)) == []


@given(before=WORDS, after=WORDS, data=st.data(), audience=OUTSIDERS)
def test_a_handle_anywhere_withholds(
    before: str, after: str, data: st.DataObject, audience: Audience
) -> None:
    """A value in which the handle is a word, in any case and at any depth, stays inside."""
    value = data.draw(_wrapped(f"{before} {HANDLE.upper()} {after}"))
    showing = Showing(audience=audience, secrets=(HANDLE,))
    for kind, name in (
        ("note", "note"),
        ("transfer.offered", "transfer"),
        ("item.received", "label"),
    ):
        assert _names(kind, name, value, showing) == []


@pytest.mark.parametrize("kind", sorted(SHOWN))
def test_table_names_real_types(kind: str) -> None:
    """Every row is of a record type that exists, and has no more fields than its entries hold."""
    assert len(SHOWN[kind]) <= RECORD_TYPES[kind].width
    assert not {"source", "arrival"} & SHOWN[kind].keys()


def test_other_acts_of_the_desk_stay_inside() -> None:
    """What the desk noted about its other sources is in no package, not even its own."""
    for kind in ("policy.changed", "disclosure.erased", "trust.changed"):
        assert _names(kind, "anything", "text", Showing(audience=Audience.INTERNAL)) == []
    assert _names("note", "note", "text", Showing(audience=Audience.INTERNAL)) == ["note"]


def test_a_statement_with_a_source_is_withheld_whole() -> None:
    """A statement shows to the auditor unless it holds a source, a recorder, or the unknown."""
    showing = Showing(audience=Audience.AUDITOR)
    record: dict[str, Json] = {"id": "s1", "voice": "US DoD", "note": "said so"}
    assert _names("statement", "record", dict(record), showing) == ["record"]
    for key in ("source", "recorder", "later_invention"):
        assert _names("statement", "record", {**record, key: "x"}, showing) == []


def test_a_name_brings_no_folders() -> None:
    """A file's name shows to the auditor; with its folders or its container it does not."""
    showing = Showing(audience=Audience.AUDITOR)
    plain: dict[str, Json] = {"name": "a.pdf", "path": "a.pdf", "members": []}
    assert _names("item.received", "name", dict(plain), showing) == ["name"]
    changes: list[dict[str, Json]] = [{"path": "from-sue/a.pdf"}, {"members": ["a.pdf"]}]
    for change in changes:
        assert _names("item.received", "name", {**plain, **change}, showing) == []


def test_digests_go_public_with_the_copy() -> None:
    """The public gets the digests of a copy exactly if the desk has published those bytes."""
    document: Json = {"sha256": "ab" * 32, "size": 1}
    secret = Showing(audience=Audience.PUBLIC)
    open_to_all = Showing(audience=Audience.PUBLIC, published=frozenset({"ab" * 32}))
    assert _names("item.received", "document", document, secret) == []
    assert _names("item.received", "document", document, open_to_all) == ["document"]
