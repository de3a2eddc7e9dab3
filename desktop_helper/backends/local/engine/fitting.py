"""Makes a conversation fit into the model's memory: the oldest pictures go first, then the oldest turns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from desktop_helper.backends.local.wire import Picture
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

FULL = 0.75  # how much of the room is used once something had to go, so that not each question drops something else
Messages = list[dict[str, Any]]


class Fitter:
    """Remembers what was left out: the next question about the same leaves out the same, which keeps the prefix."""

    def __init__(self) -> None:
        self._left_out: set[str] = set()
        self.pictures = 0
        self.turns = 0

    def fit(self, messages: Messages, cost: Callable[[Messages], int], room: int) -> Messages:
        """The messages with as much left out as needed; `pictures` and `turns` say how much that was.

        Raises `HelperError` if not even the last question fits.

        Args:
            messages: the whole conversation; the last one is the question.
            cost: tokens that messages take.
            room: tokens that they may take.
        """
        units = _units(messages)
        out = {unit for unit in units if unit in self._left_out}
        made = _without(messages, out)
        needed = cost(made)
        if needed > room:
            for unit in units:
                out.add(unit)
                made = _without(messages, out)
                needed = cost(made)
                if needed <= room * FULL:
                    break
        if needed > room:
            raise _too_long(needed, room)
        self._left_out = out
        self.turns = sum(unit.startswith("turn") for unit in out)
        self.pictures = sum(unit.startswith("picture") for unit in out)
        return made


def _units(messages: Messages) -> list[str]:
    """What may be left out, in order; never the question itself. A turn lasts from a user's message to the next.

    While tools show pictures, the oldest of them may go, and those of the question; its words stay.
    """
    pictures, turns = [], []
    users = [index for index, message in enumerate(messages) if message["role"] == "user"]
    last = users[-1] if users else len(messages)
    question = max((index for index in users if not _is_shown_by_tool(messages, index)), default=last)
    for index, message in enumerate(messages):
        for position, part in enumerate(_parts(message)):
            if isinstance(part, Picture) and index < last:
                pictures.append(_picture_key(index, position, part))
        if message["role"] == "user" and index < question:
            turns.append(_turn_key(index, message))
    return pictures + turns


def _without(messages: Messages, out: set[str]) -> Messages:
    """`messages` without what is named in `out`. Pictures leave a note for the model."""
    if not out:
        return messages
    made: Messages = []
    dropping = False
    for index, message in enumerate(messages):
        if message["role"] == "user":
            dropping = _turn_key(index, message) in out
        if dropping and message["role"] != "system":
            continue
        content = message["content"]
        if isinstance(content, list):
            content = [
                {"type": "text", "text": "[a picture that is no longer shown]"}
                if isinstance(part, Picture) and _picture_key(index, position, part) in out
                else part
                for position, part in enumerate(content)
            ]
        made.append({**message, "content": content})
    return made


def _is_shown_by_tool(messages: Messages, index: int) -> bool:
    """Whether a user's message only carries the pictures of a tool's result, which stands before it."""
    parts = _parts(messages[index])
    follows = index > 0 and messages[index - 1]["role"] == "tool"
    return follows and bool(parts) and all(isinstance(part, Picture) for part in parts)


def _parts(message: dict[str, Any]) -> list[Any]:
    content = message["content"]
    return content if isinstance(content, list) else []


def _picture_key(index: int, position: int, picture: Picture) -> str:
    return f"picture {index} {position} {picture.sha256}"


def _turn_key(index: int, message: dict[str, Any]) -> str:
    text = json.dumps(message["content"], default=lambda picture: picture.sha256)
    return f"turn {index} {hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"


def _too_long(needed: int, room: int) -> HelperError:
    return HelperError(
        ErrorKind.LENGTH,
        tr("The question takes {needed} tokens, but there is room for {room}.", needed=needed, room=room),
        tr("Show it fewer or smaller pictures, or ask a shorter question."),
    )
