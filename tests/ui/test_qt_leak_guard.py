"""The leak guard of tests/conftest.py finds what Qt keeps alive."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, QThread, QTimer
from PySide6.QtWidgets import QComboBox, QWidget

from tests.support import leaks


@pytest.fixture
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "GRACE_S", 0.1)


@pytest.mark.usefixtures("qapp", "short_grace")
def test_a_window_is_found_until_it_is_closed_and_deleted() -> None:
    before = leaks.snapshot(with_qt=True)
    window = QWidget()
    window.setObjectName("forgotten")
    window.show()
    assert leaks.find_leaks(before) == {"qt": ["QWidget 'forgotten'"]}
    window.close()
    window.deleteLater()
    assert leaks.find_leaks(before) == {}


@pytest.mark.usefixtures("qapp", "short_grace")
def test_a_running_timer_is_found() -> None:
    before = leaks.snapshot(with_qt=True)
    owner = QObject()
    timer = QTimer(owner)
    timer.start(60_000)
    assert leaks.find_leaks(before) == {"qt": ["QTimer, child of QObject"]}
    timer.stop()
    assert leaks.find_leaks(before) == {}


@pytest.mark.usefixtures("qapp", "short_grace")
def test_a_running_thread_is_found() -> None:
    before = leaks.snapshot(with_qt=True)
    thread = QThread()
    thread.setObjectName("worker")
    thread.start()
    assert leaks.find_leaks(before) == {"qt": ["QThread 'worker'"]}
    thread.quit()
    thread.wait()
    assert leaks.find_leaks(before) == {}


@pytest.mark.usefixtures("qapp", "short_grace")
def test_a_leak_with_the_id_of_something_that_is_gone_is_found() -> None:
    class Thing:
        pass

    for _ in range(1000):
        thing = Thing()
        known, before = leaks._Known([thing]), id(thing)
        assert thing in known
        del thing
        thing = Thing()
        assert thing not in known
        if id(thing) == before:
            return
    pytest.fail("no id was used again, so this proves nothing")


@pytest.mark.usefixtures("qapp", "short_grace")
def test_what_qt_itself_made_before_is_no_leak() -> None:
    combo = QComboBox()
    combo.addItem("one")
    combo.show()
    combo.view()  # in a window of Qt's own
    before = leaks.snapshot(with_qt=True)
    assert leaks.find_leaks(before) == {}
    combo.deleteLater()
    assert leaks.find_leaks(before) == {}
