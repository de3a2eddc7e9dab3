"""Whether global hotkeys work on this desktop, found out from its environment alone: `doctor` asks without Qt.

How keys are taken is in `qt.hotkeys`, one module for each of `WAYS`.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterable, Mapping

from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.core.i18n import tr
from desktop_helper.freedesktop import portal as desktop_portal
from desktop_helper.freedesktop.session import is_wayland

_ASK_S = 0.5  # the window waits for it, once


def xgrab() -> Availability:
    """X11 only: under Wayland, Xwayland sees keys only while one of its own windows has the focus."""
    if not sys.platform.startswith("linux"):
        return Availability(ok=False, reason=tr("X11 hotkeys need Linux."))
    if _on_wayland():
        return Availability(
            ok=False, reason=tr("Wayland does not let programs take keys themselves."), fix=_bind_a_key()
        )
    if not os.environ.get("DISPLAY"):
        return Availability(ok=False, reason=tr("There is no X display."), fix=tr("Start from a graphical session."))
    return AVAILABLE


def portal() -> Availability:
    """Wayland, where the desktop gives keys. Asks the portal, which every desktop that has one has started already."""
    if not is_wayland():
        return Availability(ok=False, reason=tr("This is no Wayland session."))
    if importlib.util.find_spec("jeepney") is None or not desktop_portal.availability("GlobalShortcuts", _ASK_S).ok:
        return Availability(ok=False, reason=tr("This desktop gives programs no keys."), fix=_bind_a_key())
    return AVAILABLE


def win32() -> Availability:
    """Windows only."""
    return AVAILABLE if sys.platform == "win32" else Availability(ok=False, reason=tr("These hotkeys need Windows."))


def carbon() -> Availability:
    """Only on macOS."""
    return AVAILABLE if sys.platform == "darwin" else Availability(ok=False, reason=tr("These hotkeys need macOS."))


def pynput() -> Availability:
    """Where pynput is installed, except on Wayland, where it hears X programs' keys only."""
    if importlib.util.find_spec("pynput") is None:
        return Availability(ok=False, reason=tr("pynput is not installed."))
    if sys.platform.startswith("linux") and (_on_wayland() or not os.environ.get("DISPLAY")):
        return Availability(ok=False, reason=tr("There is no X display."))
    return Availability(ok=True, reason=tr("Keys are watched, not taken: the program in front gets them too."))


# The best one first.
WAYS: Mapping[str, Callable[[], Availability]] = {
    "xgrab": xgrab,
    "portal": portal,
    "win32": win32,
    "carbon": carbon,
    "pynput": pynput,
}


def availability() -> Availability:
    """Whether hotkeys work here in any way, and what to do if not."""
    return choose((name, way()) for name, way in WAYS.items())


def choose(states: Iterable[tuple[str, Availability]]) -> Availability:
    """The first way that works, or else the refusal that says most."""
    refusal: Availability | None = None
    for name, state in states:
        if state.ok:
            return Availability(ok=True, reason=_words(name))
        # A refusal with a way out says more than "needs Windows".
        if state.fix and refusal is None:
            refusal = state
    return refusal or nothing_works()


def _words(name: str) -> str:
    """Who takes the keys, for people."""
    takers = {
        "xgrab": tr("taken through the X server"),
        "portal": tr("taken through the desktop's portal"),
        "win32": tr("taken through Windows"),
        "carbon": tr("taken through macOS"),
        "pynput": tr("watched, not taken: the program in front gets them too"),
    }
    return takers.get(name, name)


def nothing_works() -> Availability:
    """No way is left."""
    return Availability(ok=False, reason=tr("Hotkeys cannot be taken on this desktop."), fix=_bind_a_key())


def _on_wayland() -> bool:
    return bool(os.environ.get("WAYLAND_DISPLAY")) or os.environ.get("XDG_SESSION_TYPE") == "wayland"


def _bind_a_key() -> str:
    return tr("Bind “desktop-helper trigger region” to a key in your desktop's settings.")
