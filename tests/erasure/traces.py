"""What the tests plant about a source, and how they look for it in every byte that is kept."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.desk.scene import Scene

HANDLE: Final = "Zq7-unmistakable-handle"
OTHER: Final = "Xw3-another-handle"
NOTE: Final = "met at the unmistakable lighthouse"
DOSSIER: Final = json.dumps(
    {
        "dossier": 1,
        "title": "a paper",
        "records": [
            {
                "id": "said-1",
                "kind": "statement",
                "recorded_at": "2026-01-02T03:04:05Z",
                "voice": "A voice",
                "speaker": "A speaker",
                "basis": {"access": 3, "identification": 4, "words": 3, "reliability": "B"},
                "asserts": [{"facet": "origin", "sign": 1}],
                "source": HANDLE,
                "note": "the rest of the statement stays",
            }
        ],
    }
)


def spellings(text: str) -> Iterator[bytes]:
    """The forms in which a text could lie in a file: plain, UTF-16, hex, any base64 alignment."""
    plain = text.encode()
    yield plain
    yield text.encode("utf-16-le")
    yield plain.hex().encode()
    for shift in range(3):
        encoded = base64.urlsafe_b64encode(b"\0" * shift + plain)
        yield encoded[4:-4]  # whatever stands before and behind changes the ends


def places_of(text: str, *roots: Path) -> list[str]:
    """Names of the files under these folders in which a text stands, names of files included."""
    found = []
    for root in roots:
        for path in sorted(root.rglob("*")):
            if text in path.name:
                found.append(f"name of {path}")
            data = path.read_bytes() if path.is_file() else b""
            found += [f"{path.name}" for form in spellings(text) if form in data]
    return found


def everywhere(scene: Scene, text: str) -> list[str]:
    """Where in the desk's and key folder's files a text stands."""
    return places_of(text, scene.desk, scene.keys)
