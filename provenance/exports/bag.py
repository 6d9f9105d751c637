"""The bag itself (RFC 8493): manifests over what is written, and their one spelling.

Every payload file is hashed while it is written, SHA-256 and SHA-512, in one pass. Manifests list
paths in byte order, two blanks after the digest, one line feed each: `sha256sum -c` reads them, and
a checker compares them byte for byte with what it computes, so there is no second spelling in which
something could hide. VERIFY.sh is a tag file: the tag manifest covers it, but a script that was
replaced with its manifest can only be found by comparing it with one from elsewhere.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from provenance.errors import UsageError
from provenance.exports.layout import BAGIT, is_package_name

if TYPE_CHECKING:
    from provenance.exports.target import Target  # 12 ms that a check does not need

ALGORITHMS: Final = ("sha256", "sha512")
TAG_MANIFEST: Final = "tagmanifest-sha256.txt"
INFO: Final = "bag-info.txt"


class BagWriter:
    """Writes files into a target and remembers their digests."""

    def __init__(self, target: "Target") -> None:
        self._target = target
        self._payload: dict[str, dict[str, str]] = {name: {} for name in ALGORITHMS}
        self._tags: dict[str, str] = {}
        self._octets = 0

    def add(self, name: str, blocks: Iterable[bytes]) -> str:
        """Write one payload or tag file; returns its SHA-256, hexadecimal.

        Raises:
            UsageError: a name that no package holds, or that it holds already.
        """
        if not is_package_name(name) or name in self._payload["sha256"] or name in self._tags:
            raise UsageError(f"a package holds no such file, or holds it already: {name}")
        hashers = [hashlib.new(algorithm) for algorithm in ALGORITHMS]
        self._target.write(name, self._hashed(blocks, hashers, payload=name.startswith("data/")))
        digests = [hasher.hexdigest() for hasher in hashers]
        if name.startswith("data/"):
            for algorithm, digest in zip(ALGORITHMS, digests, strict=True):
                self._payload[algorithm][name] = digest
        else:
            self._tags[name] = digests[0]
        return digests[0]

    def close(self, info: Mapping[str, str]) -> None:
        """Write bag-info.txt, bagit.txt, the manifests, and the tag manifest last."""
        oxum = f"{self._octets}.{len(self._payload['sha256'])}"
        self.add(INFO, [info_text({**info, "Payload-Oxum": oxum}).encode()])
        self.add("bagit.txt", [BAGIT])
        for algorithm in ALGORITHMS:
            text = manifest_text(self._payload[algorithm])
            self.add(f"manifest-{algorithm}.txt", [text.encode()])
        self._target.write(TAG_MANIFEST, [manifest_text(self._tags).encode()])

    def _hashed(
        self, blocks: Iterable[bytes], hashers: "list[hashlib._Hash]", *, payload: bool
    ) -> Iterator[bytes]:
        for block in blocks:
            for hasher in hashers:
                hasher.update(block)
            self._octets += len(block) if payload else 0
            yield block


def manifest_text(digests: Mapping[str, str]) -> str:
    """Return the manifest of these paths (RFC 8493 section 2.1.3)."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))


def info_text(info: Mapping[str, str]) -> str:
    """Return bag-info.txt: one line a label, in order of the labels (section 2.2.2)."""
    return "".join(f"{label}: {info[label]}\n" for label in sorted(info))
