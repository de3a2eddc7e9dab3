"""Writes one answer, token by token."""

from __future__ import annotations

import codecs
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import llama_cpp

from desktop_helper.backends.local.stop_flag import StopFlag, Stopped
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import FinishReason, StreamEvent, TextDelta, ThinkingDelta
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Sampling
from desktop_helper.core.splitter import Splitter

# What the GLM-V authors sample with; llama.cpp's own defaults are made for other models.
TEMPERATURE = 0.8
TOP_P = 0.6
TOP_K = 40
_END_OF_THINKING = b"\n</think>\n"


class Generation:
    """The answer to a prompt that `llama` has read.

    Args:
        llama: the model.
        stop: ends it.
        sampling: temperature, limits and so on.
        room: how many tokens fit into the model's memory.
        thinking: the prompt ends in `<think>`.
    """

    def __init__(self, llama: Any, stop: StopFlag, sampling: Sampling, room: int, thinking: bool) -> None:
        self._llama = llama
        self._stop = stop
        self._sampling = sampling
        self._limit = min(room, sampling.max_tokens or room)
        self._budget = sampling.thinking_budget
        self._splitter = Splitter(thinking=thinking)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._thinks = thinking
        self._thought = 0
        self.tokens = 0
        self.first_token_at: float | None = None

    def run(self, emit: Callable[[StreamEvent], None]) -> FinishReason:
        """Emit the deltas. Returns why it ended; raises `Stopped`, or `HelperError` if llama.cpp fails."""
        self._llama.set_seed(self._sampling.seed if self._sampling.seed is not None else secrets.randbelow(2**31))
        reason = FinishReason.LENGTH
        while self.tokens < self._limit:
            forced = False
            for token in self._sample():
                self.tokens += 1
                self._emit(self._text_of(token), emit)
                if self.tokens >= self._limit:
                    break
                if self._is_over_budget():
                    self._close_thinking(token, emit)
                    forced = True
                    break
            else:
                reason = FinishReason.STOP
            if not forced:
                break
        for delta in self._splitter.feed(self._decoder.decode(b"", final=True)) + self._splitter.close():
            emit(delta)
        return reason

    def _sample(self) -> Iterator[int]:
        """Tokens until the model ends its turn, from what was evaluated so far."""
        sampling = self._sampling
        known = self._llama.input_ids[: self._llama.n_tokens].tolist()
        tokens = self._llama.generate(
            known,
            temp=TEMPERATURE if sampling.temperature is None else sampling.temperature,
            top_p=TOP_P if sampling.top_p is None else sampling.top_p,
            top_k=TOP_K,
            min_p=0.0,
            repeat_penalty=1.0,
        )
        vocabulary = self._llama._model.vocab
        try:
            for token in tokens:
                self._stop.check()
                if self.first_token_at is None:
                    self.first_token_at = time.monotonic()
                if llama_cpp.llama_vocab_is_eog(vocabulary, token):
                    return
                yield token
        except RuntimeError as error:
            raise self._failure() from error

    def _text_of(self, token: int) -> str:
        return self._decoder.decode(self._llama.detokenize([token], special=True))

    def _emit(self, text: str, emit: Callable[[StreamEvent], None]) -> None:
        deltas: list[ThinkingDelta | TextDelta] = self._splitter.feed(text) if text else []
        for delta in deltas:
            self._thinks = isinstance(delta, ThinkingDelta)
            emit(delta)
        self._thought += self._thinks

    def _is_over_budget(self) -> bool:
        return self._budget is not None and self._thinks and self._thought >= self._budget

    def _close_thinking(self, last: int, emit: Callable[[StreamEvent], None]) -> None:
        """Put the end of the thinking into the model's mouth; it goes on with the answer."""
        self._thinks = False
        self._budget = None
        forced = self._llama.tokenize(_END_OF_THINKING, add_bos=False, special=True)
        try:
            self._llama.eval([last, *forced])
        except RuntimeError as error:
            raise self._failure() from error
        self.tokens += len(forced)
        self._emit(_END_OF_THINKING.decode(), emit)

    def _failure(self) -> Exception:
        """llama.cpp gave up: because it was told to, or because of an error."""
        if self._stop.is_set:
            return Stopped()
        message = tr("llama.cpp could not go on with the answer.")
        return HelperError(ErrorKind.MODEL, message, tr("Start a new chat, or ask a shorter question."))
