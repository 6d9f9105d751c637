"""Make hostile PDFs out of a signed one. Each function is one attack, named as in the literature.

Sources of the attacks: Mladenov, Mainka, Meyer zu Selhausen, Grothe, Schwenk, "1 Trillion Dollar
Refund: How To Spoof PDF Signatures" (2019): universal signature forgery, incremental saving,
signature wrapping; "Shadow Attacks" (2021): replace and hide. `python -m tests.hostile.forge DIR`
writes one example of each.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]\s*")
_CONTENTS = re.compile(rb"/Contents\s*<([0-9a-fA-F]*)>")


def truncated(data: bytes, keep: float) -> bytes:
    """Cut the file off after a share of its length."""
    return data[: int(len(data) * keep)]


def flipped(data: bytes, position: int, bit: int = 0) -> bytes:
    """Flip one bit."""
    out = bytearray(data)
    out[position % len(out)] ^= 1 << bit
    return bytes(out)


def junk_after_end(data: bytes) -> bytes:
    """Append bytes behind the last end mark."""
    return data + b"This was added later and nobody signed it.\n" * 3


def empty_contents(data: bytes) -> bytes:
    """Zero the signature value, keeping its place."""
    match = _found(_CONTENTS, data)
    return data[: match.start(1)] + b"0" * len(match[1]) + data[match.end(1) :]


def universal_forgeries(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Break /ByteRange and /Contents in every way that some viewer once took for good."""
    body = altered_body(data)
    length = len(data)
    ranges = {
        "absent": b"",
        "null": b"/ByteRange null",
        "empty": b"/ByteRange []",
        "zeros": b"/ByteRange [0 0 0 0]",
        "negative": b"/ByteRange [0 -1 -1 -1]",
        "one-stretch": b"/ByteRange [0 %d]" % length,
        "whole-file": b"/ByteRange [0 %d %d 0]" % (length, length),
        "beyond": b"/ByteRange [0 %d %d %d]" % (length, length * 2, length),
        "text": b"/ByteRange (all of it)",
        "overlap": b"/ByteRange [0 %d 0 %d]" % (length, length),
    }
    values = {
        "absent": b"",
        "null": b"/Contents null",
        "empty": b"/Contents <>",
        "zero": b"/Contents <00>",
        "text": b"/Contents (signed)",
    }
    for source, original in (("same", data), ("altered", body)):
        for name, text in ranges.items():
            yield f"usf-range-{name}-{source}", _put(_RANGE, original, text)
        for name, text in values.items():
            yield f"usf-contents-{name}-{source}", _put(_CONTENTS, original, text)
            yield (
                f"usf-both-{name}-{source}",
                _put(_RANGE, _put(_CONTENTS, original, text), ranges["null"]),
            )


def altered_body(data: bytes) -> bytes:
    """Change a word of the signed page in place."""
    return data.replace(b"a letter about moving", b"a letter about paying", 1)


def hidden_subfilter(data: bytes) -> bytes:
    """Rename the encoding to one that many readers leave out of their list of signatures."""
    return data.replace(b"/adbe.pkcs7.detached", b"/adbe.pkcs7.sha1    ", 1)


def usage_rights(data: bytes) -> bytes:
    """Add a program's usage-rights mark to an unsigned file."""
    mark = (
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached"
        b" /ByteRange [0 10 20 10] /Contents <3003020101> >>"
    )
    root = b"<< /Type /Catalog /Pages 2 0 R /Perms << /UR3 800 0 R >> >>"
    return appended(data, {1: root, 800: mark})


def saved_incrementally(data: bytes, content: bytes, *, number: int = 4) -> bytes:
    """Append an update that replaces one object: the page's content stream by default."""
    body = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    return appended(data, {number: body})


def annotated(data: bytes) -> bytes:
    """Append a free-text annotation over the page."""
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Annots [900 0 R]"
        b" /Resources << /Font << /F1 5 0 R >> >> >>"
    )
    note = (
        b"<< /Type /Annot /Subtype /FreeText /Rect [72 600 500 720] /Contents (We pay.) /F 4"
        b" /DA (/Helv 40 Tf 1 0 0 rg) /C [1 1 0] /AP << /N 899 0 R >> >>"
    )
    drawing = b"1 1 0 rg 0 0 428 120 re f"
    look = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 428 120] /Length %d >>\nstream\n%s\nendstream"
        % (len(drawing), drawing)
    )
    return appended(data, {3: page, 899: look, 900: note})


def form_removed(data: bytes) -> bytes:
    """Append a catalogue without the form: the signature is no longer listed."""
    return appended(data, {1: b"<< /Type /Catalog /Pages 2 0 R >>"})


def wrapped(data: bytes, content: bytes) -> bytes:
    """Signature wrapping: the second signed stretch moves into a stream, new objects before it.

    The signature object is overridden by one whose /ByteRange skips everything that was added, so
    digest and signature value still hold.
    """
    match = _found(_RANGE, data)
    first, second, third = int(match[2]), int(match[3]), int(match[4])
    start = data.rindex(b" 0 obj", 0, match.start())
    number = int(re.findall(rb"(\d+)$", data[:start])[0])
    ending = data.index(b"endobj", match.start())
    dictionary = data[start + len(b" 0 obj") : ending].strip()
    tail = data[second : second + third]
    holder = b"\n901 0 obj\n<< /Length %d >>\nstream\n" % len(tail)
    moved = len(data) + len(holder)
    base = data + holder + tail + b"\nendstream\nendobj\n"
    text = b"/ByteRange [0 %d %d %d]\n" % (first, moved, third)
    overriding = _put(_RANGE, dictionary, text)
    page = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    return appended(base, {number: overriding, 4: page}, table_of=data)


def appended(data: bytes, objects: dict[int, bytes], *, table_of: bytes | None = None) -> bytes:
    """Append an incremental update that holds these objects."""
    earlier = table_of or data
    previous = int(re.findall(rb"startxref\s+(\d+)", earlier)[-1])
    root = re.findall(rb"/Root\s+(\d+ \d+ R)", earlier)[-1]
    out = bytearray(data if data.endswith(b"\n") else data + b"\n")
    offsets = {}
    for number, body in sorted(objects.items()):
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n"
    for number, offset in sorted(offsets.items()):
        out += b"%d 1\n%010d 00000 n \n" % (number, offset)
    size = max(*objects, 901) + 1
    out += b"trailer\n<< /Size %d /Root %s /Prev %d >>\n" % (size, root, previous)
    out += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


def every_attack(data: bytes) -> Iterator[tuple[str, bytes]]:
    """All attacks on one signed file (its page made by tests.signatures.pdf.letters)."""
    content = b"BT /F1 20 Tf 72 600 Td (We pay one million.) Tj ET"
    for keep in (0.2, 0.5, 0.9, 0.99):
        yield f"truncated-{int(keep * 100)}", truncated(data, keep)
    yield "altered-body", altered_body(data)
    yield "incremental-content", saved_incrementally(data, content)
    yield "incremental-annotation", annotated(data)
    yield "incremental-form-removed", form_removed(data)
    yield "wrapped", wrapped(data, content)
    yield "junk-after-end", junk_after_end(data)
    yield "hidden-subfilter", hidden_subfilter(data)
    yield "empty-contents", empty_contents(data)
    yield from universal_forgeries(data)


def _found(pattern: re.Pattern[bytes], data: bytes) -> re.Match[bytes]:
    match = pattern.search(data)
    if match is None:
        raise LookupError(f"not found: {pattern.pattern!r}")
    return match


def _put(pattern: re.Pattern[bytes], data: bytes, text: bytes) -> bytes:
    """Replace the first match, keeping the length where the new text is shorter."""
    match = _found(pattern, data)
    return data[: match.start()] + text.ljust(len(match[0])) + data[match.end() :]


def _write(folder: Path) -> None:
    from tests.signatures.pdf.letters import bare_page  # noqa: PLC0415 - only when run as a script
    from tests.signatures.pdf.world import make_world, sign  # noqa: PLC0415 - same

    world = make_world()
    signed = sign(bare_page(), world.signer, authority=world.authority)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "authority.der").write_bytes(world.authority.der)
    (folder / "untouched.pdf").write_bytes(signed)
    kept = re.compile(r"(truncated-90|altered|incremental|wrapped|junk|empty|usf-.*-(zeros|null))")
    for name, data in every_attack(signed):
        if kept.match(name):
            (folder / f"{name}.pdf").write_bytes(data)


if __name__ == "__main__":
    _write(Path(sys.argv[1]))
