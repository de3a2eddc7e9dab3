"""Whether the desktop asks programs not to move things, on Linux: the settings portal knows it. No Qt, may wait."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from typing import Any

TIMEOUT_S = 2.0
_PORTAL, _PATH, _INTERFACE = (
    "org.freedesktop.portal.Desktop",
    "/org/freedesktop/portal/desktop",
    "org.freedesktop.portal.Settings",
)
# Where a desktop keeps it, and the value that means: keep still. The first is the common one, the second GNOME's own.
_PLACES: tuple[tuple[str, str, object], ...] = (
    ("org.freedesktop.appearance", "reduced-motion", 1),
    ("org.gnome.desktop.interface", "enable-animations", False),
)


def wants_stillness() -> bool:
    """Ask. False where there is no portal, no session bus, or no answer in time."""
    if not sys.platform.startswith("linux") or not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return False
    from jeepney.io.blocking import open_dbus_connection

    try:
        with closing(open_dbus_connection("SESSION", auth_timeout=TIMEOUT_S)) as bus:
            return any(_read(bus, space, key) == still for space, key, still in _PLACES)
    except Exception:  # noqa: BLE001 - whatever is wrong with the bus, the user did not ask for it: everything moves
        return False


def _read(bus: Any, space: str, key: str) -> object:
    from jeepney import DBusAddress, MessageType, new_method_call

    portal = DBusAddress(_PATH, _PORTAL, _INTERFACE)
    reply = bus.send_and_get_reply(new_method_call(portal, "Read", "ss", (space, key)), timeout=TIMEOUT_S)
    if reply.header.message_type is not MessageType.method_return:
        return None  # this desktop does not know the key
    value: object = reply.body[0]
    while isinstance(value, tuple):  # (signature, value), and `Read` wraps it twice
        value = value[1]
    return value
