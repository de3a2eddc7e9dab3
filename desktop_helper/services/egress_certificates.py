"""Which certificates a connection trusts: those of the system, and one authority more where the user names it.

There is no way to trust everything, for one server or for all.
"""

from __future__ import annotations

import re
import ssl
from pathlib import Path

import httpx2

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

_LARGEST = 4_000_000  # bytes; all authorities of a system together are a quarter of a million
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def trusting(ca_file: str = "") -> ssl.SSLContext:
    """A context that checks certificates and names against the system's store, and `ca_file`.

    Raises:
        HelperError: the file, or one that the environment names, cannot be used (CONFIG).
    """
    try:
        context = httpx2.create_ssl_context()
    except OSError as error:
        raise HelperError(
            ErrorKind.CONFIG,
            tr("The certificates that SSL_CERT_FILE or SSL_CERT_DIR name cannot be read."),
            tr("Correct or unset these environment variables."),
        ) from error
    if ca_file:
        add_authority(context, ca_file)
    return context


def without_tls() -> ssl.SSLContext:
    """For plain connections, which need none: reading the system's certificates takes a while. Trusts nobody."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def check_authority(ca_file: str) -> None:
    """Raise `HelperError(CONFIG)` if `ca_file` cannot be used as `trusting` would."""
    add_authority(without_tls(), ca_file)


def add_authority(context: ssl.SSLContext, ca_file: str) -> None:
    """Let `context` trust those in a file, too: PEM, one or several, or DER. Raises `HelperError(CONFIG)`."""
    path = Path(ca_file).expanduser()
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise _unusable(tr("There is no certificate file “{path}”.", path=path)) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise _unusable(tr("The certificate file “{path}” cannot be read: {why}.", path=path, why=why)) from None
    blocks = _PEM.findall(data)
    try:
        if len(data) > _LARGEST:
            raise ValueError
        # Text between the certificates, of any encoding, is no fault.
        context.load_verify_locations(cadata=b"\n".join(blocks).decode("ascii") if blocks else data)
    except (ssl.SSLError, ValueError):
        raise _unusable(tr("The file “{path}” holds no certificate that can be used.", path=path)) from None


def _unusable(message: str) -> HelperError:
    return HelperError(
        ErrorKind.CONFIG,
        message,
        tr("Choose the file with the certificate of the authority that vouches for the server, in PEM or DER form."),
    )
