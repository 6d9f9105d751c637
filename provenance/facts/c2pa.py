"""What content credentials say about a picture, as properties and observations.

All of it is what the signer's program wrote; how far the signature bears it out stands in the
signature's status. Observations, in order: made by a generative model, or with one; a capture or a
scan; what was done to it; what it was made from; whose clock dates it; a place or a serial number
in it; an invisible mark it says it carries; an address it wants fetched. Imports no parser.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from provenance.facts.gathering import joined
from provenance.facts.model import Facts, Observation, Weight
from provenance.instants import format_instant
from provenance.signatures.c2pa.assertions import actions_of, author_of, sources_of
from provenance.signatures.c2pa.report import Manifest, Report

WHERE: Final = "Content Credentials"
MAX_DEPTH: Final = 12  # levels searched for exposing keys in one assertion

_GENERATED: Final = frozenset({"trainedAlgorithmicMedia"})
_PARTLY: Final = frozenset(
    {
        "compositeWithTrainedAlgorithmicMedia",
        "compositeSynthetic",
        "algorithmicallyEnhanced",
        "algorithmicMedia",
        "dataDrivenMedia",
        "trainedAlgorithmicData",
        "virtualRecording",
    }
)
_CAPTURED: Final = {
    "digitalCapture": "a photograph by a digital camera",
    "computationalCapture": "a photograph put together from several exposures",
    "negativeFilm": "a scan of a negative",
    "positiveFilm": "a scan of a slide",
    "print": "a scan of a print",
    "screenCapture": "a picture of a screen",
    "compositeCapture": "put together from several photographs",
    "humanEdits": "edited by a person",
    "digitalCreation": "drawn or written with a program",
}
_EXPOSING: Final = ("gps", "serialnumber", "cameraownername", "bodyserial", "lensserial")


def read_c2pa_facts(
    report: Report | None, *, remote: str | None = None, where: str = WHERE, key: str = "c2pa"
) -> Facts:
    """Return what the credentials say; empty where there are none.

    Args:
        report: of the credentials.
        remote: where the file says that its credentials are.
        where: they were found.
        key: what the names of the properties begin with, so that nobody takes those of one file's
            credentials for those of another.
    """
    if remote is not None:
        text = "The file asks for its credentials to be fetched from an address on the web."
        return Facts(
            properties={"c2pa.remote": remote},
            observations=(_seen("c2pa-remote-manifest", Weight.RISK, text),),
        )
    if report is None or not report.active:
        return Facts()
    manifest = report.manifest
    seen = (replace(one, where=where) for one in _observations(report, manifest))
    return Facts(properties=_properties(report, manifest, key), observations=tuple(seen))


def _properties(report: Report, manifest: Manifest, key: str) -> dict[str, str]:
    said = {
        f"{key}.program": ", ".join(manifest.generators),
        f"{key}.title": manifest.title,
        f"{key}.author": author_of(manifest) or "",
        f"{key}.signed": format_instant(manifest.signed_at) if manifest.signed_at else "",
        f"{key}.manifests": str(len(report.manifests)),
    }
    return {key: value for key, value in said.items() if value}


def _observations(report: Report, manifest: Manifest) -> Iterator[Observation]:
    yield from _making(manifest)
    yield from _doing(manifest)
    yield from _ingredients(report, manifest)
    keys = {key for one in manifest.assertions for key in _keys(one.data, 0)}
    exposing = sorted(key for key in keys if any(part in key.lower() for part in _EXPOSING))
    if exposing:
        text = "The credentials hold a place, an owner or a serial number; publishing shows them."
        yield _seen("c2pa-exposes", Weight.RISK, text)
    if manifest.named("c2pa.soft-binding"):
        text = (
            "The credentials say that the picture carries a fingerprint or an invisible mark by"
            " which it can be recognised without them."
        )
        yield _seen("c2pa-invisible-mark", Weight.RISK, text)


def _making(manifest: Manifest) -> Iterator[Observation]:
    sources = set(sources_of(manifest))
    if sources & _GENERATED:
        text = "The credentials say that it was made by a generative model."
        yield _seen("c2pa-generated", Weight.NOTE, text)
    if sources & _PARTLY:
        text = "The credentials say that parts of it were made or altered by a program or a model."
        yield _seen("c2pa-partly-generated", Weight.NOTE, text)
    for source in sorted(sources & set(_CAPTURED)):
        text = f"The credentials say that it is {_CAPTURED[source]}."
        yield _seen("c2pa-source", Weight.NOTE, text)


def _doing(manifest: Manifest) -> Iterator[Observation]:
    done = [one for one in actions_of(manifest) if one.name != "c2pa.created"]
    names = [one.name.removeprefix("c2pa.").replace("_", " ") for one in done]
    if names:
        text = f"The credentials list what was done: {joined(names)}."
        yield _seen("c2pa-actions", Weight.NOTE, text)
    agents = list(dict.fromkeys(one.agent for one in actions_of(manifest) if one.agent))
    if agents:
        text = f"The credentials name the programs that did it: {joined(agents)}."
        yield _seen("c2pa-programs", Weight.NOTE, text)
    moments = [one.when for one in actions_of(manifest) if one.when]
    late = manifest.signed_at
    if late is not None and any(moment > late for moment in moments):
        text = "The credentials date an action later than the time stamp over them."
        yield _seen("c2pa-action-after-stamp", Weight.CONTRADICTION, text)


def _ingredients(report: Report, manifest: Manifest) -> Iterator[Observation]:
    made_from = [one.title or "one without a title" for one in manifest.ingredients]
    if made_from:
        text = f"The credentials say what it was made from: {joined(made_from)}."
        yield _seen("c2pa-ingredients", Weight.NOTE, text)
    models = {
        source
        for label, one in report.manifests.items()
        if label != manifest.label
        for source in sources_of(one)
    }
    if models & (_GENERATED | _PARTLY):
        text = "An earlier file that went into it says that a generative model had a part in it."
        yield _seen("c2pa-generated-ingredient", Weight.NOTE, text)


def _keys(value: Any, depth: int) -> Iterator[str]:  # noqa: ANN401 - JSON values
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _keys(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner, depth + 1)


def _seen(code: str, weight: Weight, text: str) -> Observation:
    return Observation(code=code, weight=weight, text=text, where=WHERE)
