"""`desktop-helper serve` as a real process with a real model, and other programs' clients."""

from __future__ import annotations

import base64
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import psutil
import pytest

from tests.e2e.test_ask import one_sentence
from tests.support.cli_process import run
from tests.support.local_models import noise, worker_process
from tests.support.serve_process import ServeProcess, serve_process
from tests.support.tiny_gguf import TinyModel, tiny_pair

pytestmark = pytest.mark.e2e

HELLO: Any = [{"role": "user", "content": "Hello"}]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    with serve_process(tmp_path_factory.mktemp("home"), tiny_pair()) as process:
        yield process


@pytest.fixture
def client(served: ServeProcess) -> Iterator[openai.OpenAI]:
    with served.client() as made:
        yield made


def picture(width: int, height: int) -> dict[str, Any]:
    data = base64.b64encode(noise(width, height).data).decode()
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}


def test_the_id_of_the_model(served: ServeProcess, client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == [served.model] == [tiny_pair().gguf.stem]


def test_an_answer_with_and_without_thinking(client: openai.OpenAI) -> None:
    messages: Any = [{"role": "user", "content": "Hello"}]
    thoughtful = client.chat.completions.create(model="any", messages=messages, max_tokens=200, seed=1)
    assert thoughtful.choices[0].message.content
    assert (thoughtful.choices[0].message.model_extra or {})["reasoning_content"]
    off = {"chat_template_kwargs": {"enable_thinking": False}}
    quick = client.chat.completions.create(model="any", messages=messages, max_tokens=200, extra_body=off)
    assert quick.choices[0].message.content
    assert "reasoning_content" not in (quick.choices[0].message.model_extra or {})


@pytest.mark.allow_leaks("processes")  # the server's reader of pictures stays warm; it does not outlive the server
def test_a_picture_is_counted_and_reused(client: openai.OpenAI) -> None:
    messages: Any = [{"role": "user", "content": [picture(560, 280), {"type": "text", "text": "What is it?"}]}]
    first = client.chat.completions.create(model="any", messages=messages, max_tokens=20)
    assert first.usage is not None
    assert first.usage.prompt_tokens > 200
    messages += [
        {"role": "assistant", "content": first.choices[0].message.content},
        {"role": "user", "content": "And where?"},
    ]
    second = client.chat.completions.create(model="any", messages=messages, max_tokens=20)
    assert second.usage is not None
    assert second.usage.prompt_tokens_details is not None
    assert (second.usage.prompt_tokens_details.cached_tokens or 0) >= 200


def test_pieces_are_the_whole(client: openai.OpenAI) -> None:
    how: Any = {"model": "any", "messages": HELLO, "max_tokens": 60, "temperature": 0, "seed": 5}
    whole = client.chat.completions.create(**how)
    pieces = list(client.chat.completions.create(stream=True, stream_options={"include_usage": True}, **how))
    text = "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)
    assert text == (whole.choices[0].message.content or "")
    assert whole.usage is not None
    assert pieces[-1].usage is not None
    assert pieces[-1].usage.completion_tokens == whole.usage.completion_tokens


class TestOtherProgramsClients:
    """What llama-cpp-python shows its users: its documentation, its example programs and its notebooks."""

    def test_the_examples_in_its_servers_own_description(self, served: ServeProcess) -> None:
        from llama_cpp.server.app import router

        (route,) = (route for route in router.routes if getattr(route, "path", "") == "/v1/chat/completions")
        examples = route.body_field.field_info.openapi_examples
        assert set(examples) >= {"normal", "json_mode", "tool_calling", "logprobs"}
        headers = {"Authorization": f"Bearer {served.token}"}
        with httpx2.Client(trust_env=False, headers=headers, timeout=60) as http:
            for name, example in examples.items():
                body = example["value"] | {"max_tokens": 60}
                reply = http.post(f"{served.url}/chat/completions", json=body)
                assert reply.status_code == 200, (name, reply.text)
                message = reply.json()["choices"][0]["message"]
                assert message["content"] or message.get("tool_calls") or message.get("reasoning_content"), name

    def test_its_chat_program(self, client: openai.OpenAI) -> None:
        """examples/server/chatbot.py: the conversation so far, streamed, with a temperature."""
        context: Any = [{"role": "system", "content": "You are Jarvis. Keep your answers brief and accurate."}]
        for prompt in ("What is your name?", "Pick a color.", "Now write a poem about that color."):
            context.append({"role": "user", "content": prompt})
            response = client.chat.completions.create(
                model="models/7B/gguf-model.bin", max_tokens=1024, stream=True, temperature=0.7, messages=context
            )
            said = ""
            for event in response:
                delta = event.choices[0].delta
                if delta.content:
                    said += delta.content
            assert said
            context.append({"role": "assistant", "content": said})

    def test_its_gradio_chat(self, client: openai.OpenAI) -> None:
        """examples/gradio_chat/server.py: nothing but messages and stream."""
        response = client.chat.completions.create(model="gpt-3.5-turbo", messages=HELLO, stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in response)

    @pytest.mark.allow_leaks("processes")
    def test_its_pictures(self, client: openai.OpenAI) -> None:
        """docs/server.md and Multimodal.ipynb: picture first, JSON wanted. Theirs fetches an address, ours says no."""
        text = {"type": "text", "text": "What does the image say. Format your response as a json object."}

        def ask(first: dict[str, Any]) -> Any:
            messages: Any = [{"role": "user", "content": [first, text]}]
            return client.chat.completions.create(
                model="gpt-4-vision-preview",
                messages=messages,
                response_format={"type": "json_object"},
                max_tokens=40,
            )

        assert ask(picture(280, 140)).usage.prompt_tokens > 50
        with pytest.raises(openai.BadRequestError, match="fetches nothing"):
            ask({"type": "image_url", "image_url": {"url": "https://example.test/a.png"}})

    def test_its_functions(self, client: openai.OpenAI) -> None:
        """Functions.ipynb: offer a tool, answer what is called, ask again."""
        parameters = {
            "type": "object",
            "properties": {
                "location": {"type": "string", "description": "The city and state, e.g. San Francisco, CA"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
            },
            "required": ["location"],
        }
        function = {"name": "get_current_weather", "description": "Get the current weather", "parameters": parameters}
        messages: Any = [{"role": "user", "content": "What's the weather like in San Francisco and Tokyo?"}]
        tools: Any = [{"type": "function", "function": function}]
        first = client.chat.completions.create(
            model="gpt-3.5-turbo-1106", messages=messages, tools=tools, tool_choice="auto", max_tokens=100
        )
        messages.append(first.choices[0].message)
        for call in first.choices[0].message.tool_calls or ():
            result = {"tool_call_id": call.id, "role": "tool", "name": call.function.name, "content": "{}"}
            messages.append(result)
        again = client.chat.completions.create(model="gpt-3.5-turbo-1106", messages=messages, max_tokens=100)
        assert again.choices[0].finish_reason in ("stop", "length")


class TestEnding:
    @pytest.mark.timed
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_ends_it_in_mid_answer(self, tmp_path: Path, number: signal.Signals) -> None:
        endless = tiny_pair(TinyModel(endless=True))
        with serve_process(tmp_path, endless) as served, served.client() as client:
            stream = iter(client.chat.completions.create(model="any", messages=HELLO, stream=True))
            next(stream)
            worker = worker_process(served.process.pid)
            begin = time.monotonic()
            served.process.send_signal(number)
            with pytest.raises(openai.APIError, match="being stopped"):
                list(stream)
            assert served.process.wait(10) == 0
            assert time.monotonic() - begin < 3
            assert not psutil.pid_exists(worker.pid)
            assert "Traceback" not in served.process.stderr.read()

    def test_a_client_that_leaves_frees_the_model(self, tmp_path: Path) -> None:
        endless = tiny_pair(TinyModel(endless=True))
        with serve_process(tmp_path, endless) as served, served.client() as client:
            waited = []
            for _ in range(3):
                stream = client.chat.completions.create(model="any", messages=HELLO, stream=True)
                next(iter(stream))
                stream.close()
                begin = time.monotonic()
                made = client.chat.completions.create(model="any", messages=HELLO, max_tokens=3)
                waited.append(time.monotonic() - begin)
                assert made.choices[0].finish_reason == "length"
            print("seconds until the next answer was there:", [round(seconds, 2) for seconds in waited])
            assert min(waited) < 1  # the others may have waited for another program

    def test_a_worker_that_dies_is_told_and_replaced(self, tmp_path: Path) -> None:
        endless = tiny_pair(TinyModel(endless=True))
        with serve_process(tmp_path, endless) as served, served.client() as client:
            stream = iter(client.chat.completions.create(model="any", messages=HELLO, stream=True))
            next(stream)
            worker_process(served.process.pid).kill()
            with pytest.raises(openai.APIError, match="model stopped"):
                list(stream)
            made = client.chat.completions.create(model="any", messages=HELLO, max_tokens=3)
            assert made.choices[0].finish_reason == "length"


class TestStart:
    def test_a_token_that_was_given_is_not_printed(self, tmp_path: Path) -> None:
        named = {"DESKTOP_HELPER_SERVE_TOKEN": "from-the-surroundings"}
        with serve_process(tmp_path, tiny_pair(), token="from-the-surroundings", **named) as served:
            with served.client() as client:
                assert client.models.list().data
            served.process.terminate()
            stdout, stderr = served.process.communicate(timeout=10)
        assert "from-the-surroundings" not in stdout + stderr

    def test_the_port_is_taken(self, tmp_path: Path) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            done = run(tmp_path, "serve", "--gguf", str(tiny_pair().gguf), "--port", str(port))
        assert f"Port {port} is taken" in one_sentence(done, 4)

    def test_there_is_no_model(self, tmp_path: Path) -> None:
        assert "No model file is chosen." in one_sentence(run(tmp_path, "serve"), 4)

    def test_the_file_is_no_model(self, tmp_path: Path) -> None:
        broken = tmp_path / "broken.gguf"
        broken.write_bytes(tiny_pair().gguf.read_bytes()[:5000])
        assert "broken.gguf" in one_sentence(run(tmp_path, "serve", "--gguf", str(broken), "--port", "0"), 4)

    @pytest.mark.parametrize(
        "words",
        [
            ("--mmproj", "a.gguf"),
            ("--token", "two words"),
            ("--token", ""),
            ("--port", "99999"),
            ("--allow-origin", "https://example.test"),
        ],
    )
    def test_wrong_usage(self, tmp_path: Path, words: tuple[str, ...]) -> None:
        done = (
            run(tmp_path, "serve", "--gguf", "x.gguf", *words)
            if words[0] != "--mmproj"
            else run(tmp_path, "serve", *words)
        )
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
