"""The library's JSON report as values: who signed what, what was found, in which manifest.

Total: a part of another shape reads as absent, a text is tamed, lists are cut at MAX_LIST and
labels at MAX_LABEL; every cut is told (`Report.cut`), for a failure may stand behind it. Absent
findings never read as good ones: `manifest` wants positive words before it calls anything intact.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from provenance.signatures.text import tame

MAX_LIST: Final = 5000  # entries of any list in a report; a collage of 200 pictures has some 2,000
MAX_LABEL: Final = 500  # characters of a manifest's label or an address; a real one has 60
_CODE: Final = 120  # characters of a code or label
_CUT_AT: Final = {"url": MAX_LABEL, "ingredientAssertionURI": MAX_LABEL, "code": _CODE}
"""Texts that findings are matched by, and how much of each is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One validation code with what it is about."""

    code: str
    url: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The findings about one manifest."""

    success: tuple[Finding, ...] = ()
    informational: tuple[Finding, ...] = ()
    failure: tuple[Finding, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, each once, success first."""
        every = (*self.success, *self.informational, *self.failure)
        return tuple(dict.fromkeys(one.code for one in every))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """A file that went into this one, as its maker's program recorded it."""

    label: str
    title: str
    relationship: str
    manifest: str | None
    """Label of its own manifest, if it came with one."""
    recorded: tuple[Finding, ...]
    """Failures that were seen, and signed, when it was taken in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """A statement in a manifest."""

    label: str
    data: Any = None
    """JSON values; nothing in them is tamed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One set of statements, signed together."""

    label: str
    title: str = ""
    generators: tuple[str, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    assertions: tuple[Assertion, ...] = ()
    signed_at: datetime | None = None
    """Instant of the time stamp over the signature; whose clock it was says another finding."""

    def named(self, prefix: str) -> tuple[Assertion, ...]:
        """Return the assertions whose label begins like that."""
        return tuple(one for one in self.assertions if one.label.startswith(prefix))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All manifests of a file."""

    active: str = ""
    state: str = ""
    """The library's own summary: Invalid, Valid, Trusted."""
    manifests: Mapping[str, Manifest] = field(default_factory=dict)
    results: Results = Results()
    """About the active manifest."""
    deltas: tuple[tuple[str, Results], ...] = ()
    """(address of an ingredient assertion, what was found that is not recorded in it)."""
    cut: tuple[str, ...] = ()
    """What was left out for being too much, in plain words."""

    @property
    def manifest(self) -> Manifest:
        """The manifest that speaks for the file as it is."""
        return self.manifests.get(self.active, Manifest(label=self.active))


def read_report(answer: Mapping[str, Any]) -> Report:
    """Turn the library's JSON into values."""
    results = _dict(answer.get("validation_results"))
    manifests = _dict(answer.get("manifests"))
    return Report(
        active=_text(answer.get("active_manifest"), MAX_LABEL),
        state=_text(answer.get("validation_state"), 20),
        manifests={
            _text(label, MAX_LABEL): _manifest(_text(label, MAX_LABEL), _dict(one))
            for label, one in list(manifests.items())[:MAX_LIST]
        },
        results=_results(_dict(results.get("activeManifest"))),
        deltas=tuple(
            (
                _text(one.get("ingredientAssertionURI"), MAX_LABEL),
                _results(_dict(one.get("validationDeltas"))),
            )
            for one in map(_dict, _list(results.get("ingredientDeltas")))
        ),
        cut=tuple(dict.fromkeys(_cuts(answer))),
    )


def _cuts(answer: Mapping[str, Any]) -> Iterator[str]:
    """Say what of the JSON is not kept; the data of assertions is, whole."""
    manifests = _dict(answer.get("manifests"))
    if len(manifests) > MAX_LIST:
        yield f"more than {MAX_LIST} manifests"
    labels = [*manifests, answer.get("active_manifest")]
    parts: list[object] = [answer.get("validation_results")]
    for one in map(_dict, manifests.values()):
        labels += [_dict(part).get("active_manifest") for part in _list(one.get("ingredients"))]
        named = [_dict(part).get("label") for part in _list(one.get("assertions"))]
        named += [_dict(part).get("label") for part in _list(one.get("ingredients"))]
        if any(isinstance(label, str) and len(label) > _CODE for label in named):
            yield f"labels of more than {_CODE} characters"
        if any(isinstance(part, list) and len(part) > MAX_LIST for part in one.values()):
            yield f"lists of more than {MAX_LIST} entries in a manifest"
        parts += [
            _dict(part).get(key)
            for part in _list(one.get("ingredients"))
            for key in ("validation_results", "validation_status")
        ]
    if any(isinstance(label, str) and len(label) > MAX_LABEL for label in labels):
        yield f"labels of more than {MAX_LABEL} characters"
    yield from _cut_findings(parts)


def _cut_findings(parts: list[object]) -> Iterator[str]:
    while parts:
        part = parts.pop()
        if isinstance(part, list):
            if len(part) > MAX_LIST:
                yield f"more than {MAX_LIST} findings of one sort"
            parts += part[:MAX_LIST]
        for key, value in _dict(part).items():
            if isinstance(value, str) and len(value) > _CUT_AT.get(key, len(value)):
                yield f"a {key} of more than {_CUT_AT[key]} characters in a finding"
            parts.append(value)


def _manifest(label: str, one: dict[str, Any]) -> Manifest:
    programs = map(_dict, _list(one.get("claim_generator_info")))
    names = [f"{_text(p.get('name'))} {_text(p.get('version'))}".strip() for p in programs]
    older = _text(one.get("claim_generator"))
    return Manifest(
        label=label,
        title=_text(one.get("title")),
        generators=tuple(name for name in (*names, *([] if names else [older])) if name),
        ingredients=tuple(_ingredient(_dict(part)) for part in _list(one.get("ingredients"))),
        assertions=tuple(
            Assertion(label=_text(part.get("label"), _CODE), data=part.get("data"))
            for part in map(_dict, _list(one.get("assertions")))
        ),
        signed_at=read_instant(_dict(one.get("signature_info")).get("time")),
    )


def _ingredient(one: dict[str, Any]) -> Ingredient:
    nested = _dict(one.get("validation_results"))
    recorded = [*_results(_dict(nested.get("activeManifest"))).failure]
    for delta in map(_dict, _list(nested.get("ingredientDeltas"))):
        recorded += _results(_dict(delta.get("validationDeltas"))).failure
    recorded += _findings(one.get("validation_status"))  # C2PA 1.x: failures only
    label = one.get("active_manifest")
    return Ingredient(
        label=_text(one.get("label"), _CODE),
        title=_text(one.get("title")),
        relationship=_text(one.get("relationship"), _CODE),
        manifest=_text(label, MAX_LABEL) if isinstance(label, str) else None,
        recorded=tuple(dict.fromkeys(recorded)),
    )


def _results(one: dict[str, Any]) -> Results:
    return Results(
        success=_findings(one.get("success")),
        informational=_findings(one.get("informational")),
        failure=_findings(one.get("failure")),
    )


def _findings(value: object) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            code=_text(one.get("code"), _CODE),
            url=_text(one.get("url"), MAX_LABEL),
            explanation=_text(one.get("explanation"), 300),
        )
        for one in map(_dict, _list(value))
        if one.get("success") is not True
    )


def read_instant(value: object) -> datetime | None:
    """Read an RFC 3339 instant of a report; None when it is not one."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value[:MAX_LIST] if isinstance(value, list) else []


def _text(value: object, limit: int = 300) -> str:
    return tame(value, limit) if isinstance(value, str) else ""
