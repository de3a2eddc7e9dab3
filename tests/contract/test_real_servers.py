"""Two servers that people run, with a tiny GLM-4V model: llama.cpp's own, and the one of llama-cpp-python.

The first runs if the variable `LLAMA_SERVER` names the program. What the model says means nothing; that it thinks,
answers, looks and stops when it should does.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop_helper.backends.openai_compatible import BACKEND
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    UsageReported,
)
from desktop_helper.core.known_servers import KnownServers
from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Part, Role, Sampling, TextPart, Thinking
from desktop_helper.core.protocols import Backend, BackendTools, ModelProfile
from desktop_helper.core.resources import resource
from desktop_helper.services.connection_check import ConnectionCheck
from desktop_helper.services.egress import Egress
from desktop_helper.services.providers import Providers, resolve
from desktop_helper.services.server_finder import find
from desktop_helper.services.settings import ProfileSettings
from tests.support.archive import png
from tests.support.llama_server import LlamaServer, llama_cpp_server, llama_server
from tests.support.tiny_gguf import tiny_pair

# The server outlives a single test, so it starts before the leak check of the first one.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(240), pytest.mark.usefixtures("server")]
LLAMA_SERVER = os.environ.get("LLAMA_SERVER", "")
KEY = "sk-tiny"
NO_PROGRAM = "set LLAMA_SERVER to llama.cpp's llama-server"


@pytest.fixture(scope="module", params=["llama-server", "llama-cpp-python"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def server(kind: str) -> Iterator[LlamaServer]:
    pair = tiny_pair()
    if kind == "llama-server" and not LLAMA_SERVER:
        pytest.skip(NO_PROGRAM)
    with ExitStack() as stack:
        if kind == "llama-server":
            yield stack.enter_context(llama_server(LLAMA_SERVER, pair.gguf, pair.mmproj))
        else:
            pytest.importorskip("llama_cpp.server.app")
            yield stack.enter_context(llama_cpp_server(pair.gguf, pair.mmproj))


@pytest.fixture
def profile(kind: str, server: LlamaServer, tmp_path: Path) -> ModelProfile:
    provider = "llama-server" if kind == "llama-server" else "custom"
    providers = Providers(resource("providers"), tmp_path / "none")
    return resolve("p", ProfileSettings(provider, server.model, server.base_url), providers)


@pytest.fixture
def tools(tmp_path: Path) -> BackendTools:
    egress = Egress(tmp_path / "egress.jsonl", lambda: True)
    return BackendTools(egress.http_client, lambda _: KEY, tmp_path, tmp_path)


@pytest.fixture
def backend(profile: ModelProfile, tools: BackendTools) -> Iterator[Backend]:
    made = BACKEND.create(profile, tools)
    yield made
    made.close()


def ask(backend: Backend, *parts: Part, cancel: CancelToken | None = None, **sampling: Any) -> list[StreamEvent]:
    sampling = {"max_tokens": 40, "seed": 1, **sampling}
    request = ChatRequest((Message(Role.USER, parts),), Sampling(**sampling), timeout_s=60)
    return list(backend.stream(request, cancel or CancelToken()))


def texts(events: list[StreamEvent]) -> tuple[str, str]:
    return (
        "".join(event.text for event in events if isinstance(event, ThinkingDelta)),
        "".join(event.text for event in events if isinstance(event, TextDelta)),
    )


def read_tokens(events: list[StreamEvent]) -> int:
    return next(event.prompt_tokens or 0 for event in events if isinstance(event, UsageReported))


def picture(width: int = 280, height: int = 280) -> ImagePart:
    return ImagePart(png(width, height), "image/png", width, height, "p.png", 100)


QUESTION = TextPart("What is this?")
# llama-cpp-python's server says 200, then finds the fault, and tells it to its log alone: the stream ends.
BROKEN_OFF = Finished(FinishReason.INTERRUPTED)


def test_it_thinks_and_answers(backend: Backend) -> None:
    events = ask(backend, QUESTION, max_tokens=400, thinking=Thinking.ON)
    thought, said = texts(events)
    assert thought
    assert said
    assert "<think>" not in said
    assert "</think>" not in said
    assert isinstance(events[-1], Finished)
    assert events[-1].reason in (FinishReason.STOP, FinishReason.LENGTH)


def test_the_length_limit_is_told(backend: Backend) -> None:
    events = ask(backend, QUESTION, max_tokens=4)
    assert events[-1] == Finished(FinishReason.LENGTH)


def test_it_looks_at_a_picture(backend: Backend, kind: str) -> None:
    plain, looked = ask(backend, QUESTION), ask(backend, picture(), QUESTION)
    assert isinstance(looked[-1], Finished)
    assert "".join(texts(looked))
    if kind == "llama-server":  # the other one counts positions, not tokens
        assert 90 <= read_tokens(looked) - read_tokens(plain) <= 110


def test_thinking_can_be_switched_off_where_the_server_knows_how(backend: Backend, kind: str) -> None:
    thought, said = texts(ask(backend, QUESTION, thinking=Thinking.OFF, max_tokens=100))
    if kind == "llama-server":
        assert not thought
        assert said
    else:
        assert thought, "llama-cpp-python's server does not hand the switch on to the template"


def test_a_budget_ends_the_thinking(backend: Backend, kind: str) -> None:
    if kind != "llama-server":
        pytest.skip("llama-cpp-python's server knows no budget")
    whole, _ = texts(ask(backend, QUESTION, max_tokens=400, thinking=Thinking.ON))
    short, said = texts(ask(backend, QUESTION, max_tokens=400, thinking=Thinking.ON, thinking_budget=2))
    assert len(short.split()) <= 4 < len(whole.split())
    assert said


@pytest.mark.timed
def test_it_can_be_stopped_and_asked_again(backend: Backend) -> None:
    cancel = CancelToken()
    stopped_at = 0.0

    def stop() -> None:
        nonlocal stopped_at
        stopped_at = time.monotonic()
        cancel.cancel()

    request = ChatRequest((Message(Role.USER, (QUESTION,)),), Sampling(max_tokens=4000, seed=3), timeout_s=60)
    events: list[StreamEvent] = []
    for event in backend.stream(request, cancel):
        if not events:
            threading.Thread(target=stop).start()
        events.append(event)
    assert events[-1] == Finished(FinishReason.CANCELLED)
    assert time.monotonic() - stopped_at < 1
    assert isinstance(ask(backend, QUESTION)[-1], Finished)


def test_a_picture_that_is_none_is_one_sentence(backend: Backend, kind: str) -> None:
    broken = ImagePart(b"\x89PNG\r\n\x1a\n but no more", "image/png", 28, 28, "broken.png", 8)
    *_, last = ask(backend, broken, QUESTION)
    if kind == "llama-server":
        assert isinstance(last, Failed)
        assert last.error.kind is ErrorKind.MODEL
        assert "Failed to load image" in last.error.message
    else:
        assert last == BROKEN_OFF
    assert isinstance(ask(backend, QUESTION)[-1], Finished), "the server lives on"


def test_a_prompt_that_is_too_long_is_said_to_be(backend: Backend, kind: str) -> None:
    *_, last = ask(backend, TextPart("word " * 20_000))
    if kind == "llama-server":
        assert isinstance(last, Failed)
        assert last.error.kind is ErrorKind.LENGTH
        assert "longer than" in last.error.message
    else:
        assert last == BROKEN_OFF


def test_a_key_is_needed_where_the_server_was_started_with_one(
    profile: ModelProfile, tools: BackendTools, kind: str
) -> None:
    if kind != "llama-server":
        pytest.skip("the same code answers")
    pair = tiny_pair()
    with llama_server(LLAMA_SERVER, pair.gguf, pair.mmproj, key=KEY) as guarded:
        there = replace(profile, base_url=guarded.base_url)
        good, bad = BACKEND.create(there, tools), BACKEND.create(there, replace(tools, api_key=lambda _: "another"))
        assert isinstance(ask(good, QUESTION)[-1], Finished)
        (failed,) = [event for event in ask(bad, QUESTION) if isinstance(event, Failed)]
        assert failed.error.kind is ErrorKind.AUTH
        good.close()
        bad.close()


def test_it_is_found_and_recognised(server: LlamaServer, kind: str, tools: BackendTools, tmp_path: Path) -> None:
    specs = [
        replace(spec, base_url=server.base_url) if spec.name == "vllm" else spec
        for spec in Providers(resource("providers"), tmp_path / "none").all()
        if spec.name == "vllm" or "127.0.0.1" not in spec.base_url or spec.name == "llama-server"
    ]
    specs = [replace(spec, base_url="") if spec.name == "llama-server" else spec for spec in specs]
    (found,) = find(specs, tools.http_client, CancelToken())
    assert found.base_url == server.base_url
    assert found.models[0].id == server.model
    assert found.provider == ("llama-server" if kind == "llama-server" else "custom")


def test_a_test_of_the_connection_says_what_it_can(
    backend: Backend, profile: ModelProfile, kind: str, tmp_path: Path
) -> None:
    known = KnownServers(tmp_path / "servers")
    found = ConnectionCheck(backend, profile, known, lambda _: None).run(CancelToken())
    assert found.models == (profile.model,)
    assert found.pictures
    assert found.thinks
    assert found.can_skip_thinking is (kind == "llama-server")
    assert known.get(profile.base_url, profile.model).abilities == found
