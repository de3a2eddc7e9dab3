"""What a hub's refusals mean, in one sentence each."""

from __future__ import annotations

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})


def refusal(host: str, status: int, retry_after: float | None = None) -> HelperError:
    """The error for an HTTP status."""
    if status in (401, 403):
        return HelperError(
            ErrorKind.AUTH,
            tr("{host} does not give this model out without an account (HTTP {status}).", host=host, status=status),
            tr("Download it in your browser and add the files, or choose another model."),
        )
    if status in (404, 410):
        return HelperError(
            ErrorKind.MODEL,
            tr("{host} does not have this model or this file (HTTP {status}).", host=host, status=status),
            tr("Check the name, or choose another model server."),
        )
    if status == 429:
        return HelperError(
            ErrorKind.SERVER,
            tr("{host} asks us to come back later (HTTP {status}).", host=host, status=status),
            tr("Try again in a while; the download goes on where it stopped."),
            retry=True,
            retry_after=retry_after,
        )
    return HelperError(
        ErrorKind.SERVER,
        tr("{host} could not answer (HTTP {status}).", host=host, status=status),
        tr("Try again later; the download goes on where it stopped."),
        retry=status in TRANSIENT,
        retry_after=retry_after,
    )


def unreachable(host: str) -> HelperError:
    """No connection, or it broke."""
    return HelperError(
        ErrorKind.NETWORK,
        tr("{host} cannot be reached, or the connection broke.", host=host),
        tr("Check the network, or choose another model server; the download goes on where it stopped."),
        retry=True,
    )
