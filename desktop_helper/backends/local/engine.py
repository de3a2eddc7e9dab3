"""A loaded model that answers questions: llama-cpp-python's `Llama` and libmtmd, in the worker process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from jinja2 import TemplateError
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from desktop_helper.backends.local.generation import Generation
from desktop_helper.backends.local.loading import BATCH, load
from desktop_helper.backends.local.stop_flag import StopFlag
from desktop_helper.backends.local.vision import Vision
from desktop_helper.backends.local.wire import ModelConfig, Question
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Finished, Progress, StreamEvent, UsageReported
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Thinking

_ROOM = 32  # tokens that must be left for an answer
Emit = Callable[[StreamEvent], None]


class Engine:
    """One model in memory. Everything runs on one thread; only `StopFlag.stop` may come from another."""

    def __init__(self, config: ModelConfig, stop: StopFlag, emit: Emit) -> None:
        self._stop = stop
        self._config = config
        emit(Progress(tr("Loading the model"), 0.0))
        self._llama = load(config, stop, _throttled(lambda part: emit(Progress(tr("Loading the model"), part))))
        try:
            self._vision = Vision(self._llama, config) if config.mmproj else None
            self._template = self._chat_template()
        except BaseException:
            self._llama.close()
            raise

    @property
    def reads_pictures(self) -> bool:
        """Whether a projector is loaded."""
        return self._vision is not None

    def close(self) -> None:
        """Free the memory."""
        if self._vision is not None:
            self._vision.close()
        self._llama.close()

    def answer(self, question: Question, emit: Emit) -> None:
        """Emit the events of one answer, from progress to `Finished`. Raises `HelperError` or `Stopped`."""
        text = self._prompt(question)
        prompt_tokens = self._read(text, question, emit)
        room = self._context - prompt_tokens - 1
        generation = Generation(self._llama, self._stop, question.sampling, room, text.rstrip().endswith("<think>"))
        reason = generation.run(emit)
        first = generation.first_token_at
        elapsed = time.monotonic() - first if first is not None else 0.0
        emit(
            UsageReported(
                prompt_tokens=prompt_tokens,
                completion_tokens=generation.tokens,
                cached_tokens=0,
                tokens_per_s=generation.tokens / elapsed if elapsed > 0 else None,
            )
        )
        emit(Finished(reason))

    @property
    def _context(self) -> int:
        return int(self._llama.n_ctx())

    def _chat_template(self) -> Jinja2ChatFormatter:
        template = self._llama.metadata.get("tokenizer.chat_template")
        if not template:
            raise HelperError(
                ErrorKind.MODEL,
                tr("{name} has no chat template, so it is not made for conversations.", name=self._config.name),
                tr("Choose a chat model."),
            )

        def text_of(token: int) -> str:
            return self._llama._model.token_get_text(token) if token != -1 else ""

        try:
            return Jinja2ChatFormatter(template, text_of(self._llama.token_eos()), text_of(self._llama.token_bos()))
        except TemplateError as error:
            raise self._template_error() from error

    def _prompt(self, question: Question) -> str:
        """The conversation in the model's own format, a marker for each picture."""
        if question.pictures and self._vision is None:
            message = tr("{name} cannot read pictures without its mmproj file.", name=self._config.name)
            raise HelperError(ErrorKind.CONFIG, message, tr("Choose the mmproj file in Settings."))
        marker = self._vision.marker if self._vision else ""
        messages = [{**message, "content": _marked(message["content"], marker)} for message in question.messages]
        thinking = question.sampling.thinking
        switch = {} if thinking is Thinking.AUTO else {"enable_thinking": thinking is Thinking.ON}
        try:
            return str(self._template(messages=messages, **switch).prompt)
        except (TemplateError, ValueError, TypeError) as error:
            raise self._template_error() from error

    def _template_error(self) -> HelperError:
        message = tr("The chat template of {name} could not be used.", name=self._config.name)
        return HelperError(ErrorKind.MODEL, message, tr("Choose another GGUF of this model."))

    def _read(self, text: str, question: Question, emit: Emit) -> int:
        """Evaluate the prompt from scratch. Returns its length in tokens."""
        self._llama.reset()
        self._llama._ctx.kv_cache_clear()
        if self._vision is None:
            tokens = self._llama.tokenize(text.encode("utf-8", "replace"), add_bos=True, special=True)
            self._check_room(len(tokens))
            self._read_text(tokens, emit)
            return len(tokens)
        with self._vision.tokenize(text, question.pictures) as chunks:
            self._check_room(chunks.tokens)
            seen = 0
            for chunk in chunks:
                self._stop.check()
                if isinstance(chunk, list):
                    self._read_text(chunk, emit)
                    continue
                seen += 1
                total = len(question.pictures)
                emit(Progress(tr("Reading picture {number} of {total}", number=seen, total=total), (seen - 1) / total))
                if not self._vision.evaluate(self._llama, chunk):
                    self._stop.check()
                    message = tr("llama.cpp could not read picture {number}.", number=seen)
                    raise HelperError(ErrorKind.MODEL, message, tr("Try a smaller picture."))
            return chunks.tokens

    def _read_text(self, tokens: list[int], emit: Emit) -> None:
        for begin in range(0, len(tokens), BATCH):
            self._stop.check()
            if len(tokens) > BATCH:
                emit(Progress(tr("Reading the question"), begin / len(tokens)))
            try:
                self._llama.eval(tokens[begin : begin + BATCH])
            except RuntimeError as error:
                self._stop.check()
                message = tr("llama.cpp could not read the question.")
                raise HelperError(
                    ErrorKind.MODEL, message, tr("Start a new chat, or ask a shorter question.")
                ) from error

    def _check_room(self, needed: int) -> None:
        if needed + _ROOM > self._context:
            raise HelperError(
                ErrorKind.MODEL,
                tr(
                    "The conversation takes {needed} tokens, but the model was loaded with room for {context}.",
                    needed=needed,
                    context=self._context,
                ),
                tr("Start a new chat, or show it fewer or smaller pictures."),
            )


def _marked(content: str | list[dict[str, Any]], marker: str) -> str | list[dict[str, Any]]:
    """Pictures become text with the marker, which libmtmd replaces."""
    if isinstance(content, str):
        return content
    return [{"type": "text", "text": marker} if part["type"] == "image" else part for part in content]


def _throttled(report: Callable[[float], None]) -> Callable[[float], None]:
    """Pass on what differs by a hundredth: llama.cpp reports each tensor."""
    told = -1

    def throttled(part: float) -> None:
        nonlocal told
        if int(part * 100) > told:
            told = int(part * 100)
            report(part)

    return throttled
