"""The key and the certificates that sign pictures, sound and film as C2PA asks: our own chain, made once.

C2PA wants ECDSA with X.509: an end certificate with a purpose, under a root. The root's key signs that one
certificate and is thrown away, so nobody can make a second. Elsewhere a reader shows the signature as valid
and its signer as unknown, until the root is trusted there; every manifest carries it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ..errors import StoreError
from ..store.signing import FOLDER, private_file

_FILE = "media.pem"
_YEARS = 10
_END = "-----END CERTIFICATE-----\n"
_KEY_END = "-----END PRIVATE KEY-----\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What signs media; all PEM."""

    key: str
    chain: str
    """The end certificate, then the root."""
    root: str


def credentials(data_folder: Path) -> Credentials:
    """Those of this system; made where there are none. Raises StoreError."""
    text = private_file(data_folder / FOLDER / _FILE, _made).decode("ascii", "replace")
    key, mark, chain = text.partition(_KEY_END)
    certificates = [each + _END for each in chain.split(_END) if each.strip()]
    if not mark or len(certificates) != 2:
        raise StoreError(
            "The certificates that sign media are damaged.",
            hint=f"Restore {FOLDER}/{_FILE} from a backup, or move it away and new ones are made.",
        )
    return Credentials(key=key + mark, chain="".join(certificates), root=certificates[1])


def _made() -> bytes:
    root_key, key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    root_name, name = _name("Bauhinia media root"), _name("Bauhinia media")
    root = _certificate(root_name, root_name, root_key.public_key(), root_key, authority=True)
    end = _certificate(name, root_name, key.public_key(), root_key, authority=False)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + end.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Bauhinia"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public: EllipticCurvePublicKey,
    signer: EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    limits = x509.BasicConstraints(ca=authority, path_length=0 if authority else None)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(limits, critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if not authority:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        made = made.add_extension(purpose, critical=False)
    return made.sign(signer, SHA256())
