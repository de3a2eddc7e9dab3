"""A server on loopback and a backend that asks it."""

from __future__ import annotations

import pytest

from tests.support.glm_server import GlmServer
from tests.support.wire import wire_backend


@pytest.fixture
def server():
    with GlmServer() as server:
        yield server


@pytest.fixture
def backend(server, tmp_path):
    backend = wire_backend(server.base_url, tmp_path)
    yield backend
    backend.close()
