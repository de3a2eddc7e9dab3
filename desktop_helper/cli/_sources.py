"""What the question is about: files, pictures of the screen, the clipboard."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_helper.cli import _clip_options, _page_options, _standard_input, _text_options
from desktop_helper.cli._arguments import SOURCES, AddSource, region, screen_or_words
from desktop_helper.cli._chosen_file import meant_of
from desktop_helper.cli._standard_input import StandardInput
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.clips import name_of
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.protocols import ConvertOptions

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

Source = tuple[str, Any]


def add(parser: argparse.ArgumentParser, said: str = "") -> None:
    """Add the options to `parser`; `said` is what is said about all of them, if they are not for a model."""
    group = parser.add_argument_group(
        tr("sources"), said or tr("Each may be given several times; the model sees them in order.")
    )
    common: dict[str, Any] = {"dest": SOURCES, "action": AddSource, "default": []}
    group.add_argument(
        "--file",
        metavar="F",
        **common,
        help=tr("a picture, a document, a text file, whose text is quoted as it is, or a folder; - for standard input"),
    )
    _clip_options.add(group)
    _page_options.add(group)
    _text_options.add(group)
    group.add_argument(
        "--screen",
        metavar="N",
        nargs="?",
        type=screen_or_words,
        **common,
        help=tr("a screen; the main one without N; “all” for all of them"),
    )
    group.add_argument(
        "--region", metavar="X,Y,W,H", type=region, **common, help=tr("a part of the desktop, in pixels")
    )
    group.add_argument("--clipboard", nargs=0, **common, help=tr("a picture or text from the clipboard"))
    parser.add_argument(
        "--full-detail",
        action="store_true",
        help=tr("send pictures that are larger than the model's budget pixel for pixel, in several parts"),
    )


def needs_converter(sources: list[Source]) -> bool:
    """Whether any of them is a file that must be read."""
    return any(kind in ("file", "clipboard") for kind, _ in sources)


def read(
    sources: list[Source],
    services: Services,
    standard_input: StandardInput,
    options: ConvertOptions,
    cancel: CancelToken,
    on_progress: Callable[[Progress], None],
) -> tuple[MediaPart, ...]:
    """The parts of a message that `sources` become. Raises `HelperError` for the first that cannot be read."""
    found = read_each(sources, services, standard_input, options, cancel, on_progress)
    return tuple(part for _name, parts in found for part in parts)


def read_each(
    sources: list[Source],
    services: Services,
    standard_input: StandardInput,
    options: ConvertOptions,
    cancel: CancelToken,
    on_progress: Callable[[Progress], None],
    limit: int = 0,
) -> list[tuple[str, tuple[MediaPart, ...]]]:
    """The same, the parts of each source with its name; `limit` is what the model can read, 0 if nobody knows."""
    reader = _Reader(services, standard_input, options, cancel, on_progress, limit)
    found = []
    for kind, value in sources:
        cancel.raise_if_cancelled()
        parts = reader.read(kind, value)
        if _standard_input.is_meant((kind, value)):
            name = _standard_input.name()  # the first part may be a note with a title of its own
        else:
            name = Path(value).name if kind == "file" else name_of(parts)
        found.append((name, parts))
    return found


class _Reader:
    def __init__(
        self,
        services: Services,
        standard_input: StandardInput,
        options: ConvertOptions,
        cancel: CancelToken,
        on_progress: Callable[[Progress], None],
        limit: int,
    ) -> None:
        self._limit = limit
        self._services = services
        self._standard_input = standard_input
        self._options = options
        self._cancel = cancel
        self._on_progress = on_progress

    def read(self, kind: str, value: Any) -> tuple[MediaPart, ...]:
        if kind == "file":
            return self._file(value)
        if kind == "clipboard":
            return self._clipboard()
        return self._picture(kind, value)

    def _file(self, path: str) -> tuple[MediaPart, ...]:
        meant = meant_of(path)
        options = replace(self._options, cut=meant.cut, pages=meant.pages, as_pictures=meant.as_pictures)

        def read(password: str) -> tuple[MediaPart, ...]:
            return self._converted(path, replace(options, password=password))

        parts = _page_options.opened(meant, path, read)
        _clip_options.check(path, parts)
        return parts

    def _converted(self, path: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
        converter, told = self._services.converter, (options, self._cancel, self._on_progress)
        if _standard_input.is_meant(("file", path)):
            return converter.convert_bytes(self._standard_input.read(), _standard_input.name(), *told)
        if Path(path).is_dir():
            from desktop_helper.services import folder_reading

            return folder_reading.read(Path(path), converter, options, self._limit, self._cancel, self._on_progress)
        return converter.convert_file(Path(path), *told)

    def _clipboard(self) -> tuple[MediaPart, ...]:
        from desktop_helper.services import clipboard

        return self._bytes(clipboard.read(), tr("Clipboard"))

    def _bytes(self, data: bytes, name: str) -> tuple[MediaPart, ...]:
        return self._services.converter.convert_bytes(data, name, self._options, self._cancel, self._on_progress)

    def _picture(self, kind: str, value: Any) -> tuple[MediaPart, ...]:
        from desktop_helper.cli import _capture
        from desktop_helper.services import pictures

        with _capture.opened(self._services) as capturer:
            if kind == "screen":
                frame, name = _capture.screen(capturer, value), tr("Screen")
            else:
                frame, name = _capture.region(capturer, value), tr("Region")
        part = pictures.encode(frame, name, self._options.max_image_tokens)
        if part.full_size is not None and self._options.wish.in_full:
            return self._bytes(pictures.to_png(frame), name)
        return (part,)
