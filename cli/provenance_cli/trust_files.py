"""Files and words that `prov trust` is given, read into a trust set."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from provenance.errors import Malformed, UsageError
from provenance.instants import parse_instant
from provenance.trust.model import DkimKey, DkimSource, Purpose, TrustSet
from provenance_cli.files import read_file

if TYPE_CHECKING:
    from provenance.trust.recognise import Particulars

MAX_RECORD: Final = 16_384  # bytes; a DKIM record of a 4096-bit key has about 800
_NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_-]+)*")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def particulars(
    purposes: list[str],
    *,
    person: str,
    how: str,
    source: str,
    begin: str | None,
    end: str | None,
) -> "Particulars":
    """Read the words that go with a file.

    Raises:
        UsageError: no such purpose, or a time that is none.
    """
    from provenance.trust.recognise import Particulars

    try:
        chosen = tuple(Purpose(one) for one in purposes)
    except ValueError as error:
        raise UsageError(f"--purpose is one of {', '.join(Purpose)}") from error
    first, last = (parse_instant(one) if one else None for one in (begin, end))
    if first and last and last < first:
        raise UsageError("--to lies before --from: it would never be relied on")
    return Particulars(
        purposes=chosen,
        person=person,
        how=how,
        source=source,
        valid_from=first,
        valid_to=last,
    )


def recognise_file(path: Path, said: "Particulars") -> TrustSet:
    """Read one file.

    Raises:
        NotFound: it is not there.
        Malformed: it is nothing to rely on.
    """
    from provenance.trust.recognise import MAX_FILE, recognise

    try:
        return recognise(read_file(path, MAX_FILE), said)
    except Malformed as error:
        raise Malformed(f"{path}: {error}") from error


def read_dkim(
    path: Path,
    *,
    domain: str,
    selector: str,
    source: str,
    evidence: str,
    times: tuple[str | None, str | None, str | None],
) -> TrustSet:
    """Read a DNS key record from a file, with who has seen it when.

    Raises:
        UsageError: no domain name, no such source, or the window ends before it begins.
        Malformed: not a DKIM key record, or the private key itself.
    """
    names = [one.lower().rstrip(".") for one in (domain, selector)]
    if not all(_NAME.fullmatch(one) for one in names):
        raise UsageError("a domain and a selector are names as in DNS (A-labels)")
    if source not in tuple(DkimSource):
        raise UsageError(f"--source is one of {', '.join(DkimSource)}")
    first, last, published = (parse_instant(one) if one else None for one in times)
    if first and last and last < first:
        raise UsageError("--last-seen lies before --first-seen")
    text = _public(path).decode("utf-8", "replace").strip()
    if '"' in text:  # quoted strings, to be joined (RFC 6376 section 3.6.2.2)
        text = "".join(re.findall(r'"([^"]*)"', text))
    tags = dict(re.findall(r"(?:^|;)\s*(\w+)\s*=\s*([^;]*)", text))
    if "p" not in tags or tags.get("v", "DKIM1").strip() != "DKIM1":
        raise Malformed(f"{path}: not a DKIM key record (RFC 6376 3.6.1: v=DKIM1 and p=)")
    key = DkimKey(
        domain=names[0],
        selector=names[1],
        record=text,
        source=DkimSource(source),
        first_seen=first,
        last_seen=last,
        private_key_published_at=published,
        evidence=evidence,
    )
    return TrustSet(dkim_keys=(key,))


def _public(path: Path) -> bytes:
    """Read a file that is to hold a record of DNS, and refuse the private key that goes with it."""
    from provenance.trust.private_keys import refuse_private_key

    data = read_file(path, MAX_RECORD)
    try:
        refuse_private_key(data)
    except Malformed as error:
        raise Malformed(f"{path}: {error}") from error
    return data


def read_compromised(what: str) -> TrustSet:
    """Return a set of the public key that is in the wrong hands.

    Raises:
        UsageError: neither a digest nor a certificate file.
    """
    if _DIGEST.fullmatch(what.lower()):
        return TrustSet(compromised_spki=(what.lower(),))
    from asn1crypto import x509

    from provenance.signatures.certificates import spki_sha256
    from provenance.trust.recognise import Particulars

    found = recognise_file(Path(what), Particulars(purposes=(Purpose.PDF,))).anchors
    if not found:
        raise UsageError("name a certificate file, or the SHA-256 of a public key")
    keys = (spki_sha256(x509.Certificate.load(one.der)) for one in found)
    return TrustSet(compromised_spki=tuple(keys))
