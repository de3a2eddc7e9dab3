"""One answer from the first byte to the last: stream it, save it, run the tools that it asks for.

Plain generators without threads or Qt. The window runs `answer` on a worker thread, the command line on its own.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial

from desktop_helper.core import trace
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.closable import closable
from desktop_helper.core.errors import ErrorKind, HelperError, stack
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Notice,
    Progress,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallRequested,
    UsageReported,
)
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ChatRequest, Message, Role, TextPart, ToolCall
from desktop_helper.core.protocols import Backend
from desktop_helper.core.tools import Tool
from desktop_helper.services import tool_rounds
from desktop_helper.services.answer_recorder import AnswerRecorder, Stopwatch
from desktop_helper.services.history import History
from desktop_helper.services.history_rows import storable

MAX_TOOL_ROUNDS = 12

_log = logging.getLogger(__name__)


def answer(
    backend: Backend,
    request: ChatRequest,
    history: History | None,
    conversation_id: int | None,
    cancel: CancelToken,
    *,
    model_title: str,
    parent_id: int | None = None,
    tools: Sequence[Tool] = (),
) -> Iterator[StreamEvent]:
    """The answer to `request`, saved in `history` as it grows; the question is there already.

    Each delta is saved before it is yielded. Ends with exactly one `Finished` or `Failed`, one `UsageReported` before
    it if anything was measured, and raises nothing. If the history cannot be written the answer goes on, tools
    included, and ends with `Failed(STORAGE)`. Closing the generator early closes the answer as cancelled or
    interrupted.

    Without a `history` or a `conversation_id` nothing is saved. `parent_id` is the stored question, or None for what is
    shown last; a second answer to the same question takes the place of the first in `History.messages`. The answer is
    there when the first event is yielded.
    """
    saved = (history, conversation_id) if history is not None and conversation_id is not None else None
    if tools:
        request = replace(request, tools=tool_rounds.specs(tools))
    for _ in range(MAX_TOOL_ROUNDS):
        recorder = _recorder(saved, model_title, parent_id)
        round_ = _Round(backend, request, cancel, recorder)
        end = yield from round_.events()
        problem = round_.problem  # The last one counts: nothing is saved before what is owed is.
        if not (tools and round_.calls and end == Finished(FinishReason.TOOL_CALLS)):
            yield Failed(problem) if problem is not None and isinstance(end, Finished) else end
            return
        try:
            results = yield from _run_tools(round_.calls, tools, cancel)
        except HelperError as error:
            yield _stopped() if cancel.cancelled else Failed(error)
            return
        parent_id = _save(results, saved, recorder.message_id)
        request = replace(request, messages=(*request.messages, round_.message(), *results))
    yield Failed(
        HelperError(
            ErrorKind.MODEL,
            tr("The model asked for tools {count} times without giving an answer.", count=MAX_TOOL_ROUNDS),
            tr("Ask in another way, or use another model."),
        )
    )


class _Round:
    """One request to the backend."""

    def __init__(self, backend: Backend, request: ChatRequest, cancel: CancelToken, recorder: AnswerRecorder) -> None:
        self.calls: tuple[ToolCall, ...] = ()
        self._backend = backend
        self._request = request
        self._cancel = cancel
        self._recorder = recorder
        self._watch = Stopwatch()
        self._started_us = trace.now_us()
        self._usage: UsageReported | None = None
        self._text: list[str] = []

    def events(self) -> Generator[StreamEvent, None, Finished | Failed]:
        """Everything but the terminal event, which is returned."""
        end: Finished | Failed = Finished(FinishReason.INTERRUPTED)
        told = False
        try:
            with closing(self._from_backend()) as stream:
                for event in stream:
                    if isinstance(event, (Finished, Failed)):
                        end = event
                        break
                    if isinstance(event, UsageReported):
                        self._usage = event
                    else:
                        yield self._noted(event)
                    if not told and (problem := self._recorder.lasting_problem) is not None:
                        told = True  # while there is time to make room, and to copy it
                        yield Notice(tr("This answer is not saved: {why}", why=problem))
        except GeneratorExit:
            end = _stopped() if self._cancel.cancelled else end
            raise
        finally:
            usage = self._watch.complete(self._usage)
            self._recorder.finish(end, usage, self.calls, self._watch.thinking_s)
        if usage is not None:
            yield usage
        return end

    @property
    def problem(self) -> HelperError | None:
        """Why the round is not in the history, or not whole; None if it is, or if nothing is saved."""
        return self._recorder.problem

    def message(self) -> Message:
        """The round as the next request shows it."""
        text = "".join(self._text)
        return Message(Role.ASSISTANT, (TextPart(text),) if text else (), tool_calls=self.calls)

    def _from_backend(self) -> Generator[StreamEvent, None, None]:
        """The backend's events; whatever it raises becomes `Failed`, and nothing comes after the user's Stop."""
        try:
            with closable(self._backend.stream(self._request, self._cancel)) as stream:
                for event in stream:
                    # Also a failure is what Stop looks like to a backend whose connection was closed under it.
                    if self._cancel.cancelled and not isinstance(event, UsageReported | Finished):
                        yield _stopped()
                        return
                    yield event
        except HelperError as error:
            yield _stopped() if self._cancel.cancelled else Failed(error)
        except Exception as error:  # noqa: BLE001 - a fault in a backend must end the answer, not the app
            _log.error("The backend raised %s\n%s", type(error).__name__, stack(error))
            yield _stopped() if self._cancel.cancelled else Failed(_fault(error))
        else:
            if self._cancel.cancelled:
                yield _stopped()

    def _noted(self, event: StreamEvent) -> StreamEvent:
        """Save what must be saved before the event is shown."""
        if isinstance(event, ToolCallRequested):
            self.calls += (ToolCall(event.call_id, event.name, event.arguments),)
        if isinstance(event, Notice):
            self._recorder.notice(event.message)
        if not isinstance(event, (TextDelta, ThinkingDelta)):
            return event
        if self._watch.tick(thinking=isinstance(event, ThinkingDelta)):
            trace.complete("answer.first_token", self._started_us)
        text = storable(event.text)
        if isinstance(event, ThinkingDelta):
            self._recorder.append(text, "")
            return ThinkingDelta(text)
        self._recorder.append("", text)
        self._text.append(text)
        return TextDelta(text)


def _recorder(saved: tuple[History, int] | None, model_title: str, parent_id: int | None) -> AnswerRecorder:
    if saved is None:
        return AnswerRecorder(None)
    history, conversation_id = saved
    # Looked up each time: the first attempt may fail, and the next ones are made later.
    return AnswerRecorder(lambda: history.begin_answer(conversation_id, model_title, parent_id), history.owe)


def _run_tools(
    calls: Sequence[ToolCall], tools: Sequence[Tool], cancel: CancelToken
) -> Generator[StreamEvent, None, list[Message]]:
    results = []
    for call in calls:
        yield Progress(tr("Using the tool {name}…", name=call.name))
        results.append(tool_rounds.run_call(call, tools, cancel))
    return results


def _save(results: Sequence[Message], saved: tuple[History, int] | None, parent_id: int | None) -> int | None:
    """Save what tools gave, or owe it; then the next round cannot be saved either, and says so.

    Returns what the next round follows; None after something that is owed, which is saved before it all the same.
    """
    if saved is None:
        return None
    history, conversation_id = saved
    for result in results:
        try:
            parent_id = history.add_message(conversation_id, result, parent_id)
        except HelperError:
            history.owe(partial(_add, history, conversation_id, result, parent_id))
            parent_id = None
    return parent_id


def _add(history: History, conversation_id: int, message: Message, parent_id: int | None) -> None:
    """Looked up when it is called, like the begin of an answer."""
    history.add_message(conversation_id, message, parent_id)


def _stopped() -> Finished:
    return Finished(FinishReason.CANCELLED)


def _fault(error: Exception) -> HelperError:
    return HelperError(
        ErrorKind.WORKER,
        tr("The answer ended because of a fault inside Desktop Helper ({fault}).", fault=type(error).__name__),
        tr("Try again; the log file says where it happened."),
    )
