"""The local backend keeps the contract, with a real llama.cpp in a real worker process."""

from __future__ import annotations

import pytest

from desktop_helper.backends.local.backend import LocalBackend
from desktop_helper.core.cancel import CancelToken
from tests.contract.backend_contract import BackendContract
from tests.support.local_models import local_backend, local_profile, worker_process
from tests.support.tiny_gguf import TinyModel, tiny_pair


class TestLocalBackend(BackendContract):
    @pytest.fixture
    def backend(self, tmp_path):
        with local_backend(tiny_pair(), tmp_path) as backend:
            yield backend

    @pytest.fixture
    def endless_backend(self, tmp_path):
        with local_backend(tiny_pair(TinyModel(endless=True)), tmp_path, context=32768) as backend:
            yield backend

    @pytest.fixture
    def silent_backend(self, tmp_path):
        """The worker hangs: it does not even hear a request to stop."""
        with local_backend(tiny_pair(), tmp_path) as backend:
            backend.probe(CancelToken())
            worker_process().suspend()
            yield backend

    @pytest.fixture
    def broken_backend(self, tmp_path):
        backend = LocalBackend(local_profile(tmp_path / "gone.gguf", None), tmp_path, tmp_path)
        yield backend
        backend.close()
