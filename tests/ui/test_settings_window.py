"""The settings window, with real settings and secrets in a home of its own and a backend that obeys the test."""

from __future__ import annotations

import errno
import os
import threading
from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QListWidget, QRadioButton

from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import set_language
from desktop_helper.core.protocols import SoundSource
from desktop_helper.services.settings import ProfileSettings
from desktop_helper.ui.theme import Theme
from tests.support.settings_desk import FakeHotkeys, choose


def test_shows_what_is_saved(open_settings):
    window = open_settings()
    assert window.model.provider.currentData() == "zai"
    assert window.model.model.model_id == "glm-4.6v-flash"
    assert window.model._pill.text() == "↗ api.z.ai"
    assert window.hotkeys.rows["region"].edit.text() == "Ctrl+Shift+X"
    assert window.appearance.pinned.isChecked()
    assert not window.privacy.local_only.isChecked()


def test_cancel_changes_nothing_and_takes_the_theme_back(open_settings, desk, qtbot):
    before = desk.saved()
    window = open_settings()
    choose(window.model.provider, "ollama")
    window.appearance._buttons["dark"].click()
    assert Theme.current().name == "dark"
    with qtbot.assertNotEmitted(window.saved):
        window.cancel_button.click()
    assert not window.isVisible()
    assert Theme.current().name == "light"
    assert desk.saved() == before


def test_opened_again_it_shows_what_is_saved(open_settings, qtbot):
    window = open_settings()
    window.privacy.local_only.click()
    window.close()
    window.show()
    assert not window.privacy.local_only.isChecked()
    qtbot.waitUntil(lambda: window.model.key._asking is None, timeout=10_000)


def test_save_writes_every_page_and_keeps_the_rest(open_settings, desk, qtbot):
    desk.services.settings.update(lambda settings: settings)
    window = open_settings()
    choose(window.model.provider, "custom")
    qtbot.keyClicks(window.model.url, "http://127.0.0.1:8000/v1")
    qtbot.keyClicks(window.model.model.lineEdit(), "my-model")
    window.hotkeys._on_recorded("screen", "Ctrl+Alt+S")
    window.appearance._buttons["dark"].click()
    choose(window.appearance.language, "zh_CN")
    window.appearance.pinned.click()
    choose(window.appearance.opacity, "80")
    window.appearance.hide_on_escape.click()
    window.privacy.local_only.click()
    with qtbot.waitSignal(window.saved):
        window.save_button.click()
    saved = desk.saved()
    assert saved.active_profile == "custom"
    assert saved.profiles["custom"].base_url == "http://127.0.0.1:8000/v1"
    assert saved.profiles["custom"].model == "my-model"
    assert saved.profiles["zai"].model == "glm-4.6v-flash"
    assert saved.hotkeys["screen"] == "Ctrl+Alt+S"
    assert saved.hotkeys["region"] == "Ctrl+Shift+X"
    assert (saved.general.theme, saved.general.language) == ("dark", "zh_CN")
    assert not saved.window.pinned
    assert (saved.window.opacity, saved.window.hide_on_escape) == (80, False)
    assert saved.privacy.local_only
    assert not window.isVisible()


def test_a_model_that_cannot_work_is_not_saved(open_settings, desk, qtbot, tmp_path):
    window = open_settings()
    choose(window.model.provider, "local")
    window.navigation.setCurrentRow(2)
    window.save_button.click()
    assert "No model file is chosen." in window.message.text
    assert window.navigation.currentRow() == 0
    qtbot.keyClicks(window.model.gguf.edit, str(tmp_path / "gone.gguf"))
    window.save_button.click()
    assert "There is no file" in window.message.text
    assert desk.saved().active_profile == ""
    assert window.isVisible()


def test_local_files_are_saved_and_the_vision_file_beside_is_found(open_settings, desk, qtbot, tmp_path):
    for name in ("model.gguf", "mmproj-model.gguf"):
        (tmp_path / name).write_bytes(b"GGUF")
    window = open_settings()
    choose(window.model.provider, "local")
    assert window.model._pill.text() == "On this machine"
    assert window.model.key.isHidden() or window.model._key_field.isHidden()
    window.model.gguf.set_path(str(tmp_path / "model.gguf"))
    window.model.gguf.changed.emit(window.model.gguf.path)
    window.save_button.click()
    profile = desk.saved().profiles["local"]
    assert (profile.gguf, profile.mmproj) == (str(tmp_path / "model.gguf"), str(tmp_path / "mmproj-model.gguf"))


def test_going_back_to_a_provider_brings_back_what_was_typed(open_settings):
    window = open_settings()
    choose(window.model.provider, "custom")
    window.model.url.setText("http://10.0.0.7:8000/v1")
    window.model.url.textEdited.emit("")
    assert window.model._pill.text() == "↗ 10.0.0.7"
    choose(window.model.provider, "zai")
    assert window.model._pill.text() == "↗ api.z.ai"
    choose(window.model.provider, "custom")
    assert window.model.url.text() == "http://10.0.0.7:8000/v1"


def test_the_connection_is_tried_with_what_was_typed(open_settings, desk, qtbot):
    window = open_settings()
    qtbot.keyClicks(window.model.key.edit, " not-saved-yet ")
    window.model.test.button.click()
    qtbot.waitUntil(lambda: "It answers." in window.model.test.status.text)
    profile, key = desk.probed[0]
    assert (profile.host, profile.model, key) == ("api.z.ai", "glm-4.6v-flash", "not-saved-yet")
    assert desk.closed >= 1
    assert desk.services.secrets.get("zai") == ""
    qtbot.keyClicks(window.model.key.edit, "x")
    assert window.model.test.status.text == ""


def test_a_failed_try_says_why_and_what_to_do(open_settings, desk, qtbot):
    desk.error = HelperError(ErrorKind.AUTH, "The key was refused.", "Paste another one.")
    window = open_settings()
    window.model.test.button.click()
    qtbot.waitUntil(lambda: window.model.test.status.text == "The key was refused. Paste another one.")
    assert window.model.test.button.text() == "Test connection"


@pytest.mark.parametrize("how", ["stop", "edit", "close"])
def test_a_try_that_hangs_can_be_left(open_settings, desk, qtbot, how):
    desk.wait = True
    window = open_settings()
    window.model.test.button.click()
    qtbot.waitUntil(lambda: bool(desk.probed))
    assert window.model.test.button.text() == "Stop"
    if how == "stop":
        window.model.test.button.click()
    elif how == "edit":
        choose(window.model.provider, "bigmodel")
    else:
        window.close()
    assert window.model.test.status.text == ""
    assert window.model.test.button.text() == "Test connection"
    qtbot.waitUntil(lambda: desk.closed >= 2, timeout=2_000)


def test_without_a_keyring_the_key_lives_until_the_end_and_the_user_is_told(open_settings, desk, qtbot):
    window = open_settings()
    assert window.model.key.place.isHidden()
    qtbot.keyClicks(window.model.key.edit, "secret-key")
    assert not window.model.key.place.isHidden()
    choose(window.model.key.place, "keyring")
    with qtbot.waitSignal(window.saved, timeout=10_000):
        window.save_button.click()
    assert "only until Desktop Helper quits" in window.message.text
    assert window.isVisible()
    assert window.cancel_button.text() == "Close"
    assert desk.services.secrets.get("zai") == "secret-key"
    assert "secret-key" not in desk.services.paths.settings_file.read_text()
    assert window.model.key.typed == ""


def test_the_user_may_keep_a_key_for_the_session_or_in_a_file(open_settings, desk, qtbot):
    for place, where in (("session", "memory"), ("file", "file")):
        window = open_settings()
        qtbot.keyClicks(window.model.key.edit, f"key-{place}")
        choose(window.model.key.place, place)
        with qtbot.waitSignal(window.saved, timeout=10_000):
            window.save_button.click()
        assert not window.isVisible()
        assert desk.services.secrets.where("zai") == where
        assert desk.services.secrets.get("zai") == f"key-{place}"


def test_a_key_goes_to_its_profile_where_another_providers_has_the_name(open_settings, desk, qtbot):
    desk.services.settings.update(
        lambda old: replace(old, profiles=old.profiles | {"custom": ProfileSettings(provider="vllm")})
    )
    window = open_settings()
    choose(window.model.provider, "custom")
    qtbot.keyClicks(window.model.url, "http://127.0.0.1:8000/v1")
    qtbot.keyClicks(window.model.model.lineEdit(), "my-model")
    qtbot.keyClicks(window.model.key.edit, "my-key")
    choose(window.model.key.place, "session")
    with qtbot.waitSignal(window.saved, timeout=10_000):
        window.save_button.click()
    assert desk.services.secrets.get(desk.saved().active_profile) == "my-key"
    assert desk.services.secrets.get("custom") == ""


@pytest.fixture
def slow_keyring(desk, monkeypatch):
    """A keyring that waits for its password; the event is that it was entered."""
    entered = threading.Event()
    store = desk.services.secrets.set_for_session

    def wait(profile, key):
        assert entered.wait(10)
        return store(profile, key)

    monkeypatch.setattr(desk.services.secrets, "set", wait)
    monkeypatch.setattr(desk.services.secrets, "availability", lambda: AVAILABLE)
    yield entered
    entered.set()


def test_a_keyring_that_answers_late_leaves_the_window_that_was_opened_again_alone(
    open_settings, desk, qtbot, slow_keyring
):
    window = open_settings()
    qtbot.keyClicks(window.model.key.edit, "secret-key")
    window.save_button.click()
    window.save()  # Ctrl+S
    assert "Waiting for the keyring" in window.message.text
    with qtbot.waitSignal(window.saved):  # all but the key is
        window.cancel_button.click()
    window.show()
    assert window.message.text == ""
    assert window.save_button.isEnabled()
    choose(window.model.provider, "bigmodel")
    qtbot.keyClicks(window.model.key.edit, "half-typed")
    with qtbot.waitSignal(window.saved, timeout=10_000):  # the chat must know that there is a key now
        slow_keyring.set()
    assert window.isVisible()
    assert window.model.key.typed == "half-typed"
    assert desk.services.secrets.get("zai") == "secret-key"
    qtbot.waitUntil(lambda: window.model.key._asking is None, timeout=10_000)
    assert "until Desktop Helper quits" not in window.model.key.status.text


def test_a_key_that_is_kept_late_is_named_where_its_provider_is_shown_again(open_settings, qtbot, slow_keyring):
    window = open_settings()
    qtbot.keyClicks(window.model.key.edit, "secret-key")
    window.save_button.click()
    window.close()
    window.show()
    slow_keyring.set()
    qtbot.waitUntil(lambda: "until Desktop Helper quits" in window.model.key.status.text, timeout=10_000)
    assert window.isVisible()


def test_nothing_can_be_changed_while_the_keyring_is_asked(open_settings, qtbot, slow_keyring):
    window = open_settings()
    qtbot.keyClicks(window.model.key.edit, "secret-key")
    window.save_button.click()
    assert not window.model.provider.isEnabled()
    with qtbot.waitSignal(window.saved, timeout=10_000):
        slow_keyring.set()
    assert window.model.provider.isEnabled()


def test_a_kept_key_is_never_shown_and_can_be_forgotten(open_settings, desk, qtbot):
    desk.services.secrets.set_for_session("zai", "kept-key")
    window = open_settings()
    qtbot.waitUntil(window.model.key.forget.isVisible)
    assert window.model.key.edit.text() == ""
    assert "until Desktop Helper quits" in window.model.key.status.text
    window.model.key.forget.click()
    qtbot.waitUntil(lambda: window.model.key.edit.placeholderText() == "Paste the key")
    assert desk.services.secrets.get("zai") == ""


def test_a_key_from_the_environment_is_named_so(open_settings, desk, qtbot, monkeypatch):
    monkeypatch.setenv("ZAI_API_KEY", "from-outside")
    window = open_settings()
    assert "environment variable" in window.model.key.status.text
    assert window.model.key.forget.isHidden()


def test_a_broken_settings_file_is_said_and_not_overwritten(open_settings, desk):
    desk.services.paths.settings_file.write_text("general = [oops\n")
    window = open_settings()
    assert window.message.text
    window.save_button.click()
    assert window.isVisible()
    assert window.message.text
    assert desk.services.paths.settings_file.read_text() == "general = [oops\n"


def test_a_folder_that_cannot_be_written_is_said(open_settings, desk, monkeypatch):
    window = open_settings()
    before = desk.saved()
    window.privacy.local_only.click()

    def refuse(*_args: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")  # as to everybody but root, who may run the tests

    monkeypatch.setattr(os, "replace", refuse)
    window.save_button.click()
    assert "read-only or belongs to someone else" in window.message.text
    assert window.isVisible()
    assert desk.saved() == before


def test_everything_has_a_name_and_can_be_reached_with_the_keyboard(open_settings, qtbot):
    window = open_settings(FakeHotkeys())
    for row in range(4):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_1 + row), Qt.KeyboardModifier.ControlModifier)
        assert window.navigation.currentRow() == row
        controls = [
            control
            for kind in (QAbstractButton, QLineEdit, QComboBox, QListWidget)
            for control in window.findChildren(kind)
            if control.isVisible() and control.window() is window
        ]
        assert len(controls) >= 4
        for control in controls:
            inside_combo = isinstance(control.parent(), QComboBox)
            inside_edit = isinstance(control.parent(), QLineEdit)
            named = control.accessibleName() or (isinstance(control, QAbstractButton) and control.text())
            assert named or inside_combo or inside_edit, control
            # Of a group, Tab goes to the chosen button, and arrows go on from there.
            reached = control.group().checkedButton() if isinstance(control, QRadioButton) else control
            assert inside_edit or reached.focusPolicy() & Qt.FocusPolicy.TabFocus, control


def test_escape_cancels(open_settings, qtbot):
    window = open_settings()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_nothing_is_cut_off_at_the_side(open_settings, qtbot, scale, language):
    set_language(language)
    Theme.current().apply("light", scale)
    window = open_settings(FakeHotkeys())
    for row in range(window.navigation.count()):
        window.navigation.setCurrentRow(row)
        page = window._stack.currentWidget()
        qtbot.wait(1)
        for control in page.findChildren(QAbstractButton) + page.findChildren(QComboBox):
            if control.isVisible():
                right = control.mapTo(page, control.rect().topRight()).x()
                assert right <= page.width(), (language, scale, control.accessibleName())
    assert window.navigation.width() >= window.navigation.sizeHintForColumn(0)


def test_without_a_keyring_the_place_that_works_is_chosen_already(open_settings):
    assert open_settings().model.key.place.currentData() == "session"


def test_a_key_that_no_server_can_be_sent_is_not_saved(open_settings, desk, qtbot):
    before = desk.saved()
    window = open_settings()
    qtbot.keyClicks(window.model.key.edit, "my key")
    window.save_button.click()
    assert "contains characters that a key cannot have" in window.message.text
    assert window.isVisible()
    assert desk.saved() == before
    choose(window.model.provider, "bigmodel")
    assert window.message.text == ""


def test_sound_is_off_at_first_and_can_be_chosen(open_settings, desk):
    window = open_settings()
    assert not window.recording.sound.microphone.isChecked()
    assert not window.recording.sound.system.isChecked()
    window.recording.sound.microphone.click()
    window.save_button.click()
    assert (desk.saved().recording.microphone, desk.saved().recording.system_sound) == (True, False)


def test_the_page_says_what_cannot_be_heard_here_and_asks_each_time(open_settings, desk, qtbot):
    def listen(hear):
        raise AssertionError("nobody listens for a look at the settings")

    states = {"microphone": Availability(False, "There is no microphone.", "Connect one."), "system_sound": AVAILABLE}
    plugs = [SoundSource(name, partial(states.__getitem__, name), listen) for name in states]
    desk.services.plugs = replace(desk.services.plugs, sounds=lambda: plugs)
    window = open_settings()
    window.show_page(window.recording)
    said = window.recording.sound.microphone.accessibleDescription
    qtbot.waitUntil(lambda: said() == "There is no microphone. Connect one.")
    shown = [one.text() for one in window.recording.findChildren(QLabel) if one.isVisible()]
    assert "There is no microphone. Connect one." in shown
    assert window.recording.sound.microphone.isEnabled(), "it may be connected before something is recorded"
    states["microphone"] = AVAILABLE
    window.show_page(window.model)
    window.show_page(window.recording)
    qtbot.waitUntil(lambda: said() == "")
