"""What does a recording cost, and is all of it there? Run it with `python -m tests.bench.bench_record`.

    the app's recorder and the app itself / `ffmpeg -f x11grab` with the same encoder and settings

A minute of a 1080p screen at 30 pictures a second, on which a clock is painted 60 times a second, so that each picture
tells when it was taken. First the app records, as a user lets it, then ffmpeg, on the same desktop.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import tomlkit

from tests.bench._figures import Figure, options, report
from tests.support import screen_clock
from tests.support.app import App, server_profile, write_settings
from tests.support.recordings import recorder_process, show_clock
from tests.support.videos import rgb
from tests.support.xrig import XRig, stop, wait_until

WIDTH, HEIGHT, FPS = 1920, 1080, 30
SECONDS, QUICK_SECONDS = 60, 3
CLOCK = (960, 540)  # a quarter of the screen moves
ENCODER = ("-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-crf", "23", "-pix_fmt", "yuv420p")
LATE_MS = 8.0  # 99 of 100 ticks of the window's timer


@dataclass(frozen=True)
class Taken:
    """What one recorder did.

    Args:
        cpu_s: of its processes, for each second of the recording.
        megabytes: of the file, for a minute.
        pictures: a second.
        off: by how many pictures' time the timestamps are apart from what the pictures show, 99 of 100 at most.
    """

    cpu_s: float
    megabytes: float
    pictures: float
    off: float


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    seconds = QUICK_SECONDS if chosen.quick else SECONDS
    with XRig(WIDTH, HEIGHT, panel="tint2") as rig, tempfile.TemporaryDirectory(prefix="bench-record-") as folder:
        show_clock(rig, *CLOCK)
        ours, late_ms = _app(rig, Path(folder), seconds)
        figures = [
            Figure("pictures that came, against 30 a second", FPS / ours.pictures, 1.0, "", 1 / 0.99),
            Figure("timestamps, 99 of 100, against 1/30 s", ours.off, 1.0, "", 1.0),
            Figure("the window's timer, 99 of 100 ticks, against 8 ms", late_ms, LATE_MS, "ms", 1.0),
        ]
        if shutil.which("ffmpeg"):
            theirs = _ffmpeg(rig, Path(folder) / "ffmpeg.mp4", seconds)
            figures += [
                Figure("CPU, against ffmpeg", ours.cpu_s * 1e3, theirs.cpu_s * 1e3, "ms/s", 1.3),
                Figure("size, against ffmpeg", ours.megabytes, theirs.megabytes, "MB/min"),
                Figure("timestamps, against ffmpeg", ours.off, theirs.off, ""),
            ]
    return report(figures, chosen)


def _app(rig: XRig, home: Path, seconds: int) -> tuple[Taken, float]:
    """The app records the whole screen; also how late its window's timer was, in milliseconds."""
    with _recording_app(rig, home) as app:
        app.command("trigger", "record-screen")
        recorder = recorder_process(app.process.pid)
        wait_until(lambda: any(path.stat().st_size > 2000 for path in _files(app)), "some pictures", 20)
        cpu_s = _cpu_per_second([psutil.Process(app.process.pid), recorder], seconds)
        app.command("trigger", "record")
        wait_until(lambda: not recorder.is_running(), "the end of the recording", 30)
    (file,) = _files(app)
    (stalls,) = app.traced("loop:longest-stall")
    details = stalls["args"]
    assert isinstance(details, dict)
    return _judged(file, cpu_s), float(details["p99_ms"])


def _files(app: App) -> list[Path]:
    return list(app.paths.recordings_dir.glob("*.mp4"))


@contextmanager
def _recording_app(rig: XRig, home: Path) -> Iterator[App]:
    write_settings(home, server_profile("http://127.0.0.1:9/v1", "glm"))
    path = home / "config" / "settings.toml"
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    document["recording"] = {"countdown": 0, "fps": FPS}
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    app = App(rig, home)
    try:
        yield app
    finally:
        stop(app.process)


def _ffmpeg(rig: XRig, file: Path, seconds: int) -> Taken:
    argv = ["ffmpeg", "-loglevel", "error", "-f", "x11grab", "-framerate", str(FPS), "-video_size", f"{WIDTH}x{HEIGHT}"]
    process = rig.spawn([*argv, "-i", rig.display, *ENCODER, "-y", str(file)])
    wait_until(lambda: file.exists() and file.stat().st_size > 0, "ffmpeg's file", 20)
    cpu_s = _cpu_per_second([psutil.Process(process.pid)], seconds)
    process.terminate()
    process.wait(20)
    return _judged(file, cpu_s)


def _cpu_per_second(processes: list[psutil.Process], seconds: int) -> float:
    """What they use while `seconds` go by."""
    began, before = time.monotonic(), _cpu(processes)
    time.sleep(seconds)
    return (_cpu(processes) - before) / (time.monotonic() - began)


def _cpu(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def _judged(file: Path, cpu_s: float) -> Taken:
    times, shown = _clock_of(file)
    lag = [time - ms / 1000 for time, ms in zip(times, shown, strict=True)]
    usual = statistics.median(lag)
    off = sorted(abs(one - usual) * FPS for one in lag)
    length = times[-1] - times[0]
    megabytes = file.stat().st_size / 2**20 * 60 / length
    return Taken(cpu_s, megabytes, (len(times) - 1) / length, off[len(off) * 99 // 100])


def _clock_of(file: Path) -> tuple[list[float], list[int]]:
    """When each picture is to be seen, in seconds, and the milliseconds that it shows, from the first one on."""
    import av

    times, shown = [], []
    with av.open(str(file)) as container:
        for frame in container.decode(video=0):
            times.append(float(frame.time or 0))
            shown.append(screen_clock.read(rgb(frame)))
    return times, [(ms - shown[0]) % screen_clock.SPAN_MS for ms in shown]


if __name__ == "__main__":
    raise SystemExit(main())
