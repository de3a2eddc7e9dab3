"""Writes one answer, token by token."""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable

from desktop_helper.backends.local.engine.memory import Memory
from desktop_helper.backends.local.engine.model import DecodeError, Model
from desktop_helper.backends.local.engine.repetition import RepetitionGuard
from desktop_helper.backends.local.engine.sampler import Sampler
from desktop_helper.backends.local.engine.stop_texts import StopTexts
from desktop_helper.backends.local.engine.tool_text import ToolText
from desktop_helper.backends.local.stop_flag import StopFlag
from desktop_helper.backends.local.wire import Question
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import FinishReason, StreamEvent, ThinkingDelta
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Thinking
from desktop_helper.core.splitter import Splitter

_END_OF_THINKING = "\n</think>\n"
Emit = Callable[[StreamEvent], None]


class Generation:
    """The answer to a prompt that is in `memory`.

    Args:
        model: writes it.
        memory: takes in what was written.
        stop: ends it, or its thinking.
        question: how to sample, which tools there are.
        room: how many tokens fit into the model's memory.
        thinking: the prompt ends in `<think>`.
    """

    def __init__(
        self, model: Model, memory: Memory, stop: StopFlag, question: Question, room: int, *, thinking: bool
    ) -> None:
        self._model = model
        self._memory = memory
        self._stop = stop
        self._sampling = question.sampling
        self._limit = min(room, self._sampling.max_tokens or room)
        self.fills_room = self._limit == room  # who reaches the limit has filled the model's memory
        self._splitter = Splitter(thinking=thinking)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stops = StopTexts(self._sampling.stop)
        self._tools = ToolText(question.tools)
        self._loop = RepetitionGuard()
        self._thought = 0
        self.tokens = 0
        self._first_token_at: float | None = None

    @property
    def speed(self) -> float | None:
        """Tokens per second so far; None before the second one."""
        elapsed = time.monotonic() - self._first_token_at if self._first_token_at is not None else 0.0
        return (self.tokens - 1) / elapsed if self.tokens > 1 and elapsed > 0 else None

    def run(self, emit: Emit) -> FinishReason:
        """Emit the deltas. Returns why it ended; raises `Stopped`, or `HelperError` if llama.cpp fails."""
        sampler = Sampler(self._model, self._sampling)
        try:
            reason = self._write(sampler, emit)
        finally:
            sampler.close()
        self._say(self._decoder.decode(b"", final=True), emit)
        for delta in self._splitter.close():
            self._pass(delta, emit)
        for event in [*self._tools.feed(self._stops.close()), *self._tools.close()]:
            emit(event)
        return FinishReason.TOOL_CALLS if self._tools.calls and reason is FinishReason.STOP else reason

    def _write(self, sampler: Sampler, emit: Emit) -> FinishReason:
        while self.tokens < self._limit:
            self._stop.check()
            thinks = self._splitter.thinks
            token = sampler.next(free=thinks)
            self._first_token_at = self._first_token_at or time.monotonic()
            if self._model.ends(token):
                return FinishReason.STOP
            self.tokens += 1
            self._say(self._decoder.decode(self._model.piece(token)), emit)
            self._thought += thinks
            if self._stops.hit:
                return FinishReason.STOP
            if self._loop.add(token):
                return FinishReason.REPETITION
            self._read([token])
            if self._must_answer() and not self._close_thinking(sampler, emit):
                return FinishReason.LENGTH
        return FinishReason.LENGTH

    def _say(self, text: str, emit: Emit) -> None:
        if text:
            for delta in self._splitter.feed(text):
                self._pass(delta, emit)

    def _pass(self, delta: StreamEvent, emit: Emit) -> None:
        if isinstance(delta, ThinkingDelta):
            emit(delta)
            return
        for event in self._tools.feed(self._stops.feed(getattr(delta, "text", ""))):
            emit(event)

    def _must_answer(self) -> bool:
        if not self._splitter.thinks:
            return False
        # Some templates have no switch for the thinking; then it is closed as soon as it begins.
        budget = 0 if self._sampling.thinking is Thinking.OFF else self._sampling.thinking_budget
        return self._stop.answer_now or (budget is not None and self._thought >= budget)

    def _close_thinking(self, sampler: Sampler, emit: Emit) -> bool:
        """Put the end of the thinking into the model's mouth; it goes on with the answer. False: no room is left."""
        forced = self._model.tokenize(_END_OF_THINKING, control=True)
        if self.tokens + len(forced) > self._limit:
            return False
        self._read(forced)
        for token in forced:
            sampler.accept(token)
        self.tokens += len(forced)
        self._decoder.reset()  # the thinking may have ended within a character, whose rest never comes
        self._say(_END_OF_THINKING, emit)
        return True

    def _read(self, tokens: list[int]) -> None:
        try:
            self._memory.read_text(tokens)
        except DecodeError as error:
            message = tr("llama.cpp could not go on with the answer.")
            raise HelperError(ErrorKind.MODEL, message, tr("Start a new chat, or ask a shorter question.")) from error
