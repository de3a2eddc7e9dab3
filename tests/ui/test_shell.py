"""The app as a whole, offscreen."""

from __future__ import annotations

import threading
from argparse import Namespace
from dataclasses import replace
from unittest.mock import Mock

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import trigger
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason, TextDelta
from desktop_helper.core.messages import Message, Role, TextPart, Thinking
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.qt import instance_server
from desktop_helper.qt.hotkeys.provider import HotkeyProblem
from desktop_helper.qt.instance_server import InstanceServer
from desktop_helper.qt.running_answers import RunningAnswer
from desktop_helper.services.answering import Answering
from desktop_helper.services.paths import Paths
from desktop_helper.services.question_saver import Said, Talk
from desktop_helper.ui import tray
from desktop_helper.ui.recording.phase import Phase
from desktop_helper.ui.shell import Shell
from desktop_helper.ui.theme import Theme


@pytest.fixture
def shell(qtbot, tmp_path):
    Theme.current("light")
    services = build_services(Paths.below(tmp_path))
    services.prepare()
    instance = InstanceServer(services.paths)
    assert instance.acquire()
    made = Shell(services, instance)
    yield made
    made.quit()
    # An app ends with its process; a test goes on, and what stayed would still follow the theme.
    made._tray.menu.deleteLater()
    if made._settings_window is not None:
        made._settings_window.deleteLater()
    made.deleteLater()
    services.close()


def test_a_fault_is_told_without_taking_the_keyboard(qtbot, shell):
    shell.tell(HelperError(ErrorKind.WORKER, "Something went wrong.", "The log says where."))
    window = shell.chat().window
    qtbot.waitUntil(window.isVisible)
    shown = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert "Something went wrong. The log says where." in shown


@pytest.fixture
def notices(shell, monkeypatch):
    told = []
    monkeypatch.setattr(shell._tray, "notify", lambda title, text, _clicked=None: bool(told.append((title, text))))
    return told


def test_a_hidden_window_tells_how_an_answer_ended(shell, notices):
    ended = shell.chat().answered
    ended.emit("Blue.", Finished(FinishReason.STOP))
    ended.emit("Half", Finished(FinishReason.CANCELLED))
    ended.emit("", Failed(HelperError(ErrorKind.NETWORK, "Nobody listens.", "Start the server.")))
    assert notices == [("The answer is ready", "Blue."), ("Something went wrong", "Nobody listens. Start the server.")]


def work_in(shell, talk):
    model = ModelProfile("mine", "custom", "openai_compatible", "glm", "GLM")
    return Answering(shell._services, model, Said(talk), Thinking.AUTO)


@pytest.mark.parametrize("active", [True, False])
def test_an_answer_in_a_conversation_that_is_not_shown_is_told_also_by_an_active_window(shell, notices, active):
    shell.chat().window.isActiveWindow = lambda: active
    failure = Failed(HelperError(ErrorKind.NETWORK, "Nobody listens.", "Start the server."))
    for question, end in (
        ("What\ncolour?", Finished()),
        ("", Finished()),
        ("Why?", Finished(FinishReason.CANCELLED)),
        ("When?", failure),
    ):
        answer = RunningAnswer(work_in(shell, Talk()), Message(Role.USER, (TextPart(question),)))
        answer.so_far.add([TextDelta("Blue."), end])
        shell.chat().answered_elsewhere.emit(answer)
    assert notices == [
        ("Answered: What colour?", "Blue."),
        ("The answer is ready", "Blue."),
        ("Not answered: When?", "Nobody listens. Start the server."),
    ]


def test_a_click_on_a_notification_shows_its_conversation_once_and_the_chat_else(qtbot, shell, monkeypatch):
    history, chat = shell._services.history, shell.chat()
    numbers = [history.new_conversation() for _ in range(2)]
    for number in numbers:
        history.add_message(number, Message(Role.USER, (TextPart(f"Question {number}"),)))
    monkeypatch.setattr(tray, "notify", lambda *_args: True)
    answer = RunningAnswer(work_in(shell, Talk(numbers[0])))
    answer.so_far.add([Finished()])
    chat.answered_elsewhere.emit(answer)
    shell._tray._icon.messageClicked.emit()
    qtbot.waitUntil(lambda: chat._conversation.number == numbers[0])
    assert chat.window.isVisible()
    chat._conversation.load(numbers[1])
    qtbot.waitUntil(lambda: chat._conversation.number == numbers[1])
    chat.window.hide()
    shell._tray._icon.messageClicked.emit()
    assert chat.window.isVisible()
    assert chat._conversation.number == numbers[1]


def test_a_hotkey_for_nothing_is_named(shell, notices):
    settings = shell._services.settings
    settings.update(lambda old: replace(old, hotkeys=old.hotkeys | {"regoin": "Ctrl+Alt+R"}))
    shell._apply_settings()
    assert "There is no action called “regoin” for Ctrl+Alt+R." in notices[-1][1]


def test_a_hotkey_that_is_lost_later_is_told_and_no_longer_shown_until_it_works_again(shell, notices, monkeypatch):
    monkeypatch.setattr(shell._hotkeys, "availability", lambda: AVAILABLE)
    entries = {action.text(): action for action in shell._tray.menu.actions()}
    shell._show_hotkeys()
    assert entries["Ask about a &region"].shortcut().toString() == "Ctrl+Shift+X"
    shell._hotkeys._on_changed("region", "This keyboard has no key “X”.")
    assert entries["Ask about a &region"].shortcut().isEmpty()
    assert not entries["Open &chat"].shortcut().isEmpty()
    assert notices == [("A hotkey is not available", "This keyboard has no key “X”. Choose another one in Settings.")]
    shell.open_settings()
    status = shell._settings_window.hotkeys.rows["region"].status
    assert status.text == "This keyboard has no key “X”."
    shell._hotkeys._on_changed("region", None)
    assert entries["Ask about a &region"].shortcut().toString() == "Ctrl+Shift+X"
    assert status.text == ""
    assert len(notices) == 1


def test_the_app_can_do_what_others_may_ask_of_it(shell):
    assert set(shell._actions) == instance_server.COMMANDS
    assert set(trigger.ACTIONS) <= instance_server.COMMANDS


def test_quitting_twice_is_quitting_once(qtbot, shell):
    shell.chat().window.show()
    shell.quit()
    qtbot.wait(10)  # the window is gone by now
    shell.quit()


def write_actions(shell, text: str) -> None:
    shell._services.paths.actions_file.write_text(text, encoding="utf-8")


@pytest.fixture
def taken(shell, monkeypatch):
    """The chords that the app has taken; all but Ctrl+Alt+Q are free."""
    held: dict[str, str] = {}

    def apply(chords):
        held.clear()
        held.update({name: chord for name, chord in chords.items() if chord and chord != "Ctrl+Alt+Q"})
        busy = [name for name, chord in chords.items() if chord == "Ctrl+Alt+Q"]
        return [HotkeyProblem(name, "Ctrl+Alt+Q", "Ctrl+Alt+Q is taken by another program.") for name in busy]

    monkeypatch.setattr(shell._hotkeys, "apply", apply)
    monkeypatch.setattr(shell._hotkeys, "availability", lambda: AVAILABLE)
    return held


def test_the_hotkeys_of_quick_actions_are_taken_and_follow_their_file(qtbot, shell, notices, taken):
    shell._action_keys.watch()
    shell._take_hotkeys()
    assert not [name for name in taken if name.startswith("action:")]
    write_actions(shell, '[translate]\nhotkey = "Ctrl+Alt+T"\n')
    qtbot.waitUntil(lambda: taken.get("action:translate") == "Ctrl+Alt+T", timeout=5000)
    write_actions(shell, '[translate]\nhotkey = "Ctrl+Alt+L"\n[bad]\nprompt = 3\n')
    qtbot.waitUntil(lambda: taken.get("action:translate") == "Ctrl+Alt+L", timeout=5000)
    assert taken["region"] == "Ctrl+Shift+X"
    assert notices == [("A quick action is not in order", "actions.toml, line 4: prompt must be a text.")]
    shell._take_hotkeys()
    assert len(notices) == 1  # said once
    shell._services.paths.actions_file.unlink()
    qtbot.waitUntil(lambda: "action:translate" not in taken, timeout=5000)


def test_a_taken_key_of_a_quick_action_is_reported_by_its_title(shell, notices, taken):
    write_actions(shell, '[translate]\nhotkey = "Ctrl+Alt+Q"\n')
    shell._take_hotkeys()
    said = "Quick action “Translate”: Ctrl+Alt+Q is taken by another program."
    assert notices == [("A hotkey is not available", said)]


def test_two_that_clash_are_reported_by_name(shell, notices, monkeypatch):
    monkeypatch.setattr(shell._hotkeys, "availability", lambda: AVAILABLE)
    monkeypatch.setattr(shell._hotkeys, "_open", lambda: None)
    text = '[translate]\nhotkey = "Ctrl+Alt+T"\n[read]\nhotkey = "Ctrl+Alt+T"\n[table]\nhotkey = "Ctrl+Shift+X"\n'
    write_actions(shell, text)
    shell._take_hotkeys()
    assert "Quick action “Extract table”: Ctrl+Shift+X is already used for “region”." in notices[-1][1]
    assert "Quick action “Read text”: Ctrl+Alt+T is already used for “Translate”." in notices[-1][1]


def test_a_quick_action_that_looks_gets_what_is_picked_and_nobody_else_does(shell, monkeypatch):
    given: list = []
    opened: list = []
    chat = shell.chat()
    monkeypatch.setattr(chat.actions, "take_frame", lambda action, _frame, name: given.append((action.name, name)))
    monkeypatch.setattr(chat, "attach_frame", lambda _frame, name: given.append(("", name)))
    monkeypatch.setattr(shell, "_picker", FakePicker)
    monkeypatch.setattr(shell, "_open_picker", opened.append)
    chat.window.hide()
    shell.perform("action:translate")
    shell._on_picked(None, "Region")
    shell.perform("action:translate")
    shell._on_pick_cancelled()
    shell.perform("region")
    shell._on_picked(None, "Region")
    assert opened == ["region"] * 3
    assert given == [("translate", "Region"), ("", "Region")]


class FakePicker:
    is_open = False


def test_a_quick_action_that_is_not_there_is_named_in_the_window(shell):
    shell.perform("action:dance")
    assert "There is no quick action called “dance”." in shell.chat().window.composer._notice.text()


def test_without_a_tray_a_quick_action_that_is_not_in_order_is_told_in_the_window(qtbot, shell, notices):
    shell._services.paths.actions_file.write_text("[a]\nprompt = 1\n\n[b]\nprompt = 2\n", encoding="utf-8")
    shell._take_hotkeys()
    window = shell.chat().window

    def told() -> bool:
        shown = [label.text() for label in window.composer.findChildren(QLabel) if not label.isHidden()]
        return any(text.startswith("actions.toml, line 2") and text.endswith("And 1 more.") for text in shown)

    qtbot.waitUntil(told)


def test_without_a_tray_esc_and_close_leave_the_window_where_it_can_be_found(qtbot, shell):
    window = shell.chat().window
    window.ask()
    qtbot.waitUntil(window.isActiveWindow)
    for leave in (lambda: qtbot.keyClick(window, Qt.Key.Key_Escape), window.header.close_requested.emit, window.close):
        leave()
        assert window.isVisible()
        assert window.isMinimized()
        window.ask()
        assert not window.isMinimized()
    shell._on_tray_changed(True)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    shell._on_tray_changed(False)
    assert window.isVisible()


def test_a_region_that_comes_later_is_for_the_action_that_wanted_it(qtbot, shell, monkeypatch):
    picked = []
    monkeypatch.setattr(shell, "pick", lambda mode, action=None: picked.append((mode, action)))
    shell.pick_later(1, "the action")
    assert shell._delayed._countdown.isVisible()
    shell._delayed._countdown._on_tick()
    assert not shell._delayed._countdown.isVisible()
    qtbot.waitUntil(lambda: bool(picked))
    assert picked == [("region", "the action")]


def test_whoever_does_not_want_to_wait_any_more_gets_their_windows_back(qtbot, shell):
    shell.chat().window.present_quietly()
    shell._come_back = shell.chat().window.present_quietly
    shell.chat().window.hide()
    shell.pick_later(10)
    shell._delayed._countdown.close()
    assert shell.chat().window.isVisible()
    assert not shell._delayed._countdown.is_running


def test_a_saved_picture_is_told(shell, notices, tmp_path):
    from desktop_helper.core.geometry import Rect
    from desktop_helper.core.protocols import Frame

    shell._on_deed("copy", Frame(bytes(4), Rect(0, 0, 1, 1)), "Region")
    shell._deeds.saved.emit(str(tmp_path / "one.png"))
    assert notices == [("The picture is saved", str(tmp_path / "one.png"))]


@pytest.mark.parametrize("action", ["chat", "raise", "new", "settings"])
def test_a_window_that_is_wanted_takes_the_overlay_away(qtbot, shell, monkeypatch, action):
    """It would have the keyboard, unseen below the overlay."""
    picker = Mock(is_open=True)
    shell._made_picker = picker
    monkeypatch.setattr(picker, "cancel", lambda: setattr(picker, "is_open", False))
    shell.perform(action)
    assert not picker.is_open
    wanted = shell._settings_window if action == "settings" else shell.chat().window
    qtbot.waitUntil(wanted.isVisible)
    wanted.close()


def test_notifications_are_plain_words_and_wait_for_the_end_of_a_recording(shell, monkeypatch):
    shown = []
    monkeypatch.setattr(tray, "notify", lambda _icon, title, text: bool(shown.append((title, text))))
    monkeypatch.setattr(shell._tray._icon, "isVisible", lambda: True)
    shell._tray.show_recording(Phase.RECORDING)
    shell.chat()
    shell.chat().answered.emit("It is **one**:\n\n| a | b |\n|---|---|\n| 1 | `2` |", Finished(FinishReason.STOP))
    assert shown == []
    shell._tray.show_recording(Phase.FINISHING)
    assert shown == []
    shell._tray.show_recording(Phase.IDLE)
    ((_title, text),) = shown
    assert text.split() == ["It", "is", "one:", "a", "·", "b", "1", "·", "2"]


def test_settings_open_in_front_of_a_chat_that_is_kept_above_others(qtbot, shell):
    def is_above():
        return bool(shell._settings_window.windowHandle().flags() & Qt.WindowType.WindowStaysOnTopHint)

    chat = shell.chat().window
    chat.set_pinned(True)
    chat.present()
    shell.open_settings()
    assert is_above()
    chat.set_pinned(False)
    shell.open_settings()
    assert shell._settings_window.isVisible()
    assert not is_above(), "an ordinary window again"
    shell._settings_window.close()
    chat.set_pinned(True)
    shell.open_settings()
    assert is_above()


def test_a_trigger_that_can_do_nothing_says_so_and_fails(qtbot, shell, capsys):
    codes = []

    def call():
        with pytest.raises(HelperError) as caught:
            trigger._run(Namespace(action="just-happened", name=None), shell._services)
        codes.append((caught.value.exit_code, caught.value.message))

    thread = threading.Thread(target=call)
    thread.start()
    qtbot.waitUntil(lambda: bool(codes))
    thread.join()
    assert codes == [(3, "The last seconds of the screen are not kept, so there is nothing to ask about.")]
    qtbot.waitUntil(shell.chat().window.isVisible)
