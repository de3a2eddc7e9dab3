"""An answer for which a model used tools: several messages of the history, and one answer to who reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desktop_helper.core.brought import brought
from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.services.history_records import StoredMessage


def merged(messages: Sequence[StoredMessage]) -> list[StoredMessage]:
    """With the rounds of each answer as one message: its place is that of the first one, its end that of the last one.

    What tools were asked and answered is left out, but for the pages that they brought.
    """
    found: list[StoredMessage] = []
    for stored in messages:
        follows = bool(found) and _goes_on(found[-1])
        if follows and stored.message.role is Role.TOOL:
            found[-1] = replace(found[-1], brought=(*found[-1].brought, *brought(stored.message)))
            continue
        if follows and stored.message.role is Role.ASSISTANT:
            found[-1] = _joined(found[-1], stored)
        else:
            found.append(stored)
    return found


def _goes_on(stored: StoredMessage) -> bool:
    return stored.message.role is Role.ASSISTANT and bool(stored.message.tool_calls)


def _joined(first: StoredMessage, then: StoredMessage) -> StoredMessage:
    text = first.message.text + then.message.text
    thinking = "\n\n".join(part for part in (first.message.thinking, then.message.thinking) if part)
    seconds = [one.thinking_s for one in (first, then) if one.thinking_s is not None]
    message = Message(
        Role.ASSISTANT, (TextPart(text),) if text else (), thinking=thinking, tool_calls=then.message.tool_calls
    )
    return replace(
        first,
        message=message,
        status=then.status,
        error=then.error,
        usage=first.usage if then.usage is None else then.usage.after(first.usage),
        notices=(*first.notices, *then.notices),
        thinking_s=sum(seconds) if seconds else None,
    )
