"""Files from elsewhere are hostile: whatever is changed in one, it is refused."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.errors import CheckFailed, Malformed
from provenance.exchange.checking import check_exchange
from provenance.exchange.file import FORMAT, MAX_FILE, parse_exchange
from provenance.ledger.canonical import canonical_text
from tests.exchange.conftest import Two


@pytest.fixture(scope="module")
def offer(made_two: Two, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An offer file that holds."""
    base = tmp_path_factory.mktemp("hostile")
    own = Two(giver=made_two.giver.copy(base / "g"), receiver=made_two.receiver, item=made_two.item)
    data = own.offer()
    assert check_exchange(parse_exchange(data)).entry.type == "transfer.offered"
    return data


def refused(data: bytes) -> bool:
    try:
        event = check_exchange(parse_exchange(data))
    except (Malformed, CheckFailed):
        return True
    return event.entry.type != "transfer.offered"  # the acts take no other type from an offer file


def changed(data: bytes, **more: Any) -> bytes:  # noqa: ANN401 any JSON
    return canonical_text({**json.loads(data), **more}).encode() + b"\n"


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_flipped_bit_is_refused(offer: bytes, place: float, bit: int) -> None:
    """One changed bit anywhere makes the file malformed or fail its checks."""
    at = int(place * len(offer))
    assert refused(offer[:at] + bytes([offer[at] ^ 1 << bit]) + offer[at + 1 :])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_noise_is_malformed(data: bytes) -> None:
    """No bytes make the parser raise anything but Malformed."""
    with pytest.raises(Malformed):
        parse_exchange(data)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 1 << 54) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(key=st.sampled_from(["format", "kind", "log_key", "checkpoint", "entries"]), value=_JSON)
def test_any_other_value_is_refused(offer: bytes, key: str, value: object) -> None:
    """A field of another shape or content never gets through, and raises nothing unforeseen."""
    data = json.dumps(
        {**json.loads(offer), key: value},
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )
    try:
        encoded = data.encode() + b"\n"
    except UnicodeEncodeError:
        return
    assert refused(encoded) or encoded == offer or key == "kind"


def test_parts_cannot_be_moved_left_out_or_doubled(offer: bytes) -> None:
    """Every order and selection of the entries but the one that was made is refused."""
    entries = json.loads(offer)["entries"]
    some: list[Any]
    for some in (entries[1:], entries[:-1], entries[:1], entries[::-1], entries + entries[-1:], []):
        assert refused(changed(offer, entries=some))


def test_a_shown_field_cannot_be_forged_or_left_out_of_keys(offer: bytes) -> None:
    """A disclosure of another entry is refused; an enrolment without its key does not stand."""
    value = json.loads(offer)
    leaf, *shown, end = value["entries"][-1]["entry"].split("~")
    stolen = value["entries"][0]["entry"].split("~")[1]
    value["entries"][-1]["entry"] = "~".join([leaf, *shown, stolen, end])
    assert refused(canonical_text(value).encode() + b"\n")
    value = json.loads(offer)
    value["entries"][1]["entry"] = value["entries"][1]["entry"].split("~")[0] + "~"
    assert refused(canonical_text(value).encode() + b"\n")


def test_limits_hold(offer: bytes) -> None:
    """Too long, too many entries, another version and a missing line end are malformed."""
    value = json.loads(offer)
    assert value["format"] == FORMAT
    part = value["entries"][0]
    many = [{**part, "index": n} for n in range(200)]
    for data in (
        offer[:-1],
        offer + b"\n",
        offer + b" " * MAX_FILE,
        changed(offer, entries=many),
        changed(offer, format="provenance-desk/exchange@v2"),
        changed(offer, extra=1),
        json.dumps(value).encode() + b"\n",
    ):
        with pytest.raises(Malformed):
            parse_exchange(data)


def test_what_parses_is_written_again_byte_for_byte(offer: bytes) -> None:
    """A file has one spelling."""
    assert parse_exchange(offer).encode() == offer
