"""What is sent: the conversation so far and the new question.

Earlier turns are sent exactly as before, media included, byte for byte and in the same order, so that a server finds
them in its prefix cache. Reasoning is never sent again, nor is a turn that a content filter stopped: it would stop
every later one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from desktop_helper.core.events import FinishReason
from desktop_helper.core.messages import ChatRequest, Message, Role, Sampling, TextPart
from desktop_helper.services.history_records import StoredMessage


def build_request(
    history_messages: Iterable[StoredMessage | Message],
    new_user_message: Message | None,
    sampling: Sampling | None = None,
    system: str = "",
    timeout_s: float | None = None,
) -> ChatRequest:
    """A request for one answer.

    Args:
        history_messages: earlier turns, oldest first. Answers that failed before their first word are left out, and so
            are tool calls that never got a result (servers refuse both).
        new_user_message: the question; None if it is the last of `history_messages` already.
        sampling: how to generate; None leaves everything to the model.
        system: instructions ahead of everything else.
        timeout_s: see `ChatRequest`.
    """
    earlier = [_message(entry) for entry in _unfiltered(history_messages)]
    messages = [Message(Role.SYSTEM, (TextPart(system),))] if system.strip() else []
    messages += _sendable(earlier)
    if new_user_message is not None:
        messages.append(replace(new_user_message, thinking=""))
    return ChatRequest(tuple(messages), sampling or Sampling(), timeout_s=timeout_s)


def _unfiltered(entries: Iterable[StoredMessage | Message]) -> list[StoredMessage | Message]:
    """All but the turns whose answer a content filter stopped: the question, what tools said, the answer."""
    kept: list[StoredMessage | Message] = []
    for entry in entries:
        kept.append(entry)
        if isinstance(entry, StoredMessage) and entry.status == FinishReason.FILTERED:
            while kept and _message(kept.pop()).role is not Role.USER:
                pass
    return kept


def _message(entry: StoredMessage | Message) -> Message:
    return entry.message if isinstance(entry, StoredMessage) else entry


def _sendable(messages: Sequence[Message]) -> list[Message]:
    answered = {message.call_id for message in messages if message.role is Role.TOOL}
    asked: set[str] = set()
    kept = []
    for message in messages:
        if message.role is Role.TOOL:
            if message.call_id in asked:
                kept.append(message)
            continue
        calls = message.tool_calls if all(call.call_id in answered for call in message.tool_calls) else ()
        if message.role is Role.ASSISTANT and not calls and not message.parts:
            continue
        asked.update(call.call_id for call in calls)
        # Untouched where nothing has to go: the same object, so what hangs on it (cached digests) is kept, too.
        same = not message.thinking and calls == message.tool_calls
        kept.append(message if same else replace(message, thinking="", tool_calls=calls))
    return kept
