"""Tool calls are taken out of the text, whatever the chunks are."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.backends.local.engine.tool_text import ToolText
from desktop_helper.core.events import TextDelta, ToolCallRequested

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "zoom",
            "parameters": {"properties": {"box": {"type": "array"}, "why": {"type": "string"}}},
        },
    }
]
GLM = """I look closer.
<tool_call>zoom
<arg_key>box</arg_key>
<arg_value>[1, 2, 3, 4]</arg_value>
<arg_key>why</arg_key>
<arg_value>17</arg_value>
</tool_call>"""
QWEN = '<tool_call>\n{"name": "zoom", "arguments": {"box": [1, 2, 3, 4], "why": "17"}}\n</tool_call>'
ARGUMENTS = {"box": [1, 2, 3, 4], "why": "17"}


def run(text, sizes=()):
    tool_text = ToolText(TOOLS)
    events, rest = [], text
    for size in sizes:
        events += tool_text.feed(rest[:size])
        rest = rest[size:]
    events += tool_text.feed(rest) + tool_text.close()
    said = "".join(event.text for event in events if isinstance(event, TextDelta))
    return said, [event for event in events if isinstance(event, ToolCallRequested)]


@pytest.mark.parametrize(("text", "said"), [(GLM, "I look closer.\n"), (QWEN, "")])
def test_both_forms(text, said):
    heard, (call,) = run(text)
    assert heard == said
    assert (call.name, json.loads(call.arguments)) == ("zoom", ARGUMENTS)


@given(sizes=st.lists(st.integers(0, 30), max_size=30), text=st.sampled_from([GLM, QWEN, GLM + "\n" + QWEN + "\n"]))
def test_whatever_the_chunks_are(sizes, text):
    (said, calls), (whole, asked) = run(text, sizes), run(text)
    assert said == whole
    assert [(call.name, call.arguments) for call in calls] == [(call.name, call.arguments) for call in asked]


def test_several_calls_have_names_of_their_own():
    _, calls = run(GLM + "\n" + GLM)
    _, later = run(GLM)
    assert len({call.call_id for call in [*calls, *later]}) == 3


@pytest.mark.parametrize("parameters", [None, {"properties": None}, {"properties": [1]}, {"properties": {"box": 3}}])
def test_parameters_that_are_no_schema(parameters):
    tool_text = ToolText([{"type": "function", "function": {"name": "zoom", "parameters": parameters}}])
    call = next(event for event in tool_text.feed(GLM) if isinstance(event, ToolCallRequested))
    assert json.loads(call.arguments)["box"] == [1, 2, 3, 4]


def test_a_call_without_its_end_counts_if_it_is_one():
    _, (call,) = run(QWEN.removesuffix("</tool_call>").rstrip())
    assert call.name == "zoom"
    assert run("<tool_call>nonsense") == ("<tool_call>nonsense", [])


def test_without_tools_everything_is_text():
    tool_text = ToolText([])
    assert tool_text.feed(GLM) == [TextDelta(GLM)]
    assert tool_text.calls == 0


@given(st.text(alphabet="<>/_tolcarg ykeyvu\n", max_size=200))
def test_nothing_breaks_it(text):
    said, calls = run(text)
    assert said or calls or not text.strip()
