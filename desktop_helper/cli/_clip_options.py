"""`--from`, `--to`, `--frames` and `--evenly`: what of the video before them is meant."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from desktop_helper.cli._arguments import SOURCES, positive_count
from desktop_helper.cli._chosen_file import Meant, OfLastFile, meant_of
from desktop_helper.core.clip_span import AS_A_WHOLE, LEAST_FRAMES, MOST_FRAMES, Cut, seconds_of
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart, MediaPart


def add(group: argparse._ArgumentGroup) -> None:
    """Add the options to `group`."""
    common: dict[str, Any] = {"dest": SOURCES, "action": _OfLastVideo, "default": argparse.SUPPRESS}
    group.add_argument(
        "--from",
        metavar="TIME",
        type=_time,
        **common,
        help=tr("of the video before it: where the part begins that is meant, e.g. 12.5, 0:12 or 1:02:03"),
    )
    group.add_argument("--to", metavar="TIME", type=_time, **common, help=tr("where that part ends"))
    group.add_argument(
        "--frames", metavar="N", type=_frames, **common, help=tr("how many frames of it at most, 2 to 64")
    )

    group.add_argument(
        "--evenly",
        nargs=0,
        **common,
        help=tr("frames of it also where nothing changes, at even distances, as many as there is room for"),
    )


def check(path: str, parts: tuple[MediaPart, ...]) -> None:
    """Raises `HelperError(SOURCE)` if a part is meant of something that has no parts."""
    if meant_of(path).cut != AS_A_WHOLE and not any(isinstance(part, ImagePart) and part.moment for part in parts):
        raise HelperError(
            ErrorKind.SOURCE,
            tr("{name} is no video: --from, --to and --frames choose from a video.", name=path),
            tr("Leave them out."),
        )


class _OfLastVideo(OfLastFile):
    def changed(self, meant: Meant, value: Any) -> Meant:
        return replace(meant, cut=self._changed(meant.cut, value))

    def _changed(self, cut: Cut, value: Any) -> Cut:
        if "--frames" in self.option_strings:
            return replace(cut, most_frames=value)
        if "--evenly" in self.option_strings:
            return replace(cut, evenly=True)
        field = "start" if "--from" in self.option_strings else "end"
        span = replace(cut.span, **{field: value})
        if span.end is not None and span.end < span.start:
            raise argparse.ArgumentError(self, tr("the part ends before it begins"))
        return replace(cut, span=span)


def _time(text: str) -> float:
    try:
        return seconds_of(text)
    except ValueError:
        message = tr("“{text}” is not a time; write it like 12.5, 0:12 or 1:02:03", text=text)
        raise argparse.ArgumentTypeError(message) from None


def _frames(text: str) -> int:
    count = positive_count(text)
    if not LEAST_FRAMES <= count <= MOST_FRAMES:
        raise argparse.ArgumentTypeError(tr("“{text}” is not a number from 2 to 64", text=text))
    return count
