"""The settings window, with real settings and secrets in a home of its own and a backend that obeys the test."""

from __future__ import annotations

import os
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QListWidget

from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import set_language
from desktop_helper.core.protocols import BackendPlug
from desktop_helper.qt.hotkeys.provider import HotkeyProblem
from desktop_helper.services.container import Plugs, Services
from desktop_helper.services.paths import Paths
from desktop_helper.services.settings import SettingsStore
from desktop_helper.ui.settings_window import SettingsWindow
from desktop_helper.ui.theme import Theme


class FakeBackend:
    """Answers a probe with what the test says, or waits until it is closed."""

    def __init__(self, desk, profile, tools):
        self.desk, self.profile, self.tools = desk, profile, tools
        self.closed = threading.Event()

    def stream(self, request, cancel):
        raise AssertionError("nobody asked a question")

    def probe(self, cancel):
        self.desk.probed.append((self.profile, self.tools.api_key(self.profile)))
        if self.desk.wait:
            assert self.closed.wait(10)
            raise HelperError(ErrorKind.CANCELLED, "Stopped.")
        if self.desk.error is not None:
            raise self.desk.error
        return "It answers."

    def close(self):
        self.closed.set()
        self.desk.closed += 1


class FakeHotkeys:
    def __init__(self, state=AVAILABLE, taken=(), problems=()):
        self.state, self.taken, self.problems = state, set(taken), list(problems)
        self.suspended = 0

    def availability(self):
        return self.state

    def check(self, name, text):
        return HotkeyProblem(name, text, f"{text} is taken by another program.") if text in self.taken else None

    def key_name(self, scan_code, virtual_key):
        return ""

    def suspend(self):
        self.suspended += 1

    def resume(self):
        self.suspended = 0


class Desk:
    """The services, and what a test sets and reads of the backend."""

    def __init__(self):
        self.wait = False
        self.error: HelperError | None = None
        self.probed: list[tuple] = []
        self.closed = 0
        paths = Paths.default()
        paths.ensure()
        plug = BackendPlug("fake", lambda: AVAILABLE, lambda profile, tools: FakeBackend(self, profile, tools))
        nothing = list
        self.services = Services(paths, Plugs(nothing, lambda _name: plug, nothing, nothing, nothing))

    def saved(self):
        return SettingsStore(self.services.paths.settings_file).load()


@pytest.fixture
def desk(qtbot):
    made = Desk()
    yield made
    made.services.close()
    set_language("en")
    Theme.current().apply("light")


@pytest.fixture
def make(qtbot, desk):
    def begin(hotkeys=None) -> SettingsWindow:
        window = SettingsWindow(desk.services, Theme.current(), hotkeys=hotkeys)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: window.model.key._asking is None, timeout=10_000)
        return window

    return begin


def choose(combo: QComboBox, data: str) -> None:
    combo.setCurrentIndex(combo.findData(data))
    combo.activated.emit(combo.currentIndex())


def test_shows_what_is_saved(make):
    window = make()
    assert window.model.provider.currentData() == "zai"
    assert window.model.model.model_id == "glm-4.6v-flash"
    assert window.model._pill.text() == "↗ api.z.ai"
    assert window.hotkeys.rows["region"].edit.text() == "Ctrl+Shift+X"
    assert window.appearance.pinned.isChecked()
    assert not window.privacy.local_only.isChecked()


def test_cancel_changes_nothing_and_takes_the_theme_back(make, desk, qtbot):
    before = desk.saved()
    window = make()
    choose(window.model.provider, "ollama")
    window.appearance._buttons["dark"].click()
    assert Theme.current().name == "dark"
    with qtbot.assertNotEmitted(window.saved):
        window.cancel_button.click()
    assert not window.isVisible()
    assert Theme.current().name == "light"
    assert desk.saved() == before


def test_opened_again_it_shows_what_is_saved(make, qtbot):
    window = make()
    window.privacy.local_only.click()
    window.close()
    window.show()
    assert not window.privacy.local_only.isChecked()
    qtbot.waitUntil(lambda: window.model.key._asking is None, timeout=10_000)


def test_save_writes_every_page_and_keeps_the_rest(make, desk, qtbot):
    desk.services.settings.update(lambda settings: settings)
    window = make()
    choose(window.model.provider, "custom")
    qtbot.keyClicks(window.model.url, "http://127.0.0.1:8000/v1")
    qtbot.keyClicks(window.model.model.lineEdit(), "my-model")
    window.hotkeys._on_recorded("screen", "Ctrl+Alt+S")
    window.appearance._buttons["dark"].click()
    choose(window.appearance.language, "zh_CN")
    window.appearance.pinned.click()
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
    assert saved.privacy.local_only
    assert not window.isVisible()


def test_a_model_that_cannot_work_is_not_saved(make, desk, qtbot, tmp_path):
    window = make()
    choose(window.model.provider, "local")
    window.navigation.setCurrentRow(2)
    window.save_button.click()
    assert "No model file is chosen." in window.message.text
    assert window.navigation.currentRow() == 0
    qtbot.keyClicks(window.model.gguf.edit, str(tmp_path / "gone.gguf"))
    window.save_button.click()
    assert "There is no file" in window.message.text
    assert desk.saved().active_profile == "zai"
    assert window.isVisible()


def test_local_files_are_saved_and_the_vision_file_beside_is_found(make, desk, qtbot, tmp_path):
    for name in ("model.gguf", "mmproj-model.gguf"):
        (tmp_path / name).write_bytes(b"GGUF")
    window = make()
    choose(window.model.provider, "local")
    assert window.model._pill.text() == "On this machine"
    assert window.model.key.isHidden() or window.model._key_field.isHidden()
    window.model.gguf.set_path(str(tmp_path / "model.gguf"))
    window.model.gguf.changed.emit(window.model.gguf.path)
    window.save_button.click()
    profile = desk.saved().profiles["local"]
    assert (profile.gguf, profile.mmproj) == (str(tmp_path / "model.gguf"), str(tmp_path / "mmproj-model.gguf"))


def test_going_back_to_a_provider_brings_back_what_was_typed(make):
    window = make()
    choose(window.model.provider, "custom")
    window.model.url.setText("http://10.0.0.7:8000/v1")
    window.model.url.textEdited.emit("")
    assert window.model._pill.text() == "↗ 10.0.0.7"
    choose(window.model.provider, "zai")
    assert window.model._pill.text() == "↗ api.z.ai"
    choose(window.model.provider, "custom")
    assert window.model.url.text() == "http://10.0.0.7:8000/v1"


def test_the_connection_is_tried_with_what_was_typed(make, desk, qtbot):
    window = make()
    qtbot.keyClicks(window.model.key.edit, " not-saved-yet ")
    window.model.test.button.click()
    qtbot.waitUntil(lambda: "It answers." in window.model.test.status.text)
    profile, key = desk.probed[0]
    assert (profile.host, profile.model, key) == ("api.z.ai", "glm-4.6v-flash", "not-saved-yet")
    assert desk.closed >= 1
    assert desk.services.secrets.get("zai") == ""
    qtbot.keyClicks(window.model.key.edit, "x")
    assert window.model.test.status.text == ""


def test_a_failed_try_says_why_and_what_to_do(make, desk, qtbot):
    desk.error = HelperError(ErrorKind.AUTH, "The key was refused.", "Paste another one.")
    window = make()
    window.model.test.button.click()
    qtbot.waitUntil(lambda: window.model.test.status.text == "The key was refused. Paste another one.")
    assert window.model.test.button.text() == "Test connection"


@pytest.mark.parametrize("how", ["stop", "edit", "close"])
def test_a_try_that_hangs_can_be_left(make, desk, qtbot, how):
    desk.wait = True
    window = make()
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


def test_without_a_keyring_the_key_lives_until_the_end_and_the_user_is_told(make, desk, qtbot):
    window = make()
    assert window.model.key.place.isHidden()
    qtbot.keyClicks(window.model.key.edit, "secret-key")
    assert not window.model.key.place.isHidden()
    with qtbot.waitSignal(window.saved, timeout=10_000):
        window.save_button.click()
    assert "only until Desktop Helper quits" in window.message.text
    assert window.isVisible()
    assert window.cancel_button.text() == "Close"
    assert desk.services.secrets.get("zai") == "secret-key"
    assert "secret-key" not in desk.services.paths.settings_file.read_text()
    assert window.model.key.typed == ""


def test_the_user_may_keep_a_key_for_the_session_or_in_a_file(make, desk, qtbot):
    for place, where in (("session", "memory"), ("file", "file")):
        window = make()
        qtbot.keyClicks(window.model.key.edit, f"key-{place}")
        choose(window.model.key.place, place)
        with qtbot.waitSignal(window.saved, timeout=10_000):
            window.save_button.click()
        assert not window.isVisible()
        assert desk.services.secrets.where("zai") == where
        assert desk.services.secrets.get("zai") == f"key-{place}"


def test_a_kept_key_is_never_shown_and_can_be_forgotten(make, desk, qtbot):
    desk.services.secrets.set_for_session("zai", "kept-key")
    window = make()
    qtbot.waitUntil(window.model.key.forget.isVisible)
    assert window.model.key.edit.text() == ""
    assert "until Desktop Helper quits" in window.model.key.status.text
    window.model.key.forget.click()
    qtbot.waitUntil(lambda: window.model.key.edit.placeholderText() == "Paste the key")
    assert desk.services.secrets.get("zai") == ""


def test_a_key_from_the_environment_is_named_so(make, desk, qtbot, monkeypatch):
    monkeypatch.setenv("ZAI_API_KEY", "from-outside")
    window = make()
    assert "environment variable" in window.model.key.status.text
    assert window.model.key.forget.isHidden()


def test_recording_a_chord(make, qtbot):
    hotkeys = FakeHotkeys()
    window = make(hotkeys)
    window.show_page(window.hotkeys)
    edit = window.hotkeys.rows["screen"].edit
    edit.setFocus()
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert edit.listening
    assert hotkeys.suspended == 1
    qtbot.keyPress(edit, Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier)
    assert edit.text() == "Ctrl+…"
    qtbot.keyPress(edit, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)  # the window's own shortcut for closing
    assert edit.chord == "Ctrl+W"
    assert window.isVisible()
    assert not edit.listening
    assert hotkeys.suspended == 0


@pytest.mark.parametrize(
    ("key", "modifiers", "chord"),
    [
        (Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier, "Ctrl+Tab"),
        (Qt.Key.Key_Backtab, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, "Ctrl+Shift+Tab"),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.MetaModifier, "Meta+Space"),
        (Qt.Key.Key_F12, Qt.KeyboardModifier.NoModifier, "F12"),
        (Qt.Key.Key_Print, Qt.KeyboardModifier.AltModifier, "Alt+Print"),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier, "Ctrl+Shift+X"),
        (Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier, ""),
    ],
)
def test_every_kind_of_key_is_heard(make, qtbot, key, modifiers, chord):
    window = make(FakeHotkeys())
    window.show_page(window.hotkeys)
    edit = window.hotkeys.rows["region"].edit
    qtbot.mouseClick(edit, Qt.MouseButton.LeftButton)
    qtbot.keyPress(edit, key, modifiers)
    assert edit.chord == chord
    assert edit.text() == chord


def test_tab_leaves_a_field_that_listens(make, qtbot):
    hotkeys = FakeHotkeys()
    window = make(hotkeys)
    window.show_page(window.hotkeys)
    edit = window.hotkeys.rows["region"].edit
    qtbot.mouseClick(edit, Qt.MouseButton.LeftButton)
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert not edit.hasFocus()
    assert edit.chord == "Ctrl+Shift+X"
    assert hotkeys.suspended == 0


def test_conflicts_and_taken_keys_are_shown_by_name(make):
    window = make(FakeHotkeys(taken={"Ctrl+9"}))
    rows = window.hotkeys.rows
    window.hotkeys._on_recorded("screen", "Ctrl+9")
    assert rows["screen"].status.text == "Ctrl+9 is taken by another program."
    window.hotkeys._on_recorded("window", "Ctrl+Shift+X")
    assert rows["window"].status.text == "Ctrl+Shift+X is already used for “Ask about a region”."
    window.hotkeys._on_recorded("region", "Ctrl+Alt+R")
    assert rows["window"].status.text == ""
    assert rows["screen"].status.text == "Ctrl+9 is taken by another program."


def test_a_chord_that_typing_needs_is_refused_and_the_old_one_stays(make):
    window = make(FakeHotkeys())
    window.hotkeys._on_recorded("region", "Shift+A")
    assert "needed for typing" in window.hotkeys.rows["region"].status.text
    assert window.hotkeys.rows["region"].edit.text() == "Ctrl+Shift+X"


def test_problems_of_the_running_hotkeys_are_shown(make):
    problem = HotkeyProblem("region", "Ctrl+Shift+X", "Ctrl+Shift+X is taken by another program.")
    window = make(FakeHotkeys(problems=[problem]))
    assert window.hotkeys.rows["region"].status.text == problem.message


def test_where_hotkeys_do_not_work_the_page_says_what_to_do(make):
    window = make(FakeHotkeys(state=Availability(ok=False, reason="No keys here.", fix="Use trigger.")))
    assert window.hotkeys._availability.text == "No keys here. Use trigger."


def test_a_broken_settings_file_is_said_and_not_overwritten(make, desk):
    desk.services.paths.settings_file.write_text("general = [oops\n")
    window = make()
    assert window.message.text
    window.save_button.click()
    assert window.isVisible()
    assert window.message.text
    assert desk.services.paths.settings_file.read_text() == "general = [oops\n"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_said(make, desk):
    window = make()
    desk.services.paths.config_dir.chmod(0o500)
    window.save_button.click()
    desk.services.paths.config_dir.chmod(0o700)
    assert window.message.text
    assert window.isVisible()


def test_everything_has_a_name_and_can_be_reached_with_the_keyboard(make, qtbot):
    window = make(FakeHotkeys())
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
            assert inside_edit or control.focusPolicy() & Qt.FocusPolicy.TabFocus, control


def test_escape_cancels(make, qtbot):
    window = make()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_nothing_is_cut_off_at_the_side(make, qtbot, scale, language):
    set_language(language)
    Theme.current().apply("light", scale)
    window = make(FakeHotkeys())
    for row in range(4):
        window.navigation.setCurrentRow(row)
        page = window._stack.currentWidget()
        qtbot.wait(1)
        for control in page.findChildren(QAbstractButton) + page.findChildren(QComboBox):
            if control.isVisible():
                right = control.mapTo(page, control.rect().topRight()).x()
                assert right <= page.width(), (language, scale, control.accessibleName())
    assert window.navigation.width() >= window.navigation.sizeHintForColumn(0)
