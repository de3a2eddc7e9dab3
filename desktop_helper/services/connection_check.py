"""What a model at a server can do, tried as cheaply as possible: the list of models, a word, a picture, a tool."""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.closable import closable
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason, TextDelta, ThinkingDelta, ToolCallRequested
from desktop_helper.core.i18n import tr
from desktop_helper.core.image_tokens import PATCH, image_tokens
from desktop_helper.core.known_servers import Abilities, Known, KnownServers, ListsModels, with_models
from desktop_helper.core.messages import (
    ChatRequest,
    ImagePart,
    Message,
    Part,
    Role,
    Sampling,
    TextPart,
    Thinking,
    ToolSpec,
)
from desktop_helper.core.protocols import Backend, ModelProfile
from desktop_helper.services.abilities_words import answers, can_do

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

PATIENCE_S = 90.0  # some servers load the model when they are asked for the first time
_LONGEST = 16  # tokens of an answer
_RED = ("red", "红", "紅")
_TOOL = ToolSpec("say_hello", "Says hello.", {"type": "object", "properties": {}})


@dataclass(slots=True)
class _Heard:
    """What came of one question. `refused`: the server does not take what was in it."""

    first_s: float = 0.0
    thinking: bool = False
    text: str = ""
    refused: HelperError | None = None


class ConnectionCheck:
    """Tries one model.

    Args:
        backend: which can list its models, too; else nothing is known of them.
        profile: which model it is.
        known: where the result is kept.
        tell: gets a sentence before each step, on the thread that checks.
    """

    def __init__(
        self, backend: Backend, profile: ModelProfile, known: KnownServers, tell: Callable[[str], None]
    ) -> None:
        self._backend, self._profile, self._known, self._tell = backend, profile, known, tell

    def run(self, cancel: CancelToken) -> Abilities:
        """Ask and look. Raises `HelperError` if there is no answer to a plain question, or CANCELLED."""
        place = self._profile.base_url, self._profile.model
        self._known.forget(*place)  # the server may be a newer one
        self._tell(tr("Asking {host} for its models…", host=self._profile.host))
        models = self._backend.models(cancel) if isinstance(self._backend, ListsModels) else ()
        self._tell(tr("Asking for a word…"))
        word = self._ask((TextPart("Reply with the word: ready"),), cancel, _WITH_THOUGHT)
        if word.refused is not None:
            raise with_models(word.refused, self._profile.model, models)
        self._tell(tr("Showing a small picture…"))
        looked = self._ask((_picture(), TextPart("Which colour is this? One word.")), cancel, _AT_ONCE)
        self._tell(tr("Offering a tool…"))
        offered = self._ask((TextPart("Say hello."),), cancel, _AT_ONCE, (_TOOL,))
        thinks = word.thinking or looked.thinking
        found = Abilities(
            tested=time.time(),
            first_s=word.first_s,
            models=models,
            pictures=looked.refused is None,
            sees=None if looked.refused else any(name in looked.text.lower() for name in _RED),
            thinks=thinks,
            can_skip_thinking=None if not thinks or looked.refused else not looked.thinking,
            tools=offered.refused is None,
        )
        self._known.keep(*place, found)
        return found

    def _ask(
        self, parts: tuple[Part, ...], cancel: CancelToken, sampling: Sampling, tools: tuple[ToolSpec, ...] = ()
    ) -> _Heard:
        """Raises `HelperError` for whatever says nothing about what the model can do."""
        sampling = replace(sampling, max_tokens=_LONGEST)
        request = ChatRequest((Message(Role.USER, parts),), sampling, tools, timeout_s=PATIENCE_S)
        heard, began = _Heard(), time.monotonic()
        with closable(self._backend.stream(request, cancel)) as events:
            for event in events:
                if isinstance(event, Failed):
                    if event.error.kind is not ErrorKind.MODEL:
                        raise event.error
                    heard.refused = event.error
                elif isinstance(event, Finished) and event.reason is FinishReason.CANCELLED:
                    raise HelperError(ErrorKind.CANCELLED, tr("Stopped."))
                elif isinstance(event, ThinkingDelta | TextDelta | ToolCallRequested | Finished):
                    heard.first_s = heard.first_s or time.monotonic() - began
                    heard.thinking = heard.thinking or isinstance(event, ThinkingDelta)
                    heard.text += event.text if isinstance(event, TextDelta) else ""
        return heard


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of trying a model.

    Args:
        sentence: that it answers.
        more: what it can do, in sentences; empty if that was not tried.
        known: the same as data.
    """

    sentence: str
    more: str = ""
    known: Known = field(default_factory=Known)


def check(
    services: Services, profile: ModelProfile, key: str, cancel: CancelToken, tell: Callable[[str], None]
) -> Checked:
    """Try `profile` with a connection of its own; a model on this machine is only loaded. Raises `HelperError`.

    Args:
        services: what the connection is made of.
        profile: which model.
        key: instead of the kept one; empty for that.
        cancel: ends it within a second.
        tell: as of `ConnectionCheck`.
    """
    backend = services.open_backend(profile, key)
    forget = cancel.on_cancel(backend.close)
    try:
        if not isinstance(backend, ListsModels):
            return Checked(backend.probe(cancel))
        servers = KnownServers(services.paths.servers_dir)
        abilities = ConnectionCheck(backend, profile, servers, tell).run(cancel)
        known = replace(servers.get(profile.base_url, profile.model), abilities=abilities)
        return Checked(answers(profile, abilities), can_do(known), known)
    finally:
        forget()
        backend.close()


def _picture() -> ImagePart:
    """A red square of one token, as a PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", PATCH, PATCH, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\xdc\x1e\x1e" * PATCH) * PATCH
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return ImagePart(data, "image/png", PATCH, PATCH, "red.png", image_tokens(PATCH, PATCH))


# Also a temperature and a seed: whether the server takes those is then known before somebody needs them.
_WITH_THOUGHT = Sampling(temperature=0.0, seed=1, thinking=Thinking.ON)
_AT_ONCE = replace(_WITH_THOUGHT, thinking=Thinking.OFF)
