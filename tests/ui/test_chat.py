"""The chat with real services and a scripted model: what is asked, shown, kept and asked again."""

from __future__ import annotations

import threading
from dataclasses import replace

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, TextDelta, ThinkingDelta
from desktop_helper.core.geometry import Rect
from desktop_helper.core.messages import Role, Thinking
from desktop_helper.core.protocols import Frame
from desktop_helper.qt import intake
from desktop_helper.services.paths import Paths
from desktop_helper.services.settings import ProfileSettings
from tests.support.chat_desk import SETTINGS, said

BIG = """
title = "Big"
backend = "openai_compatible"
base_url = "http://127.0.0.1:9/v1"
[[models]]
id = "big"
title = "Big"
context_tokens = 4000
"""


def test_the_answer_in_the_window_is_the_answer_in_the_history(qtbot, open_desk):
    desk = open_desk([ThinkingDelta("Hm."), *said("It is ", "**blue**.")])
    view = desk.ask(qtbot)
    assert view.markdown() == "It is **blue**."
    assert view.thinking() == "Hm."
    question, answer = desk.stored()
    assert (question.message.text, answer.message.text, answer.message.thinking) == ("Why?", "It is **blue**.", "Hm.")
    assert not desk.composer.busy


def test_the_conversation_goes_on_without_old_thoughts(qtbot, open_desk):
    desk = open_desk([ThinkingDelta("Hm."), *said("One.")], said("Two."))
    desk.ask(qtbot, "First?")
    desk.ask(qtbot, "Second?")
    sent = desk.backend.requests[1].messages
    assert [(message.role, message.text) for message in sent] == [
        (Role.USER, "First?"),
        (Role.ASSISTANT, "One."),
        (Role.USER, "Second?"),
    ]
    assert not any(message.thinking for message in sent)


def test_a_captured_region_is_sent_pixel_for_pixel(qtbot, open_desk):
    desk = open_desk(said("A picture."))
    frame = Frame(bytes(56 * 28 * 4), Rect(0, 0, 56, 28))
    desk.chat.attach_frame(frame, "Region")
    desk.ask(qtbot, "What?")
    (picture,) = desk.backend.requests[0].messages[0].media
    assert (picture.name, picture.width, picture.height) == ("Region", 56, 28)


def test_after_an_error_the_question_is_answered_again_in_its_place(qtbot, open_desk):
    desk = open_desk([Failed(HelperError(ErrorKind.NETWORK, "Nobody listens.", "Start the server."))], said("Now."))
    failed = desk.ask(qtbot)
    with qtbot.waitSignal(desk.chat.answered, timeout=5000):
        failed.retry_requested.emit()
    assert [view.markdown() for view in desk.answers] == ["Now."]
    assert [stored.message.text for stored in desk.stored()] == ["Why?", "Now."]
    assert [message.text for message in desk.backend.requests[1].messages] == ["Why?"]


def test_stop_keeps_what_was_said(qtbot, open_desk):
    go_on = threading.Event()
    desk = open_desk([TextDelta("Half"), lambda: go_on.wait(5), *said(" more")])
    desk.composer.edit.setPlainText("Why?")
    desk.composer.submit()
    qtbot.waitUntil(lambda: bool(desk.answers and desk.answers[0].markdown()))
    with qtbot.waitSignal(desk.chat.answered, timeout=5000):
        desk.composer.stop_requested.emit()
    go_on.set()
    assert desk.answers[0].markdown() == "Half"
    qtbot.waitUntil(lambda: desk.stored()[-1].status == "cancelled")
    assert desk.stored()[-1].message.text == "Half"


def test_the_app_reopens_where_it_was(qtbot, open_desk):
    first = open_desk(said("Kept."))
    first.ask(qtbot)
    second = open_desk(said("More."))
    second.chat.continue_latest()
    qtbot.waitUntil(lambda: [view.markdown() for view in second.answers] == ["Kept."])
    second.ask(qtbot, "And?")
    assert [stored.message.text for stored in second.stored()] == ["Why?", "Kept.", "And?", "More."]


def test_a_new_chat_is_empty_and_the_old_one_stays(qtbot, open_desk):
    desk = open_desk(said("Old."), said("New."))
    desk.ask(qtbot)
    desk.chat.new()
    assert not desk.window.messages.messages()
    desk.ask(qtbot, "Fresh?")
    assert len(desk.services.history.conversations()) == 2
    assert [message.text for message in desk.backend.requests[1].messages] == ["Fresh?"]


def test_thinking_can_be_switched_off(qtbot, open_desk):
    desk = open_desk(said("Quick."))
    desk.composer._think.click()
    desk.ask(qtbot)
    assert desk.backend.requests[0].sampling.thinking is Thinking.OFF


def test_thinking_that_the_settings_switched_off_can_be_switched_on(qtbot, open_desk, tmp_path):
    paths = Paths.below(tmp_path / "home")
    paths.ensure()
    paths.settings_file.write_text(SETTINGS + '[answer]\nthinking = "off"\n', encoding="utf-8")
    desk = open_desk(said("Quick."), said("Hm."))
    assert not desk.composer._think.isChecked()
    desk.ask(qtbot)
    desk.composer._think.click()
    desk.ask(qtbot)
    assert [request.sampling.thinking for request in desk.backend.requests] == [Thinking.OFF, Thinking.AUTO]


def test_an_older_question_answered_again_ends_the_answer_that_is_given_now(qtbot, open_desk):
    go_on = threading.Event()
    desk = open_desk(said("One."), [TextDelta("Tw"), lambda: go_on.wait(5), *said("o.")], said("Again."))
    first = desk.ask(qtbot, "First?")
    desk.composer.edit.setPlainText("Second?")
    desk.composer.submit()
    qtbot.waitUntil(lambda: desk.answers[-1].markdown() == "Tw")
    first.retry_requested.emit()
    go_on.set()
    # The last word may come in a batch before the end.
    qtbot.waitUntil(lambda: [(view.markdown(), view.finished) for view in desk.answers] == [("Again.", True)])
    history = desk.services.history
    history.choose(history.messages(history.latest())[1].versions[0])
    assert [stored.message.text for stored in desk.stored()] == ["First?", "One.", "Second?", "Tw"]


def test_an_attachment_that_is_taken_back_is_not_read_on(qtbot, open_desk, tmp_path, monkeypatch):
    desk, tokens = open_desk(), []

    def read(_self, _path, _options, cancel, *_told, **_shown):
        tokens.append(cancel)
        cancel.wait(10)
        return ()

    monkeypatch.setattr(type(desk.services.converter), "convert_file", read)
    desk.window.files_dropped.emit([tmp_path / "a.pdf"])
    qtbot.waitUntil(lambda: bool(tokens))
    desk.composer._chips[0].removed.emit()
    assert tokens[0].cancelled
    qtbot.wait(20)  # its result, if it came, would meet a chip that is gone
    assert not desk.composer._chips


def test_another_model_shows_its_own_limit(qtbot, open_desk):
    desk = open_desk()
    folder = desk.paths.config_dir / "providers"
    folder.mkdir()
    (folder / "big.toml").write_text(BIG, encoding="utf-8")
    big = ProfileSettings("big", "big")
    desk.services.settings.update(lambda old: replace(old, profiles=old.profiles | {"big": big}))
    desk.composer.edit.setPlainText("x" * 70)
    assert desk.composer._estimate.text() == "20 tokens"
    desk.chat.models.choose("big")
    assert desk.composer._estimate.text() == "20 of 4.0k tokens"


def test_the_pin_of_the_settings_is_the_pin_of_the_window(qtbot, open_desk):
    desk = open_desk()
    pin = desk.window.header.pin
    pin.click()
    desk.chat.remember_window()
    assert desk.services.settings.current.window.pinned is pin.isChecked()
    other = not pin.isChecked()
    desk.services.settings.update(lambda old: replace(old, window=replace(old.window, pinned=other)))
    desk.chat.apply_settings()
    assert pin.isChecked() is other


def test_a_dropped_file_becomes_an_attachment(qtbot, open_desk, tmp_path, monkeypatch):
    desk = open_desk()
    dropped = []
    monkeypatch.setattr(
        type(desk.services.converter), "convert_file", lambda _self, path, *_, **__: dropped.append(path) or ()
    )
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.png"))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    desk.window.dropEvent(event)
    qtbot.waitUntil(lambda: bool(dropped))
    assert dropped[0].name == "a.png"


def test_a_pasted_picture_is_encoded_on_a_thread_of_its_own(qtbot, open_desk, monkeypatch):
    desk = open_desk()
    converted, threads = [], []
    encode = intake._encoded
    monkeypatch.setattr(
        intake, "_encoded", lambda picture: threads.append(threading.current_thread()) or encode(picture)
    )
    monkeypatch.setattr(
        type(desk.services.converter), "convert_bytes", lambda _self, data, *_: converted.append(data) or ()
    )
    data = QMimeData()
    data.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    desk.composer.edit.insertFromMimeData(data)
    qtbot.waitUntil(lambda: bool(converted))
    assert converted[0].startswith(b"\x89PNG")
    assert threads != [threading.main_thread()]


def test_escape_stops_the_answer_first_and_hides_the_window_then(qtbot, open_desk):
    desk = open_desk()
    escape = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    desk.composer.set_busy(True)
    with qtbot.waitSignal(desk.composer.stop_requested):
        QApplication.sendEvent(desk.window, escape)
    assert desk.window.isVisible()
    desk.composer.set_busy(False)
    QApplication.sendEvent(desk.window, escape)
    assert not desk.window.isVisible()


def test_the_last_answer_is_copied_as_it_was_written(qtbot, open_desk):
    desk = open_desk(said("# Title\n\n- item"))
    desk.ask(qtbot)
    desk.window._copy_last_answer()
    assert QApplication.clipboard().text() == "# Title\n\n- item"


def test_a_closed_chat_hangs_up_its_connection_to_the_display(qtbot, open_desk, monkeypatch):
    desk, closed = open_desk(), []
    monkeypatch.setattr(desk.window._focus, "close", lambda: closed.append(True))
    desk.chat.close()
    assert closed == [True]


def test_the_window_comes_back_where_it_was_with_its_pin(qtbot, open_desk):
    desk = open_desk()
    desk.window.setGeometry(30, 40, 400, 500)
    desk.window.header.pin.click()
    pinned = desk.window.header.pin.isChecked()
    desk.chat.close()
    again = open_desk()
    assert again.window.size().width() == 400
    assert again.window.size().height() == 500
    assert again.window.header.pin.isChecked() is pinned


def test_who_has_chosen_a_model_can_type_at_once(qtbot, open_desk):
    desk = open_desk()
    desk.chat.models.refresh()
    desk.window.activateWindow()
    desk.window.header._model.setFocus()
    desk.window.header._menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: desk.window.focusWidget() is desk.composer.edit)


def test_models_of_one_name_can_be_told_apart_in_the_menu(qtbot, open_desk):
    desk = open_desk()
    one = ProfileSettings(provider="local", gguf="/one/model.gguf")
    other, another = replace(one, gguf="/other/model.gguf"), replace(one, gguf="/third/another.gguf")
    profiles = {"first": one, "second": other, "third": another}
    desk.services.settings.update(lambda old: replace(old, profiles=profiles))
    desk.chat.models.refresh()
    shown = [action.text() for action in desk.window.header._menu.actions()]
    assert shown[:3] == ["model · local · first", "model · local · second", "another · local"]


def test_the_header_says_that_nothing_goes_to_a_model_elsewhere(qtbot, open_desk):
    desk = open_desk()
    settings = desk.services.settings
    settings.update(lambda old: replace(old, privacy=replace(old.privacy, local_only=True)))
    assert "On this machine" in shown_place(desk)
    away = ProfileSettings(provider="custom", model="glm", base_url="https://model.example/v1")
    settings.update(lambda old: replace(old, profiles={"mine": away}))
    assert "model.example is blocked" in shown_place(desk)
    settings.update(lambda old: replace(old, privacy=replace(old.privacy, local_only=False)))
    assert "↗ model.example" in shown_place(desk)


def shown_place(desk) -> str:
    desk.chat.models.refresh()
    return desk.window.header._pill.full_text
