"""Colours keep their contrast, icons exist and take their colour, the stylesheet is whole."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton

from desktop_helper.qt import looks
from desktop_helper.services.settings import General
from desktop_helper.ui import icons
from desktop_helper.ui import theme as theme_module
from desktop_helper.ui.theme import SIZES, Theme, set_role


@pytest.fixture(params=itertools.product(["light", "dark"], ["normal", "high"]), ids="-".join)
def theme(qapp, request):
    name, contrast = request.param
    yield Theme.current(General(theme=name, contrast=contrast))
    Theme.current("light")


@pytest.fixture
def plain(qapp):
    yield Theme.current("light")
    Theme.current("light")


def test_the_stylesheet_has_no_holes(theme):
    assert "$" not in theme.stylesheet().split("*/", 1)[1]


def test_the_system_decides_until_the_user_does(qapp, qtbot, monkeypatch):
    scheme = [Qt.ColorScheme.Light]
    hints = QGuiApplication.styleHints()
    monkeypatch.setattr(type(hints), "colorScheme", lambda self: scheme[0])
    theme = Theme.current("auto")
    assert theme.name == "light"
    scheme[0] = Qt.ColorScheme.Dark
    with qtbot.waitSignal(theme.changed):
        hints.colorSchemeChanged.emit(scheme[0])
    assert theme.dark
    theme.apply("light")
    hints.colorSchemeChanged.emit(scheme[0])
    assert theme.name == "light"


def test_the_system_may_ask_for_high_contrast_until_the_user_decides(plain, qtbot, monkeypatch):
    wanted = [Qt.ContrastPreference.NoPreference]
    hints = QGuiApplication.styleHints()
    accessibility = hints.accessibility()
    monkeypatch.setattr(type(accessibility), "contrastPreference", lambda self: wanted[0])
    plain.apply("light")
    assert not plain.high_contrast
    wanted[0] = Qt.ContrastPreference.HighContrast
    with qtbot.waitSignal(plain.changed):
        accessibility.contrastPreferenceChanged.emit(wanted[0])
    assert plain.high_contrast
    assert plain.hex("text") == "#000000"
    plain.apply(General(theme="light", contrast="normal"))
    assert not plain.high_contrast


def test_the_text_size_of_the_settings_multiplies_the_systems(plain, monkeypatch):
    plain.apply(General(theme="light", text_size=150))
    assert plain.size("body") == 21
    monkeypatch.setattr(theme_module, "system_scale", lambda: 1.2)
    plain.apply(General(theme="light", text_size=150))
    assert plain.scale == pytest.approx(1.8)
    monkeypatch.setattr(theme_module, "system_scale", lambda: 2.0)
    plain.apply(General(theme="light", text_size=200))
    assert plain.scale == 3.0


def test_icons_grow_with_the_text_and_leave_it_room(plain, qtbot):
    button = icons.IconButton("copy", "Copy it")
    qtbot.addWidget(button)
    before = button.width()
    plain.apply("light", 2.0)
    assert before < button.width() < 2 * before
    assert button.icon().availableSizes()[0].width() == button.iconSize().width()


def test_nothing_moves_for_who_wants_no_motion(plain, monkeypatch):
    blinking = QApplication.cursorFlashTime()
    assert plain.duration(120) == 120
    plain.apply(General(theme="light", motion="reduced"))
    assert plain.duration(120) == 0
    assert QApplication.cursorFlashTime() == 0
    monkeypatch.setattr(looks, "wants_stillness", lambda: True)
    plain.apply("light")
    assert plain.duration(120) == 0
    plain.apply(General(theme="light", motion="full"))
    assert plain.duration(120) == 120
    assert QApplication.cursorFlashTime() == blinking


def test_what_the_desktop_says_later_holds_unless_the_user_chose(plain, qtbot):
    try:
        with qtbot.waitSignal(plain.changed):
            plain.set_desktop_still(True)
        assert plain.duration(120) == 0
        plain.apply(General(theme="light", motion="full"))
        assert plain.duration(120) == 120
    finally:
        plain.set_desktop_still(False)


def test_an_accent_is_the_systems_or_one_of_ours(plain):
    own = plain.hex("accent")
    plain.apply(General(theme="light", accent="green"))
    assert plain.hex("accent") != own
    plain.apply(General(theme="light", accent="system"))
    system = QApplication.style().standardPalette().accent().color()
    assert abs(plain.color("accent").hsvHueF() - system.hsvHueF()) < 0.02
    assert QApplication.palette().accent().color() == plain.color("accent")


def test_there_is_one_theme(qapp):
    assert Theme.current() is Theme.current("light")


def test_text_grows_with_the_scale(qapp):
    theme = Theme.current("light")
    before = {name: theme.size(name) for name in SIZES}
    theme.apply("light", 2.0)
    assert all(theme.size(name) >= 2 * size - 1 for name, size in before.items())
    theme.apply("light")


@pytest.mark.parametrize(
    ("system", "pixels", "scale"),
    [
        ("linux", 12, 1.0),
        ("linux", 15, 1.0),
        ("linux", 30, 2.0),
        ("linux", 60, 2.0),
        ("linux", 4, 0.8),
        ("win32", 12, 1.0),
        ("win32", 18, 1.5),
        ("darwin", 13, 1.0),
        ("darwin", 26, 2.0),
    ],
)
def test_who_enlarged_the_systems_text_gets_larger_text_here(qapp, monkeypatch, system, pixels, scale):
    chosen = QFont()
    chosen.setPixelSize(pixels)
    monkeypatch.setattr(looks, "wants_stillness", lambda: False)  # asks the real system
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr(QFontDatabase, "systemFont", lambda _kind: chosen)
    theme = Theme.current("light")
    theme.apply("light")
    assert theme.scale == scale
    assert theme.size("title") == round(22 * scale)
    monkeypatch.undo()
    theme.apply("light")
    assert theme.scale == 1.0


def test_a_role_changes_a_widget_that_is_shown(qtbot):
    Theme.current("light")
    button = QPushButton("x")
    qtbot.addWidget(button)
    button.show()
    plain = button.grab().toImage().pixelColor(8, 12)
    set_role(button, "primary")
    assert button.grab().toImage().pixelColor(8, 12) == Theme.current().color("accent")
    assert plain != Theme.current().color("accent")


@pytest.mark.parametrize("name", [name for name in icons.names() if name != "app"])
def test_every_icon_draws_in_the_colour_of_its_role(qapp, name):
    Theme.current("light")
    image = icons.pixmap(name, "accent", 16, 3.0).toImage()
    assert image.width() == 48
    solid = [image.pixelColor(x, y) for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() == 255]
    assert solid
    accent = Theme.current().color("accent")
    assert all(abs(colour.red() - accent.red()) <= 3 and abs(colour.blue() - accent.blue()) <= 3 for colour in solid)


def test_an_icon_button_follows_the_theme(qtbot):
    Theme.current("light")
    button = icons.IconButton("copy", "Copy it")
    qtbot.addWidget(button)
    assert button.accessibleName() == button.toolTip() == "Copy it"
    light = button.icon().pixmap(16, 16).toImage()
    Theme.current("dark")
    assert button.icon().pixmap(16, 16).toImage() != light
    Theme.current("light")
