"""Places that documents name: told apart, accounts found, nothing fetched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.facts.gathering import Gathered
from provenance.facts.model import Weight
from provenance.facts.places import Kind, read_place, tell_fetched, tell_path, tell_paths_in
from tests.facts.reading import AT

U = "Users"  # spelled apart: a path of somebody's machine stands in no file of this project


@pytest.mark.parametrize(
    ("target", "kind", "host", "user"),
    [
        ("http://beacon.example/a.png", Kind.REMOTE, "beacon.example", ""),
        ("HTTPS://joan:pw@Beacon.Example:8443/a", Kind.REMOTE, "beacon.example", ""),
        ("ftp://files.example/x", Kind.REMOTE, "files.example", ""),
        (
            "mhtml:http://evil.example/x!x-usc:http://evil.example/x",
            Kind.REMOTE,
            "evil.example",
            "",
        ),
        ("ms-word:ofe|u|https://evil.example/x.docx", Kind.REMOTE, "evil.example", ""),
        ("\\\\server\\share\\x.dotx", Kind.SHARE, "server", ""),
        ("file:///\\\\server\\share\\x.dotx", Kind.SHARE, "server", ""),
        ("file://server/share/x.dotx", Kind.SHARE, "server", ""),
        ("//server/share/x", Kind.SHARE, "server", ""),
        (f"C:\\{U}\\joan.weber\\letter.docx", Kind.LOCAL, "", "joan.weber"),
        (f"file:///C:/{U}/joan/Desk%20top/x.png", Kind.LOCAL, "", "joan"),
        ("file:///C:\\Documents and Settings\\Joan\\x", Kind.LOCAL, "", "Joan"),
        (f"file:///{U}/joan/x", Kind.LOCAL, "", "joan"),
        (f"C:\\{U}\\Public\\x", Kind.LOCAL, "", ""),
        ("media/image1.png", Kind.OTHER, "", ""),
        ("#bookmark", Kind.OTHER, "", ""),
        ("mailto:joan@example.org", Kind.OTHER, "", ""),
        ("javascript:alert(1)", Kind.OTHER, "", ""),
        ("", Kind.OTHER, "", ""),
    ],
)
def test_targets_are_told_apart(target: str, kind: Kind, host: str, user: str) -> None:
    """Remote, share, local and harmless are four things, whatever the spelling."""
    place = read_place(target)
    assert (place.kind, place.host, place.user) == (kind, host, user)


@given(st.text(max_size=300))
def test_any_target_is_read(target: str) -> None:
    """No target makes it raise."""
    assert read_place(target).kind in Kind


def test_a_beacon_is_a_risk_and_a_path_is_hidden() -> None:
    """What is fetched reveals the desk; a path reveals an account; a share does both."""
    gathered = Gathered(AT)
    assert tell_fetched(gathered, "http://beacon.example/a", "a picture", where="x")
    assert tell_fetched(gathered, "\\\\server\\share\\joan", "its template")
    assert not tell_fetched(gathered, "media/image1.png", "a picture")
    tell_path(gathered, "C:\\")
    found = [(one.code, one.weight) for one in gathered.facts().observations]
    assert found == [
        ("remote-content", Weight.RISK),
        ("remote-content", Weight.RISK),
        ("local-path", Weight.HIDDEN),
    ]


def test_paths_in_running_text() -> None:
    """A Windows path in a sentence is found without the sentence's full stop."""
    gathered = Gathered(AT)
    tell_paths_in(gathered, f"See C:\\{U}\\joan\\draft.doc. Not a:b or http://x/y.")
    (found,) = gathered.facts().observations
    assert 'draft.doc". The account in it is "joan"' in found.text
