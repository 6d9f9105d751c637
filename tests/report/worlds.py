"""A fixed report to test with: the unsigned letter of 6 January 2020, as a desk might have kept it.

Invented: the desk, its people, keys, digests, sources and file names. What officials said in public
is abridged from the published record. Values only; no desk, key or clock is needed.
"""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from provenance.report.item_parts import (
    Arrival,
    Custody,
    CustodyLine,
    Exemplar,
    Gap,
    IntegrityCheck,
    SignatureCard,
    ToolRun,
)
from provenance.report.ledger_parts import (
    Absence,
    Command,
    EntryLine,
    KeyLine,
    Omission,
    OpenQuestion,
    TreeHead,
)
from provenance.report.model import ReportModel
from provenance.report.verdict_parts import (
    Column,
    FacetPart,
    SignedVerdict,
    Stance,
    Statement,
    Suggestion,
)

AMAL, BEN, CHIDI = "k1:9f2c41d07a55", "k1:03be77a1c2f0", "k1:c8d19e402b6a"
NAMES = {AMAL: "Amal Haddad", BEN: "Ben Osei", CHIDI: "Chidi Okafor"}
HEADLINE = (
    "AUTHENTIC DRAFT, DISOWNED BY ISSUER - unsigned/draft; not sanctioned (issuer's word);"
    " delivered; US leaves Iraq claimed and denied; wording may be quoted; do not write"
    " 'issuer says withdrawal'"
)
WORDING = (
    "The letter is a genuine draft from the command it names. It was not signed and not meant to be"
    " sent, yet it reached the Iraqi side. The issuer disowns what it plainly says."
)


def at(day: int, clock: str) -> datetime:
    """Return an instant of January 2020, UTC."""
    hour, minute = clock.split(":")
    return datetime(2020, 1, day, int(hour), int(minute), tzinfo=UTC)


def digest(text: str) -> str:
    """Return a made-up but fixed digest."""
    return sha256(text.encode()).hexdigest()


def sample_model() -> ReportModel:
    """Return the internal report on the unsigned letter."""
    return ReportModel(
        desk="desk.example.org/2020",
        number="2020-0001-R3",
        made_at=at(9, "16:40"),
        prepared_by=NAMES[AMAL],
        accession="2020-0001",
        item="5be1f07c9a3d4e6288410c77d2e9ab13",
        title="The Baghdad letter (Seely), photograph and PDF",
        public_title="The letter on “onward movement” of 6 January 2020",
        case="Iraq withdrawal letter",
        question="Did the US command tell Iraq that its troops will leave?",
        authority="Public interest; photograph also circulating in public since 6 January 2020",
        in_charge=NAMES[CHIDI],
        exemplars=_exemplars(),
        custody=_custody(),
        integrity=_integrity(),
        statements=_statements(),
        suggestion=_suggestion(),
        verdicts=_verdicts(),
        open_questions=(
            OpenQuestion(
                text="Whether a signed copy exists: the recipient says so, the issuer says not.",
                public_text="Whether a signed copy exists: the recipient says so, the issuer"
                " says not.",
            ),
            OpenQuestion(
                text="Copy 2 was not compared with the paper original; S-14 holds it.",
            ),
        ),
        omissions=(
            Omission(
                absence=Absence.ERASED,
                what="a note on the meeting at which copy 2 was handed over",
                entries=(9,),
            ),
        ),
        entries=_entries(),
        tree_head=TreeHead(
            note="desk.example.org/2020\n41\nxM6tXhKq0X4oQf8jJ0m2c5s1mZpQb1c4oVb0l2m3n4o=\n\n"
            "— desk.example.org/2020 mLw9zQ5V0m1Qm7bq8l1nqXv3b2J9y0c6k4n8r2t6u1w5z9A3d7g=\n",
            size=41,
            log_key="desk.example.org/2020+98bc3dcd+AVq0m1Qm7bq8l1nqXv3b2J9y0c6k4n8r2t6u1w5z9A3",
        ),
        keys=tuple(
            KeyLine(
                kid=kid,
                name=name,
                public_key=f"ed25519:{digest(kid)[:43]}",
                entry=number,
            )
            for number, (kid, name) in enumerate(NAMES.items(), start=1)
        ),
        commands=(
            Command(
                line="prov --desk /srv/desk audit",
                answers="Did the evidence change? Did the log change?",
            ),
            Command(line="prov verdict why 2020-0001", answers="Every step of the reasoning."),
        ),
    )


def bare_model() -> ReportModel:
    """Return a report in which everything that may be absent is absent."""
    return ReportModel(
        desk="d",
        number="1",
        made_at=at(1, "00:00"),
        prepared_by="",
        accession="2020-0002",
        item="0" * 32,
    )


def hostile_model(text: str) -> ReportModel:
    """Return the sample with `text` wherever a document or a source could have put it."""
    model = sample_model()
    copy = model.exemplars[0]
    arrival = replace(copy.arrivals[0], name=text, channel=text)
    card = SignatureCard(headline="UNSIGNED", sentences=(text,), detectors=(text,))
    run = ToolRun(tool=text, version=text, result=text, jail=text)
    statement = replace(
        model.statements[0], id=text, voice=text, speaker=text, quote=text, note=text
    )
    facet = FacetPart(name=text, label="OPEN", why=(text,), proposition=text)
    line = replace(model.custody.lines[0], who=text, sentence=text)
    suggestion = Suggestion(base=text, facets=(facet,), why=(text,), modifiers=(text,))
    return replace(
        model,
        title=text,
        case=text,
        exemplars=(
            replace(copy, arrivals=(arrival,), signature=card, examinations=(run,), form=text),
        ),
        custody=replace(model.custody, lines=(line,), remarks=(text,), holder=text),
        statements=(statement,),
        suggestion=suggestion,
        verdicts=(replace(model.verdicts[0], headline=text, public_wording=text, author=text),),
        open_questions=(OpenQuestion(text=text),),
    )


def _exemplars() -> tuple[Exemplar, ...]:
    return (
        Exemplar(
            number=1,
            form="photograph of paper",
            media_type="image/jpeg",
            sha256=digest("photo"),
            sha512=digest("photo") + digest("photo 512"),
            blake3=digest("photo b3"),
            size=482_113,
            published=True,
            arrivals=(
                Arrival(
                    entry=5,
                    at=at(6, "19:04"),
                    name="WhatsApp Image 2020-01-06.jpeg",
                    source="S-7",
                    channel="signal",
                    claim="unclaimed",
                ),
                Arrival(entry=8, at=at(6, "19:31"), name="letter.jpg", channel="public web"),
            ),
            signature=SignatureCard(
                headline="TYPED_NAME",
                sentences=(
                    (
                        "A name is typed where a signature belongs (“William H. Seely III”); anyone"
                        " can type a name."
                    ),
                    "Not checked: ink under the resolution of this photograph.",
                ),
                public_sentences=(
                    "A name is typed where a signature belongs; anyone can type a name.",
                ),
                detectors=("image-regions", "c2pa"),
            ),
            examinations=(
                ToolRun(
                    tool="identify",
                    version="0.1.0",
                    result="JPEG, 1200 x 1600, no camera data",
                    jail="full: no network, no files, 20 s, 512 MiB",
                    entry=6,
                    public_result="JPEG without camera data",
                ),
                ToolRun(
                    tool="c2pa",
                    version="0.1.0",
                    result="no content credentials",
                    jail="full: no network, no files, 20 s, 512 MiB",
                    entry=7,
                    public_result="no content credentials",
                ),
            ),
        ),
        Exemplar(
            number=2,
            form="scan",
            media_type="application/pdf",
            sha256=digest("scan"),
            sha512=digest("scan") + digest("scan 512"),
            blake3=digest("scan b3"),
            size=1_204_552,
            arrivals=(
                Arrival(
                    entry=10,
                    at=at(7, "08:15"),
                    name="MFR_06JAN_copy-4.pdf",
                    source="S-14",
                    channel="in person",
                    claim="match",
                ),
            ),
            signature=SignatureCard(
                headline="EMPTY_SLOT",
                sentences=("There is a place for a signature on page 1, and it is empty.",),
                public_sentences=("There is a place for a signature on page 1, and it is empty.",),
                detectors=("pdf", "image-regions"),
                detectors_failed=("xmldsig: worker stopped after 20 s",),
            ),
            examinations=(
                ToolRun(tool="pdf-facts", version="0.1.0", result="", ran=False, entry=12),
            ),
        ),
    )


def _line(
    entry: int,
    kind: str,
    when: datetime,
    kid: str,
    words: str,
    public: str,
    *,
    agree: bool | None = None,
) -> CustodyLine:
    return CustodyLine(
        entry=entry,
        type=kind,
        at=when,
        who=NAMES[kid],
        sentence=words,
        agree=agree,
        without_source=kind != "item.received",
        public_who="a custodian of the desk",
        public_sentence=public,
    )


def _custody() -> Custody:
    received, by_web = "received “{}” from {} by {}", "received again “letter.jpg” by public web"
    photo = received.format("WhatsApp Image 2020-01-06.jpeg", "S-7", "signal")
    scan = received.format("MFR_06JAN_copy-4.pdf", "S-14", "in person")
    accepted = "accepted; bytes re-read: same bytes"
    return Custody(
        lines=(
            _line(5, "item.received", at(6, "19:04"), AMAL, photo, "received by the desk"),
            _line(8, "item.received", at(6, "19:31"), AMAL, by_web, "received by the desk"),
            _line(10, "item.received", at(7, "08:15"), BEN, scan, "received by the desk"),
            _line(
                13,
                "transfer.offered",
                at(7, "08:40"),
                BEN,
                "offered to Amal Haddad by hand, for: comparison with the photograph",
                "offered to another custodian",
            ),
            _line(
                14,
                "transfer.accepted",
                at(7, "09:02"),
                AMAL,
                accepted,
                "accepted by another custodian; bytes re-read: same bytes",
                agree=True,
            ),
            _line(
                22,
                "fixity.checked",
                at(8, "06:00"),
                AMAL,
                "bytes re-read: same bytes",
                "bytes re-read: same bytes",
                agree=True,
            ),
            _line(
                33,
                "accessed",
                at(9, "10:12"),
                CHIDI,
                "looked at, for: countersigning version 2",
                "looked at by a custodian",
            ),
        ),
        holder=NAMES[AMAL],
        gaps=(
            Gap(
                after_entry=14,
                before_entry=22,
                seconds=75_480,
                explanation="in the safe overnight; the safe has no log",
            ),
        ),
        remarks=("entry 9 was erased at the request of S-14",),
        public_remarks=("one entry was erased at a source's request",),
    )


def _integrity() -> tuple[IntegrityCheck, ...]:
    return (
        IntegrityCheck(
            at=at(7, "09:02"), exemplar=1, agree=True, tool="prov custody accept", entry=14
        ),
        IntegrityCheck(
            at=at(7, "09:02"), exemplar=2, agree=True, tool="prov custody accept", entry=14
        ),
        IntegrityCheck(at=at(8, "06:00"), exemplar=1, agree=True, tool="prov audit", entry=22),
        IntegrityCheck(
            at=at(8, "06:00"),
            exemplar=2,
            agree=None,
            tool="prov audit",
            note="the disk in the safe was not mounted",
        ),
    )


def _said(
    key: str,
    when: datetime,
    voice: str,
    speaker: str,
    stances: str,
    *,
    entry: int,
    on_record: bool = True,
    kind: str = "statement",
    quote: str = "",
    note: str = "",
    source: str = "",
    relays: tuple[str, ...] = (),
    flags: tuple[str, ...] = (),
) -> Statement:
    """Return a statement; `stances` is like `+origin:3 -execution:2 0mandate`."""
    signs = {"+": 1, "-": -1, "0": 0}
    found = []
    for text in stances.split("|"):
        facet, _, grade = text[1:].rpartition("/")
        found.append(
            Stance(
                facet=facet or text[1:],
                sign=signs[text[0]],
                grade=int(grade) if facet else None,
            )
        )
    return Statement(
        id=key,
        recorded_at=when,
        said_at=when if on_record and kind == "statement" else None,
        voice=voice,
        speaker=speaker,
        on_record=on_record,
        stances=tuple(found),
        entry=entry,
        kind=kind,
        quote=quote,
        note=note,
        source=source,
        relays=relays,
        flags=flags,
    )


def _statements() -> tuple[Statement, ...]:
    dod, army = "US DoD", "Iraqi military"
    return (
        _said(
            "e1.image",
            at(6, "19:50"),
            "exhibit image",
            "Amal Haddad",
            "-execution/2|+origin/1",
            entry=11,
            kind="finding",
            note="typed name, no ink in the signature block; letterhead and form consistent",
        ),
        _said(
            "e2.text",
            at(6, "20:05"),
            "letter text",
            "close reading",
            "+reading:withdrawal/2",
            entry=12,
            kind="reading",
            quote="We respect your sovereign decision to order our departure.",
        ),
        _said(
            "s1.src",
            at(6, "20:20"),
            army,
            "an officer in the joint command",
            "+origin/2|+delivery/1",
            entry=15,
            on_record=False,
            source="S-7",
            note="known to this desk since 2017; called from a second number",
        ),
        _said(
            "s1.reuters",
            at(6, "20:31"),
            "Reuters",
            "Reuters",
            "+origin/2|+delivery/1",
            entry=16,
            kind="relay",
            relays=("s1.src",),
        ),
        _said(
            "s5.headline",
            at(6, "20:50"),
            "headlines",
            "headlines",
            "+content:US leaves Iraq/1|+reading:withdrawal/2",
            entry=17,
            kind="relay",
            relays=("e2.text",),
            flags=("overreach",),
        ),
        _said(
            "s6.esper",
            at(6, "21:10"),
            dod,
            "Mark Esper, Secretary of Defense",
            "0origin|-content:US leaves Iraq/1|-mandate/1",
            entry=18,
            quote="There's been no decision made to leave Iraq, period.",
        ),
        _said(
            "s7.milley",
            at(6, "21:40"),
            dod,
            "Gen. Mark Milley, chairman of the joint chiefs",
            "+origin/3|+integrity/3|-execution/2|-mandate/1|+reading:withdrawal/4",
            entry=19,
            quote="That letter is a draft. It was a mistake, it was unsigned, it should not have"
            " been released. Poorly worded, implies withdrawal. That's not what's happening.",
        ),
        _said(
            "s8.milley2",
            at(6, "22:15"),
            dod,
            "Gen. Mark Milley, after calling Central Command",
            "+origin/4|+delivery/4|-execution/2|-mandate/1",
            entry=20,
            quote="It was sent over to some key Iraqi military guys to get things coordinated for"
            " air movements. It should not have been sent.",
        ),
        _said(
            "s9.def",
            at(7, "07:00"),
            dod,
            "a defence official on the Iraq desk",
            "-execution/1|-reading:withdrawal/1",
            entry=21,
            on_record=False,
            note="background only; do not describe further",
        ),
        _said(
            "s12.pm",
            at(8, "14:00"),
            "Iraqi PM office",
            "Adil Abdul-Mahdi",
            "+origin/3|+delivery/3|+execution@recipient/1|+reading:withdrawal/3",
            entry=23,
            quote="It's an official letter. It's not a paper that fell off the printer.",
        ),
        _said(
            "s13.esper",
            at(9, "08:30"),
            dod,
            "Mark Esper, Secretary of Defense",
            "-execution@recipient/1|-execution/1",
            entry=27,
            quote="An unsigned draft. No signed letter, to the best of my knowledge.",
        ),
    )


def _facet(
    name: str,
    label: str,
    support: Column,
    opposition: Column,
    why: tuple[str, ...],
    proposition: str = "",
) -> FacetPart:
    public = tuple(line.replace(" (source S-7)", "") for line in why)
    return FacetPart(
        name=name,
        label=label,
        support=support,
        opposition=opposition,
        why=why,
        public_why=public,
        proposition=proposition,
    )


def _suggestion() -> Suggestion:
    none = Column()
    return Suggestion(
        base="AUTHENTIC",
        words=("DRAFT", "DISOWNED BY ISSUER"),
        modifiers=tuple(HEADLINE.partition(" - ")[2].split("; ")),
        lead="AUTHENTIC DRAFT, DISOWNED BY ISSUER",
        public_lead="AUTHENTIC DRAFT, DISOWNED BY ISSUER",
        rules_version="1",
        as_of=at(9, "12:00"),
        input_digest=digest("inputs v2"),
        facets=(
            _facet(
                "origin",
                "ESTABLISHED",
                Column(strength=4, lines_from=4, lines_to=7, best=("s8.milley2",), choke=()),
                none,
                (
                    (
                        "ESTABLISHED. 4 to 7 independent lines support it, strength 4 of 4; nothing"
                        " opposes it."
                    ),
                    "The best is s8.milley2: named, on record, against interest.",
                    "s1.src (source S-7) says so too, and adds a line of its own.",
                    "Without s8.milley2: CONFIRMED.",
                ),
                "made by or in the office of the purported author",
            ),
            _facet(
                "integrity",
                "CONFIRMED",
                Column(
                    strength=3, lines_from=1, lines_to=1, best=("s7.milley",), choke=("US DoD",)
                ),
                none,
                (
                    "CONFIRMED. One line supports it, strength 3 of 4.",
                    (
                        "s7.milley concedes the wording against interest: “poorly worded, implies"
                        " withdrawal”."
                    ),
                    "One more independent credible line would make it ESTABLISHED.",
                ),
                "this exemplar says what left the author",
            ),
            _facet(
                "execution",
                "REFUTED",
                none,
                Column(strength=3, lines_from=2, lines_to=5, best=("e1.image",)),
                (
                    "REFUTED. 2 to 5 independent lines oppose it, strength 3 of 4.",
                    "e1.image finds no ink in the signature block; s7.milley says unsigned.",
                ),
                "complete as its form requires (signed, sealed, issued)",
            ),
            _facet(
                "execution@recipient",
                "CLAIM v DENIAL",
                Column(strength=1, lines_from=1, lines_to=1, best=("s12.pm",)),
                Column(strength=1, lines_from=1, lines_to=1, best=("s13.esper",)),
                (
                    "CLAIM v DENIAL. Each side has the word of one interested party and no more.",
                    "The recipient says a signed copy came; the issuer knows of none.",
                ),
                "the recipient's copy is complete as its form requires",
            ),
            _facet(
                "mandate",
                "DENIED ONLY",
                none,
                Column(strength=1, lines_from=1, lines_to=3, best=("s7.milley",)),
                ("DENIED ONLY. The issuer alone denies it, in its own interest.",),
                "issued with authority",
            ),
            _facet(
                "delivery",
                "ESTABLISHED",
                Column(strength=4, lines_from=3, lines_to=4, best=("s8.milley2",)),
                Column(strength=1, lines_from=1, lines_to=1),
                (
                    (
                        "ESTABLISHED. 3 to 4 independent lines support it, strength 4 of 4; one"
                        " paraphrase opposes it and loses to the same man's quoted words."
                    ),
                ),
                "reached its addressee",
            ),
            _facet(
                "reading:withdrawal",
                "ESTABLISHED",
                Column(strength=4, lines_from=3, lines_to=3, best=("s7.milley",)),
                Column(strength=1, lines_from=1, lines_to=1, best=("s9.def",)),
                (
                    (
                        "ESTABLISHED. The letter plainly says so; even its issuer concedes that it"
                        " implies withdrawal."
                    ),
                ),
                "the document says or plainly means this",
            ),
            _facet(
                "content:US leaves Iraq",
                "CLAIM v DENIAL",
                Column(strength=1, lines_from=1, lines_to=1, best=("s5.headline",)),
                Column(strength=1, lines_from=1, lines_to=3, best=("s6.esper",)),
                (
                    (
                        "CLAIM v DENIAL. Headlines say more than their source; the issuer denies it"
                        " in its own interest."
                    ),
                ),
                "the claim is true",
            ),
        ),
        why=("s5.headline says more than the text it relays: flagged as overreach.",),
        public_why=("s5.headline says more than the text it relays: flagged as overreach.",),
    )


def _verdicts() -> tuple[SignedVerdict, ...]:
    return (
        SignedVerdict(
            version=1,
            state="published",
            headline=HEADLINE,
            signed_at=at(6, "23:05"),
            author=NAMES[AMAL],
            author_kid=AMAL,
            countersigners=(NAMES[CHIDI],),
            countersigned_at=(at(6, "23:40"),),
            public_wording="The letter is a genuine draft. It was unsigned and disowned, but it"
            " was delivered.",
            as_of=at(6, "22:30"),
            input_digest=digest("inputs v1"),
            superseded_by=2,
            entries=(24, 25),
        ),
        SignedVerdict(
            version=2,
            state="corrected",
            headline=HEADLINE,
            signed_at=at(9, "12:20"),
            author=NAMES[AMAL],
            author_kid=AMAL,
            countersigners=(NAMES[CHIDI],),
            countersigned_at=(at(9, "13:05"),),
            public_wording=WORDING,
            as_of=at(9, "12:00"),
            input_digest=digest("inputs v2"),
            reason_class="new evidence",
            reason="The prime minister says he holds a signed copy",
            freshness="CURRENT",
            entries=(30, 34),
        ),
    )


def _entries() -> tuple[EntryLine, ...]:
    custody = {line.entry: (line.type, line.at, line.who) for line in _custody().lines}
    spoken = {
        one.entry: (one.kind if one.kind == "relay" else "statement", one.recorded_at, NAMES[AMAL])
        for one in _statements()
        if one.entry is not None and one.kind not in {"finding", "reading"}
    }
    examined = {
        number: ("finding", at(6 if number < 9 else 7, "19:40"), NAMES[AMAL])
        for number in (6, 7, 11, 12)
    }
    acts = {
        9: ("note", at(7, "08:20"), NAMES[BEN]),
        24: ("verdict.signed", at(6, "23:00"), NAMES[AMAL]),
        25: ("verdict.countersigned", at(6, "23:05"), NAMES[CHIDI]),
        30: ("verdict.corrected", at(9, "12:05"), NAMES[AMAL]),
        34: ("verdict.countersigned", at(9, "12:20"), NAMES[CHIDI]),
    }
    kids = {name: kid for kid, name in NAMES.items()}
    return tuple(
        EntryLine(
            entry=number,
            type=kind,
            leaf_hash=digest(f"leaf {number}"),
            at=when,
            kid=kids[who],
            signer=who,
        )
        for number, (kind, when, who) in sorted((custody | spoken | examined | acts).items())
    )
