"""The connection to a model hub: its endpoint, and over https the hosts that it redirects downloads to.

Nothing else can be reached over it. No token is ever sent, "local only" holds, and each request is in the ledger. The
`huggingface_hub` package speaks httpx, we speak httpx2: a small bridge lets it ask through the same guarded transport.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import weakref
from collections.abc import Callable
from typing import Any

import httpx
import httpx2

from desktop_helper import __version__
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.hosts import is_this_machine
from desktop_helper.core.i18n import tr

MakeTransport = Callable[[str], httpx2.BaseTransport]
_USER_AGENT = f"desktop-helper/{__version__}"
_MAX_ANSWER = 32 << 20  # bytes of an answer about a repository
# What asking raises when the line breaks, whichever client asked.
LINE_ERRORS = (httpx2.TransportError, httpx.HTTPError)
_TIMEOUT = httpx2.Timeout(30.0, connect=10.0)


class HubConnection:
    """What one download talks through. `hang_up` may come from any thread; close it at the end.

    Args:
        endpoint: e.g. `https://huggingface.co`.
        make_transport: makes the guarded transport for one scheme, host and port.
    """

    def __init__(self, endpoint: str, make_transport: MakeTransport) -> None:
        self._transport = _HubTransport(endpoint, make_transport)
        self.http = httpx2.Client(
            transport=self._transport,
            follow_redirects=False,
            timeout=_TIMEOUT,
            headers={"User-Agent": _USER_AGENT, "Accept-Encoding": "identity"},
        )

    def api_client(self) -> httpx.Client:
        """A client for `huggingface_hub`, which closes it."""
        return httpx.Client(transport=_Bridge(self._transport), follow_redirects=True)

    def ask(self, url: str, params: dict[str, str]) -> tuple[int, bytes]:
        """Status and body of a small answer. Raises `HelperError` if it is a large one, or what httpx2 raises."""
        with self.http.stream("GET", url, params=params) as response:
            return response.status_code, _small_body(response, response.url.host)

    def hang_up(self) -> None:
        """Cut what is being sent or received, for good: whoever waits for it, or begins to, gets an error at once."""
        self._transport.hang_up()

    @property
    def hung_up(self) -> bool:
        """Whether `hang_up` was called."""
        return self._transport.hung_up

    def close(self) -> None:
        """Close the connections."""
        self.http.close()


class _HubTransport(httpx2.BaseTransport):
    """One guarded transport for each host that the hub itself has named."""

    def __init__(self, endpoint: str, make_transport: MakeTransport) -> None:
        self._make = make_transport
        self._lock = threading.Lock()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._hung_up = False
        self._endpoint = httpx2.URL(endpoint)
        self._transports: dict[str, httpx2.BaseTransport] = {_origin(self._endpoint): make_transport(endpoint)}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it if its host is the endpoint, or the target of an earlier redirect."""
        with self._lock:
            transport = self._transports.get(_origin(request.url))
        if transport is None:
            with contextlib.suppress(HelperError):
                # It refuses, and writes that into the ledger.
                self._transports[_origin(self._endpoint)].handle_request(request)
            raise self._stopped(request.url)
        request.extensions["trace"] = self._on_trace
        response = transport.handle_request(request)
        if response.has_redirect_location:
            self._allow(request.url.join(response.headers["location"]))
        return response

    def _stopped(self, url: httpx2.URL) -> HelperError:
        own = self._endpoint.host
        if url.scheme == "https":
            why = tr(
                "A request to {host} was stopped: the model server {own} had not sent us there.", host=url.host, own=own
            )
        else:
            why = tr("The model server {own} leads to an address that does not begin with https://.", own=own)
        return HelperError(ErrorKind.CONFIG, why, tr("Try again; if this happens again, choose another model server."))

    @property
    def hung_up(self) -> bool:
        """Whether nothing may be sent any more."""
        return self._hung_up

    def hang_up(self) -> None:
        """Shut every open socket down, and those that are being connected as soon as they are."""
        with self._lock:
            self._hung_up = True
            for open_socket in self._sockets:
                _shut_down(open_socket)

    def close(self) -> None:
        """Close the connections to all hosts."""
        with self._lock:
            for transport in self._transports.values():
                transport.close()

    def _allow(self, url: httpx2.URL) -> None:
        """A hub on this machine (a test, a local mirror) may send us elsewhere on this machine without TLS."""
        on_this_machine = is_this_machine(self._endpoint.host) and is_this_machine(url.host)
        if url.scheme != "https" and not (url.scheme == "http" and on_this_machine):
            return
        with self._lock:
            if _origin(url) not in self._transports:
                self._transports[_origin(url)] = self._make(_origin(url))

    def _on_trace(self, name: str, info: dict[str, Any]) -> None:
        if name.endswith(("connect_tcp.complete", "start_tls.complete")):
            connected = info["return_value"].get_extra_info("socket")
            with self._lock:
                self._sockets.add(connected)
                if self._hung_up:
                    _shut_down(connected)


class _Bridge(httpx.BaseTransport):
    """Lets an httpx client ask through an httpx2 transport. Only what the question needs is passed on: no token."""

    def __init__(self, transport: httpx2.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One small question and its whole answer."""
        asked = httpx2.Request(
            request.method,
            str(request.url),
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": _USER_AGENT},
            extensions={"timeout": _TIMEOUT.as_dict()},
        )
        with contextlib.closing(self._transport.handle_request(asked)) as response:
            body = _small_body(response, request.url.host)
        return httpx.Response(response.status_code, headers=response.headers.raw, stream=httpx.ByteStream(body))


def _small_body(response: httpx2.Response, host: str) -> bytes:
    body = bytearray()
    for piece in response.iter_raw():
        body += piece
        if len(body) > _MAX_ANSWER:
            raise HelperError(
                ErrorKind.SERVER,
                tr("{host} answered a question about a model with far too much.", host=host),
                tr("Try another model server."),
            )
    return bytes(body)


def _shut_down(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):  # closed already
        # Not `SSLSocket.shutdown`, which would pull the TLS state from under the reading thread.
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _origin(url: httpx2.URL) -> str:
    """Scheme, host and port as an address. `URL` leaves the usual port out."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}"
