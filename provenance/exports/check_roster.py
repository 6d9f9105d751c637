"""Who signed, and is anything missing: what the entries say together.

In order: the keys, by position in the log (`provenance.ledger.roster`), and every signature by the
key that was valid at its entry; `n` and `prev` of the desk's own entries and of the item's, which
must be of one item and end with the record of this very export; hand-overs, each acceptance with
the offer it answers; the heads that signers saw, each proved to be a head of this log; the file
allowed_signers, which must be the one that the roster gives.
A revocation after this package's checkpoint cannot be in it: a later package may show one.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from provenance.errors import Malformed
from provenance.exports.check_entries import Presented
from provenance.exports.check_log import SignedHead
from provenance.exports.checklist import Checklist
from provenance.exports.layout import HEADS, SIGNERS
from provenance.exports.opened import PackageFiles, read_file
from provenance.journal.roles import may_sign
from provenance.ledger.allowed_signers import allowed_signers
from provenance.ledger.audit_items import HANDOVER_TYPES, Items
from provenance.ledger.base64text import decode_base64
from provenance.ledger.findings import Detector, Finding, Findings, Level
from provenance.ledger.merkle import EMPTY_ROOT, HASH_SIZE, verify_consistency
from provenance.ledger.roster import KEY_TYPES, Roster, Standing
from provenance.records import DESK_ITEM

MAX_HEADS: Final = 64 << 20  # bytes; a line has some 900
MAX_SIGNERS: Final = 1 << 20  # bytes; a line has some 250
_SIZE: Final = re.compile(r"[1-9][0-9]{0,14}")
_STANDING: Final = {
    Standing.UNKNOWN_KEY: "is signed by a key that was not enrolled before it",
    Standing.REVOKED_KEY: "is signed by a key that had ended before it",
    Standing.WRONG_SIGNATURE: "has a wrong signature",
}


def check_signatures(entries: Sequence[Presented], head: SignedHead, out: Checklist) -> Roster:
    """Check keys and signatures; returns the roster as of the package's checkpoint."""
    roster = Roster(head.log_key.name)
    faults: list[str] = []
    for each in entries:
        if each.seq == 0:  # the genesis is judged by the roster that it lays down
            faults += _fed(roster, each)
        standing = roster.judge(each.seq, each.entry)
        if standing is not Standing.VALID:
            faults.append(f"Entry {each.seq} {_STANDING[standing]}.")
        elif each.seq > 0:
            faults += _fed(roster, each)
    if roster.genesis is None:
        faults.append("The genesis of the log is missing or does not stand: no key is known.")
    elif roster.genesis.log_key != head.log_key:
        faults.append("The genesis of the log names another log key.")
    text = f"All {len(entries)} entries are signed by keys that were enrolled before them."
    out.settle("signatures", faults, text)
    _check_roles(entries, roster, out)
    for key in roster:
        if key.compromised_since is not None:
            sentence = f"Key {key.key.kid} may have been in other hands from entry "
            out.unchecked("signatures", f"{sentence}{key.compromised_since} on: review those.")
    return roster


def check_chains(entries: Sequence[Presented], out: Checklist) -> bytes | None:
    """Check that nothing is missing, and the hand-overs; returns the item's id."""
    findings = Findings()
    items = Items(findings)
    for each in entries:
        items.follow(each.seq, each.entry, each.entry.leaf_hash)
        if each.entry.type in HANDOVER_TYPES:
            items.hand_over(each.seq, each.entry, each.entry.leaf_hash, each.fields)
    report = findings.report(len(entries), bytes(HASH_SIZE)).findings
    faults = [one.sentence for one in report if one.detector is Detector.ITEM_CHAIN]
    own = [each for each in entries if each.entry.item != DESK_ITEM]
    if len({each.entry.item for each in own}) != 1:
        faults.append("The entries are not of one item.")
    faults += _end(own)
    text = f"None of the item's {len(own)} entries is missing, up to the record of this export."
    out.settle("complete", faults, text)
    _say_handovers([one for one in report if one.detector is Detector.HANDOVER], out)
    return own[0].entry.item if own else None


def check_seen(
    files: PackageFiles, entries: Sequence[Presented], head: SignedHead, out: Checklist
) -> Mapping[int, bytes]:
    """Check that every head a signer saw is one of this log; returns size -> root of those proved.

    Raises:
        Malformed: the file of heads is missing or too large.
    """
    faults: list[str] = []
    proofs = _heads(read_file(files, HEADS, limit=MAX_HEADS))
    proved: dict[int, bytes] = {0: EMPTY_ROOT}
    for size, (root, proof) in proofs.items():
        now = head.checkpoint
        if verify_consistency(size1=size, size2=now.size, root1=root, root2=now.root, proof=proof):
            proved[size] = root
        else:
            faults.append(f"The head of {size} entries is not proved to be one of this log.")
    for each in entries:
        seen = each.entry.seen
        if seen.size > each.seq or proved.get(seen.size) != seen.root:
            faults.append(f"Entry {each.seq}: its signer saw a head that this log never had.")
    text = "Every head that a signer saw is a head of this log."
    out.settle("seen", faults, f"{text} ({len(proofs)} heads are proved.)")
    return proved


def check_allowed_signers(
    files: PackageFiles, entries: Sequence[Presented], roster: Roster, out: Checklist
) -> None:
    """Check that allowed_signers is the roster's.

    Raises:
        Malformed: the file is missing or too large.
    """
    times = {each.seq: each.entry.iat for each in entries}
    same = read_file(files, SIGNERS, limit=MAX_SIGNERS) == allowed_signers(roster, times).encode()
    faults = [] if same else ["allowed_signers is not the roster that these entries lay down."]
    out.settle("allowed-signers", faults, "allowed_signers names exactly the keys of the log.")


def _check_roles(entries: Sequence[Presented], roster: Roster, out: Checklist) -> None:
    faults = []
    for each in entries:
        key = roster.find(each.entry.kid)
        if key is not None and not may_sign(key.role, each.entry.type):
            faults.append(
                f"Entry {each.seq}: the role {key.role} of its key does not sign {each.entry.type}."
            )
    out.settle("roles", faults, "Every key signed only what its role allows.")


def _fed(roster: Roster, each: Presented) -> list[str]:
    if each.entry.type not in KEY_TYPES:
        return []
    fault = roster.feed(each.seq, each.entry, each.fields)
    return [f"Entry {each.seq}: {fault}"] if fault else []


def _end(own: Sequence[Presented]) -> list[str]:
    if not own:
        return ["There is no entry of an item."]
    last = own[-1]
    match last.fields.get("export"):
        case {"entries": int(count), "size": int(size)} if last.entry.type == "report.exported":
            if count == last.entry.n + 1 and size == last.seq + 1:
                return []
    return ["The last entry is not the record of this export: the end is missing."]


def _say_handovers(found: Sequence[Finding], out: Checklist) -> None:
    flags = [f"Entry {one.seq}: {one.sentence}" for one in found if one.level is Level.FLAG]
    out.settle("hand-overs", flags, "Every answer to an offer has two sides.")
    for one in found:
        if one.level is Level.NOTE:
            out.unchecked("hand-overs", f"Entry {one.seq}: {one.sentence}")


def _heads(data: bytes) -> dict[int, tuple[bytes, list[bytes]]]:
    heads: dict[int, tuple[bytes, list[bytes]]] = {}
    try:
        lines = data.decode("ascii").splitlines()
    except UnicodeDecodeError as error:
        raise Malformed("the list of heads is not ASCII") from error
    for line in lines:
        size, *hashes = line.split(" ")
        if not _SIZE.fullmatch(size) or not hashes or int(size) in heads:
            raise Malformed("the list of heads cannot be read")
        root, *proof = [decode_base64(each, length=HASH_SIZE) for each in hashes]
        heads[int(size)] = (root, proof)
    return heads
