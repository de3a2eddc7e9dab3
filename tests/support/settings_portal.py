"""A settings portal on the session bus; says when it is ready.

`python -m tests.support.settings_portal SPACE KEY VALUE`
"""

from __future__ import annotations

import sys

from jeepney import HeaderFields, MessageType, new_error, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection


def main(space: str, key: str, text: str) -> None:
    value = ("b", text == "true") if text in ("true", "false") else ("u", int(text))
    bus = open_dbus_connection("SESSION")
    bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.portal.Desktop"))
    print("ready", flush=True)
    while True:
        call = bus.receive()
        if call.header.message_type is not MessageType.method_call:
            continue
        if call.header.fields.get(HeaderFields.member) == "Read" and call.body == (space, key):
            bus.send_message(new_method_return(call, "v", (("v", value),)))
        else:
            bus.send_message(new_error(call, "org.freedesktop.portal.Error.NotFound"))


if __name__ == "__main__":
    main(*sys.argv[1:])
