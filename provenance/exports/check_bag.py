"""Is the bag whole: every file the one that was packed, and none more or less?

The manifests are not read but written again from the files, and compared byte for byte: a second
spelling, a missing or a surplus line is a difference. A stranger who changes a file and remakes all
manifests passes here, and is found by what the entries say.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from provenance.errors import Malformed
from provenance.exports.bag import ALGORITHMS, INFO, TAG_MANIFEST, manifest_text
from provenance.exports.checklist import Checklist
from provenance.exports.layout import BAGIT, VERIFY_SH, VERIFY_TXT
from provenance.exports.opened import PackageFiles, read_file

MAX_MANIFEST: Final = 64 << 20  # bytes; a line has some 200
MAX_INFO: Final = 1 << 16  # bytes; ours has some 300
_TAGS: Final = frozenset(
    {"bagit.txt", INFO, VERIFY_SH, VERIFY_TXT, *(f"manifest-{each}.txt" for each in ALGORITHMS)}
)


def check_bag(files: PackageFiles, out: Checklist) -> Mapping[str, str]:
    """Check the bag; returns name -> SHA-256 of every payload file, hexadecimal.

    Raises:
        Malformed: a file is missing or too large.
    """
    sums: dict[str, dict[str, str]] = {algorithm: {} for algorithm in ALGORITHMS}
    tags: dict[str, str] = {}
    octets = 0
    for name in sorted(files.sizes()):
        hashers = [hashlib.new(algorithm) for algorithm in ALGORITHMS]
        payload = name.startswith("data/")
        for block in files.blocks(name):
            for hasher in hashers:
                hasher.update(block)
            octets += len(block) if payload else 0
        for algorithm, hasher in zip(ALGORITHMS, hashers, strict=True):
            if payload:
                sums[algorithm][name] = hasher.hexdigest()
        if not payload and name != TAG_MANIFEST:
            tags[name] = hashers[0].hexdigest()
    faults = [f"{name} is missing" for name in sorted(_TAGS - tags.keys())]
    if read_file(files, "bagit.txt", limit=MAX_INFO) != BAGIT:
        faults.append("bagit.txt is not that of a BagIt 1.0 bag")
    for algorithm in ALGORITHMS:
        faults += _differs(files, f"manifest-{algorithm}.txt", sums[algorithm])
    faults += _differs(files, TAG_MANIFEST, tags)
    info = read_info(files)
    if info.get("Payload-Oxum") != f"{octets}.{len(sums['sha256'])}":
        faults.append("bag-info.txt states another number of files or bytes")
    text = f"every file is the one that was packed ({len(sums['sha256']) + len(tags) + 1} files)"
    out.settle("bag", faults, text)
    return sums["sha256"]


def read_info(files: PackageFiles) -> Mapping[str, str]:
    """Return the labels of bag-info.txt.

    Raises:
        Malformed: not one label a line, or one twice.
    """
    try:
        text = read_file(files, INFO, limit=MAX_INFO).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("bag-info.txt is not UTF-8") from error
    lines = [line.partition(": ") for line in text.split("\n") if line]
    info = {label: value for label, _, value in lines}
    if len(info) != len(lines) or not all(gap for _, gap, _ in lines):
        raise Malformed("bag-info.txt has a line without a label, or a label twice")
    return info


def _differs(files: PackageFiles, name: str, sums: Mapping[str, str]) -> list[str]:
    stated = read_file(files, name, limit=MAX_MANIFEST)
    if stated == manifest_text(sums).encode():
        return []
    found = dict(_lines(stated.decode("utf-8", "replace")))
    wrong = sorted(path for path in found.keys() | sums if found.get(path) != sums.get(path))
    what = ", ".join(wrong[:3]) or "its spelling"
    return [f"{name} does not fit the files: {what}{' ...' if wrong[3:] else ''}"]


def _lines(text: str) -> list[tuple[str, str]]:
    pairs = [line.partition("  ") for line in text.split("\n") if line]
    return [(path, digest) for digest, _, path in pairs]
