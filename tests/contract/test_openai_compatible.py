"""The OpenAI-compatible backend keeps the contract, over a scripted server."""

from __future__ import annotations

import socket

import pytest

from tests.contract.backend_contract import BackendContract
from tests.support.glm_server import HANG, GlmServer, Reply, answer
from tests.support.wire import wire_backend


class TestOpenAICompatible(BackendContract):
    @pytest.fixture
    def server(self):
        with GlmServer() as server:
            yield server

    @pytest.fixture
    def make(self, server, tmp_path):
        backend = wire_backend(server.base_url, tmp_path)
        yield lambda reply: server.script(reply) or backend
        backend.close()

    @pytest.fixture
    def backend(self, make):
        return make(answer("It is 42.", "They ask."))

    @pytest.fixture
    def endless_backend(self, make):
        return make(answer("on and on " * 2000, delay=0.02))

    @pytest.fixture(params=["before the headers", "after the headers"])
    def silent_backend(self, make, request):
        return make(Reply((), before=(HANG,)) if request.param == "before the headers" else Reply((HANG,)))

    @pytest.fixture
    def broken_backend(self, tmp_path):
        with socket.socket() as taken:  # bound, but nobody listens
            taken.bind(("127.0.0.1", 0))
            backend = wire_backend(f"http://127.0.0.1:{taken.getsockname()[1]}/v1", tmp_path)
            yield backend
            backend.close()
