"""The certificate of a service that others than this computer reach."""

import base64
import datetime
import hashlib
import ipaddress
import os
from pathlib import Path
from typing import Any, Iterable, Tuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from erythema.errors import ErythemaError
from erythema.files import write_beside
from erythema.service.access import make_settings

_DAYS = 397  # what browsers take


class CertificateError(ErythemaError):
    """A certificate or key that cannot be read; the message names the file."""


def make_certificate(settings: Path, names: Iterable[str]) -> Tuple[Path, Path]:
    """Write a certificate that the service signs itself; return its file and the key's.

    The key (elliptic curve P-256) is made once, so that the pin stays; the certificate is made
    anew at each start, for 397 days.

    Parameters
    ----------
    settings: folder for both files.
    names: host names and addresses that the certificate is for.
    """
    make_settings(settings)
    key_file, certificate_file = settings / "key.pem", settings / "certificate.pem"
    if not key_file.exists():
        _write_key(key_file)
    key: Any = _read(key_file, lambda data: serialization.load_pem_private_key(data, None))
    now = datetime.datetime.utcnow()
    own_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "erythema service")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(own_name)
        .issuer_name(own_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))  # clients' clocks differ
        .not_valid_after(now + datetime.timedelta(days=_DAYS))
        .add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in sorted(set(names))]), False
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    write_beside(certificate_file, certificate.public_bytes(serialization.Encoding.PEM))
    return certificate_file, key_file


def pin(certificate_file: Path) -> str:
    """Return the pin of a certificate's public key, as curl's --pinnedpubkey takes it.

    ``sha256//`` and the base64 of the SHA-256 of the SubjectPublicKeyInfo in DER (RFC 7469, 2.4).

    Raises
    ------
    CertificateError: the file is no certificate in PEM.
    """
    certificate = _read(certificate_file, x509.load_pem_x509_certificate)
    public_key = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return "sha256//" + base64.b64encode(hashlib.sha256(public_key).digest()).decode("ascii")


def _write_key(key_file: Path) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    beside = key_file.with_name(key_file.name + ".part")
    # Readable by its own user alone from its first byte on.
    with os.fdopen(
        os.open(str(beside), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
    ) as file:
        file.write(pem)
    os.replace(str(beside), str(key_file))


def _read(path: Path, load: Any) -> Any:
    try:
        return load(path.read_bytes())
    except OSError as error:
        raise CertificateError("{}: cannot be read ({}).".format(path, error.strerror)) from error
    except (ValueError, TypeError) as error:
        raise CertificateError(
            "{}: no certificate or key in PEM without a password. Name another file, or move it "
            "away to have one made.".format(path)
        ) from error


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
