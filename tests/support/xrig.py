"""A private X desktop for end-to-end tests: Xvfb, a window manager, a panel if wanted, and hands on keyboard and mouse.

    with XRig(width=1920, height=1080, panel="tint2") as rig:
        app = rig.spawn([sys.executable, "-m", "desktop_helper"])
        rig.key("ctrl+shift+x")
        rig.drag((100, 100), (400, 300))
        picture = rig.screenshot()

Everything that `spawn` started, the window manager and the server end with the rig, even if the test fails. The
events are real ones (XTEST), so no hook inside the app is needed. Positions are pixels of the root window.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, TypeVar

import pytest

from tests.support import x11

if TYPE_CHECKING:
    from PIL.Image import Image

T = TypeVar("T")
Point = tuple[int, int]

REQUIRED = ("Xvfb", "openbox", "xdotool")
POLL_S = 0.01


def missing_programs(*more: str) -> list[str]:
    """Programs the rig needs (and `more`) that are not installed."""
    return [name for name in (*REQUIRED, *more) if shutil.which(name) is None]


def wait_until(check: Callable[[], T | None], what: str, timeout_s: float = 10.0) -> T:
    """Poll `check` until it returns something true, and return that. Fails the test with `what` after `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while True:
        result = check()
        if result:
            return result
        if time.monotonic() > deadline:
            pytest.fail(f"waited {timeout_s:g} s for {what}")
        time.sleep(POLL_S)


class XRig:
    """See the module's text.

    Args:
        width, height: of the only screen.
        wm: start openbox.
        panel: `tint2` or `trayer`, a panel with a tray host; None for a desktop without one.
        dpi: what the server reports; Qt derives no scale from it, only font sizes.
    """

    def __init__(
        self, width: int = 1280, height: int = 800, *, wm: bool = True, panel: str | None = None, dpi: int = 96
    ) -> None:
        self.width, self.height = width, height
        self._wm, self._panel, self._dpi = wm, panel, dpi
        self._processes: list[subprocess.Popen[bytes]] = []
        self._folder = Path(tempfile.mkdtemp(prefix="xrig-"))
        self._connection: x11.Connection | None = None
        self.display = ""
        self.log = self._folder / "log.txt"

    def __enter__(self) -> XRig:
        try:
            self._start_server()
            self._connection = x11.Connection(self.display)
            if self._wm:
                self.spawn(["openbox", "--sm-disable"])
                wait_until(self.x11.has_window_manager, "the window manager")
            if self._panel:
                self.start_panel(self._panel)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End everything that was started here, last first."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        for process in reversed(self._processes):
            stop(process)
        self._processes.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def x11(self) -> x11.Connection:
        """Direct questions to the X server."""
        assert self._connection is not None, "the rig is not running"
        return self._connection

    @property
    def env(self) -> dict[str, str]:
        """The environment of programs on this desktop: the caller's without its own display, session and scale."""
        dropped = (
            "WAYLAND_DISPLAY",
            "QT_QPA_PLATFORM",
            "QT_SCALE_FACTOR",
            "QT_SCREEN_SCALE_FACTORS",
            "DBUS_SESSION_BUS_ADDRESS",
        )
        env = {key: value for key, value in os.environ.items() if key not in dropped}
        return env | {"DISPLAY": self.display, "XDG_SESSION_TYPE": "x11", "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1"}

    def spawn(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        stdout: int | IO[bytes] | None = None,
        stderr: int | IO[bytes] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a program on this desktop; it is ended with the rig. Its output goes to `self.log` by default."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                list(argv),
                env=self.env | dict(env or {}),
                stdin=subprocess.DEVNULL,
                stdout=log if stdout is None else stdout,
                stderr=log if stderr is None else stderr,
                cwd=cwd,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def start_panel(self, name: str = "tint2") -> subprocess.Popen[bytes]:
        """Start a panel with a tray host and wait until the tray is there."""
        argv = {
            "tint2": ["tint2", "-c", str(self._tint2_config())],
            "trayer": ["trayer", "--edge", "bottom", "--width", "20"],
        }
        panel = self.spawn(argv[name])
        wait_until(self.x11.tray_owner, f"{name}'s tray")
        return panel

    # --- keyboard and mouse ---

    def key(self, chord: str, times: int = 1) -> None:
        """Press and release a chord in xdotool's spelling, e.g. `ctrl+shift+x` or `Return`."""
        for _ in range(times):
            self.xdotool("key", "--clearmodifiers", chord)

    def type_text(self, text: str, delay_ms: int = 8) -> None:
        """Type into the focused window."""
        self.xdotool("type", "--delay", str(delay_ms), text)

    def move(self, to: Point) -> None:
        """Move the mouse."""
        if self.pointer() != to:  # --sync would wait for a movement that never comes
            self.xdotool("mousemove", "--sync", str(to[0]), str(to[1]))

    def pointer(self) -> Point:
        """Where the mouse is."""
        return self.x11.pointer()

    def click(self, at: Point, button: int = 1) -> None:
        """Click a mouse button."""
        self.move(at)
        self.xdotool("click", str(button))

    def drag(self, start: Point, end: Point, *, steps: int = 8, button: int = 1, hover_s: float = 0.0) -> None:
        """Press at `start`, move to `end` in steps, release.

        `hover_s`: for what goes from one program to another. They talk about it while it moves, and a hand takes longer
        than they do; what is let go before they agree goes nowhere.
        """
        self.move(start)
        self.xdotool("mousedown", str(button))
        for step in range(1, steps + 1):
            self.move((start[0] + (end[0] - start[0]) * step // steps, start[1] + (end[1] - start[1]) * step // steps))
        if hover_s:
            time.sleep(hover_s)
            self.move((end[0] + 1, end[1]))
            time.sleep(hover_s)
        self.xdotool("mouseup", str(button))

    def xdotool(self, *arguments: str) -> str:
        """Run xdotool on this desktop; its output."""
        done = subprocess.run(
            ["xdotool", *arguments], env=self.env, capture_output=True, text=True, timeout=30, check=False
        )
        assert done.returncode == 0 or not done.stderr, f"xdotool {arguments}: {done.stderr}"
        return done.stdout.strip()

    # --- looking ---

    def screenshot(self, path: Path | None = None) -> Image:
        """The root window's pixels, asked from the X server itself, as an RGB picture; saved too if `path` is given."""
        picture = self.x11.screenshot()
        if path is not None:
            picture.save(path)
        return picture

    def windows(self, title: str = "") -> list[int]:
        """Ids of the visible top-level windows, unmanaged ones too, whose title contains `title`."""
        return [window for window in self.x11.visible_windows() if title in self.x11.title(window)]

    def wait_window(self, title: str, timeout_s: float = 15.0) -> int:
        """The first visible window whose title contains `title`, when it is there."""
        return wait_until(lambda: self.windows(title), f"a window titled {title!r}", timeout_s)[0]

    def wait_no_window(self, title: str, timeout_s: float = 10.0) -> None:
        """Return when no visible window has `title` in its title."""
        wait_until(lambda: not self.windows(title), f"no window titled {title!r}", timeout_s)

    def focus(self, window: int) -> None:
        """Give a window the keyboard, as a click on it would."""
        self.xdotool("windowactivate", "--sync", str(window))

    # --- parts ---

    def _start_server(self) -> None:
        """Start Xvfb on a number that it finds free itself."""
        read, write = os.pipe()
        argv = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{self.width}x{self.height}x24"]
        argv += ["-dpi", str(self._dpi), "-noreset", "-nolisten", "tcp"]
        with self.log.open("ab") as log:
            server = subprocess.Popen(argv, pass_fds=(write,), stdout=log, stderr=log, start_new_session=True)
        self._processes.append(server)
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        assert number, f"Xvfb did not start: {self.log.read_text(errors='replace')}"
        self.display = f":{number}"

    def _tint2_config(self) -> Path:
        path = self._folder / "tint2rc"
        lines = (
            "panel_items = S",
            "panel_size = 100% 28",
            "panel_position = bottom center horizontal",
            "systray_icon_size = 22",
        )
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path


def stop(process: subprocess.Popen[bytes], timeout_s: float = 5.0) -> None:
    """End a process: politely, then not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def x_rig(width: int = 1280, height: int = 800, *, panel: str | None = None) -> Iterator[XRig]:
    """An `XRig`, or a skipped test where the programs for it are missing."""
    missing = missing_programs(*([panel] if panel else []))
    if sys.platform != "linux" or missing:
        pytest.skip(f"needs {', '.join(missing) or 'Linux'}")
    with XRig(width, height, panel=panel) as rig:
        yield rig
