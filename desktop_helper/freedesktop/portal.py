"""The desktop portal of Linux: what it offers, and requests, which it answers later, by a signal.

https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Request.html
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

if TYPE_CHECKING:
    from jeepney import DBusAddress, MatchRule, Message
    from jeepney.io.blocking import DBusConnection

SERVICE, DESKTOP = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
APP_ID = "desktop-helper"  # the desktop keeps the user's choices under it
ASKED_S = 3.0  # for what the portal answers itself
Variant = tuple[str, object]

CANCELLED = 1  # a portal's answer: the user has refused


def has_bus() -> bool:
    """Whether there is a session bus to be asked."""
    return bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS")) or os.path.exists(
        os.path.join(os.environ.get("XDG_RUNTIME_DIR", "/nowhere"), "bus")
    )


def new_token() -> str:
    """A name for a request or a session that nobody guesses."""
    return f"desktop_helper_{os.urandom(8).hex()}"  # the secrets module would bring OpenSSL into the idle app


def availability(interface: str, wait_s: float = ASKED_S) -> Availability:
    """Whether the portal offers `org.freedesktop.portal.{interface}`. Asks it, which may start it."""
    if not has_bus():
        return Availability(
            False,
            tr("There is no session bus, over which the desktop's portal would be asked."),
            tr("Start it inside a desktop session."),
        )
    try:
        with closing(connect(wait_s)) as bus:
            version = _version(bus, interface, wait_s)
    except (OSError, TimeoutError) as error:
        return Availability(
            False, tr("The session bus does not answer: {detail}.", detail=error), tr("Log out and in again.")
        )
    return AVAILABLE if version else _not_offered(interface)


def request(
    interface: str, method: str, signature: str, body: tuple[object, ...], options: Mapping[str, Variant], wait_s: float
) -> Mapping[str, Any]:
    """Call a method that ends with options, and wait for its answer: its results, without the variants' signatures.

    Args:
        interface: of the portal, e.g. `Screenshot`.
        method: its method.
        signature: D-Bus types of the arguments before the options.
        body: these arguments.
        options: more of them; the handle is added here.
        wait_s: how long the user may take, who may be asked for permission.

    Raises `HelperError(CAPTURE)` if the user or the portal refuses, or nobody answers.
    """
    try:
        with closing(connect()) as bus:
            answer, results = ask(bus, interface, method, signature, body, options, wait_s)
    except TimeoutError:
        raise silent(wait_s) from None
    except OSError as error:
        raise broken_off(error) from error
    if answer == CANCELLED:
        raise HelperError(
            ErrorKind.CAPTURE,
            tr("The desktop was not allowed to hand over a picture of the screen."),
            tr("Ask again and allow it, or allow it in the privacy settings of your desktop."),
        )
    if answer:
        raise failed(tr("The desktop's portal could not take a picture of the screen."))
    return results


def ask(
    bus: DBusConnection,
    interface: str,
    method: str,
    signature: str,
    body: tuple[object, ...],
    options: Mapping[str, Variant],
    wait_s: float,
) -> tuple[int, Mapping[str, Any]]:
    """As `request`, over a connection that the caller has: 0, `CANCELLED` or another refusal, and the results.

    Raises `HelperError(CAPTURE)` if the portal does not know the method, OSError and TimeoutError.
    """
    from jeepney import MessageType, message_bus, new_method_call

    token = new_token()
    call = new_method_call(
        address(interface), method, f"{signature}a{{sv}}", (*body, {**options, "handle_token": ("s", token)})
    )
    rule = response_at(request_path(bus.unique_name, token))
    # Before the call: the answer may be faster than the reply.
    bus.send_and_get_reply(message_bus.AddMatch(rule), timeout=ASKED_S)
    with bus.filter(rule) as responses:
        reply = bus.send_and_get_reply(call, timeout=max(wait_s, ASKED_S))
        if reply.header.message_type is MessageType.error:
            raise refused(interface, reply)
        response = bus.recv_until_filtered(responses, timeout=wait_s)
    answer, results = response.body
    return int(answer), {name: value for name, (_signature, value) in results.items()}


def introduce(bus: DBusConnection) -> None:
    """Say who we are, before anything else; desktops that do not ask refuse, which is no harm."""
    from jeepney import DBusAddress, new_method_call

    registry = DBusAddress(DESKTOP, SERVICE, "org.freedesktop.host.portal.Registry")
    bus.send_and_get_reply(new_method_call(registry, "Register", "sa{sv}", (APP_ID, {})), timeout=ASKED_S)


def address(interface: str) -> DBusAddress:
    """Of `org.freedesktop.portal.{interface}`."""
    from jeepney import DBusAddress

    return DBusAddress(DESKTOP, SERVICE, f"org.freedesktop.portal.{interface}")


def response_at(path: str) -> MatchRule:
    """Matches the answer to a request."""
    from jeepney import MatchRule

    return MatchRule(type="signal", interface="org.freedesktop.portal.Request", member="Response", path=path)


def request_path(unique_name: str | None, token: str) -> str:
    """Where a request stands that `unique_name` makes with this `handle_token`."""
    sender = (unique_name or "").removeprefix(":").replace(".", "_")
    return f"{DESKTOP}/request/{sender}/{token}"


def connect(wait_s: float = ASKED_S, *, files: bool = False) -> DBusConnection:
    """To the session bus. Raises OSError.

    Args:
        wait_s: how long it may take to let us in.
        files: let descriptors come over it.
    """
    from jeepney.io.blocking import open_dbus_connection

    return open_dbus_connection("SESSION", enable_fds=files, auth_timeout=wait_s)


def _version(bus: DBusConnection, interface: str, wait_s: float) -> int:
    """Of the interface; 0 where the portal does not have it, or there is no portal."""
    from jeepney import MessageType, Properties

    reply = bus.send_and_get_reply(Properties(address(interface)).get("version"), timeout=wait_s)
    return int(reply.body[0][1]) if reply.header.message_type is MessageType.method_return else 0


def _not_offered(interface: str) -> Availability:
    return Availability(
        False,
        tr("The desktop offers no portal for “{name}”.", name=interface),
        tr(
            "Install xdg-desktop-portal and the one for your desktop, e.g. xdg-desktop-portal-gnome, -kde or -wlr, "
            "and log in again."
        ),
    )


def refused(interface: str, reply: Message) -> HelperError:
    """What an error instead of a reply means."""
    from jeepney import HeaderFields

    name = str(reply.header.fields.get(HeaderFields.error_name, ""))
    if name.rpartition(".")[2] in ("ServiceUnknown", "NameHasNoOwner", "UnknownMethod", "UnknownInterface"):
        state = _not_offered(interface)
        return HelperError(ErrorKind.CAPTURE, state.reason, state.fix)
    detail = str(reply.body[0]).strip().rstrip(".") if reply.body else name
    return failed(tr("The desktop's portal refused: {detail}.", detail=detail))


def silent(wait_s: float) -> HelperError:
    """A portal, or a user, that has not answered."""
    return failed(tr("The desktop's portal did not answer within {seconds:g} seconds.", seconds=wait_s))


def broken_off(error: OSError) -> HelperError:
    """A bus that is gone."""
    return failed(tr("The session bus broke off: {detail}.", detail=error))


def failed(reason: str) -> HelperError:
    """Why something that the portal should do was not done."""
    return HelperError(
        ErrorKind.CAPTURE, reason, tr("Try again; if it stays so, `desktop-helper doctor` names what is missing.")
    )
