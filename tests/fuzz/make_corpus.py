"""Write the seeds: one small file per rule that a reader keeps, good ones and bad ones.

`python -m tests.fuzz.make_corpus` (from the root) writes `corpus/<format>/good-*` and `bad-*`. Each
byte follows from this file, so a test holds the folder equal to it: change the script, run it, and
read what changed. The key in `keyfile` is made of the numbers 0 to 31 and protects nothing.
Seeds of RFC 3161 answers, witness requests and policies lie in `tests/outside/corpus`.
"""

import io
import json
import zipfile
from base64 import b64encode
from pathlib import Path
from typing import Final

from provenance.ledger.checkpoint import Checkpoint, cosign_checkpoint, sign_checkpoint
from provenance.ledger.disclosure import Disclosure, make_disclosure
from provenance.ledger.entry import Draft, Head, seal_entry
from provenance.ledger.keys import Ed25519Signer
from provenance.ledger.latch import Latch
from provenance.ledger.merkle import EMPTY_ROOT, leaf_hash
from provenance.ledger.proof import TlogProof
from tests.ledger.ssh_vectors import KINDS, armor, number, signature_blob, text
from tests.ledger.worlds import Counter

HERE: Final = Path(__file__).resolve().parent
CORPUS: Final = HERE / "corpus"
DOSSIER: Final = HERE.parent / "golden" / "cases"
ORIGIN: Final = "desk.example/custody/2026"
KEY: Final = Ed25519Signer(bytes(range(32)))
Seeds = dict[str, bytes]


def all_seeds() -> dict[str, Seeds]:
    """Return format -> file name -> bytes."""
    return {
        "entry": entries(),
        "disclosure": disclosures(),
        "note": notes(),
        "proof": proofs(),
        "latch": latches(),
        "keyfile": key_files(),
        "sshsig": ssh_signatures(),
        "dossier": dossiers(),
        "manifest": manifests(),
        "mbox": mailboxes(),
        "zip": archives(),
    }


def field() -> Disclosure:
    """Return one hidden field."""
    return make_disclosure("from", {"handle": "S-7"}, Counter("fuzz"))


def leaf(*, first: bool = True) -> bytes:
    """Return an entry."""
    draft = Draft(
        log=ORIGIN,
        item=bytes(16),
        n=0 if first else 1,
        prev=None if first else bytes(32),
        seen=Head(size=0, root=EMPTY_ROOT),
        type="item.received",
        iat=1_795_000_000,
    )
    digests = [field().digest]
    return seal_entry(draft, digests, width=2, signer=KEY, random=Counter("decoys"))


def entries() -> Seeds:
    """Return entries: JWS of canonical JSON."""
    whole = leaf()
    header, payload, signature = whole.split(b".")
    return {
        "good-first": whole,
        "good-later": leaf(first=False),
        "bad-empty": b"",
        "bad-two-parts": header + b"." + payload,
        "bad-padding": whole + b"=",
        "bad-line-end": whole + b"\n",
        "bad-no-signature": header + b"." + payload + b".",
        "bad-spare-bits": header + b"." + payload + b"." + signature[:-1] + b"B",
        "bad-not-ascii": whole[:-1] + b"\xff",
        "bad-parts-swapped": payload + b"." + header + b"." + signature,
    }


def disclosures() -> Seeds:
    """Return entries with fields shown: <entry>~<disclosure>~."""
    whole, shown = leaf(), field().text.encode()
    return {
        "good-nothing-shown": whole + b"~",
        "good-one-shown": whole + b"~" + shown + b"~",
        "bad-no-end": whole + b"~" + shown,
        "bad-empty-field": whole + b"~~",
        "bad-key-binding": whole + b"~" + shown + b"~" + whole,
        "bad-no-entry": b"~" + shown + b"~",
        "bad-not-json": whole + b"~" + b64encode(b"no json").rstrip(b"=") + b"~",
        "bad-two-elements": whole + b"~" + b64encode(b'["salt","name"]').rstrip(b"=") + b"~",
    }


def checkpoint() -> bytes:
    """Return a signed and cosigned head."""
    head = Checkpoint(origin=ORIGIN, size=1, root=leaf_hash(leaf()))
    signed = sign_checkpoint(head, KEY)
    return cosign_checkpoint(signed, "witness.example/w1", KEY, time=1_795_000_001)


def notes() -> Seeds:
    """Return signed notes (c2sp.org/signed-note)."""
    whole = checkpoint()
    body, _, lines = whole.partition(b"\n\n")
    return {
        "good-cosigned": whole,
        "good-signed": sign_checkpoint(
            Checkpoint(origin=ORIGIN, size=1, root=leaf_hash(leaf())), KEY
        ),
        "bad-empty": b"",
        "bad-no-signature": body + b"\n\n",
        "bad-no-empty-line": body + b"\n" + lines,
        "bad-no-line-end": whole[:-1],
        "bad-carriage-return": whole.replace(b"\n", b"\r\n"),
        "bad-hyphen": whole.replace("\u2014".encode(), b"-"),
        "bad-control-character": b"\x01" + whole,
        "bad-not-utf-8": b"\xff" + whole,
        "bad-signature-not-base64": body + b"\n\n" + "\u2014 name !!!!\n".encode(),
    }


def proofs() -> Seeds:
    """Return proofs of inclusion (c2sp.org/tlog-proof)."""
    plain = TlogProof(index=0, hashes=(bytes(32), bytes(range(32))), checkpoint=checkpoint())
    whole = plain.encode()
    extra = TlogProof(index=0, hashes=(), checkpoint=checkpoint(), extra=b"opaque")
    return {
        "good-plain": whole,
        "good-extra": extra.encode(),
        "bad-empty": b"",
        "bad-version": whole.replace(b"@v1", b"@v9", 1),
        "bad-no-index": whole.replace(b"index 0\n", b"", 1),
        "bad-leading-zero": whole.replace(b"index 0", b"index 00", 1),
        "bad-short-hash": whole.replace(b64encode(bytes(32)), b64encode(bytes(31)), 1),
        "bad-no-checkpoint": whole.partition(b"\n\n")[0] + b"\n\n",
        "bad-empty-extra": extra.encode().replace(b64encode(b"opaque"), b"", 1),
    }


def latches() -> Seeds:
    """Return latches."""
    whole = Latch(origin=ORIGIN, size=1, root=bytes(32), note_sha256=bytes(range(32)))
    data = whole.text().encode()
    return {
        "good-one": data,
        "bad-empty": b"",
        "bad-version": data.replace(b"@v1", b"@v2"),
        "bad-leading-zero": data.replace(b"\n1\n", b"\n01\n"),
        "bad-huge-size": data.replace(b"\n1\n", b"\n12345678901234567\n"),
        "bad-sixth-line": data + b"\n",
        "bad-carriage-return": data.replace(b"\n", b"\r\n"),
        "bad-spare-bits": data.replace(b64encode(bytes(32)), b64encode(bytes(32))[:-2] + b"B="),
    }


def key_files() -> Seeds:
    """Return OpenSSH private key files, unsealed (PROTOCOL.key)."""
    whole = key_file()
    return {
        "good-ed25519": whole,
        "bad-empty": b"",
        "bad-no-end": whole.partition(b"-----END")[0],
        "bad-public-key": b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== someone\n",
        "bad-check-words": key_file(check=b"\0\0\0\1\0\0\0\2"),
        "bad-cipher": key_file(cipher=b"rot13"),
        "bad-kind": key_file(kind=b"ssh-ed448"),
        "bad-two-keys": key_file(keys=2),
    }


def key_file(
    *,
    check: bytes = bytes(8),
    cipher: bytes = b"none",
    kind: bytes = b"ssh-ed25519",
    keys: int = 1,
) -> bytes:
    """Return a key file as PROTOCOL.key describes it, with what is to be wrong in it."""
    public, seed = KEY.public_key.raw, bytes(range(32))
    secret = check + text(kind) + text(public) + text(seed + public) + text(b"")
    secret += bytes(range(1, 1 + -len(secret) % 8))
    blob = b"openssh-key-v1\0" + text(cipher) + text(b"none") + text(b"")
    blob += keys.to_bytes(4) + text(text(kind) + text(public)) + text(secret)
    lines = b64encode(blob).decode()
    rows = "\n".join(lines[at : at + 70] for at in range(0, len(lines), 70))
    name = "OPENSSH PRIVATE " + "KEY"  # in parts, so that no scanner takes this line for a key
    return f"-----BEGIN {name}-----\n{rows}\n-----END {name}-----\n".encode()


def ssh_signatures() -> Seeds:
    """Return armored SSH signatures (PROTOCOL.sshsig), security keys included."""
    seeds = {
        f"good-{kind.partition('@')[0]}": armor(
            signature_blob(kind, b"message", namespace=b"file")
        ).encode()
        for kind in KINDS
        if "ecdsa" not in kind  # signed with a fresh nonce each time: these live in the tests
    }
    blob = signature_blob(KINDS[0], b"message", namespace=b"file")
    return seeds | {
        "bad-empty": b"",
        "bad-line-width": armor(blob, 64).encode(),
        "bad-magic": armor(b"X" + blob[1:]).encode(),
        "bad-version": armor(blob[:6] + (2).to_bytes(4) + blob[10:]).encode(),
        "bad-trailing-byte": armor(blob + b"\0").encode(),
        "bad-cut": armor(blob[:-1]).encode(),
        "bad-huge-length": armor(blob[:10] + b"\xff\xff\xff\xff" + blob[14:]).encode(),
        "bad-number-for-a-key": armor(blob[:10] + number(7) + blob[10:]).encode(),
    }


def dossiers() -> Seeds:
    """Return dossiers; the good ones are cases of the golden set."""
    case = json.loads((DOSSIER / "macron-bahamas.dossier.json").read_text("utf-8"))
    whole = json.dumps(case, ensure_ascii=False).encode()
    return {
        "good-case.json": whole,
        "bad-empty.json": b"",
        "bad-list.json": b"[]",
        "bad-version.json": whole.replace(b'"dossier": 1', b'"dossier": true', 1),
        "bad-key-twice.json": b'{"dossier": 1, "dossier": 1}',
        "bad-unknown-field.json": whole.replace(b"{", b'{"surprise": 1, ', 1),
        "bad-cut.json": whole[:-1],
        "bad-deep.json": b"[" * 5000,
        "good-case.yaml": (DOSSIER / "unsigned-letter.dossier.yaml").read_bytes(),
        "bad-tag.yaml": b"dossier: !!python/object:os.system 1\n",
        "bad-alias.yaml": b"dossier: &a 1\nrecords: *a\n",
        "bad-not-a-number.json": b'{"dossier": NaN}',
        "bad-long-number.json": b'{"dossier": ' + b"1" * 5000 + b"}",
    }


def manifests() -> Seeds:
    """Return manifests; no form is canonical, so good ones are only read."""
    digest = b"ab" * 32
    return {
        "good-sha256sum": digest + b"  a.txt\n" + b"cd" * 32 + b" *folder/b.txt\n",
        "good-tags": b"SHA256 (a.txt) = " + digest + b"\nSHA512 (b) = " + b"ab" * 64 + b"\n",
        "good-json": json.dumps([{"path": "a", "sha256": digest.decode(), "size": 3}]).encode(),
        "bad-md5": b"ab" * 16 + b"  a.txt\n",
        "bad-leaves-folder": digest + b"  ../a.txt\n",
        "bad-absolute": digest + b"  /etc/passwd\n",
        "bad-no-path": digest + b"\n",
        "bad-not-hex": b"xy" * 32 + b"  a.txt\n",
        "bad-contradiction": digest + b"  a\n" + b"cd" * 32 + b"  a\n",
        "bad-escape": b"\\" + digest + b"  a\\x\n",
        "bad-key-twice": b'[{"path": "a", "path": "b", "sha256": "' + digest + b'"}]',
        "bad-deep": b"[" * 5000,
    }


def mailboxes() -> Seeds:
    """Return mailboxes (RFC 4155); whatever the bytes, they are some messages or none."""
    start = b"From someone@example.org Mon Jan  6 12:00:00 2020\n"
    message = b"Subject: one\nMessage-ID: <one@example.org>\n\nbody\n>From quoted\n"
    return {
        "good-two": start + message + b"\n" + start + message,
        "good-empty-message": start + b"\n" + start + b"\n",
        "good-carriage-returns": (start + message).replace(b"\n", b"\r\n"),
        "good-no-line-end": start + message[:-1],
    }


def archives() -> Seeds:
    """Return zip archives."""
    whole = zipped({"a.txt": b"a\n", "folder/b.txt": b"b\n" * 40})
    return {
        "good-stored": zipped({"a.txt": b"a\n"}, zipfile.ZIP_STORED),
        "good-deflated": whole,
        "good-comment": zipped({"a.txt": b"a\n"}, comment=b"a comment"),
        "bad-cut-in-directory": whole[:-30],
        "bad-no-directory": whole[: whole.index(b"PK\x01\x02")],
        "bad-checksum": whole.replace(b"a.txt", b"b.txt", 1),
        "bad-stream": whole[:82] + b"\xff" * 3 + whole[85:],
        "bad-front-missing": whole[:4] + whole[20:],
    }


def zipped(
    members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b""
) -> bytes:
    """Return an archive whose members bear a fixed date."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.comment = comment
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return out.getvalue()


def main() -> None:
    """Write the folder anew."""
    for name, seeds in all_seeds().items():
        folder = CORPUS / name
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for label, data in seeds.items():
            (folder / label).write_bytes(data)


if __name__ == "__main__":
    main()
