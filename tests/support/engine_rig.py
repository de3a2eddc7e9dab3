"""The local engine in the test's own process, and llama-cpp-python's stock handler to compare it with."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from desktop_helper.backends.local import wire
from desktop_helper.backends.local.logs import NativeLog
from desktop_helper.backends.local.stop_flag import StopFlag
from desktop_helper.backends.local.threads import worker_threads
from desktop_helper.core.events import StreamEvent, UsageReported
from desktop_helper.core.frames import Frame
from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Role, Sampling, TextPart, ToolSpec
from desktop_helper.core.splitter import Splitter
from tests.support.tiny_gguf import GgufPair

GREEDY: dict[str, Any] = {"temperature": 0.0, "seed": 1}


def question(*parts: str | ImagePart) -> Message:
    """What a user asks."""
    return Message(Role.USER, tuple(TextPart(part) if isinstance(part, str) else part for part in parts))


def reply(text: str) -> Message:
    """What the model is taken to have said."""
    return Message(Role.ASSISTANT, (TextPart(text),))


class EngineRig:
    """An `Engine` without a process around it."""

    def __init__(self, pair: GgufPair, context: int, states: str) -> None:
        from desktop_helper.backends.local.engine.engine import Engine

        self.stop = StopFlag()
        self.turn = 1
        self.pictures: dict[str, bytes] = {}
        self.asked_for: list[str] = []
        config = wire.ModelConfig(str(pair.gguf), str(pair.mmproj), context, 4096, states=states)
        self.stop.begin(self.turn)
        self.engine = Engine(config, self.stop, lambda _: None, self._picture)

    def ask(self, *messages: Message, tools: Sequence[ToolSpec] = (), **sampling: Any) -> list[StreamEvent]:
        """One answer."""
        events: list[StreamEvent] = []
        self.engine.answer(self._begun(messages, tools, sampling), events.append)
        return events

    def prepare(self, *messages: Message) -> None:
        """Read ahead."""
        self.engine.prepare(self._begun(messages, (), {}), lambda _: None)

    def logits(self) -> npt.NDArray[np.float32]:
        """What the model thinks of every token, after what it read last."""
        import llama_cpp

        model = self.engine._model
        pointer = llama_cpp.llama_get_logits_ith(model.context, -1)
        return np.ctypeslib.as_array(pointer, shape=(model.vocabulary_size,)).copy()

    def forget(self) -> None:
        """Empty the memory, so that the next question is read from scratch."""
        memory = self.engine._memory
        memory._cut(0)
        memory._states._states.clear()

    def _begun(self, messages: Sequence[Message], tools: Sequence[ToolSpec], sampling: dict[str, Any]) -> wire.Question:
        self.turn += 1
        self.stop.begin(self.turn)
        header, pictures = wire.pack(ChatRequest(tuple(messages), Sampling(**sampling), tuple(tools)))
        self.pictures.update(pictures)
        return wire.unpack(Frame(json.loads(json.dumps(header))))

    def _picture(self, sha256: str) -> bytes:
        self.asked_for.append(sha256)
        return self.pictures[sha256]


@contextmanager
def engine_rig(pair: GgufPair, *, context: int = 8192, states: str = "") -> Iterator[EngineRig]:
    """An engine that is closed at the end of the block."""
    _silence().install()  # the stock handler takes the log away
    rig = EngineRig(pair, context, states)
    try:
        yield rig
    finally:
        rig.engine.close()


def spoken(events: Sequence[StreamEvent]) -> tuple[str, str]:
    """Thinking and text of an answer."""
    return _joined(events, "ThinkingDelta"), _joined(events, "TextDelta")


@dataclass(frozen=True)
class Counts:
    """Tokens of one answer."""

    prompt: int
    cached: int
    written: int

    @property
    def read(self) -> int:
        """What had to be read anew."""
        return self.prompt - self.cached


def counts(events: Sequence[StreamEvent]) -> Counts:
    """What an answer says of itself."""
    (found,) = [event for event in events if isinstance(event, UsageReported)]
    assert found.prompt_tokens is not None
    assert found.cached_tokens is not None
    assert found.completion_tokens is not None
    return Counts(found.prompt_tokens, found.cached_tokens, found.completion_tokens)


@cache
def _silence() -> NativeLog:
    """One for the whole process: the libraries keep a pointer to it."""
    log = NativeLog()
    log.verbose = False
    return log


class StockHandler:
    """`MTMDChatHandler`, asked for greedy answers. Make it before `engine_rig`, which takes the log."""

    def __init__(self, pair: GgufPair, *, context: int = 8192) -> None:
        import llama_cpp
        from llama_cpp.llama_chat_format import MTMDChatHandler

        cores = worker_threads()  # sums differ in their last bits with the number of threads
        threads = {"n_threads": cores, "n_threads_batch": cores}
        self._handler = MTMDChatHandler(str(pair.mmproj), verbose=False)
        self.llama = llama_cpp.Llama(str(pair.gguf), n_ctx=context, flash_attn=True, verbose=False, **threads)

    def ask(self, *messages: Message, max_tokens: int, **template: Any) -> tuple[str, str]:
        """Thinking and text of an answer."""
        said = self.stream(*messages, max_tokens=max_tokens, stream=False, **template)["choices"][0]["message"]
        splitter = Splitter()
        return spoken(splitter.feed(said["content"]) + splitter.close())

    def stream(self, *messages: Message, max_tokens: int, stream: bool = True, **template: Any) -> Any:
        """Chunks of an answer as llama-cpp-python gives them."""
        return self._handler(
            llama=self.llama,
            messages=[_stock_message(message) for message in messages],
            max_tokens=max_tokens,
            temperature=0.0,
            top_p=1.0,
            min_p=0.0,
            repeat_penalty=1.0,
            stream=stream,
            **template,
        )

    def close(self) -> None:
        """Free the memory."""
        self.llama.close()


def _joined(events: Sequence[Any], kind: str) -> str:
    return "".join(event.text for event in events if type(event).__name__ == kind)


def _stock_message(message: Message) -> Any:
    parts: list[dict[str, Any]] = []
    for part in message.parts:
        if isinstance(part, ImagePart):
            data = base64.b64encode(part.data).decode()
            parts.append({"type": "image_url", "image_url": {"url": f"data:{part.mime};base64,{data}"}})
        else:
            parts.append({"type": "text", "text": getattr(part, "text", "")})
    if message.role is Role.USER:
        return {"role": "user", "content": parts}
    return {"role": message.role.value, "content": message.text}
