"""Requests and events survive the trip to the worker and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop_helper.backends.local import wire
from desktop_helper.core.child_side import error_header
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Notice,
    Progress,
    TextDelta,
    ThinkingDelta,
    ToolCallRequested,
    UsageReported,
)
from desktop_helper.core.frames import Frame
from desktop_helper.core.messages import (
    ChatRequest,
    FilePart,
    ImagePart,
    Message,
    Role,
    Sampling,
    TextPart,
    Thinking,
    ToolCall,
    ToolSpec,
)
from tests.support.local_models import local_profile

PICTURE = ImagePart(b"png", "image/png", 28, 28, "Region", 8)


@pytest.mark.parametrize(
    "event",
    [
        Progress("Loading", 0.5),
        ThinkingDelta("hm"),
        TextDelta("你好"),
        Notice("left out"),
        ToolCallRequested("c1", "zoom", "{}"),
        UsageReported(prompt_tokens=3, ttft_s=0.5),
        Finished(FinishReason.LENGTH),
    ],
)
def test_events(event):
    assert wire.event_of(Frame({**wire.event_header(event), "turn": 3})) == event


def test_errors():
    error = HelperError(ErrorKind.MODEL, "It broke.", "Mend it.", command_fix="--mend does.")
    failed = wire.event_of(Frame(error_header(error)))
    assert isinstance(failed, Failed)
    assert str(failed.error) == "It broke. Mend it."
    assert str(failed.error.for_command_line) == "It broke. Mend it. --mend does."
    assert wire.event_of(Frame({"type": "loaded"})) is None


def test_a_request():
    file = FilePart(b"x = 1", "text/plain", "a.py", "x = 1")
    request = ChatRequest(
        (
            Message(Role.SYSTEM, (TextPart("Be brief."),)),
            Message(Role.USER, (PICTURE, file, TextPart("What?"))),
            Message(Role.ASSISTANT, (TextPart("That."),), thinking="never sent"),
        ),
        Sampling(thinking=Thinking.OFF, max_tokens=7),
    )
    header, pictures = wire.pack(request)
    question = wire.unpack(Frame(json.loads(json.dumps(header))))
    assert question.sampling == request.sampling
    assert pictures == {PICTURE.sha256: b"png"}
    system, user, assistant = question.messages
    assert system == {"role": "system", "content": "Be brief."}
    assert user["content"][0] == wire.Picture(PICTURE.sha256, (28, 28))
    assert [part["type"] for part in user["content"][1:]] == ["text", "text"]
    assert "a.py" in user["content"][1]["text"]
    assert assistant == {"role": "assistant", "content": "That."}


def test_a_picture_that_a_tool_made_is_shown_by_the_user():
    request = ChatRequest((Message(Role.TOOL, (TextPart("done"), PICTURE), call_id="1"),))
    header, pictures = wire.pack(request)
    assert [(message["role"], message["content"]) for message in header["messages"]] == [
        ("tool", "done"),
        ("user", [{"type": "image", "sha256": PICTURE.sha256, "size": [28, 28]}]),
    ]
    assert pictures == {PICTURE.sha256: b"png"}


def test_tools_and_their_calls():
    request = ChatRequest(
        (
            Message(
                Role.ASSISTANT, (), tool_calls=(ToolCall("c1", "zoom", '{"box": [1, 2]}'), ToolCall("c2", "odd", "{"))
            ),
            Message(Role.TOOL, (TextPart("done"),), call_id="c1"),
        ),
        tools=(ToolSpec("zoom", "Looks closer.", {"type": "object"}),),
    )
    header, _ = wire.pack(request)
    asked, answered = header["messages"]
    assert [call["function"] for call in asked["tool_calls"]] == [
        {"name": "zoom", "arguments": {"box": [1, 2]}},
        {"name": "odd", "arguments": "{"},
    ]
    assert answered == {"role": "tool", "content": "done", "tool_call_id": "c1", "name": "zoom"}
    assert header["tools"][0]["function"]["name"] == "zoom"


def test_the_files_of_a_profile():
    config = wire.ModelConfig.of(local_profile(Path("/m/a.gguf"), None), Path("/c"))
    assert config.files == (Path("/m/a.gguf"), None)
    assert config.context == 8192
