"""A `GlmServer` behind TLS, with a certificate that only `COMPANY_CA` vouches for.

The files were made with openssl and hold for a hundred years.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from tests.support.glm_server import GlmServer, Reply

_FOLDER = Path(__file__).with_name("certificates")
COMPANY_CA = _FOLDER / "company-ca.pem"
OTHER_NAME = "gpu.example"


class TlsServer(GlmServer):
    """Its certificate is for 127.0.0.1 and localhost, or for `OTHER_NAME`."""

    def __init__(self, *replies: Reply, other_name: bool = False) -> None:
        super().__init__(*replies)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_FOLDER / ("other-name.pem" if other_name else "loopback.pem"))
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._http.server_address[1])

    @property
    def base_url(self) -> str:
        """Of the OpenAI-compatible endpoint."""
        return f"https://127.0.0.1:{self.port}/v1"
