"""Which tools a model is offered: those with which it can look at more of what the conversation is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import is_only_for_later, reference_of
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, StreamEvent, TextDelta, ThinkingDelta, ToolCallRequested
from desktop_helper.core.known_servers import KnownServers
from desktop_helper.core.messages import ChatRequest, Part
from desktop_helper.core.protocols import Backend, ModelProfile
from desktop_helper.core.tools import Tool
from desktop_helper.services import practice
from desktop_helper.services.container import Services
from desktop_helper.services.documents.subject import ConversationSubject
from desktop_helper.services.providers import context_of
from desktop_helper.services.told_calls import without_calls
from desktop_helper.services.wrapped_backend import WrappedBackend

SHARE_AT_ONCE = 8  # of the context: what a tool may give back
_refused: set[tuple[str, str]] = set()  # addresses and models, as long as this process lives
_FIELD = "tools"  # of a request, as it is remembered (`core.known_servers`)
_WORDS = ("tool", "function call")


def tools_for(services: Services, profile: ModelProfile, request: ChatRequest) -> tuple[Tool, ...]:
    """None without a large document in the conversation, and for models that are known to have no use for them.

    The practice model shows what a tool is: it may enlarge pictures, and knows no other one.
    """
    if profile.quirks.get("tools") is False:
        return ()
    shows = practice.is_practice(profile)
    if not shows and not any(_more_can_be_read(part) for message in request.messages for part in message.media):
        return ()
    if _takes_none(_known(services), profile):
        return ()
    at_once = context_of(profile) // SHARE_AT_ONCE
    subject = ConversationSubject(services.documents, services.converter, profile, request.messages, at_once)
    plugs = [plug for plug in services.plugs.tools() if plug.availability().ok]
    if shows:
        plugs = [plug for plug in plugs if plug.name == practice.TOOL]
    return tuple(tool for plug in plugs if (tool := plug.offer(subject)) is not None)


class WithoutRefusedTools(WrappedBackend):
    """A backend whose server may refuse questions with tools: then it is asked without them, and from then on.

    Many servers take tools only if they were started for that (vLLM: `--enable-auto-tool-choice`), and some of them
    refuse calls of earlier turns as well: without tools, those are told as text. A clear refusal is remembered for a
    month, or until “Test connection” finds otherwise.
    """

    def __init__(self, backend: Backend, profile: ModelProfile, known: KnownServers) -> None:
        super().__init__(backend)
        self._profile, self._known = profile, known

    def stream(self, request: ChatRequest, cancel: CancelToken) -> Iterator[StreamEvent]:
        """See `Backend.stream`."""
        plain = replace(request, tools=(), messages=without_calls(request.messages))
        place = self._profile.base_url, self._profile.model
        if not request.tools or place in _refused or _takes_none(self._known, self._profile):
            yield from self._inner.stream(plain, cancel)
            return
        begun = False  # also pictures that are on their way are told of
        for event in self._inner.stream(request, cancel):
            if not begun and isinstance(event, Failed) and _is_about_tools(event.error):
                if event.error.kind is ErrorKind.MODEL:
                    self._known.refuse(*place, (_FIELD,))
                else:  # it may only have had a bad moment
                    _refused.add(place)
                yield from self._inner.stream(plain, cancel)
                return
            begun = begun or isinstance(event, TextDelta | ThinkingDelta | ToolCallRequested)
            yield event


def offered(
    services: Services, profile: ModelProfile, backend: Backend, request: ChatRequest
) -> tuple[Backend, Sequence[Tool]]:
    """The backend to ask, and the tools for `answer`."""
    tools = tools_for(services, profile, request)
    wrapped = tools or any(message.tool_calls for message in request.messages)
    return (WithoutRefusedTools(backend, profile, _known(services)) if wrapped else backend), tools


def _more_can_be_read(part: Part) -> bool:
    return reference_of(part) is not None and not is_only_for_later(part)


def _known(services: Services) -> KnownServers:
    return KnownServers(services.paths.servers_dir)


def _takes_none(known: KnownServers, profile: ModelProfile) -> bool:
    """Whether the model was seen to refuse tools, by a question or by “Test connection”."""
    found = known.get(profile.base_url, profile.model)
    return _FIELD in found.refused or (found.abilities is not None and found.abilities.tools is False)


def _is_about_tools(error: HelperError) -> bool:
    said = error.message.casefold()
    return error.kind in (ErrorKind.MODEL, ErrorKind.SERVER) and any(word in said for word in _WORDS)
