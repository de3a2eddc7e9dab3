"""A backend that says what a test wrote down, one script for each request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import StreamEvent
from desktop_helper.core.messages import ChatRequest

Step = StreamEvent | BaseException | Callable[[], None]


class ScriptedBackend:
    """Yields the events of its scripts; raises the exceptions and calls the functions that stand between them."""

    def __init__(self, *scripts: Sequence[Step]) -> None:
        self._scripts = list(scripts)
        self.requests: list[ChatRequest] = []
        self.open_streams = 0

    def stream(self, request: ChatRequest, cancel: CancelToken) -> Iterator[StreamEvent]:
        self.requests.append(request)
        script = self._scripts.pop(0)
        self.open_streams += 1
        try:
            for step in script:
                if isinstance(step, BaseException):
                    raise step
                if callable(step):
                    step()
                else:
                    yield step
        finally:
            self.open_streams -= 1

    def prepare(self, request: ChatRequest | None, cancel: CancelToken) -> None:
        """Nothing to prepare."""

    def answer_now(self) -> bool:
        """It never thinks longer than its script."""
        return False

    def probe(self, cancel: CancelToken) -> str:
        return "scripted"

    def close(self) -> None:
        """Nothing is open."""
