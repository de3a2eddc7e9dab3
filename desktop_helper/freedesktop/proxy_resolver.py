"""The proxy that the Linux desktop's own settings prescribe, as its portal tells.

https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.ProxyResolver.html
"""

from __future__ import annotations

from contextlib import closing

from desktop_helper.freedesktop import portal

ASKED_S = 1.0  # the question waits for it; a desktop answers within milliseconds
_INTERFACE = "ProxyResolver"
_DIRECT = "direct"


def proxy_of_desktop(url: str, wait_s: float = ASKED_S) -> str | None:
    """The first proxy for `url`, e.g. `http://proxy.example:3128`; None for none, or where no desktop tells.

    Asks a portal that runs; starts none.
    """
    if not portal.has_bus():
        return None
    from jeepney import MessageFlag, MessageType, new_method_call

    call = new_method_call(portal.address(_INTERFACE), "Lookup", "s", (url,))
    call.header.flags |= MessageFlag.no_auto_start
    try:
        with closing(portal.connect(wait_s)) as bus:
            reply = bus.send_and_get_reply(call, timeout=wait_s)
    except (OSError, TimeoutError):
        return None
    if reply.header.message_type is not MessageType.method_return or not reply.body or not reply.body[0]:
        return None
    first = str(reply.body[0][0])
    return None if first.partition(":")[0] == _DIRECT else first
