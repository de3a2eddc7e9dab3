"""The worker's half of an answer in the window: from a question that is being saved to the model's events.

Reading pictures, loading packages and starting a process all take their time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Finished, FinishReason, StreamEvent
from desktop_helper.core.messages import NOTE_MIME, ChatRequest, MediaPart, Message, Role, Thinking, ToolSpec
from desktop_helper.core.protocols import Backend, ModelProfile
from desktop_helper.core.tools import Tool
from desktop_helper.services import practice
from desktop_helper.services.answer_session import answer
from desktop_helper.services.container import Services
from desktop_helper.services.history import History
from desktop_helper.services.history_records import StoredMessage
from desktop_helper.services.question_saver import Said, Talk
from desktop_helper.services.request_builder import build_request


class Answering:
    """One answer to `asked`. `events` belongs to its worker's thread, `answer_now` to any.

    `said` is the answer; it gets its number when the answer is begun. `over_limit`: as in `ChatRequest`.
    """

    def __init__(
        self, services: Services, profile: ModelProfile, asked: Said, thinking: Thinking, *, over_limit: bool = False
    ) -> None:
        self.profile, self.asked = profile, asked
        self.said = Said(asked.talk, asked)
        self._services, self._thinking, self._over_limit = services, thinking, over_limit
        self._backend: Backend | None = None

    def events(self, cancel: CancelToken) -> Iterator[StreamEvent]:
        """Everything up to its end; what goes wrong before the model is asked is raised as `HelperError`."""
        yield from self.asked.waiting(cancel)
        numbers = self.asked.wait(cancel)
        if numbers is None:
            yield Finished(FinishReason.CANCELLED)
            return
        conversation_id, question_id = numbers
        history = self._services.history
        request = _request(self._services, history.messages(conversation_id, until=question_id), None, self._thinking)
        request = replace(request, over_limit=self._over_limit)
        self._backend = backend = self._services.backend_in_turn(self.profile)
        if cancel.cancelled:  # else a stopped answer would be what is shown last
            yield Finished(FinishReason.CANCELLED)
            return
        asked, tools = with_tools(self._services, self.profile, backend, request)
        events = answer(
            asked,
            request,
            history,
            conversation_id,
            cancel,
            model_title=self.profile.title,
            parent_id=question_id,
            tools=tools,
        )
        for place, event in enumerate(events):
            if place == 0:
                with suppress(HelperError):
                    self.said.number = number_after(history, conversation_id, question_id)
            yield event

    def answer_now(self) -> bool:
        """End its reasoning; False if that is not possible, or not yet."""
        return self._backend is not None and self._backend.answer_now()


def upcoming(
    services: Services, talk: Talk, before: Said | None, media: tuple[MediaPart, ...], thinking: Thinking
) -> ChatRequest:
    """The request that a question about `media` after `before` will be, without its words."""
    earlier: list[StoredMessage] = []
    if talk.number is not None and before is not None:
        until = before.number or before.follows
        earlier = services.history.messages(talk.number, until=until) if until else []
    return _request(services, earlier, Message(Role.USER, media), thinking)


def number_after(history: History, conversation_id: int, question_id: int) -> int | None:
    """Number of the answer that was begun last, if it is one to this question."""
    newest = history.messages(conversation_id, last=1, media=False)
    return newest[0].id if newest and newest[0].parent_id == question_id else None


def with_tools(
    services: Services, profile: ModelProfile, backend: Backend, request: ChatRequest
) -> tuple[Backend, Sequence[Tool]]:
    """The backend to ask, and the tools for `answer`: some if documents are too large to be sent."""
    if not _may_need_tools(profile, request):
        return backend, ()
    from desktop_helper.services.documents.offering import offered

    return offered(services, profile, backend, request)


def tools_offered(services: Services, profile: ModelProfile, request: ChatRequest) -> tuple[ToolSpec, ...]:
    """The same tools, as they are told to the model."""
    if not _may_need_tools(profile, request):
        return ()
    from desktop_helper.services import tool_rounds
    from desktop_helper.services.documents.offering import tools_for

    return tool_rounds.specs(tools_for(services, profile, request))


def _may_need_tools(profile: ModelProfile, request: ChatRequest) -> bool:
    """Whether there may be a large document in it; if not, what knows about those need not be imported."""
    if practice.is_practice(profile):
        return True
    return any(part.mime == NOTE_MIME for message in request.messages for part in message.media)


def _request(
    services: Services, earlier: list[StoredMessage], question: Message | None, thinking: Thinking
) -> ChatRequest:
    defaults = services.settings.current.answer
    sampling = defaults.sampling()
    if (thinking is Thinking.OFF) is not (sampling.thinking is Thinking.OFF):
        sampling = replace(sampling, thinking=thinking)
    return build_request(earlier, question, sampling, defaults.system)
