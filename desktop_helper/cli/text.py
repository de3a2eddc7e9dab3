"""`desktop-helper text`: the text in pictures and files, read on this machine without a model."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from desktop_helper.cli import _sources, _standard_input
from desktop_helper.cli._arguments import SOURCES
from desktop_helper.cli._opening import stopped_by_signals
from desktop_helper.cli._output import JsonOutput, PlainOutput
from desktop_helper.cli._standard_input import StandardInput
from desktop_helper.cli._terminal import prepare
from desktop_helper.cli.command import Command, SettingsUse
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Finished, FinishReason, TextDelta
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, is_note
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.core.text_layout import in_reading_order, layout
from desktop_helper.core.text_lines import TextLine, to_plain

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

MAX_TOKENS = 16_000  # 12 million pixels: pictures are read as they are, as far as that is of use


class _Json(JsonOutput):
    """One event a line."""

    def page(self, part: MediaPart, text: str, lines: tuple[TextLine, ...]) -> None:
        """The text of one source."""
        size = {"width": part.width, "height": part.height} if isinstance(part, ImagePart) else {}
        self._line("text", name=part.name, text=text, **size, lines=to_plain(in_reading_order(lines)))

    def finish(self) -> None:
        """All was read."""
        self.show(Finished(FinishReason.STOP))


class _Plain(PlainOutput):
    """The text on standard output, everything else on standard error."""

    def __init__(self) -> None:
        super().__init__(show_thinking=False)
        self._pages = 0

    def page(self, part: MediaPart, text: str, lines: tuple[TextLine, ...]) -> None:
        """The text of one source, with an empty line before the next one's."""
        if not text:
            self.note(tr("No text was found in {name}.", name=part.name))
            return
        between = "\n" if self._pages else ""
        self._pages += 1
        self.show(TextDelta(f"{between}{text}\n"))

    def finish(self) -> None:
        """All was read."""


class _AddFiles(argparse.Action):
    """The files that are named without an option."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Called by argparse once, also if there are none."""
        files = [("file", value) for value in values or ()]
        setattr(namespace, SOURCES, [*(getattr(namespace, SOURCES, None) or []), *files])


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", metavar="F", nargs="*", action=_AddFiles, default=[], help=tr("files to read, the same as --file F")
    )
    _sources.add(parser, tr("Each may be given several times; they are read in order."))
    parser.add_argument(
        "--json", action="store_true", help=tr("print one event a line, with the place of each word in the picture")
    )


def _run(arguments: argparse.Namespace, services: Services) -> int:
    prepare()
    output = _Json() if arguments.json else _Plain()
    cancel = CancelToken()
    try:
        with stopped_by_signals(cancel):
            _read(getattr(arguments, SOURCES), services, output, cancel)
    except HelperError as error:
        output.fail(error)
        return error.exit_code
    return 0


def _read(sources: list[_sources.Source], services: Services, output: _Json | _Plain, cancel: CancelToken) -> None:
    standard_input = StandardInput(cancel)
    if not sources and standard_input.offered(_standard_input.PATIENCE_S):
        sources = [_standard_input.SOURCE]
    _check(sources)
    services.text_reader.warm()
    for part in _sources.read(sources, services, standard_input, ConvertOptions(MAX_TOKENS), cancel, output.show):
        if isinstance(part, ImagePart):
            lines = services.text_reader.read(part.data, part.name, cancel, output.show)
            output.page(part, layout(lines), lines)
        elif is_note(part):
            output.note(part.text)
        else:
            output.page(part, _text(part), ())
    output.finish()


def _check(sources: list[_sources.Source]) -> None:
    fix = tr("Name a file, or take --screen, --region or --clipboard.")
    if not sources:
        raise HelperError(ErrorKind.USAGE, tr("There is nothing to read."), fix)
    for kind, value in sources:
        if kind == "screen" and isinstance(value, str):  # `ask` takes it for its question
            raise HelperError(ErrorKind.USAGE, tr("“{text}” is not the number of a screen.", text=value), fix)


def _text(part: FilePart) -> str:
    return part.text.strip("\n")


def _settings_use(arguments: argparse.Namespace) -> SettingsUse:
    return SettingsUse.OPTIONAL


COMMAND = Command("text", tr("print the text in pictures and files, without a model"), _configure, _run, _settings_use)
