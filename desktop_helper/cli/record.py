"""`desktop-helper record`: a video of the screen as an MP4 file."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.cli import _capture
from desktop_helper.cli._arguments import positive_number
from desktop_helper.cli._live_line import LiveLine
from desktop_helper.cli._opening import stopped_by_signals
from desktop_helper.cli._output import JsonOutput
from desktop_helper.cli._terminal import one_line, prepare
from desktop_helper.cli.command import Command, SettingsUse
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import EXIT_CODES, ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.recording import Ending, Recorded, RecordingProgress, even

if TYPE_CHECKING:
    from desktop_helper.services.container import Services
    from desktop_helper.services.recording import Recording

FPS = 30.0
MOST_FPS = 120.0
MB = 1_000_000
TOLERATED = 0.01  # of the pictures; more that are missing are worth a word

# A recording that another reason ended is as the user wanted it.
_UNWANTED = {Ending.DISK: ErrorKind.STORAGE, Ending.SCREEN: ErrorKind.CAPTURE}


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seconds", metavar="S", type=positive_number, help=tr("end by itself after S seconds; otherwise Ctrl+C ends")
    )
    _capture.add(parser)
    parser.add_argument(
        "--fps", metavar="N", type=_fps, default=FPS, help=tr("pictures a second, {count} by default", count=f"{FPS:g}")
    )
    parser.add_argument("--max-size", metavar="MB", type=positive_number, help=tr("end before the file is larger"))
    parser.add_argument("--no-pointer", action="store_true", help=tr("leave the mouse pointer and clicks out"))
    parser.add_argument("--microphone", action="store_true", help=tr("record what the microphone hears"))
    parser.add_argument(
        "--system-sound", action="store_true", help=tr("record what the loudspeakers play; with --microphone both")
    )
    parser.add_argument("--json", action="store_true", help=tr("print one event a line"))
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, required=True, help=tr("the MP4 file to write, or to replace")
    )


def _fps(text: str) -> float:
    value = positive_number(text)
    if value > MOST_FPS:
        raise argparse.ArgumentTypeError(tr("“{text}” is more than {most}", text=text, most=f"{MOST_FPS:g}"))
    return value


def _run(arguments: argparse.Namespace, services: Services) -> int:
    prepare()
    try:
        return _record(arguments, services)
    except HelperError as error:
        if not arguments.json:
            raise
        JsonOutput().fail(error)
        return error.exit_code


def _record(arguments: argparse.Namespace, services: Services) -> int:
    from desktop_helper.services.recording import checked_file

    file = checked_file(arguments.output)
    capturer = services.capture()
    try:
        area = _capture.area(arguments, capturer)
        area = even(area, Rect.around([screen.rect for screen in capturer.screens()]))
    finally:
        capturer.close()
    recording = services.record(
        area,
        file,
        fps=arguments.fps,
        seconds=arguments.seconds,
        max_bytes=None if arguments.max_size is None else round(arguments.max_size * MB),
        pointer=not arguments.no_pointer,
        microphone=arguments.microphone,
        system_sound=arguments.system_sound,
    )
    try:
        cancel = CancelToken()
        cancel.on_cancel(recording.stop)
        with stopped_by_signals(cancel):
            return _tell(_follow(recording, as_json=arguments.json), as_json=arguments.json)
    finally:
        recording.close()


def _follow(recording: Recording, *, as_json: bool) -> Recorded:
    with LiveLine() as line:
        while not isinstance(event := recording.next_event(), Recorded):
            if as_json:
                print(json.dumps({"type": "progress", "message": _shown(event), **asdict(event)}), flush=True)
            else:
                line.say(_shown(event))
        return event


def _shown(progress: RecordingProgress) -> str:
    from desktop_helper.services.model_store.sizes import size_text

    minutes, seconds = divmod(int(progress.seconds), 60)
    return f"{minutes}:{seconds:02d} · {size_text(progress.bytes)}"


def _tell(result: Recorded, *, as_json: bool) -> int:
    """Say how it ended, and return the exit code."""
    kind = _UNWANTED.get(result.ending)
    if as_json:
        if kind is not None:
            JsonOutput().fail(HelperError(kind, result.message, result.fix))
        print(json.dumps({"type": "finished", **_finished(result)}), flush=True)
    else:
        _say(result, kind)
    return EXIT_CODES[kind] if kind is not None else 0


def _say(result: Recorded, kind: ErrorKind | None) -> None:
    """What is not as the user wanted it; the end is said as an error if it is of a `kind`."""
    if kind is not None:
        print(f"desktop-helper: {one_line(str(HelperError(kind, result.message, result.fix)))}", file=sys.stderr)
    if result.sound_problem:
        print(one_line(result.sound_problem), file=sys.stderr)
    if kind is None and result.dropped > TOLERATED * (result.delivered + result.dropped):
        print(one_line(_missing(result)), file=sys.stderr)


def _finished(result: Recorded) -> dict[str, object]:
    names = ("began", "seconds", "bytes", "delivered", "dropped", "width", "height", "sound", "sound_problem")
    return {"reason": result.ending.value, "file": str(result.file), **{name: getattr(result, name) for name in names}}


def _missing(result: Recorded) -> str:
    return tr(
        "{missing} of {all} pictures are missing, since this machine was too slow; record a smaller region, or fewer "
        "pictures a second with --fps.",
        missing=result.dropped,
        all=result.delivered + result.dropped,
    )


COMMAND = Command("record", tr("record a video of the screen"), _configure, _run, lambda _: SettingsUse.OPTIONAL)
