"""From facet levels to the suggested headline. A table, first match wins; a human signs.

Base, first match: FABRICATED (origin <= -3); PROBABLY FABRICATED (-2); DISPUTED (origin or
integrity contested); ALTERED (origin >= 2, integrity <= -2); AUTHENTIC (origin >= 3, integrity >=
2, all mandatory checks done); PROBABLY AUTHENTIC (origin >= 2); UNVERIFIED.
Words are added to an authentic base only. Modifiers come in one fixed order on any base, except
the first three, which explain what an authentic base lacks. DISOWNED is a speech act on file, not
a level: a live record on file in which the issuer denies mandate.
"""

from dataclasses import dataclass

from provenance.verdict import wording
from provenance.verdict.assessment import Facet, Headline, Side
from provenance.verdict.dossier import Dossier, Kind, Record
from provenance.verdict.facets import claim_of, family_of
from provenance.verdict.liveness import Survey
from provenance.verdict.wording import MODIFIERS

CONFIRMED = 3  # level from which a facet is stated without "probably"
PROBABLE = 2
PHOTO = "photo"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadlineInput:
    """What the table looks at."""

    dossier: Dossier
    survey: Survey
    facets: dict[str, Facet]
    missing_checks: tuple[str, ...]

    def facet(self, name: str) -> Facet:
        """Return the facet, OPEN when nothing is recorded."""
        return self.facets.get(name) or Facet(name=name, support=Side(), opposition=Side())

    def level(self, name: str) -> int:
        """Return the signed level of a facet."""
        return self.facet(name).level

    def of_family(self, family: str) -> list[Facet]:
        """Return the facets of a family, by name."""
        found = [facet for name, facet in self.facets.items() if family_of(name) == family]
        return sorted(found, key=lambda facet: facet.name)

    def live_on_file(self) -> list[Record]:
        """Return the records that count and whose words have reached the desk."""
        survey = self.survey
        return [survey.records[key] for key in survey.live if key in survey.on_file]


def headline_for(given: HeadlineInput) -> Headline:
    """Return the suggested headline."""
    base = _base(given)
    authentic = base.endswith(wording.AUTHENTIC)
    words = _words(given) if authentic else ()
    advice = tuple(filter(None, (_quotable(given, f) for f in given.of_family("attribution"))))
    modifiers = (*(_shortcomings(given) if authentic else ()), *_facts(given), *advice)
    public = words
    if given.dossier.item_class == PHOTO:
        public = tuple(wording.STAGED if w == wording.FALSE_CONTENT else w for w in words)
    return Headline(
        base=base,
        words=words,
        modifiers=modifiers,
        advice=advice,
        lead=_join(base, words),
        public_lead=_join(base, public),
    )


def _join(base: str, words: tuple[str, ...]) -> str:
    draft = [f"{base} {wording.DRAFT}" if wording.DRAFT in words else base]
    return ", ".join([*draft, *(word for word in words if word != wording.DRAFT)])


def _base(given: HeadlineInput) -> str:
    origin, integrity = given.level("origin"), given.level("integrity")
    contested = "CONTESTED" in {given.facet("origin").label, given.facet("integrity").label}
    if origin <= -CONFIRMED:
        return wording.FABRICATED
    if origin == -PROBABLE:
        return wording.PROBABLY_FABRICATED
    if contested:
        return wording.DISPUTED
    if origin >= PROBABLE and integrity <= -PROBABLE:
        return wording.ALTERED
    if _could_be_authentic(given) and not given.missing_checks:
        return wording.AUTHENTIC
    return wording.PROBABLY_AUTHENTIC if origin >= PROBABLE else wording.UNVERIFIED


def _could_be_authentic(given: HeadlineInput) -> bool:
    return given.level("origin") >= CONFIRMED and given.level("integrity") >= PROBABLE


def _words(given: HeadlineInput) -> tuple[str, ...]:
    central = given.dossier.central_claim
    claims = given.of_family("content")
    false = [f for f in claims if f.level <= -CONFIRMED and central in {None, claim_of(f.name)}]
    checks = (
        (wording.DRAFT, given.level("execution") <= -PROBABLE),
        (wording.FALSE_CONTENT, bool(false)),
        (wording.MISREAD, any(f.level <= -PROBABLE for f in given.of_family("reading"))),
        (wording.DISOWNED, _disowned(given)),
    )
    return tuple(word for word, holds in checks if holds)


def _disowned(given: HeadlineInput) -> bool:
    """Whether the issuer's denial of mandate is on file: said by it, or passed on to us."""
    issuer = given.dossier.issuer
    return issuer is not None and any(
        record.voice == issuer and record.kind is Kind.STATEMENT and _denies_mandate(record)
        for record in given.live_on_file()
    )


def _denies_mandate(record: Record) -> bool:
    return any(a.facet == "mandate" and a.sign < 0 for a in record.asserts)


def _shortcomings(given: HeadlineInput) -> tuple[str, ...]:
    """What an authentic base lacks: a second line, integrity, examinations."""
    found: list[str] = []
    if given.facet("origin").support.lines[0] == 1:
        found.append(MODIFIERS["one line"])
    if given.level("integrity") < PROBABLE:
        found.append(MODIFIERS["integrity"])
    if given.missing_checks and _could_be_authentic(given):
        found.append(MODIFIERS["checks"].format(checks=", ".join(given.missing_checks)))
    return tuple(found)


def _facts(given: HeadlineInput) -> tuple[str, ...]:
    """What is said on any base, in the order of the table."""
    found = [
        _denied(given, "execution"),
        _denied(given, "mandate"),
        _probably(MODIFIERS["delivery"], given.level("delivery")),
        _probably(MODIFIERS["dating"], -given.level("dating")),
        _probably(MODIFIERS["custody"], -given.level("custody")),
        *(_content(facet) for facet in given.of_family("content")),
    ]
    return tuple(phrase for phrase in found if phrase)


def _probably(phrase: str, level: int) -> str:
    if level < PROBABLE:
        return ""
    return phrase if level >= CONFIRMED else wording.PROBABLY.format(phrase=phrase)


def _denied(given: HeadlineInput, name: str) -> str:
    """Say that a facet is denied, and whose word that is when it is all there is."""
    facet = given.facet(name)
    phrase = MODIFIERS[name]
    if facet.level >= 0:
        return ""
    phrase = _probably(phrase, -facet.level) or phrase
    if _only_issuer_denies(given, name):
        return wording.ISSUERS_WORD.format(phrase=phrase)
    return phrase if facet.level <= -PROBABLE else wording.SOMEBODYS_WORD.format(phrase=phrase)


def _only_issuer_denies(given: HeadlineInput, name: str) -> bool:
    """Whether every root that denies the facet speaks for the issuer; relays add no voice here."""
    roots = [
        record
        for record in given.live_on_file()
        if given.survey.sources(record) is None
        and any(a.facet == name and a.sign < 0 for a in record.asserts)
    ]
    issuer = given.dossier.issuer
    return issuer is not None and bool(roots) and all(r.voice == issuer for r in roots)


def _content(facet: Facet) -> str:
    claim = claim_of(facet.name)
    if facet.label == "CLAIM v DENIAL":
        return MODIFIERS["content claimed"].format(claim=claim)
    if facet.label == "CONTESTED":
        return MODIFIERS["content contested"].format(claim=claim)
    phrase = MODIFIERS["content supported" if facet.level > 0 else "content false"]
    return _probably(phrase.format(claim=claim), abs(facet.level))


def _quotable(given: HeadlineInput, attribution: Facet) -> str:
    """Warn against a framing that somebody has published and that the issuer does not stand by."""
    claim = claim_of(attribution.name)
    published = any(
        record.kind is Kind.RELAY
        and record.held
        and any(a.facet == f"reading:{claim}" and a.sign > 0 for a in record.asserts)
        for record in given.live_on_file()
    )
    if not published or attribution.level > -PROBABLE:
        return ""
    return MODIFIERS["quote"].format(claim=claim)
