"""How fast is the region overlay? Run it with `python -m tests.bench.bench_overlay`.

Measures the real app on a private X server, from outside: a process of its own presses keys and watches pixels. Each
time is compared with a yardstick taken in the same minutes on the same server, since only ratios travel. The app waits
in the tray; with its chat open it would first step aside.

    hotkey to overlay / one mss picture of the screen        goal 3.0 at most, at 1080p and at 4K
    hotkey to overlay / `flameshot gui` to overlay            goal 1/3 at most
    `trigger region` to overlay / the same                    goal 1.0 at most
    a move of the mouse in a drag, CPU / 1/60 s               goal 1/5 at most

Flameshot is started by its command, as a desktop's key does.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psutil

from tests.bench._figures import Figure, Options, options, pair, report
from tests.support.screen_watch import ScreenWatch
from tests.support.xrig import XRig, stop, wait_until

APP = (sys.executable, "-m", "desktop_helper")
DESKTOP = 0xD8DCE2
PANEL = 28  # pixels at the lower edge
SIZES = ((1920, 1080), (3840, 2160))
ROUNDS = 15
DRAG_S = 5.0
GOAL_HOTKEY, GOAL_TRIGGER = 3.0, 1.0
REST_S = 0.3  # lets the app, the server and the other core come to rest between two rounds


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    figures = []
    for width, height in SIZES:
        with XRig(width, height, panel="tint2") as rig, _watch(rig) as watch, _app(rig) as env:
            ours = _hotkey(watch, width, height, chosen)
            figures += ours + _drag(watch, env, width, height, chosen)
            if shutil.which("flameshot"):
                figures += _flameshot(rig, watch, env, chosen, ours[0])
    return report(figures, chosen)


def _hotkey(watch: ScreenWatch, width: int, height: int, chosen: Options) -> list[Figure]:
    """Key press to dimmed screen, against one picture of the same screen."""
    plain = watch.colours()
    ours, grabs = [], []
    for _ in range(chosen.rounds(ROUNDS) + 1):
        grabs.append(watch.grab_ms(width, height))
        time.sleep(REST_S)
        watch.press("Control_L", "Shift_L")
        begin = time.perf_counter()
        watch.press("x")
        ours.append((watch.until_changed(plain) - begin) * 1e3)
        watch.release("x", "Shift_L", "Control_L")
        _dismiss(watch, plain)
    # The first of each pays for memory that the system has never handed out before.
    return pair(f"hotkey to overlay, {width}x{height}, against a grab", ours[1:], grabs[1:], GOAL_HOTKEY)


def _drag(watch: ScreenWatch, env: Mapping[str, str], width: int, height: int, chosen: Options) -> list[Figure]:
    """What each step of a drag over the screen costs the app, 60 of them a second."""
    plain = watch.colours()
    watch.move((width // 10, height // 10))
    watch.press("Control_L", "Shift_L", "x")
    watch.until_changed(plain)
    watch.release("x", "Shift_L", "Control_L")
    time.sleep(REST_S)
    app = next(one for one in psutil.process_iter() if _is_app(one, env))
    each = _steps(watch, app, width, height, 1 if chosen.quick else DRAG_S)
    watch.press("Escape")  # the drag
    watch.release("Escape")
    watch.button(down=False)
    _dismiss(watch, plain)
    return [Figure(f"a step of a drag, {width}x{height}, CPU, against 1/60 s", each, 1e3 / 60, goal=1 / 5)]


def _steps(watch: ScreenWatch, app: psutil.Process, width: int, height: int, seconds: float) -> float:
    """Milliseconds of CPU for each step."""
    count = int(60 * seconds)
    watch.button(down=True)
    before = _cpu_s(app)
    begin = time.perf_counter()
    for step in range(1, count + 1):
        time.sleep(max(0.0, begin + step / 60 - time.perf_counter()))
        share = 0.1 + 0.8 * abs(1 - 2 * step / count)  # there and back
        watch.move((int(width * share), int(height * share)))
    return (_cpu_s(app) - before) * 1e3 / count


def _cpu_s(process: psutil.Process) -> float:
    return float(sum(process.cpu_times()[:2]))


def _is_app(process: psutil.Process, env: Mapping[str, str]) -> bool:
    with contextlib.suppress(psutil.Error):
        mine = process.environ().get("DESKTOP_HELPER_HOME") == env["DESKTOP_HELPER_HOME"]
        return mine and "--trace" in process.cmdline()
    return False


def _flameshot(rig: XRig, watch: ScreenWatch, env: Mapping[str, str], chosen: Options, hotkey: Figure) -> list[Figure]:
    """Start of a command to dimmed screen, ours and flameshot's in turn; our hotkey has been measured just before."""
    plain = watch.colours()
    ours, theirs = [], []
    with _session_bus() as address:
        bus = {"DBUS_SESSION_BUS_ADDRESS": address}
        for _ in range(chosen.rounds(ROUNDS)):
            ours.append(_command(rig, watch, [*APP, "trigger", "region"], env))
            _dismiss(watch, plain)
            theirs.append(_command(rig, watch, ["flameshot", "gui"], bus))
            _dismiss(watch, plain)
    size = f"{rig.width}x{rig.height}"
    figures = [Figure(f"hotkey to overlay, {size}, against flameshot", hotkey.ours, median(theirs), goal=1 / 3)]
    if (rig.width, rig.height) == SIZES[0]:
        figures += pair("trigger region to overlay, against flameshot gui", ours, theirs, GOAL_TRIGGER)
    return figures


def _command(rig: XRig, watch: ScreenWatch, argv: list[str], env: Mapping[str, str]) -> float:
    time.sleep(REST_S)
    before = watch.colours()
    begin = time.perf_counter()
    rig.spawn(argv, env=env)
    return (watch.until_changed(before) - begin) * 1e3


def _dismiss(watch: ScreenWatch, plain: list[bytes]) -> None:
    time.sleep(REST_S)  # flameshot takes keys only after its first moments
    watch.press("Escape")
    watch.release("Escape")
    watch.until_is(plain)


@contextmanager
def _watch(rig: XRig) -> Iterator[ScreenWatch]:
    corners = [(3, 3), (rig.width - 4, rig.height - PANEL - 4)]
    watch = ScreenWatch(rig.display, corners)
    try:
        watch.paint_desktop(DESKTOP)
        yield watch
    finally:
        watch.close()


@contextmanager
def _app(rig: XRig) -> Iterator[dict[str, str]]:
    """The app in the tray, warm; yields the environment that reaches it."""
    with tempfile.TemporaryDirectory(prefix="bench-overlay-") as home:
        env = {"DESKTOP_HELPER_HOME": home}
        trace = Path(home) / "trace.json"
        app = rig.spawn([*APP, "--trace", str(trace)], env=env)
        try:
            wait_until(lambda: _has(trace, "overlay:warm-up"), "the app to be ready", 30)
            time.sleep(1)
            yield env
        finally:
            stop(app)


@contextmanager
def _session_bus() -> Iterator[str]:
    argv = ["dbus-daemon", "--session", "--print-address", "--nofork"]
    bus = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert bus.stdout is not None
        yield bus.stdout.readline().decode().strip()
    finally:
        stop(bus)
        if bus.stdout is not None:
            bus.stdout.close()


def _has(trace: Path, name: str) -> bool:
    return trace.exists() and f'"{name}"' in trace.read_text(encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
