"""Screens and windows that the desktop shares: the ScreenCast portal.

https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.ScreenCast.html
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.freedesktop import portal as desktop_portal

if TYPE_CHECKING:
    from jeepney import Message

INTERFACE = "ScreenCast"
CHOICE_S = 180.0  # in which the user chooses what to share
ANSWER_S = 15.0  # for what nobody has to think about

_SESSION = "org.freedesktop.portal.Session"
_MONITOR, _WINDOW = 1, 2
_HIDDEN, _EMBEDDED = 1, 2  # what becomes of the mouse pointer
_UNTIL_REVOKED = 2
_REMEMBERS = 4  # the first version that does


@dataclass(frozen=True, slots=True)
class SharedStream:
    """One screen or window.

    Args:
        node: its number in PipeWire.
        place: of a screen, in the compositor's own units or in pixels: desktops differ; None if it was not told.
        is_window: it is no screen.
    """

    node: int
    place: Rect | None
    is_window: bool


@dataclass(frozen=True, slots=True)
class Shared:
    """What the user has agreed to.

    Args:
        streams: one at least.
        token: instead of asking, next time; each is good for once. Empty if the desktop will ask again.
    """

    streams: tuple[SharedStream, ...]
    token: str


class NotShared(HelperError):
    """The portal could not do it, though nobody has refused."""

    def __init__(self, reason: str) -> None:
        super().__init__(ErrorKind.CAPTURE, reason, desktop_portal.failed(reason).fix)


class ScreenCast:
    """A session in which the desktop shares something. Belongs to one thread.

    It ends with `close`, with the process, or when the user ends it in the desktop's own panel.

    Args:
        choice_s: how long the user may take.
    """

    def __init__(self, choice_s: float = CHOICE_S) -> None:
        self._choice_s = choice_s
        self._session = ""
        self._closed: deque[Message] = deque()
        self._open = contextlib.ExitStack()
        try:
            self._bus = desktop_portal.connect(files=True)
        except OSError as error:
            raise desktop_portal.broken_off(error) from error
        self._open.callback(self._bus.close)

    def share(self, *, pointer: bool, token: str = "") -> Shared:
        """Let the user choose, unless `token` says what they chose before.

        Args:
            pointer: let the mouse pointer be in the pictures.
            token: the last one that was given, if it has not been used.

        Raises `HelperError(CAPTURE)` if the user or the portal refuses, or nobody answers.
        """
        with _words(ANSWER_S):
            desktop_portal.introduce(self._bus)
        version, kinds, pointers = (self._property(name) for name in ("version", *_ABILITIES))
        created = self._ask("CreateSession", "", (), {"session_handle_token": ("s", desktop_portal.new_token())})
        self._watch(str(created.get("session_handle", "")))
        options: dict[str, desktop_portal.Variant] = {
            "types": ("u", (_MONITOR | _WINDOW) & kinds or _MONITOR),
            "multiple": ("b", True),
        }
        if pointers:
            options["cursor_mode"] = ("u", _EMBEDDED if pointer and pointers & _EMBEDDED else _HIDDEN)
        if version >= _REMEMBERS:
            options["persist_mode"] = ("u", _UNTIL_REVOKED)
            if token:
                options["restore_token"] = ("s", token)
        self._ask("SelectSources", "o", (self._session,), options)
        started = self._ask("Start", "os", (self._session, ""), {}, self._choice_s)
        streams = tuple(_stream(node, about) for node, about in started.get("streams", ()))
        if not streams:
            raise _nothing_shared()
        return Shared(streams, str(started.get("restore_token", "")))

    def open_remote(self) -> int:
        """A descriptor that leads to what PipeWire has of it; the caller closes it. Raises `HelperError(CAPTURE)`."""
        from jeepney import MessageType, new_method_call

        call = new_method_call(desktop_portal.address(INTERFACE), "OpenPipeWireRemote", "oa{sv}", (self._session, {}))
        with _words(ANSWER_S):
            reply = self._bus.send_and_get_reply(call, timeout=ANSWER_S)
        if reply.header.message_type is MessageType.error:
            raise desktop_portal.refused(INTERFACE, reply)
        return int(reply.body[0].to_raw_fd())

    def is_over(self) -> bool:
        """Whether the desktop has ended it; returns at once."""
        try:
            while not self._closed:
                self._bus.recv_messages(timeout=0)
        except TimeoutError:
            return False
        except OSError:
            return True  # the session goes with the bus
        return True

    def close(self) -> None:
        """Share nothing any more. May be called twice."""
        from jeepney import DBusAddress, new_method_call

        if self._session:
            session = DBusAddress(self._session, desktop_portal.SERVICE, _SESSION)
            self._session = ""
            with contextlib.suppress(OSError):
                self._bus.send(new_method_call(session, "Close"))
        self._open.close()

    def _property(self, name: str) -> int:
        from jeepney import MessageType, Properties

        question = Properties(desktop_portal.address(INTERFACE)).get(name)
        with _words(ANSWER_S):
            reply = self._bus.send_and_get_reply(question, timeout=ANSWER_S)
        return int(reply.body[0][1]) if reply.header.message_type is MessageType.method_return else 0

    def _watch(self, session: str) -> None:
        from jeepney import MatchRule, message_bus

        rule = MatchRule(type="signal", interface=_SESSION, member="Closed", path=session)
        with _words(ANSWER_S):
            self._bus.send_and_get_reply(message_bus.AddMatch(rule), timeout=ANSWER_S)
        self._open.enter_context(self._bus.filter(rule, queue=self._closed))
        self._session = session

    def _ask(
        self,
        method: str,
        signature: str,
        body: tuple[object, ...],
        options: Mapping[str, desktop_portal.Variant],
        wait_s: float = ANSWER_S,
    ) -> Mapping[str, Any]:
        with _words(wait_s):
            answer, results = desktop_portal.ask(self._bus, INTERFACE, method, signature, body, options, wait_s)
        if answer == desktop_portal.CANCELLED:
            raise _nothing_shared()
        if answer:
            raise NotShared(tr("The desktop's portal could not share the screen."))
        return results


_ABILITIES = ("AvailableSourceTypes", "AvailableCursorModes")


def ended() -> HelperError:
    """The desktop, or the user in its panel, has ended a session."""
    return HelperError(
        ErrorKind.CAPTURE,
        tr("The recording ended, since the desktop no longer shares the screen."),
        tr("What was recorded until then is kept; record again and choose what to share."),
    )


def _nothing_shared() -> HelperError:
    return HelperError(
        ErrorKind.CAPTURE,
        tr("Nothing was recorded, since the desktop was not allowed to share the screen."),
        tr("Record again, and choose a screen or a window when the desktop asks."),
    )


def _stream(node: int, about: Mapping[str, tuple[str, Any]]) -> SharedStream:
    told = {name: value for name, (_signature, value) in about.items()}
    position, size, kind = told.get("position"), told.get("size"), told.get("source_type")
    place = Rect(*position, *size) if position is not None and size is not None else None
    # Not all portals say which kind it is, and wlroots' says it wrong; a place only screens have.
    return SharedStream(node, place, is_window=position is None and kind != _MONITOR)


@contextlib.contextmanager
def _words(wait_s: float) -> Iterator[None]:
    """Say what a bus does that fails."""
    try:
        yield
    except TimeoutError:
        raise desktop_portal.silent(wait_s) from None
    except OSError as error:
        raise desktop_portal.broken_off(error) from error
