"""A conversation that is longer than the model can read, made shorter: the question stays whole."""

from __future__ import annotations

from dataclasses import replace

from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Role, TextPart

_GONE = TextPart("[a picture that is no longer shown]")  # to the model


def shorter(request: ChatRequest) -> ChatRequest | None:
    """The same question after the newer half of the turns before it, without their pictures; None if there are none.

    Nobody can say how much has to go: each server counts tokens in its own way, and most do not tell.
    """
    messages = request.messages
    begins = [place for place, message in enumerate(messages) if message.role is Role.USER]
    if len(begins) < 2:
        return None
    *earlier, question = begins
    kept = messages[earlier[(len(earlier) + 1) // 2] if len(earlier) > 1 else question : question]
    system = tuple(message for message in messages[: earlier[0]] if message.role is Role.SYSTEM)
    return replace(request, messages=(*system, *map(_blind, kept), *messages[question:]))


def _blind(message: Message) -> Message:
    if not any(isinstance(part, ImagePart) for part in message.parts):
        return message
    return replace(message, parts=tuple(_GONE if isinstance(part, ImagePart) else part for part in message.parts))
