"""Which pictures are chosen of a video, and how fast: `python -m tests.bench.bench_frames`.

Drawn desktops, on which it is known what happens and when, go through the chooser: events that have a picture, and
pictures against those that are necessary. Then a recording of 1920 x 1080 pixels goes through the handler, in turn with
PyAV that decodes it and does nothing else. At last one of two hours: until the first pictures are known, and until all
are chosen, against three seconds and against the sixty that a file may take.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from desktop_helper.attachments import video
from desktop_helper.attachments._clip import Clip
from desktop_helper.attachments._clip_scan import TRIAL_S
from desktop_helper.core.events import Progress
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.scenes.chooser import SceneChooser
from desktop_helper.scenes.tiles import small_size
from tests.bench._figures import Figure, options, report
from tests.support.desktop_scenes import Desktop, desktops, page, pointer

RATE = 30
LONG_S, QUICK_LONG_S = 2 * 3600, 120
FIRST_S, WHOLE_S = 3.0, 60.0
FIRST_SAMPLES = 16  # evenly over the whole length


def chosen(desktop: Desktop) -> tuple[list[float], float]:
    """The times that are chosen, and the seconds that it took without drawing."""
    chooser, times, spent, seen = SceneChooser[float](), [], 0.0, None
    small = np.zeros((1, 1), np.uint8)
    for at, picture in desktop.frames():
        if picture is not seen:
            seen, size = picture, small_size(picture.shape[1], picture.shape[0])
            small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        begun = time.perf_counter()
        times += [scene.at for scene in chooser.feed(at, small, at)]
        spent += time.perf_counter() - begun
    return times + [scene.at for scene in chooser.finish()], spent


def measure_choice(quick: bool) -> list[Figure]:
    """A line for each desktop; the sums as figures."""
    events = told = necessary = taken = pictures = 0
    spent = 0.0
    for desktop in desktops()[:: 10 if quick else 1]:
        times, seconds = chosen(desktop)
        seen = [e for e in desktop.events if any(e.at - 0.001 <= at <= e.until for at in times)]
        print(f"  {desktop.name:<36} events {len(seen)} of {len(desktop.events):>2}  frames {len(times)} for", end="")
        print(f" {desktop.necessary}: " + " ".join(f"{at:.2f}" for at in times))
        events, told = events + len(desktop.events), told + len(seen)
        necessary, taken = necessary + desktop.necessary, taken + len(times)
        spent, pictures = spent + seconds, pictures + round(desktop.seconds * desktop.rate)
    return [
        Figure("events without a frame in half a second", events - told, max(1, events), goal=0.0, unit=""),
        Figure("frames, against the necessary ones", taken, necessary, "", 2.0),
        Figure("choosing, a frame, against 1 / 30 s", 1000 * spent / pictures, 1000 / RATE, goal=0.1),
    ]


def recording(path: Path, seconds: int, repeat: int = 1, draw: Callable[[int], av.VideoFrame] | None = None) -> None:
    """A desktop with a pointer that wanders and a new page every ten seconds; repeated without encoding it again."""
    draw = draw or _frame
    with av.open(path, "w") as container:
        stream: Any = container.add_stream("libx264", rate=RATE, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        packets = [packet for number in range(seconds * RATE) for packet in stream.encode(draw(number))]
        packets += stream.encode(None)
        length = round(seconds / packets[0].time_base)
        for turn in range(repeat):
            for packet in packets:
                copy = av.Packet(bytes(packet))
                copy.stream, copy.time_base, copy.is_keyframe = stream, packet.time_base, packet.is_keyframe
                copy.pts, copy.dts = packet.pts + turn * length, packet.dts + turn * length
                container.mux(copy)


def _frame(number: int) -> av.VideoFrame:
    picture = page(number // (10 * RATE) + 1).copy()
    pointer(picture, 900 + 500 * np.sin(number / 20), 500 + 300 * np.cos(number / 15))
    frame = av.VideoFrame.from_ndarray(picture, "gray").reformat(format="yuv420p")
    frame.pts, frame.time_base = number, Fraction(1, RATE)
    return frame


def bare(path: Path) -> float:
    begun = time.perf_counter()
    with av.open(path) as container:
        container.streams.video[0].thread_type = "AUTO"
        for _frame in container.decode(video=0):
            pass
    return time.perf_counter() - begun


def looked_through(path: Path) -> float:
    """With the choice, but without what is written at the end."""
    begun = time.perf_counter()
    with path.open("rb") as file:
        clip, chooser = Clip(file), SceneChooser[float]()
        for at, frame in clip.pictures():
            chooser.feed(at, clip.small(frame), at)
        clip.close()
    return time.perf_counter() - begun


def converted(path: Path) -> tuple[float, float, int]:
    """Seconds until the first samples are there, until the end, and the number of frames."""
    begun, told = time.perf_counter(), []

    def tell(_progress: Progress) -> None:
        told.append(time.perf_counter() - begun)

    with path.open("rb") as file:
        parts = video.HANDLER.convert_file(file, path.name, ConvertOptions(on_progress=tell))  # type: ignore[misc]
    whole, samples = time.perf_counter() - begun, [at for at in told if at > TRIAL_S]  # one word of progress for each
    return samples[min(FIRST_SAMPLES, len(samples)) - 1] if samples else whole, whole, len(parts) - 1


def main() -> int:
    chosen_options = options(__doc__)
    quick = chosen_options.quick
    figures = measure_choice(quick)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desktop.mkv"
        recording(path, 4 if quick else 40)
        pairs = [(looked_through(path), bare(path)) for _ in range(1 if quick else 5)]
        ours, yardstick = (1000 * float(np.median(side)) for side in zip(*pairs, strict=True))
        figures.append(Figure("look through 1080p, against bare decoding", ours, yardstick))
        long = Path(folder) / "long.mkv"
        recording(long, 10 if quick else 60, (QUICK_LONG_S if quick else LONG_S) // (10 if quick else 60))
        first, whole, count = converted(long)
        print(f"  {long.stat().st_size / 1e6:.0f} MB, {count} frames chosen")
        figures.append(Figure("two hours, the first 16 samples", first, FIRST_S, "s ", 1.0))
        figures.append(Figure("two hours, all of it", whole, WHOLE_S, "s ", 1.0))
    return report(figures, chosen_options)


if __name__ == "__main__":
    raise SystemExit(main())
