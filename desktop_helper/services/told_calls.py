"""Earlier calls of tools as plain text, for servers that know no tools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desktop_helper.core.messages import Message, Part, Role, TextPart, ToolCall


def without_calls(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The same conversation with what tools found behind the question that they were called for.

    So it is the user who brings it: pictures may stand there, question and answer go on taking turns, and no answer
    looks like a call that the model might write the same way. What it said when it called comes before its answer. The
    same for the same messages, so that a server's prefix cache holds.
    """
    told: list[Message] = []
    calls: dict[str, ToolCall] = {}
    before = ""  # what the model said when it called
    for message in messages:
        if message.role is Role.TOOL and told:
            at = max((place for place, one in enumerate(told) if one.role is Role.USER), default=len(told) - 1)
            told[at] = replace(told[at], parts=(*told[at].parts, *_found(message, calls.get(message.call_id))))
        elif message.tool_calls:
            calls |= {call.call_id: call for call in message.tool_calls}
            before = _joined(before, message.text)
        elif message.role is Role.ASSISTANT and before:
            told.append(replace(message, parts=(TextPart(_joined(before, message.text)),)))
            before = ""
        else:
            before = ""  # of an answer that was stopped there
            told.append(message)
    return tuple(told)


def _found(message: Message, call: ToolCall | None) -> tuple[Part, ...]:
    said = f"{call.name} {call.arguments}" if call is not None else "a tool"
    return (TextPart(f"\n\n(Found by {said}:\n{message.text})"), *message.media)


def _joined(before: str, text: str) -> str:
    return "\n\n".join(filter(None, (before, text)))
