"""What an Office signature says in Office's own words, read only where it is signed.

The time in the package object (ECMA-376 part 2, section 13) and the details that Office writes
([MS-OFFCRYPTO] 2.5.2.5): the name typed into a signature line, the stated reason, the line's
number. All of it is the signer's claim. An object that no matching reference covers is not read.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from provenance.signatures.containers.steps import Claims
from provenance.signatures.text import tame
from provenance.signatures.xmldsig.algorithms import DSIG
from provenance.signatures.xmldsig.reading import Element, attribute, text_value
from provenance.signatures.xmldsig.refusal import Found
from provenance.signatures.xmldsig.verifying import Verified
from provenance.signatures.xmldsig.xades import parse_time

_PACKAGE: Final = "{http://schemas.openxmlformats.org/package/2006/digital-signature}"
_OFFICE: Final = "{http://schemas.microsoft.com/office/2006/digsig}"


def read_claims(verified: Verified) -> Claims:
    """Return what the signed objects say."""
    moment, details = None, dict[str, str]()
    for one in signed_properties(verified):
        if one.tag == _PACKAGE + "SignatureTime":
            moment = _moment(one) or moment
        elif one.tag == _OFFICE + "SignatureInfoV1":
            details = _details(one) | details
    comments = details.get("SignatureComments")
    line = details.get("SetupID")
    return Claims(
        moment=moment,
        author=tame(details["SignatureText"], 200) if details.get("SignatureText") else None,
        covered=(f'the stated reason "{tame(comments, 500)}"',) if comments else (),
        codes=(f"signature-line-{tame(line, 60)}",) if line else (),
    )


def signed_properties(verified: Verified) -> Iterator[Element]:
    """Yield the contents of every SignatureProperty that is covered and about this signature."""
    covered = [
        one.element
        for one in verified.compared
        if one.found is Found.MATCHES and one.element is not None
    ]
    own = f"#{verified.signature.id}"
    for top in covered:
        holders = top if top.tag == DSIG + "Object" else [top]
        for holder in holders:
            if holder.tag == DSIG + "SignatureProperty":
                found = [holder]
            elif holder.tag == DSIG + "SignatureProperties":
                found = [one for one in holder if one.tag == DSIG + "SignatureProperty"]
            else:
                continue
            for one in found:
                if attribute(one, "Target") == own:
                    yield from (inner for inner in one if isinstance(inner.tag, str))


def _moment(element: Element) -> datetime | None:
    values = [one for one in element if one.tag == _PACKAGE + "Value"]
    return parse_time(text_value(values[0])) if len(values) == 1 else None


def _details(element: Element) -> dict[str, str]:
    return {
        str(one.tag).removeprefix(_OFFICE): text_value(one)
        for one in element
        if isinstance(one.tag, str) and not len(one)
    }
