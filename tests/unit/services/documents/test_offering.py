"""Servers that refuse tools are asked without them, whatever they had told before that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import Reference, note
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, Progress, StreamEvent, TextDelta
from desktop_helper.core.known_servers import Abilities, KnownServers
from desktop_helper.core.messages import ChatRequest, Message, Role, TextPart, ToolCall, ToolSpec
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.services.documents import offering
from desktop_helper.services.paths import Paths
from tests.support.scripted_backend import ScriptedBackend

Asked = Callable[[ScriptedBackend], list[StreamEvent]]
PROFILE = ModelProfile("here", "vllm", "openai_compatible", "Here", "here", base_url="http://127.0.0.1:8000/v1")
REQUEST = ChatRequest((Message(Role.USER, (TextPart("Why?"),)),), tools=(ToolSpec("zoom", "Zooms.", {}),))
REFUSED = Failed(HelperError(ErrorKind.MODEL, "It says: “auto” tool choice requires --enable-auto-tool-choice"))
ANSWER = (TextDelta("So."), Finished())
ON_ITS_WAY = Progress("Sending 1.0 of 2.0 MB", 0.5)


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    offering._refused.clear()
    yield
    offering._refused.clear()


@pytest.fixture
def known(tmp_path: Path) -> KnownServers:
    return KnownServers(tmp_path / "servers")


@pytest.fixture
def asked(known: KnownServers) -> Asked:
    return lambda backend: list(offering.WithoutRefusedTools(backend, PROFILE, known).stream(REQUEST, CancelToken()))


@pytest.mark.parametrize("before", [(), (ON_ITS_WAY,)], ids=["at once", "after the pictures"])
def test_it_is_asked_without_them_and_from_then_on(asked: Asked, before: Sequence[StreamEvent]) -> None:
    backend = ScriptedBackend([*before, REFUSED], ANSWER, ANSWER)
    assert asked(backend) == [*before, *ANSWER]
    assert asked(backend) == [*ANSWER]
    assert [bool(request.tools) for request in backend.requests] == [True, False, False]


def test_what_fails_after_the_first_word_is_not_asked_again(asked: Asked) -> None:
    backend = ScriptedBackend([TextDelta("So"), REFUSED])
    assert asked(backend) == [TextDelta("So"), REFUSED]


def test_other_failures_are_told(asked: Asked) -> None:
    failed = Failed(HelperError(ErrorKind.MODEL, "There is no such model."))
    assert asked(ScriptedBackend([failed])) == [failed]


CALL = ToolCall("1", "zoom", "{}")
LOOKED_UP = (
    REQUEST.messages[0],
    Message(Role.ASSISTANT, (), tool_calls=(CALL,)),
    Message(Role.TOOL, (TextPart("It is green."),), call_id="1"),
)


def test_calls_of_earlier_turns_are_text_where_there_are_no_tools(known: KnownServers) -> None:
    backend = ScriptedBackend([REFUSED], ANSWER)
    request = replace(REQUEST, messages=LOOKED_UP)
    list(offering.WithoutRefusedTools(backend, PROFILE, known).stream(request, CancelToken()))
    first, second = backend.requests
    assert first.messages == LOOKED_UP
    assert [message.role for message in second.messages] == [Role.USER]
    assert "It is green." in second.messages[0].text


def test_also_where_none_are_offered(tmp_path: Path) -> None:
    backend = ScriptedBackend(ANSWER)
    services = build_services(Paths.below(tmp_path))
    try:
        request = ChatRequest(LOOKED_UP)
        wrapped, tools = offering.offered(services, replace(PROFILE, quirks={"tools": False}), backend, request)
        assert list(wrapped.stream(request, CancelToken())) == [*ANSWER]
        plain, _none = offering.offered(services, PROFILE, backend, ChatRequest(LOOKED_UP[:1]))
    finally:
        services.close()
    assert tools == ()
    assert plain is backend
    assert not any(message.tool_calls for message in backend.requests[0].messages)


def test_a_clear_refusal_is_remembered_until_the_connection_is_tested(asked: Asked, known: KnownServers) -> None:
    place = PROFILE.base_url, PROFILE.model
    backend = ScriptedBackend([REFUSED], ANSWER, ANSWER, ANSWER)
    asked(backend)
    assert known.get(*place).refused == ("tools",)
    known.forget(*place)
    known.keep(*place, Abilities(1.0, 0.1, tools=True))
    asked(backend)
    assert [bool(request.tools) for request in backend.requests] == [True, False, True]


def test_a_server_that_broke_down_over_them_is_spared_them_for_now(asked: Asked, known: KnownServers) -> None:
    backend = ScriptedBackend([Failed(HelperError(ErrorKind.SERVER, "The tool parser crashed."))], ANSWER, ANSWER)
    asked(backend)
    asked(backend)
    assert [bool(request.tools) for request in backend.requests] == [True, False, False]
    assert known.get(PROFILE.base_url, PROFILE.model).refused == ()


@pytest.mark.parametrize(("tools", "refused", "offered"), [
    (None, (), True), (True, (), True), (False, (), False), (True, ("tools",), False), (None, ("seed",), True),
])  # fmt: skip
def test_what_is_known_of_a_server_decides(
    known: KnownServers, tools: bool | None, refused: tuple[str, ...], offered: bool
) -> None:
    place = PROFILE.base_url, PROFILE.model
    known.keep(*place, Abilities(1.0, 0.1, tools=tools))
    known.refuse(*place, refused)
    shown = note("a.pdf", "The first 2.", Reference("a" * 64, "a.pdf", 90, (1, 2)))
    request = ChatRequest((Message(Role.USER, (shown, TextPart("Why?"))),))
    services = build_services()
    try:
        services.paths.servers_dir.parent.mkdir(parents=True, exist_ok=True)
        (known._folder).rename(services.paths.servers_dir)
        assert bool(offering.tools_for(services, PROFILE, request)) is offered
    finally:
        services.close()
