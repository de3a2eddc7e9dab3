"""From the JSON of a client to a `ChatRequest`."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import ImagePart, MediaPart, Message, Role, Sampling, TextPart, Thinking, ToolCall
from desktop_helper.services.openai_server.refusal import Refusal
from desktop_helper.services.openai_server.request import Asked, translate

PNG = b"\x89PNG\r\n\x1a\n" + b"rest of it"
URI = "data:image/png;base64," + base64.b64encode(PNG).decode()
HELLO = {"role": "user", "content": "Hello"}
WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {"name": "weather", "description": "of a town", "parameters": {"type": "object", "properties": {}}},
}
CLOCK = {"type": "function", "function": {"name": "clock"}}


def read(data: bytes, param: str) -> tuple[MediaPart, ...]:
    return (ImagePart(data, "image/png", 28, 28, param, 8),)


def asked(**fields: Any) -> Asked:
    return translate(json.dumps({"messages": [HELLO]} | fields).encode(), read)


def sampling(**fields: Any) -> Sampling:
    return asked(**fields).request.sampling


def conversation(*messages: Any) -> tuple[Message, ...]:
    return asked(messages=list(messages)).request.messages


def refused(**fields: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        asked(**fields)
    assert caught.value.status == 400
    assert caught.value.param is None or caught.value.param in str(caught.value) or "role" in str(caught.value)
    return caught.value


class TestMessages:
    def test_roles(self) -> None:
        made = conversation({"role": "system", "content": "a"}, {"role": "developer", "content": "b"}, HELLO)
        assert [message.role for message in made] == [Role.SYSTEM, Role.SYSTEM, Role.USER]
        assert [message.text for message in made] == ["a", "b", "Hello"]

    @pytest.mark.parametrize("picture", [{"url": URI}, {"url": URI, "detail": "high"}, URI, {"url": URI[22:]}])
    def test_parts_keep_their_order(self, picture: Any) -> None:
        content = [{"type": "image_url", "image_url": picture}, {"type": "text", "text": "What is it?"}]
        (made,) = conversation({"role": "user", "content": content})
        picture_part, text = made.parts
        assert isinstance(picture_part, ImagePart)
        assert picture_part.data == PNG
        assert text == TextPart("What is it?")

    def test_tool_calls_and_their_results(self) -> None:
        function = {"name": "weather", "arguments": '{"town": "Bern"}'}
        said = {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "function": function}]}
        parts = [{"type": "text", "text": "rain"}, {"type": "image_url", "image_url": {"url": URI}}]
        _, call, result = conversation(HELLO, said, {"role": "tool", "tool_call_id": "1", "content": parts})
        assert call.tool_calls == (ToolCall("1", "weather", '{"town": "Bern"}'),)
        assert call.parts == ()
        assert (result.role, result.call_id, result.text, len(result.media)) == (Role.TOOL, "1", "rain", 1)

    def test_arguments_that_are_no_text_become_it(self) -> None:
        function = {"name": "weather", "arguments": {"town": "東京"}}
        (made,) = conversation({"role": "assistant", "tool_calls": [{"function": function}]})
        assert made.tool_calls == (ToolCall("", "weather", '{"town": "東京"}'),)

    def test_earlier_reasoning_is_apart_from_the_text(self) -> None:
        (made,) = conversation({"role": "assistant", "content": "yes", "reasoning_content": "hm"})
        assert (made.text, made.thinking) == ("yes", "hm")

    def test_half_a_character_is_replaced(self) -> None:
        body = (
            b'{"messages": [{"role": "user", "content": "a\\ud83d b"}, {"role": "user", "content": "\\ud83d\\ude00"}]}'
        )
        first, second = translate(body, read).request.messages
        assert (first.text, second.text) == ("a\N{REPLACEMENT CHARACTER} b", "😀")

    @pytest.mark.parametrize(
        ("messages", "param"),
        [
            ([], "messages"),
            ("Hello", "messages"),
            ([{"role": "wizard", "content": ""}], "messages[0].role"),
            ([{"content": "Hello"}], "messages[0].role"),
            ([HELLO, "Hello"], "messages[1]"),
            ([{"role": "user"}], "messages[0].content"),
            ([{"role": "user", "content": 5}], "messages[0].content"),
            ([{"role": "user", "content": ["a"]}], "messages[0].content[0]"),
            ([{"role": "user", "content": [{"type": "image_url"}]}], "messages[0].content[0].image_url.url"),
            ([{"role": "assistant", "tool_calls": [{"id": "1"}]}], "messages[0].tool_calls[0].function.name"),
        ],
    )
    def test_what_is_wrong_is_named(self, messages: Any, param: str) -> None:
        assert refused(messages=messages).param == param

    @pytest.mark.parametrize("kind", ["video_url", "input_audio", "file"])
    def test_other_content_is_refused(self, kind: str) -> None:
        refusal = refused(messages=[{"role": "user", "content": [{"type": kind}]}])
        assert (refusal.code, refusal.param) == ("unsupported_content", "messages[0].content[0].type")

    def test_a_picture_of_the_system_is_refused(self) -> None:
        content = [{"type": "image_url", "image_url": {"url": URI}}]
        assert refused(messages=[{"role": "system", "content": content}]).code == "unsupported_content"


class TestPictures:
    @pytest.mark.parametrize("url", ["https://example.test/a.png", "http://x/y", "file:///etc/passwd", "//host/a.png"])
    def test_addresses_are_refused(self, url: str) -> None:
        content = [{"type": "image_url", "image_url": {"url": url}}]
        refusal = refused(messages=[{"role": "user", "content": content}])
        assert refusal.code == "remote_image"
        assert "fetches nothing" in str(refusal)

    @pytest.mark.parametrize(
        "url",
        ["data:image/png,abc", "data:image/png;base64", "data:;base64,!!!", "data:image/png;base64,é", "", "A"],
    )
    def test_what_is_no_base64_is_refused(self, url: str) -> None:
        content = [{"type": "image_url", "image_url": {"url": url}}]
        assert refused(messages=[{"role": "user", "content": content}]).code == "invalid_image"

    @pytest.mark.parametrize("data", [b"%PDF-1.7", b"<svg/>", b"plain", b"RIFF1234AVI "])
    def test_what_is_no_picture_is_refused(self, data: bytes) -> None:
        url = "data:image/png;base64," + base64.b64encode(data).decode()
        content = [{"type": "image_url", "image_url": {"url": url}}]
        assert "not PNG" in str(refused(messages=[{"role": "user", "content": content}]))

    def test_a_huge_one_is_refused_before_it_is_decoded(self) -> None:
        url = "data:image/png;base64," + "!" * 30_000_000
        content = [{"type": "image_url", "image_url": {"url": url}}]
        with pytest.raises(Refusal) as caught:
            asked(messages=[{"role": "user", "content": content}])
        assert caught.value.status == 413

    def test_other_faults_are_found_before_a_picture_is_read(self) -> None:
        def never(data: bytes, param: str) -> tuple[MediaPart, ...]:
            raise AssertionError("it was read")

        content = [{"type": "image_url", "image_url": {"url": URI}}]
        body = {"messages": [{"role": "user", "content": content}], "temperature": "hot"}
        with pytest.raises(Refusal):
            translate(json.dumps(body).encode(), never)


class TestSampling:
    def test_nothing_said_leaves_everything_to_the_model(self) -> None:
        assert sampling() == Sampling()
        assert sampling(temperature=None, stop=None, max_tokens=None, seed=None, response_format=None) == Sampling()

    def test_each_field(self) -> None:
        given = {
            "temperature": 0,
            "top_p": 0.5,
            "top_k": 3,
            "min_p": 0.1,
            "presence_penalty": 1,
            "frequency_penalty": -1,
            "repeat_penalty": 1.1,
            "seed": 7,
            "stop": "END",
            "max_tokens": 9,
        }
        assert sampling(**given) == Sampling(
            temperature=0.0,
            top_p=0.5,
            top_k=3,
            min_p=0.1,
            presence_penalty=1.0,
            frequency_penalty=-1.0,
            repetition_penalty=1.1,
            seed=7,
            stop=("END",),
            max_tokens=9,
        )

    def test_other_names_and_spellings(self) -> None:
        assert sampling(max_completion_tokens=5, max_tokens=9).max_tokens == 5
        assert sampling(max_tokens=-1).max_tokens is None
        assert sampling(max_tokens=12.0).max_tokens == 12
        assert sampling(stop=["a", "", "b"]).stop == ("a", "b")
        assert sampling(seed=-1).seed is None
        assert sampling(seed=2**40 + 5).seed == 5
        assert sampling(repetition_penalty=1.2).repetition_penalty == 1.2
        assert sampling(top_k=-1).top_k is None

    @pytest.mark.parametrize(
        ("fields", "thinking", "budget", "effort"),
        [
            ({"chat_template_kwargs": {"enable_thinking": False}}, Thinking.OFF, None, None),
            ({"chat_template_kwargs": {"enable_thinking": True}}, Thinking.ON, None, None),
            ({"chat_template_kwargs": {"other": 1}}, Thinking.AUTO, None, None),
            ({"thinking": {"type": "disabled"}}, Thinking.OFF, None, None),
            ({"thinking": {"type": "enabled", "budget_tokens": 64}}, Thinking.ON, 64, None),
            ({"reasoning_effort": "none"}, Thinking.OFF, None, None),
            ({"reasoning_effort": "low"}, Thinking.ON, None, "low"),
            ({"thinking_budget_tokens": 128}, Thinking.AUTO, 128, None),
            ({"reasoning_budget_tokens": 128}, Thinking.AUTO, 128, None),
            ({"thinking_budget_tokens": 0}, Thinking.OFF, None, None),
            ({"thinking_budget_tokens": -1}, Thinking.AUTO, None, None),
        ],
    )
    def test_thinking(self, fields: dict[str, Any], thinking: Thinking, budget: int | None, effort: str | None) -> None:
        made = sampling(**fields)
        assert (made.thinking, made.thinking_budget, made.effort) == (thinking, budget, effort)

    def test_formats(self) -> None:
        schema = {"type": "object", "properties": {"a": {"type": "number"}}}
        assert sampling(response_format={"type": "text"}).json_schema is None
        assert sampling(response_format={"type": "json_object"}).json_schema == {}
        assert sampling(response_format={"type": "json_object", "schema": schema}).json_schema == schema
        outer = {"name": "it", "strict": True, "schema": schema}
        assert sampling(response_format={"type": "json_schema", "json_schema": outer}).json_schema == schema

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("temperature", "hot"),
            ("temperature", 3),
            ("temperature", True),
            ("temperature", 10**400),
            ("top_p", -0.1),
            ("top_k", 1.5),
            ("seed", "7"),
            ("stop", 5),
            ("stop", ["a"] * 99),
            ("stop", [None]),
            ("max_tokens", 0),
            ("max_tokens", "many"),
            ("n", 2),
            ("n", "2"),
            ("stream", "yes"),
            ("stream_options", []),
            ("model", ["a"]),
            ("thinking", "yes"),
            ("chat_template_kwargs", "{}"),
            ("response_format", "json"),
            ("tools", {}),
            ("tool_choice", "weather"),
        ],
    )
    def test_wrong_values_are_refused_by_name(self, name: str, value: Any) -> None:
        assert refused(**{name: value}).param == name

    def test_unknown_fields_are_ignored(self) -> None:
        assert asked(logprobs=True, user="me", store=False, metadata={}, whatever=[1]) == asked()


class TestTools:
    def test_offered(self) -> None:
        made = asked(tools=[WEATHER, CLOCK], tool_choice="auto")
        assert [spec.name for spec in made.request.tools] == ["weather", "clock"]
        assert made.request.tools[0].description == "of a town"
        assert made.request.tools[1].parameters == {"type": "object", "properties": {}}
        assert made.forced is None

    def test_none_means_none(self) -> None:
        assert asked(tools=[WEATHER], tool_choice="none").request.tools == ()

    def test_one_that_is_demanded_holds_the_answer_to_its_schema(self) -> None:
        made = asked(tools=[CLOCK, WEATHER], tool_choice={"type": "function", "function": {"name": "weather"}})
        assert [spec.name for spec in made.request.tools] == ["weather"]
        assert made.request.sampling.json_schema == WEATHER["function"]["parameters"]
        assert made.forced is not None
        assert made.forced.call(' {"town": "Bern"}\n') == ("weather", '{"town": "Bern"}')

    def test_any_that_is_demanded(self) -> None:
        made = asked(tools=[CLOCK, WEATHER], tool_choice="required")
        assert made.forced is not None
        assert made.forced.call('{"name": "clock", "arguments": {"zone": "UTC"}}') == ("clock", '{"zone": "UTC"}')
        assert made.forced.call("not JSON") is None
        assert made.forced.call("[]") is None


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"a"', b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"]
)
def test_bodies_that_are_no_json_object_are_refused(body: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        translate(body, read)
    assert (caught.value.status, caught.value.code) == (400, "invalid_json")


def test_what_is_nested_beyond_reason_is_refused() -> None:
    """It was taken, and Python's stack overflowed on its way to the model."""

    def tools(levels: int) -> list[Any]:
        schema: Any = {"type": "object"}
        for _ in range(levels):
            schema = {"properties": schema}
        return [{"type": "function", "function": {"name": "deep", "parameters": schema}}]

    assert asked(tools=tools(90)).request.tools
    assert refused(tools=tools(500)).code == "too_deep"


KEYS = """
model messages role content type text image_url url tools tool_choice function name parameters arguments tool_calls
tool_call_id temperature top_p top_k min_p seed stop max_tokens n stream stream_options include_usage
response_format json_schema schema thinking chat_template_kwargs enable_thinking reasoning_effort
thinking_budget_tokens budget_tokens repeat_penalty presence_penalty reasoning_content
"""
# Any JSON, and JSON whose keys and shapes are near enough to right to get far.
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
WORDS = st.sampled_from(["user", "tool", "text", "image_url", "function", "enabled", "json_schema", "required", URI])
NAMES: st.SearchStrategy[str] = st.sampled_from(re.findall(r"\w+", KEYS))
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, VALUES, max_size=8), st.booleans())
def test_nothing_but_our_own_error_is_ever_raised(body: dict[str, Any], has_messages: bool) -> None:
    if has_messages:
        body = {"messages": [HELLO]} | body
    try:
        made = translate(json.dumps(body).encode(), read)
    except HelperError as error:
        json.dumps(error.body() if isinstance(error, Refusal) else str(error), ensure_ascii=False).encode()
    else:
        for message in made.request.messages:
            message.text.encode()


@given(st.binary(max_size=200))
def test_nor_for_bytes_that_mean_nothing(body: bytes) -> None:
    with pytest.raises(HelperError):
        translate(body, read)
