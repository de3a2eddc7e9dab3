"""Conversations to export and import, and a `vlm_helper.db` as vlm-helper wrote it."""

from __future__ import annotations

import base64
import json
import sqlite3
import struct
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import FinishReason, UsageReported
from desktop_helper.core.image_tokens import image_tokens
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, Message, Role, TextPart, ToolCall
from desktop_helper.services.history import History


def png(width: int = 64, height: int = 48, grey: int = 128) -> bytes:
    """A picture that every decoder takes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes([grey]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def picture(name: str = "Region", grey: int = 128) -> ImagePart:
    return ImagePart(png(grey=grey), "image/png", 64, 48, name, image_tokens(64, 48))


def convert(data: bytes, name: str) -> tuple[MediaPart, ...]:
    """What the converter process does with a picture that is as a model wants it; all others are refused."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise HelperError(ErrorKind.SOURCE, f"{name} is not a picture.")
    width, height = struct.unpack_from(">II", data, 16)
    return (ImagePart(data, "image/png", width, height, name, image_tokens(width, height)),)


def ask(
    history: History, *parts: TextPart | MediaPart, reply: str = "A cat.", thinking: str = "", **answer: Any
) -> int:
    """A new conversation with one answer. `answer` goes to `AnswerWriter.finish`, but for `model`."""
    conversation = history.new_conversation()
    go_on(history, conversation, *parts, reply=reply, thinking=thinking, **answer)
    return conversation


def go_on(
    history: History,
    conversation: int,
    *parts: TextPart | MediaPart,
    reply: str = "A cat.",
    thinking: str = "",
    model: str = "GLM-4.6V Flash",
    status: FinishReason | str = FinishReason.STOP,
    **answer: Any,
) -> None:
    history.add_message(conversation, Message(Role.USER, parts))
    writer = history.begin_answer(conversation, model)
    writer.append(thinking, reply)
    writer.finish(status, **answer)


def everything(history: History) -> int:
    """A conversation with all that a history can hold."""
    notes = FilePart("笔记\r\n".encode(), "text/plain", "notes 2026.txt", "笔记\r\n")
    latin = FilePart("caf\xe9".encode("latin-1"), "text/plain", "old.txt", "café")
    conversation = ask(
        history,
        picture(),
        notes,
        latin,
        TextPart("这是什么? <b>"),
        reply="A **cat**.",
        thinking="hm 想",
        usage=UsageReported(10, 4, None, 0.5, 20.25),
        tool_calls=(ToolCall("c1", "zoom", '{"x": 1}'),),
        status=FinishReason.TOOL_CALLS,
    )
    history.add_message(conversation, Message(Role.TOOL, (picture("zoomed", 9), TextPart("done")), call_id="c1"))
    go_on(history, conversation, TextPart("and?"), picture(), reply="half", status="failed", error="The server left.")
    history.set_pinned(conversation, True)
    return conversation


def data_url(data: bytes, mime: str = "image/png") -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


_SCHEMA = """
CREATE TABLE conversations (id TEXT PRIMARY KEY, title TEXT, timestamp INTEGER, message_count INTEGER);
CREATE TABLE messages (id TEXT PRIMARY KEY, conversation_id TEXT REFERENCES conversations ON DELETE CASCADE, role TEXT,
    content TEXT, image TEXT, video TEXT, video_blob BLOB, pdf_images TEXT, pdf_name TEXT, ppt_images TEXT,
    ppt_name TEXT, timestamp INTEGER);
CREATE INDEX by_conversation ON messages (conversation_id);
CREATE TABLE db_version (version INTEGER);
INSERT INTO db_version VALUES (1);
"""


def ancestor_file(path: Path, conversations: dict[str, list[dict[str, Any]]]) -> Path:
    """A `vlm_helper.db` with these messages; keys are titles. Lists become JSON, as vlm-helper writes them."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_SCHEMA)
        for number, (title, messages) in enumerate(conversations.items()):
            key, began = f"conv_{number}", 1_750_000_000_000 + number * 60_000
            connection.execute("INSERT INTO conversations VALUES (?, ?, ?, ?)", (key, title, began, len(messages)))
            for position, message in enumerate(messages):
                row = {
                    "id": f"{key}_{position}",
                    "conversation_id": key,
                    "timestamp": began + position * 1000,
                } | message
                names = ", ".join(row)
                values = [json.dumps(value) if isinstance(value, list) else value for value in row.values()]
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO messages ({names}) VALUES ({marks})", values)
        connection.commit()
    return path
