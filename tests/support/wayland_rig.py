"""A private Wayland desktop for end-to-end tests: sway without a monitor, a session bus, and wlroots' real portals.

    with wayland_rig((1920, 1080, 1.0), (1280, 720, 1.5)) as rig:
        app = rig.spawn([sys.executable, "-m", "desktop_helper"])
        picture = rig.screenshot()

With `shares="HEADLESS-1"` the ScreenCast portal shares that output without a question, and `rig.like_gnome` is the
environment of a program that finds no wlr-screencopy.

Everything that `spawn` started, the compositor and the bus end with the rig, even if the test fails.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import pytest
from PIL import Image

from tests.support.wayland_mouse import Mouse
from tests.support.xrig import stop, wait_until

REQUIRED = ("sway", "swaymsg", "swaybg", "grim", "wtype", "dbus-daemon", "dbus-send", "unshare", "pipewire")
# Where distributions put them; they are no commands.
_SERVICE_FOLDERS = ("/usr/libexec", "/usr/lib", "/usr/lib/xdg-desktop-portal")
PORTALS = ("xdg-desktop-portal-wlr", "xdg-desktop-portal")
# Each wtype is a keyboard of its own: programs must hear of it before its keys, and of the keys before it goes.
_KEYBOARD_MS = "200"
ROOT = Path(__file__).resolve().parents[2]
Output = tuple[int, int, float]  # pixels across and down, scale


class WaylandRig:
    """See the module's text. Outputs stand side by side, from left to right.

    Attributes:
        portal: wlroots' own, where there are portals.
    """

    portal: subprocess.Popen[bytes]

    def __init__(self, *outputs: Output, portals: bool = True, shares: str = "") -> None:
        self._outputs, self._portals, self._shares = outputs, portals, shares
        self._mouse: Mouse | None = None
        self._processes: list[subprocess.Popen[bytes]] = []
        self.folder = Path(tempfile.mkdtemp(prefix="wlrig-"))
        self.log = self.folder / "log.txt"
        self.runtime = self.folder / "run"
        self.runtime.mkdir(mode=0o700)

    @property
    def scale(self) -> float:
        """Of the first output."""
        return self._outputs[0][2]

    def __enter__(self) -> WaylandRig:
        try:
            self._start_bus()
            self._start_sway()
            if self._portals:
                self.spawn(["pipewire"])
                wait_until((self.runtime / "pipewire-0").exists, "pipewire")
                self.spawn(["wireplumber"])
                self._start_portals()
                wait_until(self._has_portal, "the portal", 20)
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
        if self._mouse is not None:
            self._mouse.close()
        for process in reversed(self._processes):
            stop(process)
        self._processes.clear()
        self._end_activated()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def env(self) -> dict[str, str]:
        """The environment of programs on this desktop."""
        dropped = ("DISPLAY", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "SWAYSOCK")
        env = {key: value for key, value in os.environ.items() if key not in dropped}
        return env | {
            "XDG_RUNTIME_DIR": str(self.runtime),
            "WAYLAND_DISPLAY": "wayland-1",
            "XDG_SESSION_TYPE": "wayland",
            "XDG_CURRENT_DESKTOP": "sway",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.runtime}/bus",
            "NO_AT_BRIDGE": "1",
        }

    @property
    def like_gnome(self) -> dict[str, str]:
        """Added to the environment of a program that shall find no wlr-screencopy here."""
        return {"WAYLAND_DISPLAY": self._other_compositor("like-gnome")}

    def spawn(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdout: int | IO[bytes] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a program on this desktop; it is ended with the rig. Its output goes to `self.log`."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                list(argv),
                env=self.env | dict(env or {}),
                stdin=subprocess.DEVNULL,
                stdout=log if stdout is None else stdout,
                stderr=log,
                cwd=cwd,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def run(self, argv: Sequence[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        """Run a program on this desktop to its end."""
        return subprocess.run(list(argv), env=self.env, capture_output=True, timeout=60, check=False, **options)

    def sway(self, *command: str) -> Any:
        """Tell or ask the compositor."""
        socket = next(self.runtime.glob("sway-ipc.*.sock"))
        done = self.run(["swaymsg", "-s", str(socket), "-r", *command])
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout or b"null")

    def screenshot(self, output: str = "HEADLESS-1") -> Image.Image:
        """One output's own pixels, asked from the compositor itself."""
        path = self.folder / "grim.png"
        done = self.run(["grim", "-o", output, str(path)])
        assert done.returncode == 0, done.stderr
        with Image.open(path) as picture:
            return picture.convert("RGB")

    @property
    def mouse(self) -> Mouse:
        """The only one."""
        assert self._mouse is not None
        return self._mouse

    def type_text(self, text: str) -> None:
        """Type into the focused window."""
        assert self.run(["wtype", "-s", _KEYBOARD_MS, "-d", "8", text, "-s", _KEYBOARD_MS]).returncode == 0

    def key(self, name: str) -> None:
        """Press and release a key in X's spelling, e.g. `Return`."""
        assert self.run(["wtype", "-s", _KEYBOARD_MS, "-k", name, "-s", _KEYBOARD_MS]).returncode == 0

    def windows(self) -> list[dict[str, Any]]:
        """What sway tells about each window: `name`, `rect`, `focused`, `fullscreen_mode` and more."""
        nodes, found = [self.sway("-t", "get_tree")], []
        while nodes:
            node = nodes.pop()
            nodes += [*node["nodes"], *node["floating_nodes"]]
            if node.get("pid"):
                found.append(node)
        return found

    def focused(self) -> str:
        """The title of the window that has the keyboard; empty if none has it."""
        return next((str(one["name"]) for one in self.windows() if one["focused"]), "")

    # --- parts ---

    def _start_bus(self) -> None:
        argv = ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address=unix:path={self.runtime}/bus"]
        self.spawn(argv)
        wait_until((self.runtime / "bus").exists, "the session bus")

    def _start_sway(self) -> None:
        config = self.folder / "sway.conf"
        config.write_text(
            "default_border none\nfocus_follows_mouse no\noutput * bg #336699 solid_color\n", encoding="utf-8"
        )
        wlroots = {
            "WLR_BACKENDS": "headless",
            "WLR_RENDERER": "pixman",
            "WLR_LIBINPUT_NO_DEVICES": "1",
            "WLR_HEADLESS_OUTPUTS": str(len(self._outputs)),
        }
        self.spawn([*_somebody(), "sway", "-c", str(config)], env=wlroots)
        wait_until(lambda: (self.runtime / "wayland-1").exists() and list(self.runtime.glob("sway-ipc.*.sock")), "sway")
        left = 0
        for number, (width, height, scale) in enumerate(self._outputs, 1):
            name = f"HEADLESS-{number}"
            self.sway("output", name, "mode", f"{width}x{height}", "position", str(left), "0", "scale", str(scale))
            left += round(width / scale)
        wait_until(self._has_sizes, "the outputs to have their sizes")
        high = max(round(height / scale) for _width, height, scale in self._outputs)
        self._mouse = Mouse(self.runtime / "wayland-1", left, high)

    def _start_portals(self) -> None:
        own: list[str] = []
        display = {}
        if self._shares:
            config = self.folder / "portal.conf"
            text = f"[screencast]\nchooser_type=none\noutput_name={self._shares}\n"
            config.write_text(text, encoding="utf-8")
            own, display = ["-c", str(config)], {"WAYLAND_DISPLAY": self._other_compositor("with-graphics")}
        wlr, desktop = map(_service, PORTALS)
        self.portal = self.spawn([wlr, *own], env=display)
        self.spawn([desktop])

    def _other_compositor(self, how: str) -> str:
        """The name of a socket, see `tests.support.other_compositor`."""
        path = self.runtime / how
        if not path.exists():
            own = self.runtime / "wayland-1"
            self.spawn([sys.executable, "-m", "tests.support.other_compositor", str(own), str(path), how], cwd=ROOT)
            wait_until(path.exists, "the other compositor")
        return how

    def _has_sizes(self) -> bool:
        sizes = {one["name"]: one["current_mode"] for one in self.sway("-t", "get_outputs")}
        return all(
            (sizes[f"HEADLESS-{number}"]["width"], sizes[f"HEADLESS-{number}"]["height"]) == (width, height)
            for number, (width, height, _scale) in enumerate(self._outputs, 1)
        )

    def _has_portal(self) -> bool:
        path, name = "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Desktop"
        argv = ["dbus-send", "--session", "--print-reply", f"--dest={name}", path]
        argv += ["org.freedesktop.DBus.Properties.Get", "string:org.freedesktop.portal.Screenshot", "string:version"]
        return self.run(argv).returncode == 0

    def _end_activated(self) -> None:
        """What the bus has started for the portals (the store of permissions) outlives it for a while."""
        mark = f"DBUS_SESSION_BUS_ADDRESS=unix:path={self.runtime}/bus".encode()
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and mark in (folder / "environ").read_bytes():
                    os.kill(int(folder.name), signal.SIGKILL)
            except OSError:
                continue


def _service(name: str) -> str:
    return next((path for folder in _SERVICE_FOLDERS if os.access(path := f"{folder}/{name}", os.X_OK)), "")


def _somebody() -> list[str]:
    """sway refuses to be root, and a container often has no other user: in a namespace of its own it is somebody."""
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []


def missing_programs() -> list[str]:
    """What the rig needs and is not installed."""
    return [name for name in REQUIRED if shutil.which(name) is None] + [name for name in PORTALS if not _service(name)]


@contextmanager
def wayland_rig(*outputs: Output, portals: bool = True, shares: str = "") -> Iterator[WaylandRig]:
    """A `WaylandRig`, or a skipped test where the programs for it are missing or not allowed."""
    if sys.platform != "linux":
        pytest.skip("needs Linux")
    if missing := missing_programs():
        pytest.skip(f"needs {', '.join(missing)}")
    if subprocess.run([*_somebody(), "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs a user other than root, or leave to make one (a chroot gives none)")
    with WaylandRig(*outputs, portals=portals, shares=shares) as rig:
        yield rig
