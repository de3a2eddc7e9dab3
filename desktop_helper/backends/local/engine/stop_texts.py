"""Ends an answer at texts that the caller named."""

from __future__ import annotations


class StopTexts:
    """A filter for the answer's text that holds back what may still become one of `texts`."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        self._texts = tuple(filter(None, texts))
        self._held = ""
        self.hit = False

    def feed(self, text: str) -> str:
        """More of the answer. Returns what is certain now; after `hit` nothing more comes."""
        if self.hit or not self._texts:
            return "" if self.hit else text
        text, self._held = self._held + text, ""
        found = [at for stop in self._texts if (at := text.find(stop)) >= 0]
        if found:
            self.hit = True
            return text[: min(found)]
        keep = max(self._partial(text, stop) for stop in self._texts)
        cut = len(text) - keep
        self._held = text[cut:]
        return text[:cut]

    def close(self) -> str:
        """What was held back and became none of them."""
        held, self._held = self._held, ""
        return "" if self.hit else held

    @staticmethod
    def _partial(text: str, stop: str) -> int:
        """How long the longest end of `text` is that `stop` begins with."""
        return next((size for size in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:size])), 0)
