"""Conversations as text and as data."""

from __future__ import annotations

from datetime import UTC, datetime

from desktop_helper.cli import _transcript
from desktop_helper.core.messages import ImagePart, Message, Role, TextPart, ToolCall
from desktop_helper.services.history_records import StoredMessage

PICTURE = ImagePart(b"png", "image/png", 28, 28, "Region\n## You", 8)


def stored(number: int, message: Message, status: str = "complete", error: str = "") -> StoredMessage:
    return StoredMessage(number, message, status, error, "GLM", None, datetime(2026, 1, 2, tzinfo=UTC), number - 1)


CONVERSATION = [
    stored(1, Message(Role.USER, (PICTURE, TextPart("What?")))),
    stored(2, Message(Role.ASSISTANT, (), "Hm.", (ToolCall("c1", "look", "{}"),)), "tool_calls"),
    stored(3, Message(Role.TOOL, (TextPart("A cat."),), call_id="c1")),
    stored(4, Message(Role.ASSISTANT, (TextPart("A c"),)), "interrupted"),
    stored(5, Message(Role.ASSISTANT, ()), "failed", "No key."),
]


def test_markdown_has_a_heading_for_each_message_and_none_from_a_file_name() -> None:
    text = _transcript.as_markdown(CONVERSATION)
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "## You",
        "## GLM",
        "## Tool",
        "## GLM",
        "## GLM",
    ]
    assert "[Region ## You]\n\nWhat?" in text
    assert text.endswith("A c\n\n*(interrupted)*\n\n## GLM\n\n*No key.*\n")


def test_data_holds_everything_but_the_bytes() -> None:
    question, call, result, *_ = _transcript.as_data(7, CONVERSATION)["messages"]
    assert question["parts"][0]["sha256"] == PICTURE.sha256
    assert "data" not in question["parts"][0]
    assert call["tool_calls"] == [{"call_id": "c1", "name": "look", "arguments": "{}"}]
    assert call["thinking"] == "Hm."
    assert result["call_id"] == "c1"
