"""Pictures of questions are read when the answer is over, never beside it, and not if the user does not want it."""

from __future__ import annotations

import threading

import pytest

from desktop_helper.core.messages import ImagePart
from desktop_helper.services import picture_texts
from desktop_helper.ui import picture_reading
from tests.support.chat_desk import ChatDesk, said
from tests.support.sample_files import picture
from tests.support.scripted_reader import ScriptedReader

PAGE = ImagePart(picture(), "image/png", 64, 48, "page.png", 8)


@pytest.fixture
def reader() -> ScriptedReader:
    return ScriptedReader("Invoice 4711")


@pytest.fixture
def desk(qtbot, open_desk, reader, monkeypatch) -> ChatDesk:
    monkeypatch.setattr(picture_reading, "AFTER_ANSWER_MS", 30)
    made = open_desk(said("One."), said("Two."))
    monkeypatch.setattr(made.services, "patient_text_reader", lambda: reader)
    made.chat.continue_latest()
    return made


def unread(desk: ChatDesk) -> list[str]:
    return [sha256 for sha256, _message in desk.services.history.unread_pictures(9)]


def ask_about_a_picture(qtbot, desk: ChatDesk) -> None:
    desk.composer.add_chip("page.png").set_ready((PAGE,))
    desk.ask(qtbot)


def test_the_search_finds_the_picture_soon_after_the_answer(qtbot, desk, reader):
    ask_about_a_picture(qtbot, desk)
    qtbot.waitUntil(lambda: bool(desk.services.history.search("4711")))
    (hit,) = desk.services.history.search("4711")
    assert hit.picture == "page.png"
    desk.ask(qtbot, "And now?")
    qtbot.wait(100)
    assert len(reader.read_names) == 1


def test_the_settings_can_switch_it_off(qtbot, desk, reader):
    desk.paths.settings_file.write_text(
        desk.paths.settings_file.read_text(encoding="utf-8") + "\n[history]\nread_pictures = false\n", encoding="utf-8"
    )
    desk.services.settings.load()
    ask_about_a_picture(qtbot, desk)
    qtbot.wait(150)
    assert reader.read_names == []
    assert unread(desk) == [PAGE.sha256]


def test_the_next_answer_stops_it_and_it_is_done_afterwards(qtbot, desk, reader):
    reader.go_on.clear()
    ask_about_a_picture(qtbot, desk)
    qtbot.waitUntil(lambda: bool(reader.read_names))
    reading = desk.chat._picture_reading._reading
    desk.chat._picture_reading.set_busy(True)
    assert reading.cancelled
    assert desk.chat._picture_reading._reading is None
    reader.go_on.set()
    qtbot.wait(60)
    assert unread(desk) == [PAGE.sha256]
    desk.chat._picture_reading.set_busy(False)
    qtbot.waitUntil(lambda: unread(desk) == [])


def test_what_others_asked_comes_later(qtbot, desk, reader, monkeypatch):
    """`desktop-helper ask` reads nothing itself; the app looks from time to time."""
    seen = threading.Event()
    monkeypatch.setattr(picture_texts, "read_some", lambda *_: seen.set())
    assert desk.chat._picture_reading._later.isActive()
    desk.chat._picture_reading._later.timeout.emit()
    qtbot.waitUntil(seen.is_set)
    qtbot.waitUntil(lambda: desk.chat._picture_reading._reading is None)


def test_nothing_is_read_at_the_start(qtbot, desk, reader, monkeypatch):
    monkeypatch.setattr(picture_texts, "read_some", lambda *_: pytest.fail("too early"))
    qtbot.wait(100)
    assert desk.chat._picture_reading._reading is None
