"""The small parts of the worker: the stop flag, the log filter, and whether the engine is there."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import subprocess
import sys

import pytest

from desktop_helper.backends.local import BACKEND, building
from desktop_helper.backends.local.logs import NativeLog
from desktop_helper.backends.local.stop_flag import StopFlag, Stopped


class TestStopFlag:
    def test_the_callback_follows_the_flag_without_python(self):
        flag = StopFlag()
        kind = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p)
        callback, data = flag.callback(kind)
        flag.begin(1)
        assert callback(data) is False
        flag.stop(1)
        assert callback(data) is True
        with pytest.raises(Stopped):
            flag.check()
        flag.begin(2)
        assert callback(data) is False
        flag.check()

    def test_a_turn_that_was_stopped_before_it_began(self):
        flag = StopFlag()
        flag.begin(1)
        flag.stop(2)
        assert not flag.is_set
        flag.begin(2)
        assert flag.is_set

    def test_a_late_stop_does_not_hit_the_next_turn(self):
        flag = StopFlag()
        flag.begin(2)
        flag.stop(1)
        assert not flag.is_set


class TestNativeLog:
    DEBUG, INFO, WARNING, ERROR, CONTINUED = 1, 2, 3, 4, 5

    @pytest.fixture
    def pipe(self):
        reader, writer = os.pipe()
        saved = os.dup(2)
        os.dup2(writer, 2)
        log = NativeLog()
        os.dup2(saved, 2)
        os.close(saved)
        os.close(writer)

        def written():
            os.close(log._descriptor)
            with os.fdopen(reader, "rb") as end:
                return end.read()

        return log, written

    def test_while_loading(self, pipe):
        log, written = pipe
        log.write(self.INFO, b"loaded\n")
        log.write(self.DEBUG, b"detail\n")
        assert written() == b"loaded\n"

    def test_while_answering(self, pipe):
        log, written = pipe
        log.verbose = False
        log.write(self.INFO, b"chatter")
        log.write(self.CONTINUED, b" more\n")
        log.write(self.ERROR, b"failed")
        log.write(self.CONTINUED, b" badly\n")
        assert written() == b"failed badly\n"

    def test_never_a_prompt(self, pipe):
        log, written = pipe
        log.write(self.ERROR, b"add_text: my password")
        log.write(self.CONTINUED, b" is 123\n")
        assert written() == b""


class TestAvailability:
    def test_installed(self):
        assert BACKEND.availability().ok

    def test_missing(self, monkeypatch):
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        state = BACKEND.availability()
        assert not state.ok
        assert "python3 installers/from_source.py setup" in state.fix

    def test_being_built(self, tmp_path):
        fcntl = pytest.importorskip("fcntl", reason="the check is for POSIX")
        lock = tmp_path / "lock"
        assert not building.is_being_built(lock)
        with lock.open("ab") as file:
            assert not building.is_being_built(lock)
            fcntl.flock(file.fileno(), fcntl.LOCK_EX)
            assert building.is_being_built(lock)
        assert not building.is_being_built(lock)

    def test_asking_does_not_load_the_engine(self):
        code = (
            "import sys; from desktop_helper.backends.local import BACKEND; BACKEND.availability(); "
            "sys.exit('llama_cpp' in sys.modules or 'numpy' in sys.modules)"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
