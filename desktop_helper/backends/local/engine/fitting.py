"""Makes a conversation fit into the model's memory: the oldest pictures go first, then the oldest turns."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from desktop_helper.backends.local.wire import Picture
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import sentences, tr

FULL = 0.75  # how much of the room is used once something had to go, so that not each question drops something else
Messages = list[dict[str, Any]]


class Fitter:
    """Remembers what was left out of each conversation: its next question leaves out the same and keeps the prefix.

    Args:
        could_grow: the model can keep more in sight than it is given room for.
    """

    def __init__(self, *, could_grow: bool = False) -> None:
        self._could_grow = could_grow
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
        digests = _digests(messages)
        units = _units(messages, digests)
        out = {unit for unit in units if unit in self._left_out}
        if (needed := cost(_without(messages, digests, out))) > room:
            more = [unit for unit in units if unit not in out]

            def cost_without(count: int) -> int:
                return cost(_without(messages, digests, out.union(more[:count])))

            # Each look renders and reads the whole conversation: to look once for each turn would take a minute.
            count = bisect_left(range(len(more)), -room * FULL, key=lambda count: -cost_without(count))
            needed = cost_without(count)
            out.update(more[:count])
        if needed > room:
            raise self._too_long(_without(messages, digests, out), needed, room)
        self._left_out = self._left_out.difference(units) | out
        self.turns = sum(unit.startswith("turn") for unit in out)
        self.pictures = sum(unit.startswith("picture") for unit in out)
        return _without(messages, digests, out)

    def _too_long(self, messages: Messages, needed: int, room: int) -> HelperError:
        shows = any(isinstance(part, Picture) for message in messages for part in _parts(message))
        less = (
            tr("Show it fewer or smaller pictures, or ask a shorter question.")
            if shows
            else tr("Ask a shorter question, or attach less.")
        )
        return HelperError(
            ErrorKind.LENGTH,
            tr("The question takes {needed} tokens, but there is room for {room}.", needed=needed, room=room),
            sentences(less, longer_context() if self._could_grow else ""),
        )


def longer_context() -> str:
    """What else helps, if the model can do it."""
    return tr("A longer context can be set in Settings.")


def _digests(messages: Messages) -> list[str]:
    """For each message what stands for it and all before it: two conversations may begin with the same question."""
    digests = []
    running = hashlib.sha256()
    for message in messages:
        text = json.dumps([message["role"], message["content"]], default=lambda picture: picture.sha256)
        running.update(text.encode("utf-8", "replace") + b"\n")
        digests.append(running.hexdigest())
    return digests


def _units(messages: Messages, digests: list[str]) -> list[str]:
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
                pictures.append(_picture_key(position, digests[index]))
        if message["role"] == "user" and index < question:
            turns.append(_turn_key(messages, digests, index))
    return pictures + turns


def _without(messages: Messages, digests: list[str], out: set[str]) -> Messages:
    """`messages` without what is named in `out`. Pictures leave a note for the model."""
    if not out:
        return messages
    made: Messages = []
    dropping = False
    for index, message in enumerate(messages):
        if message["role"] == "user":
            dropping = _turn_key(messages, digests, index) in out
        if dropping and message["role"] != "system":
            continue
        content = message["content"]
        if isinstance(content, list):
            content = [
                {"type": "text", "text": "[a picture that is no longer shown]"}
                if isinstance(part, Picture) and _picture_key(position, digests[index]) in out
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


def _picture_key(position: int, digest: str) -> str:
    return f"picture {position} {digest}"


def _turn_key(messages: Messages, digests: list[str], index: int) -> str:
    """Of the turn that begins at `index`, with its answers."""
    later = range(index + 1, len(messages))
    end = next((other for other in later if messages[other]["role"] == "user"), len(messages))
    return f"turn {digests[end - 1]}"
