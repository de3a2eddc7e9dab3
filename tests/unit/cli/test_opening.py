"""A model on this machine loads while `ask` still reads files; a server is not told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from desktop_helper.cli._opening import Opening
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import ChatRequest
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.services.container import Services
from tests.support.scripted_backend import ScriptedBackend

LOCAL = ModelProfile("m", "local", "local", "M", "m", gguf=Path("/m.gguf"))
REMOTE = ModelProfile("m", "custom", "openai_compatible", "M", "m", base_url="http://127.0.0.1:9/v1")


class Slow(ScriptedBackend):
    """Loads until it is cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[ChatRequest | None] = []
        self.began = threading.Event()

    def prepare(self, request: ChatRequest | None, cancel: CancelToken) -> None:
        self.loads.append(request)
        self.began.set()
        assert cancel.wait(5)


def services(open_backend: Callable[[], ScriptedBackend]) -> Services:
    plugs = SimpleNamespace(backend=lambda _name: None)
    return cast("Services", SimpleNamespace(backend=lambda _profile: open_backend(), plugs=plugs))


def test_a_local_model_loads_and_is_given_at_once_and_let_go_at_the_end() -> None:
    backend = Slow()
    began = time.monotonic()
    with Opening(services(lambda: backend), LOCAL) as opening:
        assert opening.backend() is backend
        assert backend.began.wait(5)
    assert time.monotonic() - began < 4, "nobody waits for a load that is no use any more"
    assert backend.loads == [None]


def test_a_server_is_not_told() -> None:
    backend = Slow()
    with Opening(services(lambda: backend), REMOTE) as opening:
        assert opening.backend() is backend
    assert backend.loads == []


def test_a_backend_that_cannot_be_opened_is_said_once_by_whoever_asks() -> None:
    def refuse() -> ScriptedBackend:
        raise HelperError(ErrorKind.CONFIG, "The engine is not installed.")

    with Opening(services(refuse), LOCAL) as opening, pytest.raises(HelperError, match="not installed"):
        opening.backend()
