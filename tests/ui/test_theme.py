"""Colours keep their contrast, icons exist and take their colour, the stylesheet is whole."""

from __future__ import annotations

import itertools
import tomllib

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QPushButton

from desktop_helper.core.resources import resource
from desktop_helper.ui import icons
from desktop_helper.ui.theme import SIZES, Theme, set_role

READ = ("text", "dim", "accent", "ok", "warn", "bad", "code_keyword", "code_function", "code_string", "code_number",
        "code_comment")  # fmt: skip
GROUNDS = ("background", "surface", "sunken")
PAIRS = [("on_accent", "accent"), ("ok", "ok_soft"), ("warn", "warn_soft"), ("text", "bad_soft"), ("dim", "bad_soft"),
         ("text", "accent_soft"), ("accent", "accent_soft"), ("text", "hover")]  # fmt: skip


def luminance(colour: QColor) -> float:
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=["light", "dark"])
def theme(qapp, request):
    yield Theme.current(request.param)
    Theme.current("light")


@pytest.mark.parametrize(("ink", "ground"), [*itertools.product(READ, GROUNDS), *PAIRS])
def test_what_must_be_read_can_be_read(theme, ink, ground):
    assert contrast(theme.color(ink), theme.color(ground)) >= 4.5


def test_both_themes_name_the_same_roles(qapp):
    roles = [
        tomllib.loads(resource("themes", f"{name}.toml").read_text(encoding="utf-8")) for name in ("light", "dark")
    ]
    assert set(roles[0]) == set(roles[1])


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
