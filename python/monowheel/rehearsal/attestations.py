"""PEP 740 attestations with a throwaway key: created for a rehearsal, and checked as an index does.

An index also checks the certificate chain and the transparency log. That is impossible here: Sigstore is not involved.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pydantic import TypeAdapter, ValidationError
from pypi_attestations import Attestation

if TYPE_CHECKING:
    from pathlib import Path

PUBLISH = "https://docs.pypi.org/attestations/publish/v1"
STATEMENT = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
# An index accepts at most this many per file.
MOST = 2


class WrongError(Exception):
    """An index would reject the attestation."""


def _to_sign(statement: bytes) -> bytes:
    # DSSE's pre-authentication encoding.
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(statement), statement)


def sign(files: list[Path]) -> None:
    """Write FILE.publish.attestation beside each file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a rehearsal: not Sigstore")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + datetime.timedelta(minutes=10))
        .sign(key, SHA256())
    )
    for file in files:
        subject = {"name": file.name, "digest": {"sha256": hashlib.sha256(file.read_bytes()).hexdigest()}}
        statement = json.dumps(
            {"_type": STATEMENT, "subject": [subject], "predicateType": PUBLISH, "predicate": None}
        ).encode()
        attestation = {
            "version": 1,
            "verification_material": {
                "certificate": base64.b64encode(certificate.public_bytes(Encoding.DER)).decode(),
                "transparency_entries": [{"rehearsal": True}],
            },
            "envelope": {
                "statement": base64.b64encode(statement).decode(),
                "signature": base64.b64encode(key.sign(_to_sign(statement), ec.ECDSA(SHA256()))).decode(),
            },
        }
        Attestation.model_validate(attestation)
        file.with_name(file.name + ".publish.attestation").write_text(json.dumps(attestation), encoding="utf-8")


def check(text: str, name: str, sha256: str) -> None:
    """Check a file's attestations: format, number, subject and signature."""
    try:
        attestations = TypeAdapter(list[Attestation]).validate_json(text)
    except ValidationError as error:
        raise WrongError(f"Malformed attestations: {error.error_count()} errors") from None
    if not 1 <= len(attestations) <= MOST:
        raise WrongError(f"{len(attestations)} attestations, where 1 to {MOST} are accepted")
    for attestation in attestations:
        statement = attestation.statement
        if statement.get("predicateType") != PUBLISH:
            raise WrongError(f"the predicate {statement.get('predicateType')} is not accepted")
        if statement.get("subject") != [{"name": name, "digest": {"sha256": sha256}}]:
            raise WrongError(f"the attestation is not for {name} with SHA-256 {sha256}")
        certificate = x509.load_der_x509_certificate(attestation.verification_material.certificate)
        key = certificate.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise WrongError("the certificate's key is not an EC key")
        try:
            envelope = attestation.envelope
            key.verify(envelope.signature, _to_sign(envelope.statement), ec.ECDSA(SHA256()))
        except InvalidSignature:
            raise WrongError("the signature does not match the certificate's key") from None
