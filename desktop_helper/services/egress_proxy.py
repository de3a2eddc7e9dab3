"""The proxy between this machine and a server: which one, and what is said when it is in the way.

The environment's variables come first (`https_proxy`, `http_proxy`, `all_proxy`, `no_proxy`), then what Windows and
macOS prescribe; on Linux, where no variable says anything, the desktop is asked through its portal. A proxy's address
may hold a password, so nothing here shows more of it than host and port.
"""

from __future__ import annotations

import socket
import ssl
import sys
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx2

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.hosts import escaped, is_this_machine
from desktop_helper.core.i18n import tr
from desktop_helper.core.proxies import ProxyFault

_ASKS_FOR_PASSWORD = 407
_NO_WAY = (403, 502, 503, 504)


def proxy_for(base_url: str) -> str | None:
    """The proxy that this machine's settings prescribe for `base_url`; None for none."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if is_this_machine(host) or urllib.request.proxy_bypass(f"{host}:{parts.port}" if parts.port else host):
        return None
    proxies = urllib.request.getproxies()
    if not proxies and sys.platform.startswith("linux"):
        from desktop_helper.freedesktop.proxy_resolver import proxy_of_desktop

        found = proxy_of_desktop(base_url)
    else:
        found = proxies.get(parts.scheme) or proxies.get("all")
    if not found:
        return None
    return escaped(found if "://" in found else f"http://{found}")


def shown(proxy: str) -> str:
    """Host and port."""
    return urlsplit(proxy).netloc.rpartition("@")[2]


def through_proxy(proxy: str, certificates: ssl.SSLContext) -> ProxiedTransport:
    """A transport through `proxy`. Raises `HelperError(CONFIG)` if it is of a kind that cannot be used."""
    try:
        trusted = certificates if proxy.lower().startswith("https:") else None
        inner = httpx2.HTTPTransport(verify=certificates, proxy=httpx2.Proxy(proxy, ssl_context=trusted))
    except (ValueError, ImportError, httpx2.InvalidURL):
        raise HelperError(  # without the cause, which quotes the address
            ErrorKind.CONFIG,
            tr("The proxy of this machine's settings cannot be used: only http:// and https:// proxies are supported."),
            tr("Set https_proxy to an HTTP proxy, or add the server to no_proxy."),
        ) from None
    return ProxiedTransport(inner, proxy)


class ProxiedTransport(httpx2.BaseTransport):
    """Says so when it was the proxy: a `ProxyFault` is then the cause of what the client raises."""

    def __init__(self, inner: httpx2.BaseTransport, proxy: str) -> None:
        self._inner = inner
        self._proxy = shown(proxy)
        self._host = urlsplit(proxy).hostname or ""
        self._has_password = "@" in urlsplit(proxy).netloc

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it through the proxy."""
        steps = _Steps(request.extensions.get("trace"))
        request.extensions["trace"] = steps
        try:
            response = self._inner.handle_request(request)
        except httpx2.ProxyError as error:  # it begins with the number that the proxy answered
            number = str(error)[:3]
            raise httpx2.ProxyError(number) from self._fault(int(number) if number.isdigit() else None)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            if not steps.at_proxy:
                raise
            raise type(error)(type(error).__name__) from self._unreachable(error)
        status = response.status_code
        # Over plain HTTP it answers in the server's place.
        page = request.url.scheme == "http" and status in _NO_WAY and "html" in response.headers.get("content-type", "")
        if status == _ASKS_FOR_PASSWORD or page:
            response.close()
            raise httpx2.ProxyError(str(status)) from self._fault(status, page=page)
        return response

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()

    def _fault(self, status: int | None, *, page: bool = False) -> ProxyFault:
        return ProxyFault(self._proxy, status, has_password=self._has_password, page=page)

    def _unreachable(self, error: BaseException) -> ProxyFault:
        cause: BaseException = error
        while (deeper := cause.__cause__ or cause.__context__) is not None:
            cause = deeper
        unknown = isinstance(cause, socket.gaierror) and cause.errno != socket.EAI_AGAIN
        return ProxyFault(self._proxy, again=not unknown and not is_this_machine(self._host))


class _Steps:
    """Listens to what the client does: before the first byte goes through, it talks to the proxy itself."""

    def __init__(self, also: Callable[[str, dict[str, Any]], None] | None) -> None:
        self.at_proxy = False
        self._also = also

    def __call__(self, name: str, info: dict[str, Any]) -> None:
        if name.endswith(".started"):
            self.at_proxy = name.startswith("connection.")
        if self._also is not None:
            self._also(name, info)
