"""The page of the settings for looks, and the keys for larger and smaller text."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QComboBox

from desktop_helper.core import i18n
from desktop_helper.core.errors import HelperError
from desktop_helper.services.settings import General, SettingsStore
from desktop_helper.ui.overlay_marks import compose
from desktop_helper.ui.overlay_painting import Style
from desktop_helper.ui.overlay_selection import Selection
from desktop_helper.ui.region_picker import hint
from desktop_helper.ui.theme import Theme
from tests.support.settings_desk import choose


@pytest.fixture(autouse=True)
def plain(qapp):
    Theme.current("light")
    yield
    Theme.current("light")


def pick(combo: QComboBox, data: object) -> None:
    combo.setCurrentIndex(combo.findData(data))
    combo.activated.emit(combo.currentIndex())


def test_a_look_is_shown_at_once_and_saved_with_the_rest(open_settings, desk):
    window = open_settings()
    page, theme = window.appearance, Theme.current()
    page._buttons["dark"].click()
    choose(page.contrast, "high")
    assert (theme.name, theme.high_contrast, theme.hex("background")) == ("dark", True, "#000000")
    choose(page.accent, "green")
    choose(page.motion, "reduced")
    assert theme.duration(100) == 0
    pick(page.text_size, 150)
    assert theme.scale == 1.5
    assert desk.saved().general == General()
    window.save_button.click()
    assert desk.saved().general == General(
        theme="dark", contrast="high", accent="green", motion="reduced", text_size=150
    )
    assert (theme.name, theme.scale) == ("dark", 1.5)


def test_the_theme_is_chosen_with_arrows_from_the_one_that_is(open_settings, desk, qtbot):
    desk.services.paths.settings_file.write_text('[general]\ntheme = "light"\n', encoding="utf-8")
    window = open_settings()
    window.show_page(window.appearance)
    window.navigation.setFocus()
    qtbot.keyClick(window.navigation, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is window.appearance._buttons["light"]
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    assert (window.appearance.theme, Theme.current().name) == ("dark", "dark")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is window.appearance.text_size


def test_cancel_takes_the_look_back(open_settings, desk):
    Theme.current().apply(General(theme="light"))
    window = open_settings()
    before = Theme.current().stylesheet()
    choose(window.appearance.contrast, "high")
    pick(window.appearance.text_size, 200)
    assert Theme.current().stylesheet() != before
    window.cancel_button.click()
    assert Theme.current().stylesheet() == before
    window.show()
    assert window.appearance.text_size.currentData() == 100


def test_a_size_from_the_file_is_among_the_choices(open_settings, desk):
    desk.services.paths.settings_file.write_text("[general]\ntext_size = 125\n", encoding="utf-8")
    window = open_settings()
    combo = window.appearance.text_size
    sizes = [combo.itemData(row) for row in range(combo.count())]
    assert combo.currentData() == 125
    assert sizes == sorted(sizes)
    assert combo.currentText() == "125 %"


@pytest.mark.parametrize("written", ["text_size = 79", "text_size = 201", 'contrast = "very"', 'accent = "#12"'])
def test_a_look_that_does_not_exist_is_named(tmp_path, written):
    path = tmp_path / "settings.toml"
    path.write_text(f"[general]\n{written}\n", encoding="utf-8")
    with pytest.raises(HelperError, match=f"general.{written.split()[0]} must be"):
        SettingsStore(path).load()


def test_the_keys_work_in_the_settings_too(open_settings, qtbot):
    window = open_settings()
    qtbot.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_Equal, Qt.KeyboardModifier.ControlModifier)
    assert (window.appearance.text_size.currentData(), Theme.current().wanted.text_size) == (120, 120)
    qtbot.keyClick(window, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert window.appearance.text_size.currentData() == 110
    qtbot.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert (window.appearance.text_size.currentData(), Theme.current().scale) == (100, 1.0)


def test_the_chat_keeps_the_size_that_its_keys_chose(open_desk, qtbot):
    desk = open_desk()
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    for _ in range(3):
        qtbot.keyClick(desk.composer.edit, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert Theme.current().scale == pytest.approx(1.3)
    saved = SettingsStore(desk.services.settings.path)
    qtbot.waitUntil(lambda: saved.load().general.text_size == 130, timeout=3000)
    for _ in range(30):
        qtbot.keyClick(desk.composer.edit, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert Theme.current().wanted.text_size == 80
    qtbot.waitUntil(lambda: saved.load().general.text_size == 80, timeout=3000)
    time.sleep(0.2)
    assert saved.load().general.text_size == 80


def test_settings_that_are_open_follow_the_keys_of_the_chat(open_settings, desk, qtbot):
    window = open_settings()
    window.show_page(window.appearance)
    Theme.current().apply(General(theme="light", text_size=140))
    assert window.appearance.text_size.currentData() == 140
    window.save_button.click()
    assert desk.saved().general.text_size == 140


def test_a_size_that_cannot_be_kept_holds_and_is_told(open_desk, qtbot):
    desk = open_desk()
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    desk.services.settings.path.write_text("[general\n", encoding="utf-8")
    qtbot.keyClick(desk.composer.edit, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert Theme.current().scale == pytest.approx(1.1)
    qtbot.waitUntil(lambda: "cannot be read" in desk.composer._notice.text(), timeout=3000)


def test_every_language_is_offered_in_its_own_words(open_settings, monkeypatch):
    monkeypatch.setattr(i18n, "languages", lambda: ("en", "zh_CN"))
    combo = open_settings().appearance.language
    names = [combo.itemText(row) for row in range(combo.count())]
    assert names == ["As the system", "English", "简体中文"]


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.0])
def test_the_overlays_help_fits_a_small_screen_at_every_text_size(qapp, scale):
    Theme.current().apply("light", scale)
    style = Style.of(Theme.current(), 1.0)
    marks = compose(Selection(800, 600), hint("region"), style, 1000)
    assert marks.hint is not None
    assert 0 <= marks.hint.x < marks.hint.right <= 800
    metrics = QFontMetrics(style.font)
    room = QRect(0, 0, marks.hint.width - 20, 0)
    needed = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, hint("region"))
    assert needed.height() <= marks.hint.height
    assert needed.width() <= room.width()
