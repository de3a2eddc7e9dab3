"""`desktop-helper ask`: one question, one streamed answer."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.cli import _action, _boxes, _conversation, _model_options, _sources, _standard_input, _text_options
from desktop_helper.cli._arguments import SOURCES, number_or_words
from desktop_helper.cli._opening import Opening, answered_now_by_signal, stopped_by_signals
from desktop_helper.cli._output import EXIT_CODES, JsonOutput, Output, PlainOutput
from desktop_helper.cli._standard_input import StandardInput
from desktop_helper.cli._terminal import is_terminal, prepare
from desktop_helper.cli.command import Command
from desktop_helper.core import question_limit, trace
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.copies import once_each
from desktop_helper.core.documents import Unit, is_only_for_later, references
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason, TextDelta, ThinkingDelta
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.image_parts import Wish
from desktop_helper.core.messages import ChatRequest, FilePart, ImagePart, MediaPart, Message, Role, TextPart, is_note
from desktop_helper.core.native_video import native_video
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services import practice
from desktop_helper.services.picture_words import size_text
from desktop_helper.services.providers import readable_tokens

if TYPE_CHECKING:
    from desktop_helper.core.protocols import Backend, ModelProfile
    from desktop_helper.services.container import Services
    from desktop_helper.services.history_records import StoredMessage


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", nargs="?", help=tr("what you want to know; without it, the text of standard input"))
    _action.add(parser)
    _sources.add(parser)
    _model_options.add(parser)
    parser.add_argument(
        "--continue",
        dest="conversation",
        metavar="ID",
        nargs="?",
        const=_conversation.LATEST,
        type=number_or_words,
        help=tr("go on with conversation ID of the history, or with the latest one"),
    )
    parser.add_argument(
        "--over-limit", action="store_true", help=tr("send it, also if it passes the monthly limit of the settings")
    )
    parser.add_argument("--json", action="store_true", help=tr("print one event a line"))
    parser.add_argument("--show-thinking", action="store_true", help=tr("print the reasoning on standard error"))
    parser.add_argument(
        "--dry-run",
        metavar="DIR",
        type=Path,
        help=tr("send nothing; write what would be sent to DIR, over no files but those of an earlier dry run"),
    )


def _run(arguments: argparse.Namespace, services: Services) -> int:
    prepare()
    output: Output = JsonOutput() if arguments.json else PlainOutput(show_thinking=arguments.show_thinking)
    cancel = CancelToken()
    try:
        with stopped_by_signals(cancel):
            return _Ask(arguments, services, output, cancel).run()
    except HelperError as error:
        output.fail(error)
        return error.exit_code


class _Ask:
    """One run of the command."""

    def __init__(self, arguments: argparse.Namespace, services: Services, output: Output, cancel: CancelToken) -> None:
        self._arguments = arguments
        self._services = services
        self._output = output
        self._cancel = cancel
        self._standard_input = StandardInput(cancel)
        self._read: list[tuple[str, tuple[MediaPart, ...]]] = []

    def run(self) -> int:
        """Returns the exit code. Raises `HelperError` for what goes wrong before the answer begins."""
        given = _take_question(self._arguments)
        action = _action.chosen(self._arguments, self._services, given)
        question = _action.question(action, given) if action is not None else given or self._piped_question()
        if _sources.needs_converter(getattr(self._arguments, SOURCES)):
            self._services.converter.warm()
        profile = _model_options.profile(self._arguments, self._services, action.profile if action is not None else "")
        dry = self._arguments.dry_run is not None
        with nullcontext() if dry else Opening(self._services, profile) as opening:
            # First: a wrong number must not cost the reading of files, or take a picture of the screen for nothing.
            found, earlier = _conversation.earlier(self._services, self._arguments.conversation)
            message = Message(Role.USER, (*self._media(profile), TextPart(question)))
            if action is not None:
                _action.check_subject(action, given, len(message.media))
            message = self._with_pages(profile, message, earlier)
            request = self._request(earlier, message)
            if practice.is_practice(profile) and not self._arguments.provider:
                self._output.note(practice.notice())
            if opening is None:
                return self._write(profile, request)
            self._look_at_size(profile, request)
            title = _action.title(action, given, message) if action is not None else ""
            with trace.span("ask:history"):
                conversation = _conversation.begin(self._services, found, message, title, self._output.note)
            backend = opening.backend()
            with self._answered_now(backend, profile) as hint:
                return self._stream(backend, request, conversation, profile, hint)

    def _media(self, profile: ModelProfile) -> tuple[MediaPart, ...]:
        with trace.span("ask:sources"):
            sources = [*getattr(self._arguments, SOURCES), *self._piped()]
            options = ConvertOptions(
                profile.max_image_tokens,
                max_video_tokens=profile.max_video_tokens,
                wish=Wish(in_full=self._arguments.full_detail),
                video=native_video(profile.quirks),
            )
            read = _sources.read_each(
                sources,
                self._services,
                self._standard_input,
                options,
                self._cancel,
                self._output.show,
                readable_tokens(profile),
            )
        self._read = once_each(read)
        media = tuple(part for _name, parts in self._read for part in parts)
        for part in media:
            if isinstance(part, ImagePart) and part.full_size is not None and not self._arguments.full_detail:
                self._output.note(tr("{name} was made smaller: {size}.", name=part.name, size=size_text(part)))
        for sentence in _text_options.proposals(media, profile):
            self._output.note(sentence)
        return media

    def _with_pages(self, profile: ModelProfile, message: Message, earlier: list[StoredMessage]) -> Message:
        """With the pages that the question is about, of documents that are too large to be sent."""
        from desktop_helper.services.documents.chooser import with_pages

        before = [stored.message for stored in earlier]
        chosen = with_pages(self._services, profile, message, before, self._cancel, self._output.show)
        for part in chosen.media:
            if isinstance(part, FilePart) and is_note(part) and not is_only_for_later(part):
                self._output.note(part.text)
        self._cancel.raise_if_cancelled()
        return chosen

    def _piped(self) -> list[_sources.Source]:
        """Standard input as a source, if something comes through it that nobody has asked for by name."""
        if any(_standard_input.is_meant(source) for source in getattr(self._arguments, SOURCES)):
            return []
        if self._standard_input.offered(_standard_input.PATIENCE_S):
            return [_standard_input.SOURCE]
        if self._standard_input.silent and is_terminal(sys.stderr) and not self._arguments.json:
            self._output.note(tr("Nothing has come through standard input, so it is left out; --file - waits for it."))
        return []

    def _piped_question(self) -> str:
        """Text that comes through standard input. Raises `HelperError` if there is none."""
        sources = getattr(self._arguments, SOURCES)
        others = [source for source in sources if not _standard_input.is_meant(source)]
        given = self._standard_input
        data = given.read() if others != sources else given.offered(_standard_input.QUESTION_PATIENCE_S)
        if data:
            name = _standard_input.name()
            parts = self._services.converter.convert_bytes(data, name, None, self._cancel, self._output.show)
            texts = [part for part in parts if isinstance(part, FilePart) and part.mime.startswith("text/")]
            if any(found.unit is Unit.PART and not found.whole for found in references(parts)):
                raise HelperError(
                    ErrorKind.USAGE,
                    tr("What comes through standard input is too long for a question."),
                    tr("Attach it with --file - and write the question last."),
                )
            if len(texts) == len(parts):
                setattr(self._arguments, SOURCES, others)
                question = "\n".join(part.text for part in texts if not is_only_for_later(part)).strip()
                if question:
                    return question
        raise HelperError(
            ErrorKind.USAGE, tr("There is no question."), tr("Write it last, in quotation marks, or pipe it in.")
        )

    def _request(self, earlier: list[StoredMessage], message: Message) -> ChatRequest:
        from desktop_helper.services.request_builder import build_request

        sampling = _model_options.sampling(self._arguments, self._services)
        system = _model_options.system(self._arguments, self._services)
        request = build_request(earlier, message, sampling, system, self._arguments.timeout)
        return replace(request, over_limit=self._arguments.over_limit)

    @contextmanager
    def _answered_now(self, backend: Backend, profile: ModelProfile) -> Iterator[str]:
        """The key that ends the reasoning, for models that can. Yields what to say about it, if somebody looks."""
        if not self._services.can_answer_now(profile):
            yield ""
            return
        watched = is_terminal(sys.stderr) and not self._arguments.json
        with answered_now_by_signal(backend) as possible:
            yield tr("Ctrl+\\ ends the thinking and lets the answer begin.") if possible and watched else ""

    def _look_at_size(self, profile: ModelProfile, request: ChatRequest) -> None:
        """Say that a question is probably too long. Raises `HelperError` if it certainly is: it is not kept then."""
        if (refused := question_limit.objection(profile, request)) is not None:
            raise refused
        if told := question_limit.warning(profile, request):
            self._output.note(sentences(told, tr("--dry-run shows what takes how much.")))

    def _write(self, profile: ModelProfile, request: ChatRequest) -> int:
        from desktop_helper.services import budget_table, dry_run
        from desktop_helper.services.answering import tools_offered
        from desktop_helper.services.budget import attached

        request = replace(request, tools=tools_offered(self._services, profile, request))
        path = dry_run.write(self._arguments.dry_run, profile, request)
        items = attached(self._read, request.messages[-1].media)
        budget = budget_table.of_request(profile, request, items)
        self._output.budget(budget)
        self._output.tools([tool.name for tool in request.tools])
        if advice := budget_table.advice(budget, [budget_table.means_of(item) for item in budget.items]):
            self._output.note(advice)
        self._output.note(tr("Nothing was sent; {path} shows what would be.", path=path))
        return 0

    def _stream(
        self,
        backend: Backend,
        request: ChatRequest,
        conversation: _conversation.Conversation,
        profile: ModelProfile,
        hint: str,
    ) -> int:
        from desktop_helper.services.answer_session import answer
        from desktop_helper.services.answering import with_tools

        backend, tools = with_tools(self._services, profile, backend, request)
        trace.instant("ask:stream")
        code, said = EXIT_CODES[FinishReason.INTERRUPTED], list[str]()
        events = answer(
            backend,
            request,
            conversation.history,
            conversation.id,
            self._cancel,
            model_title=profile.title,
            parent_id=conversation.question,
            tools=tools,
        )
        try:
            for event in events:
                if hint and isinstance(event, ThinkingDelta):
                    self._output.note(hint)
                    hint = ""
                self._output.show(event)
                if isinstance(event, TextDelta):
                    said.append(event.text)
                elif isinstance(event, Finished):
                    code = EXIT_CODES[event.reason]
                    if told := _boxes.explained("".join(said), request, profile, as_json=self._arguments.json):
                        self._output.note(told)
                elif isinstance(event, Failed):
                    unsaved = said and event.error.kind is ErrorKind.STORAGE
                    code = EXIT_CODES[FinishReason.STOP] if unsaved else event.error.exit_code
        except BaseException:
            self._cancel.cancel()  # nobody reads the answer any more; let the model stop
            raise
        return code


def _take_question(arguments: argparse.Namespace) -> str:
    """The question, or nothing. Behind `--screen` or `--continue` argparse takes it for the number there."""
    words = [] if arguments.question is None else [str(arguments.question)]
    taken = None  # for the question although it stands where a number does: what is said of that
    sources = []
    for kind, value in getattr(arguments, SOURCES):
        stray = kind == "screen" and isinstance(value, str)
        if stray:
            words.append(value)
            taken = taken or HelperError(
                ErrorKind.USAGE,
                tr("“{text}” is not the number of a screen.", text=value),
                tr("Behind --screen, write a number, “all”, or nothing for the main screen, and the question last."),
            )
        sources.append((kind, None if stray else value))
    setattr(arguments, SOURCES, sources)
    if isinstance(arguments.conversation, str):
        words.append(arguments.conversation)
        taken = taken or HelperError(
            ErrorKind.USAGE,
            tr("“{text}” is not the number of a conversation.", text=arguments.conversation),
            tr(
                "Behind --continue, write a number of “history list”, or nothing for the latest, and the question last."
            ),
        )
        arguments.conversation = _conversation.LATEST
    if len(words) > 1:
        raise taken or HelperError(
            ErrorKind.USAGE, tr("There is more than one question."), tr("Write one, in quotation marks.")
        )
    if words and not words[0].strip():  # e.g. an unset variable of the shell
        raise HelperError(
            ErrorKind.USAGE, tr("There is no question."), tr("Write it last, in quotation marks, or pipe it in.")
        )
    return words[0] if words else ""


COMMAND = Command("ask", tr("ask a question and print the answer"), _configure, _run)
