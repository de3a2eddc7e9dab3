"""Whether this is a Wayland session."""

from __future__ import annotations

import os
import sys


def is_wayland() -> bool:
    """Also where an X server (Xwayland) is there too: it does not see the other windows."""
    linux = sys.platform.startswith("linux")
    return linux and bool(os.environ.get("WAYLAND_DISPLAY")) and os.environ.get("XDG_SESSION_TYPE") != "x11"
