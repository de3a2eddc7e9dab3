"""A session with the GlobalShortcuts portal, on a thread of its own: the user may think about the keys for minutes."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

from desktop_helper.core.i18n import tr
from desktop_helper.freedesktop import portal as desktop_portal

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

_SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
_SESSION = "org.freedesktop.portal.Session"
Wanted = Mapping[str, tuple[str, str]]


class ShortcutSession:
    """Binds shortcuts by name.

    Args:
        on_pressed: gets the name of a shortcut; on the session's thread, as `on_bound`.
        on_bound: gets what is wrong with each name that was not bound, and why nothing was bound if so.
    """

    def __init__(self, on_pressed: Callable[[str], None], on_bound: Callable[[Mapping[str, str], str], None]) -> None:
        self._on_pressed, self._on_bound = on_pressed, on_bound
        self._lock = threading.Lock()
        self._wanted: Wanted = {}
        self._is_new = False  # the thread has not seen it yet
        self._closed = False
        self._wake, self._woken = socket.socketpair()
        self._thread: threading.Thread | None = None

    def bind(self, wanted: Wanted) -> None:
        """Have exactly these shortcuts: for each name what it does, in words, and the keys we would like."""
        with self._lock:
            self._wanted, self._is_new = dict(wanted), True
        if wanted and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(target=self._run, name="shortcuts", daemon=True)
            self._thread.start()
        self._wake.send(b"!")

    def close(self) -> None:
        """Give every key back. Waits for the thread."""
        self._closed = True
        self._wake.send(b"!")
        if self._thread is not None:
            self._thread.join(2 * desktop_portal.ASKED_S)
        self._wake.close()
        self._woken.close()

    # --- the thread ---

    def _run(self) -> None:
        try:
            with closing(desktop_portal.connect()) as bus:
                _Talk(bus, self._on_pressed, self._on_bound).run(self._woken, self._news)
        except _Closed:
            return
        except (OSError, TimeoutError) as error:
            if not self._closed:
                reason = tr("The session bus broke off: {detail}.", detail=error)
                with self._lock:
                    problems = dict.fromkeys(self._wanted, reason)
                self._on_bound(problems, reason)

    def _news(self) -> Wanted | None:
        """Wait for whoever woke us. What is wanted now, None if that is not new. Raises `_Closed`."""
        self._woken.recv(64)
        with self._lock:
            wanted, self._is_new = self._wanted if self._is_new else None, False
        if self._closed:
            raise _Closed
        return wanted


class _Closed(Exception):
    """Nothing is wanted any more."""


class _Talk:
    """What is said on the bus: one portal session for each set of shortcuts, since a session is bound once."""

    def __init__(
        self,
        bus: DBusConnection,
        on_pressed: Callable[[str], None],
        on_bound: Callable[[Mapping[str, str], str], None],
    ) -> None:
        from jeepney import DBusAddress

        self._bus = bus
        self._on_pressed, self._on_bound = on_pressed, on_bound
        self._portal = DBusAddress(desktop_portal.DESKTOP, desktop_portal.SERVICE, _SHORTCUTS)
        self._wanted: Wanted = {}
        self._session = ""
        self._signals: deque[Message] = deque()
        self._awaited: dict[str, Callable[[int, Mapping[str, Any]], None]] = {}  # by the path of the request

    def run(self, woken: socket.socket, news: Callable[[], Wanted | None]) -> None:
        """Until `news` raises. Raises OSError if the bus goes."""
        from jeepney import MatchRule

        with self._bus.filter(MatchRule(type="signal"), queue=self._signals):
            self._introduce()
            try:
                while True:
                    self._listen()
                    ready, _, _ = select.select([self._bus.sock, woken], [], [])
                    wanted = news() if woken in ready else None
                    if wanted is not None and wanted != self._wanted:
                        self._begin(wanted)
            finally:
                with contextlib.suppress(OSError):
                    self._end()

    def _introduce(self) -> None:
        """Say who we are, and what we want to hear."""
        from jeepney import MatchRule, message_bus

        desktop_portal.introduce(self._bus)
        for interface in (_SHORTCUTS, _SESSION, "org.freedesktop.portal.Request"):
            rule = MatchRule(type="signal", interface=interface)
            self._bus.send_and_get_reply(message_bus.AddMatch(rule), timeout=desktop_portal.ASKED_S)

    def _begin(self, wanted: Wanted) -> None:
        self._end()
        self._wanted = wanted
        if wanted:
            options = {"session_handle_token": ("s", desktop_portal.new_token())}
            self._request("CreateSession", "", (), options, self._on_created)

    def _end(self) -> None:
        from jeepney import DBusAddress, new_method_call

        self._awaited.clear()
        if self._session:
            session = DBusAddress(self._session, desktop_portal.SERVICE, _SESSION)
            self._bus.send(new_method_call(session, "Close"))
            self._session = ""

    def _on_created(self, answer: int, results: Mapping[str, Any]) -> None:
        self._session = str(results.get("session_handle", ("s", ""))[1])
        if answer or not self._session:
            self._refuse(tr("The desktop's portal gives no hotkeys."))
            return
        shortcuts = [
            (name, {"description": ("s", title), "preferred_trigger": ("s", keys)})
            for name, (title, keys) in self._wanted.items()
        ]
        self._request("BindShortcuts", "oa(sa{sv})s", (self._session, shortcuts, ""), {}, self._on_shortcuts)

    def _on_shortcuts(self, answer: int, results: Mapping[str, Any]) -> None:
        if answer:
            self._refuse(tr("The desktop was not allowed to give this key."))
            return
        given = {name for name, _details in results.get("shortcuts", ("", ()))[1]}
        missing = [name for name in self._wanted if name not in given]
        self._on_bound(dict.fromkeys(missing, tr("The desktop has not given this key.")), "")

    def _refuse(self, reason: str) -> None:
        self._on_bound(dict.fromkeys(self._wanted, reason), reason)

    def _request(
        self,
        method: str,
        signature: str,
        body: tuple[object, ...],
        options: Mapping[str, desktop_portal.Variant],
        then: Callable[[int, Mapping[str, Any]], None],
    ) -> None:
        from jeepney import MessageType, new_method_call

        token = desktop_portal.new_token()
        path = desktop_portal.request_path(self._bus.unique_name, token)
        self._awaited[path] = then  # before the call: the answer may be faster than the reply
        call = new_method_call(
            self._portal, method, f"{signature}a{{sv}}", (*body, {**options, "handle_token": ("s", token)})
        )
        reply = self._bus.send_and_get_reply(call, timeout=desktop_portal.ASKED_S)
        if reply.header.message_type is MessageType.error:
            del self._awaited[path]
            then(2, {})

    def _listen(self) -> None:
        """Handle everything that has come."""
        with contextlib.suppress(TimeoutError):
            while True:
                while self._signals:
                    self._handle(self._signals.popleft())
                self._bus.recv_messages(timeout=0)

    def _handle(self, message: Message) -> None:
        from jeepney import HeaderFields

        fields = message.header.fields
        member = fields.get(HeaderFields.member)
        if member == "Response":
            then = self._awaited.pop(str(fields.get(HeaderFields.path)), None)
            if then is not None:
                then(int(message.body[0]), message.body[1])
        elif member == "Closed" and fields.get(HeaderFields.path) == self._session:
            self._session = ""
            self._refuse(tr("The desktop has taken this key back."))
        elif member == "Activated" and message.body[0] == self._session:
            self._on_pressed(str(message.body[1]))
