"""The one shape of a signature, and everything that is refused beside it."""

from collections.abc import Callable

import pytest

from provenance.signatures.xmldsig import structure
from provenance.signatures.xmldsig.algorithms import MORE7, Method, Scheme
from provenance.signatures.xmldsig.reading import Element, parse_xml
from provenance.signatures.xmldsig.refusal import Found, Refusal
from provenance.signatures.xmldsig.relationships import read_relationships, select_relationships
from provenance.signatures.xmldsig.structure import Selection, read_c14n, read_signature
from tests.signatures.containers.signing import (
    DIGESTS,
    DSIG,
    EXCLUSIVE,
    RELATIONSHIPS,
    Maker,
    Ref,
    transform,
)
from tests.signatures.pdf.world import make_party

RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
PSS = f"{MORE7}rsa-pss"


@pytest.fixture(scope="module")
def text() -> str:
    """A signature, as text."""
    return Maker(make_party("Ann Author")).make([Ref(uri="a.txt", data=b"x")])


def _read(text: str) -> structure.Signature:
    return read_signature(parse_xml(text.encode(), most=1 << 20))


def test_an_honest_signature(text: str) -> None:
    """Every part is found where it belongs."""
    found = _read(text)
    assert [one.uri for one in found.references] == ["a.txt", "#sig-props"]
    assert (found.id, found.method.scheme) == ("sig", Scheme.ECDSA)
    assert len(found.certificates) == 1
    assert len(found.objects) == 1


CHANGES: dict[str, Callable[[str], str]] = {
    "another root": lambda one: one.replace("<Signature ", "<Other ").replace(
        "</Signature>", "</Other>"
    ),
    "no value": lambda one: one[: one.index("<SignatureValue")] + "</Signature>",
    "something among the objects": lambda one: one.replace("<Object>", "<x/><Object>"),
    "two keys": lambda one: one.replace("<KeyInfo>", "<KeyInfo></KeyInfo><KeyInfo>"),
    "no methods": lambda one: one.replace("<SignedInfo><Can", "<SignedInfo><x/><Can"),
    "a reference of another shape": lambda one: one.replace("<DigestValue>", "<x/><DigestValue>"),
    "something among the references": lambda one: one.replace("</SignedInfo>", "<x/></SignedInfo>"),
    "something among the transforms": lambda one: one.replace("<Transforms>", "<Transforms><x/>"),
    "a digest with parameters": lambda one: one.replace("</DigestMethod>", "<x/></DigestMethod>"),
    "a method with parameters": lambda one: one.replace(
        "</SignatureMethod>", "<x/></SignatureMethod>"
    ),
    "an unknown canonical form": lambda one: one.replace("xml-c14n-20010315", "xml-c14n-2038"),
    "a canonical form with settings": lambda one: one.replace(
        "</CanonicalizationMethod>", "<x/></CanonicalizationMethod>"
    ),
    "no references": lambda one: one[: one.index("<Reference")] + one[one.index("</SignedInfo>") :],
}


@pytest.mark.parametrize("name", CHANGES)
def test_other_shapes_are_refused(text: str, name: str) -> None:
    """What stands where the schema has nothing is never passed over."""
    changed = CHANGES[name](text)
    assert changed != text
    with pytest.raises(Refusal) as refused:
        _read(changed)
    assert refused.value.found in {Found.NOT_CHECKABLE, Found.UNSUPPORTED}
    assert refused.value.line.startswith(refused.value.reason + ": ")


def test_limits_of_a_signature(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates and references are counted."""
    monkeypatch.setattr(structure, "MAX_CERTIFICATES", 0)
    with pytest.raises(Refusal):
        _read(text)
    monkeypatch.undo()
    monkeypatch.setattr(structure, "MAX_REFERENCES", 1)
    with pytest.raises(Refusal):
        _read(text)


def _pss(*parts: str) -> str:
    inside = f'<p:RSAPSSParams xmlns:p="{MORE7}">{"".join(parts)}</p:RSAPSSParams>' if parts else ""
    return f'<SignatureMethod Algorithm="{PSS}">{inside}</SignatureMethod>'


DIGEST = f'<DigestMethod xmlns="{DSIG}" Algorithm="{DIGESTS["sha512"]}"/>'
MASK = f'<p:MaskGenerationFunction Algorithm="{MORE7}MGF1">{DIGEST}</p:MaskGenerationFunction>'
SALT = "<p:SaltLength>20</p:SaltLength>"


def test_parameters_of_pss(text: str) -> None:
    """All of them in words, or none; half of them is refused."""

    def method(new: str) -> Method:
        start, end = text.index("<SignatureMethod"), text.index("</SignatureMethod>")
        return _read(text[:start] + new + text[end + len("</SignatureMethod>") :]).method

    plain = method(_pss())
    assert (plain.scheme, plain.digest, plain.salt, plain.mask) == (
        Scheme.PSS,
        "sha256",
        None,
        None,
    )
    full = method(_pss(DIGEST, MASK, SALT, "<p:TrailerField>1</p:TrailerField>"))
    assert (full.digest, full.mask, full.salt) == ("sha512", "sha512", 20)
    for bad in (
        _pss(DIGEST),
        _pss(DIGEST, MASK),
        _pss(DIGEST, MASK, SALT, "<p:TrailerField>2</p:TrailerField>"),
        _pss(DIGEST, MASK, SALT, "<p:Other/>"),
        _pss(DIGEST, MASK.replace("MGF1", "MGF2"), SALT),
        _pss(DIGEST, MASK.replace(DIGEST, ""), SALT),
        _pss(DIGEST, MASK, SALT.replace("20", "-1")),
        _pss(DIGEST, MASK, SALT.replace("20", "99999")),
        _pss(DIGEST, MASK, SALT).replace("RSAPSSParams", "Params"),
    ):
        with pytest.raises(Refusal):
            method(bad)


def _element(text: str) -> Element:
    return parse_xml(text.encode(), most=10_000)


def test_inclusive_prefixes_belong_to_the_exclusive_form() -> None:
    """InclusiveNamespaces, once, and in no other form."""
    inside = f'<i:InclusiveNamespaces xmlns:i="{EXCLUSIVE}" PrefixList="a #default"/>'
    good = _element(f'<Transform xmlns="{DSIG}" Algorithm="{EXCLUSIVE}">{inside}</Transform>')
    assert read_c14n(good).prefixes == ("a", "#default")
    form = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    for algorithm, held in ((form, inside), (EXCLUSIVE, inside * 2), (EXCLUSIVE, "<x/>")):
        with pytest.raises(Refusal):
            read_c14n(
                _element(f'<Transform xmlns="{DSIG}" Algorithm="{algorithm}">{held}</Transform>')
            )


def test_transforms_that_are_too_many(text: str) -> None:
    """A choice of relationships and one canonical form; nothing before, between or behind."""
    form = transform("http://www.w3.org/2006/12/xml-c14n11")
    chosen = transform(RELATIONSHIPS)
    for transforms in (form + form, form + chosen, chosen + form + form, chosen + chosen + form):
        changed = text.replace(
            '<Reference URI="a.txt">',
            f'<Reference URI="a.txt"><Transforms>{transforms}</Transforms>',
        )
        with pytest.raises(Refusal) as refused:
            _read(changed)
        assert refused.value.found is Found.UNSUPPORTED
    for inside in ("<x/>", f'<o:Other xmlns:o="{RELS}" SourceId="a"/>'):
        changed = text.replace(
            '<Reference URI="a.txt">',
            f'<Reference URI="a.txt"><Transforms>{transform(RELATIONSHIPS, inside)}</Transforms>',
        )
        with pytest.raises(Refusal):
            _read(changed)


ONE = '<Relationship Id="a" Type="t" Target="x"/>'


def test_relationships_of_another_shape() -> None:
    """One root, four attributes, no two of one Id, nothing beside."""
    good = f'<Relationships xmlns="{RELS}"> {ONE} </Relationships>'
    (found,) = read_relationships(good.encode())
    assert (found.id, found.mode) == ("a", "Internal")
    for bad in (
        good.replace("<Relationships ", '<Relationships a="b" '),
        good.replace(RELS, RELS + "x"),
        good.replace("Id=", "Identity="),
        good.replace('Target="x"', 'Target="x" Other="y"'),
        good.replace('Target="x"', 'Target="x" TargetMode="Sideways"'),
        good.replace("/>", "><x/></Relationship>"),
        good.replace(ONE, ONE + ONE),
        good.replace(ONE, "<Other/>"),
        good.replace(ONE, "text"),
    ):
        assert bad != good
        with pytest.raises(Refusal):
            read_relationships(bad.encode())


def test_a_choice_is_in_order_and_bare() -> None:
    """By Id, by code point; no text, no comments, the mode spelt out."""
    part = (
        f'<Relationships xmlns="{RELS}" xmlns:x="urn:x">'
        '<Relationship Id="b" Type="t" Target="2"/> <!-- c -->'
        '<Relationship Id="B" Type="t" Target="1">text<!-- c --></Relationship>'
        '<Relationship Id="c" Type="u" Target="3"/></Relationships>'
    )
    selection = Selection(ids=frozenset({"b"}), types=frozenset({"t"}))
    root = select_relationships(part.encode(), selection)
    assert [one.get("Id") for one in root] == ["B", "b"]
    assert all(
        one.get("TargetMode") == "Internal" and not one.text and not one.tail for one in root
    )
    assert root.nsmap == {None: RELS, "x": "urn:x"}
    with pytest.raises(Refusal):
        select_relationships(f"<?x?>{part}".encode(), selection)
