"""What stands around the practice model's engine keeps the contract of a backend."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from desktop_helper.core.protocols import Backend
from desktop_helper.services.practice_answers import PracticeBackend
from tests.contract.backend_contract import BackendContract
from tests.contract.test_scripted_backend import scripted
from tests.support.scripted_reader import ScriptedReader


def around(inner: Backend) -> PracticeBackend:
    readers: Any = SimpleNamespace(text_reader=ScriptedReader("Open"), converter=None)
    return PracticeBackend(inner, readers)


class TestPractice(BackendContract):
    @pytest.fixture
    def backend(self, tmp_path):
        backend = around(scripted("zai/answer", tmp_path))
        yield backend
        backend.close()

    @pytest.fixture
    def endless_backend(self, tmp_path):
        steps = ", ".join(['{ say = "on and on " }', "{ wait = 0.02 }"] * 2000)
        file = tmp_path / "endless.toml"
        file.write_text(f"[[replies]]\nsteps = [{steps}]\n", encoding="utf-8")
        backend = around(scripted(str(file), tmp_path))
        yield backend
        backend.close()

    @pytest.fixture
    def silent_backend(self, tmp_path):
        backend = around(scripted("silent", tmp_path))
        yield backend
        backend.close()

    @pytest.fixture
    def broken_backend(self, tmp_path):
        backend = around(scripted("refused", tmp_path))
        yield backend
        backend.close()
