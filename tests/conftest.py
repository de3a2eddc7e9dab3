"""The rules of the house: every test runs offline, in a home of its own, in English, and leaves nothing behind.

This file loads without PySide6: `tests/unit` and `tests/contract` also run in an environment that does not have it.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib.util
import itertools
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from desktop_helper.core import i18n
from tests.support import leaks
from tests.support.log_guard import LogGuard, UnexpectedLog
from tests.support.network import NetworkRefused, loopback_only

if TYPE_CHECKING:
    from desktop_helper.qt.garbage import Sweeper

TESTS = Path(__file__).resolve().parent
HAS_QT = importlib.util.find_spec("PySide6") is not None

collect_ignore = [] if HAS_QT else ["ui", "e2e"]

hypothesis.settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("house")

# What would let a test see the developer's own desktop, keys or proxy.
_FOREIGN = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "QT_STYLE_OVERRIDE")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")

_home_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Without pytest-qt nobody else declares its settings, and unknown settings are errors."""
    if importlib.util.find_spec("pytestqt") is None:
        for name in ("qt_api", "qt_log_level_fail", "qt_log_ignore"):
            parser.addini(name, "of pytest-qt")
        parser.addini("qt_log_ignore", "of pytest-qt", type="linelist")


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def _clean_surroundings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, _homes: Path):
    """A home, a language and an environment that do not depend on who runs the tests."""
    for name in os.environ:
        if name.endswith("_API_KEY") or name in _FOREIGN or name.lower() in _PROXIES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("DESKTOP_HELPER_HOME", str(_homes / str(next(_home_numbers))))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("DESKTOP_HELPER_LIBREOFFICE", "none")  # where it is installed, it reads what is told otherwise
    if request.node.get_closest_marker("e2e"):
        monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    else:
        monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    i18n.set_language("en")
    yield
    i18n.set_language("en")


@pytest.fixture(autouse=True)
def _no_practice_model(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory):
    """A new user's app as it is without the practice model, whether this checkout has it or not; tests bring theirs."""
    nowhere = tmp_path_factory.getbasetemp() / "no-models"
    monkeypatch.setattr("desktop_helper.services.practice.model_folder", lambda: nowhere)


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest):
    """Threads, processes, timers and windows that outlive their test fail it."""
    uses_qt = request.path.is_relative_to(TESTS / "ui") or "qapp" in request.fixturenames
    before = leaks.snapshot(with_qt=uses_qt)
    with _garbage_collected_here(uses_qt):
        yield
    found = leaks.find_leaks(before)
    marker = request.node.get_closest_marker("allow_leaks")
    allowed = set(marker.args) if marker else set()
    leaks.kill_leaked_processes(before)
    unexpected = [line for kind, lines in found.items() if kind not in allowed for line in lines]
    if unexpected:
        pytest.fail("the test left behind: " + "; ".join(unexpected), pytrace=False)


@pytest.fixture(autouse=True, scope="module")
def _old_objects_aside():
    """What imports and earlier tests brought is not looked through again for garbage and leaks: that took minutes."""
    gc.collect()
    gc.freeze()


@contextlib.contextmanager
def _garbage_collected_here(uses_qt: bool) -> Iterator[None]:
    """From the first test with Qt on as in the app (`qt.garbage`): threads of later tests would find its garbage."""
    if uses_qt:
        gc.disable()
    yield
    if not gc.isenabled():
        _sweeper().sweep()


@functools.cache
def _sweeper() -> Sweeper:
    from desktop_helper.qt.garbage import Sweeper

    return Sweeper()


@pytest.fixture(autouse=True)
def _offline():
    """Connections to other machines fail, and fail the test."""
    with loopback_only() as refused:
        yield
    if refused:
        raise NetworkRefused(f"the test tried to leave this machine: {', '.join(refused)}")


@pytest.fixture(autouse=True)
def _log_guard(request: pytest.FixtureRequest):
    """Unannounced warnings in the log fail the test."""
    guard = LogGuard()
    root = logging.getLogger()
    root.addHandler(guard)
    yield guard
    root.removeHandler(guard)
    if guard.records and request.node.get_closest_marker("allow_warnings") is None:
        raise UnexpectedLog(f"unexpected log records:\n{guard.complaints()}")


@pytest.fixture
def expect_log(_log_guard: LogGuard):
    """`with expect_log("regular expression"):` announces a warning in the log."""
    return _log_guard.expect
