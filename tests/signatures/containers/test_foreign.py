"""Another verifier says the same of what our signer makes, good and bad (Debian: xmlsec1)."""

import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from provenance.signatures.axes import Headline, Integrity
from tests.hostile.containers.forge import edited, swapped
from tests.signatures.containers.conftest import Parties
from tests.signatures.containers.judge import judge, only
from tests.signatures.containers.packages import (
    Members,
    asic_files,
    office_references,
    sign_asic,
    sign_odf,
    sign_office,
    text_document,
    word_document,
    zipped,
)
from tests.signatures.containers.signing import DSIG, XADES, Maker

XMLSEC = shutil.which("xmlsec1")
pytestmark = pytest.mark.skipif(XMLSEC is None, reason="xmlsec1 is not installed")

_OFFICE = "_xmlsignatures/sig1.xml"
_ODF = "META-INF/documentsignatures.xml"
_ASIC = "META-INF/signatures001.xml"


def holds(members: Members, file: str, folder: Path) -> bool:
    """Ask the other verifier, in the unpacked package."""
    with zipfile.ZipFile(BytesIO(zipped(members))) as archive:
        archive.extractall(folder)
    maps: list[str] = []
    for one in office_references(word_document()):
        maps += [f"--url-map:{one.uri}", one.uri.partition("?")[0].lstrip("/")]
    done = subprocess.run(
        [
            str(XMLSEC),
            "--verify",
            "--insecure",  # certificates are not what is compared here
            *("--id-attr:Id", f"{DSIG}:Object"),
            *("--id-attr:Id", f"{XADES}:SignedProperties"),
            *("--node-xpath", "//*[local-name()='Signature']"),
            *maps,
            file,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    wrong = "SignedInfo References (ok/all): 0/0" in done.stderr
    counted = [line for line in done.stderr.splitlines() if "Manifests References" in line]
    whole = all(line.split(": ")[1].split("/")[0] == line.split("/")[-1] for line in counted)
    return done.returncode == 0 and not wrong and whole


def makers(parties: Parties) -> list[Maker]:
    """Signers of every sort that the other verifier knows."""
    return [
        Maker(parties.ann),
        Maker(parties.rsa),
        Maker(parties.rsa, digest="sha512"),
        Maker(parties.rsa, digest="sha1", xades=False),
        Maker(parties.ann, exclusive=True),
    ]


def test_good_signatures_hold_for_both(parties: Parties, tmp_path: Path) -> None:
    """Office with manifest and relationships, OpenDocument, ASiC."""
    for number, maker in enumerate(makers(parties)):
        for name, members in (
            (_OFFICE, sign_office(word_document(), maker)),
            (_ODF, sign_odf(text_document(), maker)),
            (_ASIC, sign_asic(asic_files(), maker)),
        ):
            folder = tmp_path / f"{number}-{Path(name).stem}"
            assert only(judge(zipped(members))).integrity is Integrity.INTACT, name
            assert holds(members, name, folder), (number, name)


def test_bad_signatures_hold_for_neither(parties: Parties, tmp_path: Path) -> None:
    """A changed part, a changed link, a changed text, a changed file."""
    maker = Maker(parties.rsa)
    office = sign_office(word_document(), maker)
    bad = [
        (_OFFICE, edited(office, "word/document.xml", swapped("March", "April"))),
        (_OFFICE, edited(office, "word/_rels/document.xml.rels", swapped("desk.", "evil."))),
        (_ODF, edited(sign_odf(text_document(), maker), "content.xml", swapped("March", "May"))),
        (_ASIC, edited(sign_asic(asic_files(), maker), "contract.txt", swapped("is", "was"))),
    ]
    for number, (name, members) in enumerate(bad):
        assert judge(zipped(members)).headline is Headline.BROKEN
        assert not holds(members, name, tmp_path / str(number)), (number, name)
