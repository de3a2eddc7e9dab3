"""A second process that writes the history, for the tests that kill it or run beside it.

`python history_child.py HOME answer` streams an endless answer through `answer_session` and prints each delta after it
was yielded. `python history_child.py HOME ask COUNT` asks and answers COUNT times. `... open` only opens.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Finished, StreamEvent, TextDelta, ThinkingDelta
from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Role, TextPart
from desktop_helper.services.answer_session import answer
from desktop_helper.services.history import History
from desktop_helper.services.paths import Paths


class _Talker:
    """Says numbered words as fast as it can, for ever or `words` times."""

    def __init__(self, words: int | None = None) -> None:
        self._words = words

    def stream(self, request: ChatRequest, cancel: CancelToken) -> Iterator[StreamEvent]:
        yield ThinkingDelta("hm ")
        for number in itertools.count() if self._words is None else range(self._words):
            yield TextDelta(f"词{number} ")
        yield Finished()

    def prepare(self, request: ChatRequest | None, cancel: CancelToken) -> None:
        """Nothing to prepare."""

    def answer_now(self) -> bool:
        return False

    def probe(self, cancel: CancelToken) -> str:
        return "here"

    def close(self) -> None:
        """Nothing is open."""


def main(home: str, what: str, *arguments: str) -> None:
    paths = Paths.below(Path(home))
    history = History(paths.history_file, paths.blob_dir)
    if what == "answer":
        conversation = history.new_conversation()
        history.add_message(conversation, Message(Role.USER, (TextPart("endless?"),)))
        stream = answer(_Talker(), ChatRequest(()), history, conversation, CancelToken(), model_title="talker")
        for event in stream:
            if isinstance(event, TextDelta):
                os.write(1, event.text.encode())
    elif what == "ask":
        for number in range(int(arguments[0])):
            conversation = history.new_conversation()
            picture = ImagePart(b"\x89PNG" + bytes([number]), "image/png", 1, 1, "Region", 8)
            history.add_message(conversation, Message(Role.USER, (picture, TextPart(f"问题{number} of {os.getpid()}"))))
            for _ in answer(_Talker(20), ChatRequest(()), history, conversation, CancelToken(), model_title="talker"):
                pass
    else:
        history.latest()
    history.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
