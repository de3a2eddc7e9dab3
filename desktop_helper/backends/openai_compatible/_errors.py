"""Exceptions of openai, httpx2, ssl and the socket layer, each as a `Failure`.

The deepest cause says most ("connection refused" rather than "connection error"), so it is looked at first. Otherwise
the table below decides; a test fails if either package defines an exception that it does not list.
"""

from __future__ import annotations

import contextlib
import email.utils
import errno
import math
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from desktop_helper.backends.openai_compatible import _failures as failures
from desktop_helper.backends.openai_compatible._answer import ServerSaidError
from desktop_helper.backends.openai_compatible._codes import failure_of
from desktop_helper.backends.openai_compatible._failures import MANY, Failure
from desktop_helper.backends.openai_compatible._line import SilentError
from desktop_helper.backends.openai_compatible._site import Site
from desktop_helper.backends.openai_compatible._sse import EndlessError, GarbledError, PackedError, WebPageError
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.hosts import shown
from desktop_helper.core.i18n import tr
from desktop_helper.core.proxies import ProxyFault

Make = Callable[[Any, Site], Failure]

# Numbers of OpenSSL: X509_V_ERR_HOSTNAME_MISMATCH, …IP_ADDRESS_MISMATCH; …CERT_NOT_YET_VALID, …CERT_HAS_EXPIRED.
_OTHER_NAME, _EARLY, _LATE = (62, 64), (9,), (10,)
_ASKS_FOR_PASSWORD = 407
_FORBIDDEN = 403
_NO_NETWORK = (errno.ENETUNREACH, errno.ENETDOWN)
_SELF_SIGNED, _FROM_SELF_SIGNED, _NO_ISSUER = (18,), (19,), (2, 20, 21, 27)


def _timeout(error: object, site: Site) -> Failure:
    message = tr("{host} was silent for too long.", host=site.host)
    more_time = tr("On the command line, --timeout gives it more time.")
    return Failure(HelperError(ErrorKind.TIMEOUT, message, tr("Try again."), command_fix=more_time, retry=True))


def _no_connection_in_time(error: object, site: Site) -> Failure:
    message = tr("{host} did not accept a connection in time.", host=site.host)
    return Failure(HelperError(ErrorKind.NETWORK, message, _check_network(site), retry=True))


def _check_network(site: Site) -> str:
    if site.is_here:
        return tr("Start the server, or correct the server address.")
    if site.address_is_ours:
        return tr("Check the network and the proxy.")
    return tr("Check the network, the proxy and the server address.")


def _unreachable(error: object, site: Site) -> Failure:
    none = isinstance(error, OSError) and error.errno in _NO_NETWORK
    message = (
        tr("{host} cannot be reached: no network of this machine leads there.", host=site.host)
        if none
        else tr("{host} cannot be reached.", host=site.host)
    )
    return Failure(
        HelperError(ErrorKind.NETWORK, message, _check_network(site), retry=True), 0 if site.is_here else MANY
    )


def _refused(error: object, site: Site) -> Failure:
    if not site.is_here:
        return _unreachable(error, site)
    message = tr("No server is listening at {address}.", address=site.address)
    return Failure(HelperError(ErrorKind.NETWORK, message, _check_network(site)))


def _broken(error: object, site: Site) -> Failure:
    message = tr("The connection to {host} broke.", host=site.host)
    fix = (
        tr("Try again; if it breaks again, the server's own log may say why.")
        if site.is_here
        else tr("Try again; if it breaks again, check the network.")
    )
    return Failure(HelperError(ErrorKind.NETWORK, message, fix, retry=True), MANY)


def _unknown_name(error: socket.gaierror, site: Site) -> Failure:
    again = error.errno == socket.EAI_AGAIN  # e.g. the network is just coming up
    message = (
        tr("Nobody could be asked where {host} is: there is probably no network.", host=site.host)
        if again
        else tr("The name {host} was not found.", host=site.host)
    )
    return Failure(HelperError(ErrorKind.NETWORK, message, _check_network(site), retry=again), MANY if again else 0)


def _untrusted(error: object, site: Site) -> Failure:
    number = getattr(error, "verify_code", 0)
    why = _why_untrusted(number) or site.clean(getattr(error, "verify_message", "") or "") or "TLS"
    if number in _OTHER_NAME:
        message = tr("The certificate of {host} was issued for another name.", host=site.host)
        fix = tr("Use a name that stands in the certificate as the server address, or have it issued for this one.")
        return Failure(HelperError(ErrorKind.NETWORK, message, fix))
    message = tr("The certificate of {host} is not trusted ({why}).", host=site.host, why=why)
    if number in (*_EARLY, *_LATE):
        fix = tr("Check the date and time of this machine; if they are right, the server needs a new certificate.")
        return Failure(HelperError(ErrorKind.NETWORK, message, fix))
    fix = tr("If your company or your own server issued it, choose the certificate of that authority in Settings.")
    named = tr("On the command line, --ca-file or SSL_CERT_FILE names it.")
    return Failure(HelperError(ErrorKind.NETWORK, message, fix, command_fix=named))


def _why_untrusted(number: int) -> str:
    """What OpenSSL found, in the user's language; empty for what is rare."""
    if number in _SELF_SIGNED:
        return tr("it vouches for itself")
    if number in _FROM_SELF_SIGNED:
        return tr("the authority behind it is not known here")
    if number in _NO_ISSUER:
        return tr("who issued it is not known here")
    if number in _EARLY:
        return tr("it is not valid yet")
    return tr("it has expired") if number in _LATE else ""


def _no_tls(error: object, site: Site) -> Failure:
    message = tr("No encrypted connection to {host} could be made.", host=site.host)
    fix = tr("Check whether the server address begins with https:// where it should be http://.")
    return Failure(HelperError(ErrorKind.NETWORK, message, fix))


def _proxy(error: object, site: Site) -> Failure:
    message = tr("The proxy did not let the connection to {host} through.", host=site.host)
    return Failure(HelperError(ErrorKind.NETWORK, message, _check_proxy()))


def _proxy_fault(error: ProxyFault, site: Site) -> Failure:
    names = {"proxy": error.proxy, "host": site.host}
    if error.status is None:
        message = tr("No connection to the proxy {proxy} could be made, so nothing was sent to {host}.", **names)
        return Failure(
            HelperError(ErrorKind.NETWORK, message, _check_proxy(), retry=error.again), MANY if error.again else 0
        )
    if error.status == _ASKS_FOR_PASSWORD:
        message = (
            tr("The proxy {proxy} does not accept the name and password in its address.", **names)
            if error.has_password
            else tr("The proxy {proxy} wants a name and a password.", **names)
        )
        fix = tr("Write them into the proxy's address in the settings of this machine: http://NAME:PASSWORD@HOST:PORT.")
        return Failure(HelperError(ErrorKind.NETWORK, message, fix))
    if error.page:
        message = tr(
            "The proxy {proxy}, or something behind it, answers with a web page in the place of {host} ({status}).",
            **names,
            status=error.status,
        )
    else:
        message = tr(
            "The proxy {proxy} did not let the connection to {host} through ({status}).", **names, status=error.status
        )
    return Failure(HelperError(ErrorKind.NETWORK, message, _check_proxy()))


def _check_proxy() -> str:
    return tr("Check the proxy settings of this machine; no_proxy names hosts that are reached without one.")


def _web_page(error: object, site: Site) -> Failure:
    return failures.web_page(site)


def _garbled(error: object, site: Site) -> Failure:
    return failures.not_the_protocol(site)


def _packed(error: object, site: Site) -> Failure:
    return failures.packed(site)


def _endless(error: object, site: Site) -> Failure:
    return failures.endless(site)


def _redirected(error: object, site: Site) -> Failure:
    return failures.redirected(site, "", None)


def _bad_address(error: object, site: Site) -> Failure:
    message = tr("“{url}” is not the address of a server.", url=site.address)
    return Failure(HelperError(ErrorKind.CONFIG, message, tr("Enter a server address like http://127.0.0.1:8000/v1.")))


def _status(error: Any, site: Site) -> Failure:
    response = error.response
    body = getattr(error, "body", None)
    if response.is_redirect and (there := _address(response.headers.get("location", ""), site)):
        return failures.redirected(site, "", None, there)
    if response.status_code == _FORBIDDEN and "html" in response.headers.get("content-type", "").lower():
        return failures.walled(site, "", None)
    return failure_of(body, site, status=response.status_code, wait=retry_after(response.headers))


def _address(location: str, site: Site) -> str:
    """Where a redirect leads to, as an address of a server; empty if it does not say.

    What is behind `?` may repeat what was sent.
    """
    try:
        parts = urlsplit(urljoin(site.address, location))
    except ValueError:
        return ""
    path = parts.path.removesuffix("/chat/completions").removesuffix("/models")
    return site.clean(shown(f"{parts.scheme}://{parts.netloc}{path}")) if location else ""


def _said(error: Any, site: Site) -> Failure:
    return failure_of(error.error if isinstance(error, ServerSaidError) else error.body, site)


def _too_long(error: object, site: Site) -> Failure:
    return failures.too_long(site, "", None)


def _filtered(error: object, site: Site) -> Failure:
    return failures.filtered(site, "", None)


def _bug(error: object, site: Site) -> Failure:
    message = tr("Something unexpected went wrong with {name} ({error}).", name=site.name, error=type(error).__name__)
    return Failure(
        HelperError(ErrorKind.SERVER, message, tr("Try again; if it happens again, please report it with the log."))
    )


BY_CLASS: dict[str, Make] = {
    "openai.APIConnectionError": _broken,
    "openai.APIError": _said,
    "openai.APIResponseValidationError": _garbled,
    "openai.APITimeoutError": _timeout,
    "openai.ContentFilterFinishReasonError": _filtered,
    "openai.LengthFinishReasonError": _too_long,
    **dict.fromkeys(
        (
            "openai.APIStatusError",
            "openai.AuthenticationError",
            "openai.BadRequestError",
            "openai.ConflictError",
            "openai.InternalServerError",
            "openai.NotFoundError",
            "openai.OAuthError",
            "openai.PermissionDeniedError",
            "openai.RateLimitError",
            "openai.UnprocessableEntityError",
            "httpx2.HTTPStatusError",
        ),
        _status,
    ),
    "httpx2.CloseError": _broken,
    "httpx2.ConnectError": _unreachable,
    "httpx2.ConnectTimeout": _no_connection_in_time,
    "httpx2.DecodingError": _garbled,
    "httpx2.HTTPError": _broken,
    "httpx2.InvalidURL": _bad_address,
    "httpx2.NetworkError": _broken,
    "httpx2.PoolTimeout": _no_connection_in_time,
    "httpx2.ProtocolError": _broken,
    "httpx2.ProxyError": _proxy,
    "httpx2.ReadError": _broken,
    "httpx2.ReadTimeout": _timeout,
    "httpx2.RemoteProtocolError": _broken,
    "httpx2.RequestError": _broken,
    "httpx2.TimeoutException": _timeout,
    "httpx2.TooManyRedirects": _redirected,
    "httpx2.TransportError": _broken,
    "httpx2.UnsupportedProtocol": _bad_address,
    "httpx2.WriteError": _broken,
    "httpx2.WriteTimeout": _timeout,
    # Wrong use of the libraries, or parts of them that are not used here.
    **dict.fromkeys(
        (
            "httpx2.CookieConflict",
            "httpx2.LocalProtocolError",
            "httpx2.RequestNotRead",
            "httpx2.ResponseNotRead",
            "httpx2.SSEError",
            "httpx2.StreamClosed",
            "httpx2.StreamConsumed",
            "httpx2.StreamError",
            "openai.InvalidWebhookSignatureError",
            "openai.OpenAIError",
            "openai.WebSocketConnectionClosedError",
            "openai.WebSocketQueueFullError",
            "openai._exceptions.SubjectTokenProviderError",
        ),
        _bug,
    ),
}

_UNREACHABLE = (*_NO_NETWORK, errno.EHOSTUNREACH, errno.EHOSTDOWN)


def failure_from(error: BaseException, site: Site) -> Failure:
    """The failure that `error` (or what caused it) means; one that nobody foresaw is called unexpected."""
    causes = list(_causes(error))
    for cause in reversed(causes):
        if isinstance(cause, HelperError):
            return Failure(cause)
        make = _of_system(cause)
        if make is not None:
            return make(cause, site)
    for cause in reversed(causes):
        for base in type(cause).__mro__:
            if made := BY_CLASS.get(f"{base.__module__}.{base.__qualname__}"):
                return made(cause, site)
    return _bug(error, site)


def is_foreseen(error: BaseException) -> bool:
    """Whether `error` is part of life, and not a fault in this program or its libraries."""
    if isinstance(error, HelperError) or _of_system(error) is not None:
        return True
    listed = (BY_CLASS.get(f"{base.__module__}.{base.__qualname__}") for base in type(error).__mro__)
    return next((make for make in listed if make), _bug) is not _bug


def is_known(kind: type[BaseException]) -> bool:
    """Whether the table lists exactly this class."""
    return f"{kind.__module__}.{kind.__qualname__}" in BY_CLASS


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the header of this name asks to wait; it holds seconds or a date."""
    value = headers.get("retry-after", "").strip()
    with contextlib.suppress(ValueError):
        seconds = float(value)
        return max(0.0, seconds) if math.isfinite(seconds) else None
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        # httpcore2 keeps the system's exception as the argument of its own.
        inner = cause.args[0] if cause.args and isinstance(cause.args[0], BaseException) else None
        cause = cause.__cause__ or inner or (None if cause.__suppress_context__ else cause.__context__)


def _of_system(cause: BaseException) -> Make | None:
    """What the operating system's and the interpreter's own exceptions mean; None for all others."""
    table: tuple[tuple[type[BaseException], Make], ...] = (
        (ServerSaidError, _said),
        (SilentError, _timeout),
        (ProxyFault, _proxy_fault),
        (WebPageError, _web_page),
        (GarbledError, _garbled),
        (EndlessError, _endless),
        (PackedError, _packed),
        (ssl.SSLCertVerificationError, _untrusted),
        (ssl.SSLEOFError, _broken),
        (ssl.SSLError, _no_tls),
        (socket.gaierror, _unknown_name),
        (ConnectionRefusedError, _refused),
        (ConnectionError, _broken),
        (UnicodeError, _bad_address),  # a host name that cannot be written in IDNA
    )
    if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
        return _unreachable
    return next((make for kind, make in table if isinstance(cause, kind)), None)
