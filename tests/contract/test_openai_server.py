"""The official client talks to our endpoint, as programs do."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionChunk

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Progress,
    TextDelta,
    ThinkingDelta,
    ToolCallRequested,
    UsageReported,
)
from desktop_helper.core.messages import ChatRequest, ImagePart, Role, Thinking
from desktop_helper.services.openai_server import chat
from tests.support.local_models import noise
from tests.support.scripted_backend import ScriptedBackend, Step
from tests.support.serving import MODEL, TOKEN, Patient, Serving, serving

STOP = Finished(FinishReason.STOP)
USAGE = UsageReported(prompt_tokens=10, completion_tokens=3, cached_tokens=8)
HELLO: Any = [{"role": "user", "content": "Hello"}]
TOOLS: Any = [
    {
        "type": "function",
        "function": {
            "name": "get_current_weather",
            "description": "Get the current weather in a given location",
            "parameters": {"type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"]},
        },
    }
]


@contextmanager
def client_of(running: Serving, **more: Any) -> Iterator[openai.OpenAI]:
    options: dict[str, Any] = {"api_key": TOKEN, "max_retries": 0, "timeout": 20} | more
    with openai.OpenAI(base_url=running.server.url, **options) as client:
        yield client


@contextmanager
def talking_to(tmp_path: Path, *scripts: list[Step]) -> Iterator[tuple[openai.OpenAI, ScriptedBackend]]:
    backend = ScriptedBackend(*scripts)
    with serving(backend, tmp_path) as running, client_of(running) as client:
        yield client, backend


def data_uri(picture: ImagePart) -> str:
    return f"data:{picture.mime};base64," + base64.b64encode(picture.data).decode()


def test_the_models(tmp_path: Path) -> None:
    with talking_to(tmp_path) as (client, _):
        assert [model.id for model in client.models.list()] == [MODEL]
        assert client.models.retrieve(MODEL).owned_by == "desktop-helper"
        with pytest.raises(openai.NotFoundError):
            client.models.retrieve("another")


def test_an_answer_in_one_piece(tmp_path: Path) -> None:
    script: list[Step] = [Progress("Reading"), ThinkingDelta("hm"), TextDelta("Good "), TextDelta("day."), USAGE, STOP]
    with talking_to(tmp_path, script) as (client, backend):
        made = client.chat.completions.create(model="any", messages=HELLO, temperature=0.5, seed=3)
    choice = made.choices[0]
    assert choice.message.content == "Good day."
    assert choice.message.model_extra == {"reasoning_content": "hm"}
    assert choice.finish_reason == "stop"
    assert made.model == MODEL
    assert made.usage is not None
    assert made.usage.prompt_tokens_details is not None
    assert (made.usage.total_tokens, made.usage.prompt_tokens_details.cached_tokens) == (13, 8)
    assert (backend.requests[0].sampling.temperature, backend.requests[0].sampling.seed) == (0.5, 3)


def test_an_answer_in_pieces(tmp_path: Path) -> None:
    script: list[Step] = [ThinkingDelta("hm"), TextDelta("Good "), TextDelta("day."), USAGE, STOP]
    with talking_to(tmp_path, script) as (client, _):
        chunks = list(
            client.chat.completions.create(
                model="any", messages=HELLO, stream=True, stream_options={"include_usage": True}
            )
        )
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "Good day."
    assert chunks[0].choices[0].delta.model_extra == {"reasoning_content": "hm"}
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 13


def test_pieces_come_as_they_are_made(tmp_path: Path) -> None:
    read = threading.Event()

    def wait_for_reader() -> None:
        assert read.wait(10)

    with talking_to(tmp_path, [TextDelta("first"), wait_for_reader, TextDelta("second"), STOP]) as (client, _):
        chunks = iter(client.chat.completions.create(model="any", messages=HELLO, stream=True))
        assert next(chunks).choices[0].delta.content == "first"
        read.set()
        assert [chunk.choices[0].delta.content for chunk in chunks] == ["second", None]


def test_the_clients_own_stream_helper_puts_it_together(tmp_path: Path) -> None:
    call = ToolCallRequested("1", "get_current_weather", '{"location": "Bern"}')
    with (
        talking_to(tmp_path, [TextDelta("Let me see."), call, Finished(FinishReason.TOOL_CALLS)]) as (client, _),
        client.chat.completions.stream(model="any", messages=HELLO, tools=TOOLS) as stream,
    ):
        message = stream.get_final_completion().choices[0].message
    assert message.content == "Let me see."
    assert message.tool_calls is not None
    assert message.tool_calls[0].function.arguments == '{"location": "Bern"}'


def test_pictures_reach_the_model_as_they_are(tmp_path: Path) -> None:
    picture = noise(280, 140)
    content: Any = [
        {"type": "image_url", "image_url": {"url": data_uri(picture)}},
        {"type": "text", "text": "What is it?"},
    ]
    script: list[Step] = [TextDelta("Noise."), STOP]
    with talking_to(tmp_path, script, script) as (client, backend):
        for _ in range(2):
            client.chat.completions.create(model="any", messages=[{"role": "user", "content": content}])
    parts = [request.messages[0].parts[0] for request in backend.requests]
    assert all(isinstance(part, ImagePart) for part in parts)
    first = parts[0]
    assert isinstance(first, ImagePart)
    assert (first.width, first.height, first.tokens, first.mime) == (280, 140, 50, "image/png")
    assert parts[0] is parts[1]  # not decoded again


@pytest.mark.parametrize("form", ["WEBP", "GIF", "JPEG"])
def test_other_forms_of_pictures_are_read(tmp_path: Path, form: str) -> None:
    from io import BytesIO

    from PIL import Image

    buffer = BytesIO()
    Image.new("RGB", (280, 140), "red").save(buffer, form)
    url = f"data:image/{form.lower()};base64," + base64.b64encode(buffer.getvalue()).decode()
    with talking_to(tmp_path, [TextDelta("Red."), STOP]) as (client, backend):
        content: Any = [{"type": "image_url", "image_url": {"url": url}}]
        client.chat.completions.create(model="any", messages=[{"role": "user", "content": content}])
    (part,) = backend.requests[0].messages[0].media
    assert isinstance(part, ImagePart)
    assert (part.width, part.height) == (280, 140)
    assert part.mime in ("image/png", "image/jpeg")


def test_a_picture_that_is_broken_is_named(tmp_path: Path) -> None:
    whole = noise(280, 140)
    content: Any = [{"type": "image_url", "image_url": {"url": data_uri(whole)[: len(whole.data) // 4 * 4 // 2]}}]
    with talking_to(tmp_path) as (client, _), pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="any", messages=[{"role": "user", "content": content}])
    assert caught.value.param == "messages[0].content[0].image_url.url"
    assert "Picture 1" in caught.value.message


def test_thinking_can_be_switched_and_limited(tmp_path: Path) -> None:
    script: list[Step] = [TextDelta("a"), STOP]
    extras = [
        {"chat_template_kwargs": {"enable_thinking": False}},
        {"thinking": {"type": "enabled"}, "thinking_budget_tokens": 64},
    ]
    with talking_to(tmp_path, script, script, script) as (client, backend):
        for extra in extras:
            client.chat.completions.create(model="any", messages=HELLO, extra_body=extra)
        client.chat.completions.create(model="any", messages=HELLO, reasoning_effort="high")
    asked = [(made.sampling.thinking, made.sampling.thinking_budget, made.sampling.effort) for made in backend.requests]
    assert asked == [(Thinking.OFF, None, None), (Thinking.ON, 64, None), (Thinking.ON, None, "high")]


def test_a_conversation_with_tools(tmp_path: Path) -> None:
    calls = [ToolCallRequested(str(n), "get_current_weather", f'{{"location": "{n}"}}') for n in range(2)]
    with talking_to(tmp_path, [*calls, USAGE, Finished(FinishReason.TOOL_CALLS)], [TextDelta("Rain."), STOP]) as (
        client,
        backend,
    ):
        messages: Any = [*HELLO]
        made = client.chat.completions.create(model="any", messages=messages, tools=TOOLS, tool_choice="auto")
        assert made.choices[0].finish_reason == "tool_calls"
        messages.append(made.choices[0].message)
        for call in made.choices[0].message.tool_calls or ():
            messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps({"weather": "rain"})})
        again = client.chat.completions.create(model="any", messages=messages, tools=TOOLS)
    assert again.choices[0].message.content == "Rain."
    said = backend.requests[1].messages
    assert [message.role for message in said] == [Role.USER, Role.ASSISTANT, Role.TOOL, Role.TOOL]
    assert [call.call_id for call in said[1].tool_calls] == [message.call_id for message in said[2:]] == ["0", "1"]


class TestFailures:
    def test_before_the_first_piece_it_is_a_status(self, tmp_path: Path) -> None:
        failed = Failed(HelperError(ErrorKind.MODEL, "It is broken.", "Choose another."))
        with talking_to(tmp_path, [Progress("Loading"), failed]) as (client, _):
            with pytest.raises(openai.InternalServerError) as caught:
                client.chat.completions.create(model="any", messages=HELLO, stream=True)
            assert "It is broken. Choose another." in str(caught.value)
            assert caught.value.response.headers["x-should-retry"] == "false"

    def test_after_it_the_stream_says_so(self, tmp_path: Path) -> None:
        failed = Failed(HelperError(ErrorKind.WORKER, "It died."))
        with talking_to(tmp_path, [TextDelta("a"), failed]) as (client, _):
            chunks: list[ChatCompletionChunk] = []
            with pytest.raises(openai.APIError, match="It died"):
                chunks.extend(client.chat.completions.create(model="any", messages=HELLO, stream=True))

    def test_a_fault_of_the_backend_is_one_sentence(self, tmp_path: Path, expect_log: Any) -> None:
        script: list[Step] = [RuntimeError("secret words of the prompt")]
        with (
            expect_log("The backend raised RuntimeError"),
            talking_to(tmp_path, script) as (client, _),
            pytest.raises(openai.APIStatusError) as caught,
        ):
            client.chat.completions.create(model="any", messages=HELLO)
        assert "secret" not in str(caught.value)

    def test_a_fault_of_ours_stops_the_model(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect_log: Any
    ) -> None:
        def broken(events: object) -> Any:
            raise RuntimeError("secret words of the answer")

        monkeypatch.setattr(chat, "joined", broken)
        backend = Patient()
        with (
            expect_log("The endpoint raised RuntimeError"),
            serving(backend, tmp_path) as running,
            client_of(running) as client,
            pytest.raises(openai.InternalServerError, match=r"fault inside Desktop Helper \(RuntimeError\)"),
        ):
            client.chat.completions.create(model="any", messages=HELLO, stream=True)
        assert backend.stopped.acquire(timeout=1)

    def test_a_wrong_field_is_named(self, tmp_path: Path) -> None:
        with talking_to(tmp_path) as (client, _), pytest.raises(openai.BadRequestError) as caught:
            client.chat.completions.create(model="any", messages=HELLO, temperature=9)
        assert caught.value.param == "temperature"

    def test_a_wrong_token(self, tmp_path: Path) -> None:
        with (
            serving(ScriptedBackend(), tmp_path) as running,
            client_of(running, api_key="wrong") as client,
            pytest.raises(openai.AuthenticationError),
        ):
            client.models.list()


class TestLeaving:
    @pytest.mark.parametrize("silent", [False, True])
    def test_a_client_that_closes_its_stream_stops_the_model(self, tmp_path: Path, silent: bool) -> None:
        backend = Patient(silent=silent)
        with serving(backend, tmp_path, silence_s=0.05) as running, client_of(running) as client:
            stream = client.chat.completions.create(model="any", messages=HELLO, stream=True)
            assert backend.started.acquire(timeout=5)
            if not silent:
                next(iter(stream))
            stream.close()
            assert backend.stopped.acquire(timeout=1)

    def test_a_client_that_gives_up_stops_the_model(self, tmp_path: Path) -> None:
        backend = Patient()
        with serving(backend, tmp_path) as running, client_of(running, timeout=0.5) as client:
            with pytest.raises(openai.APITimeoutError):
                client.chat.completions.create(model="any", messages=HELLO)
            assert backend.stopped.acquire(timeout=1)

    def test_the_end_of_the_server_ends_the_answer(self, tmp_path: Path) -> None:
        backend = Patient()
        with serving(backend, tmp_path) as running, client_of(running) as client:
            stream = iter(client.chat.completions.create(model="any", messages=HELLO, stream=True))
            next(stream)
            running.server.__exit__(None, None, None)
            with pytest.raises(openai.APIError, match="being stopped"):
                list(stream)
            assert backend.stopped.acquire(timeout=1)


def test_the_backend_is_used_by_one_at_a_time(tmp_path: Path) -> None:
    class Counting(ScriptedBackend):
        most = now = 0

        def stream(self, request: ChatRequest, cancel: CancelToken) -> Any:
            self.now += 1
            self.most = max(self.most, self.now)
            yield TextDelta("a")
            cancel.wait(0.02)
            self.now -= 1
            yield STOP

    backend = Counting()
    with serving(backend, tmp_path) as running:
        replies: list[int] = []
        threads = [
            threading.Thread(target=lambda: replies.append(running.chat(stream=True).status_code)) for _ in range(5)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert replies == [200] * 5
    assert backend.most == 1
