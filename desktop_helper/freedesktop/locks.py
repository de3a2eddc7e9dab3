"""Signals of Linux desktops that say whether the session is locked.

Screen savers announce `ActiveChanged` on the session bus, whichever desktop they belong to; logind announces `Lock` and
`Unlock` of sessions and `PrepareForSleep` of the machine on the system bus.
"""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from desktop_helper.core.cancel import CancelToken

if TYPE_CHECKING:
    from jeepney import MatchRule, Message
    from jeepney.io.blocking import DBusConnection

CONNECT_S = 3.0
_LOGIND = "org.freedesktop.login1"
# The interface differs between desktops, the signal does not.
_SAVERS = tuple(f"org.{name}.ScreenSaver" for name in ("freedesktop", "gnome", "cinnamon", "mate", "xfce"))


def watch(on_change: Callable[[bool], None], cancel: CancelToken) -> None:
    """Call `on_change` on this thread each time that the session is locked or unlocked, until `cancel`.

    Returns at once where there is no bus to listen to.
    """
    with ExitStack() as stack:
        buses = [stack.enter_context(closing(bus)) for bus in _open_buses()]
        if not buses:
            return
        read, write = os.pipe()
        stack.callback(os.close, read)
        stack.callback(os.close, write)
        stack.callback(cancel.on_cancel(lambda: _wake(write)))
        ours = next((session for bus in reversed(buses) if (session := _own_session(bus))), None)
        reasons: frozenset[str] = frozenset()
        while not cancel.cancelled:
            ready, _, _ = select.select([read, *(bus.sock for bus in buses)], [], [])
            for bus in [bus for bus in buses if bus.sock in ready]:
                try:
                    for message in _received(bus):
                        before, reasons = reasons, after(reasons, message, ours)
                        if bool(before) != bool(reasons):
                            on_change(bool(reasons))
                except OSError:  # the bus is gone, with the session or not
                    buses.remove(bus)


def after(reasons: frozenset[str], message: Message, ours: str | None = None) -> frozenset[str]:
    """Why nobody looks at the screen, once `message` was received: `locked`, `asleep`, both, or not at all.

    A session that was locked through logind is mostly unlocked by its screen saver. Waking up unlocks nothing. If it
    is known which of logind's sessions is `ours`, those of others who use this machine are none of our business.
    """
    from jeepney import HeaderFields, MessageType

    if message.header.message_type is not MessageType.signal:
        return reasons
    member = str(message.header.fields.get(HeaderFields.member))
    reason = "asleep" if member == "PrepareForSleep" else "locked"
    if member in ("Lock", "Unlock"):
        if ours is not None and message.header.fields.get(HeaderFields.path) != ours:
            return reasons
        state = member == "Lock"
    elif member in ("ActiveChanged", "PrepareForSleep") and message.body:
        state = message.body[0] is True
    else:
        return reasons
    return reasons | {reason} if state else reasons - {reason}


def _open_buses() -> Iterator[DBusConnection]:
    from jeepney import MatchRule
    from jeepney.io.blocking import open_dbus_connection

    rules: dict[str, list[MatchRule]] = {
        "SESSION": [MatchRule(type="signal", interface=one, member="ActiveChanged") for one in _SAVERS],
        "SYSTEM": [
            *(MatchRule(type="signal", interface=f"{_LOGIND}.Session", member=one) for one in ("Lock", "Unlock")),
            MatchRule(type="signal", interface=f"{_LOGIND}.Manager", member="PrepareForSleep"),
        ],
    }
    for name, wanted in rules.items():
        with contextlib.suppress(OSError, TimeoutError, KeyError):  # KeyError: no address of a session bus
            bus = open_dbus_connection(name, auth_timeout=CONNECT_S)
            try:
                _listen(bus, wanted)
            except BaseException:
                bus.close()
                raise
            yield bus


def _own_session(bus: DBusConnection) -> str | None:
    """The path of the session that this process shows its windows in, as logind calls it; None if it does not say."""
    manager, name = ("/org/freedesktop/login1", f"{_LOGIND}.Manager"), os.environ.get("XDG_SESSION_ID", "")
    asked = [("GetSession", "s", name)] if name else []
    for member, signature, argument in (*asked, ("GetSessionByPID", "u", os.getpid())):
        if (path := _asked(bus, manager, member, signature, argument)) is not None:
            return str(path)
    # An app that the user's systemd has started belongs to no session: then it is the one with their screen.
    user = _asked(bus, manager, "GetUser", "u", os.getuid())
    if user is None:
        return None
    properties = (str(user), "org.freedesktop.DBus.Properties")
    shown = _asked(bus, properties, "Get", "ss", f"{_LOGIND}.User", "Display")
    return str(shown[1][1]) if isinstance(shown, tuple) and shown[1][0] else None


def _asked(bus: DBusConnection, where: tuple[str, str], member: str, signature: str, *body: object) -> object:
    """The first thing that logind answers at a path and an interface; None for an error, or no answer."""
    from jeepney import DBusAddress, MessageType, new_method_call

    address = DBusAddress(where[0], _LOGIND, where[1])
    try:
        reply = bus.send_and_get_reply(new_method_call(address, member, signature, body), timeout=CONNECT_S)
    except (OSError, TimeoutError):
        return None
    return reply.body[0] if reply.header.message_type is MessageType.method_return and reply.body else None


def _listen(bus: DBusConnection, rules: list[MatchRule]) -> None:
    from jeepney import message_bus

    for rule in rules:
        bus.send_and_get_reply(message_bus.AddMatch(rule), timeout=CONNECT_S)


def _received(bus: DBusConnection) -> Iterator[Message]:
    with contextlib.suppress(TimeoutError):
        while True:
            yield bus.receive(timeout=0)


def _wake(descriptor: int) -> None:
    with contextlib.suppress(OSError):  # it is over already
        os.write(descriptor, b".")
