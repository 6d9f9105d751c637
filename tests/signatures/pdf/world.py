"""A small world of keys: one authority, a signer, a time authority. No network, no files.

All certificates hold from 2020 to 2048 unless a test says otherwise, and the tests' "now" is a
parameter, so that no test depends on the day it runs.
"""

import io
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from provenance.trust.model import Anchor, TrustSet
from tests.signatures.party import BEGIN, FINISH, Key, Party

NOW = datetime(2040, 1, 1, tzinfo=UTC)
LATER = datetime(2060, 1, 1, tzinfo=UTC)
FAR = datetime(2300, 1, 1, tzinfo=UTC)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def make_party(
    name: str,
    *,
    issuer: Party | None = None,
    authority: bool = False,
    stamps: bool = False,
    finish: datetime = FINISH,
    key: Key | None = None,
) -> Party:
    """Make a key and a certificate; self-signed when there is no issuer."""
    if key is None:  # the engine's test clock signs with RSA only
        key = (
            rsa.generate_private_key(public_exponent=65537, key_size=2048)
            if stamps
            else ec.generate_private_key(ec.SECP256R1())
        )
    issuer_name = issuer.certificate.subject if issuer else _name(name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(finish)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority,
                content_commitment=not authority,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=authority,
                crl_sign=authority,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if stamps:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return Party(certificate=builder.sign(issuer.key if issuer else key, hashes.SHA256()), key=key)


@dataclass
class World:
    """The parties of a test session."""

    authority: Party
    signer: Party
    clock: Party
    stranger: Party

    @property
    def trust(self) -> TrustSet:
        """A set that holds the authority."""
        return TrustSet(anchors=(Anchor(der=self.authority.der),))


def make_world() -> World:
    """Make the parties."""
    authority = make_party("Test Authority", authority=True, finish=FAR)
    return World(
        authority=authority,
        signer=make_party("Ann Author", issuer=authority),
        clock=make_party("Test Clock", issuer=authority, stamps=True, finish=FAR),
        stranger=make_party("Sam Stranger"),
    )


def revocation_list(world: World, *revoked: Party) -> bytes:
    """A list of the authority, from the beginning to far away, that names these parties."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(world.authority.certificate.subject)
        .last_update(BEGIN)
        .next_update(FAR)
    )
    for party in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(party.certificate.serial_number)
        builder = builder.add_revoked_certificate(entry.revocation_date(BEGIN).build())
    made = builder.sign(world.authority.key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.DER)


def sign(
    data: bytes,
    party: Party,
    *,
    authority: Party | None = None,
    field_name: str = "Signature1",
    box: tuple[int, int, int, int] | None = None,
    stamp: tuple[Party, datetime] | None = None,
    certify: fields.MDPPerm | None = None,
    digest: str = "sha256",
) -> bytes:
    """Sign a PDF with the PDF engine's own signer."""
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call] # engine
    store.register_multiple([one.asn1 for one in (authority,) if one is not None])
    signer = signers.SimpleSigner(
        signing_cert=party.asn1, signing_key=party.asn1_key, cert_registry=store
    )
    stamper = None
    if stamp is not None:
        clock, moment = stamp
        stamper = DummyTimeStamper(
            tsa_cert=clock.asn1, tsa_key=clock.asn1_key, fixed_dt=moment, certs_to_embed=store
        )
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    settings = signers.PdfSignatureMetadata(
        field_name=field_name,
        md_algorithm=digest,
        certify=certify is not None,
        docmdp_permissions=certify or fields.MDPPerm.FILL_FORMS,
    )
    spec = fields.SigFieldSpec(sig_field_name=field_name, on_page=0, box=box)
    out = signers.PdfSigner(
        settings, signer=signer, timestamper=stamper, new_field_spec=spec
    ).sign_pdf(writer)
    return bytes(out.getvalue())
