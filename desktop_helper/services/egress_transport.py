"""The transport behind `services.egress`: pins the host, obeys "local only", writes the ledger.

Kept apart since it needs httpx2, which must not be loaded before the first question.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx2

from desktop_helper.core import trace
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.hosts import is_this_machine
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.core.proxies import ProxyFault
from desktop_helper.services.egress_certificates import trusting, without_tls
from desktop_helper.services.egress_proxy import proxy_for, shown, through_proxy

# In a JSON string the quotes would be escaped, so a user's text cannot look like this.
_IMAGE_PART = re.compile(rb'"type"\s*:\s*"image_url"')
_VIDEO_PART = re.compile(rb'"type"\s*:\s*"video_url"')
_PORTS = {"http": 80, "https": 443}


class _Refused(Exception):
    """A request that may not leave: why, for the ledger, and what the user is told."""

    def __init__(self, why: str, message: str, fix: str) -> None:
        super().__init__(why)
        self.why = why
        self.error = HelperError(ErrorKind.CONFIG, message, fix)


class GuardedTransport(httpx2.BaseTransport):
    """Lets requests to `profile.base_url`'s host and port through, and nothing else."""

    def __init__(
        self,
        profile: ModelProfile,
        local_only: Callable[[], bool],
        record: Callable[[dict[str, object]], None],
    ) -> None:
        self._profile = profile
        self._local_only = local_only
        self._record = record
        self._origin = _origin(httpx2.URL(profile.base_url))
        proxy = proxy_for(profile.base_url)
        self._way = {"proxy": shown(proxy)} if proxy else {}
        self._inner = _inner_transport(profile, proxy)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Check, send and record one request. Raises `HelperError(CONFIG)` if it is refused."""
        try:
            self._check(request.url)
        except _Refused as refusal:
            self._write(request, b"", refused=refusal.why)
            raise refusal.error from None
        started = time.monotonic()
        status: int | None = None
        trace.instant("egress:request_sent", host=request.url.host)
        try:
            response = self._inner.handle_request(request)
            status = response.status_code
            return response
        except httpx2.ProxyError as error:
            status = error.__cause__.status if isinstance(error.__cause__, ProxyFault) else None
            raise
        finally:
            self._write(request, request.content, status=status, seconds=round(time.monotonic() - started, 3))

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()

    def _check(self, url: httpx2.URL) -> None:
        if _origin(url) != self._origin:
            own = self._origin[1]
            raise _Refused(
                "other host",
                tr("A request to {host} was stopped: this model may only be reached at {own}.", host=url.host, own=own),
                tr("Check the server address in Settings."),
            )
        if self._local_only() and not is_this_machine(url.host):
            raise _Refused(
                "local only",
                tr("“Stay on this machine” is on, so nothing was sent to {host}.", host=url.host),
                tr("Choose a model on this machine, or switch “Stay on this machine” off in Settings."),
            )

    def _write(self, request: httpx2.Request, content: bytes, **outcome: object) -> None:
        self._record(
            {
                "time": datetime.now(UTC).isoformat(timespec="seconds"),
                "profile": self._profile.name,
                "provider": self._profile.provider,
                "host": request.url.netloc.decode("ascii"),
                "method": request.method,
                "path": request.url.path,
                "bytes": len(content),
                "images": len(_IMAGE_PART.findall(content)),
                **_videos(content),
                **self._way,
                **outcome,
            }
        )


def _videos(content: bytes) -> dict[str, int]:
    count = len(_VIDEO_PART.findall(content))
    return {"videos": count} if count else {}


def _inner_transport(profile: ModelProfile, proxy: str | None) -> httpx2.BaseTransport:
    plain = profile.base_url.startswith("http://")
    if proxy is None:
        return httpx2.HTTPTransport(verify=without_tls() if plain else trusting(profile.ca_file))
    return through_proxy(proxy, trusting(profile.ca_file))


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme)
